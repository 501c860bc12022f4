//! Takes a key out of what a server says: some echo the request's headers in their error pages.

use std::fmt;

use bytes::Bytes;

use super::ApiKey;

/// What stands where a key stood.
const MARK: &[u8] = b"[key]";

/// Finds one key in any spelling that a server may echo it in: plain, percent-encoded, JSON-escaped, HTML-escaped, in
/// base64.
#[derive(Clone)]
pub(crate) struct Scrub {
    key: ApiKey,
}

impl Scrub {
    pub(crate) fn new(key: ApiKey) -> Self {
        Scrub { key }
    }

    /// Returns `text` without the key.
    pub(crate) fn bytes(&self, text: Bytes) -> Bytes {
        let key = self.key.expose().as_bytes();
        let encoded = base64_forms(key);
        let mut out: Vec<u8> = Vec::new();
        let mut copied = 0;
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let found = spelled(rest, key)
                .or_else(|| encoded.iter().find(|form| rest.starts_with(form.as_slice())).map(|form| form.len()));
            let Some(length) = found else {
                at += 1;
                continue;
            };
            out.extend_from_slice(text.get(copied..at).unwrap_or_default());
            out.extend_from_slice(MARK);
            at += length;
            copied = at;
        }
        if copied == 0 && out.is_empty() {
            return text;
        }
        out.extend_from_slice(text.get(copied..).unwrap_or_default());
        out.into()
    }

    /// Returns `text` without the key.
    pub(crate) fn text(&self, text: &str) -> String {
        let clean = self.bytes(Bytes::copy_from_slice(text.as_bytes()));
        String::from_utf8_lossy(&clean).into_owned()
    }
}

impl fmt::Debug for Scrub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrub")
    }
}

/// Returns how many bytes at the start of `text` spell `key`, each character in any of its escaped forms.
fn spelled(text: &[u8], key: &[u8]) -> Option<usize> {
    let mut at = 0;
    for &wanted in key {
        at += spelled_byte(text.get(at..)?, wanted)?;
    }
    Some(at)
}

fn spelled_byte(text: &[u8], wanted: u8) -> Option<usize> {
    // The escaped forms first: a wanted `%`, `&` or `\` may itself be escaped, and `\u` is more than an escaped `u`.
    escaped_byte(text, wanted).or_else(|| (text.first() == Some(&wanted)).then_some(1))
}

fn escaped_byte(text: &[u8], wanted: u8) -> Option<usize> {
    let hex = |from: usize, to: usize| {
        let digits = std::str::from_utf8(text.get(from..to)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let is_wanted = |code: Option<u32>| code == Some(u32::from(wanted));
    match *text.first()? {
        b'%' if is_wanted(hex(1, 3)) => Some(3),
        b'\\' if text.get(1) == Some(&b'u') => is_wanted(hex(2, 6)).then_some(6),
        b'\\' if text.get(1) == Some(&wanted) => Some(2),
        b'&' => {
            let end = text.iter().take(8).position(|&byte| byte == b';')?;
            let name = std::str::from_utf8(text.get(1..end)?).ok()?;
            let code = match name {
                "amp" => Some(u32::from(b'&')),
                "lt" => Some(u32::from(b'<')),
                "gt" => Some(u32::from(b'>')),
                "quot" => Some(u32::from(b'"')),
                "apos" => Some(u32::from(b'\'')),
                _ => match name.strip_prefix('#')? {
                    digits if digits.starts_with(['x', 'X']) => u32::from_str_radix(digits.get(1..)?, 16).ok(),
                    digits => digits.parse().ok(),
                },
            };
            is_wanted(code).then_some(end + 1)
        }
        _ => None,
    }
}

/// Returns the base64 digits that `key` alone decides, for each of the three places it can stand in within a longer text.
fn base64_forms(key: &[u8]) -> Vec<Vec<u8>> {
    const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut forms = Vec::new();
    for alphabet in [STANDARD, URL_SAFE] {
        for lead in 0..3 {
            let first_bit = lead * 8;
            let last_bit = first_bit + key.len() * 8;
            // Only digits all of whose six bits come from the key; the ones at the edges depend on what stands beside it.
            let digits = (first_bit.div_ceil(6)..last_bit / 6).map(|digit| {
                (digit * 6..digit * 6 + 6).fold(0, |value, bit| {
                    let bit = bit - first_bit;
                    let byte = key.get(bit / 8).copied().unwrap_or_default();
                    value << 1 | usize::from(byte >> (7 - bit % 8) & 1)
                })
            });
            let form: Vec<u8> = digits.filter_map(|value| alphabet.get(value).copied()).collect();
            // A key of a few characters has forms so short that they stand in any text.
            if form.len() >= 8 && !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_key_goes() {
        use base64::Engine as _;
        let scrub = Scrub::new(ApiKey::new("rqsty-sk-a+b/c=\"d&e").unwrap());
        let bearer = "Bearer rqsty-sk-a+b/c=\"d&e";
        let standard = base64::engine::general_purpose::STANDARD;
        let url_safe = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        for (echo, clean) in [
            ("x rqsty-sk-a+b/c=\"d&e y", "x [key] y".to_owned()),
            ("rqsty-sk-a%2Bb%2Fc%3D%22d%26e", "[key]".to_owned()),
            (r#"{"m":"rqsty-sk-a+b\/c=\"d\u0026e"}"#, r#"{"m":"[key]"}"#.to_owned()),
            ("rqsty&#45;sk-a&#x2B;b/c=&quot;d&amp;e!", "[key]!".to_owned()),
            ("nothing of it: rqsty-sk-a+b", "nothing of it: rqsty-sk-a+b".to_owned()),
        ] {
            assert_eq!(scrub.text(echo), clean);
        }
        let scrub = Scrub::new(ApiKey::new("up%2F&u\\u").unwrap());
        let unicode: String = "up%2F&u\\u".encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        for echo in ["up%2F&u\\u", "up%252F%26u%5Cu", "up%2F&amp;u\\u", r"up%2F&u\\u", &unicode] {
            assert_eq!(scrub.text(echo), "[key]", "{echo}");
        }
        let scrub = Scrub::new(ApiKey::new("rqsty-<k>'\"y").unwrap());
        for echo in ["rqsty-&lt;k&gt;&apos;&quot;y", "rqsty-&#60;k&#X3e;&#39;&#34;y"] {
            assert_eq!(scrub.text(echo), "[key]", "{echo}");
        }
        let scrub = Scrub::new(ApiKey::new("rqsty-sk-a+b/c=\"d&e").unwrap());
        for lead in ["", "x", "xy", "Authorization: "] {
            for encoded in [standard.encode(format!("{lead}{bearer}")), url_safe.encode(format!("{lead}{bearer}tail"))]
            {
                assert!(scrub.text(&encoded).contains("[key]"), "{lead}");
            }
        }
    }
}
