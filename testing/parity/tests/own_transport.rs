//! The transport that the README shows, held to the same table as the others.

use std::time::{Duration, Instant};

use requesty_core::chat::Chunk;
use requesty_mock::Mock;
use requesty_parity::{Case, cases, outcome, router, scripts, stream_call, whole_call};

#[allow(unreachable_pub, reason = "a crate of its own would export it")]
#[path = "own_transport/run.rs"]
mod transport;

/// The HTTP library has one time limit, for the head as for the body: of a head that never comes it cannot tell that the
/// first byte is what is late.
const BEYOND_THE_LIBRARY: [&str; 1] = ["mock/stall-before-head"];

#[test]
fn every_case_comes_out_as_the_table_says() {
    let mock = Mock::start().unwrap();
    for (model, script) in scripts() {
        mock.script(model, script);
    }
    let router = router(&mock.base_url()).unwrap();
    let mut wrong = Vec::new();
    for case in cases().iter().filter(|case| !BEYOND_THE_LIBRARY.contains(&case.scenario)) {
        mock.clear();
        let start = Instant::now();
        let mut text = String::new();
        let result = if case.streamed {
            transport::run(&stream_call(&router, case).unwrap(), |chunk: Chunk<'_>| text.push_str(chunk.text()))
        } else {
            transport::run(&whole_call(&router, case).unwrap(), |()| {})
        };
        // Shorter than the idle limits: the end mark ends a stream, though the connection stays open.
        assert!(start.elapsed() < Duration::from_secs(10), "{}", case.scenario);
        let got = (outcome(&result), mock.hits(case.scenario), mock.complaints());
        let completion = result.as_ref().unwrap_or_else(|incomplete| incomplete.partial());
        assert!(!case.streamed || text == completion.text(), "{}", case.scenario);
        if got != (case.expect.to_owned(), case.posts(), Vec::new()) {
            let Case { scenario, streamed, expect, .. } = case;
            wrong.push(format!("{scenario} streamed={streamed}\n  got:    {got:?}\n  wanted: {expect}"));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// A connection that is refused was sent nothing, so it is tried again.
#[test]
fn a_refused_connection_was_sent_nothing() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let router = router(&format!("http://{address}/v1")).unwrap().with_max_retries(0);
    let call = whole_call(&router, &cases()[0]).unwrap();
    let error = transport::run(&call, |()| {}).unwrap_err().into_parts().1;
    assert!(!error.request_maybe_processed(), "{error}");
    let requesty_core::Error::Transport(error) = error else { panic!("{error:?}") };
    assert_eq!(error.phase(), requesty_core::error::Phase::Connect);
}

#[test]
fn the_readme_shows_it_as_it_is() {
    let code = include_str!("own_transport/run.rs");
    assert!(code.lines().count() <= 40, "{}", code.lines().count());
    assert!(include_str!("../../../README.md").contains(code));
}
