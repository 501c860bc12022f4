//! Owned events. The texts of an event are kept in the same memory as its data, behind it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::event::{CallFragment, Event};
use super::event_spans::EventSpans;
use crate::error::DecodeError;

/// An [`Event`] as an owned value. It can be sent to other threads and kept.
///
/// ```
/// # fn show(owned: &requesty_core::responses::OwnedEvent) {
/// print!("{}", owned.as_event().text());
/// # }
/// ```
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone)]
pub struct OwnedEvent {
    /// The data of the event, then its name and its texts.
    bytes: Box<[u8]>,
    raw_len: usize,
    name: Range<usize>,
    spans: EventSpans,
    text: Range<usize>,
    reasoning: Range<usize>,
    refusal: Range<usize>,
    call: Option<OwnedCall>,
    mended: Option<Box<[u8]>>,
    problem: Option<Arc<DecodeError>>,
}

#[derive(Clone)]
struct OwnedCall {
    output_index: u64,
    call_id: Option<Arc<str>>,
    name: Option<Arc<str>>,
    arguments: Range<usize>,
    arguments_offset: usize,
}

impl OwnedEvent {
    pub(super) fn of(event: &Event<'_>) -> Self {
        let arguments = event.call.map_or("", |call| call.arguments);
        let texts = [event.text, event.reasoning, event.refusal, arguments];
        let length = event.raw.len() + event.name.len() + texts.into_iter().map(str::len).sum::<usize>();
        let mut bytes = Vec::with_capacity(length);
        bytes.extend_from_slice(event.raw);
        let mut append = |text: &[u8]| {
            let start = bytes.len();
            bytes.extend_from_slice(text);
            start..bytes.len()
        };
        OwnedEvent {
            raw_len: event.raw.len(),
            name: append(event.name),
            spans: event.own_spans(),
            text: append(event.text.as_bytes()),
            reasoning: append(event.reasoning.as_bytes()),
            refusal: append(event.refusal.as_bytes()),
            call: event.call.map(|call| OwnedCall {
                output_index: call.output_index,
                call_id: call.call_id.cloned(),
                name: call.name.cloned(),
                arguments: append(call.arguments.as_bytes()),
                arguments_offset: call.arguments_offset,
            }),
            mended: event.mended.map(Box::from),
            problem: event.problem.cloned(),
            bytes: bytes.into_boxed_slice(),
        }
    }

    /// Returns the event as a view that borrows from this value.
    pub fn as_event(&self) -> Event<'_> {
        let bytes = |range: &Range<usize>| self.bytes.get(range.clone()).unwrap_or_default();
        let text = |range: &Range<usize>| std::str::from_utf8(bytes(range)).unwrap_or_default();
        Event {
            raw: self.bytes.get(..self.raw_len).unwrap_or_default(),
            mended: self.mended.as_deref(),
            name: bytes(&self.name),
            spans: &self.spans,
            template: None,
            text: text(&self.text),
            reasoning: text(&self.reasoning),
            refusal: text(&self.refusal),
            call: self.call.as_ref().map(|call| CallFragment {
                output_index: call.output_index,
                call_id: call.call_id.as_ref(),
                name: call.name.as_ref(),
                arguments: text(&call.arguments),
                arguments_offset: call.arguments_offset,
            }),
            grown: None,
            late: &[],
            problem: self.problem.as_ref(),
        }
    }
}

impl fmt::Debug for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedEvent").field(&self.as_event()).finish()
    }
}
