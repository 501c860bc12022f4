//! Reads an answer as a type, after the checks that come first.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, IgnoredAny};

use super::answer_error::{AnswerError, FailedAnswer, Place};
use crate::ending::{self, Cause};
use crate::json;
use crate::observe::Summary;

/// An answer of any family, as the checks look at it.
pub(crate) struct Answer<'a> {
    /// All text of the answer.
    pub(crate) text: Cow<'a, str>,
    /// The text that the model wrote instead of an answer; empty if it wrote nothing.
    pub(crate) refusal: Cow<'a, str>,
    /// Why the answer ended, in a word of the wire.
    pub(crate) reason: Option<&'a str>,
    /// Whether the answer came to its end, as far as its family knows it from more than the reason.
    pub(crate) is_complete: bool,
}

impl Answer<'_> {
    /// Reads the text as `T`. The first check that fails is the error.
    pub(crate) fn parse<T: DeserializeOwned>(self, summary: impl FnOnce() -> Summary) -> Result<T, AnswerError> {
        if let Some(kind) = self.kind_of_failure() {
            return Err(kind(self.failed(summary(), None)));
        }
        let error = match serde_json::from_str(&self.text) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        // A wrong type may stand before a wrong byte.
        let syntax = serde_json::from_str::<IgnoredAny>(&self.text).err();
        let kind = if syntax.is_some() { AnswerError::NotJson } else { AnswerError::Mismatch };
        let error = syntax.unwrap_or(error);
        let (line, column) = (error.line(), error.column());
        let place = Place { path: json::path_at(&self.text, line, column), line, column };
        Err(kind(self.failed(summary(), Some(place))))
    }

    /// Returns why the text is not even to be read.
    fn kind_of_failure(&self) -> Option<fn(FailedAnswer) -> AnswerError> {
        let cause = self.reason.map(ending::cause);
        match cause {
            _ if !self.refusal.is_empty() => Some(AnswerError::Refused),
            Some(Cause::Refusal) => Some(AnswerError::Refused),
            Some(Cause::Length) => Some(AnswerError::Length),
            Some(Cause::Filter) => Some(AnswerError::Filtered),
            None | Some(Cause::Whole) if self.is_complete => {
                self.text.trim_ascii().is_empty().then_some(AnswerError::Empty as fn(FailedAnswer) -> AnswerError)
            }
            _ => Some(AnswerError::Stopped),
        }
    }

    fn failed(self, summary: Summary, place: Option<Place>) -> FailedAnswer {
        let reason = self.reason.map(str::to_owned);
        FailedAnswer::new(self.text.into_owned(), self.refusal.into_owned(), reason, summary, place)
    }
}
