//! Streamed messages: the documented sequences of events, however they are cut, and where they end.

use std::time::Duration;

use requesty_core::error::{Phase, Timeout};
use requesty_core::messages::{AssistantMessage, Block, Message, Request, StopReason};
use requesty_core::{End, Error, ErrorKind, Step};

use crate::support::messages::{
    START, STOP, clean, end, events, frame, play, play_everywhere, play_pieces, play_whole, stream_call, text, texts,
};
use crate::support::messages_samples::{FOUND, samples, search_events, thinking_events, tool_events, value};
use crate::support::{cut, head, router};
use serde_json::{Value, json};

#[test]
fn a_stream_adds_up_to_the_whole_reply_however_it_is_cut() {
    for (stream, whole) in samples() {
        let played = play_everywhere(events(&stream).as_bytes(), &End::Clean);
        assert!(matches!(played.last, Ok(Step::Done)));
        let reply = played.total.as_ref().unwrap();
        assert_eq!(value(reply), whole);
        assert!(reply.clean_end());
        assert_eq!(played.joined(0), reply.text());
        assert_eq!(played.joined(1), reply.thinking());
        // A keep-alive is no item; every other event is.
        let names: Vec<Value> =
            stream.iter().map(|event| serde_json::from_str::<Value>(event).unwrap()["type"].clone()).collect();
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).filter(|name| *name != "ping").collect();
        assert_eq!(played.names(), names);
        let unary = play_whole(200, &whole.to_string()).unwrap();
        assert_eq!(value(&unary), whole);
        assert_eq!(unary.content.len(), reply.content.len());
        // The answer goes back as it came.
        let message = serde_json::to_value(reply.message()).unwrap();
        assert_eq!(message, json!({"role": "assistant", "content": whole["content"]}));
        let read: Message = serde_json::from_value(message).unwrap();
        assert_eq!(read.content.blocks(), unary.content);
    }
}

#[test]
fn signatures_and_thoughts_are_lent_as_they_come() {
    let played = clean(&events(thinking_events()));
    assert_eq!((played.joined(1), played.joined(2)), ("Let me see.".to_owned(), "EqQBCg==".to_owned()));
    let Block::Thinking(block) = &played.reply().content[0] else { panic!() };
    assert_eq!((block.thinking.as_str(), block.signature.as_deref()), ("Let me see.", Some("EqQBCg==")));
    assert_eq!(played.reply().thinking(), "Let me see.");
}

#[test]
fn an_event_says_what_it_carries() {
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(events(search_events()).as_bytes(), Duration::ZERO);
    let (mut blocks, mut reasons, mut usages, mut cited) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    while let Ok(Step::Ready) = machine.advance() {
        let event = machine.item();
        blocks.extend(event.content_block());
        reasons.extend(event.stop_reason());
        usages.extend(event.usage());
        cited.extend(event.citation());
        let owned = machine.owned();
        assert_eq!(owned.as_event().content_block(), machine.item().content_block());
        assert_eq!(
            owned.clone().as_event().input().map(|input| input.offset()),
            machine.item().input().map(|input| input.offset())
        );
        let shown = format!("{:?}", machine.item());
        assert!(shown.contains("raw_len") && !shown.contains("Warm"), "{shown}");
    }
    let kinds: Vec<_> = blocks.iter().map(|block| block.kind().unwrap().into_owned()).collect();
    assert_eq!(kinds, ["server_tool_use", "web_search_tool_result", "text"]);
    assert_eq!(serde_json::to_string(&blocks[1]).unwrap(), FOUND);
    assert_eq!(reasons, [StopReason::EndTurn]);
    assert_eq!(cited, machine.dialect().so_far().citations());
    assert_eq!(cited.len(), 2);
    assert_eq!((usages.len(), usages[0].output_tokens), (1, Some(510)));
}

#[test]
fn sources_are_cited_in_the_order_of_the_text() {
    let citations = clean(&events(search_events())).reply().citations();
    let [first, second] = &citations[..] else { panic!("{citations:?}") };
    assert_eq!(
        (first.kind.as_deref(), first.url.as_deref()),
        (Some("web_search_result_location"), Some("https://a.example"))
    );
    assert_eq!((first.cited_text.as_deref(), first.title.as_deref()), (Some("72°F"), None));
    assert_eq!(first.extra.get("encrypted_index"), Some("\"Eo9\""));
    assert_eq!((second.title.as_deref(), second.extra.get("n")), (Some("D"), Some("1.0")));
}

/// Cut between any two events, there is an error and what came before; only a stop reason makes an answer complete.
#[test]
fn a_stream_cut_between_events_is_truncated() {
    for (stream, whole) in samples() {
        let complete = stream.len() - 2;
        for count in 0..=stream.len() {
            for end in [End::Clean, cut()] {
                let played = play_pieces(&stream_call(), [events(&stream[..count]).as_bytes()], end.clone());
                if count > complete {
                    let reply = played.total.as_ref().unwrap();
                    assert_eq!(value(reply), whole);
                    assert_eq!(reply.clean_end(), count == stream.len() || matches!(end, End::Clean));
                    continue;
                }
                let Some(Error::Truncated(truncated)) = played.error() else { panic!("{count}: {:?}", played.error()) };
                assert_eq!(truncated.is_cut(), matches!(end, End::Cut(_)));
                assert!(matches!(played.last, Err(Error::Truncated(_))));
                let reply = played.reply();
                assert_eq!((reply.id.is_some(), reply.stop_reason.as_ref()), (count > 0, None));
                assert_eq!(
                    (played.joined(0), played.joined(1)),
                    (reply.text().into_owned(), reply.thinking().into_owned())
                );
                let begun = stream[..count].iter().filter(|event| event.contains("content_block_start")).count();
                assert_eq!(reply.content.len(), begun);
                assert!(!reply.clean_end());
            }
        }
    }
}

#[test]
fn only_a_stop_reason_makes_an_answer_complete() {
    let timed_out = End::TimedOut(Timeout::new(Phase::IdleBytes, Duration::from_secs(120)));
    for stopped in [true, false] {
        for done in ["", &*frame(STOP), "data: [DONE]\n\n", "event: message_stop\ndata: \n\n"] {
            for end_of_body in [End::Clean, cut(), timed_out.clone()] {
                let mut body = events([START.to_owned(), text(0, "Hel")]);
                if stopped {
                    body += &frame(&end("end_turn"));
                }
                let played = play((body + done).as_bytes(), &end_of_body);
                assert_eq!(played.reply().text(), "Hel");
                let row = format!("stopped {stopped}, {done:?}, {end_of_body:?}");
                match (stopped, done.is_empty(), &end_of_body, played.error()) {
                    (true, _, _, None) => {
                        let clean = !done.is_empty() || matches!(end_of_body, End::Clean);
                        assert_eq!(played.reply().clean_end(), clean, "{row}");
                    }
                    (false, false, _, Some(Error::Unfinished(_))) => {}
                    (false, true, End::Clean, Some(Error::Truncated(truncated))) => assert!(!truncated.is_cut()),
                    (false, true, End::Cut(_), Some(Error::Truncated(truncated))) => assert!(truncated.is_cut()),
                    (false, true, End::TimedOut(_), Some(Error::Timeout(_))) => {}
                    (_, _, _, other) => panic!("{row}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn an_end_without_a_stop_reason_can_be_accepted() {
    let call = stream_call().accepting_unfinished();
    for done in [frame(STOP), "data: [DONE]\n\n".to_owned()] {
        let body = events([START.to_owned(), text(0, "Hel")]) + &done;
        assert_eq!(play_pieces(&call, [body.as_bytes()], End::Clean).total.unwrap().text(), "Hel");
        let nothing = play_pieces(&call, [frame(START).as_bytes(), done.as_bytes()], End::Clean);
        assert!(matches!(nothing.error(), Some(Error::Unfinished(_))));
    }
    let cut_off = events([START.to_owned(), text(0, "Hel")]);
    assert!(matches!(play_pieces(&call, [cut_off.as_bytes()], End::Clean).error(), Some(Error::Truncated(_))));
}

#[test]
fn what_follows_the_end_is_ignored() {
    let body = texts(&["a"], "end_turn") + "data: [DONE]\n\nevent: error\ndata: {\"error\":\"late\"}\n\ngarbage";
    let played = play(body.as_bytes(), &cut());
    assert!(played.total.as_ref().unwrap().clean_end());
    assert_eq!(played.reply().text(), "a");
}

#[test]
fn the_last_event_may_lack_its_blank_line_at_a_clean_end_only() {
    let begun = events([START.to_owned(), text(0, "Hel")]);
    let stopped = format!("{begun}event: message_delta\ndata: {}\n", end("end_turn"));
    assert_eq!(clean(&stopped).total.unwrap().stop_reason, Some(StopReason::EndTurn));
    assert!(matches!(play(stopped.as_bytes(), &cut()).error(), Some(Error::Truncated(_))));
    let done = begun.clone() + &frame(&end("end_turn")) + "data: [DONE]";
    assert!(clean(&done).total.unwrap().clean_end());
    let ping = format!("{begun}event: ping\ndata: {{}}\n");
    assert!(matches!(clean(&ping).error(), Some(Error::Truncated(_))));
    let half = format!("{begun}event: content_block_delta\ndata: {{\"type\":\"content_bl");
    let played = clean(&half);
    assert!(matches!(played.error(), Some(Error::Truncated(_))));
    assert_eq!((played.reply().text(), played.problems()), ("Hel".into(), 0));
}

#[test]
fn an_error_in_the_stream_is_one_with_what_came_before() {
    for (kind, expected) in [
        ("overloaded_error", ErrorKind::Overloaded),
        ("rate_limit_error", ErrorKind::RateLimited),
        ("invalid_request_error", ErrorKind::InvalidRequest),
        ("authentication_error", ErrorKind::Unauthorized),
        ("permission_error", ErrorKind::Forbidden),
        ("not_found_error", ErrorKind::NotFound),
        ("timeout_error", ErrorKind::TimedOut),
        ("api_error", ErrorKind::Server),
    ] {
        let error = format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"m"}}}}"#);
        for error in [frame(&error), format!("data: {error}\n\n")] {
            let played = clean(&(events([START.to_owned(), text(0, "Hel")]) + &error + &frame(STOP)));
            let api = played.error().and_then(Error::api).unwrap();
            assert_eq!((api.kind(), api.message(), api.is_in_stream()), (expected, Some("m"), true));
            assert_eq!((played.reply().text(), played.names().len()), ("Hel".into(), 2));
            assert_eq!(played.reply().id.as_deref(), Some("msg_1"));
            assert!(played.last.is_err());
        }
    }
    for error in [
        "event: error\ndata: {\"type\":\"overloaded_error\",\"message\":\"m\"}\n\n",
        "event: error\ndata: m\n\n",
        "data: {\"error\":{\"origin\":\"provider\",\"message\":\"m\"}}\n\n",
        "data: {\"type\":\"odd\",\"error\":\"m\"}\n\n",
    ] {
        let played = clean(&(texts(&["a"], "end_turn").replace(&frame(STOP), "") + error));
        assert_eq!(played.error().and_then(Error::api).unwrap().message(), Some("m"), "{error}");
    }
}

#[test]
fn an_error_beside_content_is_the_next_result() {
    let both = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo"},"error":{"message":"broke","code":429}}"#;
    let played = clean(&events([START.to_owned(), text(0, "Hel"), both.to_owned()]));
    assert_eq!((played.joined(0).as_str(), played.names().len()), ("Hello", 3));
    assert_eq!(played.error().unwrap().kind(), Some(ErrorKind::RateLimited));
    let none = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo"},"error":null}"#;
    let played = clean(&events([START, none, &end("end_turn"), STOP]));
    assert_eq!(played.total.unwrap().text(), "lo");
    let failed = clean(&texts(&["a"], "error"));
    assert!(failed.error().unwrap().api().is_some());
    assert_eq!(failed.reply().text(), "a");
}

#[test]
fn the_end_after_an_event_that_cannot_be_read_is_an_error() {
    for broken in ["{\"type\":\"content_block_delta\"", "nonsense", "[1]", "7"] {
        let mut stream: Vec<String> = tool_events();
        stream.insert(3, broken.to_owned());
        let body: String = stream.iter().map(|event| format!("data: {event}\n\n")).collect();
        let played = clean(&body);
        assert!(matches!(played.last, Err(Error::Decode(_))));
        assert_eq!((played.problems(), played.names().len()), (1, stream.len()));
        let Some(Error::Decode(problem)) = played.error() else { panic!("{:?}", played.error()) };
        assert_eq!((&problem.body()[..], problem.status().unwrap().as_u16()), (broken.as_bytes(), 200));
        assert!(problem.at().is_some() && problem.to_string().contains("an event"), "{problem}");
        assert_eq!(played.reply().text(), "Okay");
        // It may have been a piece of an input.
        assert_eq!((played.reply().tool_uses().count(), played.reply().unfinished_tool_uses().count()), (0, 2));
    }
}

#[test]
fn no_stream_can_be_taken_for_one() {
    for (status, content_type, body) in [(200, "text/html", "<title>Log in</title>"), (200, "application/json", "")] {
        let mut machine = stream_call().open(head(status, content_type), Duration::ZERO);
        machine.push(body.as_bytes(), Duration::ZERO);
        let _ = machine.advance();
        machine.end(End::Clean);
        let error = machine.advance().unwrap_err();
        assert!(matches!(error, Error::Unexpected(_)), "{error:?}");
        assert_eq!(machine.total().unwrap_err().partial(), &AssistantMessage::default());
    }
    let machine = router().messages_stream(&Request::new(&[Message::user("x")], 1).model("m")).unwrap();
    let machine = machine.open(head(200, "text/event-stream"), Duration::ZERO);
    assert!(
        format!("{:?}", machine.dialect())
            .starts_with("EventStream { protocol: MessageReader { blocks: 0, .. }, phase: Events")
    );
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
}
