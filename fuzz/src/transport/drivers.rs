//! A plan, played to the core alone and through each driver.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use std::future::Future;

use futures_core::Stream;
use requesty_core::error::{Phase, Timeout};
use requesty_core::http::{Response, response::Parts};
use requesty_core::{Call, Dialect, End, Error, Incomplete, Reply, Step, Timeouts};
use requesty_hyper::ItemStream;
use requesty_ureq::ItemIter;

use super::mock::{Clock, Mock};
use super::{Ending, Plan, Shown};

/// The limit that a silent body runs into.
const IDLE: Duration = Duration::from_secs(60);

/// What came of a plan.
#[derive(Debug)]
pub struct Driven<D: Dialect> {
    /// The items that were handed out, shown.
    pub items: Vec<String>,
    /// What they add up to.
    pub total: Result<D::Total, Incomplete<D::Partial>>,
}

/// How the items are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Each is lent.
    Lend,
    /// Each is waited for, and then lent.
    Wait,
    /// Each becomes a value of its own.
    Own,
    /// So many are lent, and the rest is only added up.
    Finish(u8),
}

impl Manner {
    pub(super) fn read(byte: u8) -> Self {
        match byte % 8 {
            0..=2 => Manner::Lend,
            3 => Manner::Wait,
            4 | 5 => Manner::Own,
            _ => Manner::Finish(byte >> 3),
        }
    }

    /// Returns whether not all items are handed out.
    pub fn leaves_early(self) -> bool {
        matches!(self, Manner::Finish(_))
    }

    fn is_enough(self, items: &[String]) -> bool {
        matches!(self, Manner::Finish(enough) if items.len() >= usize::from(enough))
    }
}

/// Returns the call with the limits that a silent body runs into.
pub fn with_limits<R: Reply>(call: &Call<R>) -> Call<R> {
    call.clone().with_timeouts(Timeouts::default().with_idle_bytes(IDLE).with_idle_progress(None))
}

/// Shows an error, without how long a wait was: a clock of its own measures it in one of the drivers.
pub fn shown(error: &Error) -> String {
    match error {
        Error::Timeout(timeout) => format!("timeout {:?}", timeout.phase()),
        error => format!("{error:?} {error}"),
    }
}

/// Gives the core the body in one piece.
pub fn core<R: Reply>(call: &Call<R>, head: Parts, plan: &Plan<'_>) -> Driven<R::Dialect>
where
    R::Dialect: Shown,
{
    let mut machine = call.open(head, Duration::ZERO);
    let body = plan.body();
    let mut pieces = Some(&body[..]).filter(|body| !body.is_empty()).into_iter();
    let mut items = Vec::new();
    loop {
        match machine.advance() {
            Ok(Step::Ready) => items.push(R::Dialect::show(&machine.item())),
            Ok(Step::NeedBytes) => match (pieces.next(), plan.ending) {
                (Some(piece), _) => machine.push(piece, Duration::ZERO),
                (None, Ending::Clean) => machine.end(End::Clean),
                (None, Ending::Broken(kind)) => machine.end(End::Cut(Arc::new(std::io::Error::from(kind)))),
                (None, Ending::Silent) => machine.end(End::TimedOut(Timeout::new(Phase::IdleBytes, IDLE))),
            },
            Ok(Step::Done) | Err(_) => return Driven { items, total: machine.total() },
        }
    }
}

/// Drives a mock body by the async driver. Each wait that is pending is dropped and made anew.
///
/// # Panics
/// Where the driver waits for ever, keeps the body after the end, or does not stay at the end.
pub fn hyper<R: Reply>(call: &Call<R>, head: Parts, plan: &Plan<'_>, manner: Manner) -> Driven<R::Dialect>
where
    R::Dialect: Shown,
{
    let (body, state) = Mock::new(plan);
    let mut stream = ItemStream::open(call, Response::from_parts(head, body), Arc::new(Clock(state.clone())));
    let cx = &mut Context::from_waker(Waker::noop());
    let mut items = Vec::new();
    let mut polls = plan.turns.len() + 16;
    while !manner.is_enough(&items) {
        let polled = match manner {
            Manner::Own => match Pin::new(&mut stream).poll_next(cx) {
                Poll::Ready(Some(Ok(item))) => Poll::Ready(Ok(Some(R::Dialect::show_owned(&item)))),
                Poll::Ready(Some(Err(error))) => Poll::Ready(Err(error)),
                Poll::Ready(None) => Poll::Ready(Ok(None)),
                Poll::Pending => Poll::Pending,
            },
            Manner::Wait => {
                let ready = pin!(stream.wait()).poll(cx);
                match ready {
                    // It is there now, so it does not have to be waited for.
                    Poll::Ready(Ok(true)) => lend(&mut stream, cx),
                    Poll::Ready(ready) => Poll::Ready(ready.map(|_| None)),
                    Poll::Pending => Poll::Pending,
                }
            }
            Manner::Lend | Manner::Finish(_) => lend(&mut stream, cx),
        };
        match polled {
            Poll::Ready(Ok(Some(item))) => items.push(item),
            Poll::Ready(Ok(None)) => {
                assert!(matches!(lend(&mut stream, cx), Poll::Ready(Ok(None))), "an item after the end");
                assert!(state.closed.load(Ordering::Relaxed), "complete, and the body is open");
                break;
            }
            Poll::Ready(Err(error)) => {
                let Poll::Ready(Err(again)) = lend(&mut stream, cx) else { panic!("an error became an end") };
                assert_eq!(shown(&again), shown(&error));
                assert!(matches!(Pin::new(&mut stream).poll_next(cx), Poll::Ready(None)), "it is not over");
                assert!(state.closed.load(Ordering::Relaxed), "failed, and the body is open");
                break;
            }
            Poll::Pending => polls = polls.checked_sub(1).expect("it waits for ever"),
        }
    }
    let mut finish = pin!(stream.finish());
    loop {
        match finish.as_mut().poll(cx) {
            Poll::Ready(total) => return Driven { items, total },
            Poll::Pending => polls = polls.checked_sub(1).expect("it waits for ever"),
        }
    }
}

fn lend<D: Shown>(stream: &mut ItemStream<D, Mock<'_>>, cx: &mut Context<'_>) -> Poll<Result<Option<String>, Error>> {
    let polled = pin!(stream.next_item()).poll(cx);
    polled.map_ok(|item| item.map(|item| D::show(&item)))
}

/// Drives a mock reader by the blocking driver.
///
/// # Panics
/// Where the driver keeps the reader after the end, or does not stay at the end.
pub fn ureq<R: Reply>(call: &Call<R>, head: Parts, plan: &Plan<'_>, manner: Manner) -> Driven<R::Dialect>
where
    R::Dialect: Shown,
{
    let (reader, state) = Mock::new(plan);
    let mut stream = ItemIter::open(call, head, reader);
    let mut items = Vec::new();
    while !manner.is_enough(&items) {
        let taken = match manner {
            Manner::Own => stream.next().transpose().map(|item| item.map(|item| R::Dialect::show_owned(&item))),
            Manner::Wait => match stream.wait() {
                Ok(true) => read(&mut stream),
                there => there.map(|_| None),
            },
            Manner::Lend | Manner::Finish(_) => read(&mut stream),
        };
        match taken {
            Ok(Some(item)) => items.push(item),
            Ok(None) => {
                assert!(matches!(read(&mut stream), Ok(None)), "an item after the end");
                assert!(state.closed.load(Ordering::Relaxed), "complete, and the reader is open");
                break;
            }
            Err(error) => {
                let again = read(&mut stream).expect_err("an error became an end");
                assert_eq!(shown(&again), shown(&error));
                assert!(stream.next().is_none(), "it is not over");
                assert!(state.closed.load(Ordering::Relaxed), "failed, and the reader is open");
                break;
            }
        }
    }
    Driven { items, total: stream.finish() }
}

fn read<D: Shown>(stream: &mut ItemIter<D, Mock<'_>>) -> Result<Option<String>, Error> {
    Ok(stream.next_item()?.map(|item| D::show(&item)))
}
