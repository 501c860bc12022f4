//! The observers of one call.

use std::fmt;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderValue, Version};

use super::{CallInfo, Observe, Observer, Report, Summary, Timings};
use crate::head::Head;
use crate::{BuildError, Error};

/// The observers of one call, and its timings: what a transport tells about its progress.
///
/// Every time is the one since any fixed start, the same for all calls. Dropping it before [`end`](Self::end) tells the
/// observers that the call was dropped; [`Observed`](crate::reply::Observed) then gives them what came before that.
pub struct Observers {
    observers: Vec<Box<dyn Observer>>,
    timings: Timings,
    start: Duration,
    /// When the last item came, since the start of the call.
    last_item: Duration,
    /// Since when the next item is waited for.
    waiting: Option<Duration>,
    /// Read only where the call is dropped.
    clock: Option<Box<dyn Fn() -> Duration + Send + Sync>>,
    over: bool,
}

impl Observers {
    /// Makes the observers of a call that begins at `start`.
    pub(crate) fn of(about: impl FnOnce() -> CallInfo, observe: &[Observe], start: Duration) -> Self {
        let about = (!observe.is_empty()).then(about);
        let observers = about.iter().flat_map(|about| observe.iter().map(move |make| make(about))).collect();
        Observers {
            observers,
            timings: Timings::default(),
            start,
            last_item: Duration::ZERO,
            waiting: None,
            clock: None,
            over: false,
        }
    }

    /// Sets the clock that is read where the call is dropped: without one, nobody learns when that was.
    pub fn set_clock(&mut self, clock: impl Fn() -> Duration + Send + Sync + 'static) {
        if self.is_watched() {
            self.clock = Some(Box::new(clock));
        }
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

    /// Tells that the next item is waited for from `now` on. Saying it again before the item comes changes nothing.
    pub fn waiting(&mut self, now: Duration) {
        if self.is_watched() && self.timings.first_item.is_some() {
            self.waiting.get_or_insert(now);
        }
    }

    /// Tells that an item came, and whether it adds text to the answer. Where nobody looks on, only the first item and the
    /// first text count.
    pub fn item(&mut self, now: Duration, has_text: bool) {
        self.end_pause(now);
        let since_start = now.saturating_sub(self.start);
        if has_text {
            self.timings.first_text.get_or_insert(since_start);
            if self.is_watched() {
                self.timings.last_text = Some(since_start);
                self.timings.texts = self.timings.texts.saturating_add(1);
            }
        }
        let since_last = since_start.saturating_sub(self.last_item);
        self.last_item = since_start;
        if self.timings.first_item.is_some() {
            for observer in &mut self.observers {
                observer.item(since_last, &self.timings);
            }
            return;
        }
        self.timings.first_item = Some(since_start);
        for observer in &mut self.observers {
            observer.first_item(&self.timings);
        }
    }

    /// Tells that the call is over; only the first time counts.
    pub fn end(&mut self, now: Duration, summary: Summary, error: Option<&Error>) {
        if self.over {
            return;
        }
        self.end_pause(now);
        self.timings.end = Some(now.saturating_sub(self.start));
        self.report(summary, error, false);
    }

    /// Tells that the caller dropped the call, and what came before that; only the first end counts.
    pub(crate) fn dropped(&mut self, summary: impl FnOnce() -> Summary) {
        if self.over {
            return;
        }
        if let Some(now) = self.clock.as_ref().map(|clock| clock()) {
            self.end_pause(now);
            self.timings.end = Some(now.saturating_sub(self.start));
        }
        let summary = if self.is_watched() { summary() } else { Summary::default() };
        self.report(summary, None, true);
    }

    fn end_pause(&mut self, now: Duration) {
        if let Some(since) = self.waiting.take() {
            let pause = now.saturating_sub(since);
            self.timings.longest_pause = self.timings.longest_pause.max(Some(pause));
        }
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
        self.dropped(Summary::default);
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
