//! JSON that is already written, and numbers of requests.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// Writes a JSON text unchanged.
pub(crate) struct RawText<'a>(pub(crate) &'a str);

impl Serialize for RawText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // This is a check, not a copy: a text from users, such as `Part::Other`, may be invalid JSON.
        let raw: &RawValue = serde_json::from_str(self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// A number of a request. A number that is not finite is an error, because serde_json would write `null`.
///
/// Whole numbers are written without a fraction, as clients in other languages write them.
pub(crate) struct Number(pub(crate) f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Below it every whole number is exact, both as a float and as an integer.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if !self.0.is_finite() {
            return Err(serde::ser::Error::custom("a number is not finite"));
        }
        if self.0.fract() == 0.0 && self.0.abs() < EXACT {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}
