//! Mistakes in a request, found before it is sent.

use super::{Input, InputItem, Request};
use crate::BuildError;
use crate::chat::{Tool, ToolChoice};
use crate::json::{Members, elements};
use crate::request::{check_choice, check_names, check_numbers, check_stream, fail};

impl Request<'_> {
    /// Checks that the request can be sent.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.check_written()?;
        self.check_input()?;
        check_numbers([("temperature", self.temperature), ("top_p", self.top_p)])?;
        self.check_tools()?;
        check_stream(&self.extra)
    }

    /// Checks that everything the caller gave could be written as JSON.
    pub(super) fn check_written(&self) -> Result<(), BuildError> {
        self.extra.check()?;
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

    fn check_tools(&self) -> Result<(), BuildError> {
        self.tools.iter().try_for_each(Tool::check)?;
        check_names(self.tools.iter().filter_map(Tool::name))?;
        if self.extra.contains("tool_choice") {
            return Ok(());
        }
        let offered = self.offered();
        match &self.tool_choice {
            Some(ToolChoice::Function(name)) => {
                check_choice(name, offered.as_ref().is_some_and(|offered| offered.contains(name)))
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
