//! The core alone, without a socket: the mock's bytes are given to it whole, one by one, and seven at a time.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use requesty_core::chat::{Chunk, Completion};
use requesty_core::reply::{Dialect, End, Step};
use requesty_core::{Call, Incomplete, Machine, Reply, Router, http};
use requesty_mock::{Ask, Ending, Response as Played, find};
use requesty_parity::{Case, cases, outcome, router, scripts, stream_call, whole_call};

/// Longest body that is also given byte by byte.
const SMALL: usize = 100_000;

#[test]
fn every_case_comes_out_as_the_table_says() {
    let router = router("https://router.example/v1").unwrap();
    let mut wrong = Vec::new();
    let mut checked = 0;
    for case in cases().iter().filter(|case| ends_by_bytes(case)) {
        for piece in [usize::MAX, 1, 7] {
            let Some(got) = run(&router, case, piece) else { continue };
            checked += 1;
            if got != case.expect {
                let Case { scenario, streamed, expect, .. } = case;
                wrong.push(format!("{scenario} streamed={streamed} by {piece}\n  got:    {got}\n  wanted: {expect}"));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked} runs differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 900, "{checked}");
}

#[test]
fn the_table_is_whole() {
    let mut seen = BTreeSet::new();
    for case in cases() {
        assert!(seen.insert((case.scenario, case.streamed)), "twice: {}", case.scenario);
        let scripted = scripts().iter().any(|(name, _)| *name == case.scenario);
        assert!(scripted || find(case.scenario).is_some(), "no such scenario: {}", case.scenario);
    }
    let rows: BTreeSet<&str> = cases().iter().filter_map(|case| case.row).collect();
    assert_eq!(rows.len(), 41, "{rows:?}");
    // Those whose name is a pattern stand there with a number; a date one second ahead differs from run to run.
    let stems = |name: &str| name.strip_suffix('N').map(str::to_owned);
    for scenario in requesty_mock::scenarios() {
        let name = scenario.name();
        let listed = |case: &Case| match stems(name) {
            Some(stem) => case.scenario.starts_with(&stem),
            None => case.scenario == name,
        };
        // Agents take several turns: `both::agent` plays them.
        let left_out = LEFT_OUT.contains(&name) || name.starts_with("mock/agent");
        assert!(left_out || cases().iter().any(listed), "not in the table: {name}");
    }
}

/// Scenarios that the table leaves to other tests: they need a request of their own, or a minute of patience.
const LEFT_OUT: [&str; 4] = ["mock/pdf", "mock/many-N", "mock/retry-after-date", "mock/stall-then-ok"];

/// Returns whether a case needs nothing but bytes: no second attempt, no lost connection before the head, no key to echo.
fn ends_by_bytes(case: &Case) -> bool {
    let before =
        |ending: &Ending| matches!(ending, Ending::CloseBeforeHead | Ending::ResetBeforeHead | Ending::HoldBeforeHead);
    !case.retries() && !case.scenario.starts_with("mock/echo-key") && !before(&played(case, b"{}").ending)
}

/// Returns what the mock plays for a case, given the body of the request.
fn played(case: &Case, body: &[u8]) -> Played {
    if let Some((_, script)) = scripts().into_iter().find(|(name, _)| *name == case.scenario) {
        return script.response(case.streamed, 0);
    }
    let ask = Ask::from_body(serde_json::from_slice(body).unwrap());
    find(case.scenario).unwrap().script(&ask).response(case.streamed, 0)
}

/// Reads a case's reply in pieces; `None` where there is nothing to cut or too much of it.
fn run(router: &Router, case: &Case, piece: usize) -> Option<String> {
    if case.streamed {
        let call = stream_call(router, case).unwrap();
        let mut text = String::new();
        let result = feed(&call, case, piece, |chunk: Chunk<'_>| text.push_str(chunk.text()))?;
        check_text(case, &text, &result);
        Some(outcome(&result))
    } else {
        Some(outcome(&feed(&whole_call(router, case).unwrap(), case, piece, |()| {})?))
    }
}

/// All the pieces of text are the text.
fn check_text(case: &Case, text: &str, result: &Result<Completion, Incomplete<Completion>>) {
    let completion = match result {
        Ok(completion) => completion,
        Err(incomplete) => incomplete.partial(),
    };
    assert_eq!(text, completion.text(), "{}", case.scenario);
}

type Outcome<R> =
    Result<<<R as Reply>::Dialect as Dialect>::Total, Incomplete<<<R as Reply>::Dialect as Dialect>::Partial>>;

fn feed<R: Reply>(
    call: &Call<R>,
    case: &Case,
    piece: usize,
    mut each: impl FnMut(<R::Dialect as Dialect>::Item<'_>),
) -> Option<Outcome<R>> {
    let reply = played(case, call.request().body());
    let body = reply.body();
    if piece < body.len() && body.len() > SMALL {
        return None;
    }
    let mut now = Duration::ZERO;
    let mut machine = call.open(head(&reply), now);
    let mut pieces = body.chunks(piece.min(body.len().max(1)));
    loop {
        match machine.advance() {
            Ok(Step::Ready) => each(machine.item()),
            Ok(Step::NeedBytes) => match pieces.next() {
                Some(piece) => machine.push(piece, now),
                None => end(&mut machine, &reply.ending, &mut now),
            },
            _ => return Some(machine.total()),
        }
    }
}

fn head(reply: &Played) -> http::response::Parts {
    let mut head = http::Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        head = head.header(name, value);
    }
    head.body(()).unwrap().into_parts().0
}

/// Plays the end of a reply; time is only a number here.
fn end<D: Dialect>(machine: &mut Machine<D>, ending: &Ending, now: &mut Duration) {
    match ending {
        Ending::End => machine.end(End::Clean),
        Ending::Hold => {
            *now = machine.waiting(*now).expect("a limit");
            machine.end(End::TimedOut(machine.check(*now).expect("it has passed")));
        }
        Ending::Repeat { bytes, every } => {
            machine.waiting(*now);
            *now += *every;
            match machine.check(*now) {
                Some(timeout) => machine.end(End::TimedOut(timeout)),
                None => machine.push(bytes, *now),
            }
        }
        _ => machine.end(End::Cut(Arc::new(io::Error::from(io::ErrorKind::ConnectionReset)))),
    }
}
