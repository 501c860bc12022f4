//! What a caller can see of a call from outside, and change about its request: for logs, metrics and traces.
//!
//! None of it holds content: no prompt, no answer, no key.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderValue, Version};

use crate::head::Head;
use crate::{BuildError, Decimal, Error};

/// Looks on while one call is made. Each method does nothing unless it is written.
///
/// ```text
/// begin ─▶ request ─▶ response ─▶ first_item ─▶ end
///             ▲           │
///             └─ retry ◀──┘   (or before a response came)
/// ```
///
/// A client makes one for each call, by a function of [`CallInfo`]; so it may keep what it likes between two of its methods.
/// They are called on the way: they should not block.
///
/// # Examples
///
/// ```
/// use requesty_core::observe::{Observer, Report};
/// use requesty_core::http::{HeaderValue, request};
///
/// struct Traced;
///
/// impl Observer for Traced {
///     fn request(&mut self, head: &mut request::Parts) {
///         head.headers.insert("traceparent", HeaderValue::from_static("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
///     }
///
///     fn end(&mut self, report: &Report<'_>) {
///         println!("{:?} to the first token, {:?} dollars", report.timings.first_item, report.summary.cost);
///     }
/// }
/// ```
#[doc(alias("hook", "middleware", "callback", "logging"))]
pub trait Observer: Send + Sync {
    /// Looks at the head of a request that is about to be sent, once per attempt, and may change its headers and its path.
    ///
    /// The call ends with [`Error::Build`] where the head names another place, another HTTP version, a `content-length` or
    /// `host` other than that of the request, or a `transfer-encoding`.
    fn request(&mut self, head: &mut Parts) {
        let _ = head;
    }

    /// Looks at the head of a response.
    fn response(&mut self, head: &Head, timings: &Timings) {
        let _ = (head, timings);
    }

    /// Learns that an attempt failed and another one follows after `wait`.
    fn retry(&mut self, error: &Error, wait: Duration) {
        let _ = (error, wait);
    }

    /// Learns that the first item of the answer came.
    fn first_item(&mut self, timings: &Timings) {
        let _ = timings;
    }

    /// Learns that the call is over. It comes once, also where the caller dropped it.
    fn end(&mut self, report: &Report<'_>) {
        let _ = report;
    }
}

/// What is known of a call before it is made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallInfo {
    /// The model in the request; `None` for endpoints whose request names no model.
    pub model: Option<Arc<str>>,
    /// The host that is asked.
    pub host: Arc<str>,
    /// The port that is asked.
    pub port: u16,
    /// The path that is asked.
    pub path: Arc<str>,
    /// Whether the reply is a stream of events.
    pub streamed: bool,
}

/// How long it took from the start of the call, its earlier attempts included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timings {
    /// How many times the request was sent.
    pub attempts: u32,
    /// Until the head of the response.
    pub first_byte: Option<Duration>,
    /// Until the first item of a stream, which carries the first token.
    pub first_item: Option<Duration>,
    /// Until the end.
    pub end: Option<Duration>,
}

/// What an answer says about itself, without its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The id of the answer.
    pub id: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// Why each choice ended, in wire words.
    pub finish_reasons: Vec<String>,
    /// Tokens of the request.
    pub input_tokens: Option<u64>,
    /// Tokens of the answer.
    pub output_tokens: Option<u64>,
    /// What it cost, in dollars.
    pub cost: Option<Decimal>,
}

/// How a call ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report<'a> {
    /// How long it took.
    pub timings: Timings,
    /// What the answer, or what there was of it, says about itself.
    pub summary: Summary,
    /// Why there is no complete answer.
    pub error: Option<&'a Error>,
    /// Whether the caller dropped the call before its end.
    pub dropped: bool,
}

/// Makes the observer of a call.
pub type Observe = Arc<dyn Fn(&CallInfo) -> Box<dyn Observer> + Send + Sync>;

/// The observers of one call, and its timings: what a transport tells about its progress.
///
/// Every time is the one since any fixed start, the same for all calls. Dropping it before [`end`](Self::end) tells the
/// observers that the call was dropped.
pub struct Observers {
    observers: Vec<Box<dyn Observer>>,
    timings: Timings,
    start: Duration,
    over: bool,
}

impl Observers {
    /// Makes the observers of a call that begins at `start`.
    pub(crate) fn of(about: impl FnOnce() -> CallInfo, observe: &[Observe], start: Duration) -> Self {
        let about = (!observe.is_empty()).then(about);
        let observers = about.iter().flat_map(|about| observe.iter().map(move |make| make(about))).collect();
        Observers { observers, timings: Timings::default(), start, over: false }
    }

    /// Returns the timings so far.
    pub fn timings(&self) -> Timings {
        self.timings
    }

    /// Returns whether somebody looks on: a summary need only be made then.
    pub fn is_watched(&self) -> bool {
        !self.observers.is_empty()
    }

    /// Tells that an attempt begins, and lets the observers change the head of its request, whose body has `length` bytes.
    ///
    /// # Errors
    /// [`BuildError`] where one of them changed where the request goes to, which would take the key along, or how its body
    /// is framed: by the HTTP version, `transfer-encoding`, or a wrong `content-length`.
    pub fn request(&mut self, head: &mut Parts, length: usize) -> Result<(), BuildError> {
        self.timings.attempts = self.timings.attempts.saturating_add(1);
        self.timings.first_byte = None;
        if self.observers.is_empty() {
            return Ok(());
        }
        let place = |head: &Parts| (head.uri.scheme().cloned(), head.uri.authority().cloned());
        let before = place(head);
        for observer in &mut self.observers {
            observer.request(head);
        }
        if place(head) != before {
            return Err(BuildError::new("an observer changed where the request goes to; that is set by the base URL"));
        }
        check(head, length)
    }

    /// Tells that the head of a response came.
    pub fn response(&mut self, head: &Head, now: Duration) {
        self.timings.first_byte = Some(now.saturating_sub(self.start));
        for observer in &mut self.observers {
            observer.response(head, &self.timings);
        }
    }

    /// Tells that another attempt follows.
    pub fn retry(&mut self, error: &Error, wait: Duration) {
        for observer in &mut self.observers {
            observer.retry(error, wait);
        }
    }

    /// Tells that an item came; only the first counts.
    pub fn item(&mut self, now: Duration) {
        if self.timings.first_item.is_some() {
            return;
        }
        self.timings.first_item = Some(now.saturating_sub(self.start));
        for observer in &mut self.observers {
            observer.first_item(&self.timings);
        }
    }

    /// Tells that the call is over; only the first time counts.
    pub fn end(&mut self, now: Duration, summary: Summary, error: Option<&Error>) {
        if self.over {
            return;
        }
        self.timings.end = Some(now.saturating_sub(self.start));
        self.report(summary, error, false);
    }

    fn report(&mut self, summary: Summary, error: Option<&Error>, dropped: bool) {
        self.over = true;
        let report = Report { timings: self.timings, summary, error, dropped };
        for observer in &mut self.observers {
            observer.end(&report);
        }
    }
}

impl Drop for Observers {
    fn drop(&mut self) {
        if !self.over {
            self.report(Summary::default(), None, true);
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observers").field("timings", &self.timings).finish_non_exhaustive()
    }
}

/// Checks that a head which observers changed frames the body as it is, and names the host that it goes to.
fn check(head: &Parts, length: usize) -> Result<(), BuildError> {
    if head.headers.contains_key(TRANSFER_ENCODING) {
        return Err(BuildError::new("an observer set transfer-encoding; a request is sent with its length"));
    }
    let length = HeaderValue::from(length);
    if head.headers.get_all(CONTENT_LENGTH).iter().any(|value| value != length) {
        return Err(BuildError::new("an observer set a content-length that is not that of the request"));
    }
    let host = head.uri.authority().map(|authority| authority.as_str().as_bytes());
    if head.headers.get_all(HOST).iter().any(|value| Some(value.as_bytes()) != host) {
        return Err(BuildError::new("an observer set another host; that is set by the base URL"));
    }
    let is_repeated = |name| head.headers.get_all(name).iter().count() > 1;
    if is_repeated(CONTENT_LENGTH) || is_repeated(HOST) {
        return Err(BuildError::new("an observer set content-length or host twice"));
    }
    if head.version != Version::HTTP_11 {
        return Err(BuildError::new("an observer changed the version of HTTP"));
    }
    Ok(())
}
