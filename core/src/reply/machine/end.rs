//! The end of a reply, and what it adds up to.

use http::StatusCode;

use super::{Machine, State};
use crate::Incomplete;
use crate::error::ApiError;
use crate::json::unmarked;
use crate::reply::{Dialect, End, Media};

impl<D: Dialect> Machine<D> {
    /// Notes that no more bytes come, and why.
    pub fn end(&mut self, how: End) {
        self.tape_end(&how);
        // The caller may push the whole body and end it before the first `advance`.
        if self.state == State::Sniffing {
            if let Some(state) = self.sniff() {
                self.enter(state);
            }
        }
        match self.state {
            State::Failed => {}
            State::Dialect => self.dialect.end(how),
            State::ErrorBody => self.fail_with_reply(),
            State::Page => self.fail_with_page(),
            State::Json | State::Sniffing => self.end_whole(how),
        }
    }

    /// Returns the sum of the whole reply.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial total, unless the reply is complete.
    pub fn total(self) -> Result<D::Total, Incomplete<D::Partial>> {
        let head = &self.context.head;
        match self.error {
            Some(error) => Err(self.dialect.partial(error)),
            None => self.dialect.total().map_err(|incomplete| incomplete.after(head)),
        }
    }

    /// Ends a reply that is one JSON value, or that is empty.
    fn end_whole(&mut self, how: End) {
        let cut = !matches!(how, End::Clean);
        let accepted = matches!(self.context.head.status(), StatusCode::ACCEPTED | StatusCode::NO_CONTENT);
        if accepted && self.state == State::Sniffing && D::MEDIA == Media::Events {
            // The body was empty. The dialect decides whether that is an answer.
            self.state = State::Dialect;
            return self.dialect.end(how);
        }
        if cut || (self.state == State::Sniffing && D::MEDIA != Media::Json) {
            let error = self.explain(how.into_error());
            return self.fail(error);
        }
        let body = self.take_collected();
        let body = body.slice_ref(unmarked(&body));
        if self.dialect.is_error(&body) {
            return self.fail(ApiError::from_reply(&self.context, body).into());
        }
        self.state = State::Dialect;
        if let Err(error) = self.dialect.whole(body) {
            self.fail(error);
        }
    }
}
