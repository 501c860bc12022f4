//! The idle limits, on a clock that the tests move.

mod support;

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use http::Response;
use http_body::{Body, Frame};
use http_body_util::StreamBody;
use requesty_hyper::requesty_core::Timeouts;
use requesty_hyper::requesty_core::error::Phase;
use requesty_hyper::{Error, ItemStream, chat};
use support::{Clock, END, body, call, delta, frame};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

fn limits() -> Timeouts {
    Timeouts::default().with_idle_bytes(10 * SECOND).with_idle_progress(30 * SECOND)
}

fn open<B>(body: B) -> ItemStream<chat::ChunkStream, B> {
    ItemStream::open(&call(limits()), Response::new(body), Clock::new())
}

fn phase(error: &Error) -> Option<Phase> {
    match error {
        Error::Timeout(timeout) => Some(timeout.phase()),
        _ => None,
    }
}

/// Some frames at once, then nothing for ever.
fn then_silence(parts: Vec<String>) -> impl Body<Data = Bytes, Error = Infallible> + Unpin + Send {
    StreamBody::new(stream::iter(parts).map(frame).chain(stream::pending()))
}

/// The same frame every so often.
fn every(pause: Duration, text: &'static str) -> impl Body<Data = Bytes, Error = Infallible> + Unpin + Send {
    let frames = stream::repeat(()).then(move |()| async move {
        sleep(pause).await;
        frame(text)
    });
    Box::pin(StreamBody::new(frames))
}

#[tokio::test(start_paused = true)]
async fn silence_times_out_at_its_limit() {
    let mut stream = open(then_silence(vec![delta("a")]));
    assert!(stream.next_item().await.unwrap().is_some());
    let start = Instant::now();
    let error = stream.next_item().await.unwrap_err();
    assert_eq!(phase(&error), Some(Phase::IdleBytes));
    assert_eq!(start.elapsed().as_secs(), 10);
    assert_eq!(stream.finish().await.unwrap_err().partial().text(), "a");
}

#[tokio::test(start_paused = true)]
async fn a_slow_consumer_never_times_out() {
    let parts = ["a", "b", "c"].map(delta).into_iter().chain([END.to_owned()]);
    let mut stream = open(then_silence(parts.collect()));
    while stream.next_item().await.unwrap().is_some() {
        sleep(100 * SECOND).await;
    }

    // Also where each frame must be waited for, and where the wait had begun.
    let frames = stream::iter(["a", "b", "c"]).then(|text| async move {
        sleep(SECOND).await;
        frame(delta(text))
    });
    let mut stream = open(Box::pin(StreamBody::new(frames.chain(stream::iter([frame(END)])))));
    while stream.next_item().await.unwrap().is_some() {
        assert!(stream.next_item().now_or_never().is_none_or(|item| item.unwrap().is_some()));
        sleep(3 * SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn waits_made_anew_time_out_all_the_same() {
    let mut stream = open(then_silence(vec![delta("a")]));
    stream.next_item().await.unwrap();
    let start = Instant::now();
    let error = loop {
        tokio::select! {
            item = stream.next_item() => break item.unwrap_err(),
            () = sleep(SECOND) => assert!(start.elapsed() < 20 * SECOND),
        }
    };
    assert_eq!(phase(&error), Some(Phase::IdleBytes));
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn keep_alives_hold_off_one_limit_and_not_the_other() {
    let mut stream = open(every(4 * SECOND, ": keep-alive\n\n"));
    let start = Instant::now();
    let error = stream.next_item().await.unwrap_err();
    assert_eq!(phase(&error), Some(Phase::IdleProgress));
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn items_hold_off_both_limits() {
    let text = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";
    let mut stream = open(every(9 * SECOND, text));
    for _ in 0..20 {
        assert!(stream.next_item().await.unwrap().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn one_alarm_for_many_frames() {
    let clock = Clock::new();
    let frames = stream::iter(0..90).then(|number: i32| async move {
        sleep(SECOND / 10).await;
        frame(delta(&number.to_string()))
    });
    let body = Box::pin(StreamBody::new(frames.chain(stream::iter([frame(END)]))));
    let mut stream = ItemStream::open(&call(limits()), Response::new(body), clock.clone());
    while stream.next_item().await.unwrap().is_some() {}
    assert_eq!(clock.alarms.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn no_limit_is_no_alarm() {
    let clock = Clock::new();
    let none = Timeouts::default().with_idle_bytes(None).with_idle_progress(None);
    let body = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>());
    let mut stream = ItemStream::open(&call(none), Response::new(body), clock.clone());
    tokio::select! {
        _ = stream.next_item() => panic!("nothing comes"),
        () = sleep(100_000 * SECOND) => {}
    }
    assert_eq!(clock.alarms.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn what_came_in_time_counts_even_if_it_is_read_late() {
    let mut stream = open(body([delta("a"), END.to_owned()]));
    sleep(1000 * SECOND).await;
    assert_eq!(stream.next_item().await.unwrap().unwrap().text(), "a");
    assert_eq!(stream.finish().await.unwrap().text(), "a");
}
