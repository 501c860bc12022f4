//! A request as the JSON that is sent.

use std::io;

use bytes::Bytes;
use serde::{Serialize, Serializer};

use super::Request;
use crate::BuildError;
use crate::json::{Number, ObjectWriter, RawText};
use crate::request::json_of_size;

impl Request<'_> {
    /// Returns the body that a call for a whole reply sends: for logs and tests; the calls write it by themselves.
    ///
    /// No error quotes a prompt.
    ///
    /// # Errors
    /// [`BuildError`], with what to change, where:
    /// * no model is named, or there are no messages, or `max_tokens` is 0;
    /// * a message is of another role than `user` or `assistant`;
    /// * a message holds a tool use whose input was cut, or the result of a tool without the id of its use;
    /// * a number is not finite;
    /// * a tool has no name or no schema, or two have the same name, or the choice of tools names none of them;
    /// * the budget for thinking is not below `max_tokens`;
    /// * `stream` is set by hand, or a value could not be written as JSON.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::messages::{Message, Request};
    ///
    /// let history = [Message::user("Hello")];
    /// let body = Request::new(&history, 1024).model("anthropic/claude-sonnet-4-20250514").whole_body()?;
    /// assert_eq!(
    ///     body,
    ///     concat!(
    ///         r#"{"model":"anthropic/claude-sonnet-4-20250514","max_tokens":1024,"#,
    ///         r#""messages":[{"role":"user","content":"Hello"}]}"#,
    ///     ),
    /// );
    /// # Ok::<(), requesty_core::BuildError>(())
    /// ```
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
    pub(crate) fn body(&self, stream: bool) -> Result<Bytes, BuildError> {
        self.check()?;
        let body = Body { request: self, stream };
        let mut length = Length(0);
        // An error comes again below.
        drop(serde_json::to_writer(&mut length, &body));
        let unwritten = "the request cannot be written as JSON: a raw block, schema or member in it is not JSON";
        json_of_size(&body, length.0, unwritten)
    }
}

impl Serialize for Request<'_> {
    /// Writes the request as a call for a whole reply sends it. What cannot be written is an error; what would be refused is
    /// not looked for.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.extra.check().map_err(serde::ser::Error::custom)?;
        Body { request: self, stream: false }.serialize(serializer)
    }
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A request together with what the kind of call adds to it.
struct Body<'a> {
    request: &'a Request<'a>,
    stream: bool,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Body { request, stream } = self;
        let number = |value: Option<f64>| value.map(Number);
        let mut object = ObjectWriter::new(serializer, &request.extra)?;
        object.optional("model", request.model.as_ref())?;
        object.field("max_tokens", &request.max_tokens)?;
        object.field("messages", &*request.messages)?;
        object.optional("system", request.system.as_ref())?;
        object.optional("temperature", number(request.temperature).as_ref())?;
        object.optional("top_p", number(request.top_p).as_ref())?;
        object.optional("top_k", request.top_k.as_ref())?;
        object.optional("stop_sequences", (!request.stop_sequences.is_empty()).then_some(&request.stop_sequences))?;
        object.optional("stream", stream.then_some(&true))?;
        object.optional("tools", (!request.tools.is_empty()).then_some(&*request.tools).as_ref())?;
        object.optional("tool_choice", request.tool_choice.as_ref())?;
        object.optional("thinking", request.thinking.as_ref())?;
        object.optional("output_config", request.answer_schema.as_deref().map(OutputConfig).as_ref())?;
        object.end()
    }
}

/// The member `output_config`, which the form of the answer is in.
struct OutputConfig<'a>(&'a str);

impl Serialize for OutputConfig<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawText(&format!(r#"{{"format":{{"type":"json_schema","schema":{}}}}}"#, self.0)).serialize(serializer)
    }
}
