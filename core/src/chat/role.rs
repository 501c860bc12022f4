//! The role of a message.

use crate::json::names;

names! {
    /// The role of a message: its author. A role that this crate does not know is kept as it is.
    ///
    /// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
    #[derive(Default)]
    pub enum Role {
        /// `system`: instructions of the application.
        System = "system",
        /// `user`: the person or program that asks.
        User = "user",
        /// `assistant`: the model. A received message without a role gets this role.
        #[default]
        Assistant = "assistant",
        /// `tool`: the result of a tool call.
        Tool = "tool",
        /// `developer`: instructions, for models whose list entry has `supports_role_developer`.
        Developer = "developer",
        /// `function`: the result of a legacy function call.
        Function = "function",
        _ => Other: "Any other role.",
    }
}
