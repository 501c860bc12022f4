//! A stream as events with snapshots: the same kinds in every family, so that a user interface is written once.

use std::borrow::Cow;

use super::Spending;
use super::stream_item::{CallPiece, StreamItem};
use crate::chat::{Citation, NamedSources};

/// The texts and calls of a stream so far. The caller keeps it beside the stream, and gives it each item.
///
/// Of a chat completion with several answers it follows the one that began first. A delta allocates nothing, except where the
/// texts grow. To run a call, take it from the total: only there it is known to be whole.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use requesty_core::agent::{StreamEvent, StreamView};
/// use requesty_core::{ApiKey, End, Error, Router, Step, chat};
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let call = router.chat_stream(&chat::Request::user("Greet Ada.").model("openai/gpt-4o-mini"))?;
/// let head = http::Response::builder().header("content-type", "text/event-stream").body(()).unwrap().into_parts().0;
/// let mut machine = call.open(head, Duration::ZERO);
/// machine.push(b"data: {\"choices\":[{\"delta\":{\"content\":\"Hi, \"}}]}\n\n", Duration::ZERO);
/// machine.push(
///     b"data: {\"choices\":[{\"delta\":{\"content\":\"Ada!\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
///     Duration::ZERO,
/// );
/// machine.end(End::Clean);
///
/// let (mut view, mut shown) = (StreamView::new(), String::new());
/// // With a client: `while let Some(chunk) = stream.next_item().await? { view.see(&chunk, …) }`.
/// while let Step::Ready = machine.advance()? {
///     view.see(&machine.item(), &mut |event| match event {
///         StreamEvent::Text { delta, .. } => shown += delta,
///         StreamEvent::Finished(reason) => shown += &format!(" [{reason}]"),
///         _ => {}
///     });
/// }
/// assert_eq!((view.text(), &*shown), ("Hi, Ada!", "Hi, Ada! [stop]"));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct StreamView {
    text: String,
    reasoning: String,
    refusal: String,
    pub(super) calls: Vec<CallView>,
    finished: bool,
    /// The sources that chunks named, which some servers repeat with each chunk.
    pub(super) sources: NamedSources,
    /// The number of the answer that began first.
    pub(super) first: Option<u8>,
}

/// An event that an item of a stream adds.
#[derive(Debug)]
#[non_exhaustive]
pub enum StreamEvent<'a> {
    /// A piece of the answer's text.
    Text {
        /// The piece.
        delta: &'a str,
        /// All text, the piece included.
        so_far: &'a str,
    },
    /// A piece of what the model thinks.
    Reasoning {
        /// The piece.
        delta: &'a str,
        /// All of it, the piece included.
        so_far: &'a str,
    },
    /// A piece of what the model says instead of an answer. Messages have none: they end with `refusal`.
    Refusal {
        /// The piece.
        delta: &'a str,
        /// All of it, the piece included.
        so_far: &'a str,
    },
    /// A call began. Its name may still grow.
    CallStarted(&'a CallView),
    /// A piece of the arguments of a call.
    Arguments {
        /// The piece. Half an escape or half a word of JSON is usual.
        delta: &'a str,
        /// The call, the piece included.
        call: &'a CallView,
    },
    /// A call came to its end, as far as the stream says so: in chat completions, with the finish reason.
    CallDone(&'a CallView),
    /// A source that the text cites; in chat completions and responses, each one once.
    Citation(Citation),
    /// Tokens and cost so far: the last one counts.
    Usage(Spending),
    /// The answer ended, and why, as it is spelled on the wire.
    Finished(Cow<'a, str>),
}

/// A call as far as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallView {
    pub(super) place: u64,
    id: Option<String>,
    name: String,
    arguments: String,
    /// Arguments that the call began with. Those that come in pieces replace them.
    pub(super) begun: String,
    is_done: bool,
}

impl StreamView {
    /// Creates the view of a stream that said nothing yet.
    pub fn new() -> Self {
        StreamView::default()
    }

    /// Takes an item of the stream, and shows what it adds, in order.
    pub fn see(&mut self, item: &impl StreamItem, show: &mut dyn FnMut(StreamEvent<'_>)) {
        item.show(self, show);
    }

    /// Returns the text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns what the model thought so far.
    pub fn reasoning(&self) -> &str {
        &self.reasoning
    }

    /// Returns what the model said instead of an answer so far.
    pub fn refusal(&self) -> &str {
        &self.refusal
    }

    /// Returns the calls so far.
    pub fn calls(&self) -> &[CallView] {
        &self.calls
    }

    pub(super) fn add_text(&mut self, delta: &str, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if !delta.is_empty() {
            self.text += delta;
            show(StreamEvent::Text { delta, so_far: &self.text });
        }
    }

    pub(super) fn add_reasoning(&mut self, delta: &str, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if !delta.is_empty() {
            self.reasoning += delta;
            show(StreamEvent::Reasoning { delta, so_far: &self.reasoning });
        }
    }

    pub(super) fn add_refusal(&mut self, delta: &str, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if !delta.is_empty() {
            self.refusal += delta;
            show(StreamEvent::Refusal { delta, so_far: &self.refusal });
        }
    }

    pub(super) fn add_call(&mut self, piece: &CallPiece<'_>, show: &mut dyn FnMut(StreamEvent<'_>)) {
        // The call that is being written is the last one, or near it.
        let place = self.calls.iter().rposition(|call| call.place == piece.place);
        let index = place.unwrap_or(self.calls.len());
        if place.is_none() {
            self.calls.push(CallView { place: piece.place, ..CallView::default() });
        }
        let Some(call) = self.calls.get_mut(index) else { return };
        if call.id.is_none() {
            call.id = piece.id.map(str::to_owned);
        }
        if piece.name.len() > call.name.len() {
            piece.name.clone_into(&mut call.name);
        }
        if place.is_none() {
            show(StreamEvent::CallStarted(call));
        }
        if !piece.arguments.is_empty() {
            call.arguments += piece.arguments;
            show(StreamEvent::Arguments { delta: piece.arguments, call });
        }
    }

    /// Takes a call that came whole, and shows what did not come in pieces before.
    pub(super) fn complete_call(&mut self, whole: &CallPiece<'_>, show: &mut dyn FnMut(StreamEvent<'_>)) {
        let so_far = self.calls.iter().rfind(|call| call.place == whole.place).map_or("", |call| &call.arguments);
        let arguments = whole.arguments.strip_prefix(so_far).unwrap_or_default();
        self.add_call(&CallPiece { arguments, ..*whole }, show);
        self.end_call(whole.place, show);
    }

    pub(super) fn end_call(&mut self, place: u64, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if let Some(call) = self.calls.iter_mut().rfind(|call| call.place == place) {
            call.end(show);
        }
    }

    pub(super) fn cite(&mut self, citation: Citation, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if self.sources.is_new(&citation) {
            show(StreamEvent::Citation(citation));
        }
    }

    pub(super) fn finish(&mut self, reason: Cow<'_, str>, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        for call in &mut self.calls {
            call.end(show);
        }
        show(StreamEvent::Finished(reason));
    }
}

impl CallView {
    /// Returns the id, once it is known.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the name as far as it came.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the arguments as far as they came.
    pub fn arguments(&self) -> &str {
        &self.arguments
    }

    /// Returns whether the stream said that the call came to its end. It may have been cut all the same.
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    fn end(&mut self, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if std::mem::replace(&mut self.is_done, true) {
            return;
        }
        if self.arguments.is_empty() && !self.begun.is_empty() {
            self.arguments = std::mem::take(&mut self.begun);
            show(StreamEvent::Arguments { delta: &self.arguments, call: self });
        }
        show(StreamEvent::CallDone(self));
    }
}
