//! Who drives the connection that a stream owns, and what goes over it.
#![cfg(feature = "hyper")]

mod raw;

use std::future::Future;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use hyper_util::client::legacy::connect::Connected;
use raw::{HEAD, Own, Server, answer, delta, end, on_each, read_request, send};
use requesty_hyper::{Client, Options};
use tokio::runtime::Builder;

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

/// Sends some deltas, each after 5 ms.
fn slowly(connection: &mut TcpStream, count: usize) {
    for _ in 0..count {
        std::thread::sleep(ms(5));
        send(connection, &delta("a"));
    }
}

#[test]
fn who_does_not_read_is_not_sent_to() {
    on_each(|mode| async move {
        let sent = Arc::new(AtomicUsize::new(0));
        let count = sent.clone();
        let server = Server::start(move |connection, _| {
            read_request(connection);
            send(connection, HEAD);
            let block = delta(&"x".repeat(16_000)).repeat(4);
            while connection.write_all(block.as_bytes()).is_ok() {
                count.fetch_add(block.len(), Ordering::Relaxed);
            }
        });
        let mut stream = Client::new().stream(&server.streamed()).await.unwrap();
        stream.next_item().await.unwrap();
        // What the system buffers on both sides is some megabytes.
        let mut before = usize::MAX;
        while before != sent.load(Ordering::Relaxed) {
            before = sent.load(Ordering::Relaxed);
            tokio::time::sleep(ms(100)).await;
        }
        assert!(before < 16 * 1024 * 1024, "{mode}: {before}");
        drop(stream);
        assert!(server.all_closed_within(ms(1000)).await, "{mode}");
    });
}

#[test]
fn a_stream_outlives_its_client() {
    on_each(|mode| async move {
        let server = Server::start(|connection, _| {
            read_request(connection);
            send(connection, HEAD);
            slowly(connection, 5);
            send(connection, &end());
        });
        let client = Client::new();
        let stream = client.stream(&server.streamed()).await.unwrap();
        drop(client);
        assert_eq!(stream.finish().await.unwrap().text(), "aaaaa", "{mode}");
    });
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_wait_is_woken_about_once_for_an_event_and_nobody_afterwards() {
    const EVENTS: usize = 60;
    let server = Server::start(|connection, _| {
        read_request(connection);
        send(connection, HEAD);
        for _ in 0..EVENTS {
            std::thread::sleep(ms(4));
            send(connection, &delta("a"));
        }
        send(connection, &end());
        std::thread::sleep(ms(1000));
    });
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let _entered = runtime.enter();
    let client = Client::new();
    let mut stream = runtime.block_on(client.stream(&server.streamed())).unwrap();
    let wakes = Arc::new(Wakes::default());
    let waker: Waker = wakes.clone().into();
    let mut cx = Context::from_waker(&waker);
    let (mut items, mut woken) = (0, 0);
    'stream: loop {
        let mut next = std::pin::pin!(stream.next_item());
        loop {
            match next.as_mut().poll(&mut cx) {
                Poll::Ready(Ok(Some(_))) => break,
                Poll::Ready(end) => {
                    assert!(end.unwrap().is_none());
                    break 'stream;
                }
                Poll::Pending => {
                    let start = Instant::now();
                    while wakes.0.load(Ordering::Relaxed) == woken {
                        assert!(start.elapsed() < ms(5000), "a wake was lost");
                        std::thread::sleep(Duration::from_micros(50));
                    }
                    woken = wakes.0.load(Ordering::Relaxed);
                }
            }
        }
        items += 1;
    }
    assert_eq!(items, EVENTS + 1);
    assert!(woken <= EVENTS + 10, "{woken} wakes");
    drop(stream);
    drop((waker, client));
    assert_eq!(Arc::strong_count(&wakes), 1, "nothing keeps the task's waker");
}

#[test]
fn a_stream_may_move_between_tasks_in_mid_wait() {
    on_each(|mode| async move {
        let server = Server::start(|connection, _| {
            read_request(connection);
            send(connection, HEAD);
            slowly(connection, 20);
            send(connection, &end());
        });
        let mut stream = Client::new().stream(&server.streamed()).await.unwrap();
        let mut text = String::new();
        // Each task begins a wait, gives it up, and leaves the stream to the next.
        loop {
            let (back, item) = tokio::spawn(async move {
                let item = tokio::time::timeout(ms(2), stream.next_item()).await;
                let item = item.map(|item| item.unwrap().map(|chunk| chunk.text().to_owned()));
                (stream, item)
            })
            .await
            .unwrap();
            stream = back;
            match item {
                Ok(Some(more)) => text += &more,
                Ok(None) => break,
                Err(_) => {}
            }
        }
        assert_eq!(text, "a".repeat(20), "{mode}");
    });
}

#[test]
fn a_spent_budget_is_no_dead_lock() {
    // Outside a scheduler, a spent budget wakes at once.
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::start(|connection, _| {
            read_request(connection);
            send(connection, HEAD);
            for _ in 0..2_000 {
                send(connection, &delta("a").repeat(10));
            }
            send(connection, &end());
        });
        let mut stream = Client::new().stream(&server.streamed()).await.unwrap();
        let mut items = 0;
        while tokio::time::timeout(ms(5000), stream.next_item()).await.expect("it goes on").unwrap().is_some() {
            items += 1;
        }
        assert_eq!(items, 20_001);
    });
}

#[test]
fn heads_that_are_no_answer_are_passed_over() {
    on_each(|mode| async move {
        let server = Server::start(|connection, _| {
            while read_request(connection).is_some() {
                send(connection, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n");
                send(connection, &answer("Hi"));
            }
        });
        let client = Client::new();
        for _ in 0..2 {
            assert_eq!(client.send(&server.whole()).await.unwrap().text(), "Hi", "{mode}");
        }
        assert_eq!(server.connections(), 1, "{mode}");
    });
}

#[test]
fn another_protocol_is_an_error() {
    on_each(|mode| async move {
        let server = Server::start(|connection, _| {
            read_request(connection);
            send(connection, "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n");
            std::thread::sleep(ms(50));
        });
        let error = tokio::time::timeout(ms(5000), Client::new().send(&server.whole())).await.expect("an end");
        assert!(error.is_err(), "{mode}");
    });
}

#[test]
fn an_answer_may_come_before_the_request_was_read() {
    on_each(|mode| async move {
        for reads_on in [true, false] {
            let server = Server::start(move |connection, number| {
                // The beginning of a large request is enough to refuse it.
                let mut buffer = vec![0; 65536];
                if number > 0 || connection.read(&mut buffer).is_err() {
                    while read_request(connection).and_then(|_| send(connection, &answer("Hi"))).is_some() {}
                    return;
                }
                send(
                    connection,
                    "HTTP/1.1 413 Too Large\r\ncontent-type: application/json\r\ncontent-length: 32\r\n\r\n",
                );
                send(connection, "{\"error\":{\"message\":\"too large\"}}");
                let start = Instant::now();
                connection.set_read_timeout(Some(ms(50))).unwrap();
                while reads_on && start.elapsed() < ms(1000) && connection.read(&mut buffer).is_ok_and(|read| read > 0)
                {
                }
                if !reads_on {
                    std::thread::sleep(ms(100));
                }
            });
            let client = Client::new();
            let large = "x".repeat(8_000_000);
            let messages = [requesty_hyper::chat::Message::user(&*large)];
            let router = requesty_hyper::Router::new(requesty_hyper::ApiKey::new("k").unwrap());
            let router = router.with_policy(requesty_hyper::Policy::none());
            let router = router.with_inference_base(&format!("http://{}/v1", server.addr)).unwrap();
            let call = router.chat(&requesty_hyper::chat::Request::new(&messages).model("m")).unwrap();
            let sent = tokio::time::timeout(ms(8000), client.send(&call)).await.expect("an end");
            let error = sent.unwrap_err();
            assert_eq!(error.error().status().map(|status| status.as_u16()), Some(413), "{mode}, {reads_on}: {error}");
            // A connection that still owes a part of the request is not used again.
            assert_eq!(client.send(&server.whole()).await.unwrap().text(), "Hi", "{mode}");
        }
    });
}

#[test]
fn a_request_names_its_host_and_to_a_proxy_its_whole_url() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let requests = seen.clone();
    let server = Server::start(move |connection, _| {
        while let Some(request) = read_request(connection) {
            requests.lock().unwrap().push(request);
            send(connection, &answer("Hi"));
        }
    });
    Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let proxied =
            Client::with_connector(Own { to: server.addr, connected: || Connected::new().proxy(true) }, Options::new());
        for _ in 0..2 {
            proxied.send(&server.whole()).await.unwrap();
            Client::new().send(&server.whole()).await.unwrap();
        }
    });
    let (host, seen) = (format!("host: {}\r\n", server.addr), seen.lock().unwrap());
    assert_eq!(seen.len(), 4);
    for (number, request) in seen.iter().enumerate() {
        let whole = if number % 2 == 0 { format!("http://{}", server.addr) } else { String::new() };
        assert!(request.starts_with(&format!("POST {whole}/v1/chat/completions HTTP/1.1\r\n")), "{request}");
        assert_eq!(request.matches(&host).count(), 1, "{request}");
    }
}
