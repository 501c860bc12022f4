//! Streams over another HTTP client: its requests, its bodies, and the retries of this crate.

use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;

use requesty_core::error::{Phase, Timeout, TransportError};
use requesty_core::retry::Attempts;
use requesty_core::{Call, Deadlines, Error, Reply};

use crate::{ItemStream, Timer};

/// Sends a call by any HTTP client, and returns its reply when the first item is there, which is then handed out first.
///
/// `send` sends one request and waits for the head of its response. It is called once per attempt, as the call's policy says,
/// until the first item is there, and never after it. This is all that a program needs which has a client of its own: reqwest,
/// or one behind layers of tower, or a test.
///
/// ```text
/// Call ──request()──▶ send ──▶ Response<B> ──▶ ItemStream ──▶ its first item
///            ▲                     │
///            └── sleep ◀── failed ─┘   as the policy says
/// ```
///
/// # Limits
///
/// Connecting is the client's own, and so is its limit. Waiting for the head counts against
/// [`first_byte`](requesty_core::Timeouts::first_byte), connecting included; the idle limits and the limit of the whole call
/// hold as they do with the client of this crate. The client must follow no redirect, which would take the key along, and ask
/// for no compression.
///
/// # Bodies
///
/// `B` is any [`http_body::Body`] that is [`Unpin`]; `Box::pin` makes it so. A client whose body is a stream of bytes is wrapped
/// by `http_body_util::StreamBody`. For the whole reply, call [`ItemStream::finish`].
///
/// # Errors
/// Whatever made the last attempt fail before its first item. What `send` gives says whether the request may have been
/// processed: where it cannot have been, as where no connection came about, it is sent again by default.
///
/// # Examples
///
/// With reqwest; `examples/reqwest.rs` is the same as a program.
///
/// ```
/// use std::future::Future;
/// use std::pin::Pin;
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use requesty_hyper::error::{Phase, TransportError};
/// use requesty_hyper::{Timer, chat, stream_over};
/// use requesty_mock::{Mock, Reply};
/// use tokio::time::Instant;
///
/// struct Clock(Instant);
///
/// impl Timer for Clock {
///     fn now(&self) -> Duration {
///         self.0.elapsed()
///     }
///
///     fn sleep_until(&self, at: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
///         Box::pin(tokio::time::sleep_until(self.0 + at))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = Mock::start()?;
/// mock.reply(Reply::status(503).header("retry-after-ms", "1"));
/// mock.reply(Reply::text(["Hi", "!"]));
/// let call = mock.router().chat_stream(&chat::Request::user("Hello").model("openai/gpt-4o-mini"))?;
///
/// let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
/// let send = async |request: http::Request<bytes::Bytes>| {
///     // Only where no connection came about is it certain that nothing was processed.
///     let failed = |error: reqwest::Error| match error.is_connect() {
///         true => TransportError::new(Phase::Connect, false, error),
///         false => TransportError::new(Phase::FirstByte, true, error),
///     };
///     Ok(client.execute(request.try_into().map_err(failed)?).await.map_err(failed)?.into())
/// };
/// let mut stream = stream_over(&call, Arc::new(Clock(Instant::now())), send).await?;
/// while let Some(chunk) = stream.next_item().await? {
///     print!("{}", chunk.text());
/// }
/// assert_eq!((stream.timings().attempts, stream.finish().await?.text()), (2, "Hi!".into()));
/// # Ok(())
/// # }
/// ```
pub async fn stream_over<R, B, F>(
    call: &Call<R>,
    timer: Arc<dyn Timer>,
    mut send: impl FnMut(Request<Bytes>) -> F,
) -> Result<ItemStream<R::Dialect, B>, Error>
where
    R: Reply,
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
    F: Future<Output = Result<Response<B>, TransportError>>,
{
    let start = timer.now();
    let mut attempts = Attempts::new(call, &[], start);
    loop {
        let (mut head, body) = call.request().into_parts();
        attempts.observers().request(&mut head, body.len())?;
        let sending = within(call, start, &*timer, send(Request::from_parts(head, body)));
        let error = match sending.await {
            Err(timeout) => Error::from(timeout),
            Ok(Err(error)) => error.into(),
            Ok(Ok(response)) => {
                let (head, body) = response.into_parts();
                let machine = call.open_since(head, start);
                attempts.observers().response(machine.head(), timer.now());
                let mut stream = ItemStream::new(machine, body, timer.clone());
                match stream.wait().await {
                    Ok(_) => return Ok(stream.observed_by(attempts.into_observers())),
                    Err(error) => error,
                }
            }
        };
        // Each `RandomState` has keys of its own, which is all the chance that spreading clients out needs.
        let entropy = RandomState::new().hash_one(());
        let now = timer.now();
        let Some(wait) = attempts.failed(&error, now, wall_clock(), entropy) else { return Err(error) };
        timer.sleep_until(now.saturating_add(wait)).await;
    }
}

/// Waits for the head of a response, within the limits for it.
async fn within<R: Reply, T>(
    call: &Call<R>,
    start: Duration,
    timer: &dyn Timer,
    sending: impl Future<Output = T>,
) -> Result<T, Timeout> {
    let mut deadlines = Deadlines::new(*call.timeouts(), start);
    deadlines.enter(Phase::FirstByte, timer.now());
    let mut sending = pin!(sending);
    let mut alarm = deadlines.deadline().map(|at| timer.sleep_until(at));
    poll_fn(|cx| {
        if let Poll::Ready(sent) = sending.as_mut().poll(cx) {
            return Poll::Ready(Ok(sent));
        }
        // A timer may ring early: then it is set again.
        while alarm.as_mut().is_some_and(|alarm| alarm.as_mut().poll(cx).is_ready()) {
            if let Some(timeout) = deadlines.expired(timer.now()) {
                return Poll::Ready(Err(timeout));
            }
            alarm = deadlines.deadline().map(|at| timer.sleep_until(at));
        }
        Poll::Pending
    })
    .await
}

/// Reads the wall clock. WebAssembly without a system has none, and would panic.
fn wall_clock() -> SystemTime {
    if cfg!(all(target_family = "wasm", target_os = "unknown")) { SystemTime::UNIX_EPOCH } else { SystemTime::now() }
}
