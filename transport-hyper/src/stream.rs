//! The driver: it reads a body into the machine of a call, and hands out the items.

mod owned;
mod relay;
mod texts;

use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Buf;
use http::Response;
use http_body::Body;

use requesty_core::error::{Cause, Timeout};
use requesty_core::observe::{Observers, Timings};
use requesty_core::reply::Observed;
use requesty_core::{Call, Dialect, End, Error, Head, Incomplete, Machine, Reply, Step};
pub use texts::{IntoTexts, Texts};

use crate::Timer;
use crate::alarm::Alarm;

/// A reply that is being read: item by item, as a [`Stream`](futures_core::Stream) of owned items, or to its
/// [total](Self::finish).
///
/// ```text
/// body ─▶ frames ─▶ Machine ─┬▶ next_item()   lends: no copy; valid until the next call
///                            ├▶ next_bytes()  where the call relays: the bytes as they came
///                            ├▶ Stream        owned items, for combinators
///                            └▶ finish()      reads the rest; what it all adds up to
/// ```
///
/// * The body is read only when an item is asked for: there is no task, no channel and no thread.
/// * Every wait can be dropped and started again. Nothing is lost, and the idle limits of the call continue.
/// * Only the time spent waiting for the server counts towards the limits, never the time between two calls of a
///   method.
/// * Dropping the stream drops the body, which closes the connection if more bytes would come. When the answer is
///   complete or has failed, the body is dropped at once, even if the server has not ended it. A client of this crate
///   waits up to 5 ms for its end, so that the connection can be used again.
///
/// `B` is any body: that of the client in this crate, that of another client, or a test vector. It must be [`Unpin`];
/// `Box::pin` makes any body so. Without a client of this crate:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use std::{future::Future, pin::Pin, sync::Arc, time::Duration};
/// # struct NoLimits;
/// # impl requesty_hyper::Timer for NoLimits {
/// #     fn now(&self) -> Duration { Duration::ZERO }
/// #     fn sleep_until(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> { Box::pin(std::future::pending()) }
/// # }
/// # let timer = Arc::new(NoLimits);
/// use http_body_util::Full;
/// use requesty_hyper::{ApiKey, ItemStream, Router, chat};
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let messages = [chat::Message::user("Hello")];
/// let call = router.chat_stream(&chat::Request::new(&messages).model("openai/gpt-4o"))?;
///
/// // Any client can send `call.request()`. This is its response.
/// let body: &[u8] = b"data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
/// let response = http::Response::new(Full::new(body));
///
/// let mut stream = ItemStream::open(&call, response, timer);
/// while let Some(chunk) = stream.next_item().await? {
///     print!("{}", chunk.text());
/// }
/// assert_eq!(stream.finish().await?.text(), "Hi");
/// # Ok(())
/// # }
/// ```
#[doc(alias("abort", "cancel"))]
pub struct ItemStream<D: Dialect, B> {
    machine: Observed<D>,
    /// `None` when nothing more is read.
    body: Option<B>,
    timer: Arc<dyn Timer>,
    /// The deadline of the current wait. The inner `None` is a wait without a limit.
    waiting: Option<Option<Duration>>,
    /// The alarm of the current wait. Only `get_mut` accesses it. The lock makes the stream [`Sync`].
    alarm: Mutex<Option<Alarm>>,
    /// Whether the current item was waited for, and not handed out yet.
    held: bool,
    over: Over,
    link: Option<Box<dyn Link>>,
}

/// The connection between a stream and the client of this crate.
pub(crate) trait Link: Send + Sync {
    /// A time limit passed.
    fn timed_out(&self);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    No,
    /// The answer is complete; the body may still end within a short time.
    Settling {
        /// How many bytes may still come.
        left: usize,
    },
    Complete,
    Failed,
}

/// How long a complete answer waits for the end of its body, and how many bytes may still come. The end usually comes
/// in the same packet.
const SETTLE: (Duration, usize) = (Duration::from_millis(5), 512);

/// How many frames are read before other tasks get a turn. A body that always has more would block the thread.
const FRAMES_IN_A_ROW: u32 = 64;

impl<D: Dialect, B> ItemStream<D, B> {
    /// Creates the driver for a machine and the body of the same response.
    ///
    /// The machine must have been opened with a time of the same `timer`, as [`open`](Self::open) does.
    pub fn new(machine: Machine<D>, body: B, timer: Arc<dyn Timer>) -> Self {
        ItemStream {
            machine: Observed::new(machine),
            body: Some(body),
            timer,
            waiting: None,
            alarm: Mutex::default(),
            held: false,
            over: Over::No,
            link: None,
        }
    }

    #[cfg(feature = "hyper")]
    /// Drives a machine over a body of the client.
    pub(crate) fn linked(self, link: Box<dyn Link>) -> Self {
        ItemStream { link: Some(link), ..self }
    }

    /// Reports to observers from now on. At most the first item was read.
    pub(crate) fn observed_by(mut self, observers: Observers) -> Self {
        self.machine.observe(observers);
        match self.over {
            _ if self.held => self.machine.came(|| self.timer.now()),
            Over::No => {}
            _ => self.machine.over(self.timer.now(), None),
        }
        self
    }

    /// Opens the reply to `call`, received by any client.
    pub fn open<R>(call: &Call<R>, response: Response<B>, timer: Arc<dyn Timer>) -> Self
    where
        R: Reply<Dialect = D>,
    {
        let (head, body) = response.into_parts();
        let machine = call.open(head, timer.now());
        ItemStream::new(machine, body, timer)
    }

    /// Returns the status and the headers of the reply.
    pub fn head(&self) -> &Head {
        self.machine.head()
    }

    /// Returns the dialect, which has the sum so far.
    pub fn dialect(&self) -> &D {
        self.machine.dialect()
    }

    /// Returns the times since the start of the call; all are empty if another client received the reply.
    pub fn timings(&self) -> Timings {
        self.machine.timings()
    }

    /// Stops reading, closes the connection, and returns the machine, whose total is the partial answer.
    pub fn into_machine(self) -> Machine<D> {
        self.machine.into_machine()
    }
}

impl<D, B> ItemStream<D, B>
where
    D: Dialect,
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    /// Waits for the next item and lends it until the next call; `None` after a complete answer.
    ///
    /// Dropping the wait loses nothing: call it again.
    ///
    /// # Errors
    /// The error that ended the reply before it was complete; the same error on each later call. So `None` always means
    /// that the answer is whole.
    pub async fn next_item(&mut self) -> Result<Option<D::Item<'_>>, Error> {
        let ready = poll_fn(|cx| self.poll_advance(cx)).await?;
        Ok(ready.then(|| self.machine.item()))
    }

    /// Waits until the next item came, and keeps it for the next call; `false` after a complete answer.
    ///
    /// Use it for a retry loop of your own: until this has returned `true`, no part of the answer was handed out.
    ///
    /// # Errors
    /// As [`next_item`](Self::next_item).
    pub async fn wait(&mut self) -> Result<bool, Error> {
        self.held = poll_fn(|cx| self.poll_advance(cx)).await?;
        Ok(self.held)
    }

    /// Reads the rest and returns the sum of the whole reply, including the items that were handed out before.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial answer, unless the reply is complete.
    #[doc(alias("collect", "final_completion"))]
    pub async fn finish(mut self) -> Result<D::Total, Incomplete<D::Partial>> {
        // The machine keeps the error, and returns it with the partial answer.
        while let Ok(true) = poll_fn(|cx| self.poll_advance(cx)).await {}
        self.machine.into_machine().total()
    }

    /// Moves to the next item. All methods use it; its state is in `self`, so a dropped wait loses nothing.
    fn poll_advance(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        if std::mem::take(&mut self.held) {
            return Poll::Ready(Ok(true));
        }
        match self.over {
            Over::Complete => return Poll::Ready(Ok(false)),
            Over::Settling { left } => return self.poll_settle(cx, left),
            Over::No | Over::Failed => {}
        }
        let mut frames = 0;
        let mut step = self.machine.advance();
        loop {
            match step {
                Ok(Step::Ready) => {
                    self.machine.came(|| self.timer.now());
                    return Poll::Ready(Ok(true));
                }
                Ok(Step::NeedBytes) if self.body.is_some() => {}
                // No more bytes can come, so the body ended too early.
                Ok(Step::NeedBytes) => return Poll::Ready(Err(self.fail(End::Clean.into_error()))),
                Ok(Step::Done) => {
                    self.machine.over(self.timer.now(), None);
                    return self.poll_settle(cx, SETTLE.1);
                }
                Err(error) => return Poll::Ready(Err(self.fail(error))),
            }
            if frames == FRAMES_IN_A_ROW {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            frames += 1;
            step = ready!(self.poll_feed(cx));
        }
    }

    /// Waits a short time for the end of a complete answer's body, if its connection may be used again.
    fn poll_settle(&mut self, cx: &mut Context<'_>, mut left: usize) -> Poll<Result<bool, Error>> {
        let alarm = self.alarm.get_mut().unwrap_or_else(PoisonError::into_inner);
        if self.over == Over::No {
            *alarm = None;
        }
        while let (Some(body), true) = (&mut self.body, self.link.is_some()) {
            match Pin::new(body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => match left.checked_sub(frame.data_ref().map_or(0, Buf::remaining)) {
                    Some(rest) => left = rest,
                    None => break,
                },
                Poll::Ready(_) => break,
                Poll::Pending => {
                    self.over = Over::Settling { left };
                    let timer = &*self.timer;
                    let at = || timer.now().saturating_add(SETTLE.0);
                    ready!(alarm.get_or_insert_with(|| Alarm::new(timer, at())).poll(cx));
                    break;
                }
            }
        }
        self.over = Over::Complete;
        self.body = None;
        Poll::Ready(Ok(false))
    }

    /// Passes the next frame, or the end, to the machine, and moves to the next item.
    fn poll_feed(&mut self, cx: &mut Context<'_>) -> Poll<Result<Step, Error>> {
        if let Some(body) = &mut self.body {
            match Pin::new(body).poll_frame(cx) {
                Poll::Pending => ready!(self.poll_wait(cx)),
                Poll::Ready(Some(Ok(frame))) => {
                    // Trailers have no meaning here.
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(self.feed(data));
                    }
                }
                Poll::Ready(Some(Err(error))) => self.end(End::Cut(Cause::from(error.into()))),
                Poll::Ready(None) => self.end(End::Clean),
            }
        }
        Poll::Ready(self.machine.advance())
    }

    /// Passes the bytes of a frame to the machine, and moves to the next item.
    fn feed(&mut self, mut data: impl Buf) -> Result<Step, Error> {
        if data.has_remaining() {
            self.waiting = None;
        }
        // Nearly every frame is one piece.
        while data.remaining() > data.chunk().len() {
            let length = data.chunk().len();
            self.machine.push(data.chunk(), self.timer.now());
            data.advance(length);
        }
        self.machine.push_and_advance(data.chunk(), || self.timer.now())
    }

    /// Waits for bytes, or until the deadline.
    fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let alarm = self.alarm.get_mut().unwrap_or_else(PoisonError::into_inner);
        // A wait that was dropped and started again is the same wait: the clock is read once, when it starts.
        let deadline = match self.waiting {
            Some(deadline) => deadline,
            None => {
                let now = self.timer.now();
                let deadline = *self.waiting.insert(self.machine.waiting(now));
                // An alarm that cannot have rung yet, and that will wake this task, need not be polled.
                let set = alarm.as_ref().is_some_and(|alarm| alarm.is_set(now, cx));
                if set && deadline.is_some() {
                    return Poll::Pending;
                }
                deadline
            }
        };
        let Some(deadline) = deadline else { return Poll::Pending };
        // An alarm of an earlier wait is kept and may ring too early, because deadlines only move later. So there is
        // one alarm per idle period, and not one per frame.
        loop {
            ready!(alarm.get_or_insert_with(|| Alarm::new(&*self.timer, deadline)).poll(cx));
            *alarm = None;
            if let Some(timeout) = self.machine.check(self.timer.now()) {
                self.time_out(timeout);
                return Poll::Ready(());
            }
        }
    }

    fn time_out(&mut self, timeout: Timeout) {
        if let Some(link) = &self.link {
            link.timed_out();
        }
        self.end(End::TimedOut(timeout));
    }

    fn end(&mut self, how: End) {
        self.machine.end(how);
        self.body = None;
    }

    fn fail(&mut self, error: Error) -> Error {
        // The limit for the whole call may pass without a wait.
        if let (Error::Timeout(_), Some(link)) = (&error, &self.link) {
            link.timed_out();
        }
        self.over = Over::Failed;
        self.body = None;
        self.machine.over(self.timer.now(), Some(&error));
        error
    }
}

impl<D: Dialect, B> fmt::Debug for ItemStream<D, B> {
    /// Shows the progress, and none of the data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("ItemStream");
        f.field("machine", &self.machine).field("over", &self.over);
        f.field("waiting", &self.waiting.is_some()).finish_non_exhaustive()
    }
}
