//! Streamed responses in good order: what each event shows, and what they add up to, however their bytes are cut.

use requesty_core::End;
use requesty_core::chat::Tool;
use requesty_core::responses::{EventKind, OutputItem, Request, Status};

use crate::support::responses::{event, events, play, play_as, play_pieces, same, stream_call};
use crate::support::responses_samples::{calls, search, text};
use crate::support::{cut, router};
use serde_json::Value;

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

    let delta = played.items[4].as_event();
    assert_eq!((delta.output_index(), delta.part_index()), (Some(0), Some(0)));
    assert_eq!((delta.item_id().as_deref(), &*delta.name()), (Some("msg_1"), "response.output_text.delta"));
    assert_eq!(delta.member("delta"), Some(&br#""Hello""#[..]));
    assert!(delta.item().is_none() && delta.response().is_none() && delta.call().is_none());
    assert!(delta.problem().is_none());
    let added = played.items[2].as_event().item().unwrap();
    assert_eq!((added.kind().as_deref(), played.items[2].as_event().item_id()), (Some("message"), None));
    let first = played.items[0].as_event().response().unwrap();
    assert_eq!((first.status, first.id.as_deref()), (Some(Status::InProgress), Some("rqsty-cmpl-1")));
    let last = played.items.last().unwrap().as_event().response().unwrap();
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
        let event = item.as_event();
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
    let shown = format!("{:?}", played.items[13].as_event());
    assert!(
        shown.contains(r#"call: Some(CallFragment { output_index: 1, call_id: Some("call_1"), name: Some("weather")"#)
    );
    assert!(shown.contains("arguments_offset: 7"), "{shown}");
    assert_eq!(played.items[13].as_event().part_index(), None);
}

#[test]
fn a_search_and_a_refusal_add_up() {
    let sequence = search();
    let played = play(&events(&sequence));
    let response = played.complete();
    assert_eq!(serde_json::to_value(response).unwrap(), terminal(&sequence));
    assert_eq!(played.told(), ["Old.".to_owned(), String::new(), "No more.".to_owned()]);
    assert_eq!((response.refusal(), response.citations().len()), ("No more.".into(), 1));
    let unknown = played.items[2].as_event();
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
            .open(crate::support::head(200, "application/json"), std::time::Duration::ZERO);
        machine.push(body.as_bytes(), std::time::Duration::ZERO);
        machine.end(End::Clean);
        while machine.advance().unwrap() != requesty_core::Step::Done {}
        assert_eq!(streamed.complete(), &machine.total().unwrap());

        // A whole reply where a stream was asked for is one event, which says all of it.
        let whole = play_as(&router().responses_stream(&request).unwrap(), body.as_bytes(), &End::Clean);
        assert_eq!(whole.complete(), streamed.complete());
        assert_eq!((whole.kinds(), whole.told()), (vec![EventKind::Whole], streamed.told()));
        assert_eq!(whole.items[0].as_event().response().unwrap().output.len(), whole.complete().output.len());
        assert_eq!(whole.items[0].as_event().name(), "");
    }
}

#[test]
fn a_snapshot_can_be_had_at_any_time() {
    let call = stream_call();
    let mut machine = call.open(crate::support::head(200, "text/event-stream"), std::time::Duration::ZERO);
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
    assert!(shown.contains("phase: Over, outcome: Some(Ok(()))"), "{shown}");
    assert!(matches!(&machine.total().unwrap().output[0], OutputItem::Message(_)));
}

/// An event of an item that was not announced says by its name what the item is.
#[test]
fn an_item_that_was_not_announced_is_of_the_kind_of_its_events() {
    let end = r#"{"type":"response.completed","response":{"status":"completed"}}"#;
    let told = |names: &[(&str, &str)]| {
        let event = |(name, text): &(&str, &str)| {
            let member = if name.ends_with(".done") { "text" } else { "delta" };
            format!(r#"{{"type":"response.{name}","item_id":"x","{member}":"{text}"}}"#)
        };
        let body: Vec<String> = names.iter().map(event).chain([end.to_owned()]).collect();
        let played = play(&events(&body));
        let response = played.complete();
        [response.text(), response.reasoning(), response.refusal()].map(|text| text.into_owned())
    };
    // The whole text is the text where no piece came.
    for (kind, place) in [("output_text", 0), ("reasoning_summary_text", 1), ("reasoning_text", 1)] {
        let [delta, done] = ["delta", "done"].map(|end| format!("{kind}.{end}"));
        assert_eq!(told(&[(&delta, "a"), (&delta, "b"), (&done, "abc")])[place], "ab", "{kind}");
        assert_eq!(told(&[(&done, "abc")])[place], "abc", "{kind}");
    }
    assert_eq!(told(&[("refusal.delta", "a"), ("refusal.delta", "b")]), ["", "", "ab"]);
    // One id for two kinds of item: they are two items.
    let both = told(&[("output_text.delta", "a"), ("reasoning_text.delta", "b"), ("output_text.delta", "c")]);
    assert_eq!(both, ["ac", "b", ""]);
}
