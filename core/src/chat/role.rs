//! The role of a message.

use std::fmt;

use serde::{Serialize, Serializer};

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

impl Role {
    /// Returns the name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
            Role::Developer => "developer",
            Role::Function => "function",
            Role::Other(name) => name,
        }
    }
}

impl From<&str> for Role {
    fn from(name: &str) -> Self {
        match name {
            "system" => Role::System,
            "user" => Role::User,
            "assistant" => Role::Assistant,
            "tool" => Role::Tool,
            "developer" => Role::Developer,
            "function" => Role::Function,
            _ => Role::Other(name.into()),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
