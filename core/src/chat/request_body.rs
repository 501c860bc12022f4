//! The JSON body of a request.

use bytes::Bytes;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::message::Sent;
use super::{Message, Request, Tool};
use crate::BuildError;
use crate::json::{Number, ObjectWriter, RawText};
use crate::request::json_of_size;

impl Request<'_> {
    /// Returns the body that a call for a whole reply sends. Use it for logs and tests; calls write the body by
    /// themselves.
    ///
    /// No error quotes a prompt.
    ///
    /// # Errors
    /// [`BuildError`], which says what to change, if:
    /// * there are no messages, and no prompt of the prompt library;
    /// * a `tool` message has no `tool_call_id`;
    /// * the model is an empty text;
    /// * a number is not finite, or `n` is 0, or `top_logprobs` is set without `logprobs`;
    /// * a tool has no name, or two tools have the same name, or the tool choice names a tool that is not offered;
    /// * a reasoning budget is not less than `max_tokens`, as the router demands;
    /// * a stream is requested with the response format `questions`, which the router does not stream;
    /// * `stream` is set as an extra member, or a value could not be written as JSON.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::chat::{Message, Request};
    ///
    /// let history = [Message::user("Hello")];
    /// let body = Request::new(&history).whole_body()?;
    /// assert_eq!(body, r#"{"messages":[{"role":"user","content":"Hello"}]}"#);
    /// # Ok::<(), requesty_core::BuildError>(())
    /// ```
    pub fn whole_body(&self) -> Result<Bytes, BuildError> {
        self.body(false)
    }

    /// Returns the body that a call for a stream sends.
    ///
    /// The body asks for the usage at the end of the stream, which includes the cost; `extra("stream_options", …)`
    /// changes that.
    ///
    /// # Errors
    /// [`BuildError`] if the request cannot be sent; see [`whole_body`](Self::whole_body).
    pub fn stream_body(&self) -> Result<Bytes, BuildError> {
        self.body(true)
    }

    /// Checks the request and writes it.
    pub(crate) fn body(&self, stream: bool) -> Result<Bytes, BuildError> {
        self.check(stream)?;
        let unwritten = "the request cannot be written as JSON: a raw part, schema or member in it is not JSON";
        json_of_size(&Body { request: self, stream }, self.size(), unwritten)
    }

    /// Returns the size of the body in bytes, approximately; long values, such as files, count exactly.
    fn size(&self) -> usize {
        /// The bytes of the names, the braces and the short values.
        const FRAME: usize = 512;
        let long = [&self.functions, &self.prediction, &self.metadata].into_iter().flatten().map(String::len);
        FRAME
            + self.messages.iter().map(Message::size).sum::<usize>()
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
        let number = |value: Option<f64>| value.map(Number);
        let mut object = ObjectWriter::new(serializer, &request.extra)?;
        object.optional("model", request.model.as_ref())?;
        object.field("messages", &Messages(&request.messages))?;
        object.optional("max_tokens", request.max_tokens.as_ref())?;
        object.optional("max_completion_tokens", request.max_completion_tokens.as_ref())?;
        object.optional("temperature", number(request.temperature).as_ref())?;
        object.optional("top_p", number(request.top_p).as_ref())?;
        object.optional("top_k", request.top_k.as_ref())?;
        object.optional("frequency_penalty", number(request.frequency_penalty).as_ref())?;
        object.optional("presence_penalty", number(request.presence_penalty).as_ref())?;
        object.optional("seed", request.seed.as_ref())?;
        object.optional("stop", some(&request.stop))?;
        object.optional("logit_bias", some(&request.logit_bias).map(|bias| Bias(bias)).as_ref())?;
        object.optional("logprobs", request.logprobs.as_ref())?;
        object.optional("top_logprobs", request.top_logprobs.as_ref())?;
        object.optional("n", request.n.as_ref())?;
        object.optional("store", request.store.as_ref())?;
        object.optional("metadata", raw(&request.metadata).as_ref())?;
        object.optional("service_tier", request.service_tier.as_ref())?;
        object.optional("prediction", raw(&request.prediction).as_ref())?;
        object.optional("modalities", some(&request.modalities))?;
        object.optional("audio", raw(&request.audio).as_ref())?;
        object.optional("user", request.user.as_ref())?;
        if *stream {
            object.field("stream", &true)?;
            object.field("stream_options", &RawText(r#"{"include_usage":true}"#))?;
        }
        object.optional("tools", (!request.tools.is_empty()).then_some(&*request.tools).as_ref())?;
        object.optional("tool_choice", request.tool_choice.as_ref())?;
        object.optional("parallel_tool_calls", request.parallel_tool_calls.as_ref())?;
        object.optional("functions", raw(&request.functions).as_ref())?;
        object.optional("function_call", raw(&request.function_call).as_ref())?;
        object.optional("response_format", request.response_format.as_ref())?;
        object.optional("reasoning_effort", request.reasoning_effort.as_ref())?;
        object.optional("include_reasoning", request.include_reasoning.as_ref())?;
        object.optional("thinking", request.thinking.as_ref())?;
        object.optional("reasoning", raw(&request.reasoning).as_ref())?;
        object.optional("models", some(&request.models))?;
        object.optional("requesty", request.requesty.as_ref())?;
        object.end()
    }
}

struct Messages<'a>(&'a [Message]);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for message in self.0 {
            list.serialize_element(&Sent(message))?;
        }
        list.end()
    }
}

struct Bias<'a>(&'a [(String, f64)]);

impl Serialize for Bias<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (token, bias) in self.0 {
            map.serialize_entry(token, &Number(*bias))?;
        }
        map.end()
    }
}

/// Returns `None` for an empty list, so that it is left out.
fn some<T>(list: &Vec<T>) -> Option<&Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn raw(json: &Option<String>) -> Option<RawText<'_>> {
    json.as_deref().map(RawText)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{Part, Tool, ToolCall};

    /// Each long value reserves exactly its own size, because a body is written once into memory of its size.
    #[test]
    fn the_room_for_a_body_is_its_size() {
        const LONG: usize = 100_000;
        let long = || "x".repeat(LONG);
        let member = || serde_json::value::to_raw_value(&"x".repeat(LONG)).unwrap();
        let room = |request: &Request<'_>| request.size() / LONG;
        let messages = |message: Message| vec![message];
        let with = |change: fn(&mut Message, String)| {
            let mut message = Message::user("hi");
            change(&mut message, "x".repeat(LONG));
            messages(message)
        };
        let file = |name: &str, data: &str| {
            let data = serde_json::json!({"type": "input_file", "filename": name, "file_data": data});
            Part::read(data.to_string().as_bytes())
        };
        let of_messages = [
            messages(Message::user(long())),
            messages(Message::user([Part::text(long())])),
            messages(Message::user([Part::image_url(long())])),
            messages(Message::user([file(&long(), "https://u.example")])),
            messages(Message::user([file("n", &format!("data:{}", long()))])),
            messages(Message::user([Part::Other(format!("\"{}\"", long()))])),
            with(|message, long| message.reasoning = Some(long)),
            with(|message, long| message.reasoning_signature = Some(long)),
            with(|message, long| message.refusal = Some(long)),
            with(|message, long| message.tool_calls = vec![ToolCall::new("c", "f", long)]),
            with(|message, long| message.extra.put_raw("k".into(), format!("\"{long}\""))),
            with(|message, long| message.extra.put_raw(long, "1".into())),
        ];
        for messages in &of_messages {
            let request = Request::new(messages);
            assert_eq!(room(&request), 1, "{messages:?}");
            assert!(request.size() >= request.body(false).map_or(0, |body| body.len()));
        }
        let [two, one] = [&of_messages[0], &of_messages[7]].map(|messages| messages[0].clone());
        let both = [two.clone(), one.clone(), two, one];
        assert_eq!(room(&Request::new(&both)), 4);

        let short = [Message::user("hi")];
        assert_eq!(room(&Request::new(&short)), 0);
        let named = |tool: Tool| tool.description(long()).parameters(&long()).unwrap();
        for (tools, rooms) in [
            (vec![Tool::function("f").description(long())], 1),
            (vec![Tool::function(long())], 1),
            (vec![named(Tool::function("f")), named(Tool::function(long()))], 5),
            (vec![Tool::raw(&serde_json::json!({"type": "t", "k": long()})).unwrap()], 1),
        ] {
            assert_eq!(room(&Request::new(&short).tools(&tools)), rooms);
        }
        let call = |length| {
            let mut message = Message::user("hi");
            message.tool_calls = vec![ToolCall::new("c", "f", "x".repeat(length))];
            message.size()
        };
        assert_eq!(call(1000) - call(0), 1000);
        for name in ["k", &long()] {
            let request = Request::new(&short).extra(name, &member());
            assert_eq!(room(&request), if name == "k" { 1 } else { 2 });
        }
    }
}
