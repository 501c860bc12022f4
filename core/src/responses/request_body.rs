//! A request as the JSON that is sent.

use bytes::Bytes;
use serde::{Serialize, Serializer};

use super::Request;
use crate::BuildError;
use crate::chat::{FlatChoice, FlatFormat, FlatTool, ReasoningEffort, Tool};
use crate::json::{Number, ObjectWriter, RawText};
use crate::request::json_of_size;

impl Request<'_> {
    /// Returns the body that a call for a whole reply sends: for logs and tests; the calls write it by themselves.
    ///
    /// No error quotes the input.
    ///
    /// # Errors
    /// [`BuildError`], with what to change, where:
    /// * there is no input, and neither a prompt of the prompt library nor a response before;
    /// * the result of a call names no call;
    /// * a model is named by an empty text;
    /// * a number is not finite;
    /// * a tool has no name, or two have the same, or the choice of tools names none of them;
    /// * `stream` is set by hand, or a value could not be written as JSON.
    pub fn whole_body(&self) -> Result<Bytes, BuildError> {
        self.body(false)
    }

    /// Returns the body that a call for a stream sends.
    ///
    /// # Errors
    /// As [`whole_body`](Self::whole_body).
    pub fn stream_body(&self) -> Result<Bytes, BuildError> {
        self.body(true)
    }

    /// Checks the request and writes it.
    pub(super) fn body(&self, stream: bool) -> Result<Bytes, BuildError> {
        self.check()?;
        let unwritten = "the request cannot be written as JSON: a raw part, item, schema or choice in it is not JSON";
        json_of_size(&Body { request: self, stream }, self.size(), unwritten)
    }

    fn size(&self) -> usize {
        /// The bytes of the names, the braces and the short values.
        const FRAME: usize = 512;
        let long = [&self.instructions, &self.metadata].into_iter().flatten().map(String::len);
        FRAME
            + self.input.size()
            + self.tools.iter().map(Tool::size).sum::<usize>()
            + long.sum::<usize>()
            + self.extra.size()
    }
}

impl Serialize for Request<'_> {
    /// Writes the request as a call for a whole reply sends it. A value that cannot be written is an error; other
    /// checks are not made.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.check_written().map_err(serde::ser::Error::custom)?;
        Body { request: self, stream: false }.serialize(serializer)
    }
}

/// A request, with the members that the kind of call adds.
struct Body<'a> {
    request: &'a Request<'a>,
    stream: bool,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Body { request, stream } = self;
        let tools: Vec<FlatTool<'_>> = request.tools.iter().map(FlatTool).collect();
        let mut object = ObjectWriter::new(serializer, &request.extra)?;
        object.optional("model", request.model.as_ref())?;
        object.field("input", &request.input)?;
        object.optional("instructions", request.instructions.as_ref())?;
        object.optional("max_output_tokens", request.max_output_tokens.as_ref())?;
        object.optional("temperature", request.temperature.map(Number).as_ref())?;
        object.optional("top_p", request.top_p.map(Number).as_ref())?;
        if *stream {
            object.field("stream", &true)?;
        }
        object.optional("tools", (!tools.is_empty()).then_some(&tools))?;
        object.optional("tool_choice", request.tool_choice.as_ref().map(FlatChoice).as_ref())?;
        object.optional("parallel_tool_calls", request.parallel_tool_calls.as_ref())?;
        object.optional("reasoning", Reasoning::of(request).as_ref())?;
        object.optional(
            "text",
            request.text_format.as_ref().map(|format| Text { format: FlatFormat(format) }).as_ref(),
        )?;
        object.optional("include", (!request.include.is_empty()).then_some(&request.include))?;
        object.optional("metadata", request.metadata.as_deref().map(RawText).as_ref())?;
        object.optional("store", request.store.as_ref())?;
        object.optional("truncation", request.truncation.as_ref())?;
        object.optional("user", request.user.as_ref())?;
        object.optional("previous_response_id", request.previous_response_id.as_ref())?;
        object.optional("requesty", request.requesty.as_ref())?;
        object.end()
    }
}

#[derive(Serialize)]
struct Reasoning<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<&'a ReasoningEffort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a String>,
}

impl<'a> Reasoning<'a> {
    fn of(request: &'a Request<'_>) -> Option<Self> {
        let reasoning =
            Reasoning { effort: request.reasoning_effort.as_ref(), summary: request.reasoning_summary.as_ref() };
        (reasoning.effort.is_some() || reasoning.summary.is_some()).then_some(reasoning)
    }
}

/// The member `text`, which the form of the answer is in.
#[derive(Serialize)]
struct Text<'a> {
    format: FlatFormat<'a>,
}
