//! Replies that a test scripts in a line, whatever endpoint is asked, streamed or whole.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::answer::{Answer, Choice};
use crate::api;
use crate::ask::Ask;
use crate::script::{Ending, Script, Step};

/// One reply of [`Mock::reply`](crate::Mock::reply), in a line.
///
/// The request decides on its form: an answer becomes a chat completion, a message or a response, and events if a stream is
/// asked for. What this cannot say, a [`Script`] can, which is a reply too.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use requesty_mock::{Mock, Reply};
/// use requesty_ureq::{Client, chat};
///
/// let mock = Mock::start()?;
/// mock.reply(Reply::status(503).header("retry-after-ms", "1"));
/// mock.reply(Reply::text(["Hi", "!"]).keep_alives(2).pause(Duration::from_millis(5)));
/// mock.reply(Reply::cut_after("H"));
///
/// let call = mock.router().chat_stream(&chat::Request::user("Hello").model("openai/gpt-4o-mini"))?;
/// let mut stream = Client::new().stream(&call)?;
/// let first = stream.next_item()?.map(|chunk| chunk.text().to_owned());
/// assert_eq!((first.as_deref(), stream.timings().attempts), (Some("Hi"), 2));
/// assert_eq!(stream.finish()?.text(), "Hi!");
///
/// let incomplete = Client::new().send(&call).unwrap_err();
/// assert_eq!((incomplete.partial().text(), mock.replies_left()), ("H".into(), 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reply {
    content: Content,
    keep_alives: usize,
    pause: Duration,
    headers: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
enum Content {
    Answer(Scripted),
    Script(Script),
}

/// An answer, before it is known which endpoint tells it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scripted {
    /// The text, as it is cut.
    pub(crate) pieces: Vec<String>,
    /// Name and arguments of each tool call.
    pub(crate) calls: Vec<(String, Value)>,
    /// Tokens of the request and of the answer.
    tokens: Option<[u64; 2]>,
    cost: Option<Value>,
    /// By its name in chat completions.
    finish_reason: Option<String>,
    end: AnswerEnd,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum AnswerEnd {
    #[default]
    Complete,
    Cut,
    Stall,
}

impl Reply {
    /// Answers with a text; each piece is a delta of its own in a stream.
    pub fn text<T: Into<String>>(pieces: impl IntoIterator<Item = T>) -> Self {
        Self::answer(pieces.into_iter().map(Into::into).collect(), AnswerEnd::Complete)
    }

    /// Answers with a tool call, in three deltas of a stream; [`and_tool_call`](Self::and_tool_call) adds others.
    pub fn tool_call(name: &str, arguments: Value) -> Self {
        Self::answer(Vec::new(), AnswerEnd::Complete).and_tool_call(name, arguments)
    }

    /// Fails with an HTTP status, and an error in Requesty's shape.
    pub fn status(status: u16) -> Self {
        let reason = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        Script::error(status, "router", reason.unwrap_or("Error")).into()
    }

    /// Answers with this text, and breaks the connection before the answer is complete. An answer that is not streamed breaks
    /// in the middle of its body.
    pub fn cut_after(text: impl Into<String>) -> Self {
        Self::answer(vec![text.into()], AnswerEnd::Cut)
    }

    /// As [`cut_after`](Self::cut_after), but the connection stays open, and nothing more comes.
    pub fn stall_after(text: impl Into<String>) -> Self {
        Self::answer(vec![text.into()], AnswerEnd::Stall)
    }

    fn answer(pieces: Vec<String>, end: AnswerEnd) -> Self {
        Content::Answer(Scripted { pieces, end, ..Scripted::default() }).into()
    }

    /// Adds a tool call to an answer; of no effect on any other reply.
    #[must_use]
    pub fn and_tool_call(self, name: &str, arguments: Value) -> Self {
        self.change(|answer| answer.calls.push((name.to_owned(), arguments)))
    }

    /// Sets how many tokens an answer reports: those of the request, and its own. By default it makes a guess.
    #[must_use]
    pub fn tokens(self, request: u64, answer: u64) -> Self {
        self.change(|scripted| scripted.tokens = Some([request, answer]))
    }

    /// Sets what an answer cost, in dollars; by default a small amount that goes by its tokens.
    #[must_use]
    pub fn cost(self, dollars: f64) -> Self {
        self.change(|answer| answer.cost = Some(json!(dollars)))
    }

    /// Sets the finish reason of an answer, by its name in chat completions; by default `stop`, or `tool_calls` if it has calls.
    ///
    /// `length` becomes `max_tokens` in a message, and `max_output_tokens` in a response that is incomplete. Reasons that only
    /// one family knows go there byte for byte, such as `content_filter` or `refusal`.
    #[must_use]
    pub fn finish_reason(self, reason: impl Into<String>) -> Self {
        self.change(|answer| answer.finish_reason = Some(reason.into()))
    }

    /// Sends so many keep-alive comments before each write of a stream; 0 by default.
    #[must_use]
    pub fn keep_alives(self, count: usize) -> Self {
        Self { keep_alives: count, ..self }
    }

    /// Waits so long before each write; no time by default.
    #[must_use]
    pub fn pause(self, time: Duration) -> Self {
        Self { pause: time, ..self }
    }

    /// Sets a header of the response.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn change(mut self, with: impl FnOnce(&mut Scripted)) -> Self {
        if let Content::Answer(answer) = &mut self.content {
            with(answer);
        }
        self
    }

    /// Returns what is played for a request to a path below `/v1`.
    pub(crate) fn script(&self, path: &str, ask: &Ask) -> Script {
        let script = match &self.content {
            Content::Script(script) => script.clone(),
            Content::Answer(answer) => match path {
                "chat/completions" => answer.end(completion(ask, answer), ask.stream()),
                "messages" => answer.end(api::scripted_message(ask, answer), ask.stream()),
                "responses" => answer.end(api::scripted_response(ask, answer), ask.stream()),
                _ => Script::error(500, "mock", &format!("an answer was scripted, which /v1/{path} has no form for")),
            },
        };
        let script = script.paced(self.pause, if ask.stream() { self.keep_alives } else { 0 });
        self.headers.iter().fold(script, |script, (name, value)| script.header(name, value))
    }
}

impl From<Content> for Reply {
    fn from(content: Content) -> Self {
        Self { content, keep_alives: 0, pause: Duration::ZERO, headers: Vec::new() }
    }
}

impl From<Script> for Reply {
    fn from(script: Script) -> Self {
        Content::Script(script).into()
    }
}

impl Scripted {
    pub(crate) fn text(&self) -> String {
        self.pieces.concat()
    }

    /// Returns id, name and arguments of each tool call.
    pub(crate) fn numbered_calls(&self) -> impl Iterator<Item = (String, &String, &Value)> {
        (1..).zip(&self.calls).map(|(number, (name, arguments))| (format!("call_{number}"), name, arguments))
    }

    /// Returns the finish reason, by its name in chat completions.
    pub(crate) fn finish_reason(&self) -> &str {
        let usual = if self.calls.is_empty() { "stop" } else { "tool_calls" };
        self.finish_reason.as_deref().unwrap_or(usual)
    }

    /// Writes tokens and cost into a usage, whose members for the tokens have these names.
    pub(crate) fn count(&self, usage: &mut Value, [request, answer]: [&str; 2]) {
        if let Some([of_request, of_answer]) = self.tokens {
            usage[request] = json!(of_request);
            usage[answer] = json!(of_answer);
            if usage.get("total_tokens").is_some() {
                usage["total_tokens"] = json!(of_request + of_answer);
            }
        }
        if let Some(cost) = &self.cost {
            usage["cost"] = cost.clone();
        }
    }

    /// Ends the script of the whole answer as this one ends.
    fn end(&self, script: Script, stream: bool) -> Script {
        let ending = match self.end {
            AnswerEnd::Complete => return script,
            AnswerEnd::Cut => Ending::Cut,
            AnswerEnd::Stall => Ending::Hold,
        };
        let whole = script.response(stream, 0);
        let (mut steps, label) = (whole.steps, if stream { "text/event-stream" } else { "application/json" });
        if stream {
            // The deltas of the text, in the three forms.
            let is_delta = |step: &Step| match step {
                Step::Send(bytes) => {
                    let event = String::from_utf8_lossy(bytes);
                    ["\"delta\":{\"content\"", "\"text_delta\"", "output_text.delta"]
                        .iter()
                        .any(|form| event.contains(form))
                }
                Step::Pause(_) => false,
            };
            let kept = steps.iter().rposition(is_delta).map_or(0, |last| last + 1);
            steps.truncate(kept);
        } else if let [Step::Send(body)] = &mut steps[..] {
            let half: Bytes = body.slice(..body.len() / 2);
            *body = half;
        }
        let start = Script::new(200).header("content-type", label).ending(ending);
        steps.into_iter().fold(start, |script, step| match step {
            Step::Send(bytes) => script.send(bytes),
            Step::Pause(time) => script.pause(time),
        })
    }
}

/// Tells an answer as a chat completion.
fn completion(ask: &Ask, scripted: &Scripted) -> Script {
    let calls: Vec<Value> = scripted
        .numbered_calls()
        .map(|(id, name, arguments)| {
            json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments.to_string()}})
        })
        .collect();
    let mut deltas: Vec<Value> = scripted.pieces.iter().map(|piece| json!({"content": piece})).collect();
    for (index, call) in calls.iter().enumerate() {
        let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
        let half = (0..=arguments.len() / 2).rev().find(|&at| arguments.is_char_boundary(at)).unwrap_or_default();
        let (front, back) = arguments.split_at(half);
        let mut begun = call.clone();
        begun["index"] = json!(index);
        begun["function"]["arguments"] = json!("");
        deltas.push(json!({"tool_calls": [begun]}));
        for piece in [front, back] {
            deltas.push(json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}));
        }
    }
    let mut message = json!({"role": "assistant", "content": scripted.text()});
    if !calls.is_empty() {
        message["tool_calls"] = json!(calls);
        if scripted.pieces.is_empty() {
            message["content"] = Value::Null;
        }
    }
    let finish = json!(scripted.finish_reason());
    let mut answer = Answer::of(ask, vec![Choice { message, deltas, finish }]);
    scripted.count(&mut answer.usage, ["prompt_tokens", "completion_tokens"]);
    answer.script()
}
