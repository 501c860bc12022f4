//! Servers that do to a connection what no HTTP library would, asked over both transports.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use requesty_core::error::{Phase, Timeout};
use requesty_core::{ApiKey, Call, Error, Policy, Reply, Router};
use serde_json::Value;

use super::{Client, Transport, each};

const JSON: &str = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"#;

/// Serves each connection with a thread, until the test ends.
fn serve(serve: fn(TcpStream)) -> Router {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr: SocketAddr = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            std::thread::spawn(move || serve(stream));
        }
    });
    let router = Router::new(ApiKey::new("rqsty-sk-raw").unwrap()).with_policy(Policy::none());
    router.with_inference_base(&format!("http://{addr}/v1")).unwrap()
}

/// Reads the head of a request, and nothing of its body.
fn head(stream: &mut TcpStream) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
}

/// What a transport makes of a call that fails, and how long it took.
fn failure<R: Reply>(transport: Transport, call: &Call<R>) -> (Error, Duration) {
    let client = Client::new(transport);
    let start = Instant::now();
    let error = client.send(call).map(drop).map_err(Error::from).unwrap_err();
    (error, start.elapsed())
}

/// A request that is more than the buffers of both sides hold.
fn large(router: &Router) -> Call<impl Reply> {
    router.post::<Value>("x", &"x".repeat(8_000_000)).unwrap()
}

#[test]
fn an_answer_before_the_request_was_read_is_the_answer() {
    let router = serve(|mut stream| {
        head(&mut stream);
        stream.read_exact(&mut vec![0; 100_000]).unwrap();
        let body = r#"{"error":{"message":"not this one"}}"#;
        let head = format!("HTTP/1.1 413 Content Too Large\r\nx-request-id: req-7\r\ncontent-length: {}", body.len());
        stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).unwrap();
        // What was not read makes a reset of the close.
        sleep(Duration::from_millis(30));
    });
    let call = large(&router);
    each(|transport| {
        let (error, _) = failure(transport, &call);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(413), "{error}");
        assert_eq!(error.request_id(), Some("req-7"));
    });
}

#[test]
fn a_body_without_a_length_that_is_reset_is_cut() {
    let router = serve(|mut stream| {
        head(&mut stream);
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
        stream.write_all(format!("{head}{JSON}").as_bytes()).unwrap();
        sleep(Duration::from_millis(30));
    });
    let call = router.post::<Value>("x", &"Hi").unwrap();
    each(|transport| {
        let (error, _) = failure(transport, &call);
        assert!(matches!(&error, Error::Truncated(truncated) if truncated.is_cut()), "{error:?}");
    });
}

#[test]
fn the_limit_for_writing_passes_once() {
    let router = serve(|mut stream| {
        head(&mut stream);
        sleep(Duration::from_secs(15));
    });
    let limit = Duration::from_secs(1);
    let call = large(&router);
    let timeouts = call.timeouts().with_write(limit);
    let call = call.with_timeouts(timeouts);
    each(|transport| {
        let (error, took) = failure(transport, &call);
        assert!(
            matches!(error, Error::Timeout(ref timeout) if **timeout == Timeout::new(Phase::Write, limit)),
            "{error:?}"
        );
        assert!(took >= limit && took < 2 * limit, "{took:?}");
    });
}
