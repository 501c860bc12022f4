//! Bodies that play a plan, and a clock that stands still unless the plan is over without an end.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use requesty_hyper::Timer;

use super::{Ending, Plan, Turn};

/// A body that does what a plan says. Read on after its end, it panics.
#[derive(Debug)]
pub struct Mock<'a> {
    turns: VecDeque<Turn<'a>>,
    ending: Ending,
    over: bool,
    state: Arc<State>,
}

/// What is known of a body from outside.
#[derive(Debug, Default)]
pub struct State {
    /// The body is closed: dropped.
    pub closed: AtomicBool,
    /// Nothing more will ever come.
    silent: AtomicBool,
    /// The clock, in milliseconds.
    now: AtomicU64,
}

impl<'a> Mock<'a> {
    /// Creates a body, and what is known of it from outside.
    pub fn new(plan: &Plan<'a>) -> (Self, Arc<State>) {
        let state = Arc::new(State::default());
        let turns = plan.turns.iter().copied().collect();
        (Mock { turns, ending: plan.ending, over: false, state: state.clone() }, state)
    }

    /// Ends the body once.
    fn end(&mut self) -> Ending {
        assert!(!self.over, "read on after the end");
        self.over = self.ending != Ending::Silent;
        self.ending
    }
}

impl Drop for Mock<'_> {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::Relaxed);
    }
}

impl Body for Mock<'_> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let frame = match self.turns.pop_front() {
            Some(Turn::Wait) => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Turn::Data(data)) => Frame::data(Bytes::copy_from_slice(data)),
            Some(Turn::Empty) => Frame::data(Bytes::new()),
            Some(Turn::Trailers) => Frame::trailers(http::HeaderMap::new()),
            None => {
                return match self.end() {
                    Ending::Clean => Poll::Ready(None),
                    Ending::Broken(kind) => Poll::Ready(Some(Err(kind.into()))),
                    Ending::Silent => {
                        self.state.silent.store(true, Ordering::Relaxed);
                        Poll::Pending
                    }
                };
            }
        };
        Poll::Ready(Some(Ok(frame)))
    }
}

impl Read for Mock<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.turns.pop_front() {
                Some(Turn::Wait) => return Err(ErrorKind::Interrupted.into()),
                Some(Turn::Data(data)) => {
                    let (now, later) = data.split_at(data.len().min(room.len()));
                    room[..now.len()].copy_from_slice(now);
                    if !later.is_empty() {
                        self.turns.push_front(Turn::Data(later));
                    }
                    return Ok(now.len());
                }
                Some(Turn::Empty | Turn::Trailers) => {}
                None => {
                    return match self.end() {
                        Ending::Clean => Ok(0),
                        Ending::Broken(kind) => Err(kind.into()),
                        Ending::Silent => Err(ErrorKind::TimedOut.into()),
                    };
                }
            }
        }
    }
}

/// The clock of a body: it moves, to where the driver waits for it, once nothing more will come.
#[derive(Clone, Debug)]
pub struct Clock(pub Arc<State>);

impl Timer for Clock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.now.load(Ordering::Relaxed))
    }

    fn sleep_until(&self, at: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let state = self.0.clone();
        Box::pin(poll_fn(move |_| {
            if !state.silent.load(Ordering::Relaxed) {
                return Poll::Pending;
            }
            let at = u64::try_from(at.as_millis()).expect("some minutes");
            state.now.fetch_max(at, Ordering::Relaxed);
            Poll::Ready(())
        }))
    }
}
