//! The observers of one call.

use std::fmt;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderValue, Version};

use super::{Answer, CallInfo, Observe, Observer, Report, Summary, Timings};
use crate::head::Head;
use crate::{BuildError, Error};

/// The observers of one call, and its timings. A transport reports the progress of the call to it.
///
/// Every time is measured since one fixed start, the same for all calls. If it is dropped before [`end`](Self::end),
/// the observers see that the call was dropped; [`Observed`](crate::reply::Observed) also reports what came before.
pub struct Observers {
    observers: Vec<Box<dyn Observer>>,
    timings: Timings,
    start: Duration,
    /// When the last item came, since the start of the call.
    last_item: Duration,
    /// Since when the next item is waited for.
    waiting: Option<Duration>,
    /// Read only if the call is dropped.
    clock: Option<Box<dyn Fn() -> Duration + Send + Sync>>,
    over: bool,
}

impl Observers {
    /// Creates the observers of a call that begins at `start`.
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

    /// Sets the clock that is read if the call is dropped. Without a clock, the report of a dropped call has no end time.
    pub fn set_clock(&mut self, clock: impl Fn() -> Duration + Send + Sync + 'static) {
        if self.is_watched() {
            self.clock = Some(Box::new(clock));
        }
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

    /// Reports that the transport waits for the next item, from `now` on. Repeating it before the item comes changes nothing.
    pub fn waiting(&mut self, now: Duration) {
        if self.is_watched() && self.timings.first_item.is_some() {
            self.waiting.get_or_insert(now);
        }
    }

    /// Reports that an item came, and whether it adds text to the answer. Without an observer, only the first item and the
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

    /// Reports that the call is over; only the first report counts.
    pub fn end(&mut self, now: Duration, summary: Summary, error: Option<&Error>) {
        self.end_with(now, summary, error, None);
    }

    /// Does the same as [`end`](Self::end), and hands out what the answer is, should an observer ask for it.
    pub(crate) fn end_with(
        &mut self,
        now: Duration,
        summary: Summary,
        error: Option<&Error>,
        answer: Option<Answer<'_>>,
    ) {
        if self.over {
            return;
        }
        self.end_pause(now);
        self.timings.end = Some(now.saturating_sub(self.start));
        self.report(summary, error, false, answer);
    }

    /// Reports that the caller dropped the call, and what came before that; only the first end counts.
    pub(crate) fn dropped(&mut self, summary: impl FnOnce() -> Summary, answer: Option<Answer<'_>>) {
        if self.over {
            return;
        }
        if let Some(now) = self.clock.as_ref().map(|clock| clock()) {
            self.end_pause(now);
            self.timings.end = Some(now.saturating_sub(self.start));
        }
        let summary = if self.is_watched() { summary() } else { Summary::default() };
        self.report(summary, None, true, answer);
    }

    fn end_pause(&mut self, now: Duration) {
        if let Some(since) = self.waiting.take() {
            let pause = now.saturating_sub(since);
            self.timings.longest_pause = self.timings.longest_pause.max(Some(pause));
        }
    }

    fn report(&mut self, summary: Summary, error: Option<&Error>, dropped: bool, answer: Option<Answer<'_>>) {
        self.over = true;
        let report = Report { timings: self.timings, summary, error, dropped, answer };
        for observer in &mut self.observers {
            observer.end(&report);
        }
    }
}

impl Drop for Observers {
    fn drop(&mut self) {
        self.dropped(Summary::default, None);
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
