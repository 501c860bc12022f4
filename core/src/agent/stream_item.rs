//! What the items of a stream show, in each family.

use std::borrow::Cow;

use super::{CallView, Spending, StreamEvent, StreamView};
use crate::chat::{Chunk, Citation};
use crate::messages::Block;
use crate::responses::{EventKind, OutputItem};
use crate::{messages, responses};

/// An item of a stream that a [`StreamView`] takes: a [`chat::Chunk`](Chunk), a [`messages::Event`] or a [`responses::Event`].
pub trait StreamItem: sealed::Sealed {
    #[doc(hidden)]
    fn show(&self, view: &mut StreamView, show: &mut dyn FnMut(StreamEvent<'_>));
}

/// What an item adds to a call.
#[derive(Clone, Copy)]
pub(super) struct CallPiece<'a> {
    pub(super) place: u64,
    pub(super) id: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) arguments: &'a str,
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
            if let (Some(Block::ToolUse(tool_use)), Some(call)) = (self.content_block(), view.calls.last_mut()) {
                let whole = tool_use.finished().map(|finished| finished.input_json());
                call.begun = whole.ok().filter(|input| *input != "{}").unwrap_or_default().to_owned();
            }
        }
        if self.name() == "message" {
            show_tool_uses(self.raw(), view, show);
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
            let piece = CallPiece { place, id: call.call_id(), name, arguments: call.arguments() };
            view.add_call(&piece, show);
            // A server may send no pieces, or not all.
            let whole = match (self.kind(), self.item()) {
                (EventKind::ItemDone, Some(OutputItem::FunctionCall(call))) => Some(call.arguments),
                (EventKind::ItemDone, _) => Some(String::new()),
                (EventKind::ArgumentsDone, _) => {
                    let arguments = self.member("arguments").map(serde_json::from_slice::<String>);
                    Some(arguments.and_then(Result::ok).unwrap_or_default())
                }
                _ => None,
            };
            if let Some(arguments) = whole {
                view.complete_call(&CallPiece { arguments: &arguments, ..piece }, show);
            }
        }
        if self.kind() == EventKind::AnnotationAdded {
            let named = self.annotation().filter(|it| it.url.is_some() || it.title.is_some());
            if let Some(citation) = named {
                view.cite(citation.citation(), show);
            }
        }
        if self.kind().is_terminal() {
            let Some(response) = self.response() else { return };
            show_calls(&response, view, show);
            if response.usage.is_some() {
                show(StreamEvent::Usage(Spending::from(&response)));
            }
            let reason = response.stop_reason().or(response.status.as_ref().map(responses::Status::as_str));
            view.finish(Cow::Borrowed(reason.unwrap_or("completed")), show);
        }
    }
}

/// Shows the tool uses of a message that came as one value.
fn show_tool_uses(json: &[u8], view: &mut StreamView, show: &mut dyn FnMut(StreamEvent<'_>)) {
    let Ok(answer) = serde_json::from_slice::<messages::AssistantMessage>(json) else { return };
    for (place, block) in (0..).zip(answer.message().content.blocks()) {
        if let Block::ToolUse(tool_use) = block {
            let (id, name) = (tool_use.id.as_deref(), tool_use.name.as_deref().unwrap_or_default());
            view.complete_call(&CallPiece { place, id, name, arguments: tool_use.input.as_str() }, show);
        }
    }
}

/// Shows the calls of a whole response that no event brought before.
fn show_calls(response: &responses::Response, view: &mut StreamView, show: &mut dyn FnMut(StreamEvent<'_>)) {
    for (index, item) in (0..).zip(&response.output) {
        let OutputItem::FunctionCall(call) = item else { continue };
        let (id, name) = (call.call_id.as_deref(), call.name.as_deref().unwrap_or_default());
        let is_same = |known: &&CallView| known.id() == id || known.place == index && known.name() == name;
        // Where it is not known, no event counts this place.
        let place = view.calls.iter().find(is_same).map_or(u64::MAX - index, |known| known.place);
        view.complete_call(&CallPiece { place, id, name, arguments: &call.arguments }, show);
    }
}

mod sealed {
    /// Keeps the trait to the types of this crate.
    pub trait Sealed {}

    impl Sealed for crate::chat::Chunk<'_> {}
    impl Sealed for crate::messages::Event<'_> {}
    impl Sealed for crate::responses::Event<'_> {}
}
