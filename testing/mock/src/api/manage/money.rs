//! Exact amounts of money.

use std::fmt;
use std::ops::AddAssign;

use serde_json::Value;

/// US dollars, in billionths of a thousandth: the cost of any request is a whole number of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Money(i128);

/// The digits after the point.
const PLACES: i32 = 12;

impl Money {
    /// A thousandth of a dollar: what a request costs whose reply names no cost.
    pub(super) const MILL: Money = Money(1_000_000_000);

    /// Reads a JSON number; `None` if the text is not one, or has more decimal places than are kept.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let shift = exponent.parse::<i32>().ok()? + PLACES - i32::try_from(fraction.len()).ok()?;
        let factor = 10_i128.checked_pow(shift.unsigned_abs())?;
        if shift >= 0 {
            return digits.checked_mul(factor).map(Money);
        }
        (digits % factor == 0).then_some(Money(digits / factor))
    }

    pub(super) fn is_zero(self) -> bool {
        self == Money::default()
    }

    /// Returns the amount as a JSON number, as the endpoints of groups write it.
    pub(super) fn number(self) -> Value {
        self.to_string().parse::<serde_json::Number>().map_or(Value::Null, Value::Number)
    }

    /// Returns the amount as a JSON string, as the endpoints of keys write it.
    pub(super) fn string(self) -> Value {
        Value::String(self.to_string())
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        self.0 += other.0;
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_u128.pow(PLACES.unsigned_abs());
        let (whole, fraction) = (self.0.unsigned_abs() / scale, self.0.unsigned_abs() % scale);
        let sign = if self.0 < 0 { "-" } else { "" };
        let text = format!("{sign}{whole}.{fraction:012}");
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn amounts_are_read_and_written_exactly() {
        for (text, written) in [
            ("0", "0"),
            ("49.990", "49.99"),
            ("500", "500"),
            ("5.61e-5", "0.0000561"),
            ("1E2", "100"),
            ("-0.25", "-0.25"),
            ("0.000000000001", "0.000000000001"),
        ] {
            assert_eq!(Money::parse(text).unwrap().to_string(), written, "{text}");
        }
        for text in ["", "ten", "1e-13", "0.0000000000001", "1.2.3", "1e99"] {
            assert_eq!(Money::parse(text), None, "{text}");
        }
        assert_eq!(Money::parse("12.5").unwrap().number().to_string(), "12.5");
    }
}
