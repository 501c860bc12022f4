//! The kinds of events of a streamed response.

use super::item_sum::Family;

/// Defines each kind with its name on the wire.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $name:literal,)+) => {
        /// The kind of an event of a streamed response. An event of a kind that this crate does not know is
        /// [`Other`](Self::Other); its name and data are readable.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum EventKind {
            $($(#[doc = $doc])+ $kind,)+
            /// The server sent the whole response instead of a stream.
            Whole,
            /// Any other event.
            #[default]
            Other,
        }

        impl EventKind {
            /// Returns the kind with this name on the wire, if it is known.
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
    /// `response.reasoning_summary_text.delta`: a piece of a summary of the reasoning.
    SummaryDelta = "response.reasoning_summary_text.delta",
    /// `response.reasoning_text.delta`: a piece of the full reasoning.
    ReasoningDelta = "response.reasoning_text.delta",
    /// `response.refusal.delta`: a piece of a refusal.
    RefusalDelta = "response.refusal.delta",
    /// `response.created`: the response began.
    Created = "response.created",
    /// `response.queued`: the response waits to be generated.
    Queued = "response.queued",
    /// `response.in_progress`: the response is being generated.
    InProgress = "response.in_progress",
    /// `response.completed`: the end, with the response, its usage and its cost.
    Completed = "response.completed",
    /// `response.incomplete`: the end of a response that a limit or a filter cut, with its content so far.
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
    /// `response.reasoning_text.done`: a text of the full reasoning, whole.
    ReasoningDone = "response.reasoning_text.done",
    /// `response.function_call_arguments.done`: the arguments of a call, whole.
    ArgumentsDone = "response.function_call_arguments.done",
    /// `error`: the stream failed. It is never an item, because the event has no other content.
    Error = "error",
}

impl EventKind {
    /// Returns the family of the event's item, if its name decides it.
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
