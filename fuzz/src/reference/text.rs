//! Strings as text, by way of UTF-16, which is what their escapes are written in.

/// Returns the text of the inside of a string: what is not UTF-8, and halves of pairs that stay alone, are U+FFFD.
pub fn text(inside: &[u8]) -> String {
    if inside.contains(&b'\\') {
        String::from_utf16_lossy(&units(inside))
    } else {
        String::from_utf8_lossy(inside).into_owned()
    }
}

/// Returns the UTF-16 units that the inside of a string spells.
fn units(inside: &[u8]) -> Vec<u16> {
    let mut units = Vec::new();
    let mut rest = inside;
    while !rest.is_empty() {
        let plain = rest.iter().position(|&byte| byte == b'\\').unwrap_or(rest.len());
        units.extend(String::from_utf8_lossy(&rest[..plain]).encode_utf16());
        rest = &rest[plain..];
        let (unit, length) = match rest {
            [] => break,
            [_, b'u', digits @ ..] => (hexadecimal(&digits[..4]), 6),
            [_, b'b', ..] => (0x08, 2),
            [_, b'f', ..] => (0x0C, 2),
            [_, b'n', ..] => (0x0A, 2),
            [_, b'r', ..] => (0x0D, 2),
            [_, b't', ..] => (0x09, 2),
            [_, itself, ..] => (u16::from(*itself), 2),
            [_] => unreachable!("the grammar wants something after a backslash"),
        };
        units.push(unit);
        rest = &rest[length..];
    }
    units
}

fn hexadecimal(digits: &[u8]) -> u16 {
    let value = |digit: u8| char::from(digit).to_digit(16).expect("the grammar wants four such digits");
    digits.iter().fold(0, |sum, &digit| sum * 16 + u16::try_from(value(digit)).expect("less than 16"))
}

/// A text that adds up from fragments, which may cut a pair of surrogates in two.
///
/// The first half of a pair at the end of a fragment waits for the next fragment that holds anything; an empty one says
/// nothing. Whatever comes then decides: the other half makes it a character, everything else makes it U+FFFD.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextSum {
    /// The text so far.
    pub text: String,
    /// A fragment came, be it empty.
    pub seen: bool,
    /// The half that waits.
    held: Option<u16>,
}

impl TextSum {
    /// Adds a fragment.
    pub fn push(&mut self, inside: &[u8]) {
        self.seen = true;
        if inside.is_empty() {
            return;
        }
        let mut all: Vec<u16> = self.held.take().into_iter().collect();
        all.extend(units(inside));
        if let Some(0xD800..=0xDBFF) = all.last() {
            self.held = all.pop();
        }
        self.text.push_str(&String::from_utf16_lossy(&all));
    }

    /// Takes the whole text: where it begins with what there is, the rest is added.
    pub fn complete(&mut self, whole: &str) {
        if let Some(rest) = whole.strip_prefix(&*self.text) {
            let rest = rest.to_owned();
            self.seen = true;
            if !rest.is_empty() {
                self.held = None;
            }
            self.text.push_str(&rest);
        }
    }

    /// Gives up waiting.
    pub fn flush(&mut self) {
        if self.held.take().is_some() {
            self.text.push('\u{FFFD}');
        }
    }

    /// Returns the text, if a fragment came.
    pub fn get(&self) -> Option<&str> {
        self.seen.then_some(&*self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{TextSum, text};

    #[test]
    fn escapes_are_what_they_say() {
        assert_eq!(text(br#"a\n\t\"\\\/\b\f\r\u00e9\uD83D\ude00"#), "a\n\t\"\\/\u{8}\u{c}\ré😀");
        assert_eq!(text(br"\ud83d \ude00"), "\u{FFFD} \u{FFFD}");
        assert_eq!(text(b"\xF0\x9F\\n\xFF"), "\u{FFFD}\n\u{FFFD}");
    }

    #[test]
    fn a_half_waits_for_the_next_fragment() {
        let added = |fragments: &[&str]| {
            let mut sum = TextSum::default();
            fragments.iter().for_each(|fragment| sum.push(fragment.as_bytes()));
            let before = sum.text.clone();
            sum.flush();
            (before, sum.text)
        };
        assert_eq!(added(&[r"a\ud83d", "", r"\ude00"]), ("a😀".into(), "a😀".into()));
        assert_eq!(added(&[r"\ud83d", "b"]), ("\u{FFFD}b".into(), "\u{FFFD}b".into()));
        assert_eq!(added(&[r"\ud83d", r"\ud83d"]), ("\u{FFFD}".into(), "\u{FFFD}\u{FFFD}".into()));
        assert_eq!(added(&[r"\ud83d", "😀"]), ("\u{FFFD}😀".into(), "\u{FFFD}😀".into()));
    }
}
