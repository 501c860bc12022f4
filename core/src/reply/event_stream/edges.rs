//! The rare cases: events that are read a second time, one whole value, the end of the body.

use std::sync::Arc;

use bytes::Bytes;

use super::source::At;
use super::{EventStream, Phase};
use crate::error::{DecodeError, NoFinishReason, Truncated};
use crate::reply::marks::{is_done, is_glued, is_keep_alive, is_whole};
use crate::reply::{End, Ended, Outcome, Protocol};
use crate::{Error, json, sse};

impl<P: Protocol> EventStream<P> {
    /// Reads an event a second time after it could not be read: line by line if each line is an object, otherwise with
    /// its invalid JSON mended. Returns whether it is an item.
    pub(super) fn read_again(&mut self, problem: Arc<DecodeError>) -> bool {
        let event = self.source.seen().event();
        if self.phase != Phase::Lines && is_glued(event.data()) {
            self.mended += 1;
            self.phase = Phase::Lines;
            self.source.begin_lines();
            return false;
        }
        if let Some(mended) = json::mended(event.data()).filter(|_| P::MENDS) {
            let outcome = self.protocol.read(&self.context, event.raw_name(), &mended);
            if !matches!(outcome, Outcome::Unreadable(_)) {
                self.mended += 1;
                self.source.mend(mended);
                return self.settle(outcome);
            }
        }
        self.first_problem.get_or_insert_with(|| problem.clone());
        self.source.fail(problem);
        self.settle(Outcome::Idle)
    }

    /// Reads the one value that the server sent instead of a stream; returns whether it is an item.
    pub(super) fn read_whole(&mut self) -> bool {
        self.source.at = At::Whole;
        self.phase = Phase::Last;
        self.declared = true;
        let outcome = self.protocol.read_whole(&self.context, self.source.whole());
        let unreadable =
            |outcome: &Outcome| matches!(outcome, Outcome::Unreadable(_) | Outcome::Over(Err(Error::Decode(_))));
        if unreadable(&outcome) && P::MENDS {
            if let Some(mended) = json::mended(self.source.whole()) {
                let mended = Bytes::from(mended);
                let again = self.protocol.read_whole(&self.context, &mended);
                if !unreadable(&again) {
                    self.mended += 1;
                    self.source.mend(mended.into());
                    return self.settle(again);
                }
            }
        }
        match outcome {
            Outcome::Unreadable(problem) => {
                self.first_problem.get_or_insert_with(|| problem.clone());
                self.source.fail(problem);
                self.settle(Outcome::Idle)
            }
            outcome => self.settle(outcome),
        }
    }

    /// Reads the end of the body, and before it a last event without its blank line, if the event is whole. Returns
    /// whether that event is an item.
    #[cold]
    pub(super) fn take_end(&mut self) -> bool {
        let how = self.end.clone().unwrap_or(End::Clean);
        let clean = matches!(how, End::Clean);
        let decoder = &self.source.decoder;
        let ended = match decoder.unterminated() {
            _ if !clean => Ended::Body(&how),
            Some(event) if !P::READS_UNTERMINATED && is_done(event.data()) => {
                self.declared = true;
                Ended::Done
            }
            Some(event) if P::READS_UNTERMINATED && is_complete(&event) => {
                self.source.at = At::Unterminated;
                return self.read_current();
            }
            Some(event) if is_keep_alive(event.raw_name(), event.data()) => Ended::Body(&how),
            None if !decoder.ended_in_block() => Ended::Body(&how),
            _ => Ended::InEvent,
        };
        self.finish(self.protocol.judge(ended))
    }

    /// Ends the stream. The event that is current then is not an item; returns `false`.
    #[cold]
    pub(super) fn finish(&mut self, outcome: Result<(), Error>) -> bool {
        let hole = self.first_problem.clone().map(Error::Decode);
        let outcome = outcome.and_then(|()| hole.map_or(Ok(()), Err));
        let stray = || self.context.error_in_line(self.source.decoder.stray_line());
        self.outcome = Some(outcome.map_err(|error| match error {
            Error::Truncated(how) => stray().unwrap_or_else(|| {
                let unread = self.first_problem.clone();
                Truncated { cause: how.cause.clone(), unread }.into()
            }),
            Error::Unfinished(_) => stray().unwrap_or_else(|| {
                let unread = self.first_problem.clone();
                Error::Unfinished(NoFinishReason { unread }.into())
            }),
            error => error,
        }));
        self.phase = Phase::Over;
        self.source.clear();
        self.source.at = At::Nothing;
        false
    }
}

/// Returns whether an event without its blank line has all its data. An error counts as whole even if it is cut.
fn is_complete(event: &sse::Event<'_>) -> bool {
    event.raw_name() == b"error" || is_done(event.data()) || is_whole(event.data())
}
