//! Places in a value: where an event is, and JSON Pointers to ask by.

use std::fmt;

use super::follow::Follow;

/// The place of a value that is being read; costs nothing to make, and as many steps to walk as it is deep.
///
/// Shown as a JSON Pointer (RFC 6901): `/items/3/name`, and nothing for the whole value.
#[derive(Clone, Copy)]
pub struct Path<'a> {
    follow: &'a Follow,
    text: &'a str,
    depth: usize,
}

/// A step from an array or object to what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// The member of an object.
    Key(&'a str),
    /// The element of an array, from 0.
    Index(u32),
}

impl<'a> Path<'a> {
    #[inline]
    pub(super) fn new(follow: &'a Follow, text: &'a str, depth: usize) -> Self {
        Path { follow, text, depth }
    }

    /// Returns the steps from the whole value to the place.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = Segment<'a>> + ExactSizeIterator {
        let Path { follow, text, .. } = *self;
        self.frames().iter().map(move |frame| match frame.is_object {
            true => Segment::Key(follow.tape.content(text, frame.key)),
            false => Segment::Index(frame.count.saturating_sub(1)),
        })
    }

    /// Returns the last step; `None` for the whole value.
    pub fn last(&self) -> Option<Segment<'a>> {
        self.segments().next_back()
    }

    /// Returns how many steps there are.
    pub fn len(&self) -> usize {
        self.frames().len()
    }

    /// Returns whether this is the place of the whole value.
    pub fn is_empty(&self) -> bool {
        self.frames().is_empty()
    }

    /// Returns whether this is the place of an array's element.
    pub fn is_element(&self) -> bool {
        self.frames().last().is_some_and(|frame| !frame.is_object)
    }

    /// Returns whether this is the place that a JSON Pointer names, in which `*` stands for any one step.
    ///
    /// ```
    /// # use requesty_core::json::partial::{Partial, PartialEvent};
    /// let mut partial = Partial::default();
    /// partial.feed(br#"{"items":[{"name":"tea"},{"name":"milk"}]}"#);
    /// let mut names = Vec::new();
    /// while let Some(event) = partial.next()? {
    ///     if let PartialEvent::Value { path, value } = event {
    ///         if path.is("/items/*/name") {
    ///             names.push(value.as_str().unwrap().to_owned());
    ///         }
    ///     }
    /// }
    /// assert_eq!(names, ["tea", "milk"]);
    /// # Ok::<(), requesty_core::json::partial::PartialError>(())
    /// ```
    pub fn is(&self, pattern: &str) -> bool {
        let Some(mut tokens) = tokens(pattern) else { return false };
        let mut segments = self.segments();
        loop {
            match (tokens.next(), segments.next()) {
                (None, None) => return true,
                (Some("*"), Some(_)) => {}
                (Some(token), Some(Segment::Key(key))) if token_is(token, key) => {}
                (Some(token), Some(Segment::Index(index))) if token_index(token) == Some(index) => {}
                _ => return false,
            }
        }
    }

    fn frames(&self) -> &'a [super::frame::Frame] {
        self.follow.frames.get(..self.depth).unwrap_or_default()
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.segments().try_for_each(|segment| match segment {
            Segment::Index(index) => write!(f, "/{index}"),
            Segment::Key(key) => {
                f.write_str("/")?;
                key.split_inclusive(['~', '/']).try_for_each(|part| {
                    if let Some(plain) = part.strip_suffix('~') {
                        return write!(f, "{plain}~0");
                    }
                    match part.strip_suffix('/') {
                        Some(plain) => write!(f, "{plain}~1"),
                        None => f.write_str(part),
                    }
                })
            }
        })
    }
}

impl fmt::Debug for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

/// Returns the tokens of a JSON Pointer; `None` where it is no pointer.
pub(super) fn tokens(pointer: &str) -> Option<impl Iterator<Item = &str>> {
    let mut tokens = pointer.split('/');
    let are_escapes = pointer.split('~').skip(1).all(|escape| escape.starts_with(['0', '1']));
    // Before the first slash there is nothing.
    (tokens.next() == Some("") && are_escapes).then_some(tokens)
}

/// Returns whether a token names a key: `~1` is a slash in it, and `~0` a tilde.
pub(super) fn token_is(token: &str, key: &str) -> bool {
    let mut key = key;
    let mut parts = token.split('~');
    let Some(rest) = parts.next().and_then(|plain| key.strip_prefix(plain)) else { return false };
    key = rest;
    for part in parts {
        let (escaped, plain) = match part.as_bytes().first() {
            Some(b'0') => ('~', &part[1..]),
            Some(b'1') => ('/', &part[1..]),
            _ => return false,
        };
        let Some(rest) = key.strip_prefix(escaped).and_then(|key| key.strip_prefix(plain)) else { return false };
        key = rest;
    }
    key.is_empty()
}

/// Returns the index that a token names: digits alone, without a zero before them.
pub(super) fn token_index(token: &str) -> Option<u32> {
    let is_index = token.bytes().all(|byte| byte.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    if is_index { token.parse().ok() } else { None }
}
