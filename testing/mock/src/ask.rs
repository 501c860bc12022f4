//! A request for a completion, as the scenarios see it.

use std::fmt;

use serde_json::Value;

/// A request for a completion: what a scenario may look at to make its answer.
#[derive(Clone)]
pub struct Ask {
    body: Value,
    model: String,
    authorization: String,
    serial: usize,
}

impl Ask {
    /// Makes the smallest request for a model, with usage asked for when it is a stream.
    pub fn new(model: &str, stream: bool) -> Self {
        let mut body = serde_json::json!({
            "model": model, "messages": [{"role": "user", "content": "What is an LLM gateway?"}], "stream": stream,
        });
        if stream {
            body["stream_options"] = serde_json::json!({"include_usage": true});
        }
        Self::from_body(body)
    }

    /// Takes a request body; without a `model` it asks for `mock/text`.
    pub fn from_body(body: Value) -> Self {
        let model = body["model"].as_str().unwrap_or("mock/text").to_owned();
        Self { body, model, authorization: String::new(), serial: 0 }
    }

    pub(crate) fn received(body: Value, authorization: &str, serial: usize) -> Self {
        Self { authorization: authorization.to_owned(), serial, ..Self::from_body(body) }
    }

    /// Returns the model asked for.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Returns whether the answer is to be streamed.
    pub fn stream(&self) -> bool {
        self.body["stream"] == true
    }

    /// Returns the whole request body.
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// Returns whether the stream is to carry usage.
    pub(crate) fn include_usage(&self) -> bool {
        self.body["stream_options"]["include_usage"] == true
    }

    /// Returns the value of the `authorization` header.
    pub(crate) fn authorization(&self) -> &str {
        &self.authorization
    }

    /// Returns the completion's id: unlike for every request, alike in every chunk of one answer.
    pub(crate) fn id(&self) -> String {
        format!("rqsty-cmpl-00000000-0000-4000-8000-{:012x}", self.serial)
    }

    /// Returns the number a parametric scenario's name ends in, like the 250 of `mock/cut-after-250`.
    pub(crate) fn number(&self) -> Option<u64> {
        self.model.rsplit('-').next().and_then(|digits| digits.parse().ok())
    }

    /// Returns whether the model's name has this part between dashes, like `after` in `mock/inband-1-after`.
    pub(crate) fn has(&self, part: &str) -> bool {
        let name = self.model.strip_prefix("mock/").unwrap_or(&self.model);
        name.split('-').any(|piece| piece == part)
    }

    /// Returns the function tools offered: name and parameters schema.
    pub(crate) fn tools(&self) -> Vec<(&str, &Value)> {
        let functions = list(&self.body["tools"]).iter().map(|tool| &tool["function"]);
        functions.filter_map(|function| Some((function["name"].as_str()?, &function["parameters"]))).collect()
    }

    /// Returns whether a tool of this type is offered.
    pub(crate) fn offers(&self, kind: &str) -> bool {
        list(&self.body["tools"]).iter().any(|tool| tool["type"] == kind)
    }

    /// Returns the messages.
    pub(crate) fn messages(&self) -> &[Value] {
        list(&self.body["messages"])
    }

    /// Returns the tool results that end the conversation: name of the tool called, content of its result.
    ///
    /// Empty when the last message is not a tool's: then it is the model's turn to call.
    pub(crate) fn tool_results(&self) -> Vec<(String, String)> {
        let messages = self.messages();
        let start = messages.iter().rposition(|message| message["role"] != "tool").map_or(0, |at| at + 1);
        let calls: Vec<&Value> = messages.iter().flat_map(|message| list(&message["tool_calls"])).collect();
        let name = |id: &Value| {
            let call = calls.iter().rev().find(|call| call["id"] == *id);
            call.and_then(|call| call["function"]["name"].as_str()).unwrap_or("tool").to_owned()
        };
        let results = messages[start..].iter();
        results.map(|it| (name(&it["tool_call_id"]), it["content"].as_str().unwrap_or("").to_owned())).collect()
    }

    /// Returns the file parts of the messages: name and data.
    pub(crate) fn files(&self) -> Vec<(&str, &str)> {
        let parts = self.messages().iter().flat_map(|message| list(&message["content"]));
        let files = parts.filter(|part| part["type"] == "input_file");
        files.filter_map(|part| Some((part["filename"].as_str()?, part["file_data"].as_str()?))).collect()
    }

    /// Returns the text of the last user message.
    pub(crate) fn last_user_text(&self) -> String {
        let Some(message) = self.messages().iter().rev().find(|message| message["role"] == "user") else {
            return String::new();
        };
        match &message["content"] {
            Value::String(text) => text.clone(),
            parts => list(parts).iter().filter_map(|part| part["text"].as_str()).collect(),
        }
    }

    /// Estimates the prompt's size in tokens, so that usage varies with what is asked.
    pub(crate) fn prompt_tokens(&self) -> u64 {
        let bytes = self.body["messages"].to_string().len();
        u64::try_from(bytes / 4).unwrap_or(u64::MAX).max(1)
    }
}

impl fmt::Debug for Ask {
    /// Shows the body, and no key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask").field("body", &self.body).field("serial", &self.serial).finish_non_exhaustive()
    }
}

/// Returns the items of an array, nothing for any other value.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
