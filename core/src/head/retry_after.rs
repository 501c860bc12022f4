//! How long the server asks to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

use super::date;

/// Returns how long the server asks to wait: by `retry-after-ms`, else by `retry-after`.
///
/// `retry-after-ms` is a number of milliseconds, `retry-after` a number of seconds, both possibly with a fraction.
/// `retry-after` may also be an HTTP date in any of the three forms of RFC 9110, from which `now` is subtracted; a date
/// in the past is a wait of zero. Any other value (negative, not a number) counts as absent.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use http::{HeaderMap, HeaderValue};
/// use requesty_core::head::retry_after;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("retry-after", HeaderValue::from_static("Thu, 01 Jan 1970 00:01:00 GMT"));
/// assert_eq!(retry_after(&headers, SystemTime::UNIX_EPOCH), Some(Duration::from_secs(60)));
/// headers.insert("retry-after-ms", HeaderValue::from_static("1500"));
/// assert_eq!(retry_after(&headers, SystemTime::UNIX_EPOCH), Some(Duration::from_millis(1500)));
/// ```
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(wait) = header("retry-after-ms").and_then(|text| number(text, 1_000.0)) {
        return Some(wait);
    }
    let text = header("retry-after")?;
    number(text, 1.0).or_else(|| Some(date::parse(text)?.duration_since(now).unwrap_or_default()))
}

/// Reads a number; `unit` of them make a second. A number too large for a [`Duration`] becomes the longest duration,
/// because the server does not want to be asked again.
fn number(text: &str, unit: f64) -> Option<Duration> {
    // `parse` alone would also accept signs, exponents and words.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let seconds = text.parse::<f64>().ok()? / unit;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}
