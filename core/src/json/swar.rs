//! Eight bytes at a time, in one register.
//!
//! For each of the three kinds of byte that end a run of plain text, a word is made in which the lowest byte with its high
//! bit set is exactly the first such byte: `x - 0x01…` borrows into the high bit of a byte that was zero, and `& !x` takes
//! out the bytes that had theirs set before. Bytes above the first match may be wrong, and are not looked at.

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Returns how many bytes `text` begins with that are neither a quote, a backslash nor a control character, and all their
/// bits together (so that one comparison tells whether they are ASCII).
pub(super) fn plain(text: &[u8]) -> (usize, u8) {
    let mut seen = 0_u64;
    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let ends = zero_bytes(word ^ (LOW * 0x22)) | zero_bytes(word ^ (LOW * 0x5C)) | control_bytes(word);
        if ends != 0 {
            let plain = ends.trailing_zeros() / 8;
            // The bytes before the first match; a shift by all 64 bits is not possible, as there is a match.
            seen |= word & ((1_u64 << (plain * 8)) - 1);
            return (text.len() - rest.len() + plain as usize, fold(seen));
        }
        seen |= word;
        rest = after;
    }
    let at = text.len() - rest.len();
    let plain = rest.iter().take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
    let (count, bits) = plain.fold((0, fold(seen)), |(count, bits), byte| (count + 1, bits | byte));
    (at + count, bits)
}

fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

fn control_bytes(word: u64) -> u64 {
    word.wrapping_sub(LOW * 0x20) & !word & HIGH
}

/// Returns the bits of all eight bytes together.
fn fold(word: u64) -> u8 {
    word.to_le_bytes().into_iter().fold(0, |bits, byte| bits | byte)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn equals_a_byte_by_byte_reader() {
        let slow = |text: &[u8]| {
            let run: Vec<u8> =
                text.iter().copied().take_while(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\').collect();
            (run.len(), run.iter().fold(0, |bits, byte| bits | byte))
        };
        for byte in 0..=255 {
            for filler in [b'a', 0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F, 0x80, 0xA0, 0xFF] {
                for length in 0..20 {
                    for at in 0..length {
                        let mut text = vec![filler; length];
                        text[at] = byte;
                        assert_eq!(plain(&text), slow(&text), "{text:?}");
                        if at + 1 < length {
                            text[at + 1] = b'"';
                            assert_eq!(plain(&text), slow(&text), "{text:?}");
                        }
                    }
                }
            }
        }
    }
}
