//! How a server of HTTP/2 ends streams and connections: written frame by frame.
#![cfg(feature = "http2")]

#[path = "raw/mod.rs"]
mod raw;

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper_util::client::legacy::connect::Connected;
use raw::{Own, Server};
use requesty_hyper::error::Phase;
use requesty_hyper::{Client, Error, Options, Policy};

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

const NO_ERROR: u8 = 0;
const INTERNAL_ERROR: u8 = 2;
const REFUSED_STREAM: u8 = 7;
const CANCEL: u8 = 8;
const ENHANCE_YOUR_CALM: u8 = 11;

/// A frame of that type, with flags and the number of its stream.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags, 0, 0, 0, stream], payload].concat()
}

fn reset(stream: u8, code: u8) -> Vec<u8> {
    frame(3, 0, stream, &[0, 0, 0, code])
}

fn go_away(last: u8, code: u8, debug: &str) -> Vec<u8> {
    frame(7, 0, 0, &[&[0, 0, 0, last, 0, 0, 0, code], debug.as_bytes()].concat())
}

/// A status 200 with JSON, and how long it is unknown.
fn head(stream: u8) -> Vec<u8> {
    let kind = "application/json";
    // `:status: 200` by its index; `content-type` as a literal with a name by its index.
    frame(1, 4, stream, &[&[0x88, 0x0f, 0x10, u8::try_from(kind.len()).unwrap()], kind.as_bytes()].concat())
}

fn answer(stream: u8) -> Vec<u8> {
    let body = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"#;
    [head(stream), frame(0, 1, stream, body.as_bytes())].concat()
}

/// Starts a server that writes those bytes for each request: by the number of the connection, and of the stream on it. Where
/// there are no bytes, it closes the connection.
fn server(reply: impl Fn(usize, u8) -> Vec<u8> + Send + Sync + 'static) -> Server {
    server_that(reply, |_| true)
}

/// Starts one that does something more after each reply, and closes the connection where that returns `false`.
fn server_that(
    reply: impl Fn(usize, u8) -> Vec<u8> + Send + Sync + 'static,
    then: impl Fn(&mut std::net::TcpStream) -> bool + Send + Sync + 'static,
) -> Server {
    Server::start(move |connection, number| {
        let mut preface = [0; 24];
        if connection.read_exact(&mut preface).is_err() {
            return;
        }
        connection.write_all(&frame(4, 0, 0, &[])).unwrap();
        let mut start = [0; 9];
        while connection.read_exact(&mut start).is_ok() {
            let length = u32::from_be_bytes([0, start[0], start[1], start[2]]);
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            connection.read_exact(&mut payload).unwrap();
            let (kind, flags, stream) = (start[3], start[4], start[8]);
            if kind == 4 && flags & 1 == 0 {
                connection.write_all(&frame(4, 1, 0, &[])).unwrap();
            }
            // The request is whole: the last frame of its head or body.
            if kind <= 1 && flags & 1 == 1 {
                let bytes = reply(number, stream);
                if bytes.is_empty() || connection.write_all(&bytes).is_err() || !then(connection) {
                    return;
                }
            }
        }
    })
}

/// Speaks HTTP/2 without TLS.
fn client(server: &Server) -> Client<Own> {
    with_options(server, Options::new())
}

fn with_options(server: &Server, options: Options) -> Client<Own> {
    Client::with_connector(Own { to: server.addr, connected: || Connected::new().negotiated_h2() }, options)
}

fn patient() -> Policy {
    Policy::new().with_base(ms(1)).with_cap(ms(5))
}

async fn error(server: &Server) -> Error {
    client(server).send(&server.whole()).await.unwrap_err().error().clone()
}

#[tokio::test]
async fn a_refused_stream_was_not_processed() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let server = server(move |_, stream| match count.fetch_add(1, Ordering::Relaxed) % 2 {
        0 => reset(stream, REFUSED_STREAM),
        _ => answer(stream),
    });
    let client = client(&server);
    let refused = client.send(&server.whole()).await.unwrap_err();
    let Error::Transport(transport) = refused.error() else { panic!("{refused:?}") };
    assert!(!transport.request_maybe_processed() && refused.error().is_retryable(), "{refused}");
    assert_eq!(transport.phase(), Phase::Write);
    assert!(refused.to_string().contains("REFUSED_STREAM"), "{refused}");
    client.send(&server.whole()).await.unwrap();
    client.send(&server.whole().with_policy(patient())).await.unwrap();
    assert_eq!((asked.load(Ordering::Relaxed), server.connections()), (4, 1));
}

#[tokio::test]
async fn a_stream_above_the_last_of_a_go_away_was_not_processed() {
    for code in [NO_ERROR, ENHANCE_YOUR_CALM] {
        let server = server(move |connection, stream| match connection {
            0 => go_away(stream - 1, code, ""),
            _ => answer(stream),
        });
        let error = error(&server).await;
        assert!(!error.request_maybe_processed() && error.is_retryable(), "{error}");

        let server = self::server(move |connection, stream| match connection {
            0 => go_away(stream - 1, code, ""),
            _ => answer(stream),
        });
        client(&server).send(&server.whole().with_policy(patient())).await.unwrap();
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn whatever_else_ends_a_request_may_have_been_processed() {
    // Another reason; a GOAWAY that counts the stream among those that it looks at, and then the end.
    let ends: [fn(u8) -> Vec<u8>; 4] = [
        |stream| reset(stream, INTERNAL_ERROR),
        |stream| reset(stream, CANCEL),
        |stream| [go_away(stream, NO_ERROR, ""), reset(stream, INTERNAL_ERROR)].concat(),
        |_| Vec::new(),
    ];
    for (number, end) in ends.into_iter().enumerate() {
        let server = server(move |_, stream| end(stream));
        let error = error(&server).await;
        assert!(error.request_maybe_processed() && !error.is_retryable(), "{number}: {error}");
    }
    let server = Server::start(|connection, _| {
        let mut buffer = [0; 4096];
        connection.write_all(&frame(4, 0, 0, &[])).unwrap();
        // The stream that it looks at is the one that asks; then the connection breaks.
        std::thread::sleep(ms(100));
        let _ = connection.read(&mut buffer);
        connection.write_all(&go_away(1, NO_ERROR, "")).unwrap();
        std::thread::sleep(ms(50));
    });
    let error = error(&server).await;
    assert!(error.request_maybe_processed() && !error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_connection_that_goes_away_still_ends_its_streams_and_takes_no_more() {
    let server = server(|connection, stream| match connection {
        0 => [go_away(stream, NO_ERROR, "bye"), answer(stream)].concat(),
        _ => answer(stream),
    });
    let client = client(&server);
    client.send(&server.whole()).await.unwrap();
    client.send(&server.whole()).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn the_debug_data_of_a_go_away_is_not_shown() {
    let secret = "rqsty-sk-test";
    let debug = format!("{secret} What is an LLM gateway? {}", "x".repeat(15_000));
    let (before, within) = (debug.clone(), debug);
    let head_awaited = server(move |_, stream| go_away(stream - 1, ENHANCE_YOUR_CALM, &before));
    let body_read = server(move |_, stream| [head(stream), go_away(stream - 1, ENHANCE_YOUR_CALM, &within)].concat());
    for server in [head_awaited, body_read] {
        let incomplete = client(&server).send(&server.whole()).await.unwrap_err();
        let mut shown = format!("{incomplete} {incomplete:?} {incomplete:#?}");
        let mut source = std::error::Error::source(incomplete.error());
        while let Some(error) = source {
            shown += &format!("{error} {error:?}");
            source = error.source();
        }
        assert!(!shown.contains("sk-test") && !shown.contains("gateway") && !shown.contains("xxx"), "{shown}");
        assert!(shown.contains("ENHANCE_YOUR_CALM"), "{shown}");
        assert!(shown.len() < 4_000, "{}", shown.len());
    }
}

#[tokio::test]
async fn an_idle_connection_goes_when_its_time_is_up_and_one_in_use_stays() {
    let server = server(|_, stream| if stream == 1 { answer(stream) } else { head(stream) });
    let client = with_options(&server, Options::new().with_pool_idle(ms(200)));
    client.send(&server.whole()).await.unwrap();
    assert!(server.all_closed_within(ms(1500)).await);

    client.send(&server.whole()).await.unwrap();
    let stream = client.open(&server.whole()).await.unwrap();
    assert!(!server.all_closed_within(ms(1200)).await);
    drop(stream);
    assert!(server.all_closed_within(ms(1500)).await);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_busy_thread_uses_no_closed_connection() {
    for code in [Some(NO_ERROR), None] {
        let closed = Arc::new(AtomicUsize::new(0));
        let count = closed.clone();
        let server = server_that(
            |_, stream| answer(stream),
            move |connection| {
                std::thread::sleep(ms(4));
                code.into_iter().for_each(|code| connection.write_all(&go_away(1, code, "")).unwrap());
                connection.shutdown(std::net::Shutdown::Both).unwrap();
                count.fetch_add(1, Ordering::Release);
                false
            },
        );
        let client = client(&server);
        for number in 1..=30 {
            client.send(&server.whole()).await.unwrap();
            // The runtime has this thread alone, and sees nothing of the end.
            while closed.load(Ordering::Acquire) < number {
                std::thread::sleep(ms(1));
            }
            std::thread::sleep(ms(2));
        }
        assert_eq!(server.connections(), 30);
    }
}

#[tokio::test]
async fn dropping_the_client_closes_a_shared_connection() {
    let server = server(|_, stream| answer(stream));
    let client = client(&server);
    client.send(&server.whole()).await.unwrap();
    drop(client);
    assert!(server.all_closed_within(ms(1000)).await);
}
