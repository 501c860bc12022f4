//! How types that a reply is made of are read: from their JSON text, member by member, and not by derive.

/// Reads a type from JSON by its own `read(&[u8]) -> Option<Self>`, which takes what it knows from the [`Members`], is
/// lenient with each of them, and keeps the rest. Derived code would lose the whole value over one odd member, and the
/// order and the digits of those without a field.
///
/// [`Members`]: super::Members
macro_rules! received {
    ($($type:ty, $what:literal $(, lists $lists:expr)?;)+) => {$(
        impl crate::json::Received for $type {
            $(const LISTS: &'static [crate::json::List] = &$lists;)?
        }

        impl<'de> serde::Deserialize<'de> for $type {
            /// Reads JSON; of another format's deserialiser nothing can be read.
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let json = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
                <$type>::read(json.get().as_bytes())
                    .ok_or_else(|| serde::de::Error::custom(concat!("not ", $what)))
            }
        }
    )+};
}

pub(crate) use received;

/// A type that is read by [`received!`].
pub(crate) trait Received: serde::de::DeserializeOwned {
    /// The lists in it, whose elements are counted before it is read as a reply.
    const LISTS: &'static [super::List] = &[];
}
