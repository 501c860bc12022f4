//! The inside of a JSON string as text. An invalid escape or byte is replaced, and the rest is kept.

use std::borrow::Cow;

use super::span::Span;

/// The first half of a surrogate pair. Its second half may come in the next fragment of the same string.
pub(crate) type HighSurrogate = u16;

/// Appends the text of `span` to `out`.
///
/// `held` is the high surrogate at the end of the fragment before. A pair that was cut between two fragments is joined;
/// a half without its other half becomes U+FFFD. With `hold`, a high surrogate at the very end is returned for the next
/// fragment of the same string, instead of being replaced.
pub(crate) fn append(
    json: &[u8],
    span: Span,
    held: Option<HighSurrogate>,
    hold: bool,
    out: &mut String,
) -> Option<HighSurrogate> {
    let bytes = span.of(json);
    if bytes.is_empty() {
        return if hold { held } else { flush(held, out) };
    }
    if span.escaped {
        return append_escaped(bytes, held, hold, out);
    }
    flush(held, out);
    push_lossy(bytes, out);
    None
}

fn append_escaped(bytes: &[u8], held: Option<HighSurrogate>, hold: bool, out: &mut String) -> Option<HighSurrogate> {
    let mut high = held;
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        if first != b'\\' {
            let (plain, after) = rest.split_at(memchr::memchr(b'\\', rest).unwrap_or(rest.len()));
            high = flush(high, out);
            push_lossy(plain, out);
            rest = after;
            continue;
        }
        let (unit, after) = unescape(rest);
        rest = after;
        match (high.take(), unit) {
            (Some(first), 0xDC00..=0xDFFF) => {
                let code = 0x10000 + ((u32::from(first) - 0xD800) << 10) + (u32::from(unit) - 0xDC00);
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            (lone, 0xD800..=0xDBFF) => {
                flush(lone, out);
                high = Some(unit);
            }
            (lone, _) => {
                flush(lone, out);
                out.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
    }
    if hold { high } else { flush(high, out) }
}

/// Returns the text of `span`.
pub(crate) fn to_string(json: &[u8], span: Span) -> String {
    let mut out = String::with_capacity(span.of(json).len());
    append(json, span, None, false, &mut out);
    out
}

/// Returns the text of `span`; copied only if it differs from the bytes.
pub(crate) fn to_cow(json: &[u8], span: Span) -> Cow<'_, str> {
    match std::str::from_utf8(span.of(json)) {
        Ok(text) if !span.escaped => Cow::Borrowed(text),
        _ => Cow::Owned(to_string(json, span)),
    }
}

/// Returns whether two keys are the same text.
pub(crate) fn is_same_key(json: &[u8], one: Span, other: Span) -> bool {
    // Different bytes are the same text only through escapes, or through bytes that are not UTF-8.
    let is_plain = |key: Span| !key.escaped && key.of(json).is_ascii();
    one.of(json) == other.of(json) || ((!is_plain(one) || !is_plain(other)) && to_cow(json, one) == to_cow(json, other))
}

/// Returns JSON that a strict reader accepts: bytes that are not UTF-8, and surrogates without their other half, become
/// U+FFFD.
pub(crate) fn strict(json: &[u8]) -> String {
    let text = String::from_utf8_lossy(json);
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find('\\') {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let (unit, after) = unescape(tail.as_bytes());
        let length = tail.len() - after.len();
        let pair = (0xD800..=0xDBFF).contains(&unit)
            && after.starts_with(b"\\u")
            && (0xDC00..=0xDFFF).contains(&unescape(after).0);
        let (kept, replaced) = match unit {
            _ if pair => (length + 6, false),
            0xD800..=0xDFFF => (length, true),
            _ => (length, false),
        };
        // An escape is ASCII, unless the bytes after the backslash are not an escape.
        let Some((escape, after)) = tail.split_at_checked(kept) else { break };
        out.push_str(if replaced { "\\ufffd" } else { escape });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The byte order mark, which may stand before any text.
pub(crate) const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Strips a byte order mark.
pub(crate) fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

/// Strips JSON's white space from both ends.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}

/// Replaces a high surrogate whose other half did not come by U+FFFD.
fn flush(held: Option<HighSurrogate>, out: &mut String) -> Option<HighSurrogate> {
    if held.is_some() {
        out.push(char::REPLACEMENT_CHARACTER);
    }
    None
}

/// Reads the escape sequence at the beginning of `escaped` as a UTF-16 unit. Returns the unit and the bytes after it.
fn unescape(escaped: &[u8]) -> (u16, &[u8]) {
    let (unit, length) = match escaped.get(1) {
        Some(b'u') => {
            let digit = |byte: &u8| u16::try_from(char::from(*byte).to_digit(16)?).ok();
            let value = |hex: &[u8]| hex.iter().map(digit).try_fold(0, |unit, digit| Some(unit << 4 | digit?));
            (escaped.get(2..6).and_then(value).unwrap_or(0xFFFD), 6)
        }
        Some(b'b') => (0x08, 2),
        Some(b'f') => (0x0C, 2),
        Some(b'n') => (0x0A, 2),
        Some(b'r') => (0x0D, 2),
        Some(b't') => (0x09, 2),
        Some(&byte) => (u16::from(byte), 2),
        None => (0xFFFD, 1),
    };
    (unit, escaped.get(length..).unwrap_or_default())
}

/// Returns bytes as text; invalid UTF-8 becomes U+FFFD.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    push_lossy(bytes, &mut out);
    out
}

/// Appends bytes as text; invalid UTF-8 becomes U+FFFD.
pub(crate) fn push_lossy(bytes: &[u8], out: &mut String) {
    match std::str::from_utf8(bytes) {
        Ok(text) => out.push_str(text),
        Err(_) => out.push_str(&String::from_utf8_lossy(bytes)),
    }
}

/// Returns `text` as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    // Writing a string into memory cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}
