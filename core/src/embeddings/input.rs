//! The input of an embeddings request.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::{BuildError, Slice};

/// The input of a request: one or several texts or token lists, borrowed or owned.
///
/// ```
/// use requesty_core::embeddings::Input;
///
/// let owned = vec!["a".to_owned(), "b".to_owned()];
/// assert_eq!(Input::from("one text").len(), 1);
/// assert_eq!(Input::from(["two", "texts"]).len(), 2);
/// assert_eq!(Input::from(&owned).len(), 2);
/// assert_eq!(Input::from(&[9906_u32, 1917]).len(), 1); // one input, of two tokens
/// assert_eq!(Input::from(&[&[9906_u32][..], &[1917]]).len(), 2);
/// ```
///
/// The router's page: [create embedding](https://docs.requesty.ai/api-reference/endpoint/embeddings-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input<'a> {
    /// One text.
    Text(Cow<'a, str>),
    /// Several texts, as strings.
    Texts(Slice<'a, &'a str>),
    /// Several texts, as slices.
    Strings(Slice<'a, String>),
    /// One text, as tokens of the model.
    Tokens(Slice<'a, u32>),
    /// Several texts, as tokens of the model, in vectors.
    TokenLists(Slice<'a, &'a [u32]>),
    /// Several texts, as tokens of the model, in slices.
    TokenVecs(Slice<'a, Vec<u32>>),
}

impl Input<'_> {
    /// Returns the number of texts, which is the number of embeddings in the reply.
    pub fn len(&self) -> usize {
        match self {
            Input::Text(_) | Input::Tokens(_) => 1,
            Input::Texts(texts) => texts.len(),
            Input::Strings(texts) => texts.len(),
            Input::TokenLists(lists) => lists.len(),
            Input::TokenVecs(lists) => lists.len(),
        }
    }

    /// Returns whether there are no texts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the index of the first empty text or token list; `None` if none is empty.
    fn blank(&self) -> Option<usize> {
        match self {
            Input::Text(text) => text.is_empty().then_some(0),
            Input::Tokens(tokens) => tokens.is_empty().then_some(0),
            Input::Texts(texts) => texts.iter().position(|text| text.is_empty()),
            Input::Strings(texts) => texts.iter().position(String::is_empty),
            Input::TokenLists(lists) => lists.iter().position(|list| list.is_empty()),
            Input::TokenVecs(lists) => lists.iter().position(Vec::is_empty),
        }
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        if self.is_empty() {
            return Err(BuildError::new("there is nothing to embed: give at least one text"));
        }
        match self.blank() {
            Some(place) => Err(BuildError::new(format!("input {place} is empty: providers refuse it, leave it out"))),
            None => Ok(()),
        }
    }
}

impl<'a> From<&'a str> for Input<'a> {
    fn from(text: &'a str) -> Self {
        Input::Text(text.into())
    }
}

impl<'a> From<&'a String> for Input<'a> {
    fn from(text: &'a String) -> Self {
        Input::Text(text.into())
    }
}

impl From<String> for Input<'_> {
    fn from(text: String) -> Self {
        Input::Text(text.into())
    }
}

/// Accepts a list as a slice, a vector or an array, borrowed or owned.
macro_rules! from_list {
    ($($element:ty => $variant:ident;)+) => {$(
        impl<'a> From<&'a [$element]> for Input<'a> {
            fn from(list: &'a [$element]) -> Self {
                Input::$variant(list.into())
            }
        }

        impl<'a> From<&'a Vec<$element>> for Input<'a> {
            fn from(list: &'a Vec<$element>) -> Self {
                Input::$variant(list.into())
            }
        }

        impl<'a, const N: usize> From<&'a [$element; N]> for Input<'a> {
            fn from(list: &'a [$element; N]) -> Self {
                Input::$variant(list.into())
            }
        }

        impl<'a> From<Vec<$element>> for Input<'a> {
            fn from(list: Vec<$element>) -> Self {
                Input::$variant(list.into())
            }
        }

        impl<'a, const N: usize> From<[$element; N]> for Input<'a> {
            fn from(list: [$element; N]) -> Self {
                Input::$variant(list.into())
            }
        }
    )+};
}

from_list! {
    &'a str => Texts;
    String => Strings;
    u32 => Tokens;
    &'a [u32] => TokenLists;
    Vec<u32> => TokenVecs;
}

impl Serialize for Input<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Input::Text(text) => text.serialize(serializer),
            Input::Texts(texts) => (**texts).serialize(serializer),
            Input::Strings(texts) => (**texts).serialize(serializer),
            Input::Tokens(tokens) => (**tokens).serialize(serializer),
            Input::TokenLists(lists) => (**lists).serialize(serializer),
            Input::TokenVecs(lists) => (**lists).serialize(serializer),
        }
    }
}
