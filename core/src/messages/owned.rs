//! Owned events.

use std::fmt;
use std::sync::Arc;

use super::Event;
use super::block_sum::{Field, ToolHead};
use super::event::Fragments;
use super::scan::Table;
use crate::error::DecodeError;

/// An [`Event`] as an owned value. It can be sent to other threads and kept.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone)]
pub struct OwnedEvent {
    /// The name, the data, and what the event added, one after the other.
    bytes: Box<[u8]>,
    name_len: usize,
    raw_len: usize,
    added_len: usize,
    table: Table,
    field: Field,
    place: Option<usize>,
    offset: usize,
    tool: Option<Arc<ToolHead>>,
    server_side: bool,
    mended: Option<Box<[u8]>>,
    problem: Option<Arc<DecodeError>>,
}

impl OwnedEvent {
    pub(super) fn of(event: &Event<'_>) -> Self {
        let shown = event.shown;
        let pieces = [event.name, event.raw, shown.added.as_bytes(), shown.thinking.as_bytes()];
        OwnedEvent {
            bytes: pieces.concat().into_boxed_slice(),
            name_len: event.name.len(),
            raw_len: event.raw.len(),
            added_len: shown.added.len(),
            table: event.own_table(),
            field: shown.field,
            place: shown.place,
            offset: shown.offset,
            tool: shown.tool.cloned(),
            server_side: shown.server_side,
            mended: event.mended.map(Box::from),
            problem: event.problem.cloned(),
        }
    }

    /// Returns the event as a view, with all its methods.
    pub fn as_event(&self) -> Event<'_> {
        let mut rest = &*self.bytes;
        let name = split(&mut rest, self.name_len);
        let raw = split(&mut rest, self.raw_len);
        let added = utf8(split(&mut rest, self.added_len));
        let shown = Fragments {
            field: self.field,
            place: self.place,
            added,
            thinking: utf8(rest),
            offset: self.offset,
            tool: self.tool.as_ref(),
            server_side: self.server_side,
        };
        let mended = self.mended.as_deref();
        let (table, problem) = (&self.table, self.problem.as_ref());
        Event { name, raw, mended, table, template: None, shown, blocks: (0, &[]), problem }
    }

    /// Returns the text that the event adds to the answer; empty if it adds none.
    pub fn text(&self) -> &str {
        self.as_event().text()
    }

    /// Returns the thinking that the event adds; empty if it adds none.
    pub fn thinking(&self) -> &str {
        self.as_event().thinking()
    }
}

/// Splits off the first bytes.
fn split<'a>(bytes: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (first, rest) = bytes.split_at_checked(length).unwrap_or_default();
    *bytes = rest;
    first
}

/// Returns bytes that were copied from a text as text.
fn utf8(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

impl fmt::Debug for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_event().fmt(f)
    }
}
