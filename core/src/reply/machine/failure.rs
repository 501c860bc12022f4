//! How a reply fails: with the server's words, with what it is instead, or for want of an end.

use std::sync::Arc;

use bytes::Bytes;

use super::{Machine, State};
use crate::Error;
use crate::error::{ApiError, Unexpected, html_title};
use crate::reply::{Context, Dialect, Media};

impl<D: Dialect> Machine<D> {
    pub(super) fn fail_with_reply(&mut self) {
        let body = self.take_collected();
        let end = body.len().min(self.context.limits.error_body);
        self.fail(ApiError::from_reply(&self.context, body.slice(..end)).into());
    }

    pub(super) fn fail_with_page(&mut self) {
        let title = html_title(&String::from_utf8_lossy(self.collected.get(..self.filled).unwrap_or_default()));
        self.fail_unexpected(title.map(|title| format!("a page titled \"{title}\"")));
    }

    pub(super) fn fail_unexpected(&mut self, hint: Option<String>) {
        let body = self.take_collected();
        let end = body.len().min(self.context.limits.error_body);
        let unexpected = self.unexpected(hint, body.slice(..end));
        self.fail(unexpected);
    }

    fn unexpected(&self, hint: Option<String>, body: Bytes) -> Error {
        let Context { head, scrub, target, .. } = &self.context;
        Error::Unexpected(Arc::new(Unexpected {
            status: head.status(),
            content_type: head.header("content-type").map(|value| scrub.text(value)),
            request_id: head.request_id().map(|id| scrub.text(id)),
            hint: hint.map(|hint| scrub.text(&hint)),
            target: target.clone(),
            body: scrub.bytes(body),
        }))
    }

    /// A body in good order that held not one event, and was not declared to, is something else than a cut stream.
    #[cold]
    pub(super) fn explain(&self, error: Error) -> Error {
        let declared = || self.context.head.media_type().is_some_and(|media| media == "text/event-stream");
        match &error {
            Error::Truncated(cut) if !cut.is_cut() && self.items == 0 && D::MEDIA == Media::Events && !declared() => {
                self.unexpected(Some("no event in it".to_owned()), Bytes::new())
            }
            _ => error,
        }
    }

    /// Explains an error of the dialect, and keeps it: the total is to say the same.
    #[cold]
    pub(super) fn explained(&mut self, error: Error) -> Error {
        let error = self.explain(error);
        if matches!(error, Error::Unexpected(_)) {
            self.fail(error.clone());
        }
        error
    }

    pub(super) fn fail(&mut self, error: Error) {
        self.state = State::Failed;
        self.error = Some(error);
    }

    pub(super) fn failure(&self) -> Error {
        self.error.clone().unwrap_or(Error::Unfinished)
    }
}
