//! HTTP dates.

use std::time::{Duration, SystemTime};

/// Reads an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT`, or one of the two obsolete forms `Sunday, 06-Nov-94 08:49:37 GMT`
/// and `Sun Nov  6 08:49:37 1994`.
///
/// The weekday is not checked against the date.
pub(super) fn parse(text: &str) -> Option<SystemTime> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split([' ', ',', '-']).filter(|word| !word.is_empty()).take(7).collect();
    let (&[weekday, day, month, year, time, "GMT"] | &[weekday, month, day, time, year]) = words.as_slice() else {
        return None;
    };
    if !weekday.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let mut parts = time.split(':').map(digits);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let year = match digits(year)? {
        short @ 0..70 if year.len() == 2 => 2000 + short,
        short @ 70.. if year.len() == 2 => 1900 + short,
        year => year,
    };
    let month = MONTHS.iter().zip(1_u64..).find_map(|(name, number)| (*name == month).then_some(number))?;
    let day = digits(day)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let month_len = match month {
        2 => 28 + u64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    // A minute may have a leap second, number 60.
    let in_range = (1970..=9999).contains(&year) && (1..=month_len).contains(&day);
    if !in_range || hour > 23 || minute > 59 || second > 60 || parts.next().is_some() {
        return None;
    }
    // Years begin in March here, so that the leap day is the last day of its year; 1970 begins at day 719468.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(days * 86_400 + hour * 3_600 + minute * 60 + second))
}

/// Reads up to four digits.
fn digits(text: &str) -> Option<u64> {
    let fits = text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(text)?.parse().ok()
}
