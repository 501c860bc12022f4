//! The place in a JSON text at which a reader stopped, as a path.

/// Returns the JSON pointer of the value at which serde_json stopped: at `line`, from 1, and after `column` bytes of it.
///
/// A value that is of the wrong kind is the one just before that place; an object that lacks a member ends just before it.
pub(crate) fn path_at(json: &str, line: usize, column: usize) -> String {
    let before: usize = json.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let read = json.as_bytes().get(..before + column).unwrap_or(json.as_bytes());
    let mut open: Vec<Step<'_>> = Vec::new();
    let mut rest = read;
    let mut awaits_key = false;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'{' => {
                open.push(Step::Key(b""));
                awaits_key = true;
            }
            b'[' => {
                open.push(Step::Index(0));
                awaits_key = false;
            }
            b'}' | b']' => {
                open.pop();
                awaits_key = false;
            }
            b',' => match open.last_mut() {
                Some(Step::Index(index)) => *index += 1,
                Some(key) => {
                    *key = Step::Key(b"");
                    awaits_key = true;
                }
                None => {}
            },
            b'"' => {
                let text = rest.get(..string_length(rest)).unwrap_or(rest);
                rest = rest.get(text.len() + 1..).unwrap_or_default();
                if let (true, Some(key)) = (awaits_key, open.last_mut()) {
                    *key = Step::Key(text);
                    awaits_key = false;
                }
            }
            _ => {}
        }
    }
    open.iter().map(Step::pointer).collect()
}

enum Step<'a> {
    Index(usize),
    /// The key as it is written, without its quotes; empty if it has not come yet.
    Key(&'a [u8]),
}

impl Step<'_> {
    fn pointer(&self) -> String {
        match self {
            Step::Index(index) => format!("/{index}"),
            Step::Key(b"") => String::new(),
            Step::Key(key) => {
                let quoted = [b"\"", *key, b"\""].concat();
                let key = serde_json::from_slice::<String>(&quoted).unwrap_or_else(|_| super::lossy(key));
                format!("/{}", key.replace('~', "~0").replace('/', "~1"))
            }
        }
    }
}

/// Returns the number of bytes of a string up to its closing quote, or to the end.
fn string_length(bytes: &[u8]) -> usize {
    let mut escaped = false;
    let end = bytes.iter().position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(bytes.len())
}
