//! Histories of messages.

use super::entry::alike_in_every_family;
use super::entry::sealed::Sealed;
use super::turn::{CallResult, Ending, Judge, Seen, Turn};
use super::{Entry, Tools};
use crate::json::Members;
use crate::messages::{
    AssistantMessage, Block, Content, Event, Message, MessageEvents, Request, Role, StopReason, Tool, ToolResult,
    WholeMessage,
};

impl Sealed for Message {}

impl Entry for Message {
    alike_in_every_family!(AssistantMessage, WholeMessage: messages, MessageEvents: messages_stream, Event, input_schema);

    const TAKES_PREFIX: bool = true;

    fn tool_name(tool: &Tool) -> Option<String> {
        Some(tool.name()).filter(|name| !name.is_empty())
    }

    fn turn(answer: &AssistantMessage, tools: &Tools<Self>) -> Turn<Self> {
        let ending = match &answer.stop_reason {
            Some(StopReason::PauseTurn) => Ending::Paused,
            Some(StopReason::Refusal) => Ending::Refused,
            Some(reason) if reason.is_early() => Ending::Early(Some(reason.as_str().to_owned())),
            _ => Ending::Whole,
        };
        let mut judge = Judge::new(tools, false, matches!(ending, Ending::Early(_)));
        let mut message = answer.message();
        message.role = Role::Assistant;
        if let Content::Blocks(blocks) = &mut message.content {
            blocks.retain(|block| match block {
                Block::ToolUse(tool_use) => {
                    let finished = tool_use.finished();
                    judge.keeps(Seen {
                        id: tool_use.id.as_deref(),
                        name: tool_use.name.as_deref(),
                        raw: tool_use.input.as_str(),
                        arguments: finished
                            .as_ref()
                            .map(|finished| finished.input_json())
                            .map_err(|unfinished| unfinished.why()),
                    })
                }
                // Providers refuse empty texts, and those of nothing but white space.
                Block::Text(text) => !text.text.trim().is_empty(),
                _ => true,
            });
            let waits = match ending {
                Ending::Early(_) | Ending::Refused => false,
                Ending::Paused if judge.calls.is_empty() => true,
                _ => judge.calls.iter().any(|made| made.echoed),
            };
            if !waits {
                drop_unanswered_searches(blocks);
            }
            drop_last_thoughts(blocks);
        }
        let says_something = !message.content.blocks().is_empty();
        let calls = judge.calls;
        Turn { entries: says_something.then_some(message).into_iter().collect(), calls, ending }
    }

    fn results(results: Vec<CallResult>, notes: Vec<String>) -> Vec<Self> {
        let results = results.into_iter().map(|result| {
            let block = ToolResult::new(result.id, result.output);
            Block::ToolResult(if result.failed { block.failed() } else { block })
        });
        let blocks: Vec<Block> = results.chain(notes.into_iter().map(Block::text)).collect();
        // All results of a turn are one message.
        if blocks.is_empty() { Vec::new() } else { vec![Message::user(blocks)] }
    }

    fn entry_text(&self) -> String {
        Message::text(self).into_owned()
    }

    fn join(prefix: Self, continued: &mut Vec<Self>) {
        let Some(message) = continued.first_mut() else { return continued.push(prefix) };
        let before = Message::text(&prefix).into_owned();
        match &mut message.content {
            Content::Text(text) => text.insert_str(0, &before),
            Content::Blocks(blocks) => {
                let texts = blocks.iter_mut().filter_map(|block| match block {
                    Block::Text(block) => Some(&mut block.text),
                    _ => None,
                });
                match texts.into_iter().next() {
                    Some(text) => text.insert_str(0, &before),
                    None => blocks.insert(0, Block::text(before)),
                }
            }
        }
    }

    fn no_longer_paused(mut self) -> Option<Self> {
        let Content::Blocks(blocks) = &mut self.content else { return Some(self) };
        drop_unanswered_searches(blocks);
        drop_last_thoughts(blocks);
        (!blocks.is_empty()).then_some(self)
    }
}

/// Drops what the provider began to run, and did not end: only a turn that is paused, or waits for calls, goes on with it.
fn drop_unanswered_searches(blocks: &mut Vec<Block>) {
    let answered: Vec<String> = blocks.iter().filter_map(answered_id).collect();
    blocks.retain(|block| match block {
        Block::ServerToolUse(tool_use) => tool_use.id.as_ref().is_some_and(|id| answered.contains(id)),
        _ => true,
    });
}

/// Drops the thinking at the end: it cannot stand there without the block that followed it.
fn drop_last_thoughts(blocks: &mut Vec<Block>) {
    while blocks.last().is_some_and(is_thinking) {
        blocks.pop();
    }
}

/// Returns the id of the tool use whose result a block is. Each tool of a provider has a type of result of its own.
fn answered_id(block: &Block) -> Option<String> {
    let Block::Other(json) = block else { return None };
    Members::read(json.as_bytes()).ok()?.string("tool_use_id")
}

/// Returns whether a block has a type of thinking, whatever its other members are.
fn is_thinking(block: &Block) -> bool {
    block.kind().is_some_and(|kind| matches!(&*kind, "thinking" | "redacted_thinking"))
}
