//! The one place where a server's text becomes text of this crate: without the key, without control characters, at most
//! 4 KiB.
//!
//! Some servers echo the request's headers in their error pages. A text must be cleaned after its last decoding: a key
//! that is escaped twice in the bytes is escaped once after one decoding, and plain after two. So the key is searched
//! in the text itself and in the results of up to three decodings.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

use super::ApiKey;
use super::view::View;

/// The text that replaces the key.
const MARK: &[u8] = b"[key]";

/// The longest text that is made from a server's words, in bytes.
const TEXT: usize = 4 * 1024;

/// How many characters of the key suffice to recognise it at the end of a text that this crate cut.
const BEGINNING: usize = 4;

/// Finds one key in any spelling in which a server may echo it: plain, percent-encoded, JSON-escaped, HTML-escaped, in
/// base64, or several of these nested.
#[derive(Clone)]
pub(crate) struct Scrub {
    key: ApiKey,
}

impl Scrub {
    pub(crate) fn new(key: ApiKey) -> Self {
        Scrub { key }
    }

    /// Returns the first `limit` bytes of `body` without the key. `cut` is true if the body went on.
    pub(crate) fn body(&self, body: Bytes, limit: usize, cut: bool) -> Bytes {
        let kept = body.slice(..body.len().min(limit));
        let cut = cut || kept.len() < body.len();
        match self.replaced(&kept, cut) {
            Some(clean) => clean.into(),
            None => kept,
        }
    }

    /// Returns `text` as it may be shown: without the key, with control characters escaped, at most 4 KiB. `text` must
    /// have passed its last decoding; `cut` is true if a limit of this crate cut it.
    pub(crate) fn text(&self, text: &str, cut: bool) -> String {
        let mut end = text.len().min(TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let kept = text.get(..end).unwrap_or_default();
        let clean = self.replaced(kept.as_bytes(), cut || end < text.len());
        match clean {
            Some(clean) => escaped(&String::from_utf8_lossy(&clean)),
            None => escaped(kept),
        }
    }

    /// Does the same as [`text`](Self::text), with at most `limit` bytes.
    pub(crate) fn brief(&self, text: &str, limit: usize, cut: bool) -> String {
        let mut shown = self.text(text, cut);
        let end = (0..=limit.min(shown.len())).rev().find(|&at| shown.is_char_boundary(at));
        shown.truncate(end.unwrap_or_default());
        shown
    }

    /// Returns `text` without the key, for observers that ask for content: control characters stay. Of a text that is longer than
    /// `limit` bytes, that many are left, and `…`.
    pub(crate) fn content(&self, text: &str, limit: usize) -> String {
        let end = (0..=limit.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
        let cut = end < text.len();
        let kept = text.get(..end).unwrap_or_default();
        let clean = self.replaced(kept.as_bytes(), cut);
        let mut clean = clean.map_or_else(|| kept.to_owned(), |clean| String::from_utf8_lossy(&clean).into_owned());
        clean.push_str(if cut { "…" } else { "" });
        clean
    }

    /// Fills the places of the key with `*`, and leaves the length of `body` as it is.
    pub(crate) fn mask(&self, body: &mut [u8], cut: bool) {
        for place in self.places(body, cut) {
            body.get_mut(place).unwrap_or_default().fill(b'*');
        }
    }

    /// Returns `text` with a mark in place of each key; `None` if the key is not in it.
    fn replaced(&self, text: &[u8], cut: bool) -> Option<Vec<u8>> {
        let found = self.places(text, cut);
        if found.is_empty() {
            return None;
        }
        let mut out = Vec::with_capacity(text.len());
        let mut copied = 0;
        for place in found {
            if place.start >= copied {
                out.extend_from_slice(text.get(copied..place.start).unwrap_or_default());
                out.extend_from_slice(MARK);
            }
            copied = copied.max(place.end);
        }
        out.extend_from_slice(text.get(copied..).unwrap_or_default());
        Some(out)
    }

    /// Returns where the key stands, by their starts; places may overlap.
    fn places(&self, text: &[u8], cut: bool) -> Vec<Range<usize>> {
        let key = self.key.expose().as_bytes();
        let mut found = Vec::new();
        if text.len() >= key.len() || cut {
            find(&View::new(text), key, cut, 0, &mut found);
            found.sort_by_key(|place| place.start);
        }
        found
    }
}

impl fmt::Debug for Scrub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrub")
    }
}

/// Searches the key in `view` and in its decodings; adds the places in the original text to `found`.
fn find(view: &View, key: &[u8], cut: bool, decoded: usize, found: &mut Vec<Range<usize>>) {
    /// Three nested escapes: a server quotes a gateway, which quotes a provider.
    const ESCAPES: usize = 3;
    /// Two levels of base64: it is rarely nested, and each view has four decodings.
    const BASE64: usize = 2;
    for at in memchr::memmem::find_iter(view.bytes(), key) {
        found.extend(view.place(at..at + key.len()));
    }
    if cut {
        let longest = key.len().saturating_sub(1).min(view.bytes().len());
        let beginning =
            (BEGINNING..=longest).rev().find(|&length| key.get(..length).is_some_and(|k| view.bytes().ends_with(k)));
        let start = beginning.and_then(|length| view.place(view.bytes().len() - length..view.bytes().len()));
        found.extend(start.map(|place| place.start..view.source_len()));
    }
    if decoded < ESCAPES {
        for decode in [View::unescaped_json, View::unescaped_percent, View::unescaped_html] {
            if let Some(inner) = decode(view) {
                find(&inner, key, cut, decoded + 1, found);
            }
        }
    }
    if decoded < BASE64 {
        for phase in 0..4 {
            if let Some(inner) = view.decoded_base64(phase, key.len(), cut) {
                find(&inner, key, cut, decoded + 1, found);
            }
        }
    }
}

/// Escapes the characters that a terminal or a log would interpret: control characters, line separators, changes of the
/// writing direction.
fn escaped(text: &str) -> String {
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(acts) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if acts(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
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
            assert_eq!(scrub.text(echo, false), clean);
        }
        let scrub = Scrub::new(ApiKey::new("up%2F&u\\u").unwrap());
        let unicode: String = "up%2F&u\\u".encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        for echo in ["up%2F&u\\u", "up%252F%26u%5Cu", "up%2F&amp;u\\u", r"up%2F&u\\u", &unicode] {
            assert_eq!(scrub.text(echo, false), "[key]", "{echo}");
        }
        let scrub = Scrub::new(ApiKey::new("rqsty-<k>'\"y").unwrap());
        for echo in ["rqsty-&lt;k&gt;&apos;&quot;y", "rqsty-&#60;k&#X3e;&#39;&#34;y"] {
            assert_eq!(scrub.text(echo, false), "[key]", "{echo}");
        }
        let scrub = Scrub::new(ApiKey::new("rqsty-sk-a+b/c=\"d&e").unwrap());
        for lead in ["", "x", "xy", "Authorization: "] {
            for encoded in [standard.encode(format!("{lead}{bearer}")), url_safe.encode(format!("{lead}{bearer}tail"))]
            {
                assert!(scrub.text(&encoded, false).contains("[key]"), "{lead}");
            }
        }
    }

    #[test]
    fn what_a_terminal_acts_on_is_escaped() {
        let scrub = Scrub::new(ApiKey::new("rqsty-sk-12345678").unwrap());
        assert_eq!(scrub.text("a\u{1b}[31m\r\nb\u{9b}c\u{202e}d é", false), r"a\u{1b}[31m\r\nb\u{9b}c\u{202e}d é");
        assert_eq!(scrub.text(&"é".repeat(4_000), false), "é".repeat(2_048));
    }

    /// However much is cut off the end, and in any spelling, at most 7 characters of the key are left.
    #[test]
    fn a_cut_shows_no_beginning_of_the_key() {
        use base64::Engine as _;
        let key = "rqsty-sk-Ab/Cd+Ef.0123456789";
        let scrub = Scrub::new(ApiKey::new(key).unwrap());
        let json: String = key.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
        let percent: String = key.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let html: String = key.bytes().map(|byte| format!("&#{byte};")).collect();
        let base64 = base64::engine::general_purpose::STANDARD.encode(key);
        let spellings =
            [key, &json, &percent, &html, &base64, &json.replace('\\', "\\\\"), &html.replace('&', "&amp;")];
        for spelled in spellings {
            for end in 0..spelled.len() {
                let whole = format!("bad key: {spelled}");
                let clean = scrub.body(Bytes::from(whole), 9 + end, false);
                let shown = clean.strip_prefix(b"bad key: ").unwrap();
                let visible = shown.strip_prefix(MARK).unwrap_or(shown);
                // The longest spelling has eight bytes per character.
                let per = spelled.len().div_ceil(key.len());
                assert!(visible.len() < 8 * per, "{end} {}", String::from_utf8_lossy(&clean));
                assert!(!visible.windows(8).any(|shown| key.as_bytes().windows(8).any(|part| part == shown)));
            }
        }
    }
}
