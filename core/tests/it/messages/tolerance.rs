//! What servers stream otherwise than documented: nothing of it costs the rest of an answer.

use std::time::Duration;

use requesty_core::messages::{AssistantMessage, Block, StopReason};
use requesty_core::{End, Step};
use serde_json::{Value, json};

use crate::support::head;
use crate::support::messages::{
    START, STOP, block_start, block_stop, clean, delta, events, finished, stream_call, text, texts,
};

fn content(reply: &AssistantMessage) -> Value {
    serde_json::to_value(&reply.content).unwrap()
}

#[test]
fn events_are_known_by_their_type_or_their_name() {
    let stream = texts(&["Hel", "lo"], "end_turn");
    let untitled: String =
        stream.lines().filter(|line| !line.starts_with("event: ")).map(|line| format!("{line}\n")).collect();
    let untyped = [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    .iter()
    .fold(stream.clone(), |stream, name| {
        stream.replace(&format!(r#"{{"type":"{name}","#), "{").replace(&format!(r#"{{"type":"{name}"}}"#), "{}")
    });
    assert!(!untyped.contains("\"type\":\"message_st"));
    for body in [stream.clone(), untitled, untyped, stream.replace('\n', "\r\n")] {
        let played = clean(&body);
        assert_eq!(played.total.as_ref().unwrap().text(), "Hello", "{body}");
        assert_eq!(played.names().first(), Some(&"message_start"));
        assert_eq!(played.names().len(), 7);
    }
}

#[test]
fn keep_alives_are_no_items() {
    let pings = [
        ": comment\n\n",
        "event: ping\ndata: {\"type\":\"ping\"}\n\n",
        "event: ping\ndata: {}\n\n",
        "data: {\"type\":\"keepalive\"}\n\n",
        "data: {\"type\":\"keep-alive\",\"cost\":0.5}\n\n",
        "event: heartbeat\ndata: x\n\n",
        "data: null\n\n",
        "data:\n\n",
        "data: : still here\n\n",
    ];
    let body: String = texts(&["a"], "end_turn").split_inclusive("\n\n").map(|event| pings.concat() + event).collect();
    let played = clean(&body);
    assert_eq!((played.total.as_ref().unwrap().text().as_ref(), played.names().len()), ("a", 6));
}

#[test]
fn what_is_not_known_is_lent_as_it_came_and_costs_nothing() {
    let unknown = [
        r#"{"type":"router_note","text":"hi","usage":{"cost":0.5}}"#.to_owned(),
        delta(0, r#"{"type":"new_delta","text":"not text"}"#),
        delta(0, r#"{"type":"text_delta"}"#),
        delta(0, r#"{"type":"text_delta","text":null}"#),
        delta(0, "null"),
        delta(7, r#"{"type":"new_delta"}"#),
        r#"{"type":"content_block_delta","index":0}"#.to_owned(),
        r#"{"type":"content_block_start","index":5}"#.to_owned(),
        r#"{"type":"message_start","message":"odd"}"#.to_owned(),
        r#"{"type":"message_delta"}"#.to_owned(),
        r#"{"type":7}"#.to_owned(),
        block_stop(9),
    ];
    let mut inner = vec![block_start(0, r#"{"type":"text","text":""}"#), text(0, "a")];
    inner.extend(unknown.iter().cloned());
    inner.extend([text(0, "b"), block_stop(0)]);
    let body = finished(&inner, "end_turn");
    let played = clean(&body);
    assert_eq!((played.joined(0).as_str(), played.problems()), ("ab", 0));
    let reply = played.total.as_ref().unwrap();
    assert_eq!((content(reply), reply.extra.len()), (json!([{"type": "text", "text": "ab"}]), 0));
    assert_eq!(reply.cost().unwrap().to_string(), "0.5");
    assert_eq!(played.names().len(), inner.len() + 3);

    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(
        format!("event: router_note\ndata: {}\n\nevent: odd\ndata: {{}}\n\n", unknown[0]).as_bytes(),
        Duration::ZERO,
    );
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    let event = machine.item();
    assert_eq!(
        (event.raw_name(), event.raw(), &*event.name()),
        (&b"router_note"[..], unknown[0].as_bytes(), "router_note")
    );
    assert_eq!(event.usage().unwrap().cost.unwrap().to_string(), "0.5");
    assert!(event.content_block().is_none() && event.stop_reason().is_none() && event.input().is_none());
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert_eq!(machine.item().name(), "odd");
    // What is about no block says so; what is about one says which.
    let about = [
        text(0, "a"),
        delta(0, r#"{"type":"new_delta"}"#),
        delta(7, r#"{"type":"new_delta"}"#),
        block_stop(9),
        block_stop(0),
    ];
    machine.push(events(about).as_bytes(), Duration::ZERO);
    let mut places = Vec::new();
    while let Ok(Step::Ready) = machine.advance() {
        places.push(machine.item().position());
    }
    assert_eq!(places, [Some(0), Some(0), None, None, Some(0)]);
}

/// A block that this crate does not know adds up by the deltas that it does.
#[test]
fn unknown_blocks_keep_what_they_began_with_and_get_what_is_added() {
    let untouched = r#"{"type":"odd","x":[1.50,null],"text":"é"}"#;
    let inner = [
        block_start(0, untouched),
        block_stop(0),
        block_start(1, r#"{"type":"mcp_tool_use","id":"mcptoolu_1","name":"q","server_name":"s","input":{}}"#),
        delta(1, r#"{"type":"input_json_delta","partial_json":"{\"a\":1}"}"#),
        block_stop(1),
        block_start(2, r#"{"type":"odd"}"#),
        text(2, "x"),
        delta(2, r#"{"type":"thinking_delta","thinking":"y"}"#),
        delta(2, r#"{"type":"signature_delta","signature":"z"}"#),
        delta(2, r#"{"type":"citations_delta","citation":{"n":1}}"#),
        delta(2, r#"{"type":"input_json_delta","partial_json":"{\"a\":"}"#),
        block_stop(2),
        block_start(3, r#"{"type":"text","text":"t"}"#),
        block_stop(3),
    ];
    let played = clean(&finished(&inner, "end_turn"));
    // Their texts are not the answer's.
    assert_eq!((played.joined(0), played.joined(1), played.joined(2)), ("t".to_owned(), String::new(), String::new()));
    let reply = played.total.unwrap();
    assert_eq!(serde_json::to_string(&reply.content[0]).unwrap(), untouched);
    assert_eq!(
        serde_json::to_string(&reply.content[1]).unwrap(),
        r#"{"type":"mcp_tool_use","id":"mcptoolu_1","name":"q","server_name":"s","input":{"a":1}}"#
    );
    assert_eq!(
        serde_json::to_string(&reply.content[2]).unwrap(),
        r#"{"type":"odd","text":"x","thinking":"y","signature":"z","input":"{\"a\":","citations":[{"n":1}]}"#
    );
    assert_eq!((&*reply.text(), &*reply.thinking()), ("t", ""));
}

#[test]
fn blocks_begin_with_what_they_have() {
    let inner = [
        block_start(0, r#"{"type":"text","text":"He","citations":[{"n":1}]}"#),
        text(0, "llo"),
        delta(0, r#"{"type":"citations_delta","citation":{"n":2}}"#),
        block_stop(0),
        block_start(1, r#"{"type":"thinking","thinking":"H","signature":"si"}"#),
        delta(1, r#"{"type":"thinking_delta","thinking":"m"}"#),
        delta(1, r#"{"type":"signature_delta","signature":"g"}"#),
        delta(1, r#"{"type":"signature_delta","signature":"sig"}"#),
        block_stop(1),
        block_start(2, r#"{"type":"tool_use","id":"t","name":"f","input":{"a":1}}"#),
        block_stop(2),
        block_start(3, r#"{"type":"tool_use","id":"u","name":"f","input":{"a":1}}"#),
        delta(3, r#"{"type":"input_json_delta","partial_json":"{\"b\":2}"}"#),
        block_stop(3),
        block_start(4, r#"{"type":"text"}"#),
        text(4, "!"),
    ];
    let played = clean(&finished(&inner, "tool_use"));
    assert_eq!(
        (played.joined(0).as_str(), played.joined(1).as_str(), played.joined(2).as_str()),
        ("Hello!", "Hm", "g")
    );
    assert_eq!(
        content(&played.total.unwrap()),
        json!([
            {"type": "text", "text": "Hello", "citations": [{"n": 1}, {"n": 2}]},
            {"type": "thinking", "thinking": "Hm", "signature": "sig"},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}},
            {"type": "tool_use", "id": "u", "name": "f", "input": {"b": 2}},
            {"type": "text", "text": "!"},
        ])
    );
}

#[test]
fn deltas_find_their_block_or_begin_one() {
    // No beginnings, and no indexes: by what is added.
    let bare = |member: &str| format!(r#"{{"type":"content_block_delta","delta":{{{member}}}}}"#);
    let inner = [
        bare(r#""thinking":"a""#),
        bare(r#""signature":"s""#),
        bare(r#""text":"b""#),
        bare(r#""type":"citations_delta","citation":{"n":1}"#),
        bare(r#""text":"c""#),
        bare(r#""partial_json":"{}""#),
    ];
    let reply = clean(&finished(&inner, "end_turn")).total.unwrap();
    assert_eq!(
        content(&reply),
        json!([
            {"type": "thinking", "thinking": "a", "signature": "s"},
            {"type": "text", "text": "bc", "citations": [{"n": 1}]},
            {"type": "tool_use", "input": {}},
        ])
    );
    // Everything at one index.
    let inner = [
        block_start(0, r#"{"type":"thinking","thinking":""}"#),
        delta(0, r#"{"type":"thinking_delta","thinking":"a"}"#),
        text(0, "b"),
        delta(0, r#"{"type":"thinking_delta","thinking":"c"}"#),
        delta(0, r#"{"type":"signature_delta","signature":"s"}"#),
        delta(0, r#"{"type":"input_json_delta","partial_json":"{\"x\":1}"}"#),
        delta(0, r#"{"type":"citations_delta","citation":{"n":1}}"#),
    ];
    let reply = clean(&finished(&inner, "end_turn")).total.unwrap();
    let kinds: Vec<_> = reply.content.iter().map(|block| block.kind().unwrap().into_owned()).collect();
    assert_eq!(kinds, ["thinking", "text", "thinking", "tool_use", "text"]);
    // Blocks that take turns, are numbered anew, or numbered oddly.
    let inner = [
        block_start(1, r#"{"type":"text","text":""}"#),
        block_start(0, r#"{"type":"text","text":""}"#),
        text(1, "a"),
        text(0, "b"),
        text(1, "c"),
        block_stop(0),
        block_start(0, r#"{"type":"text","text":""}"#),
        text(0, "d"),
        text(1, "e").replace("\"index\":1", "\"index\":\"1\""),
        block_start(0, r#"{"type":"text","text":""}"#).replace("\"index\":0,", ""),
        text(0, "f").replace("\"index\":0,", ""),
        text(0, "g"),
        text(5, "h"),
    ];
    let reply = clean(&finished(&inner, "end_turn")).total.unwrap();
    let texts: Vec<_> = reply.content.iter().filter_map(Block::as_text).collect();
    assert_eq!(texts, ["ace", "b", "dg", "f", "h"]);
}

#[test]
fn characters_cut_between_deltas_are_whole() {
    let halves = |field: &str, kind: &str| {
        [
            delta(0, &format!(r#"{{"type":"{kind}","{field}":"a\ud83c"}}"#)),
            delta(0, &format!(r#"{{"type":"{kind}","{field}":"\udf0db\ud83c"}}"#)),
            block_stop(0),
        ]
    };
    for (block, field, kind, place) in [
        (r#"{"type":"text","text":""}"#, "text", "text_delta", 0),
        (r#"{"type":"thinking","thinking":""}"#, "thinking", "thinking_delta", 1),
        (r#"{"type":"thinking","thinking":""}"#, "signature", "signature_delta", 2),
        (r#"{"type":"tool_use","input":{}}"#, "partial_json", "input_json_delta", 3),
    ] {
        let mut inner = vec![block_start(0, block)];
        inner.extend(halves(field, kind));
        let played = clean(&finished(&inner, "end_turn"));
        let added: Vec<&str> =
            played.items.iter().map(|seen| seen.texts[place].as_str()).filter(|text| !text.is_empty()).collect();
        assert_eq!(added, ["a", "🌍b", "\u{fffd}"], "{field}");
        let json = serde_json::to_value(&played.total.unwrap().content[0]).unwrap();
        let name = if field == "partial_json" { "input" } else { field };
        assert_eq!(json[name], "a🌍b\u{fffd}");
    }
}

#[test]
fn what_the_end_of_a_message_says_is_kept() {
    let body = events([
        START,
        r#"{"type":"message_start","message":{"id":"msg_2","model":"other","role":"user","container":{"id":"c"}},"usage":{"input_tokens":26}}"#,
        r#"{"type":"message_delta","delta":{"type":"d","stop_reason":"stop_sequence","stop_sequence":"END","container":{"id":"d"}},"usage":{"output_tokens":9,"x":1},"context_management":{"n":1}}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":null},"usage":{"cost":0.5}}"#,
        r#"{"type":"message_stop","usage":{"output_tokens":10},"amazon-bedrock-invocationMetrics":{"n":2}}"#,
    ]);
    let reply = clean(&body).total.unwrap();
    assert_eq!((reply.id.as_deref(), reply.model.as_deref()), (Some("msg_1"), Some("claude-sonnet-4-20250514")));
    assert_eq!((reply.role.as_str(), reply.stop_sequence.as_deref()), ("assistant", Some("END")));
    assert_eq!(reply.stop_reason, Some(StopReason::StopSequence));
    let extra: Vec<_> = reply.extra.iter().collect();
    assert_eq!(
        extra,
        [
            ("container", r#"{"id":"d"}"#),
            ("context_management", r#"{"n":1}"#),
            ("amazon-bedrock-invocationMetrics", r#"{"n":2}"#)
        ]
    );
    let usage = reply.usage.unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.extra.get("x")), (Some(26), Some(10), Some("1")));
    assert_eq!(usage.cost.unwrap().to_string(), "0.5");
    // A stop reason beside the delta, and content in the first event.
    let body = events([
        r#"{"type":"message_start","message":{"content":[{"type":"text","text":"a"}]}}"#.to_owned(),
        text(0, "b"),
        r#"{"type":"message_delta","stop_reason":"end_turn"}"#.to_owned(),
        STOP.to_owned(),
    ]);
    assert_eq!(clean(&body).total.unwrap().text(), "ab");
}

#[test]
fn the_last_of_two_members_of_a_name_counts() {
    let inner = [
        block_start(0, r#"{"type":"text","text":""}"#),
        delta(0, r#"{"type":"text_delta","text":"no","text":"a"}"#),
        r#"{"type":"content_block_delta","index":9,"delta":{"text":"no"},"index":0,"delta":{"text":"b"}}"#.to_owned(),
        r#"{"ty\u0070e":"content_block_delta","index":0,"delta":{"te\u0078t":"c"}}"#.to_owned(),
        delta(0, r#"{"type":"text_delta","text":"no","text":7}"#),
    ];
    assert_eq!(clean(&finished(&inner, "end_turn")).total.unwrap().text(), "abc");
}

#[test]
fn a_transport_may_read_into_the_room() {
    let body = texts(&["Hel", "lo"], "end_turn");
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    let mut pieces = body.as_bytes().chunks(50);
    loop {
        match machine.advance().unwrap() {
            Step::Ready => {}
            Step::NeedBytes => match pieces.next() {
                Some(piece) => {
                    machine.room()[..piece.len()].copy_from_slice(piece);
                    machine.commit(piece.len(), Duration::ZERO);
                }
                None => machine.end(End::Clean),
            },
            Step::Done => break,
        }
    }
    assert_eq!(machine.total().unwrap().text(), "Hello");
}
