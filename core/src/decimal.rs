//! Exact decimal numbers.

/// An exact decimal number: money never passes through a binary float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i128,
    exponent: i16,
}
impl std::str::FromStr for Decimal {
    type Err = crate::BuildError;
    fn from_str(_: &str) -> Result<Self, Self::Err> {
        let _ = Decimal { mantissa: 0, exponent: 0 };
        Err(crate::BuildError::new("stub"))
    }
}
