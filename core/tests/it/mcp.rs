//! The MCP gateway. What is sent, what is read, and what goes wrong.

use requesty_core::error::Limit;
use requesty_core::mcp::{Mcp, Message, SESSION_ID};
use requesty_core::{Call, End, Error, ErrorKind, Limits, Step};
use serde_json::json;

use crate::support::{Total, Unwritable, cut, head, head_with_id, play, router, sent};

const RESULT: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"search"}]}}"#;
const FAILED: &str = r#"{"jsonrpc":"2.0","id":"a","error":{"code":-32601,"message":"no such method"}}"#;
const PROGRESS: &str = r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}"#;

fn call() -> Call<Mcp> {
    router().mcp(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})).unwrap()
}

fn reply(status: u16, media: &str, pieces: &[&[u8]], end: End) -> (Vec<Message>, Total<Mcp>) {
    play(&call(), head_with_id(status, media), pieces, end, |message| message)
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| std::str::from_utf8(message.raw()).unwrap()).collect()
}

#[test]
fn a_message_is_posted_as_it_is() {
    let line = "POST https://router.requesty.ai/v1/mcp".to_owned();
    let body = r#"{"id":1,"jsonrpc":"2.0","method":"tools/list"}"#.to_owned();
    assert_eq!(sent(&call()), (line, "application/json".to_owned(), body));
    assert_eq!(call().request().headers()["accept"], "application/json, text/event-stream");
    assert_eq!(call().model(), None);
    let call = call().with_header(SESSION_ID, "s-1").unwrap();
    assert_eq!(call.request().headers()["mcp-session-id"], "s-1");
    assert!(matches!(router().mcp(&Unwritable), Err(Error::Build(_))));
}

#[test]
fn one_message_is_one_value_or_one_event() {
    let event = format!("event: message\ndata: {RESULT}\n\n");
    for (media, body) in [("application/json", RESULT), ("text/event-stream", &event)] {
        for at in 0..=body.len() {
            let (first, second) = body.as_bytes().split_at(at);
            let (seen, total) = reply(200, media, &[first, second], End::Clean);
            assert_eq!((texts(&seen), &total.unwrap()), (vec![RESULT], &seen), "{at}");
        }
    }
    let (seen, _) = reply(200, "application/json", &[RESULT.as_bytes()], End::Clean);
    let message = &seen[0];
    assert_eq!((message.id().as_deref(), message.method(), message.error()), (Some("1"), None, None));
    assert_eq!(message.result(), Some(&br#"{"tools":[{"name":"search"}]}"#[..]));
    assert_eq!(message.read::<serde_json::Value>().unwrap()["result"]["tools"][0]["name"], "search");
    let error = message.read::<u8>().unwrap_err();
    assert!(error.to_string().starts_with("cannot decode a message of 63 bytes"), "{error}");
    assert_eq!((error.body(), error.at()), (message.raw(), Some(0)));
    assert_eq!(format!("{message:?}"), "Message { len: 63 }");
}

#[test]
fn an_error_of_the_protocol_is_a_message() {
    let event = format!("data: {FAILED}\n\n");
    for (media, body) in [("application/json", FAILED), ("text/event-stream", &event)] {
        let (seen, total) = reply(200, media, &[body.as_bytes()], End::Clean);
        assert_eq!(texts(&seen), [FAILED]);
        assert_eq!(total.unwrap(), seen);
        let message = &seen[0];
        assert_eq!((message.id().as_deref(), message.result()), (Some(r#""a""#), None));
        assert_eq!(message.error(), Some(&br#"{"code":-32601,"message":"no such method"}"#[..]));
    }
}

#[test]
fn several_messages_come_as_events_or_as_a_batch() {
    let events =
        format!(": open\n\ndata: {PROGRESS}\n\ndata: {{\"type\":\"ping\"}}\n\ndata: {RESULT}\n\ndata: [DONE]\n\n");
    let batch = format!("[{PROGRESS}, {RESULT}]");
    for (media, body) in [("text/event-stream", &events), ("application/json", &batch)] {
        for at in 0..=body.len() {
            let (first, second) = body.as_bytes().split_at(at);
            let (seen, total) = reply(200, media, &[first, second], End::Clean);
            assert_eq!((texts(&seen), &total.unwrap()), (vec![PROGRESS, RESULT], &seen), "{at}");
        }
    }
    let (seen, _) = reply(200, "application/json", &[batch.as_bytes()], End::Clean);
    assert_eq!((seen[0].method().as_deref(), seen[0].id()), (Some("notifications/progress"), None));
}

#[test]
fn a_notification_is_taken_with_nothing() {
    for status in [202, 204] {
        let (seen, total) = reply(status, "text/plain", &[], End::Clean);
        assert_eq!((seen, total.unwrap()), (Vec::new(), Vec::new()), "{status}");
        assert!(matches!(reply(status, "text/plain", &[], cut()).1.unwrap_err().error(), Error::Truncated(_)));
    }
    // Where something was to come, nothing is not enough.
    let (_, total) =
        play(&crate::support::chat::stream_call(), head_with_id(202, "text/plain"), &[], End::Clean, |_| ());
    assert!(matches!(total.unwrap_err().error(), Error::Unexpected(_)));
    let (_, total) = play(&router().models().unwrap(), head_with_id(202, "text/plain"), &[], End::Clean, |()| ());
    assert!(matches!(total.unwrap_err().error(), Error::Decode(_)));
    assert!(reply(200, "application/json", &[], End::Clean).1.is_err());
    assert!(reply(200, "text/event-stream", &[b": open\n\n"], End::Clean).1.is_ok());
}

#[test]
fn a_cut_is_an_error_at_every_event() {
    let events = format!("data: {PROGRESS}\n\ndata: {RESULT}\n\n");
    for (at, _) in events.match_indices("\n\n") {
        let (seen, total) = reply(200, "text/event-stream", &[&events.as_bytes()[..at + 2]], cut());
        let incomplete = total.unwrap_err();
        assert!(matches!(incomplete.error(), Error::Truncated(error) if error.is_cut()));
        assert_eq!(incomplete.partial(), &seen);
        assert!(!seen.is_empty());
    }
    // The last blank line may be missing, half a message may not.
    let unterminated = events.trim_end();
    assert_eq!(reply(200, "text/event-stream", &[unterminated.as_bytes()], End::Clean).1.unwrap().len(), 2);
    let (seen, total) =
        reply(200, "text/event-stream", &[&unterminated.as_bytes()[..unterminated.len() - 1]], End::Clean);
    assert_eq!(seen.len(), 1);
    assert!(matches!(total.unwrap_err().error(), Error::Truncated(_)));
    assert!(reply(200, "text/event-stream", &[unterminated.as_bytes()], cut()).1.is_err());
    assert_eq!(reply(200, "text/event-stream", &[events.as_bytes(), b"data: null"], End::Clean).1.unwrap().len(), 2);
    assert!(reply(200, "application/json", &[RESULT.as_bytes()], cut()).1.is_err());
}

#[test]
fn what_is_no_message_is_kept_and_the_total_is_an_error() {
    let events = format!("data: odd\n\ndata: {RESULT}\n\ndata: odder\n\n");
    let (seen, total) = reply(200, "text/event-stream", &[events.as_bytes()], End::Clean);
    assert_eq!(texts(&seen), ["odd", RESULT, "odder"]);
    let incomplete = total.unwrap_err();
    assert_eq!(incomplete.partial(), &seen);
    let Error::Decode(problem) = incomplete.error() else { panic!("{}", incomplete.error()) };
    assert_eq!((&problem.body()[..], problem.at()), (&b"odd"[..], Some(0)));
    let (seen, total) = reply(200, "application/json", &[br#"[7,{}]"#], End::Clean);
    assert_eq!(texts(&seen), ["7", "{}"]);
    assert!(matches!(total.unwrap_err().error(), Error::Decode(_)));
    assert_eq!((seen[0].id(), seen[0].method(), seen[0].result()), (None, None, None));
}

#[test]
fn errors_of_the_router_are_typed() {
    let refusal = r#"{"error":{"origin":"router","message":"Invalid authorization token"}}"#;
    for status in [403, 200] {
        let error = reply(status, "application/json", &[refusal.as_bytes()], End::Clean).1.unwrap_err().into_parts().1;
        assert_eq!(error.kind(), Some(ErrorKind::Forbidden), "{status}");
    }
    // Under an error status, an error of the protocol is one of the call.
    let error = reply(404, "application/json", &[FAILED.as_bytes()], End::Clean).1.unwrap_err().into_parts().1;
    assert_eq!((error.kind(), error.api().unwrap().message()), (Some(ErrorKind::NotFound), Some("no such method")));
    let events = format!("data: {RESULT}\n\ndata: {refusal}\n\ndata: {RESULT}\n\n");
    let (seen, total) = reply(200, "text/event-stream", &[events.as_bytes()], End::Clean);
    let incomplete = total.unwrap_err();
    assert_eq!((seen.len(), incomplete.partial().len()), (1, 1));
    assert_eq!(incomplete.error().kind(), Some(ErrorKind::Forbidden));
    assert!(incomplete.error().api().unwrap().is_in_stream());
    let (_, total) = reply(200, "text/html", &[b"<html><title>Hi</title>"], End::Clean);
    assert!(matches!(total.unwrap_err().error(), Error::Unexpected(_)));
}

#[test]
fn messages_add_up_to_the_total_and_no_further() {
    let events = format!("data: {RESULT}\n\ndata: {RESULT}\n\n");
    let batch = format!("[{RESULT},{RESULT}]");
    // A message is kept with what it takes to keep it.
    let both = 2 * (RESULT.len() + size_of::<Message>());
    for (media, body) in [("text/event-stream", &events), ("application/json", &batch)] {
        for (limit, fits) in [(both, true), (both - 1, false)] {
            let call = call().with_limits(Limits::default().with_total(limit));
            let (_, total) = play(&call, head_with_id(200, media), &[body.as_bytes()], End::Clean, |_| ());
            match total {
                Ok(messages) => assert!(fits && messages.len() == 2),
                Err(incomplete) => {
                    assert!(!fits && incomplete.partial().len() == 1);
                    assert!(matches!(incomplete.error(), Error::TooLarge(error) if error.what() == Limit::Total));
                }
            }
        }
    }
    let call = call().with_limits(Limits::default().with_event(8));
    let (_, total) = play(&call, head_with_id(200, "text/event-stream"), &[events.as_bytes()], End::Clean, |_| ());
    assert!(matches!(total.unwrap_err().error(), Error::TooLarge(error) if error.what() == Limit::Event));
}

#[test]
fn the_room_and_the_owned_item_are_those_of_the_message() {
    let now = std::time::Duration::ZERO;
    let mut machine = call().open(head_with_id(200, "text/event-stream"), now);
    assert_eq!(machine.item(), Message::default());
    machine.push(b": ", now);
    assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
    let rest = format!("\ndata: {RESULT}\n\n");
    machine.room()[..rest.len()].copy_from_slice(rest.as_bytes());
    machine.commit(rest.len(), now);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert_eq!((machine.owned(), machine.item()), (machine.item(), machine.owned()));
    assert_eq!(machine.item().raw(), RESULT);
    assert!(format!("{:?}", machine.dialect()).contains("Message { len: 63 }"));
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
}

/// Messages with one line end between them, and batches in an event, are messages each.
#[test]
fn several_messages_in_one_event_are_kept_once_each() {
    let one = r#"{"jsonrpc":"2.0","method":"a"}"#;
    let two = r#"{"jsonrpc":"2.0","method":"b"}"#;
    for (body, problems) in [
        (format!("data: {one}\ndata: {two}\n\n"), 0),
        (format!("data: [{one},{two}]\n\n"), 0),
        (format!("data: [{one}, {two}]\n"), 0),
        (format!("data: []\n\ndata: {one}\n\ndata: {two}\n\n"), 0),
        (format!("data: [{one},7]\n\n"), 1),
    ] {
        let mut machine = router().mcp(&()).unwrap().open(head(200, "text/event-stream"), std::time::Duration::ZERO);
        machine.push(body.as_bytes(), std::time::Duration::ZERO);
        let mut items = Vec::new();
        let last = loop {
            match machine.advance() {
                Ok(Step::Ready) => items.push(machine.item()),
                Ok(Step::NeedBytes) => machine.end(End::Clean),
                last => break last,
            }
        };
        assert_eq!((last.is_err(), items.len()), (problems > 0, 2), "{body:?}");
        let messages = machine.total().unwrap_or_else(|incomplete| incomplete.into_parts().0);
        assert_eq!(messages, items, "{body:?}");
    }
}
