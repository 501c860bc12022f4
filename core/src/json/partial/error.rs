//! The error for a text that is not JSON, with its place.

use std::fmt;

/// The reason why a text cannot be read on, with its place. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartialError {
    /// The kind of fault.
    pub fault: Fault,
    /// The place in bytes from the start of the text.
    pub offset: u32,
}

impl PartialError {
    pub(super) fn new(fault: Fault, offset: u32) -> Self {
        PartialError { fault, offset }
    }
}

impl fmt::Display for PartialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.fault, self.offset)
    }
}

impl std::error::Error for PartialError {}

/// The kind of fault in a text that is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// No value begins here: a trailing comma in an array, a single quote, a fence, a word.
    Value,
    /// No key begins here: a trailing comma in an object, a key without quotes.
    Key,
    /// A key without a colon after it.
    Colon,
    /// Neither a comma nor the bracket that would close what is open.
    After,
    /// More than white space after the value.
    Trailing,
    /// A number that cannot go on like that: `01`, `1.e`, `--`.
    Number,
    /// A number that serde_json takes for too large, such as 1e400. The offset is where it begins. This fault alone is not
    /// found at the earliest byte, but where the number ends.
    Range,
    /// Neither `true`, `false` nor `null`.
    Literal,
    /// A backslash with a byte after it that makes no escape.
    Escape,
    /// Half a surrogate pair, as an escape. The offset is that of its backslash.
    Surrogate,
    /// A control character inside a string.
    Control,
    /// Bytes that are not UTF-8. The offset is that of the first byte of the character.
    Utf8,
    /// More open arrays and objects than [`max_depth`](super::PartialOptions::max_depth), which this holds.
    Depth(u8),
    /// More bytes than [`max_bytes`](super::PartialOptions::max_bytes), which this holds.
    Length(u32),
    /// A key for the second time in one object, where
    /// [`refuse_repeated`](super::PartialOptions::refuse_repeated) is set. The offset is that of its quote.
    Repeated,
    /// The text ended before its value did.
    Unfinished,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Value => "expected a JSON value",
            Fault::Key => "expected a key in quotes",
            Fault::Colon => "expected a colon",
            Fault::After => "expected a comma or the closing bracket",
            Fault::Trailing => "unexpected text after the JSON value",
            Fault::Number => "invalid number",
            Fault::Range => "number out of range",
            Fault::Literal => "expected true, false or null",
            Fault::Escape => "invalid escape",
            Fault::Surrogate => "unpaired surrogate",
            Fault::Control => "control character in a string",
            Fault::Utf8 => "invalid UTF-8",
            Fault::Depth(limit) => return write!(f, "more than {limit} levels of JSON"),
            Fault::Length(limit) => return write!(f, "more than {limit} bytes of JSON"),
            Fault::Repeated => "repeated key",
            Fault::Unfinished => "the JSON value is unfinished",
        })
    }
}
