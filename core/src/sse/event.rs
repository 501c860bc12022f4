//! One event.

use std::borrow::Cow;
use std::fmt;

use memchr::memchr;

/// One server-sent event, borrowed from its [`Decoder`](super::Decoder).
///
/// `Debug` shows lengths only, because events hold answers.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    pub(super) name: &'a [u8],
    pub(super) data: &'a [u8],
    pub(super) id: &'a [u8],
    /// Whether an `id` field came since the last event. It matters if the field is empty, which resets the id.
    pub(super) id_given: bool,
}

impl<'a> Event<'a> {
    /// Returns the event with other data.
    pub(crate) fn with_data(self, data: &'a [u8]) -> Self {
        Event { data, ..self }
    }

    /// Returns an event with data alone.
    pub(crate) fn of_data(data: &'a [u8]) -> Self {
        Event { name: &[], data, id: &[], id_given: false }
    }

    /// Returns the type of the event; `message` if it has no type. Invalid UTF-8 becomes U+FFFD.
    pub fn name(&self) -> Cow<'a, str> {
        match self.name {
            [] => Cow::Borrowed("message"),
            name => String::from_utf8_lossy(name),
        }
    }

    /// Returns the bytes of the type; empty if the event has no type.
    pub fn raw_name(&self) -> &'a [u8] {
        self.name
    }

    /// Returns the data: the values of the `data` fields, joined with LF, in one slice. It may be invalid UTF-8.
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    /// Returns the data as text. Invalid UTF-8 becomes U+FFFD, one for each maximal subpart.
    pub fn text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.data)
    }

    /// Returns the last event id, which this or an earlier event set; empty if no event set it. Invalid UTF-8 becomes
    /// U+FFFD.
    pub fn id(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.id)
    }

    /// Appends the event as server-sent event bytes, which decode to the same event: `event` and `id` if they are set,
    /// one `data` line per line of data, and the blank line.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_core::sse::{Decoder, Step};
    ///
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"data:one\rdata:two\revent:pair\r\r");
    /// assert_eq!(decoder.advance()?, Step::Ready);
    /// let mut out = Vec::new();
    /// decoder.event().write_to(&mut out);
    /// assert_eq!(out, b"event: pair\ndata: one\ndata: two\n\n");
    /// # Ok::<(), requesty_core::error::TooLarge>(())
    /// ```
    pub fn write_to(&self, out: &mut Vec<u8>) {
        const FIELDS: usize = "event: \nid: \ndata: \n\n".len();
        out.reserve(self.name.len() + self.id.len() + self.data.len() + FIELDS);
        let mut field = |name: &[u8], value: &[u8]| {
            out.extend_from_slice(name);
            out.extend_from_slice(value);
            out.push(b'\n');
        };
        if !self.name.is_empty() {
            field(b"event: ", self.name);
        }
        if self.id_given || !self.id.is_empty() {
            field(b"id: ", self.id);
        }
        let mut rest = self.data;
        while let Some((line, after)) = memchr(b'\n', rest).and_then(|at| rest.split_at_checked(at)) {
            field(b"data: ", line);
            rest = after.get(1..).unwrap_or_default();
        }
        field(b"data: ", rest);
        out.push(b'\n');
    }
}

impl PartialEq for Event<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.data, self.id) == (other.name, other.data, other.id)
    }
}

impl Eq for Event<'_> {}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("name_len", &self.name.len())
            .field("data_len", &self.data.len())
            .field("id_len", &self.id.len())
            .finish()
    }
}
