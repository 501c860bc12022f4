//! What becomes of connections: used again, closed, or found dead.
#![cfg(feature = "hyper")]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use requesty_hyper::chat::{Message, Request, WholeCompletion};
use requesty_hyper::error::Phase;
use requesty_hyper::{ApiKey, Call, Client, Error, Options, Policy, Router};
use requesty_mock::{ClosedBy, Mock, Script};
use support::{KEY, ms, streamed, whole};

const EVENTS: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stream_leaves_its_connection_to_the_next() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    for _ in 0..3 {
        let mut stream = client.stream(&streamed(&mock, "mock/text")).await.unwrap();
        while stream.next_item().await.unwrap().is_some() {}
        returned().await;
    }
    client.send(&whole(&mock, "mock/text")).await.unwrap();
    assert_eq!(mock.connections(), 1);
}

/// Waits until the pool has the connection back: a task of the pool's takes it, on the other thread.
async fn returned() {
    tokio::time::sleep(ms(50)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_body_that_ends_shortly_after_done_leaves_its_connection() {
    let mock = Mock::start().unwrap();
    mock.script("mock/late-end", Script::sse().send(EVENTS).pause(ms(1)).send(": bye\n\n"));
    let client = Client::new();
    // On a busy machine "shortly" may be too late, though hardly each time.
    for _ in 0..10 {
        client.stream(&streamed(&mock, "mock/late-end")).await.unwrap().finish().await.unwrap();
    }
    assert!(mock.connections() < 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_body_that_goes_on_after_done_is_closed_at_once() {
    let mock = Mock::start().unwrap();
    mock.script("mock/slow-end", Script::sse().send(EVENTS).pause(ms(400)));
    mock.script("mock/talkative", Script::sse().send(EVENTS).send("x".repeat(5000)).pause(ms(400)));
    let client = Client::new();
    for model in ["mock/done-held", "mock/slow-end", "mock/talkative"] {
        let mut stream = client.stream(&streamed(&mock, model)).await.unwrap();
        let mut last = Instant::now();
        while stream.next_item().await.unwrap().is_some() {
            last = Instant::now();
        }
        assert!(last.elapsed() < ms(50), "{model}: {:?}", last.elapsed());
        // It is closed though the stream is still there.
        assert!(mock.wait_closed(ms(100)), "{model}");
        stream.finish().await.unwrap();
    }
    assert_eq!(mock.connections(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_dropped_stream_closes_its_connection_within_100_ms() {
    for model in ["mock/endless", "mock/stall-after-delta"] {
        let mock = Mock::start().unwrap();
        let client = Client::new();
        let mut stream = client.stream(&streamed(&mock, model)).await.unwrap();
        assert!(stream.next_item().await.unwrap().is_some());
        drop(stream);
        assert!(mock.wait_closed(ms(100)), "{model}");
        assert_eq!(mock.closed_by(0), Some(ClosedBy::Client));
        client.send(&whole(&mock, "mock/text")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_idle_connection_goes_when_its_time_is_up() {
    let mock = Mock::start().unwrap();
    let client = Client::with_options(Options::new().with_pool_idle(ms(60)));
    client.send(&whole(&mock, "mock/text")).await.unwrap();
    tokio::time::sleep(ms(150)).await;
    client.send(&whole(&mock, "mock/text")).await.unwrap();
    assert_eq!(mock.connections(), 2);
    let client = Client::with_options(Options::new().with_pool_per_host(0));
    client.send(&whole(&mock, "mock/text")).await.unwrap();
    client.send(&whole(&mock, "mock/text")).await.unwrap();
    assert_eq!(mock.connections(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_connection_that_was_closed_while_idle_is_not_used() {
    // Closed without a word, as a load balancer does.
    let (addr, hits) = server(answer);
    let client = Client::new();
    for _ in 0..3 {
        client.send(&call(addr, Policy::none())).await.unwrap();
        tokio::time::sleep(ms(20)).await;
    }
    assert_eq!(hits.load(Ordering::Relaxed), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_request_lost_on_an_old_connection_may_have_been_processed() {
    let serve = |connection: &mut TcpStream, hits: &AtomicUsize| {
        answer(connection, hits);
        // The next request on it is read, and nothing comes back.
        read_request(connection, hits);
    };
    let (addr, hits) = server(serve);
    let client = Client::new();
    client.send(&call(addr, Policy::new())).await.unwrap();
    returned().await;
    let error = client.send(&call(addr, Policy::new())).await.unwrap_err();
    assert!(error.error().request_maybe_processed(), "{error}");
    let Error::Transport(transport) = error.error() else { panic!("{error:?}") };
    assert_eq!(transport.phase(), Phase::FirstByte);
    assert_eq!(hits.load(Ordering::Relaxed), 2, "not sent again");

    let (addr, hits) = server(serve);
    let client = Client::new();
    let wished = Policy::new().with_base(ms(1)).retry_maybe_processed(true);
    client.send(&call(addr, wished.clone())).await.unwrap();
    returned().await;
    client.send(&call(addr, wished)).await.unwrap();
    assert_eq!(hits.load(Ordering::Relaxed), 3, "sent again where it is wished");
}

#[test]
fn a_stream_has_no_task_or_thread_of_its_own() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mock = Mock::start().unwrap();
        let client = Client::new();
        let alive = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let mut streams = Vec::new();
        for count in 1..=20 {
            let mut stream = client.stream(&streamed(&mock, "mock/endless")).await.unwrap();
            stream.next_item().await.unwrap();
            streams.push(stream);
            // Both are hyper's: one for the connection, and one that takes it back into the pool.
            assert!(alive() <= 2 * count + 1, "{} tasks for {count} streams", alive());
        }
        drop(streams);
        for _ in 0..100 {
            tokio::time::sleep(ms(5)).await;
        }
        assert!(alive() <= 1, "{} tasks are left", alive());
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
    read_request(connection, hits).unwrap();
    let body = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"#;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    connection.write_all((head + body).as_bytes()).unwrap();
}

fn read_request(connection: &mut TcpStream, hits: &AtomicUsize) -> Option<()> {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.to_lowercase();
            let length = length.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
            if body.len() >= length {
                hits.fetch_add(1, Ordering::Relaxed);
                return Some(());
            }
        }
        match connection.read(&mut buffer) {
            Ok(read @ 1..) => request.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
}
