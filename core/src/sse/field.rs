//! The fields in lines of an event stream: name, colon, at most one space, value.

use memchr::memchr;

use super::decoder::Decoder;

impl Decoder {
    /// Takes a line that is not data. Returns `false` if the line exceeds the limit.
    pub(super) fn take_other_field(&mut self, end: Option<usize>) -> bool {
        let line = self.buffer.line(end);
        if line.len() > self.max_line() {
            return false;
        }
        if let Some(value) = value_of(line, b"event") {
            self.name.clear();
            self.name.extend_from_slice(value);
        } else if let Some(value) = value_of(line, b"id").filter(|value| memchr(0, value).is_none()) {
            self.id_pending = true;
            self.next_id.clear();
            self.next_id.extend_from_slice(value);
        } else if let Some(value) = value_of(line, b"retry") {
            self.retry = milliseconds(value).filter(|_| end.is_some()).or(self.retry);
        } else if !line.starts_with(b":") && value_of(line, b"id").is_none() {
            self.stray.clear();
            self.stray.extend_from_slice(line.get(..LONGEST_STRAY).unwrap_or(line));
        }
        true
    }
}

/// Returns the value of `line` if its field is `name`; the value is empty if there is no colon.
#[inline]
pub(super) fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    match line.strip_prefix(name)? {
        [b':', b' ', value @ ..] | [b':', value @ ..] | value @ [] => Some(value),
        _ => None,
    }
}

/// Reads a `retry` field, which has digits only. A number beyond 64 bits becomes the largest one.
pub(super) fn milliseconds(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(value.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))))
}

/// How many bytes are kept of a line that is not a field.
const LONGEST_STRAY: usize = 4 << 10;
