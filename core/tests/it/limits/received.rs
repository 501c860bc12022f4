//! Every limit that the core sets on what a server sends: what is just within it passes, and one more does not.
//! `docs/limits.md` is the list.

use std::time::Duration;

use requesty_core::chat::{Message, Request};
use requesty_core::error::{Limit, TooLarge};
use requesty_core::{Error, Limits, Step, Timeouts};

use crate::support::chat::{Played, delta, events, finished, play_as, stream_call};
use crate::support::{cut, head, router};

const END: requesty_core::End = requesty_core::End::Clean;

fn played(limits: Limits, body: &str) -> Played {
    play_as(&stream_call().with_limits(limits), head(200, "text/event-stream"), body.as_bytes(), 4096, END)
}

fn too_large(error: Option<&Error>) -> Option<TooLarge> {
    match error? {
        Error::TooLarge(large) => Some(**large),
        other => panic!("{other:?}"),
    }
}

/// Plays what is just within a limit, and what is one more.
fn check(limits: Limits, what: Limit, limit: usize, body: impl Fn(usize) -> String) {
    assert_eq!(too_large(played(limits, &body(limit)).error()), None, "{what:?}: {limit} is within the limit");
    let error = too_large(played(limits, &body(limit + 1)).error()).expect("one more is too much");
    assert_eq!((error.what(), error.limit()), (what, limit));
    let message = error.to_string();
    assert!(message.contains(&limit.to_string()), "{message}");
    match what.option() {
        Some(option) => assert!(message.ends_with(&format!("; {option} changes it")), "{message}"),
        None => assert!(!message.contains("changes it"), "{message}"),
    }
}

#[test]
fn the_defaults_are_as_documented() {
    const MIB: usize = 1 << 20;
    let limits = Limits::default();
    assert_eq!((limits.event, limits.reply, limits.total), (64 * MIB, 256 * MIB, 256 * MIB));
    assert_eq!((limits.error_body, limits.tool_calls), (64 << 10, 128));
    let times = Timeouts::default();
    let seconds = |limit: Option<Duration>| limit.unwrap().as_secs();
    assert_eq!((seconds(times.connect), seconds(times.first_byte)), (10, 600));
    assert_eq!((seconds(times.idle_bytes), seconds(times.idle_progress)), (120, 600));
}

#[test]
fn an_event_may_be_as_long_as_its_limit() {
    let chunk = |n: usize| {
        let frame = delta(r#""content":"""#).len();
        events([&*delta(&format!(r#""content":"{}""#, "x".repeat(n - frame)))]) + &finished(&[], "stop")
    };
    check(Limits::default().with_event(2000), Limit::Event, 2000, chunk);
}

#[test]
fn a_whole_reply_may_be_as_long_as_its_limit() {
    let messages = [Message::user("hi")];
    let call = router().chat(&Request::new(&messages)).unwrap().with_limits(Limits::default().with_reply(500));
    let frame = r#"{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}"#.len();
    for more in [0, 1] {
        for by_room in [true, false] {
            let text = "x".repeat(500 - frame + more);
            let body = format!(r#"{{"choices":[{{"message":{{"content":"{text}"}},"finish_reason":"stop"}}]}}"#);
            let mut machine = call.open(head(200, "application/json"), Duration::ZERO);
            for piece in body.as_bytes().chunks(100) {
                if by_room {
                    machine.room()[..piece.len()].copy_from_slice(piece);
                    machine.commit(piece.len(), Duration::ZERO);
                } else {
                    machine.push(piece, Duration::ZERO);
                }
                let _ = machine.advance();
            }
            machine.end(END);
            let error = machine.total().err().map(|incomplete| incomplete.into_parts().1);
            assert_eq!(too_large(error.as_ref()).map(|large| (large.what(), large.limit())), {
                (more == 1).then_some((Limit::Reply, 500))
            });
        }
    }
}

#[test]
fn white_space_before_a_whole_reply_counts_as_reply() {
    let messages = [Message::user("hi")];
    let limits = Limits::default().with_reply(10_000).with_error_body(100);
    let call = router().chat(&Request::new(&messages)).unwrap().with_limits(limits);
    let mut machine = call.open(head(200, "application/json"), Duration::ZERO);
    for _ in 0..1000 {
        machine.push(&[b' '; 10], Duration::ZERO);
        assert!(matches!(machine.advance(), Ok(Step::NeedBytes)));
    }
    machine.push(b"\n", Duration::ZERO);
    let error = machine.advance().unwrap_err();
    assert_eq!(too_large(Some(&error)).unwrap().what(), Limit::Reply);
}

#[test]
fn an_error_reply_is_kept_to_its_limit() {
    let call = stream_call().with_limits(Limits::default().with_error_body(100));
    for (status, content_type) in [(500, "text/plain"), (200, "text/html")] {
        for (length, kept) in [(99, 99), (100, 100), (101, 100), (5000, 100)] {
            let body = format!("<{}", "x".repeat(length - 1));
            let played = play_as(&call, head(status, content_type), body.as_bytes(), 7, cut());
            let body = match played.error().unwrap() {
                Error::Api(error) => error.body().clone(),
                Error::Unexpected(error) => error.body().clone(),
                other => panic!("{other:?}"),
            };
            assert_eq!(body.len(), kept, "{status}: {length}");
        }
    }
}

#[test]
fn texts_of_every_kind_add_up_to_the_total_to_the_byte() {
    let limits = Limits::default().with_total(1000);
    for field in ["content", "reasoning_content", "refusal"] {
        check(limits, Limit::Total, 1000, |n| {
            finished(
                &[&format!(r#""{field}":"{}""#, "x".repeat(500)), &format!(r#""{field}":"{}""#, "x".repeat(n - 500))],
                "stop",
            )
        });
    }
    check(limits, Limit::Total, 1000, |n| {
        let call = |arguments: usize| {
            format!(
                r#""tool_calls":[{{"index":0,"id":"abc","function":{{"name":"f","arguments":"{}"}}}}]"#,
                "1".repeat(arguments)
            )
        };
        finished(&[&call(500), &call(n - 504)], "stop")
    });
}

/// What a server sends in ever new places, a little each time, must be counted as what it takes.
#[test]
fn whatever_else_is_kept_counts_towards_the_total() {
    let limits = Limits::default().with_total(100_000);
    let long = "x".repeat(1000);
    for member in [
        r##""content":[{"type":"odd","n":#,"data":"LONG"}]"##,
        r##""tool_calls":[{"index":#,"id":"#-LONG","function":{"name":"f"}}]"##,
        r##""tool_calls":[{"index":#,"type":"LONG"}]"##,
        r##""tool_calls":[{"index":#,"function":{"arguments":{"a":"LONG"}}}]"##,
        r##""function_call":{"arguments":"LONG"}"##,
        r##""reasoning":"LONG","reasoning_content":"#""##,
        r##""annotations":[{"n":#,"x":"LONG"}]"##,
        r##""reasoning_details":[{"index":0,"type":"t","n#":"LONG"}]"##,
        r##""n#":"LONG""##,
    ] {
        let deltas: Vec<String> =
            (0..127).map(|n| member.replace('#', &n.to_string()).replace("LONG", &long)).collect();
        let deltas: Vec<&str> = deltas.iter().map(String::as_str).collect();
        let error = too_large(played(limits, &finished(&deltas, "stop")).error());
        assert_eq!(error.map(|error| error.what()), Some(Limit::Total), "{member}");
    }
    for member in [r#""role":"LONG""#, r#""content":"","role":"LONG""#] {
        let delta = member.replace("LONG", &"x".repeat(200_000));
        assert!(too_large(played(limits, &finished(&[&delta], "stop")).error()).is_some(), "{member}");
    }
    assert!(too_large(played(limits, &finished(&[], &"x".repeat(200_000))).error()).is_some());
    // Many small ones are more than their bytes.
    let small: Vec<String> = (0..2000).map(|n| format!(r#""n{n}":1"#)).collect();
    let small: Vec<&str> = small.iter().map(String::as_str).collect();
    assert!(too_large(played(limits, &finished(&small, "stop")).error()).is_some());
}

/// What replaces something is not kept beside it.
#[test]
fn what_is_replaced_counts_once() {
    let limits = Limits::default().with_total(100_000);
    for member in [r#""n":"LONG #""#, r#""n":{"a":"LONG #"}"#] {
        let deltas: Vec<String> =
            (100..300).map(|n| member.replace('#', &n.to_string()).replace("LONG", &"x".repeat(1000))).collect();
        let deltas: Vec<&str> = deltas.iter().map(String::as_str).collect();
        assert!(played(limits, &finished(&deltas, "stop")).total.is_ok(), "{member}");
    }
}

#[test]
fn a_choice_may_have_as_many_tool_calls_as_the_limit() {
    let body = |n: usize| {
        let calls =
            (0..n).map(|n| format!(r#""tool_calls":[{{"id":"id{n}","function":{{"name":"f","arguments":"{{}}"}}}}]"#));
        let calls: Vec<String> = calls.collect();
        finished(&calls.iter().map(String::as_str).collect::<Vec<_>>(), "tool_calls")
    };
    check(Limits::default(), Limit::ToolCalls, 128, body);
    check(Limits::default().with_tool_calls(300), Limit::ToolCalls, 300, body);
    assert_eq!(played(Limits::default(), &body(129)).completion().message().unwrap().tool_calls.len(), 128);
}

#[test]
fn a_tools_name_may_have_a_kibibyte_in_however_many_fragments() {
    for fragment in [1, 10, 2000] {
        check(Limits::default(), Limit::ToolName, 1 << 10, |n| {
            // No fragment is the name so far: that would be a repetition.
            let letters: Vec<u8> = (0..n).map(|at| if at == 0 { b'a' } else { b'b' }).collect();
            let fragments = letters.chunks(fragment).map(|name| {
                format!(
                    r#""tool_calls":[{{"index":0,"function":{{"name":"{}"}}}}]"#,
                    std::str::from_utf8(name).unwrap()
                )
            });
            let fragments: Vec<String> = fragments.collect();
            finished(&fragments.iter().map(String::as_str).collect::<Vec<_>>(), "tool_calls")
        });
    }
}

#[test]
fn what_comes_beside_a_call_that_is_too_much_is_lent_before_the_error() {
    let long = "n".repeat(2000);
    let body = finished(
        &[r#""content":"a""#, &format!(r#""content":"b","tool_calls":[{{"function":{{"name":"{long}"}}}}]"#)],
        "stop",
    );
    let played = played(Limits::default(), &body);
    assert_eq!((played.texts().concat(), played.text()), ("ab".to_owned(), "ab".to_owned()));
    assert!(matches!(played.error(), Some(Error::TooLarge(_))));
}

#[test]
fn a_chunk_may_have_65_536_elements_of_a_kind() {
    let list = |element: &str, n: usize| vec![element; n].join(",");
    check(Limits::default(), Limit::Elements, 1 << 16, |n| {
        events([&*format!(r#"{{"choices":[{}]}}"#, list("{}", n))]) + &finished(&[], "stop")
    });
    for (member, element) in [("tool_calls", "{}"), ("content", r#""""#), ("content", r#"{"type":"text","text":""}"#)] {
        check(Limits::default(), Limit::Elements, 1 << 16, |n| {
            finished(&[&format!(r#""{member}":[{}]"#, list(element, n))], "stop")
        });
    }
    check(Limits::default(), Limit::Elements, 1 << 16, |n| finished(&[&list(r#""x":1"#, n)], "stop"));
    // Whole answers are no different, nor is a last event without its blank line.
    let messages = [Message::user("hi")];
    let call = router().chat(&Request::new(&messages)).unwrap();
    let mut machine = call.open(head(200, "application/json"), Duration::ZERO);
    let body = format!(r#"{{"choices":[{}]}}"#, list("{}", (1 << 16) + 1));
    machine.push(body.as_bytes(), Duration::ZERO);
    machine.end(END);
    assert_eq!(too_large(Some(machine.total().unwrap_err().error())).unwrap().what(), Limit::Elements);
    let unterminated = events([r#"{"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}"#]) + "data: " + &body;
    assert_eq!(too_large(played(Limits::default(), &unterminated).error()).unwrap().what(), Limit::Elements);
}

#[test]
fn an_index_goes_to_127_and_anything_else_counts_as_absent() {
    let choice = |index: &str| {
        format!(r#"{{"choices":[{{"index":{index},"delta":{{"content":"x"}},"finish_reason":"stop"}}]}}"#)
    };
    for (index, wanted) in [
        ("127", 127),
        ("128", 0),
        ("255", 0),
        ("256", 0),
        ("4294967295", 0),
        ("-1", 0),
        ("1.0", 0),
        ("\"1\"", 0),
        ("1e1", 0),
    ] {
        let completion = played(Limits::default(), &events([&*choice(index)])).total.unwrap();
        assert_eq!(completion.choices.iter().map(|choice| choice.index).collect::<Vec<_>>(), [wanted], "{index}");
    }
    let all: Vec<String> = (0..1000).map(|index| format!("data: {}\n\n", choice(&index.to_string()))).collect();
    assert_eq!(
        played(Limits::default(), &all.concat()).total.unwrap().choices.len(),
        128,
        "so there are no more choices"
    );
    // Of calls too: one of index 128 has none, so that a fragment of index 127 is not its own.
    let calls = finished(
        &[
            r#""tool_calls":[{"index":127,"id":"a","function":{"name":"f","arguments":"{"}},{"index":128,"id":"b","function":{"name":"g","arguments":"{}"}}]"#,
            r#""tool_calls":[{"index":127,"function":{"arguments":"}"}}]"#,
        ],
        "tool_calls",
    );
    let completion = played(Limits::default(), &calls).total.unwrap();
    let calls: Vec<_> =
        completion.tool_calls().map(|call| (call.id().to_owned(), call.arguments_json().into_owned())).collect();
    assert_eq!(calls, [("a".to_owned(), "{}".to_owned()), ("b".to_owned(), "{}".to_owned())]);
}

#[test]
fn json_may_be_127_levels_deep() {
    let nested = |depth: usize| {
        format!(
            r#"{{"x":{}1{},"choices":[{{"delta":{{"content":"t"}}}}]}}"#,
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    };
    for (depth, problems) in [(127, 0), (128, 1), (100_000, 1)] {
        let played = played(Limits::default(), &(events([&*nested(depth)]) + &finished(&[], "stop")));
        assert_eq!(played.problems(), problems, "{depth}");
        assert_eq!(played.text(), if problems == 0 { "t" } else { "" });
        assert_eq!(played.total.is_ok(), problems == 0);
    }
}

#[test]
fn of_a_servers_words_300_bytes_are_shown_and_4_kib_kept() {
    for (length, shown) in [(300, 300), (301, 300), (100_000, 300)] {
        let words = "w".repeat(length);
        for member in ["message", "code", "param", "type", "origin"] {
            let body = format!(r#"{{"error":{{"{member}":"{words}"}}}}"#);
            let call = stream_call().with_limits(Limits::default().with_error_body(1 << 20));
            let played = play_as(&call, head(500, "application/json"), body.as_bytes(), 1 << 20, END);
            let error = played.error().unwrap();
            let kept = error.api().unwrap();
            let all = [kept.message(), kept.code(), kept.param(), kept.error_type(), kept.origin()];
            assert!(
                all.into_iter().flatten().any(|text| text == &words[..length.min(4096)]),
                "{member} is kept up to 4 KiB"
            );
            for text in [error.to_string(), format!("{error:?}")] {
                let count = text.bytes().filter(|&byte| byte == b'w').count();
                assert!(count <= shown + 10, "{member}: {count} in {} bytes", text.len());
            }
        }
        let page = format!("<title>{words}</title>");
        let call = stream_call().with_limits(Limits::default().with_error_body(1 << 20));
        let played = play_as(&call, head(200, "text/html"), page.as_bytes(), 1 << 20, END);
        assert!(played.error().unwrap().to_string().len() < 500);
        assert!(format!("{:?}", played.error().unwrap()).len() < 600);
    }
}

#[test]
fn a_chunk_of_up_to_4096_bytes_is_learned_from() {
    for (length, learned) in [(4096, true), (4097, false)] {
        let frame = r#"{"choices":[{"delta":{"content":"a"}}]}"#;
        let chunk = format!("{}{frame}", " ".repeat(length - frame.len()));
        let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
        machine.push(events([&*chunk, &*chunk, &*chunk, &*chunk, &*chunk]).as_bytes(), Duration::ZERO);
        while let Ok(Step::Ready) = machine.advance() {}
        assert_eq!(machine.dialect().template_hits() > 0, learned, "{length}");
    }
}
