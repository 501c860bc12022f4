//! The connection that a stream owns: when it closes, and where it goes.
#![cfg(feature = "hyper")]

mod raw;

use std::io::Read;
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
