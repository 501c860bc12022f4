//! The driver and the retries over another client, here reqwest.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use requesty_hyper::error::{Phase, TransportError};
use requesty_hyper::{Call, Error, ItemStream, Timer, chat, stream_over};
use requesty_mock::{Mock, Reply, Script};
use tokio::time::Instant;

struct Clock(Instant);

impl Timer for Clock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep_until(&self, at: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep_until(self.0 + at))
    }
}

type Stream = ItemStream<<chat::Chunks as requesty_hyper::Reply>::Dialect, reqwest::Body>;

async fn open(call: &Call<chat::Chunks>) -> Result<Stream, Error> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let send = async |request: http::Request<Bytes>| {
        let failed = |error: reqwest::Error| match error.is_connect() {
            true => TransportError::new(Phase::Connect, false, error),
            false => TransportError::new(Phase::FirstByte, true, error),
        };
        Ok(client.execute(request.try_into().map_err(failed)?).await.map_err(failed)?.into())
    };
    stream_over(call, Arc::new(Clock(Instant::now())), send).await
}

fn call(mock: &Mock) -> Call<chat::Chunks> {
    mock.router().chat_stream(&chat::Request::user("Hello").model("openai/gpt-4o-mini")).unwrap()
}

fn busy() -> Reply {
    Reply::status(503).header("retry-after-ms", "1")
}

#[tokio::test]
async fn a_failure_is_tried_again_until_the_first_item() {
    let mock = Mock::start().unwrap();
    mock.reply(busy());
    mock.reply(busy());
    mock.reply(Reply::text(["Hi", "!"]));
    // It can be sent to another thread, and the stream comes back.
    let call_sent = call(&mock);
    let mut stream = tokio::spawn(async move { open(&call_sent).await }).await.unwrap().unwrap();
    assert_eq!(stream.next_item().await.unwrap().unwrap().text(), "Hi");
    assert_eq!((stream.timings().attempts, stream.timings().first_item.is_some()), (3, true));
    assert_eq!(stream.finish().await.unwrap().text(), "Hi!");
    let bodies: Vec<Bytes> = mock.requests().into_iter().map(|request| request.body).collect();
    assert!(bodies.len() == 3 && bodies[0] == bodies[2]);

    // As often as the policy says.
    mock.clear();
    for _ in 0..3 {
        mock.reply(busy());
    }
    let error = open(&call(&mock).with_max_retries(1)).await.unwrap_err();
    assert_eq!((error.status().map(|status| status.as_u16()), mock.requests().len()), (Some(503), 2));
}

#[tokio::test]
async fn what_is_cut_after_the_first_item_is_an_error_and_is_not_tried_again() {
    let mock = Mock::start().unwrap();
    mock.reply(Reply::cut_after("H"));
    let mut stream = open(&call(&mock)).await.unwrap();
    assert_eq!(stream.next_item().await.unwrap().unwrap().text(), "H");
    stream.next_item().await.map(|_| ()).unwrap_err();
    assert_eq!((stream.finish().await.unwrap_err().partial().text(), mock.requests().len()), ("H".into(), 1));
}

#[tokio::test]
async fn the_limits_of_the_call_hold() {
    let mock = Mock::start().unwrap();
    let limited = call(&mock).change_timeouts(|limits| {
        limits.with_first_byte(Duration::from_millis(300)).with_idle_bytes(Duration::from_millis(300))
    });
    mock.reply(Script::sse().head_after(Duration::from_secs(60)));
    let error = open(&limited).await.unwrap_err();
    assert!(matches!(&error, Error::Timeout(timeout) if timeout.phase() == Phase::FirstByte), "{error:?}");
    mock.reply(Reply::stall_after("H"));
    let mut stream = open(&limited).await.unwrap();
    stream.next_item().await.unwrap();
    let error = stream.next_item().await.map(|_| ()).unwrap_err();
    assert!(matches!(&error, Error::Timeout(timeout) if timeout.phase() == Phase::IdleBytes), "{error:?}");
}

#[tokio::test]
async fn where_nothing_listens_it_is_tried_again() {
    let mock = Mock::start().unwrap();
    let call = call(&mock).with_max_retries(1);
    drop(mock);
    let start = Instant::now();
    let error = open(&call).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.phase() == Phase::Connect), "{error:?}");
    // The first wait of the default policy, less its jitter.
    assert!(start.elapsed() > Duration::from_millis(200));
}
