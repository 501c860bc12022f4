//! What a gateway passes on: the bytes as they came, up to the end of the answer, beside what they add up to.

use std::time::Duration;

use requesty_core::error::Phase;
use requesty_core::{Call, Dialect, End, Error, Incomplete, Reply, Step, http};

use crate::support::router;

const BODY: &str = r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}"#;
const HI: &str = r#"data: {"choices":[{"delta":{"content":"Hi"}}]}"#;
const END: &str =
    r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"completion_tokens":1,"cost":0.5}}"#;
const ERROR: &str = r#"data: {"error":{"message":"Overloaded","code":529}}"#;

/// What was handed out, and how it ended: the total, or the error and the partial.
type Relayed<R> = (
    Vec<u8>,
    Result<<<R as Reply>::Dialect as Dialect>::Total, Incomplete<<<R as Reply>::Dialect as Dialect>::Partial>>,
);

/// Relays a body that comes in pieces, and then ends as `end` says. Every other piece is read into the room.
fn relay<R: Reply>(call: Call<R>, pieces: &[&[u8]], end: &End) -> Relayed<R> {
    let (head, ()) = http::Response::new(()).into_parts();
    let mut machine = call.relaying().open(head, Duration::ZERO);
    let mut pieces = pieces.iter().enumerate();
    let mut relayed = Vec::new();
    loop {
        match machine.advance() {
            Ok(Step::Ready) => {
                assert!(!machine.item().is_empty());
                let lent = machine.item().to_vec();
                assert_eq!(machine.owned(), lent);
                relayed.extend(lent);
            }
            Ok(Step::NeedBytes) => match pieces.next() {
                Some((place, piece)) if place % 2 == 1 => {
                    machine.room()[..piece.len()].copy_from_slice(piece);
                    machine.commit(piece.len(), Duration::ZERO);
                }
                Some((_, piece)) => machine.push(piece, Duration::ZERO),
                None => machine.end(end.clone()),
            },
            Ok(Step::Done) => {
                assert_eq!(machine.advance().unwrap(), Step::Done);
                return (relayed, machine.total());
            }
            Err(error) => {
                assert_eq!(machine.advance().unwrap_err().to_string(), error.to_string());
                return (relayed, machine.total());
            }
        }
    }
}

/// Relays `came` whole, byte by byte and in two parts, and checks each time that `wanted` was handed out.
fn each_split<R: Reply>(
    call: &Call<R>,
    came: &[u8],
    wanted: &[u8],
    end: &End,
    check: impl Fn(Result<<R::Dialect as Dialect>::Total, Incomplete<<R::Dialect as Dialect>::Partial>>),
) {
    let single: Vec<&[u8]> = came.chunks(1).collect();
    let halves = (0..came.len()).map(|at| vec![&came[..at], &came[at..]]);
    for pieces in [vec![came], single].into_iter().chain(halves) {
        let (relayed, total) = relay(call.clone(), &pieces, end);
        let [got, wanted] = [&relayed[..], wanted].map(String::from_utf8_lossy);
        assert_eq!(got, wanted, "in {} pieces, the first of {} bytes", pieces.len(), pieces[0].len());
        check(total);
    }
}

#[test]
fn all_is_relayed_up_to_the_end_of_the_answer_however_it_is_cut() {
    let call = router().chat_stream_raw(BODY).unwrap();
    for (answer, after) in [
        (format!("{HI}\n\n{END}\n\ndata: [DONE]\n\n"), ""),
        (format!("{HI}\n\n{END}\n\ndata: [DONE]\n\n"), "data: [DONE]\n\n: bye\n\nnot an event"),
        (format!("\u{feff}: keep-alive\n\n{HI}\n\n: keep-alive\n\n\n\n{END}\n\nretry: 3\n\ndata: [DONE]\n\n"), "\n"),
        (format!("event: message\nid: 7\n{HI}\n\nevent: ping\ndata: {{}}\n\n{END}\n\ndata:[DONE]\n\n"), "x"),
        (format!("  \n{HI}\n{END}\n\ndata: [DONE]\n\n"), "\n\n"),
        (format!("{HI}\n\n{END}\n\n"), ""),
        (format!("{HI}\n\n{END}\n\n: the end mark is missing\n\n"), ""),
        (format!("{HI}\n\n{END}\n\ndata: [DONE]"), ""),
    ] {
        each_split(&call, [&*answer, after].concat().as_bytes(), answer.as_bytes(), &End::Clean, |total| {
            let total = total.unwrap();
            assert_eq!((total.text(), total.cost().unwrap().to_string()), ("Hi".into(), "0.5".into()));
        });
    }
}

/// With CRLF, the event ends with its last CR: the LF after it is relayed where it came along.
#[test]
fn carriage_returns_are_relayed() {
    let call = router().chat_stream_raw(BODY).unwrap();
    let answer = format!("{HI}\r\n\r\n{END}\r\n\r\ndata: [DONE]\r\n\r\n");
    let (relayed, total) = relay(call.clone(), &[answer.as_bytes()], &End::Clean);
    assert_eq!(relayed, answer.as_bytes());
    assert!(total.is_ok());
    let (relayed, total) = relay(call, &[&answer.as_bytes()[..answer.len() - 1], b"\n"], &End::Clean);
    assert_eq!(relayed, &answer.as_bytes()[..answer.len() - 1]);
    assert!(total.is_ok());
}

#[test]
fn an_error_after_the_first_item_is_relayed_and_then_is_the_end() {
    let call = router().chat_stream_raw(BODY).unwrap();
    let answer = format!("{HI}\n\n{ERROR}\n\n");
    let came = format!("{answer}data: [DONE]\n\n");
    each_split(&call, came.as_bytes(), answer.as_bytes(), &End::Clean, |total| {
        let incomplete = total.unwrap_err();
        assert!(incomplete.error().api().is_some_and(|error| error.is_in_stream()));
        assert_eq!(incomplete.partial().text(), "Hi");
    });
    // All that came before a cut is relayed, half an event too.
    for end in [End::Clean, End::Cancelled] {
        let half = format!("{HI}\n\ndata: {{\"choi");
        each_split(&call, half.as_bytes(), half.as_bytes(), &end, |total| {
            assert_eq!(total.unwrap_err().partial().text(), "Hi");
        });
    }
}

/// A caller can still answer with a status, and a client can ask again.
#[test]
fn nothing_is_relayed_before_an_error_that_comes_first() {
    let call = router().chat_stream_raw(BODY).unwrap();
    for came in [format!("{ERROR}\n\n"), format!("event: error\n{ERROR}\n\n"), "data: {\"choi".into(), "hello\n".into()]
    {
        each_split(&call, came.as_bytes(), b"", &End::Clean, |total| assert!(total.is_err()));
    }
    // Comments are relayed at once, as they are what keeps the gateway's own client waiting.
    let came = format!(": keep-alive\n\n{ERROR}\n\n");
    let (relayed, total) = relay(call, &[&came.as_bytes()[..14], &came.as_bytes()[14..]], &End::Clean);
    assert_eq!(String::from_utf8(relayed).unwrap(), came);
    assert!(total.unwrap_err().error().api().is_some());
}

/// What comes for ever and is no event does not pile up.
#[test]
fn no_more_is_held_than_one_event_may_be_long() {
    let call = router().chat_stream_raw(BODY).unwrap().change_limits(|limits| limits.with_event(100)).relaying();
    let mut machine = call.open(http::Response::new(()).into_parts().0, Duration::ZERO);
    let mut held = 0;
    loop {
        machine.push(b"no event\n", Duration::ZERO);
        held += b"no event\n".len();
        match machine.advance().unwrap() {
            Step::Ready => break,
            step => assert_eq!(step, Step::NeedBytes),
        }
    }
    assert_eq!(machine.item().len(), held);
    assert!((100..110).contains(&held), "{held}");
}

#[test]
fn a_whole_reply_is_relayed_whole() {
    let whole = BODY.replace("true", "false");
    let answer = br#" {"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"cost":"0.5"}} "#;
    each_split(&router().chat_raw(whole.clone()).unwrap(), answer, answer, &End::Clean, |total| {
        assert_eq!(total.unwrap().cost().unwrap().to_string(), "0.5");
    });
    // It is what came, whether it is an answer or half of one.
    let half = br#"{"choices":[{"message":{"content":"Hi"}}]}"#;
    each_split(&router().chat_raw(whole.clone()).unwrap(), half, half, &End::Clean, |total| {
        assert_eq!(total.unwrap_err().partial().text(), "Hi");
    });
    // A server may answer a stream in one piece.
    each_split(&router().chat_stream_raw(BODY).unwrap(), answer, answer, &End::Clean, |total| {
        assert_eq!(total.unwrap().text(), "Hi");
    });
    // An error is not relayed: it has a status of its own, and a body without the key.
    let error = br#"{"error":{"message":"Overloaded","code":529}}"#;
    each_split(&router().chat_raw(whole).unwrap(), error, b"", &End::Clean, |total| {
        assert!(matches!(total.unwrap_err().error(), Error::Api(_)));
    });
}

#[test]
fn messages_and_responses_are_relayed_up_to_their_own_ends() {
    let message = concat!(
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3}}}\n\n",
        "event: ping\ndata: {\"type\":\"ping\"}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},",
        "\"usage\":{\"output_tokens\":7}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    );
    let call = router().messages_stream_raw(BODY).unwrap();
    each_split(&call, format!("{message}: bye\n\n").as_bytes(), message.as_bytes(), &End::Clean, |total| {
        assert_eq!(total.unwrap().usage.unwrap().output_tokens, Some(7));
    });
    let response = concat!(
        "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"r\",\"status\":\"in_progress\"}}\n\n",
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"status\":\"completed\",",
        "\"output\":[],\"usage\":{\"output_tokens\":7}}}\n\n",
    );
    let call = router().responses_stream_raw(BODY).unwrap();
    each_split(&call, response.as_bytes(), response.as_bytes(), &End::Clean, |total| {
        assert_eq!(total.unwrap().usage.unwrap().output_tokens, Some(7));
    });
}

/// Comments are no progress, whether they are relayed or not.
#[test]
fn comments_do_not_put_the_clock_of_progress_back() {
    let second = Duration::from_secs;
    let call = router().chat_stream_raw(BODY).unwrap();
    let call = call.change_timeouts(|timeouts| timeouts.with_idle_progress(second(10))).relaying();
    let mut machine = call.open(http::Response::new(()).into_parts().0, second(0));
    machine.push(HI.as_bytes(), second(0));
    machine.push(b"\n\n", second(0));
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
    assert_eq!(machine.waiting(second(0)), Some(second(10)));
    machine.push(b": keep-alive\n\n", second(6));
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert_eq!(machine.item(), b": keep-alive\n\n");
    assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
    assert_eq!(machine.waiting(second(6)), Some(second(10)));
    assert_eq!(machine.check(second(10)).map(|timeout| timeout.phase()), Some(Phase::IdleProgress));
}

#[test]
fn what_reads_beside_the_relay_can_be_looked_at() {
    let (head, ()) = http::Response::new(()).into_parts();
    let mut machine = router().chat_stream_raw(BODY).unwrap().relaying().open(head, Duration::ZERO);
    let mended = HI.replace('}', r#","x":NaN}"#).replacen(r#","x":NaN}"#, "}", 1);
    machine.push(format!("{mended}\n\n{END}\n\n").as_bytes(), Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert_eq!(machine.dialect().inner().so_far().text(), "Hi");
    assert_eq!((machine.mended(), machine.summary().output_tokens), (1, Some(1)));
    let shown = format!("{:?}", machine.dialect());
    assert!(shown.starts_with("RelayDialect") && shown.contains("came_len: 0") && !shown.contains("Hi"), "{shown}");
}
