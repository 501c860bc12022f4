//! What an event of a streamed response is.

use super::item_sum::Family;

/// Names the kinds and their words on the wire, once.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $name:literal,)+) => {
        /// What an event of a streamed response is. Open: what this crate does not know is [`Other`](Self::Other), and can
        /// still be looked at.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum EventKind {
            $($(#[doc = $doc])+ $kind,)+
            /// The server answered with the whole response, and not with a stream.
            Whole,
            /// Anything else.
            #[default]
            Other,
        }

        impl EventKind {
            /// Returns the kind of a name on the wire, if it is known.
            pub(super) fn of(name: &[u8]) -> Option<Self> {
                $(if name == $name.as_bytes() {
                    return Some(EventKind::$kind);
                })+
                None
            }
        }
    };
}

kinds! {
    /// `response.output_text.delta`: a piece of a text.
    TextDelta = "response.output_text.delta",
    /// `response.function_call_arguments.delta`: a piece of the arguments of a call.
    ArgumentsDelta = "response.function_call_arguments.delta",
    /// `response.reasoning_summary_text.delta`: a piece of what was thought, summed up.
    SummaryDelta = "response.reasoning_summary_text.delta",
    /// `response.reasoning_text.delta`: a piece of what was thought, in full.
    ReasoningDelta = "response.reasoning_text.delta",
    /// `response.refusal.delta`: a piece of what the model says instead of an answer.
    RefusalDelta = "response.refusal.delta",
    /// `response.created`: the response began.
    Created = "response.created",
    /// `response.queued`: it waits to be made.
    Queued = "response.queued",
    /// `response.in_progress`: it is being made.
    InProgress = "response.in_progress",
    /// `response.completed`: the end, with the response, its usage and its cost.
    Completed = "response.completed",
    /// `response.incomplete`: the end of a response that a limit or a filter cut, with all there is of it.
    Incomplete = "response.incomplete",
    /// `response.failed`: the end of a response that failed; an [`Error::Api`](crate::Error::Api) follows.
    Failed = "response.failed",
    /// `response.output_item.added`: an item began.
    ItemAdded = "response.output_item.added",
    /// `response.output_item.done`: an item, whole.
    ItemDone = "response.output_item.done",
    /// `response.content_part.added`: a part of a message began.
    PartAdded = "response.content_part.added",
    /// `response.content_part.done`: a part of a message, whole.
    PartDone = "response.content_part.done",
    /// `response.reasoning_summary_part.added`: a part of a summary began.
    SummaryPartAdded = "response.reasoning_summary_part.added",
    /// `response.reasoning_summary_part.done`: a part of a summary, whole.
    SummaryPartDone = "response.reasoning_summary_part.done",
    /// `response.output_text.annotation.added`: a source that a text cites.
    AnnotationAdded = "response.output_text.annotation.added",
    /// `response.output_text.done`: a text, whole.
    TextDone = "response.output_text.done",
    /// `response.refusal.done`: a refusal, whole.
    RefusalDone = "response.refusal.done",
    /// `response.reasoning_summary_text.done`: a text of a summary, whole.
    SummaryDone = "response.reasoning_summary_text.done",
    /// `response.reasoning_text.done`: a text of what was thought, whole.
    ReasoningDone = "response.reasoning_text.done",
    /// `response.function_call_arguments.done`: the arguments of a call, whole.
    ArgumentsDone = "response.function_call_arguments.done",
    /// `error`: the stream failed; never an item, as nothing else is in it.
    Error = "error",
}

impl EventKind {
    /// Returns what kind of item the event is about, where its name says so.
    pub(super) fn family(self) -> Option<Family> {
        Some(match self {
            EventKind::TextDelta | EventKind::TextDone | EventKind::RefusalDelta | EventKind::RefusalDone => {
                Family::Message
            }
            EventKind::PartAdded | EventKind::PartDone | EventKind::AnnotationAdded => Family::Message,
            EventKind::SummaryDelta | EventKind::SummaryDone | EventKind::SummaryPartAdded => Family::Reasoning,
            EventKind::SummaryPartDone | EventKind::ReasoningDelta | EventKind::ReasoningDone => Family::Reasoning,
            EventKind::ArgumentsDelta | EventKind::ArgumentsDone => Family::Call,
            _ => return None,
        })
    }

    /// Returns whether the event is a piece of a text, or of the arguments of a call.
    pub(super) fn is_delta(self) -> bool {
        use EventKind::{ArgumentsDelta, ReasoningDelta, RefusalDelta, SummaryDelta, TextDelta};
        matches!(self, TextDelta | ArgumentsDelta | SummaryDelta | ReasoningDelta | RefusalDelta)
    }

    /// Returns whether the event ends the stream.
    pub fn is_terminal(self) -> bool {
        matches!(self, EventKind::Completed | EventKind::Incomplete | EventKind::Failed | EventKind::Whole)
    }
}
