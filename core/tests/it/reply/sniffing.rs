//! What a successful reply is taken for, by its first bytes and by how it ends.

use std::time::Duration;

use requesty_core::chat::{Message, Request};
use requesty_core::http;
use requesty_core::{Call, Dialect, End, Error, Limits, Reply, Step, embeddings, messages, responses};

use crate::support::chat::{delta, events, play_as, stream_call};
use crate::support::{cut, head, router};

const NOW: Duration = Duration::ZERO;

/// Returns the error of a stream with this label and body.
#[track_caller]
fn error(content_type: &str, body: &str, end: End) -> Error {
    play_as(&stream_call(), head(200, content_type), body.as_bytes(), 7, end).total.unwrap_err().into_parts().1
}

#[test]
fn a_body_in_good_order_without_an_event_is_no_stream_unless_it_is_labelled_as_one() {
    let item = events([&delta(r#""content":"x""#)]);
    for nothing in ["", ": ping\n\n", "some words\n", "\u{feff}", "  \n"] {
        assert!(matches!(error("text/plain", nothing, End::Clean), Error::Unexpected(_)), "{nothing:?}");
        assert!(matches!(error("text/event-stream", nothing, End::Clean), Error::Truncated(_)), "{nothing:?}");
        assert!(matches!(error("text/plain", nothing, cut()), Error::Truncated(cut) if cut.is_cut()), "{nothing:?}");
    }
    assert!(matches!(error("text/plain", &item, End::Clean), Error::Truncated(_)), "an event came");
    // The last item's error and the total's are one.
    let mut machine = stream_call().open(head(200, "text/plain"), NOW);
    machine.push(b": ping\n\n", NOW);
    assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
    machine.end(End::Clean);
    let said = machine.advance().unwrap_err().to_string();
    assert_eq!(machine.advance().unwrap_err().to_string(), said);
    assert_eq!(machine.total().unwrap_err().to_string(), said);
    let shown = error("text/plain", "words", End::Clean).to_string();
    assert!(shown.contains("no event in it"), "{shown}");

    // The same holds for raw events; of a value, and of bytes, nothing is expected.
    let messages = [Message::user("hi")];
    let ended = |call: &Call<requesty_core::reply::RawEvents>, body: &[u8]| {
        let mut machine = call.open(head(200, "text/plain"), NOW);
        machine.push(body, NOW);
        while matches!(machine.advance(), Ok(Step::Ready)) {}
        machine.end(End::Clean);
        machine.advance().unwrap_err()
    };
    let call = router().events(&Request::new(&messages)).unwrap();
    assert!(matches!(ended(&call, b"words"), Error::Unexpected(_)));
    assert!(matches!(ended(&call, b"data: x\n\n"), Error::Truncated(_)));
    let mut machine = router().get::<u32>("x").unwrap().open(head(200, "text/plain"), NOW);
    machine.end(cut());
    assert!(matches!(machine.advance().unwrap_err(), Error::Truncated(_)));
    let mut machine = router().post_bytes("x", &()).unwrap().open(head(200, "text/plain"), NOW);
    machine.end(End::Clean);
    assert_eq!(machine.advance().unwrap(), Step::Done);
}

#[test]
fn a_page_is_read_to_its_limit_and_no_further() {
    let call = stream_call().with_limits(Limits::default().with_error_body(100));
    let mut machine = call.open(head(200, "text/html"), NOW);
    machine.push(format!("<title>Log in</title>{}", " ".repeat(78)).as_bytes(), NOW);
    assert_eq!(machine.advance().unwrap(), Step::NeedBytes, "one byte less than the limit is not all there may be");
    machine.push(b"xyz", NOW);
    let Error::Unexpected(page) = machine.advance().unwrap_err() else { panic!("a page is unexpected") };
    assert_eq!(page.body().len(), 100);
    assert!(page.to_string().contains("a page titled \"Log in\""), "{page}");
    // Whatever comes then, the end stays the end.
    machine.push(b"more", NOW);
    machine.end(End::Clean);
    assert!(matches!(machine.advance().unwrap_err(), Error::Unexpected(again) if again.body().len() == 100));
}

#[test]
fn blanks_without_end_are_not_kept_until_something_comes() {
    let call = stream_call().with_limits(Limits::default().with_error_body(100));
    let body = " ".repeat(150) + "\n" + &crate::support::chat::finished(&[r#""content":"x""#], "stop");
    for piece in [1, 64, 4096] {
        let played = play_as(&call, head(200, ""), body.as_bytes(), piece, End::Clean);
        assert_eq!(played.total.unwrap().text(), "x", "pieces of {piece}");
    }
}

#[test]
fn an_error_status_keeps_what_was_read_at_any_end() {
    let end = |how: End| {
        let mut machine = stream_call().open(head(500, "text/plain"), NOW);
        machine.push(b"half a sen", NOW);
        machine.end(how);
        machine.advance().unwrap_err()
    };
    for error in [end(End::Clean), end(cut())] {
        assert_eq!(error.api().unwrap().message(), Some("half a sen"));
        assert_eq!(error.api().unwrap().body(), "half a sen");
    }
}

#[test]
fn bytes_for_a_label_of_json_may_be_an_error_of_the_api() {
    let call = router().post_bytes("audio/speech", &()).unwrap();
    for (label, is_error) in [("application/json", true), ("application/problem+json", true), ("audio/mpeg", false)] {
        let mut machine = call.open(head(200, label), NOW);
        machine.push(br#"{"error":{"message":"no","code":402}}"#, NOW);
        let _ = machine.advance();
        machine.end(End::Clean);
        while matches!(machine.advance(), Ok(Step::Ready)) {}
        assert_eq!(machine.total().is_err(), is_error, "{label}");
    }
}

#[test]
fn the_machine_shows_how_far_it_is() {
    let mut machine = stream_call().open(head(200, ""), NOW);
    machine.push(events([&delta(r#""content":"elephant""#)]).as_bytes(), NOW);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    let shown = format!("{machine:?}");
    assert!(shown.contains("status: 200") && shown.contains("items: 1") && !shown.contains("elephant"), "{shown}");
    assert!(machine.item().text() == "elephant" && machine.owned().text() == "elephant");
}

#[test]
fn request_ids_and_media_types_are_scrubbed_of_the_key() {
    let head = http::Response::builder()
        .header("content-type", "text/html; key=rqsty-sk-test")
        .header("x-request-id", "rqsty-sk-test")
        .body(())
        .unwrap()
        .into_parts()
        .0;
    let played = play_as(&stream_call(), head, b"<title>rqsty-sk-test</title>", 64, End::Clean);
    let Some(Error::Unexpected(page)) = played.error() else { panic!("{:?}", played.error()) };
    for text in [page.content_type().unwrap(), page.request_id().unwrap(), &page.to_string(), &format!("{page:?}")] {
        assert!(!text.contains("rqsty-sk-test"), "{text}");
    }
    assert!(!String::from_utf8_lossy(page.body()).contains("rqsty-sk-test"));
}

/// Reads a whole reply, says and sends more after its end, and returns how its reader is shown, and what it adds up to.
fn said_more<R: Reply>(call: &Call<R>, body: &str) -> (String, <R::Dialect as Dialect>::Total)
where
    R::Dialect: std::fmt::Debug,
{
    let mut machine = call.open(head(200, "application/json"), NOW);
    machine.push(body.as_bytes(), NOW);
    machine.end(End::Clean);
    assert_eq!(machine.advance().unwrap(), Step::Done);
    assert!(machine.room().is_empty());
    machine.commit(3, NOW);
    machine.push(b"more", NOW);
    machine.end(cut());
    assert_eq!(machine.advance().unwrap(), Step::Done);
    machine.item();
    machine.owned();
    let shown = format!("{:?}", machine.dialect());
    let Ok(total) = machine.total() else { panic!("{shown}") };
    (shown, total)
}

#[test]
fn what_comes_after_the_end_of_a_value_changes_nothing() {
    let messages = [Message::user("hi")];
    let call = router().chat(&Request::new(&messages)).unwrap();
    let body = r#"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#;
    let (shown, total) = said_more(&call, body);
    assert_eq!((&*shown, &*total.text()), ("OneValue { outcome: Some(Ok(())), .. }", "Hi"));

    let (shown, total) = said_more(&router().get::<u32>("x").unwrap(), "7");
    assert_eq!((&*shown, total), ("OneValue { outcome: Some(Ok(())), .. }", 7));

    let asked = [messages::Message::user("hi")];
    let call = router().messages(&messages::Request::new(&asked, 9).model("m")).unwrap();
    let body = r#"{"type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"}"#;
    let (shown, total) = said_more(&call, body);
    assert_eq!((&*shown, &*total.text()), ("OneValue { outcome: Some(Ok(())), .. }", "Hi"));

    let call = router().responses(&responses::Request::new("hi")).unwrap();
    let content = r#"[{"type":"output_text","text":"Hi"}]"#;
    let body = format!(r#"{{"status":"completed","output":[{{"type":"message","content":{content}}}]}}"#);
    let (shown, total) = said_more(&call, &body);
    assert_eq!((&*shown, &*total.text()), ("OneValue { outcome: Some(Ok(())), .. }", "Hi"));

    let call = router().embeddings(&embeddings::Request::new("hi").model("m")).unwrap();
    let (shown, total) = said_more(&call, r#"{"data":[{"index":0,"embedding":[0.5]}]}"#);
    assert!(shown.starts_with("OneValue { "), "{shown}");
    assert_eq!(total.data[0].vector, [0.5]);
}

#[test]
fn events_of_a_type_are_not_read_from_one_value() {
    let messages = [Message::user("hi")];
    let call = router().stream_as::<u32>(&Request::new(&messages)).unwrap();
    assert!(format!("{:?}", call.reply()).contains("EventsAs"));
    let mut machine = call.open(head(200, "application/json"), NOW);
    machine.push(b"[7]", NOW);
    machine.end(End::Clean);
    let Error::Unexpected(unexpected) = machine.advance().unwrap_err() else { panic!() };
    assert!(unexpected.to_string().contains("one JSON value where a stream was asked for"), "{unexpected}");
    assert!(format!("{:?}", machine.dialect()).starts_with("EventStream { protocol: TypedReader "));
    assert_eq!(*machine.total().unwrap_err().partial(), 0);

    let mut machine = call.open(head(200, "text/event-stream"), NOW);
    machine.push(b"data: 7\n\ndata: x\n\n", NOW);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert_eq!((machine.item().value(), machine.item().raw()), (Some(&7), &b"7"[..]));
    assert!(machine.owned().is_ok_and(|value| value == 7));
    assert!(machine.owned().unwrap_err().to_string().contains("an event whose value was moved out"));
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert!(format!("{:?}", machine.item()).contains("problem: Some"));
    machine.end(End::Cancelled);
    assert!(matches!(machine.advance().unwrap_err(), Error::Cancelled(_)));
    assert_eq!(*machine.total().unwrap_err().partial(), 2);
}

#[test]
fn all_of_it_may_be_pushed_before_the_first_look() {
    let item = events([&delta(r#""content":"x""#)]);
    let finished = item.clone() + &events([r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, "[DONE]"]);
    let whole = r#"{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}"#;
    for body in [&*finished, whole] {
        let mut machine = stream_call().open(head(200, "text/plain"), NOW);
        machine.push(body.as_bytes(), NOW);
        machine.end(End::Clean);
        while machine.advance().unwrap() == Step::Ready {}
        assert_eq!(machine.total().unwrap().text(), "x", "{body}");
    }
    let mut machine = stream_call().open(head(200, "text/html"), NOW);
    machine.push(b"<title>t</title>", NOW);
    machine.end(End::Clean);
    assert!(matches!(machine.advance().unwrap_err(), Error::Unexpected(page) if page.to_string().contains("titled")));
    let mut machine = stream_call().open(head(200, "text/event-stream"), NOW);
    machine.push(item.as_bytes(), NOW);
    machine.end(cut());
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert!(matches!(machine.advance().unwrap_err(), Error::Truncated(cut) if cut.is_cut()));
}

#[test]
fn a_byte_order_mark_in_any_pieces_says_nothing() {
    let whole = "\u{feff}{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}";
    let page = "\u{feff} <title>t</title>";
    let error = "\u{feff}{\"error\":{\"message\":\"no\"}}";
    for piece in [1, 2, 3, 4, 1000] {
        let played = play_as(&stream_call(), head(200, "text/plain"), whole.as_bytes(), piece, End::Clean);
        assert_eq!(played.text(), "x", "pieces of {piece}");
        let played = play_as(&stream_call(), head(200, "text/plain"), page.as_bytes(), piece, End::Clean);
        assert!(played.error().unwrap().to_string().contains("titled"), "pieces of {piece}");
        let played = play_as(&stream_call(), head(200, "text/plain"), error.as_bytes(), piece, End::Clean);
        assert!(matches!(played.error(), Some(Error::Api(_))), "pieces of {piece}");
        let played = play_as(&stream_call(), head(502, "text/plain"), error.as_bytes(), piece, End::Clean);
        assert_eq!(played.error().unwrap().api().unwrap().message(), Some("no"), "pieces of {piece}");
        // A second one is no mark, and what it begins is no value.
        let twice = format!("\u{feff}{whole}");
        let played = play_as(&stream_call(), head(200, "text/plain"), twice.as_bytes(), piece, End::Clean);
        assert!(matches!(played.error(), Some(Error::Unexpected(_))), "pieces of {piece}");
        let spaced = format!("  {whole}");
        let played = play_as(&stream_call(), head(200, "text/plain"), spaced.as_bytes(), piece, End::Clean);
        assert!(matches!(played.error(), Some(Error::Unexpected(_))), "pieces of {piece}");
    }
}
