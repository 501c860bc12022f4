//! Why a value is not of the caller's type, and where.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

/// The reason why a value is not of the type that was asked for, with its place. Holds nothing of the text: a message of
/// serde's may quote it, and is dropped. Who wants that message reads [`View::raw`](super::View::raw) with serde_json.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MismatchError {
    mismatch: Mismatch,
    offset: Option<u32>,
}

/// The reason why a value is not of the requested type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// A value of another JSON type.
    Type,
    /// A string, boolean, array or object that the type does not take.
    Value,
    /// A number that the type does not take: beyond its range, with a fraction, or where no number is expected.
    Number,
    /// An array with more elements, or with fewer, than the type has.
    Length,
    /// A field of the type without a member in the object. Holds the name that the type gives it.
    Missing(&'static str),
    /// A field of the type with two members in the object. Holds the name that the type gives it.
    Repeated(&'static str),
    /// A member that the type has no field for, where it refuses those.
    Field,
    /// A variant that the enum does not have.
    Variant,
    /// A key of an object that the map's keys do not take. The offset is that of its value.
    Key,
    /// A string that has begun, where the type waits for its end.
    Unfinished,
    /// A reason of the type's own.
    Custom,
}

impl MismatchError {
    pub(super) fn new(mismatch: Mismatch) -> Self {
        MismatchError { mismatch, offset: None }
    }

    /// Gives the place, unless a value further inside has given its own.
    pub(super) fn or_at(mut self, offset: u32) -> Self {
        self.offset = self.offset.or(Some(offset));
        self
    }

    /// Returns what is wrong.
    pub fn mismatch(&self) -> Mismatch {
        self.mismatch
    }

    /// Returns where the value begins, in bytes from the start of the text. `None` where the type refused the whole value
    /// after it was read, and was asked by serde alone.
    pub fn offset(&self) -> Option<u32> {
        self.offset
    }
}

impl fmt::Display for MismatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mismatch.fmt(f)?;
        self.offset.map_or(Ok(()), |offset| write!(f, " at byte {offset}"))
    }
}

impl std::error::Error for MismatchError {}

/// Keeps the kind of each error and the names that the type itself has; drops what may quote the text.
impl Error for MismatchError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        MismatchError::new(Mismatch::Custom)
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        MismatchError::new(Mismatch::Type)
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        MismatchError::new(Mismatch::Value)
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        MismatchError::new(Mismatch::Length)
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        MismatchError::new(Mismatch::Variant)
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        MismatchError::new(Mismatch::Field)
    }

    fn missing_field(field: &'static str) -> Self {
        MismatchError::new(Mismatch::Missing(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        MismatchError::new(Mismatch::Repeated(field))
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mismatch::Type => "another type of JSON value than expected",
            Mismatch::Value => "a value that its type does not take",
            Mismatch::Number => "a number that its type does not take",
            Mismatch::Length => "another number of elements than expected",
            Mismatch::Missing(field) => return write!(f, "missing field `{field}`"),
            Mismatch::Repeated(field) => return write!(f, "repeated field `{field}`"),
            Mismatch::Field => "a member that its type has no field for",
            Mismatch::Variant => "an unknown variant",
            Mismatch::Key => "a key that its type does not take",
            Mismatch::Unfinished => "an unfinished string",
            Mismatch::Custom => "a value that its type refuses",
        })
    }
}
