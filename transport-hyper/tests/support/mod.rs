//! What the tests share.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http_body::Frame;
use http_body_util::StreamBody;
use requesty_hyper::chat::{Message, Request};
use requesty_hyper::requesty_core::{Limits, Timeouts};
use requesty_hyper::{ApiKey, Call, Policy, Router, Timer, chat};
use requesty_mock::Mock;
use tokio::time::Instant;

pub(crate) const KEY: &str = "rqsty-sk-test";

pub(crate) fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

/// A router that calls the mock, with retries that do not wait long.
pub(crate) fn router(mock: &Mock) -> Router {
    let policy = Policy::new().with_base(ms(1)).with_cap(ms(5));
    Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&mock.base_url()).unwrap().with_policy(policy)
}

pub(crate) fn streamed(mock: &Mock, model: &str) -> Call<chat::Chunks> {
    let messages = [Message::user("What is an LLM gateway?")];
    router(mock).chat_stream(&Request::new(&messages).model(model)).unwrap()
}

pub(crate) fn whole(mock: &Mock, model: &str) -> Call<chat::WholeCompletion> {
    let messages = [Message::user("What is an LLM gateway?")];
    router(mock).chat(&Request::new(&messages).model(model)).unwrap()
}

/// A call that goes nowhere, for bodies made by hand.
pub(crate) fn call(timeouts: Timeouts) -> Call<chat::Chunks> {
    let messages = [Message::user("Hello")];
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_timeouts(timeouts).with_limits(Limits::default());
    router.chat_stream(&Request::new(&messages).model("mock/text")).unwrap()
}

/// tokio's clock, with a count of how often it is read and how many alarms are set.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    pub(crate) reads: AtomicUsize,
    pub(crate) alarms: AtomicUsize,
}

impl Clock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Clock { start: Instant::now(), reads: AtomicUsize::new(0), alarms: AtomicUsize::new(0) })
    }
}

impl Timer for Clock {
    fn now(&self) -> Duration {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.start.elapsed()
    }

    fn sleep_until(&self, at: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.alarms.fetch_add(1, Ordering::Relaxed);
        Box::pin(tokio::time::sleep_until(self.start + at))
    }
}

/// An event with one delta.
pub(crate) fn delta(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

/// The events that end an answer.
pub(crate) const END: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

pub(crate) fn frame(text: impl Into<String>) -> Result<Frame<Bytes>, Infallible> {
    Ok(Frame::data(Bytes::from(text.into())))
}

pub(crate) fn body<T: Into<String>>(
    parts: impl IntoIterator<Item = T>,
) -> StreamBody<impl Stream<Item = Result<Frame<Bytes>, Infallible>> + Send + Unpin> {
    let frames: Vec<_> = parts.into_iter().map(frame).collect();
    StreamBody::new(stream::iter(frames))
}
