//! How a reply fails: with the server's error, with an unexpected body, or with a missing end.

use bytes::Bytes;

use super::{Machine, State};
use crate::Error;
use crate::error::{ApiError, NoFinishReason, Unexpected, html_title};
use crate::reply::{Dialect, Media};

impl<D: Dialect> Machine<D> {
    pub(super) fn fail_with_reply(&mut self) {
        let (body, cut) = self.take_error_body();
        self.fail(ApiError::from_error_body(&self.context, body, cut).into());
    }

    pub(super) fn fail_with_page(&mut self) {
        let title = html_title(&String::from_utf8_lossy(self.collected.get(..self.filled).unwrap_or_default()));
        self.fail_unexpected(title.map(|title| format!("a page titled \"{title}\"")));
    }

    pub(super) fn fail_unexpected(&mut self, hint: Option<String>) {
        let (body, cut) = self.take_error_body();
        self.fail(Unexpected::new(&self.context, hint.as_deref(), body, cut).into());
    }

    /// Returns the part of an error body that is kept, and whether the body may be longer.
    fn take_error_body(&mut self) -> (Bytes, bool) {
        let body = self.take_collected();
        let limit = self.context.limits.error_body;
        (body.slice(..body.len().min(limit)), body.len() >= limit)
    }

    pub(super) fn take_collected(&mut self) -> Bytes {
        let mut collected = std::mem::take(&mut self.collected);
        collected.truncate(self.filled);
        self.filled = 0;
        collected.into()
    }

    /// Replaces the error of a cut stream if the body ended cleanly, held no event and was not declared as events: the
    /// reply is then unexpected, not cut.
    #[cold]
    pub(super) fn explain(&self, error: Error) -> Error {
        let declared = || self.context.head.media_type().is_some_and(|media| media == "text/event-stream");
        match &error {
            Error::Truncated(cut) if !cut.is_cut() && self.items == 0 && D::MEDIA == Media::Events && !declared() => {
                Unexpected::new(&self.context, Some("no event in it"), Bytes::new(), false).into()
            }
            _ => error,
        }
    }

    /// Explains an error of the dialect, and keeps it, because the total returns the same error.
    #[cold]
    pub(super) fn explained(&mut self, error: Error) -> Error {
        let error = self.explain(error).after(&self.context.head);
        if matches!(error, Error::Unexpected(_)) {
            self.fail(error.clone());
        }
        error
    }

    pub(super) fn fail(&mut self, error: Error) {
        self.state = State::Failed;
        self.error = Some(error.after(&self.context.head));
    }

    pub(super) fn failure(&self) -> Error {
        self.error.clone().unwrap_or(Error::Unfinished(NoFinishReason::default().into()))
    }
}
