//! The error for an answer that cannot be read as the requested type.

use std::fmt;

use crate::observe::Summary;

/// The reason why an answer cannot be read as the requested type. The checks are made in the order of the variants, and
/// the first that fails is the error: an answer that a limit cut is [`Length`](Self::Length), not
/// [`NotJson`](Self::NotJson).
///
/// Each variant holds the answer: its text and its metadata, with tokens and cost. Neither `Display` nor `Debug` shows
/// the text, and there is no `source()`: serde's messages may quote it.
///
/// # Examples
/// ```
/// use requesty_core::messages::AssistantMessage;
/// use requesty_core::schema::AnswerError;
///
/// let reply: AssistantMessage = serde_json::from_str(
///     r#"{"content":[{"type":"text","text":"{\"days\":[3,\"four\"]}"}],"stop_reason":"end_turn","usage":{"output_tokens":9}}"#,
/// )?;
/// #[derive(Debug, serde::Deserialize)]
/// struct Trip { days: Vec<u32> }
///
/// let error = reply.parse::<Trip>().unwrap_err();
/// assert_eq!(error.to_string(), "the answer is JSON of another form than was asked for: stopped at line 1 column 17");
/// assert!(matches!(error, AnswerError::Mismatch(_)));
/// assert_eq!(error.answer().path(), Some("/days/1"));
/// assert_eq!(error.answer().text(), r#"{"days":[3,"four"]}"#);
/// assert_eq!(error.answer().summary().output_tokens, Some(9));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AnswerError {
    /// The model refused: the answer has a refusal, or the finish reason `refusal`.
    Refused(FailedAnswer),
    /// A limit on tokens cut the answer: `length`, `max_tokens`, `max_output_tokens`, or the end of the model's context.
    Length(FailedAnswer),
    /// A filter cut the answer: `content_filter`, `safety` and the like.
    Filtered(FailedAnswer),
    /// The answer may be incomplete: it has another finish reason or none, or its stream ended early.
    Stopped(FailedAnswer),
    /// The answer is complete, and has no text. It may have tool calls.
    Empty(FailedAnswer),
    /// The text is not JSON. Nothing is repaired, and no Markdown fence is removed.
    NotJson(FailedAnswer),
    /// The text is JSON, and not a value of the type.
    Mismatch(FailedAnswer),
}

impl AnswerError {
    /// Returns the answer that failed.
    pub fn answer(&self) -> &FailedAnswer {
        match self {
            AnswerError::Refused(answer)
            | AnswerError::Length(answer)
            | AnswerError::Filtered(answer)
            | AnswerError::Stopped(answer)
            | AnswerError::Empty(answer)
            | AnswerError::NotJson(answer)
            | AnswerError::Mismatch(answer) => answer,
        }
    }
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AnswerError::Refused(_) => "the model refused to answer",
            AnswerError::Length(_) => "the answer was cut by a limit on its tokens",
            AnswerError::Filtered(_) => "the answer was cut by a filter",
            AnswerError::Stopped(_) => "the answer was stopped early",
            AnswerError::Empty(_) => "the answer has no text",
            AnswerError::NotJson(_) => "the answer is not JSON",
            AnswerError::Mismatch(_) => "the answer is JSON of another form than was asked for",
        })?;
        match &self.answer().inner.place {
            // A value of the wrong form may be found after it was read, without a position.
            Some(Place { line, column, .. }) if *line > 0 => write!(f, ": stopped at line {line} column {column}"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for AnswerError {}

/// An answer that cannot be read as the requested type.
///
/// `Debug` does not show its text.
#[derive(Clone)]
pub struct FailedAnswer {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    text: String,
    refusal: String,
    reason: Option<String>,
    summary: Summary,
    place: Option<Place>,
}

/// The place of the first error in the text.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl FailedAnswer {
    pub(super) fn new(
        text: String,
        refusal: String,
        reason: Option<String>,
        summary: Summary,
        place: Option<Place>,
    ) -> Self {
        FailedAnswer { inner: Box::new(Inner { text, refusal, reason, summary, place }) }
    }

    /// Returns the text of the answer as it came; empty if there is no text.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// Returns the refusal, which the model wrote instead of an answer; empty if the model refused nothing.
    pub fn refusal(&self) -> &str {
        &self.inner.refusal
    }

    /// Returns the finish reason as the server wrote it, such as `length`; `None` if the reply has no finish reason.
    pub fn finish_reason(&self) -> Option<&str> {
        self.inner.reason.as_deref()
    }

    /// Returns the metadata of the answer: its id, its model, tokens and cost.
    pub fn summary(&self) -> &Summary {
        &self.inner.summary
    }

    /// Returns a JSON pointer to the value with the [mismatch](AnswerError::Mismatch) or the [error of
    /// JSON](AnswerError::NotJson); to its object if a member is missing. The names in it are from the model. `None` if
    /// the text was not read.
    pub fn path(&self) -> Option<&str> {
        self.inner.place.as_ref().map(|place| place.path.as_str())
    }

    /// Returns the line of the text, from 1, and the column in bytes at which reading stopped; `None` if the text was
    /// not read.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.inner.place.as_ref().map(|place| (place.line, place.column))
    }
}

impl fmt::Debug for FailedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("FailedAnswer");
        f.field("text_len", &self.inner.text.len()).field("refusal_len", &self.inner.refusal.len());
        f.field("finish_reason", &self.finish_reason()).field("position", &self.position());
        f.field("summary", &self.inner.summary).finish()
    }
}
