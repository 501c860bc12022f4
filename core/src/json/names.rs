//! Enums whose values are words on the wire: one set of conversions for all families.

/// Declares an enum whose values are words on the wire, and its conversions in both directions. Its last variant,
/// `Other(Box<str>)`, keeps a word that this crate does not know, so no new word makes a reply unreadable.
macro_rules! names {
    ($(
        $(#[$about:meta])*
        pub enum $type:ident {
            $($(#[$meaning:meta])* $variant:ident = $name:literal,)+
            _ => Other: $other:literal $(,)?
        }
    )+) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$meaning])* $variant,)+
            #[doc = $other]
            Other(Box<str>),
        }

        impl $type {
            /// Returns the word as it is spelled on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $($type::$variant => $name,)+
                    $type::Other(name) => name,
                }
            }
        }

        impl From<&str> for $type {
            fn from(name: &str) -> Self {
                match name {
                    $($name => $type::$variant,)+
                    _ => $type::Other(name.into()),
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    )+};
}

pub(crate) use names;
