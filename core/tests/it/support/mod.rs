//! Drives calls through the core as a transport would, without one, and looks at their requests.
#![allow(dead_code, unreachable_pub, reason = "the programs of tests share it, and each uses what it needs")]

pub mod chat;
pub mod families;
pub mod form;
pub mod manage;
pub mod messages;
pub mod messages_samples;
pub mod responses;
pub mod responses_samples;

use std::time::Duration;

use requesty_core::{ApiKey, Call, Dialect, End, Error, Incomplete, Machine, Reply, Router, Step};

/// What a reply gave: its total, and what a test keeps of each item.
#[derive(Debug)]
pub struct Played<T, I> {
    pub total: Result<T, Incomplete<T>>,
    pub items: Vec<I>,
    /// What the last `advance` returned.
    pub last: Result<Step, Error>,
}

impl<T, I> Played<T, I> {
    /// The whole total, or the partial one.
    pub fn so_far(&self) -> &T {
        self.total.as_ref().unwrap_or_else(Incomplete::partial)
    }

    pub fn error(&self) -> Option<&Error> {
        self.total.as_ref().err().map(Incomplete::error)
    }
}

pub type Total<R> =
    Result<<<R as Reply>::Dialect as Dialect>::Total, Incomplete<<<R as Reply>::Dialect as Dialect>::Partial>>;

pub fn router() -> Router {
    Router::new(ApiKey::new("rqsty-sk-test").unwrap())
}

pub fn head(status: u16, content_type: &str) -> http::response::Parts {
    let response = http::Response::builder().status(status).header("content-type", content_type);
    response.body(()).unwrap().into_parts().0
}

/// As [`head`], with the id `req-1`.
pub fn head_with_id(status: u16, content_type: &str) -> http::response::Parts {
    let mut head = head(status, content_type);
    head.headers.insert("x-request-id", http::HeaderValue::from_static("req-1"));
    head
}

pub fn cut() -> End {
    End::Cut(std::sync::Arc::new(std::io::Error::from(std::io::ErrorKind::ConnectionReset)))
}

/// Gives a machine these pieces, then this end. Returns what `see` keeps of each item, and what the last `advance` returned.
pub fn drive<'a, D: Dialect, I>(
    machine: &mut Machine<D>,
    pieces: impl IntoIterator<Item = &'a [u8]>,
    end: End,
    mut see: impl FnMut(&mut Machine<D>) -> I,
) -> (Vec<I>, Result<Step, Error>) {
    let (mut items, mut pieces, mut end) = (Vec::new(), pieces.into_iter(), Some(end));
    let last = loop {
        match machine.advance() {
            Ok(Step::Ready) => items.push(see(machine)),
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
    (items, last)
}

/// Plays a body in these pieces. Returns what `see` keeps of each item, and the total.
pub fn play<R: Reply, I>(
    call: &Call<R>,
    head: http::response::Parts,
    pieces: &[&[u8]],
    end: End,
    mut see: impl FnMut(<R::Dialect as Dialect>::Item<'_>) -> I,
) -> (Vec<I>, Total<R>) {
    let mut machine = call.open(head, Duration::ZERO);
    let (items, last) = drive(&mut machine, pieces.iter().copied(), end, |machine| see(machine.item()));
    let total = machine.total();
    if let Err(error) = last {
        assert_eq!(format!("{:?}", total.as_ref().map(|_| ()).unwrap_err().error()), format!("{error:?}"));
    }
    (items, total)
}

/// Plays a whole reply.
pub fn whole<R: Reply>(call: &Call<R>, status: u16, body: &str) -> Result<<R::Dialect as Dialect>::Total, Error> {
    let (_, total) = play(call, head_with_id(status, "application/json"), &[body.as_bytes()], End::Clean, |_| ());
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
