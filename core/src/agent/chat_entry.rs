//! Histories of chat completions.

use super::entry::alike_in_every_family;
use super::entry::sealed::Sealed;
use super::turn::{CallResult, Ending, Judge, Seen, Turn};
use super::{Entry, Tools};
use crate::chat::{
    Chunk, Chunks, Completion, Content, FinishReason, Message, Part, Request, Role, Tool, WholeCompletion,
};

impl Sealed for Message {}

impl Entry for Message {
    alike_in_every_family!(Completion, WholeCompletion: chat, Chunks: chat_stream, Chunk, parameters);

    const TAKES_PREFIX: bool = true;

    fn strict(tool: Tool) -> Tool {
        tool.strict(true)
    }

    fn tool_name(tool: &Tool) -> Option<String> {
        tool.name()
    }

    fn turn(answer: &Completion, tools: &Tools<Self>) -> Turn<Self> {
        let early = answer.finish_reason().filter(|reason| reason.is_early());
        let Some(mut message) = answer.message().cloned() else {
            return Turn { entries: Vec::new(), calls: Vec::new(), ending: Ending::Early(None) };
        };
        message.role = Role::Assistant;
        let mut judge = Judge::new(tools, true, early.is_some());
        message.tool_calls.retain(|call| {
            let finished = call.finished();
            let whole = finished.map(|finished| finished.arguments_json());
            judge.keeps(Seen {
                // An id that is no text would replace the one that the result names.
                id: call.id.as_deref().filter(|_| !call.extra.contains("id")),
                name: call.function.name.as_deref(),
                raw: call.function.arguments.as_str(),
                arguments: whole.as_deref().map_err(|unfinished| unfinished.why()),
            })
        });
        if let Some(function) = message.function_call.take() {
            judge.leaves_out(function.name.as_deref().unwrap_or_default());
        }
        // Calls of a form that cannot be read cannot be answered either.
        for name in ["tool_calls", "function_call"] {
            if message.extra.contains(name) {
                message.extra.remove(name);
                judge.leaves_out("");
            }
        }
        let refused = message.refusal.as_deref().is_some_and(|refusal| !refusal.is_empty());
        let has_text = !answer.text().trim().is_empty();
        let ending = match early {
            Some(reason) => Ending::Early(Some(FinishReason::as_str(reason).to_owned())),
            None if refused && !has_text => Ending::Refused,
            None => Ending::Whole,
        };
        let has_parts = matches!(&message.content, Content::Parts(parts) if !parts.is_empty());
        let says_something = has_text || has_parts || refused || !message.tool_calls.is_empty();
        let calls = judge.calls;
        Turn { entries: says_something.then_some(message).into_iter().collect(), calls, ending }
    }

    fn results(results: Vec<CallResult>, notes: Vec<String>) -> Vec<Self> {
        let results = results.into_iter().map(|result| Message::tool(result.id, result.output));
        results.chain(notes.into_iter().map(Message::user)).collect()
    }

    fn entry_text(&self) -> String {
        Message::text(self).into_owned()
    }

    fn join(prefix: Self, continued: &mut Vec<Self>) {
        let Some(message) = continued.first_mut() else { return continued.push(prefix) };
        let before = Message::text(&prefix).into_owned();
        message.content = match std::mem::replace(&mut message.content, Content::Null) {
            Content::Text(text) => Content::Text(before + &text),
            Content::Parts(mut parts) => {
                parts.insert(0, Part::text(before));
                Content::Parts(parts)
            }
            _ => Content::Text(before),
        };
    }
}
