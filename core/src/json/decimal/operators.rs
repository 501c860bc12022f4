//! Sums and differences by operators, which always return a result.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use super::{Decimal, MAX_DIGITS, MAX_EXPONENT};

impl Decimal {
    /// Returns the sum: exact if it has at most 38 significant digits, else rounded. It never panics.
    ///
    /// A rounded sum is wrong by less than 10^-36 of the larger number. A sum beyond the largest number is the largest number.
    fn add_rounded(self, other: Decimal) -> Decimal {
        if let Some(sum) = self.checked_add(other) {
            return sum;
        }
        let (large, small) = if self.order() >= other.order() { (self, other) } else { (other, self) };
        // The larger one with 38 digits, and the smaller one as a multiple of the same power of ten.
        let digits = large.magnitude().checked_ilog10().unwrap_or_default() + 1;
        let places = MAX_DIGITS.saturating_sub(digits);
        let exponent = large.exponent.saturating_sub_unsigned(places);
        let raised = large.magnitude().saturating_mul(power(places));
        let distance = small.exponent.abs_diff(exponent);
        let aligned = if small.exponent >= exponent {
            small.magnitude().saturating_mul(power(distance))
        } else {
            rounded(small.magnitude(), distance)
        };
        let (sum, exponent) = match large.is_negative() == small.is_negative() {
            false => (raised.saturating_sub(aligned), exponent),
            true => match raised.saturating_add(aligned) {
                sum if sum < power(MAX_DIGITS) => (sum, exponent),
                sum => (rounded(sum, 1), exponent.saturating_add(1)),
            },
        };
        Decimal::normalised(large.is_negative(), sum, exponent).within_limits().unwrap_or(Decimal::largest(&large))
    }

    /// Returns the largest number with the sign of another one.
    fn largest(like: &Decimal) -> Decimal {
        let exponent = i32::try_from(MAX_EXPONENT).unwrap_or_default();
        Decimal::normalised(like.is_negative(), power(MAX_DIGITS) - 1, exponent)
    }
}

/// Returns that power of ten; the largest number of 128 bits in place of one that does not fit.
fn power(exponent: u32) -> u128 {
    10_u128.saturating_pow(exponent)
}

/// Returns the magnitude without its last digits, to the nearest.
fn rounded(magnitude: u128, digits: u32) -> u128 {
    let unit = power(digits);
    magnitude / unit + u128::from(magnitude % unit >= unit / 2)
}

/// Exact up to 38 significant digits, which no sum of prices comes near. A sum that needs more is rounded, wrong by less than
/// 10^-36 of the larger number; one beyond the largest number is the largest number.
/// [`checked_add`](Decimal::checked_add) never rounds.
impl Add for Decimal {
    type Output = Decimal;

    fn add(self, other: Decimal) -> Decimal {
        self.add_rounded(other)
    }
}

/// As [`Add`]; [`checked_sub`](Decimal::checked_sub) never rounds.
impl Sub for Decimal {
    type Output = Decimal;

    fn sub(self, other: Decimal) -> Decimal {
        self.add_rounded(-other)
    }
}

impl Neg for Decimal {
    type Output = Decimal;

    fn neg(self) -> Decimal {
        Decimal { mantissa: -self.mantissa, ..self }
    }
}

impl AddAssign for Decimal {
    fn add_assign(&mut self, other: Decimal) {
        *self = *self + other;
    }
}

impl SubAssign for Decimal {
    fn sub_assign(&mut self, other: Decimal) {
        *self = *self - other;
    }
}

impl Sum for Decimal {
    fn sum<I: Iterator<Item = Decimal>>(numbers: I) -> Decimal {
        numbers.fold(Decimal::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Decimal> for Decimal {
    fn sum<I: Iterator<Item = &'a Decimal>>(numbers: I) -> Decimal {
        numbers.copied().sum()
    }
}
