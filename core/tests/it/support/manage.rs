//! Makes calls and reads replies of endpoints that answer in one piece.

use std::time::Duration;

use requesty_core::{Call, Dialect, End, Error, ErrorKind, Reply, http};

use super::drive;

pub const MANAGEMENT: &str = "https://api-v2.requesty.ai";

/// Checks all of a request: method, URL, body, and the headers that matter.
#[track_caller]
pub fn asks<R: Reply>(call: &Result<Call<R>, Error>, method: &str, url: &str, body: &str) {
    let call = call.as_ref().unwrap();
    let request = call.request();
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), (method, url));
    assert_eq!(request.body(), body);
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap());
    assert_eq!(header("authorization"), Some("Bearer rqsty-sk-test"));
    assert_eq!(header("accept"), Some("application/json"));
    assert_eq!(header("accept-encoding"), Some("identity"));
    assert_eq!(header("content-type"), (!body.is_empty()).then_some("application/json"));
    assert!(!format!("{call:?}").contains("rqsty-sk"), "the key is not shown");
}

/// Reads a reply, in pieces.
pub fn reply<R: Reply>(
    call: &Result<Call<R>, Error>,
    status: u16,
    content_type: Option<&str>,
    body: &[u8],
    end: End,
) -> Result<<R::Dialect as Dialect>::Total, Error> {
    let mut head = http::Response::builder().status(status);
    if let Some(content_type) = content_type {
        head = head.header("content-type", content_type);
    }
    let head = head.body(()).unwrap().into_parts().0;
    let mut machine = call.as_ref().unwrap().open(head, Duration::ZERO);
    let (_, last) = drive(&mut machine, body.chunks(7), end, |_| ());
    let total = machine.total().map_err(|incomplete| incomplete.into_parts().1);
    assert_eq!(last.as_ref().map_err(ToString::to_string).err(), total.as_ref().map_err(ToString::to_string).err());
    total
}

/// Reads a successful JSON reply.
#[track_caller]
pub fn reads<R: Reply>(call: &Result<Call<R>, Error>, body: &str) -> <R::Dialect as Dialect>::Total {
    match reply(call, 200, Some("application/json"), body.as_bytes(), End::Clean) {
        Ok(total) => total,
        Err(error) => panic!("{error}"),
    }
}

/// Checks that a value, written again, is the JSON it was read from.
#[track_caller]
pub fn passed_on<T: serde::Serialize>(value: &T, json: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), json);
}

/// Checks what a call makes of every error that the management host is documented to answer.
#[track_caller]
pub fn refuses<R: Reply>(call: &Result<Call<R>, Error>) {
    use ErrorKind::*;
    let kinds = [
        (400, InvalidRequest),
        (401, Unauthorized),
        (402, InsufficientBalance),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (500, Server),
    ];
    for (status, kind) in kinds {
        let body = br#"{"error":{"origin":"router","message":"manage read permission required"}}"#;
        let error = reply(call, status, Some("application/json"), body, End::Clean).err().unwrap();
        let api = error.api().unwrap();
        assert_eq!((api.kind(), api.origin()), (kind, Some("router")), "{status}");
        assert_eq!(api.message(), Some("manage read permission required"));

        let error = reply(call, status, Some("text/plain"), b"forbidden by edge", End::Clean).err().unwrap();
        assert_eq!((error.kind(), error.api().unwrap().message()), (Some(kind), Some("forbidden by edge")));
        let error = reply(call, status, None, b"", End::Clean).err().unwrap();
        assert_eq!((error.kind(), error.api().unwrap().message()), (Some(kind), None));
    }
    // An error under a success status, and a page of something else, are no success.
    let error = reply(call, 200, Some("application/json"), br#"{"error":{"message":"no"}}"#, End::Clean).err().unwrap();
    assert_eq!(error.api().unwrap().message(), Some("no"));
    let page = reply(call, 200, Some("text/html"), b"<html><title>Log in</title>", End::Clean).err().unwrap();
    assert!(matches!(page, Error::Unexpected(_)), "{page}");
}

/// Checks that a successful reply that is not the one that was asked for is an error.
#[track_caller]
pub fn misreads<R: Reply>(call: &Result<Call<R>, Error>, bodies: &[&str]) {
    for body in bodies {
        let error = reply(call, 200, Some("application/json"), body.as_bytes(), End::Clean).err();
        assert!(matches!(error, Some(Error::Decode(_))), "{body}: {error:?}");
    }
}

/// Checks that a call is refused before it is made, for this reason.
#[track_caller]
pub fn not_built<R: Reply>(call: Result<Call<R>, Error>, why: &str) {
    match call {
        Err(Error::Build(error)) => assert!(error.to_string().contains(why), "{error}"),
        Err(error) => panic!("{error}"),
        Ok(call) => panic!("it was built: {call:?}"),
    }
}
