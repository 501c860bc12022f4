//! The driver: it reads bytes when the machine needs them, and hands out the items.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use requesty_core::error::{Phase, Timeout};
#[cfg(feature = "ureq")]
use requesty_core::observe::Observers;
use requesty_core::observe::Timings;
use requesty_core::reply::Observed;
use requesty_core::reply::{Dialect, End, Step};
use requesty_core::{Call, Error, Head, Incomplete, Machine, Reply, http};

/// The items of one reply, read from `R` when they are asked for.
///
/// There are two ways to read, which may be mixed: [`next_item`](Self::next_item) lends each item without copying it;
/// the [`Iterator`] returns owned items. Both end with `None` after a complete answer. Any other end is an error, after
/// which the iterator is finished. [`finish`](Self::finish) returns what came before an error as the partial answer.
///
/// Nothing is read in advance, and dropping it closes the connection. When the answer has ended, the reader is dropped
/// at once. The client of this crate waits up to 5 ms for the end of the body, so that the connection can be used
/// again.
///
/// # Time limits
///
/// The clock runs only while a read blocks, so a slow caller never causes a time-out. A running read cannot be
/// interrupted from here, so limits are checked between reads. The client of this crate sets limits on the socket
/// itself. With a reader of your own, set its read time-out to [`idle_bytes`](requesty_core::Timeouts::idle_bytes) of
/// the call.
///
/// # Examples
///
/// It works with any HTTP library; this example needs none:
///
/// ```
/// use requesty_ureq::requesty_core::http;
/// use requesty_ureq::{ApiKey, ItemIter, Router, chat};
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let call = router.chat_stream(&chat::Request::new(&[chat::Message::user("Hello, world!")]))?;
///
/// let (head, body) = http::Response::new(
///     &b"data: {\"choices\":[{\"delta\":{\"content\":\"Hi!\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"[..],
/// ).into_parts();
/// let mut stream = ItemIter::open(&call, head, body);
/// while let Some(chunk) = stream.next_item()? {
///     assert_eq!(chunk.text(), "Hi!");
/// }
/// assert_eq!(stream.finish()?.text(), "Hi!");
/// # Ok::<(), requesty_ureq::Error>(())
/// ```
#[doc(alias = "stream")]
pub struct ItemIter<D: Dialect, R> {
    machine: Observed<D>,
    /// `None` after the body has ended, or when it is not needed any more.
    reader: Option<R>,
    start: Instant,
    state: State,
    link: Option<Box<dyn Link<R>>>,
}

/// The connection between the items and the client of this crate.
pub(crate) trait Link<R>: Send + Sync {
    /// Sets the deadline of the next read, by the clock of the call.
    fn wait(&self, until: Option<Duration>);

    /// Returns whether another thread ended the call.
    fn is_cancelled(&self) -> bool;

    /// Notes that the call is over. The reader is passed if the answer was complete, because its connection may be used
    /// again.
    fn over(&self, reader: Option<R>);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reading,
    /// The next item came, and was not handed out yet.
    Held,
    Over,
}

impl<D: Dialect, R: Read> ItemIter<D, R> {
    /// Reads the reply to `call`, given its head and a reader of its body.
    ///
    /// The reader must decode the transfer coding (chunks, length), and fail if the body is cut short. It must not
    /// decode a content coding, because a call asks for none. The status may be any; an error status becomes an error
    /// of the first [`next_item`](Self::next_item).
    pub fn open<C: Reply<Dialect = D>>(call: &Call<C>, head: http::response::Parts, reader: R) -> Self {
        ItemIter::new(call.open(head, Duration::ZERO), reader)
    }

    /// Drives a machine that [`Call::open`] returned for a `now` of [`Duration::ZERO`].
    pub fn new(machine: Machine<D>, reader: R) -> Self {
        ItemIter {
            machine: Observed::new(machine),
            reader: Some(reader),
            start: Instant::now(),
            state: State::Reading,
            link: None,
        }
    }

    #[cfg(feature = "ureq")]
    /// Drives a machine over a reader of the client; `start` is the start of the machine's clock.
    pub(crate) fn linked(machine: Machine<D>, reader: R, start: Instant, link: Box<dyn Link<R>>) -> Self {
        ItemIter { start, link: Some(link), ..ItemIter::new(machine, reader) }
    }

    #[cfg(feature = "ureq")]
    /// Reports to observers from now on. At most the first item was read.
    pub(crate) fn observed_by(mut self, observers: Observers) -> Self {
        self.machine.observe(observers);
        match self.state {
            State::Reading => {}
            State::Held => self.machine.came(|| self.start.elapsed()),
            State::Over => self.machine.over(self.start.elapsed(), None),
        }
        self
    }

    /// Waits for the next item and lends it; `None` after a complete answer.
    ///
    /// Call it again after every item. After `None` it always returns `None`.
    ///
    /// # Errors
    /// The error that ended the reply before it was complete; the same error on each later call. So `None` always means
    /// that the answer is whole.
    pub fn next_item(&mut self) -> Result<Option<D::Item<'_>>, Error> {
        Ok(if self.step()? { Some(self.machine.item()) } else { None })
    }

    /// Reads the rest and returns the sum of the whole reply, including the items that were handed out before.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial answer, unless the reply is complete.
    #[doc(alias("collect", "final_completion"))]
    pub fn finish(mut self) -> Result<D::Total, Incomplete<D::Partial>> {
        // The machine keeps the error, and returns it with the partial answer.
        while let Ok(true) = self.step() {}
        self.machine.into_machine().total()
    }

    /// Returns the status and the headers of the reply.
    pub fn head(&self) -> &Head {
        self.machine.head()
    }

    /// Returns the times since the start of the call; all are empty if another client received the reply.
    pub fn timings(&self) -> Timings {
        self.machine.timings()
    }

    /// Returns the dialect, which has the sum so far.
    pub fn dialect(&self) -> &D {
        self.machine.dialect()
    }

    /// Waits until the next item came, and keeps it for the next call; `false` after a complete answer.
    ///
    /// Use it for a retry loop of your own: until this has returned `true`, no part of the answer was handed out.
    ///
    /// # Errors
    /// As [`next_item`](Self::next_item).
    pub fn wait(&mut self) -> Result<bool, Error> {
        let there = self.step()?;
        if there {
            self.state = State::Held;
        }
        Ok(there)
    }

    /// Stops reading, closes the connection, and returns the machine, whose total is the partial answer.
    pub fn into_machine(self) -> Machine<D> {
        self.machine.into_machine()
    }

    /// Returns whether the end, or the error, was handed out.
    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    pub(crate) fn next_owned(&mut self) -> Result<Option<D::Owned>, Error> {
        Ok(if self.step()? { Some(self.machine.owned()) } else { None })
    }

    /// Moves to the next item; returns `false` after the last item. All methods use it.
    fn step(&mut self) -> Result<bool, Error> {
        match self.state {
            State::Reading => {}
            State::Held => {
                self.state = State::Reading;
                return Ok(true);
            }
            // The machine returns its end again, so an error never becomes a complete end.
            State::Over => return self.machine.advance().map(|_| false),
        }
        if self.link.as_ref().is_some_and(|link| link.is_cancelled()) {
            self.end(End::Cancelled);
        }
        let mut step = self.machine.advance();
        loop {
            match step {
                Ok(Step::Ready) => {
                    self.machine.came(|| self.start.elapsed());
                    return Ok(true);
                }
                Ok(Step::NeedBytes) => step = self.read(),
                Ok(_) => {
                    let reader = self.reader.take();
                    self.over(reader, None);
                    return Ok(false);
                }
                Err(error) => {
                    self.reader = None;
                    self.over(None, Some(&error));
                    return Err(error);
                }
            }
        }
    }

    /// Reads once, passes the bytes to the machine, and moves to the next item.
    fn read(&mut self) -> Result<Step, Error> {
        let start = self.start;
        match self.read_bytes() {
            Some(n) => self.machine.commit_and_advance(n, || start.elapsed()),
            None => self.machine.advance(),
        }
    }

    /// Reads once into the machine's room. Returns how many bytes came, or `None` if the machine got the end.
    fn read_bytes(&mut self) -> Option<usize> {
        let since = self.start.elapsed();
        let until = self.machine.waiting(since);
        if let Some(timeout) = self.machine.check(since) {
            self.end(End::TimedOut(timeout));
            return None;
        }
        if let Some(link) = &self.link {
            link.wait(until);
        }
        loop {
            let Some(reader) = &mut self.reader else {
                self.end(End::Clean);
                return None;
            };
            let read = reader.read(self.machine.room());
            if self.link.as_ref().is_some_and(|link| link.is_cancelled()) {
                self.end(End::Cancelled);
                return None;
            }
            match read {
                Ok(0) => self.end(End::Clean),
                Ok(n) => return Some(n),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if is_timeout(&error) => {
                    // The reader's time limit may differ from that of the call, so the elapsed time decides.
                    let now = self.start.elapsed();
                    let measured = Timeout::new(Phase::IdleBytes, now.saturating_sub(since));
                    self.end(End::TimedOut(self.machine.check(now).unwrap_or(measured)));
                }
                Err(error) => self.end(End::Cut(cause(error))),
            }
            return None;
        }
    }

    fn end(&mut self, how: End) {
        self.reader = None;
        self.machine.end(how);
    }

    fn over(&mut self, reader: Option<R>, error: Option<&Error>) {
        self.state = State::Over;
        self.machine.over(self.start.elapsed(), error);
        if let Some(link) = self.link.take() {
            link.over(reader);
        }
    }
}

impl<D: Dialect, R: Read> Iterator for ItemIter<D, R> {
    type Item = Result<D::Owned, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over() {
            return None;
        }
        self.next_owned().transpose()
    }
}

impl<D: Dialect, R: Read> std::iter::FusedIterator for ItemIter<D, R> {}

impl<D: Dialect, R> fmt::Debug for ItemIter<D, R> {
    /// Shows the progress, and none of the data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("ItemIter");
        f.field("machine", &self.machine).field("state", &self.state).finish_non_exhaustive()
    }
}

fn is_timeout(error: &io::Error) -> bool {
    // A socket with a time limit returns one of the two, depending on the platform.
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// Unwraps an error that was made an I/O error on its way.
fn cause(error: io::Error) -> requesty_core::error::Cause {
    if error.get_ref().is_none() {
        return Arc::new(error);
    }
    error.into_inner().unwrap_or_else(|| "unknown".into()).into()
}
