//! A list in a request, borrowed or owned.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A list that a request borrows or owns: its messages, its tools.
///
/// A list made from a reference is borrowed, and not copied. A list made from a `Vec` or an array is owned, so a
/// request with it can be returned from a function. Its elements are moved, not copied, and clones share them.
///
/// # Examples
/// ```
/// use requesty_core::chat::{Message, Request};
///
/// fn question() -> Request<'static> {
///     Request::new([Message::user("Why is the sky blue?")])
/// }
///
/// let history = vec![Message::user("Why is the sky blue?")];
/// let borrowed = Request::new(&history);
/// assert_eq!(serde_json::to_string(&borrowed)?, serde_json::to_string(&question())?);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct Slice<'a, T>(Held<'a, T>);

enum Held<'a, T> {
    Borrowed(&'a [T]),
    Owned(Arc<[T]>),
}

impl<T> Deref for Slice<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Held::Borrowed(slice) => slice,
            Held::Owned(slice) => slice,
        }
    }
}

impl<T> Clone for Slice<'_, T> {
    fn clone(&self) -> Self {
        Slice(match &self.0 {
            Held::Borrowed(slice) => Held::Borrowed(slice),
            Held::Owned(slice) => Held::Owned(slice.clone()),
        })
    }
}

impl<T> Default for Slice<'_, T> {
    fn default() -> Self {
        Slice(Held::Borrowed(&[]))
    }
}

impl<T: fmt::Debug> fmt::Debug for Slice<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Slice<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Slice<'_, T> {}

impl<'a, T> From<&'a [T]> for Slice<'a, T> {
    fn from(slice: &'a [T]) -> Self {
        Slice(Held::Borrowed(slice))
    }
}

impl<'a, T, const N: usize> From<&'a [T; N]> for Slice<'a, T> {
    fn from(array: &'a [T; N]) -> Self {
        Slice(Held::Borrowed(array))
    }
}

impl<'a, T> From<&'a Vec<T>> for Slice<'a, T> {
    fn from(list: &'a Vec<T>) -> Self {
        Slice(Held::Borrowed(list))
    }
}

impl<T> From<Vec<T>> for Slice<'_, T> {
    fn from(list: Vec<T>) -> Self {
        Slice(Held::Owned(list.into()))
    }
}

impl<T, const N: usize> From<[T; N]> for Slice<'_, T> {
    fn from(array: [T; N]) -> Self {
        Slice(Held::Owned(array.into()))
    }
}

impl<T> From<Arc<[T]>> for Slice<'_, T> {
    fn from(shared: Arc<[T]>) -> Self {
        Slice(Held::Owned(shared))
    }
}
