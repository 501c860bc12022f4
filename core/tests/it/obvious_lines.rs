//! The lines that one types first, each as short as it should be. Those that send something are in the tests of the
//! transports, `obvious_lines`.
//!
//! `let request = Request::new(&[Message::user("hi")]);` is not among them: the array is gone at the end of the line, and the
//! language refuses it (E0716). Without the `&` the request owns it.

use std::time::Duration;

use bytes::Bytes;
use requesty_core::chat::{Completion, Message, Request, ResponseFormat, Tool};
use requesty_core::error::{DecodeError, Error, ErrorKind, Incomplete};
use requesty_core::reply::{Context, End, Step, Value};
use requesty_core::{ApiKey, Decimal, Router, embeddings, messages, responses};
use serde_json::json;

use crate::support::chat::{clean, play_as, stream_call};
use crate::support::{head, head_with_id, router};

const MODEL: &str = "openai/gpt-4o-mini";

fn json_of(request: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(request).unwrap()
}

#[test]
fn a_request_in_one_line() {
    let request = Request::user("hi").model(MODEL);
    let expected = json!({"model": MODEL, "messages": [{"role": "user", "content": "hi"}]});
    assert_eq!(json_of(&request), expected);
    let name = String::from("hi");
    for same in [
        Request::user(&name),
        Request::user(name.clone()),
        Request::user(format!("h{}", 'i')),
        Request::new(vec![Message::user("hi")]),
        Request::new([Message::user("hi")]),
        Request::new(&[Message::user("hi")]).clone().model(MODEL),
    ] {
        assert_eq!(json_of(&same.model(MODEL)), expected);
    }

    let request = messages::Request::user("hi", 100).model(MODEL);
    let expected = json!({"model": MODEL, "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}]});
    assert_eq!(json_of(&request), expected);
    assert_eq!(json_of(&messages::Request::new(vec![messages::Message::user("hi")], 100).model(MODEL)), expected);

    assert_eq!(json_of(&responses::Request::new("hi")), json!({"input": "hi"}));
    assert_eq!(json_of(&responses::Request::new(format!("h{}", 'i'))), json!({"input": "hi"}));
    let items = json!({"input": [{"type": "message", "role": "user", "content": "hi"}]});
    assert_eq!(json_of(&responses::Request::user("hi")), items);
    assert_eq!(json_of(&responses::Request::new(vec![responses::InputItem::user("hi")])), items);

    let embedded = |request: embeddings::Request<'_>| json_of(&request)["input"].clone();
    assert_eq!(embedded(embeddings::Request::new("hi")), "hi");
    assert_eq!(embedded(embeddings::Request::new(["hi", "ho"])), json!(["hi", "ho"]));
    assert_eq!(embedded(embeddings::Request::new(vec!["hi".to_owned()])), json!(["hi"]));
}

#[test]
fn a_request_that_a_function_returns() {
    fn chat(question: &str) -> Request<'static> {
        let tools = vec![Tool::function("now").description("Returns the time.")];
        Request::new(vec![Message::system("Be brief."), Message::user(question)]).tools(tools)
    }
    fn message(question: &str) -> messages::Request<'static> {
        messages::Request::user(question, 100).tools([messages::Tool::function("now")])
    }
    fn response(question: &str) -> responses::Request<'static> {
        responses::Request::new(question.to_owned()).tools([Tool::function("now")])
    }
    for request in [json_of(&chat("hi")), json_of(&message("hi")), json_of(&response("hi"))] {
        assert_eq!(request["tools"].as_array().unwrap().len(), 1);
        assert!(request.to_string().contains("\"hi\""), "{request}");
    }
}

#[test]
fn a_conversation_goes_on() {
    let mut history = vec![Message::user("hi")];
    for answer in ["hello", "yes?"] {
        let request = Request::new(&history).model(MODEL);
        assert_eq!(json_of(&request)["messages"].as_array().unwrap().len(), history.len());
        history.push(Message::assistant(answer));
        history.push(Message::user("go on"));
    }
    // From what another client has kept.
    let kept: Vec<Message> = serde_json::from_value(json!([{"role": "user", "content": "hi"}])).unwrap();
    assert_eq!(kept, [Message::user("hi")]);
}

#[test]
#[cfg(feature = "base64")]
fn parts_of_a_message() -> Result<(), requesty_core::BuildError> {
    use requesty_core::chat::Part;

    let pdf = b"%PDF-1.7".to_vec();
    let message =
        Message::user(["What is this?".into(), Part::file("a.pdf", &pdf)?, Part::image("image/png", b"png")?]);
    assert_eq!(json_of(&message)["content"][1]["filename"], "a.pdf");
    let message = Message::user([Part::text("And this?"), Part::image_url("https://example.com/a.png")]);
    assert_eq!(message.text(), "And this?");

    let message = messages::Message::user(["What is this?".into(), messages::Block::pdf(&pdf)?]);
    assert_eq!(message.text(), "What is this?");
    let parts = ["What is this?".into(), responses::InputPart::file("a.pdf", &pdf)?];
    assert_eq!(json_of(&responses::InputItem::user(parts))["content"][1]["type"], "input_file");
    Ok(())
}

#[test]
fn what_it_cost() {
    let completion: Completion = serde_json::from_value(json!({
        "choices": [{"message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 8, "completion_tokens": 1, "total_tokens": 9, "cost": 0.00005},
    }))
    .unwrap();
    let cost = completion.cost().unwrap_or_default();
    assert_eq!(format!("{cost} dollars"), "0.00005 dollars");
    let costs = vec![cost, cost, cost];
    assert_eq!(costs.iter().sum::<Decimal>().to_string(), "0.00015");
    assert_eq!(costs.into_iter().sum::<Decimal>() - cost, cost + cost);
    let mut spent = Decimal::ZERO;
    spent += cost;
    assert!(spent < Decimal::from(1_u64) && spent.max(Decimal::ZERO) == cost);

    assert_eq!(completion.text(), "hello");
    assert_eq!(completion.choices[0].message.text(), "hello");
    assert_eq!(completion.usage.as_ref().and_then(|usage| usage.total_tokens), Some(9));
}

#[test]
fn one_setting_at_a_time() -> Result<(), Box<dyn std::error::Error>> {
    let key: ApiKey = "rqsty-sk-test".parse()?;
    let router = Router::new(key)
        .with_inference_base("http://127.0.0.1:4000/v1")?
        .with_header("x-team", "docs")?
        .with_total_timeout(Duration::from_secs(60))
        .with_max_retries(5);
    let call = router.chat(&Request::user("hi").model(MODEL))?;
    assert_eq!((call.timeouts().total, call.policy().max_retries()), (Some(Duration::from_secs(60)), 5));
    let defaults = crate::support::router().chat(&Request::user("hi").model(MODEL))?;
    assert_eq!(call.timeouts().connect, defaults.timeouts().connect);
    assert_eq!(call.policy(), &defaults.policy().clone().with_max_retries(5));

    let call = call.with_total_timeout(Duration::from_secs(5)).with_max_retries(0).with_header("x-trace", "1")?;
    assert_eq!((call.timeouts().total, call.policy().max_retries()), (Some(Duration::from_secs(5)), 0));
    let call = call.with_total_timeout(None).change_policy(|policy| policy.retry_kind(ErrorKind::Server));
    assert_eq!((call.timeouts().total, call.policy().max_retries()), (None, 0));
    let call = call.change_timeouts(|timeouts| timeouts.with_connect(Duration::from_secs(1)));
    assert_eq!(call.timeouts(), &defaults.timeouts().with_connect(Duration::from_secs(1)));
    let call = call.change_limits(|limits| limits.with_event(1000));
    assert_eq!(call.limits().event, 1000);

    let patient = router.clone().with_max_retries(9).change_timeouts(|timeouts| timeouts.with_tls(None));
    let call = patient.chat(&Request::user("hi").model(MODEL))?;
    assert_eq!((call.timeouts().tls, call.timeouts().total), (None, Some(Duration::from_secs(60))));
    let small = router.change_limits(|limits| limits.with_event(7)).change_policy(|policy| policy.retry_timeouts(true));
    let call = small.chat(&Request::user("hi").model(MODEL))?;
    assert_eq!((call.limits().event, call.policy().max_retries()), (7, 5));
    Ok(())
}

#[test]
fn what_went_wrong() {
    let reply = head_with_id(429, "application/json");
    let body = br#"{"error":{"message":"slow down"}}"#;
    let played = play_as(&stream_call(), reply, body, 100, End::Clean);
    // What `send` gives.
    let error: Incomplete<Completion> = played.total.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::RateLimited));
    assert_eq!(error.kind().map(|kind| kind.to_string()).as_deref(), Some("rate limited"));
    assert_eq!(error.gateway_status(), 429);
    assert_eq!((error.status().unwrap().as_u16(), error.request_id()), (429, Some("req-1")));
    assert!(error.is_retryable());
    let Error::Api(error) = Error::from(error) else { panic!("not an error of the API") };
    assert_eq!(error.message(), Some("slow down"));
}

#[test]
fn tools_and_formats() -> Result<(), Box<dyn std::error::Error>> {
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    let request = Request::user("What is the weather in Rome?")
        .tools([Tool::function("weather").description("Returns the weather.").parameters(&schema)?])
        .response_format(ResponseFormat::JsonObject)
        .temperature(0.2)
        .n(2)
        .end_user("u-1")
        .extra("provider_option", &true);
    assert_eq!(json_of(&request)["tools"][0]["function"]["parameters"], schema);
    let request = Request::user("hi").response_format(ResponseFormat::json_schema("place", &schema)?);
    assert_eq!(json_of(&request)["response_format"]["json_schema"]["schema"], schema);

    let completion = clean(concat!(
        r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"weather","#,
        r#""arguments":"{\"city\":\"Rome\"}"}}]},"finish_reason":"tool_calls"}]}"#,
        "\n\ndata: [DONE]\n\n"
    ))
    .total?;
    for call in completion.tool_calls() {
        let arguments: serde_json::Value = call.arguments()?;
        assert_eq!((call.name(), &arguments["city"]), ("weather", &json!("Rome")));
    }
    assert_eq!(completion.tool_calls().count(), 1);
    Ok(())
}

#[test]
fn an_endpoint_and_a_reply_of_ones_own() -> Result<(), Error> {
    #[derive(Clone)]
    struct Scores;

    impl Value for Scores {
        type Total = Vec<f64>;
        type Partial = ();

        fn read(&self, _: &Context, body: Bytes) -> Result<Vec<f64>, Incomplete<()>> {
            serde_json::from_slice(&body)
                .map_err(|_| Incomplete::new((), DecodeError::new("scores", None, &body).into()))
        }
    }

    let call = router().call_with("rerank", &json!({"query": "q"}), Scores)?;
    assert_eq!((call.request().method().as_str(), call.request().uri().path()), ("POST", "/v1/rerank"));
    assert_eq!(call.request().body(), r#"{"query":"q"}"#);
    assert_eq!(call.request().headers()["accept"], "application/json");
    let mut machine = call.open(head(200, "application/json"), Duration::ZERO);
    machine.push(b"[0.5]", Duration::ZERO);
    machine.end(End::Clean);
    assert_eq!(machine.advance()?, Step::Done);
    assert_eq!(machine.total()?, [0.5]);
    Ok(())
}
