//! Instants in the form of the management endpoints.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use serde::{Serialize, Serializer};

use crate::BuildError;

/// An instant in the form of RFC 3339: `2026-12-31T23:59:59Z`.
///
/// This crate has no clock. An instant is made from a text, which is checked and sent as it is, or from a
/// [`SystemTime`].
///
/// # Examples
/// ```
/// use std::time::{Duration, SystemTime};
/// use requesty_core::manage::Timestamp;
///
/// let new_year = Timestamp::new("2027-01-01T00:00:00+01:00")?;
/// let day_later = SystemTime::UNIX_EPOCH + Duration::from_secs(new_year.unix_seconds() as u64 + 86_400);
/// assert_eq!(Timestamp::try_from(day_later)?.as_str(), "2027-01-01T23:00:00Z");
/// assert!(Timestamp::new("2027-02-29T00:00:00Z").is_err());
/// # Ok::<(), requesty_core::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Timestamp {
    text: String,
    seconds: i64,
}

impl Timestamp {
    /// Creates an instant from a text such as `2026-12-31T23:59:59Z`. It may have a fraction of a second, and an offset
    /// such as `+02:00`.
    ///
    /// # Errors
    /// [`BuildError`] if the text has another form, or a date that does not exist.
    pub fn new(text: &str) -> Result<Self, BuildError> {
        let seconds = seconds(text)
            .ok_or_else(|| BuildError::new("not an instant: write it as 2026-12-31T23:59:59Z, with time and zone"))?;
        Ok(Timestamp { text: text.to_owned(), seconds })
    }

    /// Returns the text that is sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the whole seconds since the beginning of 1970, in UTC.
    pub fn unix_seconds(&self) -> i64 {
        self.seconds
    }
}

impl FromStr for Timestamp {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        Timestamp::new(text)
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = BuildError;

    /// Creates an instant in UTC, without fractions of a second.
    ///
    /// # Errors
    /// [`BuildError`] if the time is before 1970 or after 9999.
    fn try_from(time: SystemTime) -> Result<Self, BuildError> {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs());
        let seconds = since.and_then(|since| i64::try_from(since).ok()).filter(|seconds| *seconds <= END_OF_9999);
        let seconds = seconds.ok_or_else(|| BuildError::new("the instant is not between 1970 and 9999"))?;
        Ok(Timestamp { text: text(seconds), seconds })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// When a key expires. To leave the expiry unchanged, do not send it.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// Never, sent as `null`.
    Never,
    /// At this instant. An expired key stays expired.
    At(Timestamp),
}

impl Serialize for Expiry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Expiry::Never => serializer.serialize_none(),
            Expiry::At(timestamp) => timestamp.serialize(serializer),
        }
    }
}

const DAY: i64 = 86_400;
const END_OF_9999: i64 = 253_402_300_799;
/// The days from March 1 of the year 0 to 1970. Years that begin in March have their leap day at the end.
const BEFORE_1970: i64 = 719_468;

/// Reads an instant as RFC 3339 defines it.
fn seconds(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't'])?;
    let [year, month, day] = three(date, '-')?;
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of_month = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let (clock, rest) = time.split_at_checked(8)?;
    let [hour, minute, second] = three(clock, ':')?;
    let (hour, minute, second) = (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?);
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|char: char| char.is_ascii_digit());
            (zone.len() < fraction.len()).then_some(zone)?
        }
        None => rest,
    };
    // A minute may have a leap second, number 60.
    let in_range = (1..=12).contains(&month) && (1..=days_of_month).contains(&day);
    if !in_range || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (march_year, march_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = march_year.div_euclid(4) - march_year.div_euclid(100) + march_year.div_euclid(400);
    let days = march_year * 365 + leap_days + (march_month * 153 + 2) / 5 + day - 1 - BEFORE_1970;
    Some(days * DAY + hour * 3_600 + minute * 60 + second - offset(zone)?)
}

/// Returns how many seconds a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let (sign, ahead) = match zone.strip_prefix('+') {
        Some(ahead) => (1, ahead),
        None => (-1, zone.strip_prefix('-')?),
    };
    let (hours, minutes) = ahead.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn three(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let fits = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(text)?.parse().ok()
}

/// Returns an instant from 1970 to 9999, in UTC, as text.
fn text(seconds: i64) -> String {
    let (days, time) = (seconds / DAY + BEFORE_1970, seconds % DAY);
    // 400 years have 146,097 days. A year that begins in March has its additional day only at the end.
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (year * 365 + year / 4 - year / 100);
    let month = (day * 5 + 2) / 153;
    let (month, day) = (if month < 10 { month + 3 } else { month - 9 }, day - (month * 153 + 2) / 5 + 1);
    let year = era * 400 + year + i64::from(month <= 2);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
