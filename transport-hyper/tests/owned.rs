//! The connection that a stream owns: who drives it, when it closes, and where it goes.
#![cfg(feature = "hyper")]

mod raw;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use raw::{HEAD, Server, answer, delta, end, on_each, read_request, send};
use requesty_hyper::{Client, Options};
use tokio::runtime::{Builder, Handle, Runtime};

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

fn single() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Answers each call as a whole.
fn answering() -> Server {
    Server::start(
        |connection, _| while read_request(connection).and_then(|_| send(connection, &answer("Hi"))).is_some() {},
    )
}

/// Streams without an end.
fn endless() -> Server {
    Server::start(|connection, _| {
        read_request(connection);
        send(connection, HEAD);
        while send(connection, &delta("token")).is_some() {
            std::thread::sleep(ms(1));
        }
    })
}

/// Sends some deltas, each after 5 ms.
fn slowly(connection: &mut TcpStream, count: usize) {
    for _ in 0..count {
        std::thread::sleep(ms(5));
        send(connection, &delta("a"));
    }
}

#[test]
fn no_task_belongs_to_a_stream_and_one_to_idle_connections() {
    single().block_on(async {
        let (server, client) = (endless(), Client::new());
        let alive = || Handle::current().metrics().num_alive_tasks();
        let mut streams = Vec::new();
        for _ in 0..20 {
            let mut stream = client.stream(&server.streamed()).await.unwrap();
            stream.next_item().await.unwrap();
            streams.push(stream);
            assert_eq!(alive(), 0);
        }
        drop(streams);
        assert_eq!(alive(), 0);

        let server = answering();
        for _ in 0..5 {
            client.send(&server.whole()).await.unwrap();
            assert_eq!(alive(), 1, "it looks after what is idle");
        }
        drop(client);
        tokio::time::sleep(ms(700)).await;
        assert_eq!(alive(), 0, "nothing is idle any more");
    });
}

#[test]
fn what_the_server_closed_is_closed_within_a_second_without_another_call() {
    on_each(|mode| async move {
        // It ends its side only: the other one is the client's.
        let server = Server::start(|connection, _| {
            read_request(connection);
            send(connection, &answer("Hi"));
            connection.shutdown(std::net::Shutdown::Write).unwrap();
            assert_eq!(connection.read(&mut [0]).unwrap(), 0);
        });
        let client = Client::new();
        client.send(&server.whole()).await.unwrap();
        assert!(server.all_closed_within(ms(1000)).await, "{mode}");
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn what_was_idle_for_too_long_is_closed_within_a_second_without_another_call() {
    on_each(|mode| async move {
        let server = answering();
        let client = Client::with_options(Options::new().with_pool_idle(ms(200)));
        let calls: Vec<_> = (0..5).map(|_| server.whole()).collect();
        let sent = Instant::now();
        futures_util::future::join_all(calls.iter().map(|call| client.send(call))).await;
        assert!(!server.all_closed_within(ms(100)).await || sent.elapsed() > ms(200), "{mode}: too early");
        assert!(server.all_closed_within(ms(1000)).await, "{mode}");
    });
}

#[test]
fn dropping_the_client_closes_what_is_idle() {
    on_each(|mode| async move {
        let (server, client) = (answering(), Client::new());
        client.clone().send(&server.whole()).await.unwrap();
        assert!(!server.all_closed_within(ms(50)).await, "{mode}");
        drop(client);
        assert!(server.all_closed_within(ms(100)).await, "{mode}");
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
fn a_thousand_streams_cancelled_at_random() {
    on_each(|mode| async move {
        let server = Server::start(|connection, _| {
            while read_request(connection).is_some() {
                let whole = [HEAD, &delta("a"), &delta("b"), &end()].concat();
                // In three pieces, so that there is something to be cancelled in.
                for piece in
                    [&whole[..HEAD.len() + 10], &whole[HEAD.len() + 10..whole.len() - 20], &whole[whole.len() - 20..]]
                {
                    if send(connection, piece).is_none() {
                        return;
                    }
                    std::thread::sleep(Duration::from_micros(300));
                }
            }
        });
        let client = Client::with_options(Options::new().with_pool_per_host(8));
        // A generator of Lehmer's: the test is the same each time, as far as the machine is.
        let mut seed = 42_u64;
        let mut random = move |below: u64| {
            seed = seed * 48271 % 0x7fff_ffff;
            seed % below
        };
        let mut complete = 0;
        for _ in 0..50 {
            let calls: Vec<_> = (0..20).map(|_| (client.clone(), server.streamed(), random(4), random(1500))).collect();
            let calls = calls.into_iter().map(|(client, call, how, micros)| async move {
                let whole = async {
                    let mut stream = client.stream(&call).await.unwrap();
                    match how {
                        // Dropped after its first item.
                        0 => drop(stream.next_item().await.unwrap()),
                        _ => {
                            assert_eq!(stream.finish().await.unwrap().text(), "ab");
                            return 1;
                        }
                    }
                    0
                };
                match how {
                    1 => tokio::time::timeout(Duration::from_micros(micros), whole).await.unwrap_or(0),
                    _ => whole.await,
                }
            });
            complete += futures_util::future::join_all(calls).await.into_iter().sum::<usize>();
        }
        assert!(complete >= 400, "{mode}: {complete}");
        assert!(server.connections() < 1000, "{mode}: {} connections", server.connections());
        // At most so many are kept, and each of them serves.
        tokio::time::sleep(ms(200)).await;
        assert!(server.open() <= 8, "{mode}: {} are open", server.open());
        for _ in 0..10 {
            let stream = client.stream(&server.streamed()).await.unwrap();
            assert_eq!(stream.finish().await.unwrap().text(), "ab", "{mode}");
        }
        drop(client);
        assert!(server.all_closed_within(ms(1000)).await, "{mode}");
    });
}

#[test]
fn a_runtime_that_went_away_does_no_harm() {
    let (server, client) = (answering(), Client::new());
    for number in 1..=3 {
        let runtime = single();
        runtime.block_on(async {
            client.send(&server.whole()).await.unwrap();
            client.send(&server.whole()).await.unwrap();
        });
        assert_eq!(server.connections(), number);
        drop(runtime);
        single().block_on(async { assert!(server.all_closed_within(ms(100)).await, "its sockets are closed with it") });
    }
}

#[test]
fn a_runtime_that_stands_still_does_no_harm() {
    let (server, client) = (answering(), Client::new());
    let (still, other) = (single(), single());
    still.block_on(async { drop(client.send(&server.whole()).await.unwrap()) });
    for _ in 0..3 {
        let sent = other.block_on(async { tokio::time::timeout(ms(2000), client.send(&server.whole())).await });
        sent.expect("it does not wait for the other runtime").unwrap();
    }
    assert_eq!(server.connections(), 2, "each runtime has its own");
    still.block_on(async { drop(client.send(&server.whole()).await.unwrap()) });
    assert_eq!(server.connections(), 2, "and uses it again");
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
