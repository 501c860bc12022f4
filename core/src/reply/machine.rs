//! The machine that reads the reply to one call: it decides what the body is, and calls the dialect.
//!
//! ```text
//! head ─▶ error status ──────────▶ collect the error body ─▶ Err(Api)
//!    └──▶ success ─▶ first byte ─┬▶ `<`         a page ─────▶ Err(Unexpected)
//!                                ├▶ `{` or `[`  one value ──▶ an error? Err(Api) : the dialect, whole
//!                                └▶ else        events ─────▶ the dialect, as they come
//! ```
//!
//! If the first byte decides, the declared media type does not count: some servers label streams as text, and error
//! objects as streams.

mod end;
mod failure;
mod recorded;
mod summary;

use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::Error;
use crate::head::Head;
use crate::json::{MARK, unmarked};
use crate::limits::{Limit, Timeout, TooLarge};
use crate::record::Tape;
use crate::reply::{Context, Dialect, End, Liveness, Media, Step};

/// Reads the reply to one call.
///
/// A transport does only this:
///
/// ```text
/// loop: advance ─▶ Ready      hand out item() or owned()
///                  NeedBytes  waiting(now); read; then commit/push(…, now), or end; or push_and_advance(…, clock)
///                  Done, Err  over
/// ```
pub struct Machine<D: Dialect> {
    context: Context,
    state: State,
    dialect: D,
    /// Bytes that are read whole: an error reply, a JSON reply, or the bytes before it is known what the body is.
    collected: Vec<u8>,
    /// How many bytes of `collected` are filled.
    filled: usize,
    /// How many of those bytes were examined, and decide nothing.
    sniffed: usize,
    liveness: Liveness,
    error: Option<Error>,
    items: u64,
    tape: Option<Box<Tape>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No byte has come yet that decides what the body is.
    Sniffing,
    /// Reading an error reply, up to its limit.
    ErrorBody,
    /// Reading an HTML page, up to the same limit.
    Page,
    /// Reading one JSON value.
    Json,
    /// The dialect reads the body.
    Dialect,
    /// The call failed with the error in `error`.
    Failed,
}

/// The smallest room that is offered for reading, in bytes.
const ROOM: usize = 4 * 1024;

impl<D: Dialect> Machine<D> {
    pub(crate) fn new(context: Context, dialect: D, liveness: Liveness) -> Self {
        let mut machine = Machine {
            state: State::Sniffing,
            dialect,
            collected: Vec::new(),
            filled: 0,
            sniffed: 0,
            liveness,
            error: None,
            items: 0,
            tape: None,
            context,
        };
        let head = &machine.context.head;
        if !head.status().is_success() {
            machine.state = State::ErrorBody;
        } else if let Some(encoding) = head.encoding() {
            let hint = format!("content-encoding {encoding}, though none was asked for");
            machine.fail_unexpected(Some(hint));
        } else if D::MEDIA == Media::Bytes {
            // Raw bytes may begin with any byte, so here only the declared media type decides.
            machine.state = match head.media_type() {
                Some(media) if media.ends_with("json") => State::Json,
                Some(media) if media == "text/html" => State::Page,
                _ => State::Dialect,
            };
        }
        machine
    }

    /// Returns the status and the headers of the reply.
    pub fn head(&self) -> &Head {
        &self.context.head
    }

    /// Returns initialised room to read body bytes into. It is empty only after the end of a reply that is one value.
    pub fn room(&mut self) -> &mut [u8] {
        if self.state == State::Dialect {
            return self.dialect.room();
        }
        let wanted = self.filled + ROOM;
        if self.collected.len() < wanted {
            let doubled = self.collected.len().saturating_mul(2);
            self.collected.resize(wanted.max(doubled), 0);
        }
        self.collected.get_mut(self.filled..).unwrap_or_default()
    }

    /// Accepts the first `n` bytes of the room as read; `now` is the time at which they came.
    pub fn commit(&mut self, n: usize, now: Duration) {
        self.tape_room(n, now);
        if n > 0 {
            self.liveness.on_bytes(now);
        }
        self.read(n);
    }

    /// Does the same as [`push_and_advance`](Self::push_and_advance), for the first `n` bytes of the room.
    ///
    /// # Errors
    /// As [`advance`](Self::advance).
    pub fn commit_and_advance(&mut self, n: usize, mut clock: impl FnMut() -> Duration) -> Result<Step, Error> {
        if self.tape.is_some() {
            self.tape_room(n, clock());
        }
        self.read(n);
        self.advance_after(n > 0, clock)
    }

    fn read(&mut self, n: usize) {
        if self.state == State::Dialect {
            self.dialect.commit(n);
        } else {
            self.filled = self.filled.saturating_add(n).min(self.collected.len());
        }
    }

    /// Accepts bytes by copying them once; `now` is the time at which they came.
    pub fn push(&mut self, bytes: &[u8], now: Duration) {
        self.tape_bytes(bytes, now);
        if !bytes.is_empty() {
            self.liveness.on_bytes(now);
        }
        self.take(bytes);
    }

    /// Accepts bytes by copying them once, and moves to the next item. It reads the clock only if the time matters: if
    /// the bytes are no progress, or if the call has a limit for its [whole duration](crate::Timeouts::total). If that
    /// limit passed, the reply ends here.
    ///
    /// # Errors
    /// As [`advance`](Self::advance).
    pub fn push_and_advance(&mut self, bytes: &[u8], mut clock: impl FnMut() -> Duration) -> Result<Step, Error> {
        if self.tape.is_some() {
            self.tape_bytes(bytes, clock());
        }
        self.take(bytes);
        self.advance_after(!bytes.is_empty(), clock)
    }

    #[inline]
    fn advance_after(&mut self, came: bool, mut clock: impl FnMut() -> Duration) -> Result<Step, Error> {
        if came {
            self.liveness.on_bytes_untimed();
        }
        if self.liveness.has_total() {
            let now = clock();
            if came {
                self.liveness.on_bytes(now);
            }
            if let Some(timeout) = self.check(now) {
                self.end(End::TimedOut(timeout));
            }
        }
        let step = self.advance();
        if self.liveness.is_untimed() {
            self.liveness.on_bytes(clock());
        }
        step
    }

    fn take(&mut self, bytes: &[u8]) {
        if self.state == State::Dialect || self.begins_events(bytes) {
            self.dialect.push(bytes);
        } else {
            self.collected.truncate(self.filled);
            self.collected.extend_from_slice(bytes);
            self.filled = self.collected.len();
        }
    }

    /// Decides by the first byte of a body that begins with the name of a field, as events mostly do: such a body need
    /// not be collected.
    #[cold]
    fn begins_events(&mut self, bytes: &[u8]) -> bool {
        let is_first = self.state == State::Sniffing && self.filled == 0 && D::MEDIA == Media::Events;
        let begins = is_first && bytes.first().is_some_and(u8::is_ascii_lowercase);
        if begins {
            self.state = State::Dialect;
        }
        begins
    }

    /// Notes that the caller waits for bytes from `now` on. A second call before bytes come changes nothing, so a wait
    /// that is dropped and started again does not reset the clock.
    ///
    /// Returns the deadline of the wait, by the same clock as `now`: at that time, call [`check`](Self::check). `None`
    /// if there is no limit.
    pub fn waiting(&mut self, now: Duration) -> Option<Duration> {
        self.liveness.on_wait(now);
        self.liveness.deadline()
    }

    /// Returns the time limit that passed, if one did; the caller then passes it to [`end`](Self::end).
    ///
    /// The limit for the whole call can pass while bytes come without a wait, so a driver also calls this before it
    /// reads.
    pub fn check(&self, now: Duration) -> Option<Timeout> {
        self.liveness.expired(now)
    }

    /// Moves to the next item and drops the current one.
    ///
    /// Call it again after [`Step::Ready`] when the item is no longer needed, and after [`Step::NeedBytes`] when bytes
    /// or the end came.
    ///
    /// # Errors
    /// The error that ended the reply before it was complete; the same error on each later call.
    #[inline(always)]
    pub fn advance(&mut self) -> Result<Step, Error> {
        if self.state != State::Dialect && !self.decide()? {
            return Ok(Step::NeedBytes);
        }
        // Most calls, if the bytes come in small pieces.
        if self.dialect.is_starved() {
            return Ok(Step::NeedBytes);
        }
        self.advance_dialect()
    }

    /// Moves to the next item of the dialect.
    #[inline]
    fn advance_dialect(&mut self) -> Result<Step, Error> {
        match self.dialect.advance() {
            Ok(Step::Ready) => {
                self.items += 1;
                if self.dialect.progressed() {
                    self.liveness.on_progress();
                }
                Ok(Step::Ready)
            }
            Err(error) => Err(self.explained(error)),
            step => step,
        }
    }

    /// Decides what the reply is; returns whether the dialect reads it.
    #[cold]
    #[inline(never)]
    fn decide(&mut self) -> Result<bool, Error> {
        loop {
            match self.state {
                State::Sniffing => match self.sniff() {
                    Some(state) => self.enter(state),
                    None => return Ok(false),
                },
                State::ErrorBody if self.filled >= self.context.limits.error_body => self.fail_with_reply(),
                State::Page if self.filled >= self.context.limits.error_body => self.fail_with_page(),
                State::Json if self.filled > self.context.limits.reply => {
                    self.fail(TooLarge { what: Limit::Reply, limit: self.context.limits.reply }.into());
                }
                State::ErrorBody | State::Page | State::Json => return Ok(false),
                State::Dialect => return Ok(true),
                State::Failed => return Err(self.failure()),
            }
        }
    }

    /// Returns the item of the last [`Step::Ready`]. It changes nothing.
    pub fn item(&self) -> D::Item<'_> {
        self.dialect.item()
    }

    /// Returns the item of the last [`Step::Ready`] as an owned value. Call it instead of `item`, or after it.
    pub fn owned(&mut self) -> D::Owned {
        self.dialect.owned()
    }

    /// Returns how many events were not valid JSON and were read after they were mended; see
    /// [`Protocol::MENDS`](crate::reply::Protocol::MENDS). More than 0 means that a server writes invalid JSON.
    pub fn mended(&self) -> u64 {
        self.dialect.mended()
    }

    /// Returns the dialect, which has the sum so far.
    pub fn dialect(&self) -> &D {
        &self.dialect
    }

    /// Decides by the first byte that is neither white space nor part of a byte order mark.
    fn sniff(&mut self) -> Option<State> {
        let bytes = self.collected.get(..self.filled)?;
        if MARK.starts_with(bytes) {
            return None;
        }
        let unseen = bytes.get(self.sniffed..)?;
        let text = if self.sniffed == 0 { unmarked(unseen) } else { unseen }.trim_ascii_start();
        self.sniffed = bytes.len() - text.len();
        match text.first() {
            Some(b'<') => Some(State::Page),
            Some(_) if D::MEDIA == Media::Json => Some(State::Json),
            Some(b'{' | b'[') => Some(State::Json),
            Some(_) => Some(State::Dialect),
            // No more white space is kept than bytes of an error.
            None if bytes.len() >= self.context.limits.error_body => {
                Some(if D::MEDIA == Media::Json { State::Json } else { State::Dialect })
            }
            None => None,
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        if state == State::Dialect {
            let collected = std::mem::take(&mut self.collected);
            self.dialect.push(collected.get(..self.filled).unwrap_or_default());
            self.filled = 0;
        }
    }
}

impl<D: Dialect> fmt::Debug for Machine<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status: StatusCode = self.context.head.status();
        let mut f = f.debug_struct("Machine");
        f.field("status", &status).field("state", &self.state).field("items", &self.items);
        f.field("error", &self.error).finish_non_exhaustive()
    }
}
