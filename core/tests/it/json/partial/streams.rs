//! JSON in the streams of all three families: read where the crate keeps it, by one API.

mod families;

use proptest::prelude::*;
use requesty_core::End;
use requesty_core::json::partial::{Elements, Follow, Follows, Origin, PartialOptions, State, Watch, Written};
use serde_json::{Value, json};

use self::families::{FAMILIES, Family, Texts, lent};
use super::random::{json as any_json, pieces};
use super::seen::play as play_partial;
use crate::support::{self, head, messages_samples, responses_samples};

const ANSWER: &str = r#"{"title":"On \ud83d\ude00 tea","pages":129.95,"tags":["a","é字"]}"#;
const ARGUMENTS: [&str; 2] = [r#"{"city":"Rome\n","days":[1,2]}"#, r#"{"list":[{"a":null},{"b":true}]}"#];

fn cut(text: &str, size: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = (size..=rest.len()).find(|&at| rest.is_char_boundary(at)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(at);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[test]
fn texts_and_arguments_are_read_alike_in_all_families_at_every_cut() {
    let read = |text: &str| play_partial(PartialOptions::default(), [text.as_bytes()]).0;
    let expected: Vec<_> = [ANSWER, ARGUMENTS[0], ARGUMENTS[1]].map(read).into();
    for family in FAMILIES {
        let calls: Vec<_> = ARGUMENTS.iter().map(|text| cut(text, 5)).collect();
        let body = family.body(&cut(ANSWER, 3), &calls);
        let check = |pieces: &[&[u8]]| {
            let texts = family.play(pieces);
            assert_eq!(texts.all(), [(None, ANSWER), (Some("tool_0"), ARGUMENTS[0]), (Some("tool_1"), ARGUMENTS[1])]);
            assert_eq!(texts.events(), expected);
            assert!(texts.read.iter().all(|(_, follow)| follow.is_complete()));
        };
        check(&[body.as_bytes()]);
        check(&body.as_bytes().chunks(1).collect::<Vec<_>>());
        // At each event, and inside of the first ones.
        for at in (0..body.len()).filter(|&at| at < 400 || body.as_bytes()[at] == b'\n') {
            let (before, after) = body.as_bytes().split_at(at);
            check(&[before, after]);
        }
        let origins: Vec<_> = family.play(&[body.as_bytes()]).seen.into_keys().collect();
        let arguments = |index, part| Origin::Arguments { index, part };
        let places = if family == Family::Chat { [(0, 0), (0, 1)] } else { [(1, 0), (2, 0)] };
        let places = places.map(|(index, part)| arguments(index, part));
        assert_eq!(origins, [Origin::Text { index: 0, part: 0 }, places[0], places[1]]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cut_into_deltas_gives_the_same_events(
        text in any_json(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let parts = pieces(text.as_bytes(), &cuts).into_iter().map(std::str::from_utf8).collect::<Result<Vec<_>, _>>();
        let Ok(parts) = parts else { return Ok(()) };
        // Providers send objects as arguments, and no other value.
        let wrapped: Vec<_> = [r#"{"x":"#].into_iter().chain(parts.iter().copied()).chain(["}"]).collect();
        let of_call = play_partial(PartialOptions::default(), [wrapped.concat().as_bytes()]).0;
        for family in FAMILIES {
            let texts = family.play(&[family.body(&wrapped, std::slice::from_ref(&wrapped)).as_bytes()]);
            prop_assert_eq!(texts.events(), [of_call.as_slice(), of_call.as_slice()]);
        }
    }
}

fn chat_call(arguments: &str) -> String {
    format!(r#""tool_calls":[{{"index":0,"id":"a","function":{{"name":"f","arguments":{arguments}}}}}]"#)
}

#[test]
fn arguments_that_come_as_a_value_are_lent_as_its_text() {
    let deltas = [r#"{"a":1}"#, r#"{"a":1}"#, r#"{"a":1,"b":2}"#].map(chat_call);
    let body = support::chat::finished(&deltas.each_ref().map(String::as_str), "tool_calls");
    let lent = lent(Family::Chat, &body);
    assert_eq!(lent.first().unwrap(), r#"Arguments { 0, 0 } {"a":1}"#);
    assert_eq!(lent.last().unwrap(), r#"Arguments { 0, 0 } {"a":1,"b":2}"#);
}

/// A gateway begins with an empty object, and then sends the text.
#[test]
fn arguments_that_are_replaced_are_read_anew() {
    // The text is shorter than the value at first, or longer.
    for (value, first) in [(r#"{"city":"Paris"}"#, "Paris"), ("{}", "")] {
        let deltas = [value, r#""{\"city\":\"Ro""#, r#""me, the eternal one\"}""#].map(chat_call);
        let body = support::chat::finished(&deltas.each_ref().map(String::as_str), "tool_calls");
        let (mut follow, mut watch) = (Follow::default(), Watch::new("/city").unwrap());
        let mut cities = Vec::new();
        let see = |chunk: requesty_core::chat::Chunk<'_>| {
            for written in chunk.written() {
                let snapshot = follow.read(written).unwrap();
                let city = watch.value(snapshot);
                assert_eq!(watch.state(snapshot) >= State::Incomplete, city.is_some());
                cities.push(city.and_then(|city| city.as_str()).unwrap_or_default().to_owned());
            }
        };
        let head = head(200, "text/event-stream");
        support::play(&support::chat::stream_call(), head, &[body.as_bytes()], End::Clean, see).1.unwrap();
        assert_eq!(cities, [first, "Ro", "Rome, the eternal one"]);
    }
}

#[test]
fn an_input_that_a_block_begins_with_is_lent_until_deltas_replace_it() {
    let start = |input: &str| {
        support::messages::block_start(0, &format!(r#"{{"type":"tool_use","id":"t","name":"f","input":{input}}}"#))
    };
    let delta = support::messages::delta(0, r#"{"type":"input_json_delta","partial_json":"{\"a\":2}"}"#);
    let whole = support::messages::finished(&[start(r#"{"a":1}"#), support::messages::block_stop(0)], "tool_use");
    assert_eq!(lent(Family::Messages, &whole), [r#"Arguments { 0, 0 } {"a":1}"#]);
    let both = support::messages::finished(&[start(r#"{"a":1}"#), delta.clone()], "tool_use");
    assert_eq!(lent(Family::Messages, &both), [r#"Arguments { 0, 0 } {"a":1}"#, r#"Arguments { 0, 0 } {"a":2}"#]);
    // The usual empty one says nothing.
    let usual = support::messages::finished(&[start("{ }"), delta], "tool_use");
    assert_eq!(lent(Family::Messages, &usual), [r#"Arguments { 0, 0 } {"a":2}"#]);
    let message = r#"{"type":"message","role":"assistant","stop_reason":"tool_use","content":[{"type":"text","text":"[1"},
        {"type":"tool_use","id":"t","name":"f","input":{"a":1}},{"type":"text","text":"[2"}]}"#;
    assert_eq!(
        lent(Family::Messages, message),
        ["Text { 0, 0 } [1", r#"Arguments { 1, 0 } {"a":1}"#, "Text { 2, 0 } [2"]
    );
}

#[test]
fn what_a_response_tells_as_a_whole_only_is_lent_once() {
    let call = |arguments: &str| json!({"id": "f", "type": "function_call", "call_id": "c", "name": "f", "arguments": arguments});
    let item = |item: Value| json!({"type": "response.output_item.done", "output_index": 0, "item": item}).to_string();
    let delta = |delta: &str| {
        json!({"type": "response.function_call_arguments.delta", "output_index": 0, "item_id": "f", "delta": delta})
            .to_string()
    };
    let completed = |output: Value| {
        let response = json!({"id": "r", "status": "completed", "output": output});
        json!({"type": "response.completed", "response": response}).to_string()
    };
    let play = |events: &[String]| lent(Family::Responses, &support::responses::events(events));
    let (one, two) = (r#"Arguments { 0, 0 } {"a":1}"#, r#"Arguments { 0, 0 } {"a":2}"#);
    let whole = call(r#"{"a":1}"#);
    assert_eq!(play(&[item(whole.clone()), completed(json!([whole]))]), [one]);
    assert_eq!(play(&[completed(json!([whole]))]), [one]);
    // The pieces were cut short, or were others.
    assert_eq!(play(&[delta("{"), item(whole.clone()), completed(json!([]))]), ["Arguments { 0, 0 } {", one]);
    assert_eq!(play(&[delta(r#"{"a":2}"#), item(whole.clone()), completed(json!([whole]))]), [two, one]);
    assert_eq!(play(&[delta(r#"{"a":2}"#), completed(json!([whole]))]), [two, one]);
    // The item began with arguments that are no part of the pieces, and its end has no arguments.
    let added = json!({"type": "response.output_item.added", "output_index": 0, "item": call("{}")}).to_string();
    let (begun, end) = (completed(json!([call("{}")])), item(call("")));
    assert_eq!(play(&[added, delta(r#"{"a":2}"#), end, begun]), [two, "Arguments { 0, 0 } {}"]);
    let message = json!({"type": "message", "role": "assistant", "content": [
        {"type": "output_text", "text": "[1"}, {"type": "output_text", "text": "[2"}]});
    let response =
        json!({"id": "r", "object": "response", "status": "completed", "output": [message, whole]}).to_string();
    assert_eq!(
        lent(Family::Responses, &response),
        ["Text { 0, 0 } [1", "Text { 0, 1 } [2", r#"Arguments { 1, 0 } {"a":1}"#]
    );
}

/// The last event has two calls in place of one: another one, at the index that the streamed one had, and the streamed one
/// itself, before it and with other arguments.
#[test]
fn calls_that_meet_at_one_index_are_read_each_from_its_beginning() {
    let call = |id: &str, arguments: &str| json!({"id": id, "type": "function_call", "call_id": id, "name": id, "arguments": arguments});
    let response =
        json!({"id": "r", "status": "completed", "output": [call("one", r#"{"a":1}"#), call("two", r#"{"bcd":[2]}"#)]});
    let events = [
        json!({"type": "response.output_item.added", "output_index": 1, "item": call("one", "")}),
        json!({"type": "response.function_call_arguments.delta", "output_index": 1, "item_id": "one", "delta": r#"{"b":[2"#}),
        json!({"type": "response.completed", "response": response}),
    ];
    let body = support::responses::events(&events.map(|event| event.to_string()));
    let (mut texts, mut lent) = (Texts::default(), Vec::new());
    let see = |event: requesty_core::responses::Event<'_>| {
        for written in event.written() {
            texts.take(written);
            lent.push(written.text().to_owned());
        }
    };
    let head = head(200, "text/event-stream");
    support::play(&support::responses::stream_call(), head, &[body.as_bytes()], End::Clean, see).1.unwrap();
    assert_eq!(lent, [r#"{"b":[2"#, r#"{"a":1}"#, r#"{"bcd":[2]}"#]);
    assert_eq!(texts.all(), [(Some("two"), r#"{"bcd":[2]}"#)]);
}

/// Of the answers, the text; what a model thinks, and what it says instead, is no JSON.
#[test]
fn recorded_streams_lend_their_calls_and_texts() {
    let responses = support::responses::events(&responses_samples::calls());
    let last = |lent: Vec<String>| lent.last().cloned().unwrap();
    let lent_of_calls = lent(Family::Responses, &responses);
    assert_eq!(lent_of_calls.len(), 4);
    assert_eq!(last(lent_of_calls), r#"Arguments { 2, 0 } {"city":"Oslo"}"#);
    let messages = support::messages::events(messages_samples::tool_events());
    assert_eq!(last(lent(Family::Messages, &messages)), r#"Arguments { 1, 0 } {"location": "San Francisco"}"#);
    let thinking = lent(Family::Messages, &support::messages::events(messages_samples::thinking_events()));
    assert_eq!(thinking, ["Text { 2, 0 } It is 4."]);
}

#[test]
fn answers_that_come_side_by_side_have_a_reader_each() {
    let choice = |index: u8, text: &str| json!({"choices": [{"index": index, "delta": {"content": text}}]}).to_string();
    let chunks = [choice(0, "[1,"), choice(1, "[\"a"), choice(0, "2]"), choice(1, "b\"]")];
    let chunks: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    let end =
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"},{"index":1,"delta":{},"finish_reason":"stop"}]}"#;
    let (mut follows, mut one) = (Follows::default(), Follow::default());
    let mut shown = Vec::new();
    let see = |chunk: requesty_core::chat::Chunk<'_>| {
        for written in chunk.written() {
            let value = follows.read(written).unwrap().value().unwrap().to_value();
            // One reader for all begins anew with each change, and shows the same.
            assert_eq!(one.read(written).unwrap().value().unwrap(), value);
            shown.push(value);
        }
    };
    let (head, body) = (head(200, "text/event-stream"), format!("{chunks}data: {end}\n\ndata: [DONE]\n\n"));
    support::play(&support::chat::stream_call(), head, &[body.as_bytes()], End::Clean, see).1.unwrap();
    assert_eq!(shown, [json!([1]), json!(["a"]), json!([1, 2]), json!(["ab"])]);
    assert_eq!(
        follows.iter().map(|(origin, _)| origin).collect::<Vec<_>>(),
        [Origin::Text { index: 0, part: 0 }, Origin::Text { index: 1, part: 0 }]
    );
}

#[test]
fn elements_of_an_answer_come_once_each() {
    let text = r#"{"items":[{"name":"tea","price":2.5},{"name":"milk","price":1},{"name":3}]}"#;
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Item {
        name: String,
        price: f32,
    }
    for family in FAMILIES {
        let body = family.body(&cut(text, 4), &[]);
        let (mut follow, mut items) = (Follow::default(), Elements::new("/items").unwrap());
        let (mut seen, mut wrong) = (Vec::new(), Vec::new());
        let mut take = |written: Written<'_>| {
            let snapshot = follow.read(written).unwrap();
            while let Some(item) = items.next::<Item>(snapshot) {
                match item {
                    Ok(item) => seen.push((item.name, item.price)),
                    Err(error) => wrong.push(error.to_string()),
                }
            }
        };
        let (pieces, head) = ([body.as_bytes()], head(200, "text/event-stream"));
        match family {
            Family::Chat => {
                let see = |chunk: requesty_core::chat::Chunk<'_>| chunk.written().for_each(&mut take);
                support::play(&support::chat::stream_call(), head, &pieces, End::Clean, see).1.unwrap();
            }
            Family::Messages => {
                let see = |event: requesty_core::messages::Event<'_>| event.written().for_each(&mut take);
                support::play(&support::messages::stream_call(), head, &pieces, End::Clean, see).1.unwrap();
            }
            Family::Responses => {
                let see = |event: requesty_core::responses::Event<'_>| event.written().for_each(&mut take);
                support::play(&support::responses::stream_call(), head, &pieces, End::Clean, see).1.unwrap();
            }
        }
        assert_eq!(seen, [("tea".to_owned(), 2.5), ("milk".to_owned(), 1.0)]);
        assert_eq!(wrong, ["a number that its type does not take at byte 71"]);
        assert_eq!(text.find("3}"), Some(71));
    }
}
