//! Mends invalid JSON that some servers write: numbers such as `NaN`, and control characters without an escape.

use std::io::Write;

use super::reader::{MAX_DEPTH, Reader};

/// Returns `json` with each `NaN`, `Infinity`, `-Infinity`, `nan`, `inf` and `-inf` in place of a value replaced by
/// `null`, and with the control characters in its strings escaped. `None` if the result is not one JSON value, or if
/// there is nothing to mend.
///
/// Only an object or an array is mended. The arguments of a tool call are never changed: if they would have to be, the
/// result is `None`.
pub(crate) fn mended(json: &[u8]) -> Option<Vec<u8>> {
    json.trim_ascii_start().first().filter(|first| matches!(first, b'{' | b'['))?;
    let mut mender = Mender { json, at: 0, out: Vec::with_capacity(json.len() + 16), changed: false };
    // For each open object or array: whether it belongs to the arguments of a tool call.
    let mut open: Vec<bool> = Vec::new();
    let mut key: &[u8] = &[];
    let mut member: &[u8] = &[];
    while let Some(&byte) = json.get(mender.at) {
        let kept = open.last() == Some(&true) || matches!(member, b"arguments" | b"input" | b"partial_json");
        match byte {
            b'"' => key = mender.string(kept)?,
            b':' => member = std::mem::take(&mut key),
            b'{' | b'[' if open.len() < usize::from(MAX_DEPTH) => {
                open.push(kept);
                member = &[];
            }
            b'}' | b']' => {
                open.pop()?;
                member = &[];
            }
            b',' => member = &[],
            b'{' | b'[' => return None,
            _ => match mender.word() {
                Some(_) if kept => return None,
                Some(length) => {
                    mender.out.extend_from_slice(b"null");
                    mender.at += length;
                    mender.changed = true;
                    continue;
                }
                None => {}
            },
        }
        if byte != b'"' {
            mender.out.push(byte);
            mender.at += 1;
        }
    }
    let mut reader = Reader::new(&mender.out);
    let whole = reader.skip().and_then(|_| reader.end()).is_some();
    (mender.changed && whole).then_some(mender.out)
}

struct Mender<'a> {
    json: &'a [u8],
    at: usize,
    out: Vec<u8>,
    changed: bool,
}

impl<'a> Mender<'a> {
    /// Copies a string and returns its inside as it came; `None` if it has no end, or if it is `kept` and would be
    /// changed.
    fn string(&mut self, kept: bool) -> Option<&'a [u8]> {
        let start = self.at + 1;
        self.out.push(b'"');
        let mut at = start;
        loop {
            match *self.json.get(at)? {
                b'"' => break,
                b'\\' => {
                    self.out.extend_from_slice(self.json.get(at..at + 2)?);
                    at += 2;
                }
                0..=0x1F if kept => return None,
                control @ 0..=0x1F => {
                    write!(self.out, "\\u{control:04x}").ok()?;
                    self.changed = true;
                    at += 1;
                }
                byte => {
                    self.out.push(byte);
                    at += 1;
                }
            }
        }
        self.out.push(b'"');
        self.at = at + 1;
        self.json.get(start..at)
    }

    /// Returns the length of the word at this place that stands for a number, if it is a whole word.
    fn word(&self) -> Option<usize> {
        const WORDS: [&[u8]; 6] = [b"-Infinity", b"Infinity", b"NaN", b"-inf", b"inf", b"nan"];
        let begins = |before: &u8| matches!(before, b':' | b',' | b'[' | b' ' | b'\t' | b'\n' | b'\r');
        let ends = |after: &u8| matches!(after, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
        let rest = self.json.get(self.at..)?;
        let word = WORDS.iter().find(|word| rest.starts_with(word))?;
        let alone = rest.get(word.len()).is_none_or(ends)
            && self.at.checked_sub(1).and_then(|before| self.json.get(before)).is_none_or(begins);
        alone.then_some(word.len())
    }
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn words_for_numbers_become_null_where_a_value_may_stand() {
        let cases = [
            (r#"{"a":NaN}"#, Some(r#"{"a":null}"#)),
            (r#"{"a":-Infinity,"b":[Infinity, nan ,inf,-inf]}"#, Some(r#"{"a":null,"b":[null, null ,null,null]}"#)),
            (r#"{"a":"NaN"}"#, None),
            ("NaN", None),
            (r#"{NaN:1}"#, None),
            (r#"{"a":NaNa}"#, None),
            (r#"{"a":--inf}"#, None),
            (r#"{"a":NaN"#, None),
            (r#"{"a":NaN,}"#, None),
            (r#"{"a":1}"#, None),
            (r#"{"function":{"name":"f","arguments":{"x":NaN}}}"#, None),
            (r#"{"input":[[NaN]]}"#, None),
            (r#"{"arguments":"{}","x":NaN}"#, Some(r#"{"arguments":"{}","x":null}"#)),
        ];
        for (json, expected) in cases {
            let mended = mended(json.as_bytes()).map(|mended| String::from_utf8(mended).unwrap());
            assert_eq!(mended.as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn control_characters_in_strings_are_escaped_and_nothing_else() {
        let text = |json: &str| mended(json.as_bytes()).map(|mended| String::from_utf8(mended).unwrap());
        assert_eq!(text("{\"a\":\"x\u{1}\ty\nz\\\"\"}").as_deref(), Some(r#"{"a":"x\u0001\u0009y\u000az\""}"#));
        assert_eq!(text("{\"a\":\u{1}1}"), None);
        assert_eq!(text("{\"arguments\":\"a\tb\"}"), None);
        assert_eq!(text("{\"a\":\"b"), None);
    }

    #[test]
    fn what_is_nested_too_deeply_is_left_alone() {
        let nested = |depth: usize| format!("{}NaN{}", "[".repeat(depth), "]".repeat(depth));
        assert!(mended(nested(127).as_bytes()).is_some());
        assert!(mended(nested(128).as_bytes()).is_none());
    }
}
