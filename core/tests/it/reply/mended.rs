//! What is no JSON is read once more: line by line, or mended.

use std::time::Duration;

use requesty_core::chat::{Message, Request};
use requesty_core::{Dialect, End, Error, Machine, Reply, Step, messages, responses};

use crate::support::chat::{events, stream_call};
use crate::support::families::families;
use crate::support::{head, router};

fn data(block: &str) -> &str {
    block.trim_end().strip_prefix("data: ").unwrap()
}

#[test]
fn events_with_one_line_end_between_them_are_read_line_by_line() {
    for family in families().iter().filter(|family| !family.name.starts_with("raw")) {
        let [item, finish] = [family.item, family.finish].map(data);
        for body in [
            format!("data: {item}\ndata: {item}\n\ndata: {finish}\n\n"),
            format!("data: {item}\ndata: {item}\ndata: {finish}\n\n"),
            // The last blank line may be missing as well.
            format!("data: {item}\ndata: {item}\ndata: {finish}\n"),
            format!("data: {item}\ndata: {item}\ndata: {finish}"),
        ] {
            let played = family.play(&body, End::Clean);
            played.total.unwrap_or_else(|error| panic!("{}: {body:?}: {error}", family.name));
            let mut expected = vec![item, item];
            expected.extend(Some(finish).filter(|finish| *finish != "[DONE]"));
            let lines: Vec<_> = played.items.iter().map(|(data, _)| std::str::from_utf8(data).unwrap()).collect();
            assert_eq!((lines, played.mended), (expected, 1), "{}: {body:?}", family.name);
        }
        // An error among them comes after the items before it, and is the end.
        let error = r#"{"error":{"message":"gone"}}"#;
        let played = family.play(&format!("data: {item}\ndata: {error}\ndata: {item}\n\n"), End::Clean);
        assert!(matches!(played.total, Err(Error::Api(_))), "{}: {:?}", family.name, played.total);
        assert!((1..=2).contains(&played.items.len()), "{}", family.name);
        // `[DONE]` before another line, or a line that is no object, makes it what it is: unreadable.
        for lines in [["[DONE]", item], [item, "7"], [item, "{\"n\":"], [item, ""]] {
            let block = format!("data: {}\ndata: {}\n\n", lines[0], lines[1]);
            let played = family.play(&[&block, family.finish].concat(), End::Clean);
            let readable = lines[1].is_empty();
            assert_eq!(matches!(played.total, Err(Error::Decode(_))), !readable, "{}: {block:?}", family.name);
            assert_eq!(played.mended, 0, "{}", family.name);
        }
        // One object over several lines is one.
        let pretty = format!("data: {}\n\n{}", item.replacen(',', ",\ndata: ", 1), family.finish);
        let played = family.play(&pretty, End::Clean);
        assert_eq!((played.total.is_ok(), played.mended), (true, 0), "{}: {pretty:?}", family.name);
    }
}

/// A run of keep-alives in such events takes no stack.
#[test]
fn many_such_events_without_an_item_are_passed_over() {
    let ping = "data: {\"type\":\"ping\"}\ndata: {\"type\":\"ping\"}\n\n".repeat(20_000);
    for family in families().iter().filter(|family| family.name == "chat" || family.name == "mcp") {
        let body = [&ping, family.item, family.finish].concat();
        let played = family.play(&body, End::Clean);
        assert_eq!((played.total.is_ok(), played.items.len(), played.mended), (true, 2, 20_000), "{}", family.name);
    }
}

const WORDS: [&str; 6] = ["NaN", "Infinity", "-Infinity", "nan", "inf", "-inf"];

#[test]
fn numbers_that_are_no_json_cost_only_themselves() {
    for family in families().iter().filter(|family| !family.name.starts_with("raw")) {
        for odd in WORDS
            .map(|word| format!("{{\"x\":[{word}],\"logprob\":{word},"))
            .iter()
            .chain([&"{\"x\":\"a\tb\",".to_owned()])
        {
            let item = family.item.replacen('{', odd, 1);
            let body = [&item, family.finish].concat();
            let played = family.play(&body, End::Clean);
            if family.name == "mcp" {
                assert!(matches!(played.total, Err(Error::Decode(_))), "messages are passed on as they came");
                continue;
            }
            assert!(played.total.is_ok(), "{}: {item:?}: {:?}", family.name, played.total);
            assert_eq!(played.mended, 1, "{}", family.name);
            assert_eq!(played.items[0], (data(&item).as_bytes().to_vec(), true), "{}: as it came", family.name);
        }
    }
}

#[test]
fn a_mended_chunk_is_read_from_what_became_of_it_and_shown_as_it_came() {
    let json = r#"{"id":"c","choices":[{"index":0,"delta":{"content":"Yes"},"logprobs":{"content":[{"token":"Yes","logprob":-Infinity}]},"finish_reason":"stop"}],"usage":{"cost":NaN,"total_tokens":3}}"#;
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(events([json]).as_bytes(), Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    let chunk = machine.item();
    assert_eq!((chunk.text(), chunk.id().as_deref(), chunk.is_mended()), ("Yes", Some("c"), true));
    assert_eq!((chunk.raw(), chunk.usage().unwrap().total_tokens), (json.as_bytes(), Some(3)));
    assert_eq!(chunk.member("usage"), Some(&br#"{"cost":null,"total_tokens":3}"#[..]));
    let owned = machine.owned();
    assert_eq!((owned.text(), owned.id().as_deref(), owned.is_mended()), ("Yes", Some("c"), true));
    assert_eq!((owned.raw(), owned.member("usage")), (json.as_bytes(), machine.item().member("usage")));
    assert_eq!(owned.into_raw(), json);
    machine.end(End::Clean);
    assert_eq!((machine.advance().unwrap(), machine.mended()), (Step::Done, 1));
    // Whatever is written out again is valid.
    let completion = serde_json::to_value(machine.total().unwrap()).unwrap();
    assert!(completion["choices"][0]["logprobs"]["content"][0]["logprob"].is_null());
}

#[test]
fn what_a_tool_is_called_with_is_never_mended() {
    let call = |arguments: &str| {
        format!(
            r#"{{"choices":[{{"delta":{{"tool_calls":[{{"function":{{"name":"f","arguments":{arguments}}}}}]}}}}]}}"#
        )
    };
    for arguments in [r#"{"x":NaN}"#, "[{\"a\":[inf]}]", "\"{\\\"a\\\":\t1}\"", "NaN"] {
        let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
        machine.push(events([&*call(arguments)]).as_bytes(), Duration::ZERO);
        assert_eq!(machine.advance().unwrap(), Step::Ready);
        assert!(machine.item().problem().is_some() && !machine.item().is_mended(), "{arguments}");
        assert_eq!(machine.mended(), 0);
    }
}

fn whole<R: Reply>(call: &requesty_core::Call<R>, body: &str) -> Machine<R::Dialect> {
    let mut machine = call.open(head(200, "application/json"), Duration::ZERO);
    machine.push(body.as_bytes(), Duration::ZERO);
    machine.end(End::Clean);
    while let Ok(Step::Ready) = machine.advance() {}
    machine
}

#[test]
fn a_whole_reply_is_mended_likewise() {
    let history = [Message::user("hi")];
    let request = Request::new(&history);
    let chat = r#"{"x":NaN,"choices":[{"message":{"content":"Yes"},"finish_reason":"stop"}]}"#;
    let machine = whole(&router().chat(&request).unwrap(), chat);
    assert_eq!(machine.mended(), 1);
    assert_eq!(machine.total().unwrap().text(), "Yes");
    // The same where a stream was asked for.
    let machine = whole(&router().chat_stream(&request).unwrap(), chat);
    assert_eq!((machine.mended(), machine.total().unwrap().text().into_owned()), (1, "Yes".to_owned()));

    let asked = [messages::Message::user("hi")];
    let call = router().messages(&messages::Request::new(&asked, 9).model("m")).unwrap();
    let machine = whole(&call, r#"{"x":-inf,"content":[{"type":"text","text":"Yes"}],"stop_reason":"end_turn"}"#);
    assert_eq!((machine.mended(), machine.total().unwrap().text().into_owned()), (1, "Yes".to_owned()));

    let call = router().responses(&responses::Request::new("hi")).unwrap();
    let machine = whole(&call, r#"{"x":Infinity,"status":"completed","output":[]}"#);
    assert_eq!((machine.mended(), machine.total().is_ok()), (1, true));

    let machine = whole(&router().get::<Option<Vec<Option<f64>>>>("x").unwrap(), "[1,NaN]");
    assert_eq!((machine.mended(), machine.total().unwrap()), (1, Some(vec![Some(1.0), None])));
    // What stays unreadable says so as it came.
    let machine = whole(&router().chat(&request).unwrap(), "{\"x\":NaN,");
    assert_eq!(machine.mended(), 0);
    assert!(matches!(machine.total().unwrap_err().error(), Error::Decode(problem) if problem.body() == "{\"x\":NaN,"));
}

/// A vector with a hole in it is no vector.
#[test]
fn embeddings_are_never_mended() {
    let call = router().embeddings(&requesty_core::embeddings::Request::new("hi").model("m")).unwrap();
    let machine = whole(&call, r#"{"data":[{"index":0,"embedding":[0.5,NaN]}]}"#);
    assert_eq!(machine.mended(), 0);
    assert!(matches!(machine.total().unwrap_err().error(), Error::Decode(_)));
}

/// An event says that it was mended, in every family; its raw data is as it came.
#[test]
fn an_event_says_that_it_was_mended() {
    fn says<R: Reply>(
        call: &requesty_core::Call<R>,
        event: &str,
        see: impl Fn(<R::Dialect as Dialect>::Item<'_>) -> (bool, Vec<u8>),
    ) {
        for (event, mended) in [(event.to_owned(), false), (event.replacen('{', r#"{"x":NaN,"#, 1), true)] {
            let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
            machine.push(events([&*event]).as_bytes(), Duration::ZERO);
            assert_eq!(machine.advance().unwrap(), Step::Ready);
            assert_eq!(see(machine.item()), (mended, event.into_bytes()));
        }
    }
    let asked = [messages::Message::user("hi")];
    let call = router().messages_stream(&messages::Request::new(&asked, 9).model("m")).unwrap();
    says(&call, r#"{"type":"message_start","message":{}}"#, |event| (event.is_mended(), event.raw().to_vec()));
    let call = router().responses_stream(&responses::Request::new("hi")).unwrap();
    let delta = r#"{"type":"response.output_text.delta","delta":"a"}"#;
    says(&call, delta, |event| (event.is_mended(), event.raw().to_vec()));
    let call = router().stream_as::<serde::de::IgnoredAny>(&Request::new(&[Message::user("hi")])).unwrap();
    says(&call, r#"{"n":1}"#, |event| (event.is_mended(), event.raw().to_vec()));
    #[cfg(feature = "base64")]
    {
        let call = router().speech_stream(&requesty_core::audio::Speech::new("m", "v", "t")).unwrap();
        let audio = r#"{"type":"speech.audio.delta","audio":"aGVs"}"#;
        says(&call, audio, |event| (event.is_mended(), event.raw().to_vec()));
    }
}
