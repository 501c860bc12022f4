//! How types of replies are read: member by member from their JSON text, and not by derive.

/// Reads a type from JSON by its own `read(Members) -> Option<Self>`, which takes the known members from the [`Members`],
/// reads each leniently, and keeps the rest; a type that need not be an object has `read_json(&[u8]) -> Option<Self>` and is
/// named with `by read_json`. Derived code would lose the whole value because of one unusual member, and would lose the order
/// and the digits of unknown members.
///
/// [`Members`]: super::Members
macro_rules! received {
    ($($type:ty, $what:literal $(, by $read:ident)? $(, lists $lists:expr)?;)+) => {$(
        impl crate::json::Received for $type {
            $(const LISTS: &'static [crate::json::List] = &$lists;)?

            fn from_json(json: &[u8]) -> Option<Self> {
                crate::json::received!(@read $type, json $(, $read)?)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            /// Reads JSON. Deserialisers of other formats fail.
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let json = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
                <$type as crate::json::Received>::from_json(json.get().as_bytes())
                    .ok_or_else(|| serde::de::Error::custom(concat!("not ", $what)))
            }
        }
    )+};
    (@read $type:ty, $json:ident) => { <$type>::read(crate::json::Members::read($json).ok()?) };
    (@read $type:ty, $json:ident, $read:ident) => { <$type>::$read($json) };
}

pub(crate) use received;

/// A type that is read by [`received!`].
pub(crate) trait Received: Sized {
    /// The lists in the type. Their elements are counted before a reply is read as the type.
    const LISTS: &'static [super::List] = &[];

    /// Reads a valid JSON text.
    fn from_json(json: &[u8]) -> Option<Self>;
}
