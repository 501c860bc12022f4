//! A stream as events with snapshots: the same kinds in every family, so that a user interface is written once.

use std::borrow::Cow;

use super::Spending;
use crate::chat::{Chunk, Citation, NamedSources};
use crate::{messages, responses};

/// What a stream said so far, kept by the caller beside the stream, and given each of its items.
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
    calls: Vec<CallView>,
    finished: bool,
    /// The sources that chunks named, which some servers repeat with each chunk.
    sources: NamedSources,
    /// The number of the answer that began first.
    first: Option<u8>,
}

/// What an item of a stream adds.
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
    place: u64,
    id: Option<String>,
    name: String,
    arguments: String,
    is_done: bool,
}

/// An item of a stream that a [`StreamView`] takes: a [`chat::Chunk`](Chunk), a [`messages::Event`] or a [`responses::Event`].
pub trait StreamItem: sealed::Sealed {
    #[doc(hidden)]
    fn show(&self, view: &mut StreamView, show: &mut dyn FnMut(StreamEvent<'_>));
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

    fn add_text(&mut self, delta: &str, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if !delta.is_empty() {
            self.text += delta;
            show(StreamEvent::Text { delta, so_far: &self.text });
        }
    }

    fn add_reasoning(&mut self, delta: &str, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if !delta.is_empty() {
            self.reasoning += delta;
            show(StreamEvent::Reasoning { delta, so_far: &self.reasoning });
        }
    }

    fn add_refusal(&mut self, delta: &str, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if !delta.is_empty() {
            self.refusal += delta;
            show(StreamEvent::Refusal { delta, so_far: &self.refusal });
        }
    }

    fn add_call(&mut self, piece: &CallPiece<'_>, show: &mut dyn FnMut(StreamEvent<'_>)) {
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

    fn end_call(&mut self, place: u64, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if let Some(call) = self.calls.iter_mut().rfind(|call| call.place == place && !call.is_done) {
            call.is_done = true;
            show(StreamEvent::CallDone(call));
        }
    }

    fn cite(&mut self, citation: Citation, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if self.sources.is_new(&citation) {
            show(StreamEvent::Citation(citation));
        }
    }

    fn finish(&mut self, reason: Cow<'_, str>, show: &mut dyn FnMut(StreamEvent<'_>)) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        for call in self.calls.iter_mut().filter(|call| !call.is_done) {
            call.is_done = true;
            show(StreamEvent::CallDone(call));
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
}

/// What an item adds to a call.
struct CallPiece<'a> {
    place: u64,
    id: Option<&'a str>,
    name: &'a str,
    arguments: &'a str,
}

impl StreamItem for Chunk<'_> {
    fn show(&self, view: &mut StreamView, show: &mut dyn FnMut(StreamEvent<'_>)) {
        let mut reason = None;
        for delta in self.deltas() {
            if *view.first.get_or_insert(delta.index()) != delta.index() {
                continue;
            }
            view.add_reasoning(delta.reasoning(), show);
            view.add_text(delta.text(), show);
            view.add_refusal(delta.refusal(), show);
            for call in delta.tool_calls() {
                let piece = CallPiece {
                    place: call.position() as u64,
                    id: call.id(),
                    name: call.name(),
                    arguments: call.arguments(),
                };
                view.add_call(&piece, show);
            }
            reason = reason.or(delta.finish_reason());
        }
        for citation in self.new_citations(&mut view.sources) {
            show(StreamEvent::Citation(citation));
        }
        if let Some(reason) = reason {
            view.finish(Cow::Borrowed(reason.as_str()), show);
        }
        if let Some(usage) = self.usage() {
            show(StreamEvent::Usage(Spending::from(&usage)));
        }
    }
}

impl StreamItem for messages::Event<'_> {
    fn show(&self, view: &mut StreamView, show: &mut dyn FnMut(StreamEvent<'_>)) {
        view.add_reasoning(self.thinking(), show);
        view.add_text(self.text(), show);
        if let Some(input) = self.input().filter(|input| !input.is_server_side()) {
            let place = input.position() as u64;
            let name = input.name().unwrap_or_default();
            view.add_call(&CallPiece { place, id: input.id(), name, arguments: input.json() }, show);
        }
        // The end of a block adds nothing to its input.
        if let Some(place) = self.position().filter(|_| self.name() == "content_block_stop") {
            view.end_call(place as u64, show);
        }
        if let Some(citation) = self.citation() {
            let (url, title, cited_text) = (citation.url, citation.title, citation.cited_text);
            show(StreamEvent::Citation(Citation { url, title, cited_text, ..Citation::default() }));
        }
        if let Some(usage) = self.usage() {
            show(StreamEvent::Usage(Spending::from(&usage)));
        }
        if let Some(reason) = self.stop_reason() {
            view.finish(Cow::Borrowed(reason.as_str()), show);
        }
    }
}

impl StreamItem for responses::Event<'_> {
    fn show(&self, view: &mut StreamView, show: &mut dyn FnMut(StreamEvent<'_>)) {
        view.add_reasoning(self.reasoning(), show);
        view.add_text(self.text(), show);
        view.add_refusal(self.refusal(), show);
        if let Some(call) = self.call() {
            let place = call.output_index();
            let name = call.name().unwrap_or_default();
            view.add_call(&CallPiece { place, id: call.call_id(), name, arguments: call.arguments() }, show);
            if matches!(self.kind(), responses::EventKind::ArgumentsDone | responses::EventKind::ItemDone) {
                view.end_call(place, show);
            }
        }
        if self.kind() == responses::EventKind::AnnotationAdded {
            let named = self.annotation().filter(|it| it.url.is_some() || it.title.is_some());
            if let Some(citation) = named {
                view.cite(citation.citation(), show);
            }
        }
        if self.kind().is_terminal() {
            let Some(response) = self.response() else { return };
            if response.usage.is_some() {
                show(StreamEvent::Usage(Spending::from(&response)));
            }
            let reason = response.stop_reason().or(response.status.as_ref().map(responses::Status::as_str));
            view.finish(Cow::Borrowed(reason.unwrap_or("completed")), show);
        }
    }
}

mod sealed {
    /// Keeps the trait to the types of this crate.
    pub trait Sealed {}

    impl Sealed for crate::chat::Chunk<'_> {}
    impl Sealed for crate::messages::Event<'_> {}
    impl Sealed for crate::responses::Event<'_> {}
}
