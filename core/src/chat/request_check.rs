//! Checks of a request before it is sent.

use super::{Request, ResponseFormat, Role, Thinking, Tool, ToolChoice};
use crate::BuildError;
use crate::json::{Members, elements};
use crate::request::{check_choice, check_names, check_numbers, check_stream, fail};

impl Request<'_> {
    /// Checks that the request can be sent by a call for a whole reply, or for a stream.
    pub(crate) fn check(&self, stream: bool) -> Result<(), BuildError> {
        self.check_written()?;
        self.check_messages()?;
        self.check_numbers()?;
        self.check_tools()?;
        self.check_budgets()?;
        check_stream(&self.extra)?;
        if stream && self.is_whole_only() {
            return fail("answers to `questions` are not streamed: ask for a whole reply");
        }
        Ok(())
    }

    /// Returns the names of the functions that the request offers, in the current and in the legacy form.
    pub(crate) fn offered_tools(&self) -> Vec<String> {
        let tools = match self.extra.get("tools") {
            Some(tools) => names(tools),
            None => self.tools.iter().filter_map(Tool::name).collect(),
        };
        let functions = self.extra.get("functions").or(self.functions.as_deref());
        tools.into_iter().chain(functions.map(names).unwrap_or_default()).collect()
    }

    /// Returns whether the request offers any tool, including tools that the provider runs.
    pub(crate) fn offers_any_tool(&self) -> bool {
        !self.tools.is_empty()
            || self.functions.is_some()
            || self.extra.contains("tools")
            || self.extra.contains("functions")
    }

    /// Returns the number of choices that the request asks for.
    pub(crate) fn choices(&self) -> u32 {
        self.extra.get_as("n").or(self.n).unwrap_or(1)
    }

    /// Checks that every value of the caller could be written as JSON.
    pub(super) fn check_written(&self) -> Result<(), BuildError> {
        self.extra.check()?;
        self.requesty.as_ref().map_or(Ok(()), |requesty| requesty.check())
    }

    fn check_messages(&self) -> Result<(), BuildError> {
        if [&self.model].into_iter().flatten().chain(&self.models).any(|model| model.trim().is_empty()) {
            return fail("a model is named by an empty text: name one, or set none for the router's default");
        }
        let from_library = self.requesty.as_ref().is_some_and(|requesty| requesty.prompt_id.is_some());
        if self.messages.is_empty() && !from_library && !self.extra.contains("messages") {
            return fail("there are no messages: give at least one, or set the prompt_id of the requesty options");
        }
        for (index, message) in self.messages.iter().enumerate() {
            let call_id = message.tool_call_id.as_deref().unwrap_or_default();
            if message.role == Role::Tool && call_id.is_empty() && !message.extra.contains("tool_call_id") {
                let what = "is a tool message without the id of the call it answers: set tool_call_id";
                return Err(BuildError::new(format!("message {index} {what}")));
            }
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), BuildError> {
        let numbers = [
            ("temperature", self.temperature),
            ("top_p", self.top_p),
            ("frequency_penalty", self.frequency_penalty),
            ("presence_penalty", self.presence_penalty),
        ];
        let biases = self.logit_bias.iter().map(|(_, bias)| ("logit_bias", Some(*bias)));
        check_numbers(numbers.into_iter().chain(biases))?;
        if self.n == Some(0) {
            return fail("`n` is 0: ask for at least one answer");
        }
        if self.top_logprobs.is_some() && self.logprobs != Some(true) && !self.extra.contains("logprobs") {
            return fail("`top_logprobs` needs `logprobs`: set it to true");
        }
        Ok(())
    }

    fn check_tools(&self) -> Result<(), BuildError> {
        self.tools.iter().try_for_each(Tool::check)?;
        check_names(self.tools.iter().filter_map(Tool::name))?;
        if self.extra.contains("tool_choice") {
            return Ok(());
        }
        match &self.tool_choice {
            Some(ToolChoice::Function(name)) => check_choice(name, self.offered_tools().contains(name)),
            Some(ToolChoice::Required) if self.tools.is_empty() && !self.extra.contains("tools") => {
                fail("the tool choice is `required`, but there are no tools: add some")
            }
            _ => Ok(()),
        }
    }

    fn check_budgets(&self) -> Result<(), BuildError> {
        let Some(max_tokens) = self.max_tokens.or(self.max_completion_tokens).map(u64::from) else { return Ok(()) };
        let thinking = match self.thinking {
            Some(Thinking::Enabled { budget_tokens }) => Some(u64::from(budget_tokens)),
            _ => None,
        };
        let effort = self.reasoning_effort.as_ref().and_then(|effort| effort.as_budget());
        for (name, budget) in [("thinking", thinking), ("reasoning_effort", effort)] {
            if let Some(budget) = budget.filter(|&budget| budget >= max_tokens) {
                let message = format!("the budget of `{name}`, {budget}, must be below the token limit, {max_tokens}");
                return Err(BuildError::new(message));
            }
        }
        Ok(())
    }

    fn is_whole_only(&self) -> bool {
        let typed = match &self.response_format {
            Some(ResponseFormat::Raw(json)) => Some(json.as_str()),
            _ => None,
        };
        self.extra.get("response_format").or(typed).is_some_and(ResponseFormat::is_whole_only)
    }
}

/// Returns the names in a JSON list of tools or functions.
fn names(json: &str) -> Vec<String> {
    elements(json.as_bytes()).into_iter().flatten().filter_map(name).collect()
}

fn name(tool: &[u8]) -> Option<String> {
    let mut tool = Members::read(tool).ok()?;
    match tool.object("function") {
        Some(mut function) => function.string("name"),
        None => tool.string("name"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Message;

    #[test]
    fn offered_tools_and_choices() {
        let history = [Message::user("x")];
        let raw = Tool::raw(&serde_json::json!({"type": "function", "function": {"name": "b"}})).unwrap();
        let flat = Tool::raw(&serde_json::json!({"type": "bash_20250124", "name": "bash"})).unwrap();
        let tools = [Tool::function("a"), Tool::web_search(), raw, flat];
        let request = Request::new(&history).tools(&tools).functions(&serde_json::json!([{"name": "old"}, {}, 7]));
        assert_eq!(request.offered_tools(), ["a", "b", "bash", "old"]);
        assert_eq!(request.choices(), 1);

        let replaced = request.clone().extra("tools", &serde_json::json!([{"function": {"name": "c"}}, {"type": "x"}]));
        assert_eq!(replaced.offered_tools(), ["c", "old"]);
        assert!(request.clone().extra("tools", "none").extra("functions", &()).offered_tools().is_empty());

        assert_eq!(request.clone().n(3).choices(), 3);
        assert_eq!(request.n(3).extra("n", &2).choices(), 2);
    }
}
