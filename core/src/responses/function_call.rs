//! Function calls that can be run, and function calls that cannot. They are two types, so that a cut call is never run.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::build::take_text;
use super::item::status;
use super::{InputItem, Status};
use crate::Extra;
use crate::chat::{ArgumentsError, Unfinished, is_server_side, whole_arguments};
use crate::json::{self, EmptyMembers, Kind, Members, ObjectWriter};

/// A function that the model calls, as it is in the output. Keep it and send it back as it is.
///
/// It may have been cut, so it cannot be run directly: [`finished`](Self::finished) returns a call that can.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionCall {
    /// The id of the item.
    pub id: Option<String>,
    /// The id that the result of the call must name.
    pub call_id: Option<String>,
    /// The name of the function.
    pub name: Option<String>,
    /// The arguments: the text of one JSON value, if they are complete. Arguments that came as a JSON value instead of
    /// a string are here as the text of that value.
    pub arguments: String,
    /// The status of the call.
    pub status: Option<Status>,
    /// Members without a field.
    pub extra: Extra,
    /// Whether the stream ended before the call was complete.
    pub(super) unfinished: bool,
    /// Whether the response that contains the call is complete.
    pub(super) settled: bool,
    /// Whether the arguments came as a JSON value instead of as text.
    came_as_value: bool,
    blanks: EmptyMembers,
}

impl FunctionCall {
    pub(super) fn read(mut members: Members<'_>) -> Self {
        let mut blanks = EmptyMembers::default();
        let arguments = |members: &mut Members<'_>, name: &'static str| {
            members.take_with(name, |value| match json::kind(value)? {
                Kind::String => json::string(value),
                _ => Some(json::lossy(value)),
            })
        };
        let came_as_value = members.has_value("arguments");
        FunctionCall {
            id: blanks.string(&mut members, "id"),
            call_id: blanks.string(&mut members, "call_id"),
            name: blanks.string(&mut members, "name"),
            arguments: blanks.take(&mut members, "arguments", arguments).unwrap_or_default(),
            status: status(&mut members, &mut blanks),
            extra: members.rest(),
            unfinished: false,
            settled: false,
            came_as_value,
            blanks,
        }
    }

    /// Completes the call with the members that only an earlier snapshot has; with its arguments only if the call has
    /// none.
    pub(super) fn complete(&mut self, earlier: FunctionCall, is_blank: bool) {
        take_text(&mut self.id, earlier.id);
        take_text(&mut self.call_id, earlier.call_id);
        take_text(&mut self.name, earlier.name);
        self.status = self.status.take().or(earlier.status);
        self.extra.complete(&earlier.extra);
        if is_blank {
            self.arguments = earlier.arguments;
            self.came_as_value = earlier.came_as_value;
            self.unfinished = earlier.unfinished;
        }
    }

    /// Returns the call ready to run, if it is complete: it has a name, and its arguments are JSON.
    ///
    /// Missing arguments (absent, `null`, blank) become `{}`.
    ///
    /// # Errors
    /// [`UnfinishedCall`] if the call was cut, by its status or with its stream, if the arguments are not JSON, or if
    /// the name is missing.
    pub fn finished(&self) -> Result<FinishedCall<'_>, UnfinishedCall<'_>> {
        let unfinished = |why| UnfinishedCall { call: self, why };
        // The status at the beginning of a call does not count once its response is complete.
        let open = |status: &Status| status.is_open() && !self.settled;
        let cut = self.status.as_ref().is_some_and(|status| open(status) || *status == Status::Incomplete);
        if self.unfinished || cut {
            return Err(unfinished(Unfinished::Cut));
        }
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        let name = name.ok_or(unfinished(Unfinished::NoName))?;
        let arguments = whole_arguments(&self.arguments).ok_or(unfinished(Unfinished::InvalidArguments))?;
        Ok(FinishedCall { call: self, name, arguments })
    }
}

impl Serialize for FunctionCall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write(serializer, false)
    }
}

impl FunctionCall {
    /// Writes the item: as it came, or in a request with its arguments as text, because providers accept only text.
    pub(super) fn write<S: Serializer>(&self, serializer: S, is_sent: bool) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("type", "function_call")?;
        self.blanks.write(&mut object, "id", self.id.as_ref())?;
        self.blanks.write(&mut object, "call_id", self.call_id.as_ref())?;
        self.blanks.write(&mut object, "name", self.name.as_ref())?;
        let came_null = self.arguments.is_empty() && self.blanks.get("arguments").is_some();
        match self.came_as_value.then(|| RawValue::from_string(self.arguments.clone())) {
            Some(Ok(value)) if !is_sent => object.field("arguments", &value)?,
            _ => self.blanks.write(&mut object, "arguments", (!came_null).then_some(&self.arguments))?,
        }
        self.blanks.write(&mut object, "status", self.status.as_ref())?;
        object.end()
    }
}

/// A complete function call. An application may run it, and must answer it.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FinishedCall<'a> {
    call: &'a FunctionCall,
    name: &'a str,
    arguments: &'a str,
}

impl<'a> FinishedCall<'a> {
    /// Returns the id that the result must name; empty if no id came.
    pub fn call_id(&self) -> &'a str {
        self.call.call_id.as_deref().unwrap_or_default()
    }

    /// Returns the name of the function. The model wrote it, so check that the request offered such a function.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Returns the arguments as the text of one JSON value; `{}` if there are none.
    pub fn arguments_json(&self) -> &'a str {
        self.arguments
    }

    /// Returns the arguments as `T`.
    ///
    /// # Errors
    /// [`ArgumentsError`] if they are not a `T`.
    pub fn arguments<T: DeserializeOwned>(&self) -> Result<T, ArgumentsError> {
        ArgumentsError::or_value(self.arguments, &self.call.arguments)
    }

    /// Creates the item that answers the call.
    pub fn output(&self, output: impl Into<String>) -> InputItem {
        InputItem::function_call_output(self.call_id(), output)
    }

    /// Returns whether the provider ran the call itself, as with a web search. Such a call must be neither run nor
    /// answered.
    pub fn is_server_side(&self) -> bool {
        is_server_side(self.call_id())
    }

    /// Returns the function call in the output.
    pub fn call(&self) -> &'a FunctionCall {
        self.call
    }
}

impl fmt::Debug for FinishedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FinishedCall").field(self.call).finish()
    }
}

/// A function call that is not complete. It cannot be run.
///
/// Neither `Display` nor `Debug` shows what the model wrote.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Copy)]
pub struct UnfinishedCall<'a> {
    call: &'a FunctionCall,
    why: Unfinished,
}

impl<'a> UnfinishedCall<'a> {
    /// Returns the id of the call; empty if no id came.
    pub fn call_id(&self) -> &'a str {
        self.call.call_id.as_deref().unwrap_or_default()
    }

    /// Returns the name of the function, or the part of it that came; `None` if no name came.
    pub fn name(&self) -> Option<&'a str> {
        self.call.name.as_deref()
    }

    /// Returns the arguments that came.
    pub fn fragment(&self) -> &'a str {
        &self.call.arguments
    }

    /// Returns the reason why the call cannot be run.
    pub fn why(&self) -> Unfinished {
        self.why
    }

    /// Returns the function call in the output.
    pub fn call(&self) -> &'a FunctionCall {
        self.call
    }
}

impl fmt::Display for UnfinishedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.why {
            Unfinished::Cut => "the function call was cut: the response ended before it did",
            Unfinished::InvalidArguments => "the arguments of the function call are not JSON",
            Unfinished::NoName => "the function call names no function",
        })
    }
}

impl fmt::Debug for UnfinishedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("UnfinishedCall");
        f.field("why", &self.why).field("fragment_len", &self.fragment().len()).finish_non_exhaustive()
    }
}

impl std::error::Error for UnfinishedCall<'_> {}
