//! What streamed and whole responses have in common: one event, or one value, taken and folded.

use std::sync::Arc;

use bytes::Bytes;

use super::accumulator::Accumulator;
use super::event::{CallFragment, Event};
use super::item_sum::Voice;
use super::response::Offered;
use super::row::Row;
use super::{EventKind, Response, Status};
use crate::Error;
use crate::error::{ApiError, DecodeError, is_truthy};
use crate::json::Members;
use crate::reply::{Context, is_keep_alive};

/// What streamed and whole responses have in common.
pub(super) struct Fold {
    context: Context,
    pub(super) sum: Accumulator,
    row: Row,
    /// Why the current event could not be read.
    problem: Option<Arc<DecodeError>>,
    pub(super) first_problem: Option<Arc<DecodeError>>,
}

/// What became of an event.
pub(super) enum Taken {
    Nothing,
    Item,
    /// An item, and then the end.
    Last(Result<(), Error>),
    Failed(Error),
}

impl Fold {
    pub(super) fn new(context: Context, offered: Offered) -> Self {
        let sum = Accumulator::new(context.limits, offered);
        Fold { context, sum, row: Row::default(), problem: None, first_problem: None }
    }

    pub(super) fn forget(&mut self) {
        self.problem = None;
        self.row = Row::default();
        self.sum.hide();
    }

    pub(super) fn event(&mut self, name: &[u8], data: &[u8]) -> Taken {
        let scanned = Row::scan(name, data);
        // An event of a known kind need not be looked at for being a keep-alive: nearly all are of one.
        let unknown = scanned.is_ok_and(|row| row.kind == EventKind::Other) || (scanned.is_err() && name != b"error");
        let named_ping = matches!(name, b"ping" | b"keepalive" | b"heartbeat");
        if unknown && (named_ping || is_keep_alive(data)) {
            return Taken::Nothing;
        }
        match scanned {
            Ok(row) => self.row = row,
            Err(_) if name == b"error" => self.row = Row { kind: EventKind::Error, ..Row::default() },
            Err(syntax) => {
                let problem = Arc::new(self.unreadable("an event", Some(syntax.at), data));
                self.first_problem.get_or_insert_with(|| problem.clone());
                self.problem = Some(problem);
                return Taken::Item;
            }
        }
        // An error that says what kind of event it is may carry more than itself.
        let bare = matches!(self.row.kind, EventKind::Error | EventKind::Other);
        if self.row.kind == EventKind::Error || (bare && self.row.error) {
            return Taken::Failed(ApiError::from_event(&self.context, data).into());
        }
        if let Err(error) = self.sum.fold(data, &self.row) {
            return Taken::Last(Err(error.into()));
        }
        if self.row.error {
            return Taken::Last(Err(ApiError::from_event(&self.context, data).into()));
        }
        match self.row.kind.is_terminal() {
            true => Taken::Last(self.judge(self.row.response.map_or(&b"{}"[..], |span| span.of(data)), true)),
            false => Taken::Item,
        }
    }

    /// Takes a response that is one JSON value.
    pub(super) fn whole(&mut self, body: &Bytes) -> Result<(), Error> {
        self.row = Row { kind: EventKind::Whole, ..Row::default() };
        if Response::read(body).is_none() {
            return Err(self.unreadable("the response", None, body).into());
        }
        self.sum.finish(body, EventKind::Whole)?;
        self.judge(body, false)
    }

    /// Decides whether a response that came to its end is one, or an error.
    fn judge(&self, response: &[u8], in_stream: bool) -> Result<(), Error> {
        let status = self.sum.finished().and_then(|response| response.status.as_ref());
        let error = Members::read(response).ok().and_then(|mut members| members.raw("error"));
        if status != Some(&Status::Failed) && !error.is_some_and(is_truthy) {
            return Ok(());
        }
        Err(ApiError::failed_response(&self.context, response, in_stream).into())
    }

    fn unreadable(&self, what: &'static str, at: Option<usize>, data: &[u8]) -> DecodeError {
        let status = Some(self.context.head().status());
        DecodeError { what: what.into(), at, status, body: Bytes::copy_from_slice(data) }
    }

    /// Returns the current event, given its name and its data.
    pub(super) fn lend<'a>(&'a self, name: &'a [u8], raw: &'a [u8]) -> Event<'a> {
        let shown = &self.sum.shown;
        let piece = shown.part.and_then(|(place, key, (from, to))| {
            let text = self.sum.items.get(&place)?.parts.get(&key)?.text.text.get(from..to)?;
            Some((key.1.voice(), text))
        });
        let call = shown.call.and_then(|(place, (from, to))| {
            let item = self.sum.items.get(&place)?;
            let arguments = item.arguments.text.get(from..to)?;
            let (call_id, name) = (item.call_id.as_ref(), item.name.as_ref());
            Some(CallFragment { output_index: place.0, call_id, name, arguments, arguments_offset: from })
        });
        let voice = |voice: Voice| match piece {
            Some((of, text)) if of == voice => text,
            _ => self.sum.fresh.get(voice as usize).map_or("", String::as_str),
        };
        let (text, reasoning, refusal) = (voice(Voice::Text), voice(Voice::Reasoning), voice(Voice::Refusal));
        Event { raw, name, row: self.row, text, reasoning, refusal, call, problem: self.problem.as_ref() }
    }
}
