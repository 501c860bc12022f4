//! One call, as seen by its connection and by other threads: its clocks, whether it is wanted, and what to close if not.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use requesty_core::error::{Phase, Timeout};
use requesty_core::{Deadlines, Timeouts};

/// Cancels calls from another thread.
///
/// A call that waits for its server ends at once, as its connection is shut down, and so does one that waits for its next
/// attempt. Only what the system does not let go of takes longer: looking up a name and opening a connection end at their
/// own limit, [`Timeouts::connect`](requesty_core::Timeouts::connect). A cancelled call ends with
/// [`Error::Cancelled`](requesty_core::Error::Cancelled); what came before is in its partial. The server may bill for what
/// it had made by then.
///
/// # Examples
///
/// ```no_run
/// # fn example(call: requesty_ureq::Call<requesty_ureq::chat::Chunks>) -> Result<(), requesty_ureq::Error> {
/// use requesty_ureq::{CancelHandle, Client};
///
/// let cancel = CancelHandle::new();
/// let client = Client::new().with_cancel(&cancel);
/// std::thread::spawn(move || {
///     std::thread::sleep(std::time::Duration::from_secs(5));
///     cancel.cancel();
/// });
/// let mut stream = client.stream(&call)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[doc(alias("abort", "interrupt"))]
pub struct CancelHandle(Arc<Mutex<Handled>>);

#[derive(Default)]
struct Handled {
    cancelled: bool,
    calls: Vec<Weak<Control>>,
}

impl CancelHandle {
    /// Creates a handle; [`Client::with_cancel`](crate::Client::with_cancel) says which calls it is for.
    pub fn new() -> Self {
        CancelHandle::default()
    }

    /// Cancels every call that the handle is for, those that are going on and those to come.
    pub fn cancel(&self) {
        let calls = {
            let mut handled = lock(&self.0);
            handled.cancelled = true;
            std::mem::take(&mut handled.calls)
        };
        calls.iter().filter_map(Weak::upgrade).for_each(|call| call.cancel());
    }

    /// Returns whether it was used.
    pub fn is_cancelled(&self) -> bool {
        lock(&self.0).cancelled
    }

    pub(crate) fn add(&self, call: &Arc<Control>) {
        let mut handled = lock(&self.0);
        if handled.cancelled {
            call.cancel();
        }
        handled.calls.retain(|call| call.strong_count() > 0);
        handled.calls.push(Arc::downgrade(call));
    }
}

impl fmt::Debug for CancelHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelHandle").field("cancelled", &self.is_cancelled()).finish()
    }
}

/// One call: its clocks, and how others end it.
pub(crate) struct Control {
    /// The start of every clock of the call.
    start: Instant,
    cancelled: AtomicBool,
    state: Mutex<State>,
    /// How many bytes came since the last byte of the body, or since the request was sent.
    barren: AtomicUsize,
    /// Wakes the sleep between two attempts.
    woken: Condvar,
}

struct State {
    clocks: Deadlines,
    /// When the wait for the body that goes on is too long; the outer `None` is before the body.
    body: Option<Option<Duration>>,
    /// The limit that passed.
    timed_out: Option<Timeout>,
    /// Whether a byte of the request may be out.
    written: bool,
    /// The socket that works for the call now: from the moment the call uses it to the one before others may.
    socket: Weak<TcpStream>,
}

impl Control {
    pub(crate) fn new(timeouts: Timeouts) -> Arc<Self> {
        let state = State {
            clocks: Deadlines::new(timeouts, Duration::ZERO),
            body: None,
            timed_out: None,
            written: false,
            socket: Weak::new(),
        };
        Arc::new(Control {
            start: Instant::now(),
            cancelled: AtomicBool::new(false),
            state: Mutex::new(state),
            barren: AtomicUsize::new(0),
            woken: Condvar::new(),
        })
    }

    pub(crate) fn start(&self) -> Instant {
        self.start
    }

    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Starts the clocks of another attempt.
    pub(crate) fn again(&self) {
        let now = self.now();
        let mut state = lock(&self.state);
        state.clocks.again(now);
        (state.body, state.timed_out, state.written, state.socket) = (None, None, false, Weak::new());
        self.fruitful();
    }

    /// Notes that a phase began. Noting the phase that goes on changes nothing: the limit for writing runs on from one part
    /// of the request to the next, until bytes are [taken](Self::wrote).
    pub(crate) fn enter(&self, phase: Phase) {
        let now = self.now();
        let mut state = lock(&self.state);
        if state.clocks.phase() != phase {
            state.clocks.enter(phase, now);
        }
    }

    /// Notes that bytes of the reply are waited for; returns whether its head is still to come.
    pub(crate) fn await_reply(&self) -> bool {
        let now = self.now();
        let mut state = lock(&self.state);
        // Waiting for the head begins once, after the last byte of the request.
        if state.body.is_none() && state.clocks.phase() == Phase::Write {
            state.clocks.enter(Phase::FirstByte, now);
        }
        state.body.is_none()
    }

    /// Notes that a byte of the body came.
    pub(crate) fn fruitful(&self) {
        self.barren.store(0, Ordering::Relaxed);
    }

    /// Notes that bytes came, which need not be of the body; returns how many there were since the last one that was.
    pub(crate) fn received(&self, count: usize) -> usize {
        self.barren.fetch_add(count, Ordering::Relaxed).saturating_add(count)
    }

    /// Notes that bytes were written; those of the request put its clock off.
    pub(crate) fn wrote(&self) {
        let now = self.now();
        let mut state = lock(&self.state);
        if state.clocks.phase() == Phase::Write {
            state.written = true;
            state.clocks.enter(Phase::Write, now);
        }
    }

    /// Notes that the body is waited for from now on, and when that is too long.
    pub(crate) fn wait(&self, until: Option<Duration>) {
        lock(&self.state).body = Some(until);
    }

    pub(crate) fn phase(&self) -> Phase {
        lock(&self.state).clocks.phase()
    }

    pub(crate) fn has_written(&self) -> bool {
        lock(&self.state).written
    }

    pub(crate) fn timed_out(&self) -> Option<Timeout> {
        lock(&self.state).timed_out
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// Returns how long a read or a write may take; `None` is without a limit.
    ///
    /// # Errors
    /// Of the kind [`io::ErrorKind::TimedOut`] where the limit has passed.
    pub(crate) fn remaining(&self) -> io::Result<Option<Duration>> {
        if self.is_cancelled() {
            return Err(io::Error::other("cancelled"));
        }
        let now = self.now();
        let mut state = lock(&self.state);
        let deadline = state.body.unwrap_or_else(|| state.clocks.deadline());
        let Some(deadline) = deadline else { return Ok(None) };
        if now < deadline {
            // Larger ones would overflow the clocks of some platforms.
            return Ok(Some((deadline - now).min(FOREVER)));
        }
        state.timed_out = state.clocks.expired(now);
        Err(io::ErrorKind::TimedOut.into())
    }

    /// Gives other threads the socket to shut down.
    ///
    /// # Errors
    /// Where the call is cancelled already.
    pub(crate) fn attach(&self, socket: &Arc<TcpStream>) -> io::Result<()> {
        lock(&self.state).socket = Arc::downgrade(socket);
        // Whoever cancelled before could not see the socket.
        if self.is_cancelled() { Err(io::Error::other("cancelled")) } else { Ok(()) }
    }

    /// Takes the socket from the other threads: when this returns, no cancelling of this call touches it any more, and it
    /// may serve another. A socket that serves the call meanwhile stays.
    pub(crate) fn detach(&self, socket: &Arc<TcpStream>) {
        let mut state = lock(&self.state);
        if std::ptr::eq(state.socket.as_ptr(), Arc::as_ptr(socket)) {
            state.socket = Weak::new();
        }
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        // Under the lock, so that the socket is not given to another call before it is shut down.
        let state = lock(&self.state);
        if let Some(socket) = state.socket.upgrade() {
            // It may be closed already, which is as well.
            let _ = socket.shutdown(Shutdown::Both);
        }
        drop(state);
        self.woken.notify_all();
    }

    /// Sleeps; `false` if the call was cancelled meanwhile.
    pub(crate) fn sleep(&self, wait: Duration) -> bool {
        let state = lock(&self.state);
        let sleeping = |_: &mut State| !self.is_cancelled();
        let slept = self.woken.wait_timeout_while(state, wait, sleeping);
        drop(slept.unwrap_or_else(PoisonError::into_inner));
        !self.is_cancelled()
    }

    /// Makes the call the one that this thread works for, until the guard is dropped.
    pub(crate) fn serve(self: &Arc<Self>) -> Serving {
        Serving { before: CURRENT.replace(Some(self.clone())) }
    }

    /// Returns the call that this thread works for.
    pub(crate) fn current() -> Option<Arc<Self>> {
        CURRENT.with_borrow(Clone::clone)
    }
}

thread_local! {
    /// ureq does not tell a connector, or a connection from its pool, which call it works for. All that it does for one
    /// until the head is there, it does on the thread that asked.
    static CURRENT: RefCell<Option<Arc<Control>>> = const { RefCell::new(None) };
}

/// See [`Control::serve`].
pub(crate) struct Serving {
    before: Option<Arc<Control>>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        CURRENT.set(self.before.take());
    }
}

/// Ten years.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
