//! Exact decimal numbers.

mod operators;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// An exact decimal number, for money. It is never converted to a binary float.
///
/// It holds up to 38 significant digits and an exponent of ten within ±6000. Reading any other number is an error; no
/// number is rounded. Numbers are compared by value: `0.30` equals `3e-1`. Operators always return a result and never
/// panic; a sum is rounded only if it needs more than 38 digits.
///
/// It is read from a JSON number or a JSON string. It is written as a JSON number with all its digits, or as a JSON
/// string through [`as_string`](Self::as_string). Only serde_json's text formats keep the digits; a
/// [`serde_json::Value`] converts numbers to binary floats.
///
/// # Examples
///
/// ```
/// use requesty_core::Decimal;
///
/// let price: Decimal = "3e-7".parse()?;
/// assert_eq!(price.to_string(), "0.0000003");
/// assert_eq!(price.times_million().to_string(), "0.3");
/// assert_eq!(price.checked_mul(Decimal::from(1_200_u64)), Some("0.00036".parse()?));
///
/// let costs = [Decimal::new(1, -1), Decimal::new(2, -1)];
/// assert_eq!(format!("{} dollars", costs.iter().sum::<Decimal>()), "0.3 dollars");
/// # Ok::<(), requesty_core::DecimalError>(())
/// ```
// The mantissa has no trailing zeros, and zero is 0e0, so that equal values have equal fields.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[doc(alias("money", "price", "cost"))]
pub struct Decimal {
    mantissa: i128,
    exponent: i32,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal { mantissa: 0, exponent: 0 };

    /// Creates `mantissa` × 10^`exponent`.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_core::Decimal;
    ///
    /// assert_eq!(Decimal::new(25, -2).to_string(), "0.25");
    /// ```
    pub fn new(mantissa: i64, exponent: i8) -> Self {
        Decimal::normalised(mantissa.is_negative(), u128::from(mantissa.unsigned_abs()), i32::from(exponent))
    }

    /// Creates `mantissa` × 10^`exponent`; `None` if it has more than 38 significant digits, or the exponent is outside
    /// ±6000.
    pub fn from_parts(mantissa: i128, exponent: i32) -> Option<Self> {
        Decimal::normalised(mantissa.is_negative(), mantissa.unsigned_abs(), exponent).within_limits()
    }

    /// Returns the significant digits, without trailing zeros.
    pub fn mantissa(&self) -> i128 {
        self.mantissa
    }

    /// Returns the exponent of ten: the value is the [`mantissa`](Self::mantissa) times ten to this power.
    pub fn exponent(&self) -> i32 {
        self.exponent
    }

    /// Returns whether the number is zero.
    pub fn is_zero(&self) -> bool {
        self.mantissa == 0
    }

    /// Returns whether the number is less than zero.
    pub fn is_negative(&self) -> bool {
        self.mantissa < 0
    }

    /// Returns the nearest binary float, for charts and estimates.
    pub fn to_f64(&self) -> f64 {
        format!("{}e{}", self.mantissa, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// Returns the number times a million: a price per token becomes a price per million tokens.
    #[must_use]
    pub fn times_million(self) -> Self {
        Decimal::normalised(self.is_negative(), self.magnitude(), self.exponent.saturating_add(6))
    }

    /// Returns the exact sum; `None` if it has more than 38 significant digits.
    pub fn checked_add(self, other: Decimal) -> Option<Decimal> {
        if self.is_zero() || other.is_zero() {
            return Some(if self.is_zero() { other } else { self });
        }
        let (high, low) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let shift = high.exponent.checked_sub(low.exponent).and_then(|shift| u32::try_from(shift).ok())?;
        // If this exceeds 128 bits, the sum has more than 38 digits with either sign.
        let raised = 10_u128.checked_pow(shift).and_then(|factor| high.magnitude().checked_mul(factor))?;
        let (negative, sum) = if high.is_negative() == low.is_negative() {
            (high.is_negative(), raised.checked_add(low.magnitude())?)
        } else {
            let from_high = raised >= low.magnitude();
            (from_high == high.is_negative(), raised.abs_diff(low.magnitude()))
        };
        Decimal::normalised(negative, sum, low.exponent).within_limits()
    }

    /// Returns the exact difference; `None` if it has more than 38 significant digits.
    pub fn checked_sub(self, other: Decimal) -> Option<Decimal> {
        self.checked_add(-other)
    }

    /// Returns the exact product; `None` if it has more than 38 significant digits, or its exponent is outside ±6000.
    pub fn checked_mul(self, other: Decimal) -> Option<Decimal> {
        let (mut left, mut right) = (self.magnitude(), other.magnitude());
        if left == 0 || right == 0 {
            return Some(Decimal::ZERO);
        }
        let mut exponent = self.exponent.checked_add(other.exponent)?;
        // A trailing zero is a factor two and a factor five. After their removal only digits that stay can overflow.
        for (twos, fives) in [(2, 5), (5, 2)] {
            while left % twos == 0 && right % fives == 0 {
                left /= twos;
                right /= fives;
                exponent = exponent.checked_add(1)?;
            }
        }
        let product = left.checked_mul(right)?;
        Decimal::normalised(self.is_negative() != other.is_negative(), product, exponent).within_limits()
    }

    /// Returns a value that serialises as a JSON string, for readers that read JSON numbers as floats.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_core::Decimal;
    ///
    /// let price = Decimal::new(1234, -5);
    /// assert_eq!(serde_json::to_string(&price)?, "0.01234");
    /// assert_eq!(serde_json::to_string(&price.as_string())?, "\"0.01234\"");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn as_string(self) -> DecimalString {
        DecimalString(self)
    }

    /// Strips trailing zeros; `magnitude` must be below 2^127.
    fn normalised(negative: bool, mut magnitude: u128, mut exponent: i32) -> Self {
        if magnitude == 0 {
            return Decimal::ZERO;
        }
        while magnitude % 10 == 0 && exponent < i32::MAX {
            magnitude /= 10;
            exponent += 1;
        }
        // Saturates where the caller rejects it: 2^127 has 39 digits.
        let mantissa = i128::try_from(magnitude).unwrap_or(i128::MAX);
        Decimal { mantissa: if negative { -mantissa } else { mantissa }, exponent }
    }

    fn within_limits(self) -> Option<Self> {
        let fits = self.magnitude() < 10_u128.pow(MAX_DIGITS) && self.exponent.unsigned_abs() <= MAX_EXPONENT;
        fits.then_some(self)
    }

    fn magnitude(self) -> u128 {
        self.mantissa.unsigned_abs()
    }

    /// Returns the power of ten of the first digit, and the magnitude with that digit moved to a fixed place. The
    /// larger pair belongs to the larger magnitude.
    fn order(self) -> (i64, u128) {
        let digits = self.magnitude().checked_ilog10().unwrap_or_default();
        let aligned = 10_u128.checked_pow(MAX_DIGITS.saturating_sub(digits + 1)).unwrap_or(1);
        (i64::from(self.exponent) + i64::from(digits), self.magnitude().saturating_mul(aligned))
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads a JSON number, with or without white space around it.
    ///
    /// # Errors
    ///
    /// [`DecimalError`] for any other text, for more than 38 significant digits, and for an exponent outside ±6000
    /// after leading and trailing zeros are dropped.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let text = text.trim_ascii();
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, Some(exponent)),
            None => (text, None),
        };
        let (whole, fraction) = match number.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (number, None),
        };
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let exponent_digits = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if leading_zero || ![Some(whole), fraction, exponent_digits].into_iter().flatten().all(is_number) {
            return Err(DecimalError("not a decimal number as JSON writes it"));
        }

        let fraction = fraction.unwrap_or_default();
        let mut magnitude = 0_u128;
        // Zeros belong to the mantissa only if a digit follows them.
        let mut zeros = 0_u32;
        for digit in whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0') {
            if digit == 0 {
                zeros = zeros.saturating_add(u32::from(magnitude > 0));
                continue;
            }
            magnitude = 10_u128
                .checked_pow(zeros.saturating_add(1))
                .and_then(|factor| magnitude.checked_mul(factor))
                .map(|raised| raised + u128::from(digit))
                .filter(|&magnitude| magnitude < 10_u128.pow(MAX_DIGITS))
                .ok_or(DecimalError("a decimal number with more than 38 significant digits"))?;
            zeros = 0;
        }
        if magnitude == 0 {
            return Ok(Decimal::ZERO);
        }
        // An exponent that does not fit into the type is treated like the largest one that fits.
        let written = exponent.map_or(0, |text| {
            let size = exponent_digits.and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(i64::MAX / 4);
            if text.starts_with('-') { -size } else { size }
        });
        let places = i64::try_from(fraction.len()).unwrap_or(i64::MAX / 4);
        i32::try_from(written - places + i64::from(zeros))
            .ok()
            .and_then(|exponent| Decimal::normalised(negative, magnitude, exponent).within_limits())
            .ok_or(DecimalError("a decimal number with an exponent outside of -6000 to 6000"))
    }
}

impl fmt::Display for Decimal {
    /// Writes the exact number, with an exponent only if the exponent is beyond ±40. Both forms are JSON numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.magnitude().to_string();
        let text = if self.exponent.unsigned_abs() > MAX_PLAIN_EXPONENT {
            let power = self.order().0;
            match digits.split_at_checked(1) {
                Some((first, rest)) if !rest.is_empty() => format!("{first}.{rest}e{power}"),
                _ => format!("{digits}e{power}"),
            }
        } else if let Ok(zeros) = usize::try_from(self.exponent) {
            format!("{digits}{:0<zeros$}", "")
        } else {
            let places = usize::try_from(self.exponent.unsigned_abs()).unwrap_or_default();
            let padded = format!("{digits:0>width$}", width = places + 1);
            let (whole, fraction) = padded.split_at_checked(padded.len() - places).unwrap_or((&padded, ""));
            format!("{whole}.{fraction}")
        };
        // Width, fill and sign are applied. Precision is ignored, because it would round the number.
        f.pad_integral(!self.is_negative(), "", &text)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_sign = self.mantissa.signum().cmp(&other.mantissa.signum());
        by_sign.then_with(|| match self.mantissa.signum() {
            0 => Ordering::Equal,
            1 => self.order().cmp(&other.order()),
            _ => other.order().cmp(&self.order()),
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Decimal::new(number, 0)
    }
}

impl From<u64> for Decimal {
    fn from(number: u64) -> Self {
        Decimal::normalised(false, u128::from(number), 0)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string()).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = match raw.get().starts_with('"') {
            true => serde_json::from_str(raw.get()).map(Cow::Owned).map_err(serde::de::Error::custom)?,
            false => Cow::Borrowed(raw.get()),
        };
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A [`Decimal`] that is written as a JSON string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecimalString(pub Decimal);

impl fmt::Display for DecimalString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for DecimalString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The error for a text that is not a JSON number, or that [`Decimal`] cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecimalError(&'static str);

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for DecimalError {}

/// All numbers with so many digits fit into 128 bits.
const MAX_DIGITS: u32 = 38;
/// Far beyond any price, and small enough that the zeros are written quickly.
const MAX_EXPONENT: u32 = 6000;
/// The largest exponent that is written without an exponent.
const MAX_PLAIN_EXPONENT: u32 = 40;
