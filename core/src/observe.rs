//! Observers of calls, for logs, metrics and traces. They can also change the headers of requests.
//!
//! Observers see no content: no prompt, no answer, no key.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderValue, Version};

use crate::head::Head;
use crate::{BuildError, Decimal, Error};

/// Observes one call. By default each method does nothing.
///
/// ```text
/// begin ─▶ request ─▶ response ─▶ first_item ─▶ end
///             ▲           │
///             └─ retry ◀──┘   (or before a response came)
/// ```
///
/// A client creates one observer per call, by a function of [`CallInfo`], so an observer may keep state between its
/// methods. The methods run within the call; they should not block.
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
    /// Sees the head of a request before it is sent, once per attempt, and may change its headers and its path.
    ///
    /// The call ends with [`Error::Build`] if the head then has another host, another HTTP version, a `content-length`
    /// or `host` other than that of the request, or a `transfer-encoding`.
    fn request(&mut self, head: &mut Parts) {
        let _ = head;
    }

    /// Sees the head of a response.
    fn response(&mut self, head: &Head, timings: &Timings) {
        let _ = (head, timings);
    }

    /// Sees the error of an attempt that failed, when another attempt follows after `wait`.
    fn retry(&mut self, error: &Error, wait: Duration) {
        let _ = (error, wait);
    }

    /// Called when the first item of the answer came.
    fn first_item(&mut self, timings: &Timings) {
        let _ = timings;
    }

    /// Called when the call is over: exactly once, also if the caller dropped the call.
    fn end(&mut self, report: &Report<'_>) {
        let _ = report;
    }
}

/// What is known about a call before it is sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallInfo {
    /// The model in the request; `None` for endpoints whose request names no model.
    pub model: Option<Arc<str>>,
    /// The host of the URL.
    pub host: Arc<str>,
    /// The port of the URL.
    pub port: u16,
    /// The path of the URL.
    pub path: Arc<str>,
    /// Whether the reply is a stream of events.
    pub streamed: bool,
}

/// Times since the start of the call; earlier attempts are included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timings {
    /// How many times the request was sent.
    pub attempts: u32,
    /// The time until the head of the response.
    pub first_byte: Option<Duration>,
    /// The time until the first item of a stream, which carries the first token.
    pub first_item: Option<Duration>,
    /// The time until the end of the call.
    pub end: Option<Duration>,
}

/// The metadata of an answer, without its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The id of the answer.
    pub id: Option<String>,
    /// The model that generated the answer.
    pub model: Option<String>,
    /// The finish reason of each choice, as the server wrote it.
    pub finish_reasons: Vec<String>,
    /// Tokens of the request.
    pub input_tokens: Option<u64>,
    /// Tokens of the answer.
    pub output_tokens: Option<u64>,
    /// The cost, in US dollars.
    pub cost: Option<Decimal>,
}

/// How a call ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report<'a> {
    /// The times of the call.
    pub timings: Timings,
    /// The metadata of the answer, as far as the answer came.
    pub summary: Summary,
    /// Why the answer is not complete; `None` if it is complete, or if the caller dropped the call.
    pub error: Option<&'a Error>,
    /// Whether the caller dropped the call before its end.
    pub dropped: bool,
}

/// A function that creates the observer of a call.
pub type Observe = Arc<dyn Fn(&CallInfo) -> Box<dyn Observer> + Send + Sync>;

/// The observers of one call, and its timings. A transport reports the progress of the call to it.
///
/// Every time is measured since one fixed start, the same for all calls. If it is dropped before [`end`](Self::end),
/// the observers see that the call was dropped.
pub struct Observers {
    observers: Vec<Box<dyn Observer>>,
    timings: Timings,
    start: Duration,
    over: bool,
}

impl Observers {
    /// Creates the observers of a call that begins at `start`.
    pub(crate) fn of(about: impl FnOnce() -> CallInfo, observe: &[Observe], start: Duration) -> Self {
        let about = (!observe.is_empty()).then(about);
        let observers = about.iter().flat_map(|about| observe.iter().map(move |make| make(about))).collect();
        Observers { observers, timings: Timings::default(), start, over: false }
    }

    /// Returns the timings so far.
    pub fn timings(&self) -> Timings {
        self.timings
    }

    /// Returns whether there is an observer. Without one, no summary need be made.
    pub fn is_watched(&self) -> bool {
        !self.observers.is_empty()
    }

    /// Reports that an attempt begins. The observers may change the head of its request, whose body has `length` bytes.
    ///
    /// # Errors
    /// [`BuildError`] if an observer changed the host, to which the key would be sent, or how the body is framed: the
    /// HTTP version, `transfer-encoding`, or `content-length`.
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
            return Err(BuildError::new(
                "an observer changed the scheme or the host of the request: only the base URL sets them",
            ));
        }
        check(head, length)
    }

    /// Reports that the head of a response came.
    pub fn response(&mut self, head: &Head, now: Duration) {
        self.timings.first_byte = Some(now.saturating_sub(self.start));
        for observer in &mut self.observers {
            observer.response(head, &self.timings);
        }
    }

    /// Reports that another attempt follows.
    pub fn retry(&mut self, error: &Error, wait: Duration) {
        for observer in &mut self.observers {
            observer.retry(error, wait);
        }
    }

    /// Reports that an item came; only the first item counts.
    pub fn item(&mut self, now: Duration) {
        if self.timings.first_item.is_some() {
            return;
        }
        self.timings.first_item = Some(now.saturating_sub(self.start));
        for observer in &mut self.observers {
            observer.first_item(&self.timings);
        }
    }

    /// Reports that the call is over; only the first report counts.
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

/// Checks a head that observers changed: it must frame the body correctly and name the host of the call.
fn check(head: &Parts, length: usize) -> Result<(), BuildError> {
    if head.headers.contains_key(TRANSFER_ENCODING) {
        return Err(BuildError::new("an observer set transfer-encoding: a request is sent with a content-length"));
    }
    let length = HeaderValue::from(length);
    if head.headers.get_all(CONTENT_LENGTH).iter().any(|value| value != length) {
        return Err(BuildError::new("an observer set a content-length that differs from the length of the body"));
    }
    let host = head.uri.authority().map(|authority| authority.as_str().as_bytes());
    if head.headers.get_all(HOST).iter().any(|value| Some(value.as_bytes()) != host) {
        return Err(BuildError::new("an observer set another host: only the base URL sets it"));
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
