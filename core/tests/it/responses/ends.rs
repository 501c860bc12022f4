//! The ends of streamed responses: complete, incomplete, failed, cut.

use requesty_core::chat::Unfinished;
use requesty_core::responses::{EventKind, Status};
use requesty_core::{End, Error, ErrorKind, Step};

use crate::support::responses::{Played, event, events, play, play_as, play_pieces, same, stream_call};
use crate::support::{cut, head};

const CREATED: &str =
    r#"{"type":"response.created","response":{"id":"r","model":"m","status":"in_progress","output":[]}}"#;
const HEL: &str =
    r#"{"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hel"}"#;
const LO: &str =
    r#"{"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"lo"}"#;
const COMPLETED: &str = concat!(
    r#"{"type":"response.completed","response":{"id":"r","model":"m","status":"completed","output":[{"type":"message","#,
    r#""id":"msg_1","content":[{"type":"output_text","text":"Hello"}]}],"usage":{"cost":1}}}"#,
);

fn ended(body: &str, end: &End) -> Played {
    play_as(&stream_call(), body.as_bytes(), end)
}

#[test]
fn a_stream_that_is_cut_before_its_end_is_truncated_with_what_came() {
    let sequence = [CREATED, HEL, LO, COMPLETED];
    let partial = ["", "Hel", "Hello"];
    for count in 1..sequence.len() {
        for (end, is_cut) in [(End::Clean, false), (cut(), true)] {
            let played = ended(&events(&sequence[..count]), &end);
            assert!(matches!(played.failure(), Error::Truncated(error) if error.is_cut() == is_cut), "{count}");
            let response = played.response();
            assert_eq!((response.text(), response.id.as_deref()), (partial[count - 1].into(), Some("r")));
            assert_eq!(response.status, Some(Status::InProgress));
            let early = response.whole_text().unwrap_err();
            assert_eq!((early.status(), early.reason()), (Some(&Status::InProgress), None));
            assert_eq!(played.items.len(), count);
        }
    }
    // Nothing at all.
    assert!(matches!(ended("", &End::Clean).failure(), Error::Truncated(_)));
    assert!(matches!(ended("", &End::Cancelled).failure(), Error::Cancelled(_)));
    // However it ends after the last event, it is complete.
    for end in [End::Clean, cut(), End::Cancelled] {
        assert_eq!(ended(&events(&sequence), &end).complete().whole_text().unwrap(), "Hello");
    }
    let without = events(&[HEL]);
    let early = ended(&without, &End::Clean).response().whole_text().unwrap_err();
    assert_eq!((early.status(), early.to_string().as_str()), (None, "the response was stopped early: it was cut"));
}

#[test]
fn a_cut_anywhere_never_makes_a_complete_response() {
    let body = events(&[CREATED, HEL, LO, COMPLETED]);
    for at in 0..body.len() {
        let played = play_pieces(&stream_call(), [&body.as_bytes()[..at]], cut());
        assert!(matches!(played.failure(), Error::Truncated(_)), "{at}");
        assert!("Hello".starts_with(&*played.response().text()));
    }
}

#[test]
fn a_last_event_without_its_blank_line_counts_if_the_end_is_in_good_order() {
    let body = events(&[CREATED, HEL, LO, COMPLETED]);
    for shortened in [body.trim_end(), &format!("{}\n", body.trim_end())] {
        assert_eq!(ended(shortened, &End::Clean).complete().text(), "Hello");
        assert!(matches!(ended(shortened, &cut()).failure(), Error::Truncated(error) if error.is_cut()));
    }
    let half = ended(&body[..body.len() - 9], &End::Clean);
    assert!(matches!(half.failure(), Error::Truncated(_)));
    assert_eq!((half.items.len(), half.response().text()), (3, "Hello".into()));
    let delta = events(&[CREATED, HEL]);
    let played = ended(delta.trim_end(), &End::Clean);
    assert_eq!((played.response().text(), played.items.len()), ("Hel".into(), 2));
    assert!(matches!(played.failure(), Error::Truncated(_)));
}

#[test]
fn nothing_is_read_after_the_last_event() {
    let after = [HEL, r#"{"type":"error","message":"late"}"#, COMPLETED];
    let played = play(&format!("{}{}data: [DONE]\n\n", events(&[HEL, LO, COMPLETED]), events(&after)));
    assert_eq!((played.complete().text(), played.items.len()), ("Hello".into(), 3));
}

#[test]
fn the_end_mark_is_no_end_of_its_own() {
    let done = "data: [DONE]\n\n";
    let tolerated = play(&format!("{}{done}", events(&[HEL, LO, COMPLETED])));
    assert_eq!(tolerated.complete().text(), "Hello");
    for body in [format!("{}{done}", events(&[HEL])), done.to_owned(), format!("{}data: [DONE]", events(&[HEL]))] {
        let played = play(&body);
        assert!(matches!(played.failure(), Error::Unfinished(_)), "{body}");
        assert_eq!(played.response().text().is_empty(), !body.contains("Hel"));
    }
}

#[test]
fn a_complete_stream_of_an_incomplete_response_says_that_it_is_incomplete() {
    let end = concat!(
        r#"{"type":"response.incomplete","response":{"id":"r","status":"incomplete","incomplete_details":"#,
        r#"{"reason":"max_output_tokens"},"output":[{"type":"message","id":"msg_1","status":"incomplete","content":"#,
        r#"[{"type":"output_text","text":"Hel"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{\"a\"","#,
        r#""status":"incomplete"}],"usage":{"output_tokens":1,"cost":0.5}}}"#,
    );
    let played = play(&events(&[CREATED, HEL, end]));
    let response = played.complete();
    assert_eq!((response.text(), response.status.as_ref()), ("Hel".into(), Some(&Status::Incomplete)));
    let early = response.whole_text().unwrap_err();
    assert_eq!((early.status(), early.reason()), (Some(&Status::Incomplete), Some("max_output_tokens")));
    assert_eq!(response.unfinished_calls().next().unwrap().why(), Unfinished::Cut);
    assert_eq!(response.summary().finish_reasons, ["max_output_tokens"]);
    assert_eq!(played.kinds().last(), Some(&EventKind::Incomplete));
    assert!(played.kinds().last().unwrap().is_terminal());

    // The event says so, where the response does not.
    for response in ["", r#","response":{"output":[]}"#, r#","response":{"status":"in_progress"}"#] {
        let played = play(&events(&[HEL, &format!(r#"{{"type":"response.incomplete"{response}}}"#)]));
        assert_eq!(played.complete().status, Some(Status::Incomplete));
        assert!(played.complete().whole_text().is_err());
    }
    // And the other way round.
    let odd = r#"{"type":"response.completed","response":{"status":"incomplete"}}"#;
    assert!(play(&events(&[HEL, odd])).complete().whole_text().is_err());
    let cancelled = r#"{"type":"response.completed","response":{"status":"cancelled"}}"#;
    assert_eq!(play(&events(&[cancelled])).complete().status, Some(Status::Cancelled));
}

#[test]
fn a_failed_response_is_an_error_with_what_came() {
    let end = concat!(
        r#"{"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"server_error","#,
        r#""message":"The model broke."},"output":[],"usage":{"output_tokens":1,"cost":0.5}}}"#,
    );
    for named in [true, false] {
        let end = if named { event(end) } else { format!("data: {end}\n\n") };
        let played = play(&format!("{}{end}", events(&[CREATED, HEL])));
        let Error::Api(error) = played.failure() else { panic!("{}", played.failure()) };
        assert_eq!((error.kind(), error.code()), (ErrorKind::Server, Some("server_error")));
        assert_eq!((error.message(), error.is_in_stream()), (Some("The model broke."), true));
        assert_eq!((error.status(), error.http_status().as_u16()), (None, 200));
        let response = played.response();
        assert_eq!((response.text(), response.status.as_ref()), ("Hel".into(), Some(&Status::Failed)));
        assert_eq!(response.error.as_ref().unwrap().code.as_deref(), Some("server_error"));
        assert_eq!(response.cost().unwrap().to_string(), "0.5");
        assert!(response.whole_text().is_err());
        assert_eq!((played.items.len(), played.kinds().last()), (3, Some(&EventKind::Failed)));
    }
    let bare = play(&events(&[HEL, r#"{"type":"response.failed"}"#]));
    assert_eq!(bare.failure().to_string(), "error inside the stream: the response failed, and does not say why");
    assert_eq!((bare.response().text(), bare.response().status.as_ref()), ("Hel".into(), Some(&Status::Failed)));
    // By what the response says, where the event says otherwise.
    for response in [r#"{"status":"failed"}"#, r#"{"status":"completed","error":{"message":"m"}}"#] {
        let played = play(&events(&[&format!(r#"{{"type":"response.completed","response":{response}}}"#)]));
        assert!(matches!(played.failure(), Error::Api(error) if error.is_in_stream()));
    }
    let fine = r#"{"type":"response.completed","response":{"status":"completed","error":null}}"#;
    assert!(play(&events(&[fine])).total.is_ok());
}

#[test]
fn an_error_event_is_an_error_with_what_came() {
    let errors = [
        r#"{"type":"error","code":"rate_limit_exceeded","message":"Slow down.","param":null,"sequence_number":3}"#,
        r#"{"type":"error","error":{"code":"rate_limit_exceeded","message":"Slow down."}}"#,
        r#"{"error":{"type":"rate_limit_exceeded","message":"Slow down."}}"#,
    ];
    for error in errors {
        for name in ["", "event: error\n", "event: message\n"] {
            let played = play(&format!("{}{name}data: {error}\n\n", events(&[CREATED, HEL])));
            let Error::Api(api) = played.failure() else { panic!("{}", played.failure()) };
            assert_eq!((api.kind(), api.message()), (ErrorKind::RateLimited, Some("Slow down.")));
            assert!(api.is_in_stream());
            assert_eq!((played.response().text(), played.items.len()), ("Hel".into(), 2));
        }
    }
    let played = play(&format!("{}event: error\ndata: upstream gone\n\n", events(&[HEL])));
    assert_eq!(played.failure().to_string(), "error inside the stream: upstream gone");
    let text = play(r#"data: {"error":"There was a problem with the provider stream"}"#.to_owned().as_str());
    assert!(matches!(text.failure(), Error::Truncated(_) | Error::Api(_)));
    let text = play("event: x\ndata: {\"error\":\"There was a problem with the provider stream\"}\n\n");
    assert_eq!(text.failure().kind(), Some(ErrorKind::Unavailable));
    // One that says more than that is an event first.
    let delta = HEL.replace(r#""delta""#, r#""error":{"code":502},"delta""#);
    let played = play(&events(&[&delta]));
    assert_eq!((played.failure().kind(), played.texts()), (Some(ErrorKind::Unavailable), vec!["Hel"]));
    for nothing in ["null", "false", r#""""#, "0"] {
        let delta = HEL.replace(r#""delta""#, &format!(r#""error":{nothing},"delta""#));
        assert_eq!(play(&events(&[&delta, COMPLETED])).complete().text(), "Hello", "{nothing}");
    }
}

#[test]
fn an_event_that_cannot_be_read_fails_the_total_only() {
    for data in ["{", "7", r#"{"type":"response.output_text.delta","delta":}"#, "[]", "text", r#"{"a":1} x"#] {
        let body = format!("{}data: {data}\n\n{}", events(&[HEL]), events(&[LO, COMPLETED]));
        let played = play(&body);
        let Error::Decode(problem) = played.failure() else { panic!("{data}: {}", played.failure()) };
        assert_eq!((problem.body(), problem.status().unwrap().as_u16()), (&data.as_bytes().to_vec().into(), 200));
        assert!(problem.to_string().starts_with("cannot decode an event of "), "{problem}");
        assert!(problem.at().is_some());
        assert_eq!(played.response().text(), "Hello");
        let odd = played.items[1].as_event();
        assert_eq!((odd.kind(), odd.raw(), odd.text()), (EventKind::Other, data.as_bytes(), ""));
        assert_eq!(odd.problem().unwrap().to_string(), problem.to_string());
        assert_eq!(played.items.iter().filter(|item| item.as_event().problem().is_some()).count(), 1);
        assert_eq!(played.items.len(), 4);
    }
    let twice = play(&format!("data: {{1\n\ndata: {{22\n\n{}", events(&[COMPLETED])));
    assert!(matches!(twice.failure(), Error::Decode(problem) if problem.body() == "{1"), "the first is told");
    // A worse end is told before it.
    assert!(matches!(play(&format!("data: {{1\n\n{}", events(&[HEL]))).failure(), Error::Truncated(_)));
    assert!(played_kind(&format!("event: x\ndata: {{1\n\n{}", events(&[HEL]))) == "x");
}

fn played_kind(body: &str) -> String {
    play(body).items[0].as_event().name().into_owned()
}

#[test]
fn calls_that_were_cut_cannot_be_run() {
    let added = r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":""}}"#;
    let delta = r#"{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{}"}"#;
    let done = r#"{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{}"}"#;
    let item = r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}}"#;
    let runs = |sequence: &[&str]| {
        let played = play(&events(sequence));
        assert!(matches!(played.failure(), Error::Truncated(_)));
        let response = played.response();
        assert_eq!(response.function_calls().count() + response.unfinished_calls().count(), 1);
        response.unfinished_calls().for_each(|call| assert_eq!(call.why(), Unfinished::Cut));
        response.function_calls().count()
    };
    assert_eq!(runs(&[added]), 0);
    assert_eq!(runs(&[added, delta]), 0);
    assert_eq!(runs(&[delta]), 0);
    // Nor can one that came whole: nobody said that the response did.
    assert_eq!(runs(&[added, delta, done]), 0);
    assert_eq!(runs(&[added, delta, item]), 0);
    assert_eq!(runs(&[item]), 0);

    // One that the end knows without arguments, and that was cut in the stream, stays cut.
    let end = r#"{"type":"response.completed","response":{"output":[{"type":"function_call","call_id":"c","name":"f","arguments":""}]}}"#;
    let response = play(&events(&[added, delta, end])).complete().clone();
    assert_eq!(response.unfinished_calls().next().unwrap().fragment(), "{}");
    let response = play(&events(&[added, delta, done, end])).complete().clone();
    assert_eq!(response.function_calls().count(), 1);
    let end = r#"{"type":"response.completed","response":{"output":[]}}"#;
    let response = play(&events(&[added, delta, end])).complete().clone();
    assert_eq!((response.function_calls().count(), response.unfinished_calls().count()), (0, 1));
}

#[test]
fn a_whole_reply_where_a_stream_was_asked_for_is_read_as_such() {
    let failed = r#"{"id":"r","status":"failed","error":null,"output":[]}"#;
    let played = play(failed);
    assert!(matches!(played.failure(), Error::Api(error) if !error.is_in_stream()));
    assert_eq!((played.items.len(), played.response().id.as_deref()), (0, Some("r")));
    let odd = play(r#"{"choices":[]}"#);
    assert!(matches!(odd.failure(), Error::Decode(problem) if problem.body() == r#"{"choices":[]}"#));
    let open = play(r#"{"status":"queued","id":"r"}"#);
    assert!(matches!(open.failure(), Error::Unfinished(_)));
    assert_eq!(open.response().status, Some(Status::Queued));
    assert!(open.response().whole_text().is_err());
}

#[test]
fn a_total_before_the_end_is_none() {
    let mut machine = stream_call().open(head(200, "text/event-stream"), std::time::Duration::ZERO);
    machine.push(events(&[HEL, COMPLETED]).as_bytes(), std::time::Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    let total = machine.total().unwrap_err();
    assert!(matches!(total.error(), Error::Truncated(_)));
    assert_eq!(total.partial().text(), "Hel");
    // With an error of the machine's own: the reply is a page.
    let mut machine = stream_call().open(head(500, "text/html"), std::time::Duration::ZERO);
    machine.push(b"<html><title>no</title>", std::time::Duration::ZERO);
    machine.end(End::Clean);
    assert!(matches!(machine.advance(), Err(Error::Api(_))));
    assert!(machine.total().unwrap_err().partial().whole_text().is_err());
}

#[test]
fn bytes_may_be_read_into_the_room() {
    let body = events(&[CREATED, HEL, LO, COMPLETED]);
    let mut machine = stream_call().open(head(200, "text/event-stream"), std::time::Duration::ZERO);
    let (mut bytes, mut count) = (body.as_bytes(), 0);
    loop {
        match machine.advance().unwrap() {
            Step::Ready => count += 1,
            Step::NeedBytes => {
                let room = machine.room();
                let length = room.len().min(bytes.len()).min(50);
                let (first, rest) = bytes.split_at(length);
                room[..length].copy_from_slice(first);
                machine.commit(length, std::time::Duration::ZERO);
                bytes = rest;
            }
            Step::Done => break,
        }
    }
    assert_eq!((count, machine.total().unwrap().text()), (4, "Hello".into()));
    same(&play(&body), &play(&body), "twice the same");
}
