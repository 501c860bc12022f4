//! Speech, event by event: whole, at every split, cut at every event, and odd.
#![cfg(feature = "base64")]

use requesty_core::audio::{Speech, SpeechEvents, Spoken};
use requesty_core::error::Limit;
use requesty_core::{Call, Dialect, End, Error, ErrorKind, Limits, Step};

use crate::support::{Total, cut, head_with_id, play, router, sent};

const DONE: &str =
    r#"{"type":"speech.audio.done","usage":{"input_tokens":4,"output_tokens":90,"total_tokens":94,"cost":0.01}}"#;

/// "hel", "lo", done; with comments and keep-alives between.
const STREAM: &str = concat!(
    ": hello\n\n",
    "event: speech.audio.delta\ndata: {\"type\":\"speech.audio.delta\",\"audio\":\"aGVs\"}\n\n",
    "data: {\"type\":\"ping\"}\n\n",
    "data: {\"audio\":\"b\\u0047\\u0038=\",\"type\":\"speech.audio.delta\",\"n\":[1]}\r\n\r\n",
    "event: speech.audio.done\ndata: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":4,\"output_tokens\":90,",
    "\"total_tokens\":94,\"cost\":0.01}}\n\n",
);

fn call() -> Call<SpeechEvents> {
    router().speech_stream(&Speech::new("m", "v", "t")).unwrap()
}

fn stream(pieces: &[&[u8]], end: End) -> (Vec<Vec<u8>>, Total<SpeechEvents>) {
    play(&call(), head_with_id(200, "text/event-stream"), pieces, end, |event| event.audio().to_vec())
}

#[track_caller]
fn spoken(total: &Spoken, bytes: u64) {
    assert_eq!(total.bytes, bytes);
    let usage = total.usage.as_ref().unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (Some(4), Some(90), Some(94)));
    assert_eq!(usage.cost, Some("0.01".parse().unwrap()));
}

#[test]
fn speech_without_its_end_can_be_accepted() {
    let call = call().accepting_unfinished();
    let delta = &b"data: {\"type\":\"speech.audio.delta\",\"audio\":\"aGVs\"}\n\n"[..];
    let played = |pieces: &[&[u8]], end| play(&call, head_with_id(200, "text/event-stream"), pieces, end, |_| ()).1;
    let done = &b"data: [DONE]\n\n"[..];
    assert_eq!(played(&[delta, done], End::Clean).unwrap().bytes, 3);
    assert!(matches!(stream(&[delta, done], End::Clean).1.unwrap_err().error(), Error::Unfinished(_)));
    assert!(matches!(played(&[done], End::Clean).unwrap_err().error(), Error::Unfinished(_)));
    assert!(matches!(played(&[delta], End::Clean).unwrap_err().error(), Error::Truncated(_)));
}

#[test]
fn events_are_asked_for() {
    let line = "POST https://router.requesty.ai/v1/audio/speech".to_owned();
    let body = r#"{"model":"m","input":"t","voice":"v","stream_format":"sse"}"#.to_owned();
    assert_eq!(sent(&call()), (line, "application/json".to_owned(), body));
    assert_eq!(
        (call().request().headers()["accept"].to_str().unwrap(), call().model()),
        ("text/event-stream", Some("m"))
    );
}

#[test]
fn audio_is_decoded_at_every_split() {
    let whole = stream(&[STREAM.as_bytes()], End::Clean);
    assert_eq!(whole.0, [&b"hel"[..], b"lo", b""]);
    spoken(whole.1.as_ref().unwrap(), 5);
    for at in 0..=STREAM.len() {
        let (first, second) = STREAM.as_bytes().split_at(at);
        let split = stream(&[first, second], End::Clean);
        assert_eq!((split.0, split.1.unwrap()), (whole.0.clone(), whole.1.as_ref().unwrap().clone()), "{at}");
    }
    let bytes: Vec<&[u8]> = STREAM.as_bytes().chunks(1).collect();
    assert_eq!(stream(&bytes, End::Clean).0, whole.0);
}

#[test]
fn a_stream_that_ends_before_its_end_is_truncated() {
    let last = STREAM.rfind("event: speech.audio.done").unwrap();
    for (at, _) in STREAM.match_indices("\n\n").filter(|(at, _)| at + 2 <= last).chain([(last - 2, "")]) {
        for (end, is_cut) in [(End::Clean, false), (cut(), true)] {
            let (seen, total) = stream(&[&STREAM.as_bytes()[..at + 2]], end);
            let incomplete = total.unwrap_err();
            assert!(matches!(incomplete.error(), Error::Truncated(error) if error.is_cut() == is_cut), "{at}");
            assert_eq!(incomplete.partial().bytes, seen.concat().len() as u64);
            assert_eq!(incomplete.partial().usage, None);
        }
    }
    // `[DONE]` is no end of speech.
    let (_, total) = stream(&[&STREAM.as_bytes()[..last], b"data: [DONE]\n\n"], End::Clean);
    assert!(matches!(total.unwrap_err().error(), Error::Unfinished(_)));
    // Silence is a time-out, and nothing at all is no stream.
    let (seen, total) = stream(&[&STREAM.as_bytes()[..last]], End::Cancelled);
    assert!(matches!(total.unwrap_err().error(), Error::Cancelled(_)) && seen.len() == 2);
    assert!(matches!(stream(&[], End::Clean).1.unwrap_err().error(), Error::Truncated(_)));
}

#[test]
fn what_follows_the_end_is_not_waited_for() {
    let (_, total) = stream(&[STREAM.as_bytes(), b"data: [DONE]\n\ndata: {\"error\":\"late\"}\n\n"], cut());
    spoken(&total.unwrap(), 5);
}

#[test]
fn a_last_event_without_its_blank_line_counts_if_it_is_whole() {
    let unterminated = STREAM.trim_end();
    let (seen, total) = stream(&[unterminated.as_bytes()], End::Clean);
    assert_eq!(seen.len(), 3);
    spoken(&total.unwrap(), 5);
    // Not after a cut, and not if half of it is missing.
    assert!(stream(&[unterminated.as_bytes()], cut()).1.is_err());
    let (seen, total) = stream(&[&unterminated.as_bytes()[..unterminated.len() - 1]], End::Clean);
    assert_eq!(seen.len(), 2);
    assert!(matches!(total.unwrap_err().error(), Error::Truncated(_)));
    // An event that is whole, but not the last one, is handed out all the same.
    let (seen, total) = stream(&[b"data: {\"type\":\"speech.audio.delta\",\"audio\":\"aGVs\"}"], End::Clean);
    assert_eq!(seen, [b"hel"]);
    assert!(matches!(total.unwrap_err().error(), Error::Truncated(_)));
}

#[test]
fn events_are_told_by_their_type_or_else_by_their_name() {
    for (event, audio) in [
        ("data: {\"type\":\"speech.audio.delta\",\"delta\":\"aGVs\"}", "hel"),
        ("event: speech.audio.delta\ndata: {\"audio\":\"aGVs\"}", "hel"),
        ("event: other\ndata: {\"type\":\"speech.audio.delta\",\"audio\":\"aGVs\"}", "hel"),
        ("data: {\"type\":null,\"type\":\"speech.audio.delta\",\"audio\":1,\"audio\":\"aGVs\"}", "hel"),
        ("data: {\"type\":\"speech.audio.delta\",\"audio\":\"\"}", ""),
        ("data: {\"type\":\"speech.audio.started\",\"audio\":\"aGVs\"}", ""),
        ("data: {\"audio\":\"aGVs\"}", ""),
        ("data: {}", ""),
    ] {
        let body = format!("{event}\n\ndata: {DONE}\n\n");
        let (seen, total) = stream(&[body.as_bytes()], End::Clean);
        assert_eq!(seen, [audio.as_bytes(), b""], "{event}");
        spoken(&total.unwrap(), audio.len() as u64);
    }
    for done in [r#"{"type":"speech.audio.done"}"#, r#"{"type":"speech.audio.done","usage":"odd"}"#] {
        let (_, total) = stream(&[format!("data: {done}\n\n").as_bytes()], End::Clean);
        assert_eq!(total.unwrap().usage, None);
    }
    let (_, total) = stream(&[b"event: speech.audio.done\ndata: {\"usage\":{}}\n\n"], End::Clean);
    assert_eq!(total.unwrap().usage, Some(Default::default()));
}

#[test]
fn an_event_that_cannot_be_read_is_a_hole_and_not_the_end() {
    for (data, at) in [
        (r#"{"type":"speech.audio.delta","audio":"aG*s"}"#, Some(40)),
        (r#"{"type":"speech.audio.delta","audio":"aGVsb"}"#, None),
        (r#"{"type":"speech.audio.delta"}"#, None),
        (r#"{"type":"speech.audio.delta","audio":7}"#, None),
        (r#"{"type":"#, Some(8)),
        ("no JSON", Some(0)),
        (r#"{} x"#, Some(3)),
    ] {
        let body =
            format!("data: {{\"type\":\"speech.audio.delta\",\"audio\":\"aGVs\"}}\n\ndata: {data}\n\ndata: {DONE}\n\n");
        let (seen, total) =
            play(&call(), head_with_id(200, "text/event-stream"), &[body.as_bytes()], End::Clean, |event| {
                let problem = event.problem().map(|problem| problem.at());
                assert!(!format!("{event:?}").contains("speech.audio"), "{event:?}");
                (event.audio().to_vec(), String::from_utf8(event.raw().to_vec()).unwrap(), problem)
            });
        assert_eq!(seen[1], (Vec::new(), data.to_owned(), Some(at)), "{data}");
        assert_eq!((seen.len(), &seen[0].2, &seen[2].2), (3, &None, &None));
        let incomplete = total.unwrap_err();
        spoken(incomplete.partial(), 3);
        let Error::Decode(problem) = incomplete.error() else { panic!("{}", incomplete.error()) };
        assert_eq!((problem.body(), problem.at()), (&data.as_bytes().into(), at));
        assert!(problem.to_string().starts_with("cannot decode an event of speech"));
    }
}

#[test]
fn an_error_inside_the_stream_is_its_end() {
    let body = concat!(
        "data: {\"type\":\"speech.audio.delta\",\"audio\":\"aGVs\"}\n\n",
        "data: {\"error\":{\"message\":\"Provider is down\",\"code\":502}}\n\n",
        "data: {\"type\":\"speech.audio.done\"}\n\n",
    );
    let (seen, total) = stream(&[body.as_bytes()], End::Clean);
    let incomplete = total.unwrap_err();
    assert_eq!((seen, incomplete.partial().bytes), (vec![b"hel".to_vec(), Vec::new()], 3));
    assert_eq!(incomplete.error().kind(), Some(ErrorKind::Unavailable));
    assert!(incomplete.error().api().unwrap().is_in_stream());
    let (_, total) = play(&call(), head_with_id(529, "application/json"), &[b"{}"], End::Clean, |_| ());
    assert_eq!(total.unwrap_err().error().kind(), Some(ErrorKind::Overloaded));
    // One value is not what was asked for, and neither is audio as it is.
    let (_, total) =
        play(&call(), head_with_id(200, "application/json"), &[b"{\"audio\":\"aGVs\"}"], End::Clean, |_| ());
    assert!(total.unwrap_err().error().to_string().contains("one JSON value where a stream was asked for"));
    let (_, total) = play(&call(), head_with_id(200, "audio/mpeg"), &[b"ID3\x04\x00"], End::Clean, |_| ());
    assert!(matches!(total.unwrap_err().error(), Error::Unexpected(_)));
}

#[test]
fn an_event_of_speech_has_its_limit() {
    let data = r#"{"type":"speech.audio.delta","audio":"aGVs"}"#;
    let body = format!("data: {data}\n\ndata: {{\"type\":\"speech.audio.done\"}}\n\n");
    for (limit, fits) in [(data.len(), true), (data.len() - 1, false)] {
        let call = call().with_limits(Limits::default().with_event(limit));
        let (_, total) = play(&call, head_with_id(200, "text/event-stream"), &[body.as_bytes()], End::Clean, |_| ());
        match total {
            Ok(total) => assert!(fits && total.bytes == 3),
            Err(incomplete) => {
                assert!(!fits);
                assert!(matches!(incomplete.error(), Error::TooLarge(error) if error.what() == Limit::Event));
            }
        }
    }
}

#[test]
fn the_room_the_owned_item_and_the_summary_are_those_of_the_event() {
    let now = std::time::Duration::ZERO;
    let mut machine = call().open(head_with_id(200, "text/event-stream"), now);
    machine.push(b": ", now);
    assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
    let rest = &STREAM.as_bytes()[2..];
    let room = machine.room();
    room[..rest.len()].copy_from_slice(rest);
    machine.commit(rest.len(), now);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert_eq!((machine.owned(), machine.item().raw().is_empty()), ("hel".into(), false));
    assert_eq!(machine.dialect().summary(), Default::default());
    while machine.advance().unwrap() == Step::Ready {}
    assert!(machine.item().raw().is_empty() && machine.item().audio().is_empty());
    assert!(machine.owned().is_empty());
    let summary = machine.dialect().summary();
    assert_eq!(
        (summary.input_tokens, summary.output_tokens, summary.cost),
        (Some(4), Some(90), Some("0.01".parse().unwrap()))
    );
    assert!(format!("{:?}", machine.dialect()).contains("bytes: 5"));
    // A total before the end is none.
    let machine = call().open(head_with_id(200, "text/event-stream"), now);
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
}
