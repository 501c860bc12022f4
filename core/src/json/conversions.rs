//! Conversions into enums, written in one way for all families.

use std::borrow::Cow;

/// Implements conversions into the variants of an enum.
macro_rules! conversions {
    ($type:ident { $($value:ident: $from:ty => $variant:ident($inside:expr),)+ }) => {$(
        impl From<$from> for $type {
            fn from($value: $from) -> Self {
                $type::$variant($inside)
            }
        }
    )+};
}

pub(crate) use conversions;

/// Implements the conversions into an enum like the content of a message, with the variant `Text(String)` and a variant for
/// a list: from texts, from one element, and from a list of elements.
macro_rules! text_or_list {
    ($type:ident, $list:ident, $element:ty) => {
        crate::json::conversions! {
            $type {
                text: &str => Text(text.to_owned()),
                text: String => Text(text),
                text: &String => Text(text.clone()),
                element: $element => $list(vec![element]),
                elements: Vec<$element> => $list(elements),
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
