//! Embeddings. What is sent, what is read, and what goes wrong.

mod vectors;

use std::time::Duration;

use requesty_core::embeddings::{Embeddings, EncodingFormat, Input, Request, Usage, WholeEmbeddings};
use requesty_core::{Call, Dialect, End, Error, ErrorKind, Incomplete, Limits, Step};
use serde_json::{Value, json};

use crate::support::{cut, drive, head, router};

/// The reply that the router documents.
const SAMPLE: &str = concat!(
    r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.01,-0.02]}],"#,
    r#""model":"openai/text-embedding-3-small","usage":{"prompt_tokens":4,"total_tokens":4}}"#,
);

fn body(request: &Request<'_>) -> String {
    String::from_utf8(request.body().unwrap().to_vec()).unwrap()
}

fn refusal(request: &Request<'_>) -> String {
    let error = router().embeddings(request).unwrap_err();
    assert!(matches!(error, Error::Build(_)));
    error.to_string()
}

fn call(inputs: usize) -> Call<WholeEmbeddings> {
    router().embeddings(&Request::new(vec!["x"; inputs]).model("m")).unwrap()
}

fn read_as(
    call: &Call<WholeEmbeddings>,
    status: u16,
    body: &str,
    end: End,
) -> Result<Embeddings, Incomplete<Embeddings>> {
    let mut machine = call.open(head(status, "application/json"), Duration::ZERO);
    let (_, last) = drive(&mut machine, body.as_bytes().chunks(7), end, |_| ());
    machine.item();
    machine.owned();
    let summary = machine.dialect().summary();
    let total = machine.total();
    assert_eq!(matches!(last, Ok(Step::Done)), total.is_ok());
    let embeddings = total.as_ref().unwrap_or_else(Incomplete::partial);
    assert_eq!(summary.model, embeddings.model);
    assert_eq!(summary.cost, embeddings.cost());
    total
}

fn read(inputs: usize, body: &str) -> Result<Embeddings, Incomplete<Embeddings>> {
    read_as(&call(inputs), 200, body, End::Clean)
}

/// A reply of these embeddings, as JSON.
fn reply(embeddings: &[&str]) -> String {
    let data: Vec<String> =
        (0..).zip(embeddings).map(|(index, vector)| format!(r#"{{"index":{index},"embedding":{vector}}}"#)).collect();
    format!(r#"{{"data":[{}],"model":"m","usage":{{"cost":"0.5"}}}}"#, data.join(","))
}

#[track_caller]
fn problem(inputs: usize, body: &str) -> (String, Embeddings) {
    let incomplete = read(inputs, body).unwrap_err();
    assert!(matches!(incomplete.error(), Error::Decode(_)), "{}", incomplete.error());
    assert_eq!(incomplete.error().status().map(|status| status.as_u16()), Some(200));
    let (partial, error) = incomplete.into_parts();
    (error.to_string(), partial)
}

#[test]
fn requests_are_written_as_documented() {
    let request = Request::new("A text.").model("openai/text-embedding-3-small");
    let call = router().embeddings(&request).unwrap();
    let sent = call.request();
    assert_eq!((sent.method().as_str(), sent.uri().path()), ("POST", "/v1/embeddings"));
    assert_eq!(sent.uri(), "https://router.requesty.ai/v1/embeddings");
    assert_eq!(sent.headers()["accept"], "application/json");
    assert_eq!(sent.headers()["content-type"], "application/json");
    assert_eq!(sent.headers()["authorization"], "Bearer rqsty-sk-test");
    assert_eq!(sent.body(), r#"{"input":"A text.","model":"openai/text-embedding-3-small"}"#);
    assert_eq!(call.model(), Some("openai/text-embedding-3-small"));
    assert!(format!("{:?}", call.reply()).starts_with("WholeEmbeddings { expected: Some(1)"));

    let full = Request::new(["a", "b"]).model("m").dimensions(256).encoding_format(EncodingFormat::Float);
    let full = full.end_user("u").extra("input_type", "query");
    assert_eq!(
        body(&full),
        r#"{"input":["a","b"],"model":"m","dimensions":256,"encoding_format":"float","user":"u","input_type":"query"}"#
    );
    assert_eq!(serde_json::to_string(&full).unwrap(), body(&full));
    assert_eq!(EncodingFormat::default(), EncodingFormat::Float);
}

#[test]
fn every_form_of_input_is_sent() {
    let (text, texts) = ("one".to_owned(), vec!["a".to_owned(), "b".to_owned()]);
    let (tokens, lists) = (vec![9906_u32, 1917], vec![vec![1_u32, 2], vec![3]]);
    let (names, slices) = (vec!["a", "b"], [&[1_u32, 2][..], &[3], &[4]]);
    let cases: [(Input<'_>, Value, usize); 11] = [
        ("one".into(), json!("one"), 1),
        ((&text).into(), json!("one"), 1),
        ((&["a", "b"]).into(), json!(["a", "b"]), 2),
        ((&names).into(), json!(["a", "b"]), 2),
        ((&texts).into(), json!(["a", "b"]), 2),
        (texts[..1].into(), json!(["a"]), 1),
        ((&tokens).into(), json!([9906, 1917]), 1),
        ((&[7_u32; 3]).into(), json!([7, 7, 7]), 1),
        ((&slices).into(), json!([[1, 2], [3], [4]]), 3),
        ((&lists).into(), json!([[1, 2], [3]]), 2),
        (lists[1..].into(), json!([[3]]), 1),
    ];
    for (input, expected, count) in cases {
        let sent: Value = serde_json::from_str(&body(&Request::new(input.clone()).model("m"))).unwrap();
        assert_eq!(sent["input"], expected);
        assert_eq!((input.len(), input.is_empty()), (count, false));
    }
}

#[test]
fn mistakes_are_found_before_anything_is_sent() {
    let none: [&str; 0] = [];
    let nothing = "there is nothing to embed: give at least one text";
    assert_eq!(refusal(&Request::new(none).model("m")), nothing);
    assert!(Input::from(&none).is_empty());
    assert_eq!(refusal(&Request::new(Vec::<String>::new()).model("m")), nothing);
    assert_eq!(refusal(&Request::new(Vec::<Vec<u32>>::new()).model("m")), nothing);
    assert_eq!(refusal(&Request::new(Vec::<&[u32]>::new()).model("m")), nothing);
    let empty = |place: usize| format!("input {place} is empty: providers refuse it, leave it out");
    assert_eq!(refusal(&Request::new("").model("m")), empty(0));
    assert_eq!(refusal(&Request::new(Vec::<u32>::new()).model("m")), empty(0));
    assert_eq!(refusal(&Request::new(["a", ""]).model("m")), empty(1));
    assert_eq!(refusal(&Request::new(&["a".to_owned(), "b".to_owned(), String::new()]).model("m")), empty(2));
    assert_eq!(refusal(&Request::new([&[1_u32][..], &[]]).model("m")), empty(1));
    assert_eq!(refusal(&Request::new(&[vec![], vec![1_u32]]).model("m")), empty(0));

    let unnamed = "no model is named: name one, as there is no default for embeddings";
    assert_eq!(refusal(&Request::new("a")), unnamed);
    assert_eq!(refusal(&Request::new("a").model(" ")), unnamed);
    assert_eq!(refusal(&Request::new("a").model("m").dimensions(0)), "`dimensions` is 0: a vector has at least one");
    assert!(Request::new("a").model("m").dimensions(1).body().is_ok());

    let unwritable = std::collections::BTreeMap::from([((1, 2), 3)]);
    let request = Request::new("a").model("m").extra("first", &unwritable).extra("second", &unwritable);
    assert_eq!(refusal(&request), "the value of `first` cannot be written as JSON");
    assert!(serde_json::to_string(&request).is_ok(), "what is left is shown");

    // Members set by hand are the caller's own affair.
    let by_hand = Request::new("").extra("input", &["a", "b"]).extra("model", "m");
    assert_eq!(body(&by_hand), r#"{"input":["a","b"],"model":"m"}"#);
    let call = router().embeddings(&by_hand).unwrap();
    assert_eq!(read_as(&call, 200, &reply(&["[1]", "[2]", "[3]"]), End::Clean).unwrap().data.len(), 3);
}

#[test]
fn the_documented_reply_is_read_and_can_be_passed_on() {
    let embeddings = read(1, SAMPLE).unwrap();
    assert_eq!(embeddings.vectors().collect::<Vec<_>>(), [&[0.01, -0.02]]);
    assert_eq!(embeddings.model.as_deref(), Some("openai/text-embedding-3-small"));
    let usage = embeddings.usage.as_ref().unwrap();
    assert_eq!((usage.prompt_tokens, usage.total_tokens, usage.cost), (Some(4), Some(4), None));
    assert_eq!((embeddings.extra.get("object"), embeddings.data[0].index), (Some(r#""list""#), 0));
    assert_eq!(embeddings.data[0].extra.get("object"), Some(r#""embedding""#));
    let passed_on: Value = serde_json::to_value(&embeddings).unwrap();
    let mut sample: Value = serde_json::from_str(SAMPLE).unwrap();
    assert_eq!(serde_json::to_string(&embeddings.data[0].vector).unwrap(), "[0.01,-0.02]");
    sample["data"][0]["embedding"] = json!([0.01_f32, -0.02_f32]);
    assert_eq!(passed_on, sample);
    let again: Embeddings = serde_json::from_str(SAMPLE).unwrap();
    assert_eq!(again, embeddings);
    assert!(format!("{embeddings:?}").contains("dimensions: 2") && !format!("{embeddings:?}").contains("0.01"));
    assert_eq!(embeddings.into_vectors(), [[0.01, -0.02]]);
}

#[test]
fn the_cost_is_exact_and_in_the_summary() {
    let json = r#"{"prompt_tokens":"7","total_tokens":9.0,"cost":0.00000002,"x":[1]}"#;
    let usage: Usage = serde_json::from_str(json).unwrap();
    assert_eq!((usage.prompt_tokens, usage.total_tokens, usage.extra.get("x")), (Some(7), Some(9), Some("[1]")));
    assert_eq!(usage.cost.unwrap().to_string(), "0.00000002");
    assert_eq!(
        serde_json::to_string(&usage).unwrap(),
        r#"{"prompt_tokens":7,"total_tokens":9,"cost":0.00000002,"x":[1]}"#
    );
    assert!(serde_json::from_str::<Usage>("7").is_err());

    let embeddings = read(1, &format!(r#"{{"data":[{{"embedding":[1]}}],"model":"m","usage":{json}}}"#)).unwrap();
    let summary = embeddings.summary();
    assert_eq!((summary.input_tokens, summary.model.as_deref(), summary.output_tokens), (Some(7), Some("m"), None));
    assert_eq!(summary.cost, usage.cost);
    assert_eq!(Embeddings::default().summary(), requesty_core::observe::Summary::default());
}

#[test]
fn vectors_come_in_the_order_of_the_inputs() {
    let of = |indexes: &[&str]| {
        let data: Vec<String> =
            (1..).zip(indexes).map(|(place, index)| format!(r#"{{{index}"embedding":[{place}]}}"#)).collect();
        let embeddings = read(indexes.len(), &format!(r#"{{"data":[{}]}}"#, data.join(","))).unwrap();
        embeddings.data.iter().map(|it| (it.index, it.vector[0])).collect::<Vec<_>>()
    };
    assert_eq!(of(&[r#""index":2,"#, r#""index":0,"#, r#""index":"1","#]), [(0, 2.0), (1, 3.0), (2, 1.0)]);
    assert_eq!(of(&["", r#""index":null,"#, ""]), [(0, 1.0), (1, 2.0), (2, 3.0)], "no index is the place");
    assert_eq!(of(&[r#""index":0,"#, r#""index":0,"#]), [(0, 1.0), (0, 2.0)], "as they came");
    assert_eq!(of(&[r#""index":9,"#, r#""index":0,"#]), [(9, 1.0), (0, 2.0)], "as they came");
    assert_eq!(of(&[r#""index":1,"#, r#""index":1,"#, r#""index":0,"#]), [(1, 1.0), (1, 2.0), (0, 3.0)]);
}

#[test]
fn numbers_of_any_spelling_are_floats() {
    let embeddings = read(1, &reply(&["[1, -2.5e-3 ,0, 16777217, 1E2,3.4028235e38,1e-60,0.1]"])).unwrap();
    let expected = [1.0, -0.0025, 0.0, 16_777_216.0, 100.0, f32::MAX, 0.0, 0.1];
    assert_eq!(embeddings.data[0].vector, expected);
    // Rounded once: by way of a double, it would become the float above.
    let tricky = read(1, &reply(&["[1.00000017881393432617187499]"])).unwrap();
    assert_eq!(tricky.data[0].vector, [1.000_000_1_f32]);
}

#[test]
fn an_odd_vector_is_told_and_the_others_are_not_lost() {
    let cases = [
        ("null", "which has no vector"),
        ("{}", "which has no vector"),
        ("7", "which has no vector"),
        ("[]", "which has no vector"),
        (r#"[1,"2"]"#, "in which something is not a number"),
        ("[1,null]", "in which something is not a number"),
        ("[[1],[1]]", "in which something is not a number"),
        ("[[[1]]]", "in which something is not a number"),
        ("[[1],1]", "in which something is not a number"),
        ("[[]]", "which has no vector"),
        ("[1,1e39]", "in which a number is not finite"),
        ("[-1e39]", "in which a number is not finite"),
    ];
    for (vector, why) in cases {
        let json = reply(&["[1]", vector, "[3]"]);
        let (error, partial) = problem(3, &json);
        assert_eq!(error, format!("cannot decode embedding 1, {why}, in a reply of {} bytes", json.len()));
        assert_eq!(partial.vectors().map(<[f32]>::len).collect::<Vec<_>>(), [1, 0, 1], "{vector}");
        let kept = if matches!(vector, "null" | "[]" | "[[]]") { None } else { Some(vector) };
        assert_eq!(partial.data[1].extra.get("embedding"), kept, "{vector}");
        assert_eq!(partial.cost().unwrap().to_string(), "0.5");
    }
    let (error, partial) = problem(2, r#"{"data":[{"embedding":[1]},[7]]}"#);
    assert!(error.starts_with("cannot decode embedding 1, which has no vector"), "{error}");
    assert_eq!((partial.data.len(), partial.data[1].extra.get("embedding")), (2, Some("[7]")));
    let (error, _) = problem(2, &reply(&["[null]", "[1e39]"]));
    assert!(error.starts_with("cannot decode embedding 0, in which something"), "the first is told: {error}");
}

#[test]
fn another_number_of_vectors_than_inputs_is_an_error() {
    let (error, partial) = problem(3, &reply(&["[1]", "[2]"]));
    assert!(error.contains("the reply, which has 2 embeddings for 3 inputs, of"), "{error}");
    assert_eq!(partial.data.len(), 2);
    let (error, partial) = problem(1, &reply(&["[1]", "[2]", "[3]"]));
    assert!(error.contains("the reply, which has more embeddings for 1 inputs,"), "{error}");
    assert_eq!(partial.data.len(), 1);
    let (error, partial) = problem(1, r#"{"data":[],"model":"m"}"#);
    assert!(error.contains("has 0 embeddings for 1 inputs"), "{error}");
    assert_eq!(partial.model.as_deref(), Some("m"));
}

#[test]
fn what_is_no_list_of_embeddings_is_an_error() {
    for json in ["{}", r#"{"data":null}"#, r#"{"data":{}}"#, r#"{"data":"x"}"#, "7", "[", "", r#"{"data":[}"#] {
        let (error, partial) = problem(1, json);
        assert!(error.contains("the reply, which is not a list of embeddings, of"), "{json}: {error}");
        assert_eq!(partial.data.len(), 0);
        assert!(serde_json::from_str::<Embeddings>(json).is_err());
    }
    let (_, partial) = problem(1, r#"{"data":{"a":1},"model":7,"usage":[]}"#);
    assert_eq!((partial.extra.get("data"), partial.extra.get("model")), (Some(r#"{"a":1}"#), Some("7")));
    assert_eq!((partial.extra.get("usage"), partial.usage), (Some("[]"), None));
}

#[test]
fn errors_of_the_router_are_told_by_status_and_under_a_200() {
    let body = r#"{"error":{"origin":"router","message":"Provider and/or model not supported"}}"#;
    let error = read_as(&call(1), 404, body, End::Clean).unwrap_err();
    assert_eq!(error.error().kind(), Some(ErrorKind::NotFound));
    let error = read(1, r#"{"error":{"message":"Too many requests","code":429}}"#).unwrap_err();
    assert_eq!(error.error().kind(), Some(ErrorKind::RateLimited));
    assert!(error.partial().data.is_empty());
}

#[test]
fn a_cut_reply_is_no_reply() {
    for (end, is_cut) in [(End::Clean, false), (cut(), true)] {
        let half = if is_cut { &SAMPLE[..40] } else { "" };
        let error = read_as(&call(1), 200, half, end).unwrap_err();
        assert_eq!(matches!(error.error(), Error::Truncated(error) if error.is_cut()), is_cut);
    }
    let machine = call(1).open(head(200, "application/json"), Duration::ZERO);
    assert!(format!("{:?}", machine.dialect()).starts_with("OneValue { outcome: None"));
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
}

#[test]
fn of_embeddings_that_were_not_counted_65_536_are_read() {
    let reply = |count: usize| format!(r#"{{"data":[{}]}}"#, vec![r#"{"embedding":[1]}"#; count].join(","));
    let call = router().embeddings(&Request::new("").extra("input", &[[1]]).model("m")).unwrap();
    let call = call.with_limits(Limits::default());
    let fits = read_as(&call, 200, &reply(65_536), End::Clean).unwrap();
    assert_eq!(fits.data.len(), 65_536);
    let error = read_as(&call, 200, &reply(65_537), End::Clean).unwrap_err();
    assert!(matches!(error.error(), Error::TooLarge(_)), "{}", error.error());
    assert_eq!(error.partial().data.len(), 65_536);
}

#[test]
fn a_text_is_an_input_whatever_holds_it() {
    assert_eq!(body(&Request::new("x".to_owned()).model("m")), body(&Request::new("x").model("m")));
}
