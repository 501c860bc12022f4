//! The search for a line end in a few bytes, for small reads. It is cheaper than the search for long texts.
//!
//! ```text
//! unseen  ╭ 8 bytes ╮
//!         a piece of data, without its end
//!          8 bytes ╯ … ╰─ the last 8, which may overlap
//! ```
//!
//! The result is exact. A byte that equals LF or CR becomes zero when xored with it. Subtracting one from each byte of
//! a word then borrows into the high bit of the lowest zero byte. Only whether there is such a byte matters here.

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;
const WORD: usize = size_of::<u64>();

/// Returns whether `bytes` hold an LF or a CR.
#[inline(never)]
pub(super) fn has_line_end(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk::<WORD>() {
        if has_one(*word) {
            return true;
        }
        rest = after;
    }
    match bytes.last_chunk::<WORD>() {
        Some(last) => !rest.is_empty() && has_one(*last),
        None => rest.iter().any(|byte| matches!(byte, b'\n' | b'\r')),
    }
}

#[inline]
fn has_one(word: [u8; WORD]) -> bool {
    let word = u64::from_le_bytes(word);
    let zeros = |word: u64| word.wrapping_sub(EACH) & !word & HIGH;
    zeros(word ^ (EACH * 0x0A)) | zeros(word ^ (EACH * 0x0D)) != 0
}

#[cfg(test)]
mod tests {
    use super::has_line_end;

    #[test]
    fn equals_a_look_at_each_byte() {
        for filler in [0, 0x09, 0x0B, 0x0C, 0x0E, 0x20, b'a', 0x8A, 0x8D, 0xFF] {
            for length in 0..40 {
                let mut bytes = vec![filler; length];
                assert!(!has_line_end(&bytes), "{bytes:?}");
                for at in 0..length {
                    for end in *b"\n\r" {
                        bytes[at] = end;
                        assert!(has_line_end(&bytes), "{bytes:?}");
                    }
                    bytes[at] = filler;
                }
            }
        }
    }
}
