//! A text, or a decoding of it, in which each byte knows its place in the original text.

use std::ops::Range;

/// Bytes, and for each byte the range of the original text that it comes from.
pub(super) struct View {
    bytes: Vec<u8>,
    /// One range per byte. The text is at most as long as an error body; a byte beyond 4 GiB has no place.
    places: Vec<(u32, u32)>,
    source_len: usize,
}

impl View {
    /// Creates the view of an original text.
    pub(super) fn new(text: &[u8]) -> Self {
        let places = (0..u32::try_from(text.len()).unwrap_or(u32::MAX)).map(|at| (at, at.saturating_add(1))).collect();
        View { bytes: text.to_vec(), places, source_len: text.len() }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn source_len(&self) -> usize {
        self.source_len
    }

    /// Returns the range of the original text that these bytes come from.
    pub(super) fn place(&self, bytes: Range<usize>) -> Option<Range<usize>> {
        let (start, _) = self.places.get(bytes.start)?;
        let (_, end) = self.places.get(bytes.end.checked_sub(1)?)?;
        Some(*start as usize..*end as usize)
    }

    /// Undoes the escapes of JSON strings; `None` if there are no escapes.
    pub(super) fn unescaped_json(&self) -> Option<View> {
        self.unescaped(b'\\', |rest| match rest {
            [b'\\', b'u', digits @ ..] => Some((ascii(u32::from_str_radix(text(digits.get(..4)?)?, 16).ok()?), 6)),
            [b'\\', escaped, ..] => Some((
                match escaped {
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => *other,
                },
                2,
            )),
            _ => None,
        })
    }

    /// Undoes percent-encoding; `None` if nothing is encoded.
    pub(super) fn unescaped_percent(&self) -> Option<View> {
        self.unescaped(b'%', |rest| Some((u8::from_str_radix(text(rest.get(1..3)?)?, 16).ok()?, 3)))
    }

    /// Undoes HTML's character references: numbers, and the five names that escape markup; `None` if there are none.
    pub(super) fn unescaped_html(&self) -> Option<View> {
        self.unescaped(b'&', |rest| {
            let end = rest.iter().take(LONGEST_ESCAPE).position(|&byte| byte == b';')?;
            let byte = match text(rest.get(1..end)?)? {
                "amp" => b'&',
                "lt" => b'<',
                "gt" => b'>',
                "quot" => b'"',
                "apos" => b'\'',
                name => ascii(match name.strip_prefix('#')? {
                    digits if digits.starts_with(['x', 'X']) => u32::from_str_radix(digits.get(1..)?, 16).ok()?,
                    digits => digits.parse().ok()?,
                }),
            };
            Some((byte, end + 1))
        })
    }

    /// Decodes each run of base64 digits, in either alphabet, beginning with its digit number `phase`, because the text
    /// before the digits may look like digits too. Runs too short for `least` bytes are left out, except the last run
    /// of a cut text. `None` if no run is long enough.
    pub(super) fn decoded_base64(&self, phase: usize, least: usize, cut: bool) -> Option<View> {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let length = rest.iter().take_while(|byte| digit(**byte).is_some()).count();
            let last = cut && at + length == self.bytes.len();
            if length >= least || (last && length > 4) {
                for start in (at + phase..at + length).step_by(4) {
                    self.decode_quantum(start..(start + 4).min(at + length), &mut bytes, &mut places);
                }
                // Bytes after the run do not belong to it.
                if !last {
                    bytes.push(0);
                    places.push((0, 0));
                }
            }
            at += length + 1;
        }
        (!bytes.is_empty()).then_some(View { bytes, places, source_len: self.source_len })
    }

    /// Decodes up to four digits to up to three bytes.
    fn decode_quantum(&self, digits: Range<usize>, bytes: &mut Vec<u8>, places: &mut Vec<(u32, u32)>) {
        let values: Vec<u8> = digits.clone().filter_map(|at| digit(*self.bytes.get(at)?)).collect();
        for (index, pair) in values.windows(2).enumerate() {
            let [high, low] = pair else { return };
            let place = self.place(digits.start + index..digits.start + index + 2).unwrap_or_default();
            bytes.push((high << (2 * (index + 1))) | (low >> (4 - 2 * index)));
            places.push((place.start as u32, place.end as u32));
        }
    }

    /// Undoes escapes that begin with `mark`; `read` returns the byte that an escape stands for, and the length of the
    /// escape. An escape that the end of the text cuts off is dropped, so that the text ends before it.
    fn unescaped(&self, mark: u8, read: impl Fn(&[u8]) -> Option<(u8, usize)>) -> Option<View> {
        memchr::memchr(mark, &self.bytes)?;
        let mut view =
            View { bytes: Vec::with_capacity(self.bytes.len()), places: Vec::new(), source_len: self.source_len };
        let mut at = 0;
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let escape = if rest.first() == Some(&mark) { read(rest) } else { None };
            if escape.is_none() && rest.first() == Some(&mark) && rest.len() < LONGEST_ESCAPE {
                let cut_off = rest.iter().skip(1).all(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
                if cut_off {
                    break;
                }
            }
            let (byte, length) = escape.or_else(|| Some((*rest.first()?, 1)))?;
            let place = self.place(at..at + length)?;
            view.bytes.push(byte);
            view.places.push((place.start as u32, place.end as u32));
            at += length;
        }
        Some(view)
    }
}

/// The longest escape of an ASCII character, in bytes, with some leading zeros.
const LONGEST_ESCAPE: usize = 10;

/// Returns a character as a byte. A character that no key can hold becomes 0, which no key can hold either.
fn ascii(code: u32) -> u8 {
    u8::try_from(code).ok().filter(u8::is_ascii).unwrap_or(0)
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Returns the value of a digit of base64, in either alphabet.
fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}
