//! The limits on what a response may cost, each at the limit and one past it.

use std::time::Duration;

use requesty_core::error::Limit;
use requesty_core::responses::{Request, Response};
use requesty_core::{End, Error, Incomplete, Limits, Step};

use crate::support::responses::{Played, event, events, stream_call, with_limits};
use crate::support::{head, router};

const COMPLETED: &str = r#"{"type":"response.completed"}"#;

#[track_caller]
fn exceeds(error: &Error, limit: Limit, of: usize) {
    let Error::TooLarge(error) = error else { panic!("{error}") };
    assert_eq!((error.what(), error.limit()), (limit, of));
}

/// Plays a body with the least total that it fits in, and with one byte less.
fn at_the_total(body: &str, total: usize) -> (Played, Played) {
    let fits = with_limits(body, Limits::default().with_total(total));
    fits.complete();
    let past = with_limits(body, Limits::default().with_total(total - 1));
    exceeds(past.failure(), Limit::Total, total - 1);
    (fits, past)
}

fn unary(body: &str, limits: Limits) -> Result<Response, Incomplete<Response>> {
    let call = router().responses(&Request::new("hi")).unwrap().with_limits(limits);
    let mut machine = call.open(head(200, "application/json"), Duration::ZERO);
    machine.push(body.as_bytes(), Duration::ZERO);
    machine.end(End::Clean);
    let _ = machine.advance();
    machine.total()
}

/// Plays one event, and looks at nothing but the total.
fn play_once(event: &str) -> Result<Response, Incomplete<Response>> {
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(format!("data: {event}\n\n").as_bytes(), Duration::ZERO);
    while let Ok(Step::Ready) = machine.advance() {}
    machine.end(End::Clean);
    let _ = machine.advance();
    machine.total()
}

#[test]
fn pieces_of_every_kind_add_up_to_the_total_to_the_byte() {
    for (kind, index) in [
        ("output_text", "content_index"),
        ("refusal", "content_index"),
        ("reasoning_summary_text", "summary_index"),
        ("reasoning_text", "content_index"),
        ("function_call_arguments", "x"),
    ] {
        let delta =
            |text: &str| format!(r#"{{"type":"response.{kind}.delta","output_index":0,"{index}":0,"delta":"{text}"}}"#);
        let body = events(&[&delta(&"x".repeat(40)), &delta(&"y".repeat(60)), COMPLETED]);
        let (_, past) = at_the_total(&body, 100);
        assert_eq!(past.items.len(), 2, "{kind}: the piece is shown before the error");
        let whole = format!(r#"{{"type":"response.{kind}.done","text":"{0}"}}"#, "x".repeat(100));
        at_the_total(&events(&[&whole, COMPLETED]), 100);
    }
}

#[test]
fn whatever_is_told_whole_counts_once() {
    let item = |text: &str| format!(r#"{{"type":"message","content":[{{"type":"output_text","text":"{text}"}}]}}"#);
    let (long, longer) = ("x".repeat(100), "x".repeat(200));
    let done = |text: &str| format!(r#"{{"type":"response.output_item.done","output_index":0,"item":{}}}"#, item(text));
    let delta = |text: &str| format!(r#"{{"type":"response.output_text.delta","output_index":0,"delta":"{text}"}}"#);
    // The item takes the place of its pieces, and of itself.
    let size = item(&long).len();
    at_the_total(&events(&[&delta(&long), &done(&long), COMPLETED]), size);
    at_the_total(&events(&[&done(&long), &done(&long), COMPLETED]), size);
    at_the_total(&events(&[&done(&longer), &done(&long), COMPLETED]), item(&longer).len());
    at_the_total(
        &events(&[&done(&long), &done(&longer), &done(&long), &done(&longer), COMPLETED]),
        item(&longer).len(),
    );
    // So does what its beginning said.
    let added =
        |text: &str| format!(r#"{{"type":"response.output_item.added","output_index":0,"item":{}}}"#, item(text));
    at_the_total(&events(&[&added(""), &delta(&long), COMPLETED]), item("").len() + 100);
    at_the_total(&events(&[&added(""), &delta(&longer), &done(&longer), COMPLETED]), item(&longer).len());
    let call = |arguments: &str| format!(r#"{{"type":"function_call","arguments":"{arguments}"}}"#);
    let arguments = format!(r#"{{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{long}"}}"#);
    let done = format!(r#"{{"type":"response.output_item.done","output_index":0,"item":{}}}"#, call(&long));
    at_the_total(&events(&[&arguments, &done, COMPLETED]), call(&long).len());
    at_the_total(&events(&[&arguments, &done, &delta(&long), COMPLETED]), call(&long).len() + 100);
    // The members of the response, as it begins, take the place of those before; the longest counts.
    let head = |filler: &str| format!(r#"{{"x":"{filler}"}}"#);
    let began = |kind: &str, filler: &str| format!(r#"{{"type":"response.{kind}","response":{}}}"#, head(filler));
    let body = events(&[&began("created", &longer), &began("in_progress", &long), &delta(&longer), COMPLETED]);
    at_the_total(&body, format!("{longer:?}").len() + 200);
}

#[test]
fn parts_and_sources_count_with_what_it_takes_to_keep_them() {
    let part = |kind: &str, text: &str| {
        let part = format!(r#"{{"type":"output_text","text":"{text}"}}"#);
        (
            part.len(),
            format!(r#"{{"type":"response.content_part.{kind}","output_index":0,"content_index":0,"part":{part}}}"#),
        )
    };
    let long = "x".repeat(100);
    let (size, done) = part("done", &long);
    at_the_total(&events(&[&done, COMPLETED]), size + 100);
    at_the_total(&events(&[&done, &done, COMPLETED]), size + 100);
    // They make room again once the item is told whole.
    let item = format!(r#"{{"type":"message","content":[{{"type":"refusal","refusal":"{long}"}}]}}"#);
    let whole = format!(r#"{{"type":"response.output_item.done","output_index":0,"item":{item}}}"#);
    let delta = format!(r#"{{"type":"response.output_text.delta","output_index":1,"delta":"{}"}}"#, "y".repeat(400));
    at_the_total(&events(&[&done, &done, &whole, &delta, COMPLETED]), item.len() + 400);
    let (size, added) = part("added", &long);
    at_the_total(&events(&[&added, COMPLETED]), size);
    let source = r#"{"url":"u"}"#;
    let annotation = format!(r#"{{"type":"response.output_text.annotation.added","annotation":{source}}}"#);
    at_the_total(&events(&[&annotation, &annotation, COMPLETED]), 2 * (source.len() + 24));
    // Two bytes stand for the response that the last event does not have.
    // A message of very many parts with nothing in them, and a response of very many items.
    let part = |index: usize| format!(r#"{{"type":"response.output_text.delta","content_index":{index},"delta":""}}"#);
    let item = |index: usize| format!(r#"{{"type":"response.output_text.delta","output_index":{index},"delta":""}}"#);
    let played = |of: &dyn Fn(usize) -> String, count: usize, total: usize| {
        let mut body: String = (0..count).map(|index| event(&of(index))).collect();
        body += &event(COMPLETED);
        with_limits(&body, Limits::default().with_total(total)).total.is_ok()
    };
    assert!(played(&part, 1, 2) && !played(&part, 2, 2) && !played(&part, 100, 5000) && played(&part, 100, 50_000));
    assert!(played(&item, 32, 2) && !played(&item, 33, 2) && !played(&item, 132, 5000) && played(&item, 132, 50_000));
}

#[test]
fn the_last_event_may_be_as_long_as_the_total() {
    let content = r#"[{"type":"output_text","text":"Hello"}]"#;
    let response = &format!(r#"{{"id":"r","status":"completed","output":[{{"type":"message","content":{content}}}]}}"#);
    let delta = r#"{"type":"response.output_text.delta","output_index":0,"delta":"Hello"}"#;
    let end = format!(r#"{{"type":"response.completed","response":{response}}}"#);
    let (_, past) = at_the_total(&events(&[delta, &end]), response.len());
    assert_eq!((past.response().text(), past.items.len()), ("Hello".into(), 2));
    // What came before is kept, and what did not fit is not.
    assert_eq!(past.response().id, None);
    let fits = unary(response, Limits::default().with_total(response.len())).unwrap();
    assert_eq!(fits.text(), "Hello");
    let past = unary(response, Limits::default().with_total(response.len() - 1)).unwrap_err();
    exceeds(past.error(), Limit::Total, response.len() - 1);
    let whole = with_limits(response, Limits::default().with_total(response.len() - 1));
    exceeds(whole.failure(), Limit::Total, response.len() - 1);
    assert!(whole.items.is_empty());
}

#[test]
fn an_event_may_be_as_long_as_its_limit() {
    let delta = r#"{"type":"response.output_text.delta","delta":"0123456789012345678901234567890123456789"}"#;
    let body = events(&[delta, COMPLETED]);
    assert!(with_limits(&body, Limits::default().with_event(delta.len())).total.is_ok());
    let past = with_limits(&body, Limits::default().with_event(delta.len() - 1));
    exceeds(past.failure(), Limit::Event, delta.len() - 1);
}

#[test]
fn a_response_may_have_as_many_calls_as_the_limit() {
    let limits = Limits::default();
    assert_eq!(limits.tool_calls, 128);
    let call =
        |index: usize| format!(r#"{{"type":"function_call","call_id":"c{index}","name":"f","arguments":"{{}}"}}"#);
    let added = |index: usize| {
        format!(r#"{{"type":"response.output_item.added","output_index":{index},"item":{}}}"#, call(index))
    };
    let delta = |index: usize| {
        format!(r#"{{"type":"response.function_call_arguments.delta","output_index":{index},"delta":"{{}}"}}"#)
    };
    let list = |count: usize| (0..count).map(call).collect::<Vec<_>>().join(",");
    let end = |count: usize| format!(r#"{{"type":"response.completed","response":{{"output":[{}]}}}}"#, list(count));
    let streamed = |of: &dyn Fn(usize) -> String, count: usize| {
        let mut body: String = (0..count).map(|index| event(&of(index)) + &event(&of(index))).collect();
        body += &event(COMPLETED);
        with_limits(&body, limits)
    };
    for of in [&added as &dyn Fn(usize) -> String, &delta] {
        assert_eq!(streamed(of, 128).complete().output.len(), 128);
        let past = streamed(of, 129);
        exceeds(past.failure(), Limit::ToolCalls, 128);
        assert_eq!(past.response().output.len(), 128);
    }
    let body = |count: usize| format!(r#"{{"status":"completed","output":[{}]}}"#, list(count));
    assert_eq!(unary(&body(128), limits).unwrap().output.len(), 128);
    exceeds(unary(&body(129), limits).unwrap_err().error(), Limit::ToolCalls, 128);
    assert_eq!(with_limits(&event(&end(128)), limits).complete().function_calls().count(), 128);
    exceeds(with_limits(&event(&end(129)), limits).failure(), Limit::ToolCalls, 128);
    // Messages are no calls.
    let message =
        |index: usize| format!(r#"{{"type":"response.output_text.delta","output_index":{index},"delta":"x"}}"#);
    assert_eq!(streamed(&message, 200).complete().output.len(), 200);
}

#[test]
fn a_response_may_have_65_536_elements_of_a_kind() {
    const MOST: usize = 65_536;
    let many = |element: &str, count: usize| vec![element; count].join(",");
    let item = |content: &str| format!(r#"{{"type":"message","content":[{content}]}}"#);
    let part = |annotations: &str| format!(r#"{{"type":"output_text","text":"","annotations":[{annotations}]}}"#);
    let members = |count: usize| (0..count).map(|key| format!(r#""k{key}":1"#)).collect::<Vec<_>>().join(",");
    let response = |items: &str| format!(r#"{{"output":[{items}]}}"#);
    let events_of = |response: &str, whole_item: Option<&str>, whole_part: Option<&str>| {
        let mut all = vec![
            format!(r#"{{"type":"response.completed","response":{response}}}"#),
            format!(r#"{{"type":"response.created","response":{response}}}"#),
        ];
        all.extend(whole_item.map(|item| format!(r#"{{"type":"response.output_item.done","item":{item}}}"#)));
        all.extend(whole_part.map(|part| format!(r#"{{"type":"response.content_part.done","part":{part}}}"#)));
        all
    };
    let check = |fits: bool, response: String, whole_item: Option<String>, whole_part: Option<String>| {
        let outcome = |total: Result<Response, Incomplete<Response>>| match total {
            Err(error) if matches!(error.error(), Error::TooLarge(_)) => {
                exceeds(error.error(), Limit::Elements, MOST);
                false
            }
            Err(error) => matches!(error.error(), Error::Truncated(_) | Error::Unfinished(_)),
            Ok(_) => true,
        };
        assert_eq!(outcome(unary(&response, Limits::default())), fits);
        for event in events_of(&response, whole_item.as_deref(), whole_part.as_deref()) {
            assert_eq!(outcome(play_once(&event)), fits, "{:.60}", event);
        }
    };
    for (count, fits) in [(MOST, true), (MOST + 1, false)] {
        check(fits, response(&many("7", count)), None, None);
        let parts = item(&many("7", count));
        check(fits, response(&parts), Some(parts), None);
        let annotated = part(&many("7", count));
        check(fits, response(&item(&annotated)), Some(item(&annotated)), Some(annotated));
    }
    // Members count over all of what is read member by member.
    for (count, fits) in [(MOST - 1, true), (MOST, false)] {
        check(fits, format!(r#"{{"output":[],{}}}"#, members(count)), None, None);
    }
    for (count, fits) in [(MOST - 3, true), (MOST - 2, false)] {
        let one = format!(r#"{{"type":"message","content":[],{}}}"#, members(count));
        check(fits, response(&one), (count == MOST).then_some(one), None);
    }
    let summary = |count: usize| format!(r#"{{"type":"reasoning","summary":[{}]}}"#, many("7", count));
    check(true, response(&summary(MOST)), Some(summary(MOST)), None);
    check(false, response(&summary(MOST + 1)), Some(summary(MOST + 1)), None);
    // Where there should be a list and is none, nothing is counted.
    let odd = r#"{"status":"completed","output":{"a":1},"x":[1,2]}"#;
    assert!(unary(odd, Limits::default()).is_ok());
    let message = r#"{"type":"message","content":[{"annotations":"x"}]}"#;
    let odd = &format!(r#"{{"status":"completed","output":[{{"content":7,"summary":{{}}}},{message}]}}"#);
    assert_eq!(unary(odd, Limits::default()).unwrap().output.len(), 2);
}
