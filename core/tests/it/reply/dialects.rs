//! Each dialect by both ways of giving it bytes: what is lent, what is owned, what it adds up to, what it shows.

use std::time::Duration;

use requesty_core::chat::{Message, Request};
use requesty_core::http::{self, HeaderMap, StatusCode};
use requesty_core::{
    ApiKey, Call, Dialect, End, Error, Head, Limits, Machine, Policy, Received, Reply, Router, Step, Timeouts,
};

use crate::support::chat::{delta, events, stream_call};
use crate::support::{cut, head, router};

const NOW: Duration = Duration::ZERO;

/// Opens the reply to a call and gives it bytes: by a copy, or by reading them into the room.
fn open<R: Reply>(call: &Call<R>, content_type: &str, body: &[u8], through_room: bool) -> Machine<R::Dialect> {
    let mut machine = call.open(head(200, content_type), NOW);
    // A first byte decides what it is, as it does on the wire.
    let (first, rest) = body.split_at(body.len().min(1));
    for bytes in [first, rest] {
        if through_room {
            machine.room()[..bytes.len()].copy_from_slice(bytes);
            machine.commit(bytes.len(), NOW);
        } else {
            machine.push(bytes, NOW);
        }
        assert!(!bytes.is_empty());
        if bytes.len() == 1 {
            assert_ne!(machine.advance().unwrap(), Step::Done);
        }
    }
    machine
}

/// Moves on and expects an item.
#[track_caller]
fn next<D: Dialect>(machine: &mut Machine<D>) {
    assert_eq!(machine.advance().unwrap(), Step::Ready);
}

fn messages() -> [Message; 1] {
    [Message::user("hi")]
}

#[test]
fn events_are_lent_and_owned_alike() {
    let call = router().events(&Request::new(messages())).unwrap();
    let body = "id: 7\nevent: tick\ndata: one\ndata: two\n\ndata: {}\n\ndata: [DONE]\n\n";
    for through_room in [false, true] {
        let mut machine = open(&call, "text/event-stream", body.as_bytes(), through_room);
        next(&mut machine);
        let owned = machine.owned();
        assert_eq!((&*owned.name(), &**owned.data(), &*owned.id()), ("tick", &b"one\ntwo"[..], "7"));
        let lent = machine.item();
        assert_eq!((&*lent.name(), lent.data(), &*lent.id()), ("tick", &b"one\ntwo"[..], "7"));
        assert_eq!(format!("{owned:?}"), r#"RawEvent { name: "tick", data_len: 7 }"#);
        next(&mut machine);
        assert_eq!((&*machine.owned().name(), &*machine.owned().id()), ("message", "7"));
        next(&mut machine);
        assert_eq!(machine.owned().data(), "[DONE]");
        assert_eq!(machine.advance().unwrap(), Step::Done);
        assert_eq!(machine.total().unwrap(), 3);
    }
}

#[test]
fn events_may_end_with_the_body_where_that_is_said() {
    let call = router().post_events("responses", &serde_json::json!({"input": "hi"})).unwrap();
    assert_eq!(call.request().uri(), "https://router.requesty.ai/v1/responses");
    assert_eq!(call.request().headers()["accept"], "text/event-stream");
    let total = |call: &Call<_>, end: End| {
        let mut machine = open(call, "text/event-stream", b"data: x\n\n", false);
        next(&mut machine);
        machine.end(end);
        let last = machine.advance();
        (last.is_ok(), machine.total())
    };
    assert!(matches!(total(&call, End::Clean), (false, Err(cut)) if *cut.partial() == 1));
    let call = call.ending_with_body();
    assert!(matches!(total(&call, End::Clean), (true, Ok(1))));
    assert!(matches!(total(&call, cut()), (false, Err(cut)) if *cut.partial() == 1));
}

#[test]
fn a_total_before_the_end_is_none() {
    let call = router().events(&Request::new(messages())).unwrap();
    let mut machine = open(&call, "text/event-stream", b"data: x\n\n", false);
    next(&mut machine);
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(cut) if !cut.is_cut()));
    let call = router().get::<Vec<u8>>("models").unwrap();
    let machine = open(&call, "application/json", b"[1]", false);
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
    let call = router().post_bytes("audio/speech", &()).unwrap();
    let mut machine = open(&call, "audio/mpeg", b"abc", false);
    while matches!(machine.advance(), Ok(Step::Ready)) {}
    assert!(matches!(machine.total(), Err(cut) if *cut.partial() == 3));
}

#[test]
fn typed_events_say_what_is_wrong_with_them() {
    let call = router().stream_as::<u32>(&Request::new(messages())).unwrap();
    for through_room in [false, true] {
        let mut machine = open(&call, "text/event-stream", b"data: 7\n\ndata: \ndata: \"x\"\n\n", through_room);
        next(&mut machine);
        assert_eq!((machine.item().value(), machine.item().raw()), (Some(&7), &b"7"[..]));
        assert!(machine.item().problem().is_none());
        let shown = format!("{:?} {machine:?} {:?}", machine.item(), machine.dialect());
        assert!(shown.contains("TypedEvent") && shown.contains("raw_len: 1"), "{shown}");
        assert!(shown.contains("TypedReader") && shown.contains("count: 1"), "{shown}");
        next(&mut machine);
        assert_eq!(machine.item().value(), None);
        let problem = machine.item().problem().unwrap();
        // The offset is one of the whole data, over its lines.
        assert_eq!((problem.at(), problem.body().len(), problem.status()), (Some(4), 4, None));
        assert_eq!(problem.to_string(), "cannot decode an event of 4 bytes: stopped at byte 4");
        assert!(machine.owned().unwrap_err().body() == "\n\"x\"");
        assert_eq!(
            machine.owned().unwrap_err().to_string(),
            "cannot decode an event whose value was moved out of 0 bytes"
        );
    }
    assert_eq!(format!("{:?}", call.reply()), "EventsAs");
    assert_eq!(format!("{:?}", router().get::<u8>("x").unwrap().reply().clone()), "Json");
}

#[test]
fn the_end_mark_and_keep_alives_are_no_typed_events() {
    let call = router().stream_as::<Option<u32>>(&Request::new(messages())).unwrap();
    let body =
        b"data: 1\n\ndata: null\n\ndata: : still here\n\ndata: {\"type\":\"ping\"}\n\ndata: 2\n\ndata: [DONE]\n\n";
    let mut machine = open(&call, "text/event-stream", body, false);
    next(&mut machine);
    next(&mut machine);
    assert_eq!(machine.item().value(), Some(&Some(2)));
    assert_eq!(machine.advance().unwrap(), Step::Done);
    assert_eq!(machine.total().unwrap(), 2);
}

#[test]
fn a_ping_says_nothing_else() {
    let call = router().events(&Request::new(messages())).unwrap();
    drop(call);
    let pings = [r#"{"type":"ping"}"#, r#"{"type":"keepalive"}"#, r#"{"type":"keep-alive"}"#, "null", "", ": x"];
    let others = [
        r#"{"type":"ping","choices":[]}"#.to_owned(),
        r#"{"type":"pong"}"#.to_owned(),
        "nul".to_owned(),
        "nothing".to_owned(),
        format!(r#"{{"type":"ping","x":"{}"}}"#, "y".repeat(256)),
    ];
    let call = router().stream_as::<serde_json::Value>(&Request::new(messages())).unwrap();
    let items = |data: &str| {
        let mut machine = open(&call, "text/event-stream", format!("data: {data}\n\ndata: 1\n\n").as_bytes(), false);
        (0..).take_while(|_| matches!(machine.advance(), Ok(Step::Ready))).count()
    };
    for data in pings {
        assert_eq!(items(data), 1, "{data}");
    }
    for data in others {
        assert_eq!(items(&data), 2, "{data}");
    }
}

#[test]
fn bytes_are_handed_out_once_each_however_they_come() {
    let call = router().post_bytes("audio/speech", &serde_json::json!({"input": "hi"})).unwrap();
    assert_eq!(call.request().headers()["accept"], "*/*");
    for through_room in [false, true] {
        let mut machine = call.open(head(200, "audio/mpeg"), NOW);
        let give = |machine: &mut Machine<_>, bytes: &[u8]| {
            if through_room {
                machine.room()[..bytes.len()].copy_from_slice(bytes);
                machine.commit(bytes.len(), NOW);
            } else {
                machine.push(bytes, NOW);
            }
        };
        assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
        give(&mut machine, b"ab");
        give(&mut machine, b"c");
        next(&mut machine);
        assert_eq!(machine.item(), b"abc");
        assert_eq!(machine.owned(), "abc");
        assert!(format!("{:?}", machine.dialect()).contains("count: 3"));
        give(&mut machine, b"d");
        assert_eq!(machine.item(), b"", "what was lent is gone once more came");
        next(&mut machine);
        assert_eq!(machine.item(), b"d");
        assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
        machine.end(End::Clean);
        machine.end(cut());
        assert_eq!(machine.advance().unwrap(), Step::Done, "the first end is the end");
        assert_eq!(machine.total().unwrap(), 4);
    }
    // A value of JSON where bytes were asked for is bytes, too.
    let mut machine = open(&call, "application/json", b"[7]", false);
    machine.end(End::Clean);
    next(&mut machine);
    assert_eq!(machine.item(), b"[7]");
}

#[test]
fn a_whole_answer_has_no_items() {
    let call = router().chat(&Request::new(messages())).unwrap();
    let body = r#"{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}"#;
    let mut machine = open(&call, "application/json", body.as_bytes(), true);
    assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
    machine.end(End::Clean);
    assert_eq!(machine.advance().unwrap(), Step::Done);
    machine.item();
    machine.owned();
    assert!(format!("{:?}", machine.dialect()).contains("outcome: Some(Ok(()))"));
    assert_eq!(machine.total().unwrap().text(), "x");
}

#[test]
fn there_is_always_room() {
    let mut machine = stream_call().open(head(200, "text/event-stream"), NOW);
    for filled in [0, 4096, 9000] {
        assert!(machine.room().len() >= 4096, "after {filled} bytes");
        machine.push(&vec![b' '; filled], NOW);
    }
    // While it is not known what it is, and after it is.
    machine.push(b":", NOW);
    assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
    assert!(!machine.room().is_empty());
    // Nothing more than the room can be committed.
    let mut machine = router().get::<()>("x").unwrap().open(head(200, "application/json"), NOW);
    let length = machine.room().len();
    machine.room().fill(b' ');
    machine.commit(length + 99, NOW);
    machine.end(End::Clean);
    assert!(machine.total().is_ok());
}

#[test]
fn a_dialect_is_told_what_it_reads() {
    let machine = stream_call().open(head(200, "text/event-stream"), NOW);
    assert_eq!(machine.head().status(), 200);
    assert_eq!(machine.head().media_type().as_deref(), Some("text/event-stream"));
}

#[test]
fn a_head_answers_for_its_headers() {
    let mut headers = HeaderMap::new();
    headers.insert("fly-request-id", "fly".parse().unwrap());
    headers.insert("x-other", http::HeaderValue::from_bytes(b"\xFF").unwrap());
    headers.insert("content-type", " Text/HTML ; charset=x".parse().unwrap());
    let head = Head::new(StatusCode::ACCEPTED, headers.clone());
    assert_eq!((head.status(), head.headers().len()), (StatusCode::ACCEPTED, 3));
    assert_eq!((head.request_id(), head.header("x-other"), head.header("none")), (Some("fly"), None, None));
    assert_eq!(head.media_type().as_deref(), Some("text/html"));
    headers.insert("x-request-id", "first".parse().unwrap());
    let head = Head::new(StatusCode::OK, headers);
    assert_eq!(head.request_id(), Some("first"));
    let shown = format!("{head:?}");
    assert!(shown.contains("200") && shown.contains("fly-request-id") && !shown.contains("first"), "{shown}");
    assert_eq!(Head::new(StatusCode::OK, HeaderMap::new()).request_id(), None);

    let received = Received::new(head, vec![1, 2]);
    assert_eq!((received.len(), received.head().request_id()), (2, Some("first")));
    assert!(format!("{received:?}").contains("[1, 2]"));
    assert_eq!(received.into_inner(), [1, 2]);
}

#[test]
fn an_encoding_that_was_not_asked_for_is_refused_and_identity_is_none() {
    for (encoding, fine) in [("gzip", false), (" br ", false), ("identity", true), ("Identity", true), ("", true)] {
        let head = http::Response::builder().header("content-encoding", encoding).body(()).unwrap().into_parts().0;
        let mut machine = stream_call().open(head, NOW);
        let body = events([&delta(r#""content":"x"}}],"a":[{"b":{"c":0"#)]);
        machine.push(body.as_bytes(), NOW);
        assert_eq!(matches!(machine.advance(), Err(Error::Unexpected(_))), !fine, "{encoding}");
    }
}

#[test]
fn calls_and_their_router_say_what_they_are_set_to() {
    let policy = Policy::none();
    let limits = Limits::default().with_reply(1).with_error_body(2).with_event(3).with_total(4).with_tool_calls(5);
    let timeouts = Timeouts::default().with_connect(NOW).with_first_byte(None);
    let router = Router::eu(ApiKey::new("k").unwrap());
    let router = router.with_policy(policy.clone()).with_limits(limits).with_timeouts(timeouts);
    let router = router.with_feedback_base("https://feedback.example/v2").unwrap();
    let call = router.chat(&Request::new(messages())).unwrap();
    assert_eq!(call.request().uri().host(), Some("router.eu.requesty.ai"));
    assert_eq!((call.policy(), call.limits(), call.timeouts()), (&policy, &limits, &timeouts));
    assert_eq!((limits.reply, limits.error_body, limits.event, limits.total, limits.tool_calls), (1, 2, 3, 4, 5));
    assert_eq!((timeouts.connect, timeouts.first_byte), (Some(NOW), None));
    let usual = Timeouts::default();
    assert_eq!((timeouts.idle_bytes, timeouts.idle_progress), (usual.idle_bytes, usual.idle_progress));
    let idle = usual.with_idle_bytes(NOW).with_idle_progress(None);
    assert_eq!((idle.idle_bytes, idle.idle_progress), (Some(NOW), None));
    assert_eq!((idle.connect, idle.first_byte), (usual.connect, usual.first_byte));
    assert_eq!(usual.idle_bytes, Some(Duration::from_secs(120)));
    assert_eq!(usual.idle_progress, Some(Duration::from_secs(600)));
    let defaults = Limits::default();
    assert_eq!((defaults.event, defaults.reply, defaults.total), (64 << 20, 256 << 20, 256 << 20));
    assert_eq!((defaults.error_body, defaults.tool_calls), (64 << 10, 128));
}
