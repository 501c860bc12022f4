//! What both clients do alike: each behaviour is written once, and tested over each.

mod agent;
mod connections;
mod content;
mod hostile_spans;
mod observe;
mod proxy;
mod raw_servers;
mod record;
mod retries;
mod secrets;
mod spans;
mod table;
mod telemetry;
mod tls;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use requesty_core::chat::{Chunks, Message, Request, WholeCompletion};
use requesty_core::observe::Timings;
use requesty_core::{ApiKey, Call, Dialect, Error, Head, Incomplete, Policy, Received, Reply, Router};
use requesty_hyper::{Options, Proxy};
use requesty_mock::Mock;
use tokio::runtime::Runtime;

const KEY: &str = "rqsty-sk-Zq8%2F+x/7\"y=Tuvw";

#[derive(Clone, Copy, Debug)]
enum Transport {
    Hyper,
    Ureq,
}

/// Runs a test over each transport; the output of a test that fails names the one.
fn each(test: impl Fn(Transport)) {
    for transport in [Transport::Hyper, Transport::Ureq] {
        println!("over {transport:?}");
        test(transport);
    }
}

/// One of the two clients, which blocks.
#[derive(Clone)]
enum Client {
    Hyper(Box<requesty_hyper::Client>, Arc<Runtime>),
    Ureq(requesty_ureq::Client),
}

type Total<R> = <<R as Reply>::Dialect as Dialect>::Total;
type Partial<R> = <<R as Reply>::Dialect as Dialect>::Partial;

impl Client {
    /// A client that is not led astray by the proxies of the machine it runs on.
    fn new(transport: Transport) -> Client {
        Client::with_options(transport, Options::new().with_proxy(Proxy::none()))
    }

    fn with_options(transport: Transport, options: Options) -> Client {
        match transport {
            Transport::Hyper => {
                let mut runtime = tokio::runtime::Builder::new_multi_thread();
                let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
                Client::Hyper(Box::new(requesty_hyper::Client::with_options(options)), Arc::new(runtime))
            }
            Transport::Ureq => Client::Ureq(requesty_ureq::Client::with_options(options)),
        }
    }

    fn send<R: Reply>(&self, call: &Call<R>) -> Result<Received<Total<R>>, Incomplete<Partial<R>>> {
        match self {
            Client::Hyper(client, runtime) => runtime.block_on(client.send(call)),
            Client::Ureq(client) => client.send(call),
        }
    }

    fn stream<R: Reply>(&self, call: &Call<R>) -> Result<Box<dyn Items<R::Dialect>>, Error> {
        Ok(match self {
            Client::Hyper(client, runtime) => {
                Box::new(Blocking(runtime.block_on(client.stream(call))?, Arc::clone(runtime)))
            }
            Client::Ureq(client) => Box::new(client.stream(call)?),
        })
    }

    fn open<R: Reply>(&self, call: &Call<R>) -> Result<Box<dyn Items<R::Dialect>>, Error> {
        Ok(match self {
            Client::Hyper(client, runtime) => {
                Box::new(Blocking(runtime.block_on(client.open(call))?, Arc::clone(runtime)))
            }
            Client::Ureq(client) => Box::new(client.open(call)?),
        })
    }
}

impl Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Client::Hyper(client, _) => client.fmt(f),
            Client::Ureq(client) => client.fmt(f),
        }
    }
}

/// The stream of either client. Its `Debug` is the stream's.
trait Items<D: Dialect>: Debug {
    fn next_item(&mut self) -> Result<Option<D::Item<'_>>, Error>;
    fn finish(self: Box<Self>) -> Result<D::Total, Incomplete<D::Partial>>;
    fn head(&self) -> &Head;
    fn timings(&self) -> Timings;
    fn dialect(&self) -> &D;
}

/// hyper's stream, and the runtime that drives it.
struct Blocking<S>(S, Arc<Runtime>);

impl<D, B> Items<D> for Blocking<requesty_hyper::ItemStream<D, B>>
where
    D: Dialect,
    B: http_body::Body + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn next_item(&mut self) -> Result<Option<D::Item<'_>>, Error> {
        self.1.block_on(self.0.next_item())
    }

    fn finish(self: Box<Self>) -> Result<D::Total, Incomplete<D::Partial>> {
        let Blocking(stream, runtime) = *self;
        runtime.block_on(stream.finish())
    }

    fn head(&self) -> &Head {
        self.0.head()
    }

    fn timings(&self) -> Timings {
        self.0.timings()
    }

    fn dialect(&self) -> &D {
        self.0.dialect()
    }
}

impl<S: Debug> Debug for Blocking<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<D: Dialect, R: std::io::Read> Items<D> for requesty_ureq::ItemIter<D, R> {
    fn next_item(&mut self) -> Result<Option<D::Item<'_>>, Error> {
        self.next_item()
    }

    fn finish(self: Box<Self>) -> Result<D::Total, Incomplete<D::Partial>> {
        (*self).finish()
    }

    fn head(&self) -> &Head {
        self.head()
    }

    fn timings(&self) -> Timings {
        self.timings()
    }

    fn dialect(&self) -> &D {
        self.dialect()
    }
}

fn router(mock: &Mock) -> Router {
    let key = ApiKey::new(KEY).unwrap();
    Router::new(key).with_inference_base(&mock.base_url()).unwrap().with_policy(quick())
}

/// The default policy, with waits that a test can afford.
fn quick() -> Policy {
    Policy::new().with_base(ms(5)).with_cap(ms(20))
}

fn streamed(mock: &Mock, model: &str) -> Call<Chunks> {
    let messages = [Message::user("What is an LLM gateway?")];
    router(mock).chat_stream(&Request::new(&messages).model(model)).unwrap()
}

fn whole(mock: &Mock, model: &str) -> Call<WholeCompletion> {
    let messages = [Message::user("What is an LLM gateway?")];
    router(mock).chat(&Request::new(&messages).model(model)).unwrap()
}

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}
