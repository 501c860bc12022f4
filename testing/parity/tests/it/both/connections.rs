//! What becomes of connections: used again, closed, or found dead.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use requesty_core::chat::{Message, Request, WholeCompletion};
use requesty_core::error::Phase;
use requesty_core::{ApiKey, Call, Error, Policy, Router};
use requesty_hyper::{Options, Proxy};
use requesty_mock::{ClosedBy, Mock, Script};
use requesty_parity::read_request;

use super::{Client, KEY, each, ms, streamed, whole};

const EVENTS: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// Waits until the pool of hyper has the connection back: a task takes it there, on another thread.
fn returned() {
    std::thread::sleep(ms(50));
}

#[test]
fn a_stream_leaves_its_connection_to_the_next() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        for _ in 0..3 {
            let mut stream = client.stream(&streamed(&mock, "mock/text")).unwrap();
            while stream.next_item().unwrap().is_some() {}
            drop(stream);
            returned();
        }
        client.send(&whole(&mock, "mock/text")).unwrap();
        assert_eq!(mock.connections(), 1);
    });
}

#[test]
fn a_body_that_ends_shortly_after_done_leaves_its_connection() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        mock.script("mock/late-end", Script::sse().send(EVENTS).pause(ms(1)).send(": bye\n\n"));
        let client = Client::new(transport);
        // On a busy machine "shortly" may be too late, though hardly each time.
        for _ in 0..10 {
            client.stream(&streamed(&mock, "mock/late-end")).unwrap().finish().unwrap();
        }
        assert!(mock.connections() < 10);
    });
}

#[test]
fn a_body_that_goes_on_after_done_is_closed_at_once() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        mock.script("mock/slow-end", Script::sse().send(EVENTS).pause(ms(400)));
        mock.script("mock/talkative", Script::sse().send(EVENTS).send("x".repeat(5000)).pause(ms(400)));
        let client = Client::new(transport);
        for model in ["mock/done-held", "mock/slow-end", "mock/talkative"] {
            let mut stream = client.stream(&streamed(&mock, model)).unwrap();
            let mut last = Instant::now();
            while stream.next_item().unwrap().is_some() {
                last = Instant::now();
            }
            assert!(last.elapsed() < ms(50), "{model}: {:?}", last.elapsed());
            // It is closed though the stream is still there.
            assert!(mock.wait_closed(ms(100)), "{model}");
            stream.finish().unwrap();
        }
        assert_eq!(mock.connections(), 3);
    });
}

#[test]
fn a_dropped_stream_closes_its_connection_within_100_ms() {
    each(|transport| {
        for model in ["mock/endless", "mock/stall-after-delta"] {
            let mock = Mock::start().unwrap();
            let client = Client::new(transport);
            let mut stream = client.stream(&streamed(&mock, model)).unwrap();
            assert!(stream.next_item().unwrap().is_some());
            drop(stream);
            assert!(mock.wait_closed(ms(100)), "{model}");
            assert_eq!(mock.closed_by(0), Some(ClosedBy::Client));
            client.send(&whole(&mock, "mock/text")).unwrap();
        }
    });
}

#[test]
fn an_idle_connection_goes_when_its_time_is_up() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::with_options(transport, Options::new().with_proxy(Proxy::none()).with_pool_idle(ms(60)));
        client.send(&whole(&mock, "mock/text")).unwrap();
        std::thread::sleep(ms(150));
        client.send(&whole(&mock, "mock/text")).unwrap();
        assert_eq!(mock.connections(), 2);
        let client = Client::with_options(transport, Options::new().with_proxy(Proxy::none()).with_pool_per_host(0));
        client.send(&whole(&mock, "mock/text")).unwrap();
        client.send(&whole(&mock, "mock/text")).unwrap();
        assert_eq!(mock.connections(), 4);
    });
}

#[test]
fn a_connection_that_was_closed_while_idle_is_not_used() {
    each(|transport| {
        // Closed without a word, as a load balancer does.
        let (addr, hits) = server(answer);
        let client = Client::new(transport);
        for _ in 0..3 {
            client.send(&call(addr, Policy::none())).unwrap();
            std::thread::sleep(ms(20));
        }
        assert_eq!(hits.load(Ordering::Relaxed), 3);
    });
}

#[test]
fn a_request_lost_on_an_old_connection_may_have_been_processed() {
    each(|transport| {
        let serve = |connection: &mut TcpStream, hits: &AtomicUsize| {
            answer(connection, hits);
            // The next request on it is read, and nothing comes back.
            if read_request(connection).is_some() {
                hits.fetch_add(1, Ordering::Relaxed);
            }
        };
        let (addr, hits) = server(serve);
        let client = Client::new(transport);
        client.send(&call(addr, Policy::new())).unwrap();
        returned();
        let error = client.send(&call(addr, Policy::new())).unwrap_err();
        assert!(error.error().request_maybe_processed(), "{error}");
        let Error::Transport(error) = error.error() else { panic!("{error:?}") };
        assert_eq!(error.phase(), Phase::FirstByte);
        assert_eq!(hits.load(Ordering::Relaxed), 2, "not sent again");

        let (addr, hits) = server(serve);
        let client = Client::new(transport);
        let wished = Policy::new().with_base(ms(1)).retry_maybe_processed(true);
        client.send(&call(addr, wished.clone())).unwrap();
        returned();
        client.send(&call(addr, wished)).unwrap();
        assert_eq!(hits.load(Ordering::Relaxed), 3, "sent again where it is wished");
    });
}

fn call(addr: SocketAddr, policy: Policy) -> Call<WholeCompletion> {
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_policy(policy);
    let router = router.with_inference_base(&format!("http://{addr}/v1")).unwrap();
    router.chat(&Request::new(&[Message::user("Hi")]).model("m")).unwrap()
}

/// Serves connections one after the other, and counts the requests.
fn server(serve: impl Fn(&mut TcpStream, &AtomicUsize) + Send + 'static) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (addr, hits) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = hits.clone();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let mut connection = connection;
            connection.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            serve(&mut connection, &count);
        }
    });
    (addr, hits)
}

fn answer(connection: &mut TcpStream, hits: &AtomicUsize) {
    read_request(connection).unwrap();
    hits.fetch_add(1, Ordering::Relaxed);
    let body = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"#;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    connection.write_all((head + body).as_bytes()).unwrap();
}
