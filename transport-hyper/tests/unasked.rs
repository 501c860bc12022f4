//! What a server does on a connection that no call uses: neither a closed connection nor an answer that nobody asked for
//! reaches the next call.
#![cfg(feature = "hyper")]

mod raw;

use std::net::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use raw::{HEAD, Own, Server, answer, delta, end, on_each, read_request, send};
use requesty_hyper::{Client, Options};
use tower_service::Service;

const CALLS: usize = 30;

/// A server, and how often it did something that nobody asked for.
struct Late {
    server: Server,
    acted: Arc<AtomicUsize>,
}

impl Late {
    /// Starts a server that sends that answer to each request, and 4 ms later sends the other, or closes.
    fn start(answer: String, unasked: Option<String>) -> Late {
        let acted = Arc::new(AtomicUsize::new(0));
        let count = acted.clone();
        let server = Server::start(move |connection, _| {
            while read_request(connection).is_some() {
                send(connection, &answer).unwrap();
                std::thread::sleep(Duration::from_millis(4));
                match &unasked {
                    Some(unasked) => drop(send(connection, unasked)),
                    None => drop(connection.shutdown(Shutdown::Both)),
                }
                count.fetch_add(1, Ordering::Release);
            }
        });
        Late { server, acted }
    }

    /// Keeps the thread until it did so that many times: the runtime sees nothing of it.
    fn keep_thread_until(&self, times: usize) {
        let start = Instant::now();
        while self.acted.load(Ordering::Acquire) < times {
            assert!(start.elapsed().as_secs() < 10);
            std::thread::sleep(Duration::from_millis(1));
        }
        // The way through the loopback interface.
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn acting_late(poison: bool) -> Late {
    Late::start(answer("asked"), poison.then(|| answer("unasked")))
}

/// Makes calls, and counts the answers that nobody asked for, and the failures.
async fn calls<C>(client: Client<C>, late: &Late) -> (usize, usize)
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    C::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    C::Future: Send + 'static,
{
    let (mut poisoned, mut failed) = (0, 0);
    for number in 1..=CALLS {
        match client.send(&late.server.whole()).await {
            Ok(answer) => poisoned += usize::from(answer.text() != "asked"),
            Err(_) => failed += 1,
        }
        late.keep_thread_until(number);
    }
    (poisoned, failed)
}

#[test]
fn a_busy_thread_takes_no_unasked_answer_and_no_closed_connection() {
    on_each(|mode| async move {
        for poison in [true, false] {
            let late = acting_late(poison);
            assert_eq!(calls(Client::new(), &late).await, (0, 0), "{mode}, poison: {poison}");
        }
    });
}

#[test]
fn nor_after_a_stream() {
    on_each(|mode| async move {
        let stream = |text| [HEAD, &delta(text), &end()].concat();
        let late = Late::start(stream("asked"), Some(stream("unasked")));
        let client = Client::new();
        for number in 1..=CALLS {
            let stream = client.stream(&late.server.streamed()).await.unwrap();
            assert_eq!(stream.finish().await.unwrap().text(), "asked", "{mode}");
            late.keep_thread_until(number);
        }
    });
}

#[test]
fn what_comes_along_with_an_answer_is_not_the_next() {
    on_each(|mode| async move {
        let server = Server::start(|connection, _| {
            while read_request(connection).is_some() {
                send(connection, &(answer("asked") + &answer("unasked"))).unwrap();
            }
        });
        let client = Client::new();
        for _ in 0..5 {
            assert_eq!(client.send(&server.whole()).await.unwrap().text(), "asked", "{mode}");
        }
        assert_eq!(server.connections(), 5, "{mode}");
    });
}

#[test]
fn a_quiet_connection_is_used_again_by_a_busy_thread() {
    on_each(|mode| async move {
        let server = Server::start(|connection, _| {
            while read_request(connection).is_some() {
                send(connection, &answer("asked")).unwrap();
            }
        });
        let client = Client::new();
        for _ in 0..CALLS {
            assert_eq!(client.send(&server.whole()).await.unwrap().text(), "asked", "{mode}");
            std::thread::sleep(Duration::from_millis(2));
        }
        assert_eq!(server.connections(), 1, "{mode}");
    });
}

#[test]
fn connections_of_the_callers_own_are_looked_at_too() {
    // With two workers, which of them has the driver is a matter of chance: there, only most are found.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for poison in [true, false] {
            let late = acting_late(poison);
            let client =
                Client::with_connector(Own { to: late.server.addr, connected: Connected::new }, Options::new());
            assert_eq!(calls(client, &late).await, (0, 0), "poison: {poison}");
        }
    });
}
