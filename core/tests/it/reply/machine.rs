//! The machine that reads replies: other dialects, limits, clocks, secrets.

use std::time::Duration;

use requesty_core::chat::{ChunkStream, Message, Request};
use requesty_core::error::{Limit, Phase};
use requesty_core::{
    ApiKey, Call, Dialect, End, Error, ErrorKind, Incomplete, Limits, Machine, Reply, Router, Step, Timeouts,
};
use serde::Deserialize;

use crate::support::chat::{events, play_as, stream_call};
use crate::support::{cut, head, router};

type Total<R> =
    Result<<<R as Reply>::Dialect as Dialect>::Total, Incomplete<<<R as Reply>::Dialect as Dialect>::Partial>>;

/// Drives any call; gives what `see` makes of each item, and the total.
fn drive<R: Reply, T>(
    call: &Call<R>,
    content_type: &str,
    body: &[u8],
    end: End,
    mut see: impl FnMut(<R::Dialect as Dialect>::Item<'_>) -> T,
) -> (Vec<T>, Total<R>) {
    let mut machine = call.open(head(200, content_type), Duration::ZERO);
    let (mut seen, mut rest, mut end) = (Vec::new(), body, Some(end));
    while let Ok(step) = machine.advance() {
        match step {
            Step::Ready => seen.push(see(machine.item())),
            Step::Done => break,
            Step::NeedBytes if rest.is_empty() => machine.end(end.take().unwrap()),
            Step::NeedBytes => {
                let room = machine.room();
                let n = room.len().min(rest.len()).min(11);
                room[..n].copy_from_slice(&rest[..n]);
                machine.commit(n, Duration::ZERO);
                rest = &rest[n..];
            }
        }
    }
    (seen, machine.total())
}

#[derive(Debug, Deserialize, PartialEq)]
struct Tick {
    n: u32,
}

#[test]
fn events_as_the_callers_own_type() {
    let messages = [Message::user("hi")];
    let call = router().stream_as::<Tick>(&Request::new(&messages)).unwrap();
    let body = events([r#"{"n":1}"#, ": ping", r#"{"n":"odd"}"#, r#"{"n":3}"#]) + "data: [DONE]\n\n";
    let (seen, total) = drive(&call, "text/event-stream", body.as_bytes(), End::Clean, |item| {
        (item.value().map(|tick| tick.n), item.raw().len())
    });
    assert_eq!(seen, [(Some(1), 7), (None, 11), (Some(3), 7)]);
    let incomplete = total.unwrap_err();
    assert_eq!(*incomplete.partial(), 3);
    assert!(matches!(incomplete.error(), Error::Decode(error) if error.body() == r#"{"n":"odd"}"#));
    let cut_short = events([r#"{"n":1}"#]);
    let (_, total) = drive(&call, "text/event-stream", cut_short.as_bytes(), End::Clean, |_| ());
    assert!(matches!(total.unwrap_err().error(), Error::Truncated(_)));
    let call = call.ending_with_body();
    let (_, total) = drive(&call, "text/event-stream", cut_short.as_bytes(), End::Clean, |_| ());
    assert_eq!(total.unwrap(), 1);
    let (_, total) = drive(&call, "text/event-stream", cut_short.as_bytes(), cut(), |_| ());
    assert!(matches!(total.unwrap_err().error(), Error::Truncated(cut) if cut.is_cut()));
}

#[test]
fn owned_items_of_the_callers_own_type() {
    let messages = [Message::user("hi")];
    let call = router().stream_as::<Tick>(&Request::new(&messages)).unwrap();
    let mut machine = call.open(head(200, ""), Duration::ZERO);
    machine.push(events([r#"{"n":1}"#]).as_bytes(), Duration::ZERO);
    assert!(matches!(machine.advance(), Ok(Step::Ready)));
    assert_eq!(machine.owned().unwrap(), Tick { n: 1 });
    assert!(machine.owned().is_err(), "it can be taken once");
}

#[test]
fn raw_events_are_passed_on_as_they_came() {
    let messages = [Message::user("hi")];
    let call = router().events(&Request::new(&messages)).unwrap();
    let body = "id: 7\nevent: a\ndata: 1\ndata: 2\n\n: ping\n\ndata: {\"error\":{\"code\":429}}\n\n";
    let mut again = Vec::new();
    let (seen, total) = drive(&call, "text/event-stream", body.as_bytes(), End::Clean, |event| {
        event.write_to(&mut again);
        (event.name().into_owned(), event.data().to_vec())
    });
    assert_eq!(seen[0], ("a".to_owned(), b"1\n2".to_vec()));
    assert_eq!(seen.len(), 2, "the error is an event, and nothing else");
    assert!(matches!(total.unwrap_err().error(), Error::Truncated(_)));
    let (reread, _) = drive(&call, "text/event-stream", &again, End::Clean, |event| {
        (event.name().into_owned(), event.data().to_vec())
    });
    assert_eq!(reread, seen);
    let done = "data: x\n\ndata: [DONE]\n\n";
    let (seen, total) = drive(&call, "text/event-stream", done.as_bytes(), End::Clean, |event| event.data().to_vec());
    assert_eq!((seen.len(), total.unwrap()), (2, 2));
    let (_, total) = drive(&call, "application/json", b"{\"a\":1}", End::Clean, |_| ());
    assert!(matches!(total.unwrap_err().error(), Error::Unexpected(_)));
}

#[test]
fn raw_bytes_are_a_dialect_too() {
    let call = router().post_bytes("audio/speech", &serde_json::json!({"input": "hi"})).unwrap();
    let audio: Vec<u8> = (0..=255).cycle().take(50_000).collect();
    let (seen, total) = drive(&call, "audio/mpeg", &audio, End::Clean, <[u8]>::to_vec);
    assert_eq!((seen.concat(), total.unwrap()), (audio.clone(), 50_000));
    let (seen, total) = drive(&call, "audio/mpeg", &audio[..100], cut(), <[u8]>::to_vec);
    assert_eq!(seen.concat(), audio[..100]);
    assert!(matches!(total.unwrap_err().error(), Error::Truncated(_)));
    let (seen, total) =
        drive(&call, "application/json", b"{\"error\":{\"message\":\"no\",\"code\":402}}", End::Clean, |_| ());
    assert_eq!((seen.len(), total.unwrap_err().error().kind()), (0, Some(ErrorKind::InsufficientBalance)));
}

#[test]
fn whole_replies_of_the_callers_own_type() {
    let call = router().post::<Tick>("ticks", &serde_json::json!({})).unwrap();
    let total = |body: &str| drive(&call, "application/json", body.as_bytes(), End::Clean, |()| ()).1;
    assert_eq!(total(" {\"n\":1} ").unwrap(), Tick { n: 1 });
    assert!(matches!(total(r#"{"n":"#).unwrap_err().error(), Error::Decode(_)));
    assert!(matches!(total("<html></html>").unwrap_err().error(), Error::Unexpected(_)));
    assert_eq!(total(r#"{"error":{"code":429}}"#).unwrap_err().error().kind(), Some(ErrorKind::RateLimited));
    let broken = drive(&call, "application/json", b"{\"n\":1}", cut(), |()| ()).1;
    assert!(matches!(broken.unwrap_err().error(), Error::Truncated(_)), "a cut reply is not decoded, be it valid");
    let unit = router().get::<()>("nothing").unwrap();
    assert!(drive(&unit, "", b"", End::Clean, |()| ()).1.is_ok());
    let text = router().get::<String>("text").unwrap();
    for (body, expected) in
        [(r#""a\ud83d b\ud83d\ude00""#, "a\u{fffd} b😀"), (r#""\n\ude00\ud83d\u0061""#, "\n\u{fffd}\u{fffd}a")]
    {
        let mended = drive(&text, "application/json", body.as_bytes(), End::Clean, |()| ()).1;
        assert_eq!(mended.unwrap(), expected);
    }
}

#[test]
fn a_whole_completion_without_choices_is_none() {
    let messages = [Message::user("hi")];
    let call = router().chat(&Request::new(&messages)).unwrap();
    for body in [r#"{"id":"x"}"#, r#"{"choices":[]}"#, r#"{"choices":null}"#] {
        let total = drive(&call, "application/json", body.as_bytes(), End::Clean, |()| ()).1;
        assert!(matches!(total.unwrap_err().error(), Error::NoChoices(_)), "{body}");
    }
}

#[test]
fn limits_hold_to_the_byte() {
    let data = |n: usize| format!("data: {}\n\n", "x".repeat(n));
    let messages = [Message::user("hi")];
    let call = router().events(&Request::new(&messages)).unwrap().with_limits(Limits::default().with_event(1000));
    let run = |n| drive(&call, "text/event-stream", (data(n) + "data: [DONE]\n\n").as_bytes(), End::Clean, |_| ()).1;
    assert!(run(1000).is_ok());
    let too_large = |error: &Error| match error {
        Error::TooLarge(large) => (large.what(), large.limit()),
        other => panic!("{other:?}"),
    };
    assert_eq!(too_large(run(1001).unwrap_err().error()), (Limit::Event, 1000));

    let call = router().get::<String>("x").unwrap().with_limits(Limits::default().with_reply(10));
    let run = |n: usize| drive(&call, "", format!("\"{}\"", "x".repeat(n - 2)).as_bytes(), End::Clean, |()| ()).1;
    assert_eq!(run(10).unwrap().len(), 8);
    assert_eq!(too_large(run(11).unwrap_err().error()), (Limit::Reply, 10));

    let call = stream_call().with_limits(Limits::default().with_total(10));
    for (text, fits) in [("0123456789", true), ("0123456789x", false)] {
        let body = crate::support::chat::finished(&[&format!("\"content\":\"{text}\"")], "stop");
        let played = play_as(&call, head(200, ""), body.as_bytes(), 50, End::Clean);
        assert_eq!(played.text(), text, "what came is there");
        assert_eq!(played.error().map(too_large), (!fits).then_some((Limit::Total, 10)));
    }
}

#[test]
fn nesting_is_limited() {
    let deep = format!(r#"{{"x":{}1{}}}"#, "[".repeat(127), "]".repeat(127));
    assert_eq!(crate::support::chat::clean(&events([&*deep])).problems(), 1);
    let fits = format!(r#"{{"x":{}1{}}}"#, "[".repeat(126), "]".repeat(126));
    assert_eq!(crate::support::chat::clean(&events([&*fits])).problems(), 0);
}

#[test]
fn two_clocks_watch_the_wait_and_only_that() {
    let seconds = Duration::from_secs;
    let timeouts = Timeouts::default().with_idle_bytes(seconds(120)).with_idle_progress(seconds(600));
    let call = stream_call().with_timeouts(timeouts);
    let mut machine = call.open(head(200, "text/event-stream"), seconds(0));
    let mut now = seconds(0);
    // A comment every ten seconds: bytes come, and the answer does not.
    let stalled = loop {
        assert!(matches!(machine.advance(), Ok(Step::NeedBytes)));
        let deadline = machine.waiting(now).unwrap();
        now += seconds(10);
        if let Some(timeout) = machine.check(now) {
            assert_eq!(deadline, now);
            break timeout;
        }
        machine.push(b": ping\n\n", now);
    };
    assert_eq!((stalled.phase(), now), (Phase::IdleProgress, seconds(600)));
    machine.end(End::TimedOut(stalled));
    assert!(machine.advance().unwrap_err().is_timeout());

    // A slow caller is not a slow server.
    let mut machine = call.open(head(200, "text/event-stream"), seconds(0));
    machine.push(events([&crate::support::chat::delta("\"content\":\"a\"")]).as_bytes(), seconds(0));
    assert!(matches!(machine.advance(), Ok(Step::Ready)));
    assert!(matches!(machine.advance(), Ok(Step::NeedBytes)));
    assert_eq!(machine.waiting(seconds(9000)), Some(seconds(9120)));
    assert_eq!(machine.waiting(seconds(9100)), Some(seconds(9120)), "a wait made anew does not put the clock back");
    assert!(machine.check(seconds(9119)).is_none());
    assert_eq!(machine.check(seconds(9120)).unwrap().phase(), Phase::IdleBytes);
}

#[test]
fn nothing_shown_holds_the_key_the_prompt_or_the_answer() {
    use base64::Engine as _;
    let secret = "rqsty-sk-S3cret+/=x";
    let router = Router::new(ApiKey::new(secret).unwrap());
    let messages = [Message::user("PROMPT-TEXT")];
    let call = router.chat_stream(&Request::new(&messages)).unwrap();
    let base64 = base64::engine::general_purpose::STANDARD.encode(format!("Bearer {secret}"));
    let percent = secret.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let escaped = secret.replace('/', "\\/").replace('S', "\\u0053");
    let echoes = [secret, &percent, &escaped, &base64];
    let answer = events([&crate::support::chat::delta("\"content\":\"ANSWER-TEXT\"")]);
    for echo in echoes {
        for (status, content_type, body) in [
            (
                401,
                "application/json",
                format!(r#"{{"error":{{"message":"bad key {echo}","code":"{echo}","type":"{echo}"}}}}"#),
            ),
            (500, "text/plain", format!("authorization: Bearer {echo}")),
            (200, "text/html", format!("<html><title>{echo}</title></html>")),
            (200, "text/event-stream", format!("{answer}data: {{\"error\":{{\"message\":\"{echo}\"}}}}\n\n")),
            (200, "text/event-stream", format!("{answer}data: not json {echo}\n\n")),
            (200, "text/event-stream", answer.clone()),
        ] {
            let mut machine = call.open(head(status, content_type), Duration::ZERO);
            machine.push(body.as_bytes(), Duration::ZERO);
            let mut shown = format!("{call:?} {router:?} {machine:?}");
            loop {
                match machine.advance() {
                    Ok(Step::Ready) => shown += &format!("{machine:?} {:?}", machine.dialect()),
                    Ok(Step::NeedBytes) => machine.end(cut()),
                    Ok(Step::Done) => break,
                    Err(error) => {
                        shown +=
                            &format!("{error} {error:?} {error:#?} {:?}", error.api().map(|api| api.body().clone()));
                        break;
                    }
                }
            }
            let incomplete = machine.total().unwrap_err();
            shown += &format!("{incomplete} {incomplete:?}");
            for hidden in [secret, &percent, &escaped, &base64, "S3cret", "PROMPT-TEXT", "ANSWER-TEXT"] {
                assert!(!shown.contains(hidden), "{hidden} in {shown}");
            }
        }
    }
}

/// The clock is read where the bytes take the answer no further, and where the call as a whole has a limit.
#[test]
fn the_clock_is_read_only_where_the_time_matters() {
    let at = Duration::from_secs;
    let text = events([r#"{"choices":[{"delta":{"content":"a"}}]}"#]);
    let empty = events([r#"{"choices":[]}"#]);
    let whole = Timeouts::default().with_total(at(30));
    for (timeouts, body, expected, reads) in [
        (Timeouts::default(), text.as_str(), Step::Ready, 0),
        (Timeouts::default(), &empty, Step::Ready, 1),
        (Timeouts::default(), ": ping\n\n", Step::NeedBytes, 1),
        (Timeouts::default(), "", Step::NeedBytes, 0),
        (whole, &text, Step::Ready, 1),
    ] {
        let call = stream_call().with_timeouts(timeouts.with_idle_progress(at(20)).with_idle_bytes(None));
        let mut machine = call.open(head(200, "text/event-stream"), at(0));
        machine.push(b": \n\n", at(0));
        assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
        machine.waiting(at(0));
        let mut count = 0;
        let clock = || {
            count += 1;
            at(9)
        };
        assert_eq!(machine.push_and_advance(body.as_bytes(), clock).unwrap(), expected, "{body}");
        assert_eq!(count, reads, "{body}");
        // However long the caller takes with the item: only the wait before it counts, and only if it was no progress.
        let next = machine.waiting(at(25)).unwrap();
        let waited = if body == text { at(45).min(timeouts.total.unwrap_or(at(45))) } else { at(36) };
        assert_eq!(next, if body.is_empty() { at(20) } else { waited }, "{body}");
    }
    let call = stream_call().with_timeouts(whole);
    let mut machine = call.open(head(200, "text/event-stream"), at(0));
    assert_eq!(machine.push_and_advance(text.as_bytes(), || at(30)).unwrap(), Step::Ready, "what came is handed out");
    assert!(matches!(machine.advance(), Err(Error::Timeout(timeout)) if timeout.phase() == Phase::Total));
}

/// Reading nothing, and pushing nothing, is waiting on.
#[test]
fn no_bytes_are_no_sign_of_life() {
    let at = Duration::from_secs;
    let timeouts = Timeouts::default().with_idle_bytes(at(10)).with_idle_progress(None);
    let call = stream_call().with_timeouts(timeouts);
    let machine = || {
        let mut machine = call.open(head(200, "text/event-stream"), at(0));
        assert_eq!(machine.waiting(at(0)), Some(at(10)));
        machine
    };
    const NOW: fn() -> Duration = || Duration::from_secs(5);
    let give: [fn(&mut Machine<ChunkStream>, usize); 4] = [
        |machine, n| machine.push(&b":\n"[..n], NOW()),
        |machine, n| assert_eq!(machine.push_and_advance(&b":\n"[..n], NOW).unwrap(), Step::NeedBytes),
        |machine, n| {
            machine.room()[..2].copy_from_slice(b":\n");
            machine.commit(n, NOW());
        },
        |machine, n| {
            machine.room()[..2].copy_from_slice(b":\n");
            assert_eq!(machine.commit_and_advance(n, NOW).unwrap(), Step::NeedBytes);
        },
    ];
    for give in give {
        for (n, deadline) in [(0, 10), (1, 15), (2, 15)] {
            let mut machine = machine();
            give(&mut machine, n);
            assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
            assert_eq!(machine.waiting(at(5)), Some(at(deadline)), "{n} bytes");
        }
    }
}
