//! What the mock plays back: status, headers, timed writes and the way the connection ends.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

/// The bytes of the `[DONE]` event as Requesty sends it.
pub(crate) const DONE: &str = "data: [DONE]\n\n";

/// Frames a JSON value as one server-sent event.
pub(crate) fn event(value: &Value) -> Bytes {
    Bytes::from(format!("data: {value}\n\n"))
}

/// One thing done while a response body is played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Sends these bytes as one HTTP chunk and one write.
    Send(Bytes),
    /// Sends nothing for this long.
    Pause(Duration),
}

/// How a response ends once its steps are played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The body ends cleanly; the connection can be used again.
    End,
    /// A chunked body whose last chunk never comes; the connection is closed.
    Cut,
    /// A `content-length` larger than what is sent; the connection is closed.
    ShortLength,
    /// The connection is reset (TCP RST).
    Reset,
    /// The connection stays open and silent.
    Hold,
    /// These bytes are sent over and over until the client leaves.
    Repeat {
        /// The bytes sent each time.
        bytes: Bytes,
        /// How long the mock waits before each time.
        every: Duration,
    },
    /// The connection is closed without a response, after the whole request was read.
    CloseBeforeHead,
    /// The connection is reset without a response, after the whole request was read.
    ResetBeforeHead,
    /// The connection stays open, and no response head is ever sent.
    HoldBeforeHead,
}

/// One response, as it is played on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Further headers. A header with the name of a usual one replaces it.
    pub headers: Vec<(String, String)>,
    /// How long the mock waits before it sends the head.
    pub head_after: Duration,
    /// The bytes sent and the pauses between them, in order.
    pub steps: Vec<Step>,
    /// What happens after the last step.
    pub ending: Ending,
}

impl Response {
    /// Returns every body byte the steps send, in order.
    pub fn body(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for step in &self.steps {
            if let Step::Send(bytes) = step {
                all.extend_from_slice(bytes);
            }
        }
        all
    }

    /// Returns the value of a header, if this response sets it.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What the mock plays for one model: a single response, a response per mode, or a sequence over requests.
///
/// The methods that change a response ([`Script::header`], [`Script::send`], the endings, …) apply to the single response
/// a constructor made; on a sequence or on a pair they apply to every part.
#[derive(Debug, Clone)]
pub struct Script(Plan);

#[derive(Debug, Clone)]
enum Plan {
    Response(Response),
    Sequence(Vec<Script>),
    Modes { streamed: Box<Script>, whole: Box<Script> },
}

impl Script {
    /// Starts a response with a status, no headers of its own and no body.
    pub fn new(status: u16) -> Self {
        Self(Plan::Response(Response {
            status,
            headers: Vec::new(),
            head_after: Duration::ZERO,
            steps: Vec::new(),
            ending: Ending::End,
        }))
    }

    /// Starts a 200 response labelled `text/event-stream`.
    pub fn sse() -> Self {
        Self::new(200).header("content-type", "text/event-stream")
    }

    /// Makes a JSON response.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// Makes a response with a content type and a body sent in one write.
    pub fn text(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::new(status).header("content-type", content_type).send(body)
    }

    /// Makes an error in Requesty's shape, `{"error":{"origin":…,"message":…}}`.
    pub fn error(status: u16, origin: &str, message: &str) -> Self {
        Self::json(status, &serde_json::json!({"error": {"origin": origin, "message": message}}))
    }

    /// Closes the connection without any response.
    pub fn close_before_head() -> Self {
        Self::new(200).ending(Ending::CloseBeforeHead)
    }

    /// Plays the n-th script for the n-th request of the model; the last one repeats.
    pub fn sequence(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self(Plan::Sequence(scripts.into_iter().collect()))
    }

    /// Plays one script when the request asks for a stream and another when it does not.
    pub fn by_mode(streamed: Script, whole: Script) -> Self {
        Self(Plan::Modes { streamed: Box::new(streamed), whole: Box::new(whole) })
    }

    /// Sets a header; an earlier value of the same name is replaced.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(&|response| {
            response.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
            response.headers.push((name.to_owned(), value.to_owned()));
        })
    }

    /// Removes the content type, so that the response has none.
    #[must_use]
    pub fn unlabelled(self) -> Self {
        self.change(&|response| response.headers.retain(|(key, _)| !key.eq_ignore_ascii_case("content-type")))
    }

    /// Waits this long before the head is sent.
    #[must_use]
    pub fn head_after(self, time: Duration) -> Self {
        self.change(&|response| response.head_after = time)
    }

    /// Adds one write.
    #[must_use]
    pub fn send(self, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        self.change(&|response| response.steps.push(Step::Send(bytes.clone())))
    }

    /// Adds a pause.
    #[must_use]
    pub fn pause(self, time: Duration) -> Self {
        self.change(&|response| response.steps.push(Step::Pause(time)))
    }

    /// Adds one event: `data: `, the value and a blank line, in one write.
    #[must_use]
    pub fn event(self, value: &Value) -> Self {
        self.send(event(value))
    }

    /// Adds an event for each value, one write each.
    #[must_use]
    pub fn events<'a>(self, values: impl IntoIterator<Item = &'a Value>) -> Self {
        values.into_iter().fold(self, Self::event)
    }

    /// Adds the `[DONE]` event.
    #[must_use]
    pub fn done(self) -> Self {
        self.send(DONE)
    }

    /// Waits before each write, and puts keep-alive comments before it.
    pub(crate) fn paced(self, pause: Duration, keep_alives: usize) -> Self {
        if pause.is_zero() && keep_alives == 0 {
            return self;
        }
        self.change(&|response| {
            let before = |step: &Step| matches!(step, Step::Send(_));
            let comments = || std::iter::repeat_n(Step::Send(Bytes::from_static(b": keep-alive\n\n")), keep_alives);
            let pauses = || Some(Step::Pause(pause)).filter(|_| !pause.is_zero());
            let steps = std::mem::take(&mut response.steps).into_iter();
            response.steps = steps
                .flat_map(|step| {
                    let added = if before(&step) { keep_alives } else { 0 };
                    let pause = pauses().filter(|_| before(&step));
                    comments().take(added).chain(pause).chain([step])
                })
                .collect();
        })
    }

    /// Sets how the response ends; [`Ending::End`] by default.
    #[must_use]
    pub fn ending(self, ending: Ending) -> Self {
        self.change(&|response| response.ending = ending.clone())
    }

    /// Returns the response played for the given mode and the `nth` (from 0) request of the model.
    ///
    /// An empty sequence closes the connection without a response.
    pub fn response(&self, streamed: bool, nth: usize) -> Response {
        match &self.0 {
            Plan::Response(response) => response.clone(),
            Plan::Modes { streamed: script, .. } if streamed => script.response(streamed, nth),
            Plan::Modes { whole, .. } => whole.response(streamed, nth),
            Plan::Sequence(scripts) => match scripts.get(nth).or(scripts.last()) {
                Some(script) => script.response(streamed, nth),
                None => Self::close_before_head().response(streamed, nth),
            },
        }
    }

    fn change(mut self, with: &dyn Fn(&mut Response)) -> Self {
        self.change_in_place(with);
        self
    }

    fn change_in_place(&mut self, with: &dyn Fn(&mut Response)) {
        match &mut self.0 {
            Plan::Response(response) => with(response),
            Plan::Sequence(scripts) => scripts.iter_mut().for_each(|script| script.change_in_place(with)),
            Plan::Modes { streamed, whole } => {
                streamed.change_in_place(with);
                whole.change_in_place(with);
            }
        }
    }
}
