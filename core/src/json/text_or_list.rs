//! Members that are a text or a list, like the content of a message: one set of conversions for all families.

use std::borrow::Cow;

/// Implements the conversions into an enum with the variant `Text(String)` and a variant for a list: from texts, from one
/// element, and from a list of elements.
macro_rules! text_or_list {
    ($type:ident, $list:ident, $element:ty) => {
        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                $type::Text(text.to_owned())
            }
        }

        impl From<String> for $type {
            fn from(text: String) -> Self {
                $type::Text(text)
            }
        }

        impl From<&String> for $type {
            fn from(text: &String) -> Self {
                $type::Text(text.clone())
            }
        }

        impl From<$element> for $type {
            fn from(element: $element) -> Self {
                $type::$list(vec![element])
            }
        }

        impl From<Vec<$element>> for $type {
            fn from(elements: Vec<$element>) -> Self {
                $type::$list(elements)
            }
        }

        impl<const N: usize> From<[$element; N]> for $type {
            fn from(elements: [$element; N]) -> Self {
                $type::$list(elements.into())
            }
        }
    };
}

pub(crate) use text_or_list;

/// Joins texts; nothing is copied where at most one of them is not empty.
pub(crate) fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> Cow<'a, str> {
    let mut texts = texts.filter(|text| !text.is_empty());
    let first = texts.next().unwrap_or_default();
    texts.fold(Cow::Borrowed(first), |joined, text| joined + text)
}
