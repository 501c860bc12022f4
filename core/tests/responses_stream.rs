//! Streamed responses in good order: what each event shows, and what they add up to, however their bytes are cut.

mod support;

use requesty_core::End;
use requesty_core::chat::Tool;
use requesty_core::responses::{EventKind, OutputItem, Request, Response, Status};
use serde_json::{Value, json};
use support::responses::{Played, event, events, play, play_as, play_pieces, same, stream_call};
use support::{cut, router};

/// The sequence that OpenAI documents for a text, with what the router adds: the cost.
fn text() -> Vec<String> {
    let message = |status: &str, content: Value| json!({"id": "msg_1", "type": "message", "status": status, "role": "assistant", "content": content});
    let part = |text: &str| json!({"type": "output_text", "text": text, "annotations": []});
    let whole = "Hello, 世界 \u{1F600}!";
    let response = |status: &str, output: Value, usage: Value| {
        json!({"id": "rqsty-cmpl-1", "object": "response", "created_at": 1_783_184_646, "status": status, "error": null,
               "incomplete_details": null, "model": "gpt-4.1", "output": output, "usage": usage})
    };
    let usage = json!({"input_tokens": 9, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 4,
                       "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 13, "cost": 0.000_052});
    let at = |mut event: Value| {
        event["item_id"] = json!("msg_1");
        event["output_index"] = json!(0);
        event["content_index"] = json!(0);
        event.to_string()
    };
    let mut all = vec![
        json!({"type": "response.created", "response": response("in_progress", json!([]), json!(null))}).to_string(),
        json!({"type": "response.in_progress", "response": response("in_progress", json!([]), json!(null))})
            .to_string(),
        json!({"type": "response.output_item.added", "output_index": 0, "item": message("in_progress", json!([]))})
            .to_string(),
        at(json!({"type": "response.content_part.added", "part": part("")})),
    ];
    all.extend(
        ["Hello", ", ", "世", "界 "].map(|delta| at(json!({"type": "response.output_text.delta", "delta": delta}))),
    );
    // A character cut between two events.
    let raw = |delta: &str| {
        let delta = format!(r#""delta":"{delta}""#);
        at(json!({"type": "response.output_text.delta", "delta": ""})).replace(r#""delta":"""#, &delta)
    };
    all.extend([raw("\\ud83d"), raw("\\ude00!")]);
    all.extend([
        at(json!({"type": "response.output_text.done", "text": whole})),
        at(json!({"type": "response.content_part.done", "part": part(whole)})),
        json!({"type": "response.output_item.done", "output_index": 0, "item": message("completed", json!([part(whole)]))})
            .to_string(),
        json!({"type": "response.completed",
               "response": response("completed", json!([message("completed", json!([part(whole)]))]), usage)})
        .to_string(),
    ]);
    all
}

/// What was thought, then two calls whose arguments come in turns.
fn calls() -> Vec<String> {
    let reasoning = json!({"id": "rs_1", "type": "reasoning", "encrypted_content": "gAAA",
                           "summary": [{"type": "summary_text", "text": "First A. "}, {"type": "summary_text", "text": "Then B."}]});
    let call = |n: u8, status: &str, arguments: &str| {
        json!({"id": format!("fc_{n}"), "type": "function_call", "status": status, "call_id": format!("call_{n}"),
               "name": "weather", "arguments": arguments})
    };
    let (rome, oslo) = (r#"{"city":"Rome"}"#, r#"{"city":"Oslo"}"#);
    let summary = |index: u8, delta: &str| {
        json!({"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "output_index": 0, "summary_index": index,
               "delta": delta})
    };
    let arguments = |n: u8, delta: &str| json!({"type": "response.function_call_arguments.delta", "item_id": format!("fc_{n}"), "output_index": n, "delta": delta});
    let item = |kind: &str, index: u8, item: &Value| json!({"type": format!("response.output_item.{kind}"), "output_index": index, "item": item});
    let all = [
        json!({"type": "response.created", "response": {"id": "r", "model": "m", "status": "in_progress", "output": []}}),
        item("added", 0, &json!({"id": "rs_1", "type": "reasoning", "summary": []})),
        json!({"type": "response.reasoning_summary_part.added", "output_index": 0, "summary_index": 0,
               "part": {"type": "summary_text", "text": ""}}),
        summary(0, "First "),
        summary(0, "A. "),
        json!({"type": "response.reasoning_summary_text.done", "output_index": 0, "summary_index": 0, "text": "First A. "}),
        json!({"type": "response.reasoning_summary_part.done", "output_index": 0, "summary_index": 0,
               "part": {"type": "summary_text", "text": "First A. "}}),
        summary(1, "Then B."),
        item("done", 0, &reasoning),
        item("added", 1, &call(1, "in_progress", "")),
        item("added", 2, &call(2, "in_progress", "")),
        arguments(1, r#"{"city""#),
        arguments(2, r#"{"city":"Os"#),
        arguments(1, r#":"Rome"}"#),
        arguments(2, r#"lo"}"#),
        json!({"type": "response.function_call_arguments.done", "output_index": 1, "arguments": rome}),
        json!({"type": "response.function_call_arguments.done", "output_index": 2, "arguments": oslo}),
        item("done", 1, &call(1, "completed", rome)),
        item("done", 2, &call(2, "completed", oslo)),
        json!({"type": "response.completed", "response": {"id": "r", "model": "m", "status": "completed",
               "output": [reasoning, call(1, "completed", rome), call(2, "completed", oslo)], "usage": {"cost": 0.1}}}),
    ];
    all.iter().map(ToString::to_string).collect()
}

/// A web search, whose sources come one by one, and a refusal.
fn search() -> Vec<String> {
    let citation = json!({"type": "url_citation", "url": "https://a", "title": "A", "start_index": 0, "end_index": 3});
    let search = json!({"id": "ws_1", "type": "web_search_call", "status": "completed"});
    let message = json!({"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [
        {"type": "output_text", "text": "Old.", "annotations": [citation]}, {"type": "refusal", "refusal": "No more."}]});
    let all = [
        json!({"type": "response.created", "response": {"id": "r", "status": "in_progress"}}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": {"id": "ws_1", "type": "web_search_call"}}),
        json!({"type": "response.web_search_call.searching", "output_index": 0, "item_id": "ws_1"}),
        json!({"type": "response.output_item.done", "output_index": 0, "item": search}),
        json!({"type": "response.output_text.delta", "output_index": 1, "content_index": 0, "delta": "Old."}),
        json!({"type": "response.output_text.annotation.added", "output_index": 1, "content_index": 0,
               "annotation_index": 0, "annotation": citation}),
        json!({"type": "response.refusal.delta", "output_index": 1, "content_index": 1, "delta": "No "}),
        json!({"type": "response.refusal.delta", "output_index": 1, "content_index": 1, "delta": "more."}),
        json!({"type": "response.refusal.done", "output_index": 1, "content_index": 1, "refusal": "No more."}),
        json!({"type": "response.output_item.done", "output_index": 1, "item": message}),
        json!({"type": "response.completed", "response": {"id": "r", "status": "completed", "output": [search, message]}}),
    ];
    all.iter().map(ToString::to_string).collect()
}

/// The last event's response.
fn terminal(sequence: &[String]) -> Value {
    serde_json::from_str::<Value>(sequence.last().unwrap()).unwrap()["response"].clone()
}

#[test]
fn a_text_adds_up() {
    let sequence = text();
    let played = play(&events(&sequence));
    let response = played.complete();
    assert_eq!(serde_json::to_value(response).unwrap(), terminal(&sequence));
    assert_eq!(response.whole_text().unwrap(), "Hello, 世界 \u{1F600}!");
    assert_eq!(played.texts()[4..10], ["Hello", ", ", "世", "界 ", "", "\u{1F600}!"]);
    assert_eq!(played.texts().concat(), response.text());
    assert_eq!(response.cost().unwrap().to_string(), "0.000052");
    let summary = response.summary();
    assert_eq!((summary.id.as_deref(), summary.output_tokens), (Some("rqsty-cmpl-1"), Some(4)));
    use EventKind::*;
    let deltas = [TextDelta; 6];
    let expected =
        [&[Created, InProgress, ItemAdded, PartAdded][..], &deltas, &[TextDone, PartDone, ItemDone, Completed]];
    assert_eq!(played.kinds(), expected.concat());
    let terminal: Vec<_> = played.kinds().into_iter().map(EventKind::is_terminal).collect();
    assert_eq!(terminal.iter().filter(|terminal| **terminal).count(), 1);

    let delta = played.items[4].event();
    assert_eq!((delta.output_index(), delta.part_index()), (Some(0), Some(0)));
    assert_eq!((delta.item_id().as_deref(), &*delta.name()), (Some("msg_1"), "response.output_text.delta"));
    assert_eq!(delta.member("delta"), Some(&br#""Hello""#[..]));
    assert!(delta.item().is_none() && delta.response().is_none() && delta.call().is_none());
    assert!(delta.problem().is_none());
    let added = played.items[2].event().item().unwrap();
    assert_eq!((added.kind().as_deref(), played.items[2].event().item_id()), (Some("message"), None));
    let first = played.items[0].event().response().unwrap();
    assert_eq!((first.status, first.id.as_deref()), (Some(Status::InProgress), Some("rqsty-cmpl-1")));
    let last = played.items.last().unwrap().event().response().unwrap();
    assert_eq!(last.cost(), response.cost());
    let shown = format!("{:?}", played.items[4]);
    assert!(shown.contains(r#"name: "response.output_text.delta", kind: TextDelta, text: "Hello""#), "{shown}");
}

#[test]
fn calls_add_up_each_by_itself() {
    let sequence = calls();
    let played = play(&events(&sequence));
    let response = played.complete();
    assert_eq!(serde_json::to_value(response).unwrap(), terminal(&sequence));
    assert_eq!(played.told(), [String::new(), "First A. Then B.".to_owned(), String::new()]);
    assert_eq!(played.told()[1], response.reasoning());
    let arguments: Vec<_> = response.function_calls().map(|call| call.arguments_json()).collect();
    assert_eq!(arguments, [r#"{"city":"Rome"}"#, r#"{"city":"Oslo"}"#]);

    let mut told = [String::new(), String::new()];
    let mut fragments = 0;
    for item in &played.items {
        let event = item.event();
        let Some(call) = event.call() else { continue };
        fragments += 1;
        let index = call.output_index() as usize;
        assert_eq!(call.call_id(), Some(&*format!("call_{index}")));
        assert_eq!(call.name(), Some("weather"));
        if !call.arguments().is_empty() {
            assert_eq!(call.arguments_offset(), told[index - 1].len());
        }
        told[index - 1] += call.arguments();
    }
    assert_eq!(fragments, 10);
    assert_eq!(told, [r#"{"city":"Rome"}"#, r#"{"city":"Oslo"}"#]);
    let shown = format!("{:?}", played.items[13].event());
    assert!(
        shown.contains(r#"call: Some(CallFragment { output_index: 1, call_id: Some("call_1"), name: Some("weather")"#)
    );
    assert!(shown.contains("arguments_offset: 7"), "{shown}");
    assert_eq!(played.items[13].event().part_index(), None);
}

#[test]
fn a_search_and_a_refusal_add_up() {
    let sequence = search();
    let played = play(&events(&sequence));
    let response = played.complete();
    assert_eq!(serde_json::to_value(response).unwrap(), terminal(&sequence));
    assert_eq!(played.told(), ["Old.".to_owned(), String::new(), "No more.".to_owned()]);
    assert_eq!((response.refusal(), response.citations().len()), ("No more.".into(), 1));
    let unknown = played.items[2].event();
    assert_eq!((unknown.kind(), &*unknown.name()), (EventKind::Other, "response.web_search_call.searching"));
    assert_eq!(unknown.member("item_id"), Some(&br#""ws_1""#[..]));
    assert_eq!((unknown.output_index(), unknown.problem().is_none()), (Some(0), true));
}

/// Plays a sequence at every two-part split of its bytes.
fn every_cut(sequence: &[String]) {
    let body = events(sequence);
    let call = stream_call();
    let whole = play_as(&call, body.as_bytes(), &End::Clean);
    for at in 0..=body.len() {
        let (first, second) = body.as_bytes().split_at(at);
        same(&whole, &play_pieces(&call, [first, second], End::Clean), &format!("cut at {at}"));
    }
}

#[test]
fn every_cut_of_a_text_adds_up_to_the_same() {
    every_cut(&text());
}

#[test]
fn every_cut_of_calls_adds_up_to_the_same() {
    every_cut(&calls());
}

#[test]
fn every_cut_of_a_search_adds_up_to_the_same() {
    every_cut(&search());
}

#[test]
fn a_stream_adds_up_to_what_a_whole_reply_is() {
    let tools = [Tool::function("weather")];
    let request = Request::new("hi").tools(&tools);
    for sequence in [text(), calls(), search()] {
        let streamed =
            play_as(&router().responses_stream(&request).unwrap(), events(&sequence).as_bytes(), &End::Clean);
        let body = terminal(&sequence).to_string();
        let mut machine = router()
            .responses(&request)
            .unwrap()
            .open(support::head(200, "application/json"), std::time::Duration::ZERO);
        machine.push(body.as_bytes(), std::time::Duration::ZERO);
        machine.end(End::Clean);
        while machine.advance().unwrap() != requesty_core::Step::Done {}
        assert_eq!(streamed.complete(), &machine.total().unwrap());

        // A whole reply where a stream was asked for is one event, which says all of it.
        let whole = play_as(&router().responses_stream(&request).unwrap(), body.as_bytes(), &End::Clean);
        assert_eq!(whole.complete(), streamed.complete());
        assert_eq!((whole.kinds(), whole.told()), (vec![EventKind::Whole], streamed.told()));
        assert_eq!(whole.items[0].event().response().unwrap().output.len(), whole.complete().output.len());
        assert_eq!(whole.items[0].event().name(), "");
    }
}

#[test]
fn the_three_documented_events_are_enough() {
    let sequence = [
        r#"{"type":"response.created","response":{"id":"r","model":"m","created_at":5}}"#,
        r#"{"type":"response.output_text.delta","delta":"Hel"}"#,
        r#"{"type":"response.output_text.delta","delta":"lo"}"#,
        r#"{"type":"response.completed","response":{"usage":{"output_tokens":2,"cost":0.25}}}"#,
    ];
    let played = play(&events(&sequence));
    let response = played.complete();
    assert_eq!((response.whole_text().unwrap(), played.texts().concat().as_str()), ("Hello".into(), "Hello"));
    assert_eq!((response.id.as_deref(), response.model.as_deref()), (Some("r"), Some("m")));
    assert_eq!((response.created_at, &response.status), (Some(5), &Some(Status::Completed)));
    assert_eq!(response.cost().unwrap().to_string(), "0.25");
    assert_eq!(
        serde_json::to_value(&response.output).unwrap(),
        json!([{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello", "annotations": []}]}])
    );
}

#[test]
fn what_was_streamed_and_the_end_does_not_have_is_not_lost() {
    for (mut sequence, output) in [(text(), 1), (calls(), 3), (search(), 2)] {
        let whole = play(&events(&sequence));
        for end in [
            r#"{"type":"response.completed","response":{"status":"completed","output":[]}}"#,
            r#"{"type":"response.completed","response":{"status":"completed"}}"#,
            r#"{"type":"response.completed","response":null}"#,
            r#"{"type":"response.completed"}"#,
        ] {
            *sequence.last_mut().unwrap() = end.to_owned();
            let played = play(&events(&sequence));
            let response = played.complete();
            assert_eq!(response.output, whole.complete().output, "{end}");
            assert_eq!(response.output.len(), output);
            assert_eq!((response.id.is_some(), response.status.as_ref()), (true, Some(&Status::Completed)));
            assert_eq!(played.told(), whole.told());
        }
        // The same where no item was told whole.
        sequence.retain(|data| !data.contains("output_item.done") && !data.contains("_part.done"));
        let played = play(&events(&sequence));
        let told = |played: &Played| {
            let response = played.complete();
            (response.text().into_owned(), response.reasoning().into_owned(), response.refusal().into_owned())
        };
        assert_eq!(told(&played), told(&whole));
        let calls = |response: &Response| {
            response.function_calls().map(|call| call.arguments_json().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(calls(played.complete()), calls(whole.complete()));
        assert_eq!(played.complete().citations(), whole.complete().citations());
    }
}

/// Streams these items, ends with those, and returns what they add up to. `a` and `x` are messages, `u` one without an id;
/// `b`, `c` and `y` are calls, `s` and `t` are searches.
fn merged(streamed: &str, end: &str) -> String {
    let item = |name: char| match name {
        'a' | 'x' => json!({"type": "message", "id": name, "content": [{"type": "output_text", "text": "1"}]}),
        'u' => json!({"type": "message", "content": [{"type": "output_text", "text": "1"}]}),
        's' | 't' => json!({"type": "web_search_call", "id": name}),
        _ => json!({"type": "function_call", "call_id": name, "name": "f", "arguments": "{}"}),
    };
    let done = |(index, name): (usize, char)| {
        json!({"type": "response.output_item.done", "output_index": index, "item": item(name)}).to_string()
    };
    let mut sequence: Vec<String> = streamed.chars().enumerate().map(done).collect();
    let output: Vec<Value> = end.chars().map(item).collect();
    sequence.push(json!({"type": "response.completed", "response": {"output": output}}).to_string());
    let name = |item: &OutputItem| {
        let item = serde_json::to_value(item).unwrap();
        let id = if item["id"].is_null() { &item["call_id"] } else { &item["id"] };
        id.as_str().unwrap_or("u").to_owned()
    };
    play(&events(&sequence)).complete().output.iter().map(name).collect()
}

#[test]
fn items_go_where_they_belong() {
    for missing in 0..32 {
        let there: String =
            "asbtc".chars().enumerate().filter(|(at, _)| missing >> at & 1 == 0).map(|(_, name)| name).collect();
        assert_eq!(merged("asbtc", &there), "asbtc", "with {there}");
    }
    // Another order than the stream's is kept.
    assert_eq!(merged("bc", "cb"), "cb");
    assert_eq!(merged("bac", "cb"), "cba");
    // Other ids are those of the same items; without any, the place among the kind counts.
    assert_eq!(merged("ab", "xy"), "xy");
    assert_eq!(merged("abc", "y"), "ayc");
    assert_eq!(merged("a", "u"), "u");
    assert_eq!(merged("ub", "a"), "ab");
}

#[test]
fn an_item_that_says_less_in_the_end_keeps_what_it_said() {
    let sequence = |end: &str| {
        let mut sequence = calls();
        sequence
            .extend(text().into_iter().skip(2).map(|data| data.replace(r#""output_index":0"#, r#""output_index":3"#)));
        sequence.retain(|data| !data.contains("response.completed"));
        sequence.push(format!(r#"{{"type":"response.completed","response":{{"output":{end}}}}}"#));
        sequence
    };
    let blank =
        r#"[{"type":"reasoning","id":"rs_1","encrypted_content":"e","summary":[{"type":"summary_text","text":""}]},
        {"type":"function_call","call_id":"call_1","name":"weather","arguments":""},
        {"type":"function_call","call_id":"call_2","name":"weather"},
        {"type":"message","id":"msg_1","status":"completed","content":[{"type":"output_text","text":""}]}]"#
            .replace('\n', "");
    for sequence in [sequence("[]"), sequence(&blank)] {
        let played = play(&events(&sequence));
        let response = played.complete();
        assert_eq!(
            (response.text(), response.reasoning()),
            ("Hello, 世界 \u{1F600}!".into(), "First A. Then B.".into())
        );
        assert_eq!(response.function_calls().count(), 2);
        assert_eq!(response.output.len(), 4);
    }
    // What it says in the end is what counts.
    let other = r#"[{"type":"message","id":"msg_1","content":[{"type":"output_text","text":"Masked."}]}]"#;
    let response = play(&events(&sequence(other))).complete().clone();
    assert_eq!((response.text(), response.output.len()), ("Masked.".into(), 4));
    let blank = r#"{"type":"message","id":"m","content":[{"type":"output_text","text":""}]}"#;
    let done = r#"{"type":"response.output_item.done","item":{"type":"message","id":"m","content":[]}}"#;
    let played =
        play(&events(&[done, &format!(r#"{{"type":"response.completed","response":{{"output":[{blank}]}}}}"#)]));
    assert_eq!(serde_json::to_string(&played.complete().output[0]).unwrap(), blank);
    let none = r#"[{"type":"message","id":"msg_1","content":[]}]"#;
    assert_eq!(play(&events(&sequence(none))).complete().text(), "Hello, 世界 \u{1F600}!");
}

#[test]
fn what_is_told_whole_only_is_shown_too() {
    let message = r#"{"type":"message","content":[{"type":"output_text","text":"a"},{"type":"refusal","refusal":"r"},{"type":"output_text","text":"b"}]}"#;
    let reasoning = r#"{"type":"reasoning","summary":[{"type":"summary_text","text":"s"}],"content":[{"type":"reasoning_text","text":"c"}]}"#;
    let done = |index: u8, item: &str| {
        format!(r#"{{"type":"response.output_item.done","output_index":{index},"item":{item}}}"#)
    };
    let end = format!(r#"{{"type":"response.completed","response":{{"output":[{reasoning},{message}]}}}}"#);
    let expected = ["ab".to_owned(), "sc".to_owned(), "r".to_owned()];

    let by_the_end = play(&events(&[&end]));
    assert_eq!((by_the_end.told(), by_the_end.items.len()), (expected.clone(), 1));
    let by_items = play(&events(&[done(0, reasoning), done(1, message), end.clone()]));
    assert_eq!(by_items.told(), expected);
    assert_eq!(by_items.texts(), ["", "ab", ""]);
    let one_by_item = play(&events(&[done(1, message), end.clone()]));
    assert_eq!(one_by_item.told(), expected);
    assert_eq!(one_by_item.items[1].event().reasoning(), "sc");

    let wholes = [
        r#"{"type":"response.reasoning_summary_text.done","output_index":0,"text":"s"}"#,
        r#"{"type":"response.reasoning_text.done","output_index":0,"text":"c"}"#,
        r#"{"type":"response.output_text.done","output_index":1,"text":"a"}"#,
        r#"{"type":"response.refusal.done","output_index":1,"content_index":1,"refusal":"r"}"#,
        r#"{"type":"response.content_part.done","output_index":1,"content_index":2,"part":{"type":"output_text","text":"b"}}"#,
    ];
    let mut sequence: Vec<String> = wholes.iter().map(ToString::to_string).collect();
    sequence.push(end);
    let by_parts = play(&events(&sequence));
    assert_eq!((by_parts.told(), by_parts.texts()), (expected.clone(), vec!["", "", "a", "", "b", ""]));
    // And all of it again, as it is told once more.
    for item in [done(0, reasoning), done(1, message)] {
        sequence.insert(5, item);
    }
    sequence.splice(7..7, wholes.map(ToOwned::to_owned));
    assert_eq!(play(&events(&sequence)).told(), expected);

    // Parts of a refusal and of what was thought, by their ends.
    let parts = [
        r#"{"type":"response.content_part.done","part":{"type":"refusal","refusal":"r"}}"#,
        r#"{"type":"response.reasoning_summary_part.done","part":{"type":"summary_text","text":"s"}}"#,
        r#"{"type":"response.content_part.done","part":{"type":"reasoning_text","text":"c"}}"#,
        r#"{"type":"response.completed"}"#,
    ];
    let played = play(&events(&parts));
    assert_eq!(played.told(), [String::new(), "sc".to_owned(), "r".to_owned()]);
    assert_eq!((played.complete().reasoning(), played.complete().refusal()), ("sc".into(), "r".into()));
    // A call is told by its end, too.
    let call = r#"{"type":"response.function_call_arguments.done","arguments":"{}"}"#;
    let played = play(&events(&[call, r#"{"type":"response.completed"}"#]));
    assert_eq!(played.items[0].event().call().unwrap().arguments(), "{}");
}

#[test]
fn a_snapshot_can_be_had_at_any_time() {
    let call = stream_call();
    let mut machine = call.open(support::head(200, "text/event-stream"), std::time::Duration::ZERO);
    let mut texts = Vec::new();
    for data in text() {
        machine.push(event(&data).as_bytes(), std::time::Duration::ZERO);
        while let Ok(requesty_core::Step::Ready) = machine.advance() {
            let so_far = machine.dialect().so_far();
            texts.push(so_far.text().into_owned());
            assert_eq!(so_far.whole_text().is_ok(), machine.item().kind() == EventKind::Completed);
            assert_eq!(so_far.output.len(), usize::from(texts.len() > 2));
        }
    }
    assert_eq!(texts[3..7], ["", "Hello", "Hello, ", "Hello, 世"]);
    assert_eq!(texts.last().unwrap(), "Hello, 世界 \u{1F600}!");
    let _ = cut();
    let shown = format!("{:?}", machine.dialect());
    assert_eq!(shown, "Decoder { over: Some(Ok(())), .. }");
    assert!(matches!(&machine.total().unwrap().output[0], OutputItem::Message(_)));
}
