//! What is wrong with a request, found before it is sent.

use super::{Input, InputItem, Request};
use crate::BuildError;
use crate::chat::{Tool, ToolChoice};
use crate::json::{Members, elements};

impl Request<'_> {
    /// Checks that the request can be sent.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.check_written()?;
        self.check_input()?;
        self.check_numbers()?;
        self.check_tools()?;
        if self.extra.contains("stream") {
            return fail("`stream` is set by the kind of call: remove it from the extra members");
        }
        Ok(())
    }

    /// Checks that everything the caller gave could be written as JSON.
    pub(super) fn check_written(&self) -> Result<(), BuildError> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        self.requesty.as_ref().map_or(Ok(()), |requesty| requesty.check())
    }

    /// Returns the names of the functions that the request offers; `None` where it offers no tools at all, so that whatever
    /// offered those that are called is not this request.
    pub(super) fn offered(&self) -> Option<Vec<String>> {
        let flat = |tools: &str| elements(tools.as_bytes()).into_iter().flatten().filter_map(name).collect();
        match self.extra.get("tools") {
            Some(tools) => Some(flat(tools)),
            None if self.tools.is_empty() => None,
            None => Some(self.tools.iter().filter_map(Tool::name).collect()),
        }
    }

    fn check_input(&self) -> Result<(), BuildError> {
        if self.model.as_ref().is_some_and(|model| model.trim().is_empty()) {
            return fail("a model is named by an empty text: name one, or set none for the router's default");
        }
        let from_library = self.requesty.as_ref().is_some_and(|requesty| requesty.prompt_id.is_some());
        let follows = self.previous_response_id.is_some();
        if self.input.is_empty() && !from_library && !follows && !self.extra.contains("input") {
            return fail("there is no input: give a text or an item, or set the prompt_id of the requesty options");
        }
        let Input::Items(items) = &self.input else { return Ok(()) };
        for (index, item) in items.iter().enumerate() {
            if matches!(item, InputItem::FunctionCallOutput(output) if output.call_id.is_empty()) {
                let what = "is the result of a call without the id of the call: set call_id";
                return Err(BuildError::new(format!("item {index} {what}")));
            }
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), BuildError> {
        for (name, number) in [("temperature", self.temperature), ("top_p", self.top_p)] {
            if number.is_some_and(|number| !number.is_finite()) {
                return Err(BuildError::new(format!("`{name}` is not a finite number: JSON has no other")));
            }
        }
        Ok(())
    }

    fn check_tools(&self) -> Result<(), BuildError> {
        for tool in &*self.tools {
            tool.check()?;
        }
        let mut named: Vec<String> = self.tools.iter().filter_map(Tool::name).collect();
        named.sort_unstable();
        if let Some(name) = named.windows(2).find_map(|pair| pair.first().filter(|name| pair.last() == Some(name))) {
            return Err(BuildError::new(format!("two tools have the name `{name}`: rename one")));
        }
        if self.extra.contains("tool_choice") {
            return Ok(());
        }
        let offered = self.offered();
        match &self.tool_choice {
            Some(ToolChoice::Function(name)) if !offered.as_ref().is_some_and(|offered| offered.contains(name)) => {
                Err(BuildError::new(format!("the tool choice names `{name}`, which is not among the tools: add it")))
            }
            Some(ToolChoice::Required) if offered.is_none() => {
                fail("the tool choice is `required`, but there are no tools: add some")
            }
            _ => Ok(()),
        }
    }
}

/// Returns the name of a tool in JSON.
fn name(tool: &[u8]) -> Option<String> {
    Members::read(tool).ok()?.string("name")
}

fn fail(message: &'static str) -> Result<(), BuildError> {
    Err(BuildError::new(message))
}
