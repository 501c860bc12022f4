//! What the chunks before had is compared instead of read: a chunk shows the same behind others as it does alone.

use std::time::Duration;

use requesty_core::{End, Step};

/// What is shown of each chunk, read one after the other, every chunk in full.
fn shown(chunks: &[&str]) -> Vec<String> {
    let call = crate::support::chat::stream_call().without_template();
    let mut machine = call.open(crate::support::head(200, "text/event-stream"), Duration::ZERO);
    for chunk in chunks {
        machine.push(format!("data: {chunk}\n\n").as_bytes(), Duration::ZERO);
    }
    machine.end(End::Clean);
    let mut shown = Vec::new();
    while let Ok(Step::Ready) = machine.advance() {
        let chunk = machine.item();
        let owned = chunk.into_owned();
        assert_eq!((chunk.id(), chunk.model(), chunk.created()), (owned.id(), owned.model(), owned.created()));
        let problem = chunk.problem().map(|problem| problem.at());
        let head = (chunk.id(), chunk.model(), chunk.created(), chunk.usage());
        let deltas = chunk.deltas().map(|delta| {
            let texts = (delta.text(), delta.reasoning(), delta.refusal());
            let calls = delta.tool_calls().map(|call| (call.name_fragment(), call.arguments()));
            let calls: Vec<_> = calls.collect();
            format!("{} {:?} {texts:?} {:?} {calls:?}", delta.index(), delta.role(), delta.finish_reason())
        });
        shown.push(format!("{head:?} {:?} {problem:?}", deltas.collect::<Vec<_>>()));
    }
    shown
}

/// Checks that the last chunk shows the same behind the others as alone.
fn is_as_alone(before: &[&str], chunk: &str) {
    let all = shown(&[before, &[chunk]].concat());
    assert_eq!(all.last(), shown(&[chunk]).last(), "{chunk}");
}

const BEFORE: &str =
    r#"{"id":"c-1","created":17,"model":"m","x":1,"choices":[{"index":0,"delta":{"content":"a"},"logprobs":null}]}"#;

#[test]
fn members_that_came_before_are_read_the_same() {
    for members in [
        r#""id":"c-1","created":17,"model":"m","x":1"#,
        r#""x":1,"model":"m","created":17,"id":"c-1""#,
        r#""id":"c-1" ,"created":17 ,"model":"m" ,"x":1 "#,
        r#""id":"c-12","created":171,"model":"mm","x":11"#,
        r#""id":"c-1","created":17.5,"model":"m","x":1e3"#,
        r#""id":"c-1","id":"c-2","created":17,"created":18,"model":"m","model":null"#,
        r#""id":"c-2","id":"c-1","created":18,"created":17,"model":null,"model":"m""#,
        r#""id":null,"created":null,"model":null,"x":null"#,
        r#""id":17,"created":"17","model":{},"x":[]"#,
        r#""\u0069d":"c-2","id":"c-1","model":"n","mode\u006c":"m""#,
        r#""id":"c-1","nested":{"id":"c-2","created":18},"created":17"#,
    ] {
        let choices = r#""choices":[{"index":0,"delta":{"content":"b"}}]"#;
        for chunk in [format!("{{{members},{choices}}}"), format!("{{{choices},{members}}}")] {
            is_as_alone(&[BEFORE, BEFORE], &chunk);
            is_as_alone(&[BEFORE, &chunk, BEFORE], &chunk);
        }
    }
}

#[test]
fn a_choice_that_came_before_is_read_the_same() {
    for choices in [
        r#"[{"index":0,"delta":{"content":"b"},"logprobs":null}]"#,
        r#"[{"index":0,"delta":{"content":"\u00e9\"]}"},"logprobs":null}]"#,
        r#"[{"index":0,"delta":{"content":""},"logprobs":null}]"#,
        r#"[{"index":0,"delta":{"content":"b"},"logprobs":null},{"index":1,"delta":{"content":"c"}}]"#,
        r#"[{"index":0,"delta":{"content":"b","content":"c"},"logprobs":null}]"#,
        r#"[{"index":0,"delta":{"content":"b"},"delta":{"content":"c"},"logprobs":null}]"#,
        r#"[{"index":0,"delta":{"content":"b"},"logprobs":null}],"choices":[{"delta":{"content":"c"}}]"#,
        r#"[{"delta":{"content":"b"}}],"choices":[{"index":0,"delta":{"content":"c"},"logprobs":null}]"#,
        r#"[{"index":0,"delta":{"content":"b"},"logprobs":null}],"choices":null"#,
        r#"[{"index":1,"delta":{"content":"b"},"logprobs":null}]"#,
        r#"[{"index":00,"delta":{"content":"b"},"logprobs":null}]"#,
        r#"[{"index":0,"delta":{"content":"b},"logprobs":null}]"#,
        r#"[{"index":0,"delta":{"content":"b\x"},"logprobs":null}]"#,
        r#"[{"index":0,"delta":{"content":"","reasoning":"b"},"logprobs":null}]"#,
        r#"[{"index":0,"delta":{"content":null,"reasoning":"b"},"logprobs":null}]"#,
    ] {
        let chunk = format!(r#"{{"id":"c-1","choices":{choices},"model":"m"}}"#);
        is_as_alone(&[BEFORE, BEFORE], &chunk);
        is_as_alone(&[BEFORE, &chunk, &chunk.replace('b', "longer")], &chunk);
    }
}

#[test]
fn answers_that_take_turns_are_read_the_same() {
    let chunk = |index: u8, text: &str| {
        format!(r#"{{"id":"c-1","choices":[{{"index":{index},"delta":{{"content":"{text}"}},"logprobs":null}}]}}"#)
    };
    let chunks: Vec<String> = (0..40_u8).map(|at| chunk(at % 7, &"z".repeat(usize::from(at % 5)))).collect();
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    for (at, all) in shown(&chunks).iter().enumerate() {
        assert_eq!(Some(all), shown(&chunks[at..=at]).last(), "{at}");
    }
}

#[test]
fn an_error_is_seen_behind_chunks_like_it() {
    let call = crate::support::chat::stream_call();
    for error in [r#""object":"error""#, r#""type":"error""#, r#""error":{"message":"m"}"#, r#""error":"m""#] {
        let mut machine = call.open(crate::support::head(200, "text/event-stream"), Duration::ZERO);
        for json in [BEFORE, BEFORE, BEFORE, &BEFORE.replace(r#""x":1"#, error)] {
            machine.push(format!("data: {json}\n\n").as_bytes(), Duration::ZERO);
        }
        for _ in 0..4 {
            assert!(matches!(machine.advance(), Ok(Step::Ready)), "{error}");
        }
        assert!(machine.advance().is_err(), "{error}");
    }
}

/// Calls are read anew, also where every byte of them is as before.
#[test]
fn a_text_beside_calls_is_shown_with_them() {
    let call = r#"{"index":0,"id":"t","function":{"name":"f","arguments":"1"}}"#;
    for beside in [format!(r#""tool_calls":[{call}]"#), r#""function_call":{"name":"f","arguments":"1"}"#.to_owned()] {
        let chunk = |text: &str, arguments: &str| {
            let beside = beside.replace(r#""1""#, arguments);
            format!(r#"{{"id":"c-1","choices":[{{"index":0,"delta":{{"content":"{text}",{beside}}}}}]}}"#)
        };
        let before = [chunk("a", r#""1""#), chunk("bb", r#""1""#)];
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        for arguments in [r#""1""#, r#""2""#, r#""23""#] {
            is_as_alone(&before, &chunk("cccc", arguments));
        }
        let mut chunks = before.clone();
        let last = chunk("cccc", r#""1""#);
        chunks.push(&last);
        let body: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
        let played = crate::support::chat::clean(&body);
        let message = played.completion().message().unwrap();
        let old = message.function_call.iter().map(|function| function.arguments.as_str());
        let calls: Vec<_> = message.tool_calls.iter().map(|call| call.function.arguments.as_str()).chain(old).collect();
        assert_eq!((&*played.text(), calls), ("abbcccc", vec!["111"]));
    }
}

/// Of two members with one key the last one counts, and `null` is absent: for a chunk, and for its owned form.
#[test]
fn a_last_null_leaves_nothing() {
    for (key, value) in [("id", r#""c-1""#), ("model", r#""m""#), ("created", "17"), ("created", r#""17""#)] {
        for last in ["null", value] {
            let chunk = format!(r#"{{"{key}":{value},"{key}":{last},"choices":[]}}"#);
            let once = format!(r#"{{"{key}":{last},"choices":[]}}"#);
            assert_eq!(shown(&[&chunk]), shown(&[&once]), "{chunk}");
            assert_eq!(shown(&[&once]) == shown(&[r#"{"choices":[]}"#]), last == "null", "{once}");
        }
    }
}

/// The members are long enough to be remembered by the reader.
#[test]
fn a_member_is_added_again_after_another_value_of_its_key() {
    let chunk =
        |members: &str| format!(r#"{{{members},"choices":[{{"index":0,"delta":{{"content":"a"}},"logprobs":null}}]}}"#);
    for (between, expected) in [
        (r#""extra":[1]"#, "1"),
        (r#""e\u0078tra":2"#, "1"),
        (r#""extra":null"#, "1"),
        (r#""y":[1],"last_one":1"#, "1"),
        (r#""extra":2,"extra":[3]"#, "1"),
    ] {
        let (plain, other) = (chunk(r#""extra":1,"last_one":0"#), chunk(between));
        for chunks in [[&plain, &plain, &plain, &other, &plain], [&plain, &plain, &other, &plain, &plain]] {
            let mut stream: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
            stream += "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
            let call = crate::support::chat::stream_call().without_template();
            let mut machine = call.open(crate::support::head(200, "text/event-stream"), Duration::ZERO);
            machine.push(stream.as_bytes(), Duration::ZERO);
            machine.end(End::Clean);
            while let Ok(Step::Ready) = machine.advance() {}
            let completion = machine.total().expect("a complete stream");
            assert_eq!(completion.extra.get("extra"), Some(expected), "{between}");
            assert_eq!(completion.extra.get("last_one"), Some("0"), "{between}");
        }
    }
}
