//! How long the body of an error asks to wait. Some providers write it only there.

use std::time::Duration;

use crate::json::{self, Kind, Members};

/// The deepest level of objects and arrays that is searched.
const DEPTH: u8 = 8;

/// Returns the wait in `retryDelay`, `retry_after_ms`, `retry_after_seconds` or `retry_after`, at any place in the
/// error.
pub(super) fn in_members(json: &[u8]) -> Option<Duration> {
    search(json, DEPTH)
}

fn search(json: &[u8], depth: u8) -> Option<Duration> {
    let depth = depth.checked_sub(1)?;
    if json::kind(json)? == Kind::Array {
        return json::find_element(json, |element| search(element, depth));
    }
    let mut members = Members::read(json).ok()?;
    let units = [("retryDelay", 1.0), ("retry_after_ms", 1_000.0), ("retry_after_seconds", 1.0), ("retry_after", 1.0)];
    let named = units.iter().find_map(|(name, in_a_second)| {
        let text = members.text(name)?;
        let text = text.trim();
        number(text).map(|number| seconds(number / in_a_second)).or_else(|| length(text))
    });
    named.or_else(|| members.values().find_map(|value| search(value, depth)))
}

/// Returns the wait in a sentence: `try again in 6.379s`, `retry in 1m2.5s`, `retry after 20 seconds`.
pub(super) fn in_sentence(sentence: &str) -> Option<Duration> {
    let sentence = sentence.to_ascii_lowercase();
    ["try again in ", "retry in ", "retry after "].iter().find_map(|before| {
        let (_, after) = sentence.split_once(before)?;
        length(after)
    })
}

/// Reads one or more numbers with units: `7m54s`, `350ms`, `2 minutes`. `text` is in lower case.
fn length(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total: Option<f64> = None;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (Some(number), Some(after)) = (rest.get(..digits).and_then(number), rest.get(digits..)) else { break };
        // A space may stand before a unit, but not before the next number: `1m 30 requests` is one minute.
        let unit_and_rest = after.strip_prefix(' ').unwrap_or(after);
        let letters = unit_and_rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit_and_rest.len());
        let in_seconds = match unit_and_rest.get(..letters).unwrap_or_default() {
            "ms" | "millisecond" | "milliseconds" => 0.001,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hour" | "hours" => 3_600.0,
            _ => break,
        };
        total = Some(total.unwrap_or(0.0) + number * in_seconds);
        rest = unit_and_rest.get(letters..).unwrap_or_default();
    }
    total.map(seconds)
}

/// Reads a number in plain digits; `parse` alone also accepts signs, exponents and words.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { text.parse().ok() } else { None }
}

/// Converts seconds. A number too large for a [`Duration`] becomes the longest duration: the server does not want to be
/// asked again.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}
