//! Cases of public test suites, from the folder that `REQUESTY_CONFORMANCE` names.

use std::path::Path;

use base64::Engine;
use requesty_core::sse::{Decoder, Step};
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Suite {
    source: String,
    level: String,
    cases: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    input_b64: String,
    #[serde(default)]
    chunk_lens: Vec<usize>,
    expect: Expect,
    /// The events of the standard, where the source expects others.
    spec_says: Option<Vec<Event>>,
}

#[derive(Deserialize)]
struct Expect {
    events: Option<Vec<Event>>,
    events_count: Option<usize>,
    events_sha256: Option<String>,
    retry: Option<u64>,
    last_event_id: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Event {
    event: String,
    data: String,
    id: String,
}

#[derive(Debug, PartialEq)]
struct Outcome {
    events: Vec<Event>,
    retry: Option<u64>,
    last_event_id: String,
}

#[test]
#[ignore = "needs REQUESTY_CONFORMANCE, the folder of the cases"]
fn every_case_however_it_is_split() {
    let folder = std::env::var_os("REQUESTY_CONFORMANCE").expect("REQUESTY_CONFORMANCE is the folder of the cases");
    let mut files: Vec<_> = std::fs::read_dir(Path::new(&folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let (mut cases, mut runs) = (0, 0);
    for path in files {
        let suite: Suite = serde_json::from_slice(&std::fs::read(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if suite.level != "sse" {
            continue;
        }
        for case in suite.cases {
            let case = serde_json::from_value(case).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            runs += run(&suite.source, &case);
            cases += 1;
        }
    }
    println!("{cases} sse conformance cases in {runs} splits");
    assert!(cases > 0, "no case of level `sse` in {}", folder.to_string_lossy());
}

/// Checks one case in all its splits, and returns how many those are.
fn run(source: &str, case: &Case) -> usize {
    let input = base64::engine::general_purpose::STANDARD.decode(&case.input_b64).unwrap();
    let whole = decode([&input[..]]);
    check(source, case, &whole);
    let mut splits: Vec<Vec<&[u8]>> = vec![input.chunks(1).collect()];
    if !case.chunk_lens.is_empty() {
        let mut rest = &input[..];
        let mut pieces = Vec::new();
        for &len in &case.chunk_lens {
            let (piece, after) = rest.split_at(len);
            pieces.push(piece);
            rest = after;
        }
        pieces.push(rest);
        splits.push(pieces);
    }
    if input.len() <= 4 << 10 {
        splits.extend((0..=input.len()).map(|at| vec![&input[..at], &input[at..]]));
    }
    for pieces in &splits {
        let lens: Vec<_> = pieces.iter().map(|piece| piece.len()).collect();
        assert!(decode(pieces.iter().copied()) == whole, "{source}: {}: differs when split as {lens:?}", case.name);
    }
    1 + splits.len()
}

fn check(source: &str, case: &Case, outcome: &Outcome) {
    let at = format!("{source}: {}", case.name);
    if let Some(events) = case.spec_says.as_ref().or(case.expect.events.as_ref()) {
        assert_eq!(&outcome.events, events, "{at}");
    } else {
        assert_eq!(Some(outcome.events.len()), case.expect.events_count, "{at}");
        let mut hash = Sha256::new();
        for Event { event, data, id } in &outcome.events {
            hash.update(format!("{event}\x1f{data}\x1f{id}\x1e"));
        }
        let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(Some(&hash), case.expect.events_sha256.as_ref(), "{at}");
    }
    assert_eq!(outcome.retry, case.expect.retry, "{at}");
    assert_eq!(outcome.last_event_id, case.expect.last_event_id, "{at}");
}

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut decoder = Decoder::new();
    let mut events = Vec::new();
    let mut pieces = pieces.into_iter();
    loop {
        match decoder.advance().unwrap() {
            Step::Ready => {
                let event = decoder.event();
                events.push(Event { event: event.name().into(), data: event.text().into(), id: event.id().into() });
            }
            Step::NeedBytes => match pieces.next() {
                Some(piece) => decoder.push(piece),
                None => decoder.end(),
            },
            Step::Done => break,
        }
    }
    Outcome { events, retry: decoder.retry(), last_event_id: decoder.last_event_id().into() }
}
