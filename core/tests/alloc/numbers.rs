//! No memory is sized by a number from the wire: whatever a server claims, what is held is proportional to what it sent.

use std::time::Duration;

use requesty_core::chat::{Message, Request};
use requesty_core::{Call, End, Reply, Step};

use crate::counting::cost;
use crate::support::chat::{events, finished, stream_call};
use crate::support::router;

/// Returns the most that is held while a reply is read.
fn peak<R: Reply>(call: &Call<R>, status: u16, length: &str, body: &[u8]) -> usize {
    let head = http::Response::builder().status(status).header("content-length", length).header("retry-after", length);
    let ((), cost) = cost(|| {
        let mut machine = call.open(head.body(()).unwrap().into_parts().0, Duration::ZERO);
        let mut rest = body;
        loop {
            match machine.advance() {
                Ok(Step::Ready) => {}
                Ok(Step::NeedBytes) if rest.is_empty() => machine.end(End::Clean),
                Ok(Step::NeedBytes) => {
                    let room = machine.room();
                    let taken = room.len().min(rest.len()).min(100);
                    room[..taken].copy_from_slice(&rest[..taken]);
                    machine.commit(taken, Duration::ZERO);
                    rest = &rest[taken..];
                }
                Ok(Step::Done) | Err(_) => break,
            }
        }
        drop(machine.total());
    });
    cost.peak
}

#[test]
fn what_a_server_claims_reserves_nothing() {
    const MOST: usize = 100 << 10;
    let messages = [Message::user("hi")];
    let whole = router().chat(&Request::new(&messages)).unwrap();
    for number in
        ["4294967295", "9223372036854775807", "18446744073709551615", "1e300", "-1", "99999999999999999999999"]
    {
        let delta = format!(
            r#""content":"x","tool_calls":[{{"index":{number},"id":"a","function":{{"name":"f","arguments":"{{}}"}}}}],"reasoning_details":[{{"index":{number},"type":"t"}}],"audio":{{"length":{number}}}"#
        );
        let chunk = format!(
            r#"{{"created":{number},"choices":[{{"index":{number},"delta":{{{delta}}},"logprobs":{{"content":[{{"token":"x","bytes":[{number}]}}]}}}}],"usage":{{"total_tokens":{number},"cost":{number}}}}}"#
        );
        let stream = format!("retry: {number}\nid: {number}\n{}{}", events([&*chunk]), finished(&[&delta], "stop"));
        let held = peak(&stream_call(), 200, number, stream.as_bytes());
        assert!(held < MOST, "{number}: {held} bytes for a stream of {}", stream.len());
        let held = peak(&whole, 200, number, chunk.replace("delta", "message").as_bytes());
        assert!(held < MOST, "{number}: {held} bytes for an answer of {}", chunk.len());
        let error = format!(r#"{{"error":{{"code":{number},"status":{number},"message":"m"}}}}"#);
        let held = peak(&whole, 429, number, error.as_bytes());
        assert!(held < MOST, "{number}: {held} bytes for an error of {}", error.len());
    }
}
