//! Responses, OpenAI's newer shape: what is read of a whole reply, and what goes wrong.

use std::time::Duration;

use requesty_core::chat::{Tool, Unfinished};
use requesty_core::responses::{InputItem, OutputItem, OutputPart, Request, Response, Status, Usage};
use requesty_core::{End, Error, ErrorKind};
use serde_json::{Value, json};

use crate::support::responses::{output, read, read_as, sent, whole_call};
use crate::support::{cut, head, router};

/// The reply that the router documents, with the usage of a recorded one.
const SAMPLE: &str = concat!(
    r#"{"id":"rqsty-cmpl-1ce8","object":"response","created_at":1783184646,"model":"glm-5","status":"completed","#,
    r#""output":[{"type":"message","id":"msg_1","status":"completed","role":"assistant","#,
    r#""content":[{"type":"output_text","text":"hi","annotations":[]}]}],"#,
    r#""incomplete_details":null,"error":null,"#,
    r#""usage":{"input_tokens":508,"input_tokens_details":{"cached_tokens":256},"output_tokens":68,"#,
    r#""output_tokens_details":{"reasoning_tokens":27},"total_tokens":576,"cost":0.0005208}}"#,
);

#[test]
fn the_documented_reply_is_read_and_can_be_passed_on() {
    let response = read(SAMPLE).unwrap();
    assert_eq!((response.id.as_deref(), response.model.as_deref()), (Some("rqsty-cmpl-1ce8"), Some("glm-5")));
    assert_eq!((response.created_at, &response.status), (Some(1_783_184_646), &Some(Status::Completed)));
    assert_eq!((response.text(), response.whole_text().unwrap()), ("hi".into(), "hi".into()));
    assert_eq!((response.reasoning(), response.refusal()), ("".into(), "".into()));
    assert_eq!((response.error.is_none(), response.stop_reason()), (true, None));
    assert_eq!(response.extra.get("object"), Some(r#""response""#));
    let OutputItem::Message(message) = &response.output[0] else { panic!() };
    assert_eq!((message.id.as_deref(), &message.status), (Some("msg_1"), &Some(Status::Completed)));
    assert_eq!(message.extra.get("role"), Some(r#""assistant""#));
    let usage = response.usage.as_ref().unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (Some(508), Some(68), Some(576)));
    assert_eq!((usage.cached_tokens, usage.reasoning_tokens, usage.caching_tokens), (Some(256), Some(27), None));
    assert_eq!(response.cost().unwrap().to_string(), "0.0005208");
    let summary = response.summary();
    assert_eq!((summary.id.as_deref(), summary.model.as_deref()), (Some("rqsty-cmpl-1ce8"), Some("glm-5")));
    assert_eq!((summary.input_tokens, summary.output_tokens, summary.cost), (Some(508), Some(68), response.cost()));
    assert_eq!(summary.finish_reasons, ["completed"]);

    let passed_on = serde_json::to_value(&response).unwrap();
    assert_eq!(passed_on, serde_json::from_str::<Value>(SAMPLE).unwrap());
    assert_eq!(serde_json::from_str::<Response>(SAMPLE).unwrap(), response);
    assert_eq!(serde_json::to_string(&Response::default()).unwrap(), "{}");
}

#[test]
fn usage_is_read_from_anything() {
    let json = concat!(
        r#"{"input_tokens":"5","input_tokens_details":{"cached_tokens":1,"caching_tokens":2,"x":3},"output_tokens":7.0,"#,
        r#""output_tokens_details":{"reasoning_tokens":4,"y":5},"total_tokens":12,"cost":"0.10","z":[1.50]}"#,
    );
    let usage: Usage = serde_json::from_str(json).unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (Some(5), Some(7), Some(12)));
    assert_eq!((usage.cached_tokens, usage.caching_tokens, usage.reasoning_tokens), (Some(1), Some(2), Some(4)));
    assert_eq!((usage.input_details.get("x"), usage.output_details.get("y")), (Some("3"), Some("5")));
    assert_eq!((usage.cost.unwrap().to_string().as_str(), usage.extra.get("z")), ("0.1", Some("[1.50]")));
    let again: Usage = serde_json::from_str(&serde_json::to_string(&usage).unwrap()).unwrap();
    assert_eq!(again, usage);
    let empty: Usage = serde_json::from_str(r#"{"input_tokens_details":{},"output_tokens_details":null}"#).unwrap();
    assert_eq!((serde_json::to_string(&empty).unwrap().as_str(), empty), ("{}", Usage::default()));
    let odd: Usage = serde_json::from_str(r#"{"cost":"free","input_tokens":-1,"input_tokens_details":7}"#).unwrap();
    assert_eq!((odd.cost, odd.input_tokens, odd.extra.len()), (None, None, 3));
    assert!(serde_json::from_str::<Usage>("[]").is_err());
}

#[test]
fn every_item_of_an_output_is_read_and_goes_back_as_it_came() {
    let items = json!([
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Think. "}],
         "content": [{"type": "reasoning_text", "text": "Hard.", "x": 1}], "encrypted_content": "gAAA+/=", "status": null},
        {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": null},
        {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}},
        {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "phase": "final", "content": [
            {"type": "output_text", "text": "Rome ", "logprobs": [], "annotations": [
                {"type": "url_citation", "url": "https://a", "title": "A", "start_index": 0, "end_index": 4, "k": [1]},
                {"type": "url_citation", "url": "https://a", "title": "A", "start_index": 0, "end_index": 4},
                {"type": "file_citation", "file_id": "f", "index": 7, "title": null}]},
            {"type": "refusal", "refusal": "No.", "x": {}},
            {"type": "output_audio", "data": "AAA"},
            {"type": "output_text", "text": "is old.", "annotations": null}]},
        {"type": "message", "content": []},
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "now", "arguments": "{\"a\":1}",
         "status": "completed", "y": 2},
        {"type": "function_call", "call_id": "call_2", "name": "then", "arguments": null},
        {"type": "function_call", "call_id": "call_3", "name": "", "arguments": ""},
    ]);
    let response = output(&items.to_string());
    assert_eq!(response.output.len(), 8);
    assert_eq!(response.reasoning(), "Think. Hard.");
    assert_eq!((response.text(), response.refusal()), ("Rome is old.".into(), "No.".into()));
    let kinds: Vec<_> = response.output.iter().map(|item| item.kind().unwrap()).collect();
    assert_eq!(kinds[..4], ["reasoning", "reasoning", "web_search_call", "message"]);
    assert_eq!(kinds[5], "function_call");
    let OutputItem::Reasoning(reasoning) = &response.output[0] else { panic!() };
    assert_eq!((reasoning.id.as_deref(), &reasoning.status), (Some("rs_1"), &None));
    assert_eq!(reasoning.encrypted_content.as_deref(), Some("gAAA+/="));
    assert_eq!(
        (reasoning.summary[0].kind.as_deref(), reasoning.content[0].extra.get("x")),
        (Some("summary_text"), Some("1"))
    );
    let OutputItem::Message(message) = &response.output[3] else { panic!() };
    assert_eq!((message.content[1].text(), message.content[1].refusal()), ("", "No."));
    assert_eq!((message.content[0].text(), message.content[0].refusal()), ("Rome ", ""));
    assert!(matches!(&message.content[2], OutputPart::Other(json) if json.contains("output_audio")));
    let annotation = response.annotations().next().unwrap();
    assert_eq!((annotation.kind.as_deref(), annotation.extra.get("k")), (Some("url_citation"), Some("[1]")));
    assert_eq!((annotation.start_index, annotation.end_index), (Some(0), Some(4)));
    assert_eq!(response.annotations().count(), 3);
    let citations = response.citations();
    assert_eq!(citations.len(), 1, "each once, and only what names a source");
    assert_eq!((citations[0].url.as_deref(), citations[0].title.as_deref()), (Some("https://a"), Some("A")));
    assert_eq!((citations[0].start_index, citations[0].end_index), (Some(0), Some(4)));

    assert_eq!(serde_json::to_value(&response.output).unwrap(), items);
    let history: Vec<InputItem> = response.into_input().collect();
    assert_eq!(sent(&Request::new(&history))["input"], items);
    let item: OutputItem = serde_json::from_value(items[0].clone()).unwrap();
    assert_eq!(InputItem::from(item.clone()), InputItem::Output(item));
    assert!(serde_json::from_str::<OutputItem>("7").is_err());
}

#[test]
fn odd_members_cost_nothing_but_themselves() {
    let items = json!([
        7, "x", null, {}, {"type": null}, {"type": 7},
        {"type": "message", "id": 5, "status": {}, "content": "plain"},
        {"type": "message", "content": [3, {"type": "output_text"}, {"type": "refusal", "refusal": 4}, {"type": 1}]},
        {"type": "message", "content": [{"type": "output_text", "text": "t", "annotations": [1, {"url": 2}]}]},
        {"type": "message", "content": [{"type": "output_text", "text": "u", "annotations": {}}]},
        {"type": "reasoning", "summary": "s", "content": [{"text": "r"}, 7], "encrypted_content": 1},
        {"type": "function_call", "call_id": 1, "name": [], "arguments": "{}"},
    ]);
    let response = output(&items.to_string());
    assert_eq!((response.text(), response.reasoning()), ("tu".into(), "r".into()));
    assert_eq!(serde_json::to_value(&response.output).unwrap(), items);
    assert_eq!(response.output[3].kind(), None);
    assert_eq!(response.annotations().count(), 1);
    assert_eq!(response.unfinished_calls().count(), 1);

    let odd = r#"{"id":7,"model":null,"created_at":"12","status":1,"output":{},"error":null,"usage":"x","incomplete_details":[]}"#;
    let incomplete = read(odd).unwrap_err();
    assert!(matches!(incomplete.error(), Error::Unfinished(_)));
    let response = incomplete.partial();
    assert_eq!((response.id.as_deref(), response.created_at, response.usage.is_none()), (None, Some(12), true));
    let passed_on = serde_json::to_value(response).unwrap();
    assert_eq!(passed_on, serde_json::from_str::<Value>(&odd.replace(r#""12""#, "12")).unwrap());
}

#[test]
fn status_is_open() {
    for word in ["completed", "incomplete", "in_progress", "queued", "failed", "cancelled", "paused"] {
        let status = Status::from(word);
        assert_eq!((status.as_str(), status.to_string().as_str()), (word, word));
        assert_eq!(matches!(status, Status::Other(_)), word == "paused");
        assert_eq!(status.is_open(), matches!(word, "in_progress" | "queued"));
        assert_eq!(serde_json::to_value(&status).unwrap(), word);
    }
}

#[test]
fn a_response_that_is_not_whole_is_never_taken_for_one() {
    let text = r#""output":[{"type":"message","content":[{"type":"output_text","text":"half"}]}]"#;
    let early = |rest: &str| match read(&format!("{{{text},{rest}}}")) {
        Ok(response) => response.whole_text().unwrap_err(),
        Err(incomplete) => {
            assert!(matches!(incomplete.error(), Error::Unfinished(_)), "{rest}");
            incomplete.partial().whole_text().unwrap_err()
        }
    };
    let limit = early(r#""status":"incomplete","incomplete_details":{"reason":"max_output_tokens","x":1}"#);
    assert_eq!((limit.status(), limit.reason()), (Some(&Status::Incomplete), Some("max_output_tokens")));
    assert_eq!(limit.to_string(), "the response was stopped early: max_output_tokens");
    assert_eq!(early(r#""status":"incomplete""#).to_string(), "the response was stopped early: incomplete");
    assert_eq!(early(r#""status":"cancelled""#).status(), Some(&Status::Cancelled));
    assert_eq!(early(r#""status":"queued""#).reason(), None);
    assert_eq!(early(r#""incomplete_details":{"reason":"content_filter"}"#).reason(), Some("content_filter"));
    // Nobody said that it is whole, or that it is not.
    let incomplete = read(&format!("{{{text}}}")).unwrap_err();
    assert!(matches!(incomplete.error(), Error::Unfinished(_)));
    assert_eq!(incomplete.partial().text(), "half");

    let sample =
        format!(r#"{{{text},"status":"incomplete","incomplete_details":{{"reason":"max_output_tokens","x":1}}}}"#);
    let response = read(&sample).unwrap();
    assert_eq!((response.text(), response.stop_reason()), ("half".into(), Some("max_output_tokens")));
    assert_eq!(response.summary().finish_reasons, ["max_output_tokens"]);
    assert_eq!(serde_json::to_value(&response).unwrap(), serde_json::from_str::<Value>(&sample).unwrap());
    let open = read(r#"{"status":"in_progress"}"#).unwrap_err();
    assert!(matches!(open.error(), Error::Unfinished(_)) && open.partial().summary().finish_reasons.is_empty());
}

#[test]
fn calls_that_can_be_run_and_calls_that_cannot_are_told_apart() {
    let response = output(
        r#"[{"type":"function_call","call_id":"c1","name":"weather","arguments":" {\"city\":\"Rome\"} ","status":"completed"},
            {"type":"function_call","call_id":"c2","name":"now","arguments":""},
            {"type":"function_call","call_id":"srvtoolu_1","name":"web_search","arguments":"{}"},
            {"type":"function_call","call_id":"c3","name":"weather","arguments":"{\"city\":\"Ro"},
            {"type":"function_call","call_id":"c4","name":"weather","arguments":"{}","status":"incomplete"},
            {"type":"function_call","call_id":"c5","name":"weather","arguments":"{}","status":"in_progress"},
            {"type":"function_call","name":"","arguments":"{}"},
            {"type":"function_call","name":"object","arguments":{"a":1}}]"#,
    );
    let calls: Vec<_> = response.function_calls().collect();
    let told: Vec<_> = calls.iter().map(|call| (call.call_id(), call.name(), call.arguments_json())).collect();
    // Some servers leave a call as it began: its response is complete.
    let wanted = [
        ("c1", "weather", r#"{"city":"Rome"}"#),
        ("c2", "now", "{}"),
        ("c5", "weather", "{}"),
        ("", "object", r#"{"a":1}"#),
    ];
    assert_eq!(told, wanted);
    assert_eq!(calls[0].arguments::<Value>().unwrap(), json!({"city": "Rome"}));
    let error = calls[0].arguments::<Vec<u8>>().unwrap_err();
    assert_eq!(error.raw(), r#" {"city":"Rome"} "#);
    assert_eq!(calls[0].output("18 °C"), InputItem::function_call_output("c1", "18 °C"));
    assert_eq!(calls[0].call().call_id.as_deref(), Some("c1"));
    assert!(format!("{:?}", calls[0]).starts_with("FinishedCall(FunctionCall {"));
    assert!(!calls[0].is_server_side());

    let unfinished: Vec<_> = response.unfinished_calls().collect();
    let why: Vec<_> = unfinished.iter().map(|call| call.why()).collect();
    assert_eq!(why, [Unfinished::InvalidArguments, Unfinished::Cut, Unfinished::NoName]);
    assert_eq!((unfinished[0].fragment(), unfinished[0].call_id()), (r#"{"city":"Ro"#, "c3"));
    assert_eq!((unfinished[0].name(), unfinished[2].name()), (Some("weather"), Some("")));
    let said: Vec<_> = unfinished.iter().map(ToString::to_string).collect();
    assert_eq!(said[0], "the arguments of the function call are not JSON");
    assert_eq!(said[1], "the function call was cut: the response ended before it did");
    assert_eq!(said[2], "the function call names no function");
    assert_eq!(format!("{:?}", unfinished[0]), "UnfinishedCall { why: InvalidArguments, fragment_len: 11, .. }");
    assert!(std::error::Error::source(&unfinished[0]).is_none());
}

#[test]
fn what_was_not_offered_is_not_run() {
    let tools = [Tool::function("now")];
    let reply = r#"{"status":"completed","output":[{"type":"function_call","name":"now","arguments":"{}"},
                              {"type":"function_call","name":"rm","arguments":"{}"}]}"#;
    let names = |request: Request<'_>| {
        let response = read_as(&router().responses(&request).unwrap(), 200, reply, End::Clean).unwrap();
        response.function_calls().map(|call| call.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(Request::new("x").tools(&tools)), ["now"]);
    assert_eq!(names(Request::new("x")), ["now", "rm"]);
    assert_eq!(names(Request::new("x").extra("tools", &json!([{"type": "function", "name": "rm"}]))), ["rm"]);
    assert!(names(Request::new("x").extra("tools", &json!([]))).is_empty());
    assert!(names(Request::new("x").extra("tools", "none")).is_empty());
}

#[test]
fn a_failed_response_is_an_error() {
    let failed = |error: &str| {
        let body = format!(r#"{{"id":"r1","status":"failed","output":[],"error":{error},"usage":{{"cost":1}}}}"#);
        read(&body).unwrap_err().into_parts()
    };
    let (_, error) = failed(r#"{"code":"server_error","message":"It broke."}"#);
    let Error::Api(api) = &error else { panic!("{error}") };
    assert_eq!((api.kind(), api.code(), api.message()), (ErrorKind::Server, Some("server_error"), Some("It broke.")));
    let (_, error) = failed(r#"{"code":"rate_limit_exceeded","message":"Slow down."}"#);
    assert_eq!(error.kind(), Some(ErrorKind::RateLimited));
    let (partial, error) = failed("null");
    assert_eq!(error.to_string(), "error reply: the response failed, and does not say why");
    assert!(!error.api().unwrap().is_in_stream());
    assert_eq!((partial.id.as_deref(), partial.cost().unwrap().to_string().as_str()), (Some("r1"), "1"));
    assert_eq!(partial.summary().finish_reasons, ["failed"]);
    let failed: Response =
        serde_json::from_str(r#"{"status":"failed","error":{"code":7,"message":"m","x":1}}"#).unwrap();
    let told = failed.error.as_ref().unwrap();
    assert_eq!((told.code.as_deref(), told.message.as_deref(), told.extra.get("x")), (Some("7"), Some("m"), Some("1")));
    assert_eq!(serde_json::to_string(told).unwrap(), r#"{"code":"7","message":"m","x":1}"#);
}

#[test]
fn errors_of_the_router_are_told_by_status_and_under_a_200() {
    let body = r#"{"error":{"origin":"router","message":"Invalid authorization token"}}"#;
    let error = read_as(&whole_call(), 403, body, End::Clean).unwrap_err();
    assert_eq!((error.error().kind(), error.error().status().unwrap().as_u16()), (Some(ErrorKind::Forbidden), 403));
    let error = read(r#"{"error":{"message":"Too many requests","code":429}}"#).unwrap_err();
    assert_eq!(error.error().kind(), Some(ErrorKind::RateLimited));
    assert!(error.partial().output.is_empty() && error.partial().whole_text().is_err());
}

#[test]
fn what_is_no_response_is_an_error() {
    for body in ["{}", "7", "[]", "{", "", r#"{"choices":[]}"#, r#""text""#] {
        let error = read(body).unwrap_err();
        let Error::Decode(problem) = error.error() else { panic!("{}", error.error()) };
        assert_eq!(problem.to_string(), format!("cannot decode the response of {} bytes", body.len()));
        assert_eq!((problem.body(), problem.status().unwrap().as_u16()), (&body.as_bytes().to_vec().into(), 200));
        assert!(serde_json::from_str::<Response>(body).is_err());
    }
    for empty in [r#"{"output":null}"#, r#"{"status":null}"#] {
        assert!(matches!(read(empty).unwrap_err().error(), Error::Unfinished(_)), "{empty}");
    }
}

#[test]
fn a_cut_reply_is_no_reply() {
    let error = read_as(&whole_call(), 200, &SAMPLE[..100], cut()).unwrap_err();
    assert!(matches!(error.error(), Error::Truncated(error) if error.is_cut()));
    let machine = whole_call().open(head(200, "application/json"), Duration::ZERO);
    assert!(format!("{:?}", machine.dialect()).starts_with("OneValue { outcome: None"));
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
}
