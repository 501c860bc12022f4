//! The end of plain text in a string: eight bytes at a time, in one register, and long texts in larger steps.
//!
//! Subtracting from all eight bytes at once borrows into the high bit of each byte that is too small: 1 is subtracted
//! to find a zero byte (a byte equal to what it was xored with), 0x20 to find a control character. Bytes that had their
//! high bit set before are masked out. The lowest byte with its high bit set is then exactly the first byte that ends a
//! run of plain text; the bytes above it may be wrong, and are ignored.

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Returns the number of bytes at the beginning of `text` that are neither a quote, a backslash nor a control
/// character.
#[inline(always)]
pub(super) fn plain(text: &[u8]) -> usize {
    const SHORT: usize = 2;
    let mut rest = text;
    for _ in 0..SHORT {
        let Some((word, after)) = rest.split_first_chunk::<8>() else { break };
        if let Some(end) = end_in(*word) {
            return text.len() - rest.len() + end;
        }
        rest = after;
    }
    text.len() - rest.len() + plain_rest(rest)
}

/// Goes on with a text that is longer than most deltas, in larger steps.
#[inline(never)]
fn plain_rest(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some((block, after)) = rest.split_first_chunk::<32>() {
        // Without a branch for each byte, the compiler takes the whole block in a few instructions.
        if block.iter().fold(false, |ends, &byte| ends | !is_plain(byte)) {
            break;
        }
        rest = after;
    }
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        if let Some(end) = end_in(*word) {
            return text.len() - rest.len() + end;
        }
        rest = after;
    }
    text.len() - rest.len() + plain_tail(rest)
}

/// Returns the offset of the first byte of a word that is not plain.
#[inline(always)]
fn end_in(word: [u8; 8]) -> Option<usize> {
    let word = u64::from_le_bytes(word);
    // Neither quote nor backslash has its high bit set, so `!word` serves for all three.
    let quote = (word ^ (EACH * 0x22)).wrapping_sub(EACH);
    let backslash = (word ^ (EACH * 0x5C)).wrapping_sub(EACH);
    let control = word.wrapping_sub(EACH * 0x20);
    let ends = (quote | backslash | control) & !word & HIGH;
    (ends != 0).then(|| (ends.trailing_zeros() / 8) as usize)
}

#[cold]
#[inline(never)]
fn plain_tail(rest: &[u8]) -> usize {
    rest.iter().take_while(|&&byte| is_plain(byte)).count()
}

#[inline(always)]
fn is_plain(byte: u8) -> bool {
    byte >= 0x20 && byte != b'"' && byte != b'\\'
}

#[cfg(test)]
mod tests {
    use super::{is_plain, plain};

    #[test]
    fn equals_a_byte_by_byte_reader() {
        let slow = |text: &[u8]| text.iter().take_while(|&&byte| is_plain(byte)).count();
        for byte in 0..=255 {
            for filler in [b'a', 0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F, 0x80, 0xA0, 0xFF] {
                // The larger steps begin behind 16 bytes; for them, the bytes beside a limit suffice.
                let is_beside = matches!(byte, 0 | 0x1F..=0x23 | 0x5B..=0x5D | 0x7F | 0x80 | 0xFF);
                let long = [31, 47, 48, 49, 56, 57, 79, 80, 81, 95].into_iter().filter(|_| is_beside);
                for length in (0..20).chain(long) {
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
