//! Streams an answer over reqwest, with the driver and the retries of `requesty-hyper` and without its client.
//!
//! A mock answers, first with a 503. For the router itself, give reqwest a feature for TLS.
//!
//! ```text
//! cargo run -p requesty-hyper --no-default-features --example reqwest
//! ```

use std::io::{self, Write};
use std::{pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use requesty_hyper::error::{Phase, TransportError};
use requesty_hyper::{Timer, chat, stream_over};
use requesty_mock::{Mock, Reply};
use tokio::time::Instant;

/// The clock of the limits, and the alarm of the waits.
struct Clock(Instant);

impl Timer for Clock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep_until(&self, at: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep_until(self.0 + at))
    }
}

async fn send(client: &reqwest::Client, request: Request<Bytes>) -> Result<Response<reqwest::Body>, TransportError> {
    // Only where no connection came about is it certain that nothing was processed.
    let failed = |error: reqwest::Error| match error.is_connect() {
        true => TransportError::new(Phase::Connect, false, error),
        false => TransportError::new(Phase::FirstByte, true, error),
    };
    Ok(client.execute(request.try_into().map_err(failed)?).await.map_err(failed)?.into())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mock = Mock::start()?;
    mock.reply(Reply::status(503).header("retry-after-ms", "20"));
    mock.reply(Reply::text(["An LLM gateway ", "passes requests on ", "to many models."]));
    let call =
        mock.router().chat_stream(&chat::Request::user("What is an LLM gateway?").model("openai/gpt-4o-mini"))?;

    // A redirect would take the key along.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let mut stream = stream_over(&call, Arc::new(Clock(Instant::now())), |request| send(&client, request)).await?;
    while let Some(chunk) = stream.next_item().await? {
        print!("{}", chunk.text());
        io::stdout().flush()?;
    }
    let attempts = stream.timings().attempts;
    let cost = stream.finish().await?.cost().unwrap_or_default();
    println!("\n{attempts} attempts, cost ${cost}");
    Ok(())
}
