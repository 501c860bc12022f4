//! Types whose fields are the members of one object, under the same names.

use serde::Serialize;

use super::Received;

/// Implements `read(Members) -> Option<Self>` and `Serialize` for a type whose fields are members, from the method of
/// [`Members`](super::Members) that takes each. Its last field, `extra`, keeps the other members.
///
/// A member has the name of its field, or the name after `as`. A type `as "text"` is written with a member `type` before the
/// others; the caller takes that member before it reads.
macro_rules! fields {
    ($($type:ident $(as $kind:literal)? {
        $($field:ident $(as $name:literal)?: $take:ident $(($read:expr))?),+ $(,)?
    })+) => {$(
        impl $type {
            pub(crate) fn read(mut members: crate::json::Members<'_>) -> Option<Self> {
                Some($type {
                    $($field: {
                        let name = crate::json::fields!(@name $field $($name)?);
                        crate::json::Field::of(members.$take(name $(, $read)?))?
                    },)+
                    extra: members.rest(),
                })
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut object = crate::json::ObjectWriter::new(serializer, &self.extra)?;
                $(object.field("type", $kind)?;)?
                $(
                    let name = crate::json::fields!(@name $field $($name)?);
                    object.optional(name, crate::json::Field::written(&self.$field))?;
                )+
                object.end()
            }
        }
    )+};
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
}

pub(crate) use fields;

/// A field of a type in [`fields!`].
pub(crate) trait Field: Sized {
    /// The type that the method of [`Members`](super::Members) returns.
    type Taken;
    /// The type that is written.
    type Written: Serialize;

    /// Returns the field; `None` if the value cannot be read without the member.
    fn of(taken: Self::Taken) -> Option<Self>;

    /// Returns the value of the member; `None` if it is left out.
    fn written(&self) -> Option<&Self::Written>;
}

impl<T: Received + Serialize> Field for T {
    type Taken = Option<T>;
    type Written = T;

    fn of(taken: Option<T>) -> Option<T> {
        taken
    }

    fn written(&self) -> Option<&T> {
        Some(self)
    }
}

impl Field for String {
    type Taken = Option<String>;
    type Written = String;

    fn of(taken: Option<String>) -> Option<String> {
        taken
    }

    fn written(&self) -> Option<&String> {
        Some(self)
    }
}

impl<T: Serialize> Field for Option<T> {
    type Taken = Option<T>;
    type Written = T;

    fn of(taken: Option<T>) -> Option<Option<T>> {
        Some(taken)
    }

    fn written(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<T: Serialize> Field for Vec<T> {
    type Taken = Vec<T>;
    type Written = Vec<T>;

    fn of(taken: Vec<T>) -> Option<Vec<T>> {
        Some(taken)
    }

    fn written(&self) -> Option<&Vec<T>> {
        (!self.is_empty()).then_some(self)
    }
}
