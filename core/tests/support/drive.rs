//! Drives any call, and looks at its request.
#![allow(dead_code, unreachable_pub, reason = "each test file uses what it needs")]

use std::time::Duration;

use requesty_core::{Call, Dialect, End, Error, Incomplete, Reply, Step};

pub type Total<R> =
    Result<<<R as Reply>::Dialect as Dialect>::Total, Incomplete<<<R as Reply>::Dialect as Dialect>::Partial>>;

pub fn head(status: u16, content_type: &str) -> http::response::Parts {
    let response = http::Response::builder().status(status).header("content-type", content_type);
    response.header("x-request-id", "req-1").body(()).unwrap().into_parts().0
}

/// Plays a body in these pieces; gives what `see` makes of each item, and the total, which says what `advance` said last.
pub fn play<R: Reply, T>(
    call: &Call<R>,
    head: http::response::Parts,
    pieces: &[&[u8]],
    end: End,
    mut see: impl FnMut(<R::Dialect as Dialect>::Item<'_>) -> T,
) -> (Vec<T>, Total<R>) {
    let mut machine = call.open(head, Duration::ZERO);
    let (mut seen, mut pieces, mut end) = (Vec::new(), pieces.iter(), Some(end));
    let last = loop {
        match machine.advance() {
            Ok(Step::Ready) => seen.push(see(machine.item())),
            Ok(Step::NeedBytes) => match pieces.next() {
                Some(piece) => machine.push(piece, Duration::ZERO),
                None => machine.end(end.take().expect("asked for bytes after the end")),
            },
            last => break last,
        }
    };
    // After the end, the end stays the end.
    for _ in 0..3 {
        assert_eq!(format!("{:?}", machine.advance()), format!("{last:?}"));
    }
    let total = machine.total();
    if let Err(error) = last {
        assert_eq!(format!("{:?}", total.as_ref().map(|_| ()).unwrap_err().error()), format!("{error:?}"));
    }
    (seen, total)
}

/// Plays a whole reply.
pub fn whole<R: Reply>(call: &Call<R>, status: u16, body: &str) -> Result<<R::Dialect as Dialect>::Total, Error> {
    let (_, total) = play(call, head(status, "application/json"), &[body.as_bytes()], End::Clean, |_| ());
    total.map_err(|incomplete| incomplete.into_parts().1)
}

/// Returns method, URL, content type and body of a request.
pub fn sent<R: Reply>(call: &Call<R>) -> (String, String, String) {
    let request = call.request();
    assert_eq!(request.headers()["authorization"], "Bearer rqsty-sk-test");
    let media = request.headers().get("content-type").map_or("", |value| value.to_str().unwrap()).to_owned();
    let body = String::from_utf8_lossy(request.body()).into_owned();
    (format!("{} {}", request.method(), request.uri()), media, body)
}

/// JSON, to compare what was read with what is written.
pub fn value(json: &str) -> serde_json::Value {
    serde_json::from_str(json).unwrap()
}

/// A value whose JSON cannot be written.
pub struct Unwritable;

impl serde::Serialize for Unwritable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no"))
    }
}
