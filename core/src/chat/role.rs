//! The role of a message.

use crate::json::names;

/// The role of a message: its author. A role that this crate does not know is kept as it is.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// `system`: instructions of the application.
    System,
    /// `user`: the person or program that asks.
    User,
    /// `assistant`: the model. A received message without a role gets this role.
    #[default]
    Assistant,
    /// `tool`: the result of a tool call.
    Tool,
    /// `developer`: instructions, for models whose list entry has `supports_role_developer`.
    Developer,
    /// `function`: the result of a legacy function call.
    Function,
    /// Any other role.
    Other(Box<str>),
}

names!(Role {
    System = "system",
    User = "user",
    Assistant = "assistant",
    Tool = "tool",
    Developer = "developer",
    Function = "function",
});
