//! How large the head of a reply may be.
#![cfg(feature = "ureq")]

mod support;

use requesty_mock::{Ending, Mock, Script};
use requesty_ureq::Error;
use requesty_ureq::requesty_core::error::Phase;
use support::{client, whole};

fn json() -> Script {
    Script::json(200, &serde_json::json!({"choices": []}))
}

/// Returns how many headers come with a reply whose script has so many beside the usual ones.
fn headers(mock: &Mock, extra: usize) -> Result<usize, Error> {
    mock.script("mock/headers", (0..extra).fold(json(), |script, number| script.header(&format!("x-{number}"), "1")));
    let items = client().open(&whole(mock, "mock/headers"))?;
    Ok(items.head().headers().len())
}

#[test]
fn a_head_may_have_128_headers() {
    let mock = Mock::start().unwrap();
    let usual = headers(&mock, 0).unwrap();
    assert_eq!(headers(&mock, 128 - usual).unwrap(), 128);
    let error = headers(&mock, 129 - usual).unwrap_err();
    let Error::Transport(transport) = &error else { panic!("{error:?}") };
    assert!(transport.phase() == Phase::FirstByte && transport.request_maybe_processed(), "{error:?}");
}

#[test]
fn a_head_may_have_32_kib() {
    let mock = Mock::start().unwrap();
    for (length, fits) in [(30 << 10, true), (32 << 10, false), (1 << 20, false)] {
        mock.script("mock/long", json().header("x-long", &"x".repeat(length)));
        match client().open(&whole(&mock, "mock/long")) {
            Ok(items) => assert!(fits && items.head().header("x-long").is_some_and(|long| long.len() == length)),
            Err(error) => assert!(!fits && matches!(error, Error::Transport(_)), "{length}: {error:?}"),
        }
    }
}

#[test]
fn an_announced_length_reserves_nothing() {
    let mock = Mock::start().unwrap();
    let script = json().header("content-length", "4611686018427387904").ending(Ending::Reset);
    mock.script("mock/length", script);
    let incomplete = client().send(&whole(&mock, "mock/length")).unwrap_err();
    assert!(matches!(incomplete.error(), Error::Truncated(_) | Error::Transport(_)), "{incomplete:?}");
}
