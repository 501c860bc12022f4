//! Small things that are said of values: names on the wire, what is shown, what is taken apart.

use std::time::Duration;

use requesty_core::chat::{
    Arguments, Blob, CacheControl, Completion, Content, FilePart, FinishReason, ImagePart, Message, Part,
    ReasoningEffort, Request, ResponseFormat, Role, TextPart, ToolCall, Unfinished,
};
use requesty_core::{ApiKey, End, Extra, Step};
use serde_json::json;
use serde_json::value::RawValue;

use crate::support::chat::{delta, events, finished, stream_call};
use crate::support::head;

#[test]
fn roles_are_their_names_both_ways() {
    let roles = [
        (Role::System, "system"),
        (Role::User, "user"),
        (Role::Assistant, "assistant"),
        (Role::Tool, "tool"),
        (Role::Developer, "developer"),
        (Role::Function, "function"),
        (Role::Other("critic".into()), "critic"),
    ];
    for (role, name) in roles {
        assert_eq!((role.as_str(), role.to_string().as_str()), (name, name));
        assert_eq!(Role::from(name), role);
        assert_eq!(serde_json::to_value(&role).unwrap(), name);
    }
}

#[test]
fn finish_reasons_are_their_names_both_ways() {
    let reasons = [
        (FinishReason::Stop, "stop", false),
        (FinishReason::Length, "length", true),
        (FinishReason::ToolCalls, "tool_calls", false),
        (FinishReason::FunctionCall, "function_call", false),
        (FinishReason::ContentFilter, "content_filter", true),
        (FinishReason::Other("max_tokens".into()), "max_tokens", true),
        (FinishReason::Other("error".into()), "error", true),
        (FinishReason::Other("end_turn".into()), "end_turn", false),
    ];
    for (reason, name, early) in reasons {
        assert_eq!((reason.as_str(), reason.to_string().as_str()), (name, name));
        assert_eq!(FinishReason::from(name), reason);
        assert_eq!(serde_json::to_value(&reason).unwrap(), name);
        assert_eq!(reason.is_early(), early, "{name}");
        if name == "error" {
            continue;
        }
        let completion = crate::support::chat::clean(&finished(&[r#""content":"x""#], name)).total.unwrap();
        assert_eq!(completion.finish_reason(), Some(&reason));
        match completion.whole_text() {
            Ok(text) => assert!(!early && text == "x"),
            Err(stopped) => {
                assert!(early && stopped.reason() == Some(&reason));
                assert_eq!(stopped.to_string(), format!("the answer was stopped early: {name}"));
            }
        };
    }
}

#[test]
fn content_is_made_of_texts_and_parts() {
    let part = || Part::text("a");
    assert_eq!(Content::from("a"), Content::from("a".to_owned()));
    assert_eq!(Content::from(part()), Content::from([part()]));
    assert_eq!(Content::from(part()), Content::from(vec![part()]));
    for (content, empty, shown) in [
        (Content::Omit, true, "Omit"),
        (Content::Null, true, "Null"),
        (Content::from(""), true, "Text(\"\")"),
        (Content::from("a"), false, "Text(\"a\")"),
        (Content::Parts(Vec::new()), true, "Parts([])"),
    ] {
        assert_eq!((content.is_empty(), format!("{content:?}").as_str()), (empty, shown));
    }
    assert!(!Content::from(part()).is_empty());
    assert_eq!(serde_json::to_string(&Content::Omit).unwrap(), "null");
}

#[test]
fn a_mark_of_the_cache_goes_onto_any_part() {
    let mark = CacheControl::ephemeral;
    let parts = [
        Part::text("t").cache_control(mark()),
        Part::image_url("u").cache_control(mark()),
        Part::raw(&json!({"type": "x"})).unwrap().cache_control(mark()),
        Part::from(FilePart::from_url("f", "https://f.example").unwrap().cache_control(mark())),
        Part::from(FilePart::from_url("f", "https://f.example").unwrap()).cache_control(mark()),
        Part::from(TextPart::new("t")).cache_control(mark()),
        Part::from(ImagePart::from_url("u")).cache_control(mark()),
    ];
    for part in parts {
        let json = serde_json::to_value(&part).unwrap();
        assert_eq!(json["cache_control"], json!({"type": "ephemeral"}), "{part:?}");
    }
    let raw = Part::raw(&json!({"type": "x"})).unwrap();
    assert_eq!(serde_json::to_value(raw.clone().mime_type("a/b")).unwrap()["mime_type"], "a/b");
    assert_eq!(serde_json::to_value(raw.detail("low")).unwrap()["detail"], "low");
    let text = Part::text("t").detail("low").mime_type("a/b");
    assert_eq!(
        serde_json::to_value(&text).unwrap(),
        json!({"type":"text","text":"t","detail":"low","mime_type":"a/b"})
    );
    let file = Part::from(FilePart::from_url("f", "https://f.example").unwrap().mime_type("a/b"));
    assert_eq!(serde_json::to_value(file.mime_type("c/d")).unwrap()["mime_type"], "c/d");
    let more = Part::image_url("u").with_extra("x", &1).unwrap();
    assert_eq!(serde_json::to_value(more).unwrap()["x"], 1);
    // A part whose text is no JSON has no members to keep.
    let odd = Part::Other("no JSON".into()).with_extra("x", &1).unwrap();
    assert_eq!(serde_json::to_string(&odd).unwrap(), r#"{"x":1}"#);
}

#[test]
fn what_is_shown_names_its_kind() {
    for (shown, kind) in [
        (format!("{:?}", Part::text("a")), "TextPart"),
        (format!("{:?}", Part::image_url("a")), "ImagePart"),
        (format!("{:?}", Part::from(FilePart::from_url("f", "https://f.example").unwrap())), "FilePart"),
        (format!("{:?}", Part::raw(&json!({"type": "x"})).unwrap()), "Other("),
        (format!("{:?}", Arguments::Absent), "Absent"),
        (format!("{:?}", Arguments::Null), "Null"),
        (format!("{:?}", Arguments::Text("{}".into())), "Text(\"{}\")"),
        (format!("{:?}", Arguments::Json("{}".into())), "Json(\"{}\")"),
        (format!("{:?}", Blob::from("abc")), "\"abc\""),
        (format!("{:?}", ApiKey::new("secret").unwrap()), "ApiKey(…)"),
    ] {
        assert!(shown.starts_with(kind), "{shown}");
    }
    let blob = Blob::from("abc");
    assert_eq!((blob.len(), blob.is_empty(), &blob.as_bytes()[..]), (3, false, &b"abc"[..]));
    assert!(Blob::from("").is_empty());
    assert_eq!(ApiKey::new(" secret ").unwrap().expose(), "secret");
}

#[test]
fn efforts_are_names_or_budgets() {
    let efforts = [
        (ReasoningEffort::NONE, "none", None),
        (ReasoningEffort::MIN, "min", None),
        (ReasoningEffort::LOW, "low", None),
        (ReasoningEffort::MEDIUM, "medium", None),
        (ReasoningEffort::HIGH, "high", None),
        (ReasoningEffort::MAX, "max", None),
        (ReasoningEffort::budget(1024), "1024", Some(1024)),
    ];
    for (effort, name, budget) in efforts {
        assert_eq!((effort.as_str(), effort.as_budget()), (name, budget));
        assert_eq!(ReasoningEffort::from(name), effort);
        assert_eq!(ReasoningEffort::from(name.to_owned()), effort);
    }
}

#[test]
fn a_whole_call_is_its_record_and_a_cut_one_says_why() {
    let call = ToolCall::new("c", "f", "{}");
    let whole = call.finished().unwrap();
    assert_eq!((whole.id(), whole.name(), &*whole.arguments_json()), ("c", "f", "{}"));
    assert!(std::ptr::eq(whole.call(), &call));
    assert!(format!("{whole:?}").starts_with("FinishedCall("));
    let cases = [
        (ToolCall::new("c", "f", "{"), Unfinished::InvalidArguments, Some("f"), "{", "not JSON"),
        (ToolCall::new("c", "", "{}"), Unfinished::NoName, Some(""), "{}", "names no function"),
    ];
    for (call, why, name, fragment, shown) in cases {
        let unfinished = call.finished().unwrap_err();
        assert_eq!((unfinished.id(), unfinished.why(), unfinished.name()), ("c", why, name));
        assert_eq!(unfinished.fragment(), fragment);
        assert!(std::ptr::eq(unfinished.call(), &call));
        assert!(unfinished.to_string().contains(shown), "{unfinished}");
    }
    let cut = events([&delta(r#""tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]"#)]);
    let total = crate::support::chat::play(cut.as_bytes(), &crate::support::cut()).total.unwrap_err();
    let call = total.partial().unfinished_calls().next().unwrap();
    assert_eq!((call.why(), call.fragment()), (Unfinished::Cut, "{}"));
    assert!(call.to_string().contains("was cut"), "{call}");
}

#[test]
fn extra_members_are_a_map_in_order() {
    let mut extra = Extra::new();
    assert!(extra.is_empty() && extra.remove("a").is_none());
    extra.insert("b", &1).unwrap();
    extra.insert_raw("a", &RawValue::from_string("2.0".into()).unwrap());
    extra.insert("b", "x").unwrap();
    assert_eq!(extra.iter().collect::<Vec<_>>(), [("b", "\"x\""), ("a", "2.0")]);
    assert_eq!((extra.len(), extra.is_empty(), extra.contains("a"), extra.contains("c")), (2, false, true, false));
    assert_eq!((extra.get("a"), extra.get_as::<f64>("a"), extra.get_as::<u8>("b")), (Some("2.0"), Some(2.0), None));
    assert_eq!(format!("{extra:?}"), r#"{"b": "\"x\"", "a": "2.0"}"#);
    assert_eq!(serde_json::to_string(&extra).unwrap(), r#"{"b":"x","a":2.0}"#);
    assert_eq!(extra.remove("b").as_deref(), Some("\"x\""));
    assert_eq!(extra.len(), 1);
}

/// The last of each name counts, among many members as among few.
#[test]
fn of_very_many_members_the_last_of_a_name_counts() {
    for count in [3, 64, 65, 66, 200] {
        let members: Vec<String> = (0..count).map(|n| format!(r#""x{n}":{n}"#)).collect();
        let json = format!(r#"{{{},"x0":"again","x{}":"last"}}"#, members.join(","), count - 1);
        let message: Message = serde_json::from_str(&json).unwrap();
        assert_eq!(message.extra.len(), count);
        assert_eq!(message.extra.get("x0"), Some("\"again\""));
        assert_eq!(message.extra.get(&format!("x{}", count - 1)), Some("\"last\""));
        assert_eq!(message.extra.get("x1"), Some("1"));
        assert_eq!(message.extra.iter().nth(1), Some(("x1", "1")), "in the order in which they came");
    }
}

/// Members of the stream itself add up: those of a later chunk replace those of an earlier one.
#[test]
fn members_of_later_chunks_are_taken_over() {
    let chunk = |members: &str| format!(r#"{{{members},"choices":[{{"index":0,"delta":{{}}}}]}}"#);
    let body = events([&chunk(r#""x":1,"y":1"#), &chunk(r#""y":2,"z":2"#)]) + &finished(&[], "stop");
    let completion = crate::support::chat::clean(&body).total.unwrap();
    assert_eq!(completion.extra.iter().collect::<Vec<_>>(), [("x", "1"), ("y", "2"), ("z", "2")]);
}

/// What the usage says beyond its fields is looked through for each other as long as it is little: that and one more.
#[test]
fn members_of_a_later_usage_are_taken_over() {
    let usage = |from: usize, count: usize| {
        let members: Vec<String> = (from..from + count).map(|n| format!(r#""x{n}":{n}"#)).collect();
        format!(r#"{{"choices":[],"usage":{{{}}}}}"#, members.join(","))
    };
    for second in [31, 32, 33, 400] {
        let body = finished(&[], "stop").replace("data: [DONE]\n\n", "");
        let body = body + &events([&usage(0, 32), &usage(100, second)]) + "data: [DONE]\n\n";
        let usage = crate::support::chat::clean(&body).total.unwrap().usage.unwrap();
        assert_eq!(usage.extra.len(), 32 + second, "32 and {second}");
    }
}

#[test]
fn an_owned_chunk_gives_its_data_back() {
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    let json = delta(r#""content":"a\nb","reasoning":"r""#);
    machine.push(events([&json]).as_bytes(), Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert_eq!((machine.item().text(), machine.item().reasoning()), ("a\nb", "r"));
    let owned = machine.owned();
    assert_eq!((owned.text(), owned.reasoning(), owned.raw()), ("a\nb", "r", json.as_bytes()));
    assert_eq!(owned.into_raw(), json);
    let shown = format!("{:?}", machine.dialect());
    assert!(shown.starts_with("EventStream { protocol: ChunkReader { choices: 1, .. }, phase: Events"), "{shown}");
    assert_eq!(machine.item().into_owned().into_raw(), json);
}

#[test]
fn a_chunk_is_printed_with_its_deltas_and_calls() {
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    let call = r#""content":"a","tool_calls":[{"index":2,"id":"c1","function":{"name":"f","arguments":"{\"x\":"}}]"#;
    machine.push(events([&delta(call)]).as_bytes(), Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    let shown = format!("{:?}", machine.item());
    for part in
        ["Chunk { id: ", r#"text: "a", text_offset: 0"#, r#"id: Some("c1"), name: "f""#, r#"arguments: "{\"x\":""#]
    {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
}

/// An event whose blank line never came can be read after the end.
#[test]
fn the_event_that_was_not_ended_is_at_hand() {
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(events([&delta(r#""content":"a""#)]).as_bytes(), Duration::ZERO);
    machine.push(b"data: {\"cho", Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    machine.end(End::Clean);
    assert!(machine.advance().is_err());
    let event = machine.dialect().unterminated().expect("the bytes ended in an event");
    assert_eq!(event.data(), br#"{"cho"#);
}

#[test]
fn a_completion_is_written_as_a_whole_reply() {
    let completion: Completion = serde_json::from_value(json!({
        "id": "c", "model": "m", "created": 7, "x": 1,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}, "finish_reason": "stop", "y": 2}],
        "usage": {"prompt_tokens": 1, "cost": 0.5},
    }))
    .unwrap();
    let written = serde_json::to_value(&completion).unwrap();
    assert_eq!((&written["id"], &written["model"], &written["created"]), (&json!("c"), &json!("m"), &json!(7)));
    assert_eq!((&written["x"], &written["choices"][0]["y"]), (&json!(1), &json!(2)));
    assert_eq!(written["choices"][0]["message"], json!({"role": "assistant", "content": "a"}));
    assert_eq!(written["choices"][0]["finish_reason"], "stop");
    assert_eq!(serde_json::from_value::<Completion>(written).unwrap().text(), "a");
    let error = serde_json::from_str::<Completion>("[]").unwrap_err().to_string();
    assert!(error.contains("not a completion: stopped at byte 0"), "{error}");
    assert_eq!(completion.into_message().unwrap().text(), "a");
    assert_eq!(crate::support::chat::clean(&finished(&[], "stop")).total.unwrap().reasoning(), None);
}

#[test]
fn raw_forms_that_are_no_json_are_refused_when_written() {
    let history = [Message::user("x")];
    let request = Request::new(&history).response_format(ResponseFormat::Raw("{".into()));
    assert!(serde_json::to_string(&request).is_err() && request.whole_body().is_err());
}
