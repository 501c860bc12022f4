//! The rules that all families of events share: the end mark, keep-alives, errors, and when data is whole.

use bytes::Bytes;
use memchr::memmem;

use super::dialect::Context;
use super::reported::event_error;
use crate::Error;
use crate::error::{ApiError, DecodeError, Unexpected, is_truthy, looks_like_error};
use crate::json::{self, Kind, Members, Reader};

/// Returns whether an event is a keep-alive.
///
/// It is a keep-alive in each of these cases, unless its name is `error`, or its data is an object with `choices` or
/// with an error:
///
/// * its name is `ping`, `keepalive`, `keep-alive` or `heartbeat`, with any data;
/// * its data is empty, `null`, or a comment wrapped as data, such as `: keep-alive`;
/// * its data is an object of at most 256 bytes whose `type` is one of those four names.
///
/// Comments of the stream itself (lines such as `: keep-alive`) are not events.
pub fn is_keep_alive(name: &[u8], data: &[u8]) -> bool {
    /// In bytes. A ping holds little else, so it is short.
    const LONGEST_PING: usize = 256;
    // Nearly every event is longer, and need not be searched.
    if data.len() > LONGEST_PING && matches!(name, b"" | b"message") && matches!(data, [b'{', .., b'}']) {
        return false;
    }
    let data = data.trim_ascii();
    let named = is_ping(name);
    match data.first() {
        _ if name == b"error" => false,
        None | Some(b':') => true,
        Some(b'n') if data == b"null" => true,
        Some(b'{') if named || (data.len() <= LONGEST_PING && may_have(data, holds_type)) => {
            let Ok(mut members) = Members::read(data) else { return named };
            let typed = members.string("type").is_some_and(|kind| is_ping(kind.as_bytes()));
            let content = members.has("choices") || members.raw("error").is_some_and(is_truthy);
            (named || typed) && !content
        }
        _ => named,
    }
}

/// Returns whether data is the end mark `[DONE]`, with or without white space around it.
pub(crate) fn is_done(data: &[u8]) -> bool {
    data.trim_ascii() == b"[DONE]"
}

impl Context {
    /// Returns the error that an event reports: its name is `error`, or its data is an object with an error in it.
    pub fn error_in(&self, name: &[u8], data: &[u8]) -> Option<Error> {
        // Few events are errors, and most are large, so the first byte is checked first.
        let is_object = || json::trim(data).first() == Some(&b'{');
        if name != b"error" && !(is_object() && may_have(data, |data| self.error_word.find(data).is_some())) {
            return None;
        }
        event_error(self, name, data).map(Error::from)
    }

    /// Returns the error in a line outside all events: a field with the name `error`, or whole JSON with the form of an
    /// error.
    pub(super) fn error_in_line(&self, line: &[u8]) -> Option<Error> {
        let error = match line.strip_prefix(b"error:") {
            Some(value) => value.trim_ascii(),
            None => Some(line.trim_ascii()).filter(|line| is_whole(line) && looks_like_error(line))?,
        };
        (!error.is_empty()).then(|| ApiError::from_event(self, error).into())
    }

    /// Returns the error for data that could not be read.
    pub(crate) fn unreadable(&self, what: &'static str, at: Option<usize>, data: &[u8]) -> DecodeError {
        DecodeError { head: Some(self.head.clone()), ..DecodeError::new(what, at, data) }
    }

    /// Returns the error for a reply that is one JSON value although the call asked for events.
    pub(super) fn not_events(&self) -> Error {
        let hint = "one JSON value where a stream was asked for";
        Unexpected::new(self, Some(hint), Bytes::new(), false).into()
    }
}

/// Returns whether data without its blank line is whole: one object, array or string, or several objects, each in a
/// line of its own. A number might continue, and so might text that is not JSON.
pub(super) fn is_whole(data: &[u8]) -> bool {
    let mut reader = Reader::new(data);
    let kind = matches!(reader.kind(), Some(Kind::Object | Kind::Array | Kind::String));
    (kind && reader.skip().and_then(|_| reader.end()).is_some()) || is_glued(data)
}

/// Returns whether data is several events without the blank lines between them: each line is one whole object, except
/// the last line, which may be `[DONE]`.
pub(crate) fn is_glued(data: &[u8]) -> bool {
    if memchr::memchr(b'\n', data).is_none() {
        return false;
    }
    let mut lines = data.split(|&byte| byte == b'\n').peekable();
    let mut count = 0;
    while let Some(line) = lines.next() {
        let last = lines.peek().is_none();
        if !(Members::read(line).is_ok() || (last && is_done(line))) {
            return false;
        }
        count += 1;
    }
    count > 1
}

fn is_ping(name: &[u8]) -> bool {
    matches!(name, b"ping" | b"keepalive" | b"keep-alive" | b"heartbeat")
}

/// Returns whether short data holds the word `type`. To make a searcher for it would take longer than the search.
fn holds_type(data: &[u8]) -> bool {
    memchr::memchr_iter(b'y', data)
        .any(|at| data.get(at.saturating_sub(1)..).is_some_and(|rest| rest.starts_with(b"type")))
}

/// Returns whether data can hold a word: as plain text, which `finds` searches, or with escapes for its letters, all of
/// which are in the last two rows of ASCII.
fn may_have(data: &[u8], finds: impl Fn(&[u8]) -> bool) -> bool {
    let found = |word: &[u8]| memmem::find(data, word).is_some();
    let escapes = || memchr::memchr(b'\\', data).is_some() && (found(b"\\u006") || found(b"\\u007"));
    finds(data) || escapes()
}
