//! The driver: reads bytes when the machine wants them, and hands out what it makes of them.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use requesty_core::error::{Phase, Timeout};
use requesty_core::observe::{Observers, Timings};
use requesty_core::reply::Observed;
use requesty_core::reply::{Dialect, End, Step};
use requesty_core::{Call, Error, Head, Incomplete, Machine, Reply, http};

/// The items of one reply, read from `R` as they are asked for.
///
/// Two ways to read, which may be mixed: [`next_item`](Self::next_item) lends each item without copying it; as an
/// [`Iterator`] it gives items of their own. Both end with `None` after a complete answer; any other end is an error, after
/// which the iterator is over. What came before an error is in the partial that [`finish`](Self::finish) returns.
///
/// Nothing is read ahead, and dropping it closes the connection. Once the answer has ended, the reader is dropped at once;
/// the client of this crate gives the body a few milliseconds to end too, as its connection can be used again then.
///
/// # Time limits
///
/// The clock only runs while a read blocks: a caller that takes its time between two items never causes a time-out. A
/// read in progress cannot be interrupted from here, so limits are checked between reads. The client of this crate sets
/// limits on the socket itself; with a reader of your own, set its read time-out to the call's
/// [`idle_bytes`](requesty_core::Timeouts::idle_bytes).
///
/// # Examples
///
/// Any HTTP library will do, here none at all:
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
    /// `None` once the body has ended, or does not matter any more.
    reader: Option<R>,
    start: Instant,
    state: State,
    link: Option<Box<dyn Link<R>>>,
}

/// What the client of this crate knows of the reader that it gave.
pub(crate) trait Link<R>: Send + Sync {
    /// The next read is over at that time, by the clock of the call.
    fn wait(&self, until: Option<Duration>);

    /// Returns whether another thread ended the call.
    fn is_cancelled(&self) -> bool;

    /// The call is over. The reader comes along where the answer was complete: its connection may be of use to others.
    fn over(&self, reader: Option<R>);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reading,
    /// The next item is there, and not handed out yet.
    Held,
    Over,
}

impl<D: Dialect, R: Read> ItemIter<D, R> {
    /// Reads the reply to `call`, given the head that it came with and a reader of its body.
    ///
    /// The reader must undo the transfer coding (chunks, length) and fail where the body is cut short. It must not undo
    /// anything else: a call asks for no content coding. The status may be any; an error reply becomes an error of the
    /// first [`next_item`](Self::next_item).
    pub fn open<C: Reply<Dialect = D>>(call: &Call<C>, head: http::response::Parts, reader: R) -> Self {
        ItemIter::new(call.open(head, Duration::ZERO), reader)
    }

    /// Drives a machine that [`Call::open`] has made, with a `now` of [`Duration::ZERO`].
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
    /// Drives a machine over a reader of the client's; `start` is that of the machine's clock.
    pub(crate) fn linked(machine: Machine<D>, reader: R, start: Instant, link: Box<dyn Link<R>>) -> Self {
        ItemIter { start, link: Some(link), ..ItemIter::new(machine, reader) }
    }

    #[cfg(feature = "ureq")]
    /// Lets others look on from here. There is at most the first item.
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
    /// Call it again after every item. After `None` it is always `None`.
    ///
    /// # Errors
    /// Whatever ended the reply before it was complete; calling again gives the same error. So `None` always means that
    /// the answer is whole.
    pub fn next_item(&mut self) -> Result<Option<D::Item<'_>>, Error> {
        Ok(if self.step()? { Some(self.machine.item()) } else { None })
    }

    /// Reads the rest and returns what the whole reply adds up to, the items handed out before included.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial, unless the reply came to a complete end.
    #[doc(alias("collect", "final_completion"))]
    pub fn finish(mut self) -> Result<D::Total, Incomplete<D::Partial>> {
        // The machine keeps the error, and gives it together with the partial.
        while let Ok(true) = self.step() {}
        self.machine.into_machine().total()
    }

    /// Returns status and headers of the reply.
    pub fn head(&self) -> &Head {
        self.machine.head()
    }

    /// Returns how long it took so far from the start of the call; all blank where the reply came by another client.
    pub fn timings(&self) -> Timings {
        self.machine.timings()
    }

    /// Returns the dialect, to look at what the items so far add up to.
    pub fn dialect(&self) -> &D {
        self.machine.dialect()
    }

    /// Waits until the next item is there, and keeps it for the next call; `false` after a complete answer.
    ///
    /// For a retry loop of your own: as long as this has not returned `true`, nothing of the answer was handed out.
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

    /// Stops reading where it is, closes the connection, and returns the machine: its total is the partial answer.
    pub fn into_machine(self) -> Machine<D> {
        self.machine.into_machine()
    }

    /// Returns whether the end, or the error, was handed out.
    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// The one primitive: moves to the next item; `false` when there is none.
    fn step(&mut self) -> Result<bool, Error> {
        match self.state {
            State::Reading => {}
            State::Held => {
                self.state = State::Reading;
                return Ok(true);
            }
            // The machine says again how it ended: an error never turns into an end.
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

    /// Reads once, gives the machine what came, and moves to the next item.
    fn read(&mut self) -> Result<Step, Error> {
        let start = self.start;
        match self.read_bytes() {
            Some(n) => self.machine.commit_and_advance(n, || start.elapsed()),
            None => self.machine.advance(),
        }
    }

    /// Reads once into the machine's room; returns how many bytes came, or `None` where the machine was given the end.
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
                    // The reader's limit need not be the call's: then it is known only by how long it took.
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
        match self.step() {
            Ok(true) => Some(Ok(self.machine.owned())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl<D: Dialect, R: Read> std::iter::FusedIterator for ItemIter<D, R> {}

impl<D: Dialect, R> fmt::Debug for ItemIter<D, R> {
    /// Shows how far it is; nothing of what was read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("ItemIter");
        f.field("machine", &self.machine).field("state", &self.state).finish_non_exhaustive()
    }
}

fn is_timeout(error: &io::Error) -> bool {
    // A socket with a time limit reports either, by platform.
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// An error that was made an I/O error on its way is the cause itself.
fn cause(error: io::Error) -> requesty_core::error::Cause {
    if error.get_ref().is_none() {
        return Arc::new(error);
    }
    error.into_inner().unwrap_or_else(|| "unknown".into()).into()
}
