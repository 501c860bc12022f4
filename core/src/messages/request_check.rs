//! Mistakes in a request, found before it is sent.

use super::tool_choice::Kind;
use super::{Block, Message, Request, Role, Thinking, Tool};
use crate::BuildError;
use crate::request::{check_choice, check_names, check_numbers, check_stream, fail};

impl Request<'_> {
    /// Checks that the request can be sent.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.extra.check()?;
        let named = self.model.as_ref().is_some_and(|model| !model.trim().is_empty());
        if !named && !self.extra.contains("model") {
            return fail("no model is named: set one, such as anthropic/claude-sonnet-4-20250514");
        }
        if self.max_tokens == 0 && !self.extra.contains("max_tokens") {
            return fail("`max_tokens` is 0: allow at least one token");
        }
        if self.messages.is_empty() && !self.extra.contains("messages") {
            return fail("there are no messages: give at least one");
        }
        for (index, message) in self.messages.iter().enumerate() {
            if let Some(wrong) = wrong(message) {
                return Err(BuildError::new(format!("message {index} {wrong}")));
            }
        }
        check_numbers([("temperature", self.temperature), ("top_p", self.top_p)])?;
        self.check_tools()?;
        self.check_budget()?;
        check_stream(&self.extra)
    }

    fn check_tools(&self) -> Result<(), BuildError> {
        self.tools.iter().try_for_each(Tool::check)?;
        let names = || self.tools.iter().map(Tool::name).filter(|name| !name.is_empty());
        check_names(names())?;
        // What is offered is known only where it is not replaced.
        if self.extra.contains("tools") || self.extra.contains("tool_choice") {
            return Ok(());
        }
        match self.tool_choice.as_ref().map(|choice| &choice.kind) {
            Some(Kind::Tool(name)) => check_choice(name, names().any(|offered| offered == *name)),
            Some(Kind::Any) if self.tools.is_empty() => {
                fail("the tool choice is `any`, but there are no tools: add some")
            }
            _ => Ok(()),
        }
    }

    fn check_budget(&self) -> Result<(), BuildError> {
        // What replaces a field may be anything.
        if self.extra.contains("thinking") || self.extra.contains("max_tokens") {
            return Ok(());
        }
        match self.thinking {
            Some(Thinking::Enabled { budget_tokens }) if budget_tokens >= self.max_tokens => Err(BuildError::new(
                format!("the budget of `thinking`, {budget_tokens}, must be below `max_tokens`, {}", self.max_tokens),
            )),
            _ => Ok(()),
        }
    }
}

/// Returns what is wrong with a message, and what to do about it.
fn wrong(message: &Message) -> Option<&'static str> {
    if !matches!(message.role, Role::User | Role::Assistant) && !message.extra.contains("role") {
        return Some(
            "is of neither the user nor the assistant: give instructions by Request::system, results by tool_result",
        );
    }
    message.content.blocks().iter().find_map(|block| match block {
        Block::ToolUse(tool_use) | Block::ServerToolUse(tool_use)
            if tool_use.whole_input().is_none() && !tool_use.extra.contains("input") =>
        {
            Some("holds a tool use whose input was cut: leave the block out, or the message")
        }
        Block::ToolResult(result) if result.tool_use_id.is_empty() && !result.extra.contains("tool_use_id") => {
            Some("holds the result of a tool without the id of its use: set tool_use_id")
        }
        _ => None,
    })
}
