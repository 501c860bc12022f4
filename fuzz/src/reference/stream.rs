//! What a stream of events adds up to, and how it ends.

use super::frames::Frame;
use super::json::{self, Shape};
use super::mend;
use super::text::TextSum;
use super::usage::Usage;
use super::{ReferenceChoice, ReferenceChunk};

/// What an event is.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// `[DONE]`.
    Done,
    /// The server is still there.
    KeepAlive,
    /// Not a chunk, and where it stops being one.
    Problem(usize),
    /// A chunk; with `error`, the stream fails after it.
    Chunk {
        /// What it says.
        chunk: Box<ReferenceChunk<'a>>,
        /// It is also an error.
        error: bool,
    },
    /// An error, and nothing else that would be an item; what it says of the completion counts all the same.
    Error(Option<Box<ReferenceChunk<'a>>>),
}

impl<'a> Event<'a> {
    /// Says what an event is.
    pub fn read(frame: &'a Frame) -> Self {
        let data = &frame.data;
        let named_error = frame.name == b"error";
        if data.trim_ascii() == b"[DONE]" {
            return Event::Done;
        }
        if is_keep_alive(&frame.name, data) {
            return Event::KeepAlive;
        }
        let chunk = ReferenceChunk::read(data);
        match chunk {
            Err(_) if named_error => Event::Error(None),
            Err(at) => Event::Problem(at),
            Ok(chunk) => {
                let error = named_error || chunk.is_error;
                let carries = chunk.choices.as_ref().is_some_and(|list| !list.is_empty()) || chunk.usage.is_some();
                let chunk = Box::new(chunk);
                if error && !carries { Event::Error(Some(chunk)) } else { Event::Chunk { chunk, error } }
            }
        }
    }
}

/// Returns the events that one is read as: itself, each of its lines, or itself with what is no JSON mended.
pub fn units(frame: Frame) -> Vec<Frame> {
    if !matches!(Event::read(&frame), Event::Problem(_)) {
        return vec![frame];
    }
    if is_glued(&frame.data) {
        let line = |data: &[u8]| Frame { data: data.to_vec(), at: None, came: None, ..frame.clone() };
        return frame.data.split(|&byte| byte == b'\n').map(line).collect();
    }
    if let Some(data) = mend::mended(&frame.data) {
        let mended = Frame { data, at: None, came: Some(frame.data.clone()), ..frame.clone() };
        if !matches!(Event::read(&mended), Event::Problem(_)) {
            return vec![mended];
        }
    }
    vec![frame]
}

/// Returns whether each of several lines is one object, or the last one `[DONE]`.
fn is_glued(data: &[u8]) -> bool {
    let lines: Vec<&[u8]> = data.split(|&byte| byte == b'\n').collect();
    let (last, others) = lines.split_last().expect("one line at least");
    let is_object = |line: &&[u8]| json::read(line).is_ok();
    !others.is_empty() && others.iter().all(is_object) && (is_object(last) || last.trim_ascii() == b"[DONE]")
}

/// Returns whether an event is a ping by its name or its type, nothing, a comment, or `null`; and neither an error nor an
/// answer.
fn is_keep_alive(name: &[u8], data: &[u8]) -> bool {
    let data = data.trim_ascii();
    let is_ping = |name: &[u8]| matches!(name, b"ping" | b"keepalive" | b"keep-alive" | b"heartbeat");
    if name == b"error" {
        return false;
    }
    if data.is_empty() || data[0] == b':' || data == b"null" {
        return true;
    }
    let Ok(root) = json::read(data) else { return is_ping(name) };
    let members = root.object().unwrap_or_default();
    let last = |name: &str| members.iter().rfind(|member| member.name == name).map(|member| &member.value);
    let kind = last("type").and_then(|kind| kind.text()).map(|kind| super::text::text(kind.bytes));
    let typed = data.len() <= 256 && kind.is_some_and(|kind| is_ping(kind.as_bytes()));
    let error = last("error").is_some_and(|error| !matches!(error.raw, b"null" | b"false" | b"\"\"" | b"0"));
    (is_ping(name) || typed) && last("choices").is_none() && !error
}

/// Returns whether a line outside all events is an error.
pub fn is_stray_error(line: &[u8]) -> bool {
    if let Some(value) = line.strip_prefix(b"error:") {
        return !value.trim_ascii().is_empty();
    }
    let line = line.trim_ascii();
    let is_error = |raw: &[u8]| ReferenceChunk::read(raw).is_ok_and(|chunk| chunk.is_error);
    match json::read_value(line) {
        Some(root) => match root.list() {
            Some(list) => list.first().is_some_and(|first| is_error(first.raw)),
            None => is_error(line),
        },
        None => false,
    }
}

/// What the chunks so far add up to.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// The first id.
    pub id: Option<String>,
    /// The first model.
    pub model: Option<String>,
    /// The first time.
    pub created: Option<u64>,
    /// The newest of each number.
    pub usage: Option<Usage>,
    /// The answers, in the order in which they began.
    pub answers: Vec<Answer>,
    /// Something could not be read.
    pub problem: bool,
}

/// One answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Its number.
    pub index: u8,
    /// The text.
    pub content: TextSum,
    /// What the model thought.
    pub reasoning: TextSum,
    /// What it said instead.
    pub refusal: TextSum,
    /// The calls, in their order.
    pub calls: Vec<Call>,
    /// Why it ended.
    pub finish_reason: Option<String>,
    /// A delta held something: a message alone is a snapshot from then on.
    pub has_delta: bool,
    /// The content came in parts.
    pub in_parts: bool,
    /// A snapshot brought calls, of which the crate decides which are new.
    pub loose_calls: bool,
}

/// One tool call.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The first id that is not empty.
    pub id: Option<String>,
    /// The name: a fragment that is all of it again is a repetition.
    pub name: String,
    /// The text of the arguments.
    pub arguments: TextSum,
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The answer is complete.
    Complete,
    /// `[DONE]` came, and a finish reason did not.
    Unfinished,
    /// The body ended before the answer did.
    Truncated,
    /// The stream said that it failed.
    Error,
    /// The answer is complete, but for an event that could not be read.
    Problem,
}

impl Stream {
    /// Takes over what a chunk says of the completion as a whole.
    pub fn take(&mut self, chunk: Option<&ReferenceChunk<'_>>) {
        let Some(chunk) = chunk else { return };
        let first = |slot: &mut Option<String>, new: &Option<String>| {
            if slot.is_none() {
                *slot = new.clone().filter(|text| !text.is_empty());
            }
        };
        first(&mut self.id, &chunk.id);
        first(&mut self.model, &chunk.model);
        self.created = self.created.or(chunk.created);
        if let Some(usage) = &chunk.usage {
            self.usage.get_or_insert_default().merge(usage);
        }
    }

    /// Returns the answer of that number, which begins now if it did not before.
    pub fn answer(&mut self, index: u8) -> &mut Answer {
        let known = self.answers.iter().position(|answer| answer.index == index);
        let place = known.unwrap_or(self.answers.len());
        if known.is_none() {
            self.answers.push(Answer { index, ..Answer::default() });
        }
        &mut self.answers[place]
    }

    /// Returns whether an answer ended with the reason `error`.
    pub fn finished_with_error(&self) -> bool {
        self.answers.iter().any(|answer| answer.finish_reason.as_deref() == Some("error"))
    }

    /// Judges the end of a stream that no error ended.
    pub fn judge(&self, done: bool) -> Verdict {
        let finished = !self.answers.is_empty() && self.answers.iter().all(|answer| answer.finish_reason.is_some());
        match (finished, done) {
            (true, _) if self.problem => Verdict::Problem,
            (true, _) => Verdict::Complete,
            (false, true) => Verdict::Unfinished,
            (false, false) => Verdict::Truncated,
        }
    }
}

impl Answer {
    /// Adds the texts of a choice: pieces, or a snapshot, which adds what is missing at their end.
    pub fn add(&mut self, choice: &ReferenceChoice<'_>) {
        if choice.from_message && self.has_delta {
            return self.complete(choice);
        }
        self.has_delta |= (choice.holds && !choice.from_message) || choice.snapshot.is_some();
        self.in_parts |= choice.parts.is_some();
        choice.content.iter().for_each(|fragment| self.content.push(fragment.bytes));
        choice.reasoning.iter().for_each(|fragment| self.reasoning.push(fragment.bytes));
        choice.refusal.iter().for_each(|fragment| self.refusal.push(fragment.bytes));
        if let Some(snapshot) = &choice.snapshot {
            self.complete(snapshot);
        }
    }

    fn complete(&mut self, message: &ReferenceChoice<'_>) {
        self.loose_calls |= !message.calls.is_empty();
        let all = |fragments: &[json::Inside<'_>]| -> String {
            fragments.iter().map(|fragment| super::text::text(fragment.bytes)).collect()
        };
        let (thinking, named) = message.reasoning.split_at(message.parts.unwrap_or(0));
        let nothing = self.content.text.is_empty() && !self.in_parts && self.reasoning.text.is_empty();
        if message.parts.is_some() && nothing {
            self.in_parts = true;
            message.content.iter().for_each(|fragment| self.content.push(fragment.bytes));
            thinking.iter().for_each(|fragment| self.reasoning.push(fragment.bytes));
        } else {
            if !message.content.is_empty() {
                self.content.complete(&all(&message.content));
            }
            if !thinking.is_empty() {
                self.reasoning.complete(&all(thinking));
            }
        }
        named.iter().for_each(|fragment| self.reasoning.complete(&super::text::text(fragment.bytes)));
        message.refusal.iter().for_each(|fragment| self.refusal.complete(&super::text::text(fragment.bytes)));
    }

    /// Gives up waiting for the other halves of cut characters: the answer is over.
    pub fn finish(&mut self, reason: &str) {
        self.finish_reason = Some(reason.to_owned());
        for sum in [&mut self.content, &mut self.reasoning, &mut self.refusal] {
            sum.flush();
        }
        self.calls.iter_mut().for_each(|call| call.arguments.flush());
    }
}

impl Call {
    /// Takes over the id and the fragment of the name.
    pub fn take(&mut self, id: Option<&str>, name: Option<&str>) {
        if self.id.is_none() {
            self.id = id.filter(|id| !id.is_empty()).map(str::to_owned);
        }
        self.name.push_str(name.filter(|name| *name != self.name).unwrap_or_default());
    }
}

/// Returns whether a body is a stream at all: a page or one JSON value is told by its first byte.
pub fn is_stream(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start();
    !matches!(text.first(), None | Some(b'<' | b'{' | b'['))
}

/// Returns whether an event that lacks its blank line counts: if it is whole all the same, or an error.
pub fn counts_unterminated(frame: &Frame) -> bool {
    let root = json::read_value(&frame.data);
    let whole = root.is_some_and(|root| matches!(root.shape, Shape::Object(_) | Shape::List(_) | Shape::Text(_)));
    whole || is_glued(&frame.data) || frame.name == b"error" || frame.data.trim_ascii() == b"[DONE]"
}
