//! Streamed messages: the documented sequences of events, however they are cut, and where they end.

#[path = "support/messages.rs"]
mod support;

use std::time::Duration;

use requesty_core::error::{Phase, Timeout};
use requesty_core::messages::{Block, Message, Reply, Request, StopReason, Unfinished};
use requesty_core::{End, Error, ErrorKind, Step};
use serde_json::{Value, json};
use support::{
    MODEL, START, STOP, block_start, block_stop, clean, cut, delta, end, events, finished, frame, head, once, play,
    play_everywhere, play_pieces, play_whole, router, stream_call, text, texts,
};

fn value(reply: &Reply) -> Value {
    serde_json::to_value(reply).unwrap()
}

fn text_events() -> Vec<String> {
    vec![
        START.to_owned(),
        block_start(0, r#"{"type":"text","text":""}"#),
        r#"{"type":"ping"}"#.to_owned(),
        text(0, "Hello"),
        text(0, "!"),
        block_stop(0),
        end("end_turn"),
        STOP.to_owned(),
    ]
}

fn thinking_events() -> Vec<String> {
    vec![
        START.to_owned(),
        block_start(0, r#"{"type":"thinking","thinking":"","signature":""}"#),
        delta(0, r#"{"type":"thinking_delta","thinking":"Let me "}"#),
        delta(0, r#"{"type":"thinking_delta","thinking":"see."}"#),
        delta(0, r#"{"type":"signature_delta","signature":"EqQBCg=="}"#),
        block_stop(0),
        block_start(1, r#"{"type":"redacted_thinking","data":"Emwx"}"#),
        block_stop(1),
        block_start(2, r#"{"type":"text","text":""}"#),
        text(2, "It is 4."),
        block_stop(2),
        end("end_turn"),
        STOP.to_owned(),
    ]
}

fn tool_events() -> Vec<String> {
    vec![
        START.to_owned(),
        block_start(0, r#"{"type":"text","text":""}"#),
        text(0, "Okay"),
        block_stop(0),
        block_start(1, r#"{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{}}"#),
        delta(1, r#"{"type":"input_json_delta","partial_json":""}"#),
        delta(1, r#"{"type":"input_json_delta","partial_json":"{\"location\":"}"#),
        delta(1, r#"{"type":"input_json_delta","partial_json":" \"San"}"#),
        delta(1, r#"{"type":"input_json_delta","partial_json":" Francisco\"}"}"#),
        block_stop(1),
        block_start(2, r#"{"type":"tool_use","id":"toolu_2","name":"now","input":{}}"#),
        block_stop(2),
        end("tool_use"),
        STOP.to_owned(),
    ]
}

const FOUND: &str = r#"{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://a.example","title":"A","encrypted_content":"Eo8","page_age":null}]}"#;
const CITED: &str = r#"{"type":"web_search_result_location","cited_text":"72°F","url":"https://a.example","title":null,"encrypted_index":"Eo9"}"#;

fn search_events() -> Vec<String> {
    vec![
        START.to_owned(),
        block_start(0, r#"{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}"#),
        delta(0, r#"{"type":"input_json_delta","partial_json":"{\"query\":"}"#),
        delta(0, r#"{"type":"input_json_delta","partial_json":"\"weather\"}"}"#),
        block_stop(0),
        block_start(1, FOUND),
        block_stop(1),
        block_start(2, r#"{"type":"text","text":"","citations":[]}"#),
        delta(2, &format!(r#"{{"type":"citations_delta","citation":{CITED}}}"#)),
        text(2, "Warm."),
        delta(2, r#"{"type":"citations_delta","citation":{"type":"page_location","document_title":"D","n":1.0}}"#),
        block_stop(2),
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":30,"cache_creation_input_tokens":0,"cache_read_input_tokens":7,"output_tokens":510,"server_tool_use":{"web_search_requests":1},"cost":0.0123}}"#.to_owned(),
        STOP.to_owned(),
    ]
}

/// The sequences of the documentation, and the whole replies that they are.
fn samples() -> Vec<(Vec<String>, Value)> {
    let message = |content: Value, reason: &str, usage: Value| {
        json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-20250514",
            "content": content, "stop_reason": reason, "stop_sequence": null, "usage": usage,
        })
    };
    let usage = || json!({"input_tokens": 25, "output_tokens": 15});
    let found: Value = serde_json::from_str(FOUND).unwrap();
    let cited: Value = serde_json::from_str(CITED).unwrap();
    vec![
        (text_events(), message(json!([{"type": "text", "text": "Hello!"}]), "end_turn", usage())),
        (
            thinking_events(),
            message(
                json!([
                    {"type": "thinking", "thinking": "Let me see.", "signature": "EqQBCg=="},
                    {"type": "redacted_thinking", "data": "Emwx"},
                    {"type": "text", "text": "It is 4."},
                ]),
                "end_turn",
                usage(),
            ),
        ),
        (
            tool_events(),
            message(
                json!([
                    {"type": "text", "text": "Okay"},
                    {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"location": "San Francisco"}},
                    {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}},
                ]),
                "tool_use",
                usage(),
            ),
        ),
        (
            search_events(),
            message(
                json!([
                    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "weather"}},
                    found,
                    {"type": "text", "text": "Warm.", "citations": [
                        cited, {"type": "page_location", "document_title": "D", "n": 1.0},
                    ]},
                ]),
                "end_turn",
                json!({
                    "input_tokens": 30, "output_tokens": 510, "cache_creation_input_tokens": 0,
                    "cache_read_input_tokens": 7, "cost": 0.0123, "server_tool_use": {"web_search_requests": 1},
                }),
            ),
        ),
    ]
}

#[test]
fn a_stream_adds_up_to_the_whole_reply_however_it_is_cut() {
    for (stream, whole) in samples() {
        let played = play_everywhere(events(&stream).as_bytes(), &End::Clean);
        assert!(matches!(played.last, Ok(Step::Done)));
        let reply = played.total.as_ref().unwrap();
        assert_eq!(value(reply), whole);
        assert!(reply.clean_end());
        assert_eq!(played.joined(0), reply.text());
        assert_eq!(played.joined(1), reply.thinking());
        // A keep-alive is no item; every other event is.
        let names: Vec<Value> =
            stream.iter().map(|event| serde_json::from_str::<Value>(event).unwrap()["type"].clone()).collect();
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).filter(|name| *name != "ping").collect();
        assert_eq!(played.names, names);
        let unary = play_whole(200, &whole.to_string()).unwrap();
        assert_eq!(value(&unary), whole);
        assert_eq!(unary.content.len(), reply.content.len());
        // The answer goes back as it came.
        let message = serde_json::to_value(reply.message()).unwrap();
        assert_eq!(message, json!({"role": "assistant", "content": whole["content"]}));
        let read: Message = serde_json::from_value(message).unwrap();
        assert_eq!(read.content.blocks(), unary.content);
    }
}

#[test]
fn signatures_and_thoughts_are_lent_as_they_come() {
    let played = clean(&events(thinking_events()));
    assert_eq!((played.joined(1), played.joined(2)), ("Let me see.".to_owned(), "EqQBCg==".to_owned()));
    let Block::Thinking(block) = &played.reply().content[0] else { panic!() };
    assert_eq!((block.thinking.as_str(), block.signature.as_deref()), ("Let me see.", Some("EqQBCg==")));
    assert_eq!(played.reply().thinking(), "Let me see.");
}

#[test]
fn the_input_of_a_tool_is_lent_with_what_it_is_of() {
    let stream = [tool_events(), search_events()];
    let mut seen = Vec::new();
    for stream in stream {
        let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
        machine.push(events(&stream).as_bytes(), Duration::ZERO);
        while let Ok(Step::Ready) = machine.advance() {
            let event = machine.item();
            let Some(input) = event.input() else { continue };
            assert_eq!(event.position(), Some(input.position()));
            let said = (input.position(), input.offset(), input.json().to_owned(), input.is_server_side());
            seen.push((said, input.id().unwrap().to_owned(), input.name().unwrap().to_owned()));
            let shown = format!("{input:?}");
            assert!(shown.contains("json_len") && !shown.contains("San"), "{shown}");
        }
    }
    let of = |place: usize, offset: usize, json: &str, id: &str, name: &str| {
        let server_side = id.starts_with("srv");
        ((place, offset, json.to_owned(), server_side), id.to_owned(), name.to_owned())
    };
    assert_eq!(
        seen,
        [
            of(1, 0, "", "toolu_1", "get_weather"),
            of(1, 0, "", "toolu_1", "get_weather"),
            of(1, 0, "{\"location\":", "toolu_1", "get_weather"),
            of(1, 12, " \"San", "toolu_1", "get_weather"),
            of(1, 17, " Francisco\"}", "toolu_1", "get_weather"),
            of(2, 0, "", "toolu_2", "now"),
            of(0, 0, "", "srvtoolu_1", "web_search"),
            of(0, 0, "{\"query\":", "srvtoolu_1", "web_search"),
            of(0, 9, "\"weather\"}", "srvtoolu_1", "web_search"),
        ]
    );
}

#[test]
fn an_event_says_what_it_carries() {
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(events(search_events()).as_bytes(), Duration::ZERO);
    let (mut blocks, mut reasons, mut usages, mut cited) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    while let Ok(Step::Ready) = machine.advance() {
        let event = machine.item();
        blocks.extend(event.content_block());
        reasons.extend(event.stop_reason());
        usages.extend(event.usage());
        cited.extend(event.citation());
        let owned = machine.owned();
        assert_eq!(owned.as_event().content_block(), machine.item().content_block());
        assert_eq!(
            owned.clone().as_event().input().map(|input| input.offset()),
            machine.item().input().map(|input| input.offset())
        );
        let shown = format!("{:?}", machine.item());
        assert!(shown.contains("raw_len") && !shown.contains("Warm"), "{shown}");
    }
    let kinds: Vec<_> = blocks.iter().map(|block| block.kind().unwrap().into_owned()).collect();
    assert_eq!(kinds, ["server_tool_use", "web_search_tool_result", "text"]);
    assert_eq!(serde_json::to_string(&blocks[1]).unwrap(), FOUND);
    assert_eq!(reasons, [StopReason::EndTurn]);
    assert_eq!(cited, machine.dialect().so_far().citations());
    assert_eq!(cited.len(), 2);
    assert_eq!((usages.len(), usages[0].output_tokens), (1, Some(510)));
}

#[test]
fn sources_are_cited_in_the_order_of_the_text() {
    let citations = clean(&events(search_events())).reply().citations();
    let [first, second] = &citations[..] else { panic!("{citations:?}") };
    assert_eq!(
        (first.kind.as_deref(), first.url.as_deref()),
        (Some("web_search_result_location"), Some("https://a.example"))
    );
    assert_eq!((first.cited_text.as_deref(), first.title.as_deref()), (Some("72°F"), None));
    assert_eq!(first.extra.get("encrypted_index"), Some("\"Eo9\""));
    assert_eq!((second.title.as_deref(), second.extra.get("n")), (Some("D"), Some("1.0")));
}

/// A whole tool use and one that was cut are two types.
#[test]
fn what_is_whole_can_be_run_and_answered() {
    let reply = clean(&events(tool_events())).total.unwrap();
    let uses: Vec<_> = reply.tool_uses().collect();
    assert_eq!(uses.len(), 2);
    assert_eq!(
        (uses[0].id(), uses[0].name(), uses[0].input_json()),
        ("toolu_1", "get_weather", "{\"location\": \"San Francisco\"}")
    );
    assert_eq!((uses[1].input_json(), uses[1].input::<Value>().unwrap()), ("{}", json!({})));
    assert_eq!(uses[0].input::<Value>().unwrap()["location"], "San Francisco");
    let error = uses[0].input::<Vec<u8>>().unwrap_err();
    assert_eq!(error.raw(), uses[0].input_json());
    assert_eq!(reply.unfinished_tool_uses().count(), 0);
    assert_eq!(uses[0].tool_use(), reply.content[1].as_tool_use().unwrap());
    assert!(format!("{:?}", uses[0]).starts_with("FinishedToolUse(ToolUse"));

    let results: Vec<Block> = uses.iter().map(|tool_use| tool_use.result("18 °C").into()).collect();
    let history = [Message::user("Weather?"), reply.message(), Message::user(results)];
    let body = Request::new(&history, 64).model(MODEL).whole_body().unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["messages"][1]["content"][1]["input"], json!({"location": "San Francisco"}));
    assert_eq!(
        body["messages"][2]["content"][0],
        json!({"type": "tool_result", "tool_use_id": "toolu_1", "content": "18 °C"})
    );
}

#[test]
fn what_the_provider_ran_is_not_the_callers_to_run() {
    let reply = clean(&events(search_events())).total.unwrap();
    assert_eq!((reply.tool_uses().count(), reply.unfinished_tool_uses().count()), (0, 0));
    let leaked = r#"{"content":[{"type":"tool_use","id":"srvtoolu_1","name":"web_search","input":{}},{"type":"tool_use","id":"toolu_1","name":"f","input":{}}],"stop_reason":"tool_use"}"#;
    let reply = play_whole(200, leaked).unwrap();
    let ids: Vec<_> = reply.tool_uses().map(|tool_use| tool_use.id()).collect();
    assert_eq!(ids, ["toolu_1"]);
}

/// Cut between any two events, there is an error and what came before; only a stop reason makes an answer complete.
#[test]
fn a_stream_cut_between_events_is_truncated() {
    for (stream, whole) in samples() {
        let complete = stream.len() - 2;
        for count in 0..=stream.len() {
            for end in [End::Clean, cut()] {
                let played = play_pieces(&stream_call(), [events(&stream[..count]).as_bytes()], end.clone());
                if count > complete {
                    let reply = played.total.as_ref().unwrap();
                    assert_eq!(value(reply), whole);
                    assert_eq!(reply.clean_end(), count == stream.len() || matches!(end, End::Clean));
                    continue;
                }
                let Some(Error::Truncated(truncated)) = played.error() else { panic!("{count}: {:?}", played.error()) };
                assert_eq!(truncated.is_cut(), matches!(end, End::Cut(_)));
                assert!(matches!(played.last, Err(Error::Truncated(_))));
                let reply = played.reply();
                assert_eq!((reply.id.is_some(), reply.stop_reason.as_ref()), (count > 0, None));
                assert_eq!(
                    (played.joined(0), played.joined(1)),
                    (reply.text().into_owned(), reply.thinking().into_owned())
                );
                let begun = stream[..count].iter().filter(|event| event.contains("content_block_start")).count();
                assert_eq!(reply.content.len(), begun);
                assert!(!reply.clean_end());
            }
        }
    }
}

#[test]
fn a_tool_use_that_was_cut_cannot_be_run() {
    let stream = tool_events();
    for count in 0..stream.len() - 2 {
        let played = once(&events(&stream[..count]));
        let reply = played.reply();
        let finished: Vec<_> = reply.tool_uses().map(|tool_use| tool_use.id()).collect();
        let unfinished: Vec<_> = reply.unfinished_tool_uses().map(|tool_use| tool_use.why()).collect();
        let (whole, cuts) = match count {
            0..=4 => (0, 0),
            5..=9 => (0, 1),
            10 => (1, 0),
            // Its end came, but nothing of an input: servers that fail end their blocks, too.
            _ => (1, 1),
        };
        assert_eq!(
            (finished.len(), unfinished.as_slice()),
            (whole, &[Unfinished::Cut][..cuts]),
            "after {count} events"
        );
    }
    let played = once(&events(&stream[..8]));
    let partial = played.reply();
    let tool_use = partial.unfinished_tool_uses().next().unwrap();
    assert_eq!(
        (tool_use.id(), tool_use.name(), tool_use.fragment()),
        ("toolu_1", Some("get_weather"), "{\"location\": \"San")
    );
    assert_eq!(tool_use.tool_use(), partial.content[1].as_tool_use().unwrap());
    assert!(tool_use.to_string().contains("was cut"), "{tool_use}");
    assert!(!format!("{tool_use:?}").contains("San"));
    // It cannot be sent back either, and says so when written.
    assert_eq!(value(partial)["content"][1]["input"], "{\"location\": \"San");
    let history = [Message::user("x"), partial.message()];
    let error = Request::new(&history, 64).model(MODEL).whole_body().unwrap_err();
    assert!(error.to_string().contains("message 1 holds a tool use whose input was cut"), "{error}");
}

#[test]
fn a_limit_of_the_answer_cuts_its_last_tool_use() {
    for (reason, cuts) in
        [("max_tokens", 1), ("refusal", 1), ("model_context_window_exceeded", 1), ("tool_use", 0), ("pause_turn", 0)]
    {
        let mut stream = tool_events();
        let place = stream.len() - 2;
        stream[place] = end(reason);
        let streamed = once(&events(&stream)).total.unwrap();
        let whole = play_whole(200, &value(&streamed).to_string()).unwrap();
        for reply in [streamed, whole] {
            assert_eq!((reply.tool_uses().count(), reply.unfinished_tool_uses().count()), (2 - cuts, cuts), "{reason}");
            assert_eq!(reply.stop_reason.as_ref().unwrap().is_early(), cuts == 1);
        }
    }
    // The same where the connection broke on the way to the end.
    let mut stream = tool_events();
    stream.truncate(10);
    stream.push(end("max_tokens"));
    stream.push(r#"{"type":"error","error":{"type":"api_error","message":"m"}}"#.to_owned());
    let played = once(&events(&stream));
    assert_eq!((played.reply().tool_uses().count(), played.error().unwrap().kind()), (0, Some(ErrorKind::Server)));
}

#[test]
fn an_input_that_is_no_object_cannot_be_run() {
    for (input, why) in [
        (r#"{\"a\":"#, Some(Unfinished::InvalidArguments)),
        ("7", Some(Unfinished::InvalidArguments)),
        ("[1]", Some(Unfinished::InvalidArguments)),
        (r#"{\"a\":1}"#, None),
        (r#"{}{\"a\":1}"#, None),
        (" ", None),
        ("null", None),
    ] {
        let stream = finished(
            &[
                block_start(0, r#"{"type":"tool_use","id":"t","name":"f","input":{}}"#),
                delta(0, &format!(r#"{{"type":"input_json_delta","partial_json":"{input}"}}"#)),
                block_stop(0),
            ],
            "tool_use",
        );
        let reply = once(&stream).total.unwrap();
        let unfinished = reply.unfinished_tool_uses().next();
        assert_eq!(unfinished.map(|tool_use| tool_use.why()), why, "{input}");
        if let Some(unfinished) = unfinished {
            assert!(unfinished.to_string().contains("not a JSON object"), "{unfinished}");
        }
        let read = play_whole(200, &value(&reply).to_string()).unwrap();
        assert_eq!(read.tool_uses().count(), usize::from(why.is_none()), "{input}");
    }
    let unnamed = play_whole(200, r#"{"content":[{"type":"tool_use","input":{"a":1}}]}"#).unwrap();
    let tool_use = unnamed.unfinished_tool_uses().next().unwrap();
    assert_eq!((tool_use.why(), tool_use.id(), tool_use.name()), (Unfinished::NoName, "", None));
    assert_eq!(tool_use.to_string(), "the tool use names no tool");
    let no_input =
        play_whole(200, r#"{"content":[{"type":"tool_use","name":"f"},{"type":"tool_use","name":"f","input":null}]}"#)
            .unwrap();
    assert_eq!(
        no_input.tool_uses().map(|tool_use| (tool_use.input_json(), tool_use.id())).collect::<Vec<_>>(),
        [("{}", ""), ("{}", "")]
    );
    assert_eq!(serde_json::to_string(&no_input.content[0]).unwrap(), r#"{"type":"tool_use","name":"f","input":{}}"#);
}

#[test]
fn only_a_stop_reason_makes_an_answer_complete() {
    let timed_out = End::TimedOut(Timeout::new(Phase::IdleBytes, Duration::from_secs(120)));
    for stopped in [true, false] {
        for done in ["", &*frame(STOP), "data: [DONE]\n\n", "event: message_stop\ndata: \n\n"] {
            for end_of_body in [End::Clean, cut(), timed_out.clone()] {
                let mut body = events([START.to_owned(), text(0, "Hel")]);
                if stopped {
                    body += &frame(&end("end_turn"));
                }
                let played = play((body + done).as_bytes(), &end_of_body);
                assert_eq!(played.reply().text(), "Hel");
                let row = format!("stopped {stopped}, {done:?}, {end_of_body:?}");
                match (stopped, done.is_empty(), &end_of_body, played.error()) {
                    (true, _, _, None) => {
                        let clean = !done.is_empty() || matches!(end_of_body, End::Clean);
                        assert_eq!(played.reply().clean_end(), clean, "{row}");
                    }
                    (false, false, _, Some(Error::Unfinished)) => {}
                    (false, true, End::Clean, Some(Error::Truncated(truncated))) => assert!(!truncated.is_cut()),
                    (false, true, End::Cut(_), Some(Error::Truncated(truncated))) => assert!(truncated.is_cut()),
                    (false, true, End::TimedOut(_), Some(Error::Timeout(_))) => {}
                    (_, _, _, other) => panic!("{row}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn an_end_without_a_stop_reason_can_be_accepted() {
    let call = stream_call().accepting_unfinished();
    for done in [frame(STOP), "data: [DONE]\n\n".to_owned()] {
        let body = events([START.to_owned(), text(0, "Hel")]) + &done;
        assert_eq!(play_pieces(&call, [body.as_bytes()], End::Clean).total.unwrap().text(), "Hel");
        let nothing = play_pieces(&call, [frame(START).as_bytes(), done.as_bytes()], End::Clean);
        assert!(matches!(nothing.error(), Some(Error::Unfinished)));
    }
    let cut_off = events([START.to_owned(), text(0, "Hel")]);
    assert!(matches!(play_pieces(&call, [cut_off.as_bytes()], End::Clean).error(), Some(Error::Truncated(_))));
}

#[test]
fn what_follows_the_end_is_ignored() {
    let body = texts(&["a"], "end_turn") + "data: [DONE]\n\nevent: error\ndata: {\"error\":\"late\"}\n\ngarbage";
    let played = play(body.as_bytes(), &cut());
    assert!(played.total.as_ref().unwrap().clean_end());
    assert_eq!(played.reply().text(), "a");
}

#[test]
fn the_last_event_may_lack_its_blank_line_at_a_clean_end_only() {
    let begun = events([START.to_owned(), text(0, "Hel")]);
    let stopped = format!("{begun}event: message_delta\ndata: {}\n", end("end_turn"));
    assert_eq!(clean(&stopped).total.unwrap().stop_reason, Some(StopReason::EndTurn));
    assert!(matches!(play(stopped.as_bytes(), &cut()).error(), Some(Error::Truncated(_))));
    let done = begun.clone() + &frame(&end("end_turn")) + "data: [DONE]";
    assert!(clean(&done).total.unwrap().clean_end());
    let ping = format!("{begun}event: ping\ndata: {{}}\n");
    assert!(matches!(clean(&ping).error(), Some(Error::Truncated(_))));
    let half = format!("{begun}event: content_block_delta\ndata: {{\"type\":\"content_bl");
    let played = clean(&half);
    assert!(matches!(played.error(), Some(Error::Truncated(_))));
    assert_eq!((played.reply().text(), played.problems), ("Hel".into(), 0));
}

#[test]
fn an_error_in_the_stream_is_one_with_what_came_before() {
    for (kind, expected) in [
        ("overloaded_error", ErrorKind::Overloaded),
        ("rate_limit_error", ErrorKind::RateLimited),
        ("invalid_request_error", ErrorKind::InvalidRequest),
        ("authentication_error", ErrorKind::Unauthorized),
        ("permission_error", ErrorKind::Forbidden),
        ("not_found_error", ErrorKind::NotFound),
        ("timeout_error", ErrorKind::TimedOut),
        ("api_error", ErrorKind::Server),
    ] {
        let error = format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"m"}}}}"#);
        for error in [frame(&error), format!("data: {error}\n\n")] {
            let played = clean(&(events([START.to_owned(), text(0, "Hel")]) + &error + &frame(STOP)));
            let api = played.error().and_then(Error::api).unwrap();
            assert_eq!((api.kind(), api.message(), api.is_in_stream()), (expected, Some("m"), true));
            assert_eq!((played.reply().text(), played.names.len()), ("Hel".into(), 2));
            assert_eq!(played.reply().id.as_deref(), Some("msg_1"));
            assert!(played.last.is_err());
        }
    }
    for error in [
        "event: error\ndata: {\"type\":\"overloaded_error\",\"message\":\"m\"}\n\n",
        "event: error\ndata: m\n\n",
        "data: {\"error\":{\"origin\":\"provider\",\"message\":\"m\"}}\n\n",
        "data: {\"type\":\"odd\",\"error\":\"m\"}\n\n",
    ] {
        let played = clean(&(texts(&["a"], "end_turn").replace(&frame(STOP), "") + error));
        assert_eq!(played.error().and_then(Error::api).unwrap().message(), Some("m"), "{error}");
    }
}

#[test]
fn an_error_beside_content_is_the_next_result() {
    let both = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo"},"error":{"message":"broke","code":429}}"#;
    let played = clean(&events([START.to_owned(), text(0, "Hel"), both.to_owned()]));
    assert_eq!((played.joined(0).as_str(), played.names.len()), ("Hello", 3));
    assert_eq!(played.error().unwrap().kind(), Some(ErrorKind::RateLimited));
    let none = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo"},"error":null}"#;
    let played = clean(&events([START, none, &end("end_turn"), STOP]));
    assert_eq!(played.total.unwrap().text(), "lo");
    let failed = clean(&texts(&["a"], "error"));
    assert!(failed.error().unwrap().api().is_some());
    assert_eq!(failed.reply().text(), "a");
}

#[test]
fn an_event_that_cannot_be_read_costs_the_total_only() {
    for broken in ["{\"type\":\"content_block_delta\"", "nonsense", "[1]", "7"] {
        let mut stream: Vec<String> = tool_events();
        stream.insert(3, broken.to_owned());
        let body: String = stream.iter().map(|event| format!("data: {event}\n\n")).collect();
        let played = clean(&body);
        assert!(matches!(played.last, Ok(Step::Done)));
        assert_eq!((played.problems, played.names.len()), (1, stream.len()));
        let Some(Error::Decode(problem)) = played.error() else { panic!("{:?}", played.error()) };
        assert_eq!((&problem.body()[..], problem.status().unwrap().as_u16()), (broken.as_bytes(), 200));
        assert!(problem.at().is_some() && problem.to_string().contains("an event"), "{problem}");
        assert_eq!(played.reply().text(), "Okay");
        // It may have been a piece of an input.
        assert_eq!((played.reply().tool_uses().count(), played.reply().unfinished_tool_uses().count()), (0, 2));
    }
}

#[test]
fn no_stream_can_be_taken_for_one() {
    for (status, content_type, body) in [(200, "text/html", "<title>Log in</title>"), (200, "application/json", "")] {
        let mut machine = stream_call().open(head(status, content_type), Duration::ZERO);
        machine.push(body.as_bytes(), Duration::ZERO);
        let _ = machine.advance();
        machine.end(End::Clean);
        let error = machine.advance().unwrap_err();
        assert!(matches!(error, Error::Unexpected(_)), "{error:?}");
        assert_eq!(machine.total().unwrap_err().partial(), &Reply::default());
    }
    let machine = router().messages_stream(&Request::new(&[Message::user("x")], 1).model("m")).unwrap();
    let machine = machine.open(head(200, "text/event-stream"), Duration::ZERO);
    assert!(format!("{:?}", machine.dialect()).starts_with("Decoder { blocks: 0, done: false, over: None"));
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
}
