//! Tool uses in messages: how they come, and that only whole ones can be run.

use std::time::Duration;

use requesty_core::messages::{Block, Message, Request, Unfinished};
use requesty_core::{ErrorKind, Step};

use crate::support::head;
use crate::support::messages::{
    MODEL, block_start, block_stop, clean, delta, end, events, finished, once, play_whole, stream_call,
};
use crate::support::messages_samples::{search_events, tool_events, value};
use serde_json::{Value, json};

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

#[test]
fn a_tool_use_that_was_cut_cannot_be_run() {
    let stream = tool_events();
    for count in 0..stream.len() - 2 {
        let played = once(&events(&stream[..count]));
        let reply = played.reply();
        let finished: Vec<_> = reply.tool_uses().map(|tool_use| tool_use.id()).collect();
        let unfinished: Vec<_> = reply.unfinished_tool_uses().map(|tool_use| tool_use.why()).collect();
        // However much of them came: nobody said why the answer ended.
        let cuts = match count {
            0..=4 => 0,
            5..=10 => 1,
            _ => 2,
        };
        let expected = vec![Unfinished::Cut; cuts];
        assert_eq!((finished.len(), unfinished), (0, expected), "after {count} events");
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
    for (reason, cuts) in [
        ("max_tokens", 1),
        ("MAX_TOKENS", 1),
        ("refusal", 1),
        ("model_context_window_exceeded", 1),
        ("tool_use", 0),
        ("pause_turn", 0),
        ("of its own", 0),
    ] {
        let mut stream = tool_events();
        let place = stream.len() - 2;
        stream[place] = end(reason);
        let streamed = once(&events(&stream)).total.unwrap();
        let whole = play_whole(200, &value(&streamed).to_string()).unwrap();
        for reply in [streamed, whole] {
            assert_eq!((reply.tool_uses().count(), reply.unfinished_tool_uses().count()), (2 - cuts, cuts), "{reason}");
            assert_eq!(reply.stop_reason.as_ref().unwrap().is_early(), reason != "tool_use");
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
    let unnamed =
        play_whole(200, r#"{"stop_reason":"tool_use","content":[{"type":"tool_use","input":{"a":1}}]}"#).unwrap();
    let tool_use = unnamed.unfinished_tool_uses().next().unwrap();
    assert_eq!((tool_use.why(), tool_use.id(), tool_use.name()), (Unfinished::NoName, "", None));
    assert_eq!(tool_use.to_string(), "the tool use names no tool");
    let no_input =
        play_whole(200, r#"{"stop_reason":"tool_use","content":[{"type":"tool_use","name":"f"},{"type":"tool_use","name":"f","input":null}]}"#)
            .unwrap();
    assert_eq!(
        no_input.tool_uses().map(|tool_use| (tool_use.input_json(), tool_use.id())).collect::<Vec<_>>(),
        [("{}", ""), ("{}", "")]
    );
    assert_eq!(serde_json::to_string(&no_input.content[0]).unwrap(), r#"{"type":"tool_use","name":"f","input":{}}"#);
}
