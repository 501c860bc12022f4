//! Who speaks.

use std::fmt;

use serde::{Serialize, Serializer};

/// Who a message is from. Open: a role this crate does not know is kept as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// `system`: instructions of the application.
    System,
    /// `user`: the person, or program, that asks.
    User,
    /// `assistant`: the model. Taken where a received message has no role.
    #[default]
    Assistant,
    /// `tool`: the result of a tool call.
    Tool,
    /// `developer`: instructions, for the models that say `supports_role_developer` in the list of models.
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
