//! A `message` beside the deltas of a stream is a snapshot: it adds what is missing at the end of a text, and calls that are
//! not known; and which of two members stands first never decides.

use proptest::prelude::*;
use requesty_core::chat::Completion;
use requesty_core::{Call, End};

use crate::support::chat::{clean, play_as, stream_call};
use crate::support::{head, router};

/// Frames choices, and the end.
fn stream<T: AsRef<str>>(choices: &[T]) -> String {
    let chunk = |choice: &T| format!("data: {{\"choices\":[{{\"index\":0,{}}}]}}\n\n", choice.as_ref());
    choices.iter().map(chunk).collect::<String>() + "data: [DONE]\n\n"
}

const STOP: &str = r#""delta":{},"finish_reason":"stop""#;

/// Returns the text, and what the items showed of it.
#[track_caller]
fn text(choices: &[&str]) -> (String, Vec<String>) {
    let played = clean(&stream(choices));
    assert!(played.error().is_none(), "{:?}", played.error());
    (played.text(), played.texts().into_iter().map(str::to_owned).collect())
}

#[test]
fn a_snapshot_adds_what_is_missing_and_nothing_else() {
    let deltas = [r#""delta":{"content":"Hel"}"#, r#""delta":{"content":"lo"}"#];
    let rows = [
        (r#""message":{"role":"assistant","content":"Hello"}"#, "Hello", ""),
        (r#""message":{"content":"Hello, world"}"#, "Hello, world", ", world"),
        (r#""message":{"content":"Hullo, world"}"#, "Hello", ""),
        (r#""message":{"content":"Hell"}"#, "Hello", ""),
        (r#""message":{"content":""}"#, "Hello", ""),
        (r#""message":{"content":null}"#, "Hello", ""),
        (r#""message":{}"#, "Hello", ""),
        (r#""message":null"#, "Hello", ""),
        (r#""delta":null,"message":{"content":"Hello!"}"#, "Hello!", "!"),
        (r#""message":{"content":"Hello!"},"delta":{}"#, "Hello!", "!"),
        // Beside a delta that goes on, it stands for what came including that.
        (r#""delta":{"content":"!"},"message":{"content":"Hello!"}"#, "Hello!", "!"),
        (r#""message":{"content":"Hello!?"},"delta":{"content":"!"}"#, "Hello!?", "!?"),
        (r#""message":{"content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo!"}]}"#, "Hello!", "!"),
    ];
    for (snapshot, whole, added) in rows {
        let (text, texts) = text(&[deltas[0], deltas[1], snapshot, STOP]);
        assert_eq!((text.as_str(), texts[2].as_str()), (whole, added), "{snapshot}");
        let finish = format!(r#"{snapshot},"finish_reason":"stop""#);
        let played = clean(&stream(&[deltas[0], deltas[1], &finish]));
        assert_eq!((played.text().as_str(), played.error().is_none()), (whole, true), "{finish}");
    }
}

#[test]
fn what_a_snapshot_does_not_add_is_in_the_item() {
    let call = stream_call();
    let body = stream(&[r#""delta":{"content":"a"}"#, r#""message":{"content":"other"}"#, STOP]);
    let mut machine = call.open(head(200, "text/event-stream"), std::time::Duration::ZERO);
    machine.push(body.as_bytes(), std::time::Duration::ZERO);
    assert!(machine.advance().is_ok());
    assert!(machine.advance().is_ok());
    assert_eq!(machine.item().text(), "");
    assert!(machine.item().raw().windows(7).any(|window| window == b"\"other\""));
}

#[test]
fn a_snapshot_completes_every_text_and_brings_what_did_not_come() {
    let whole = r#""message":{"role":"assistant","content":"ab","reasoning_content":"cd","refusal":"ef","annotations":[{"u":1}],
        "audio":{"id":"x"},"reasoning_signature":"sig","reasoning_details":[{"index":0,"type":"t","text":"cd"}]}"#
        .replace('\n', "");
    let names = ["content", "reasoning_content", "refusal"];
    for cut in 0..3 {
        let piece = |text: &str| text[..cut].to_owned();
        let delta = names.iter().zip(["ab", "cd", "ef"]).map(|(name, text)| format!(r#""{name}":"{}""#, piece(text)));
        let delta = format!(r#""delta":{{"role":"assistant",{}}}"#, delta.collect::<Vec<_>>().join(","));
        let played = clean(&stream(&[&delta, &whole, STOP]));
        let message = played.completion().message().unwrap();
        assert_eq!((message.text(), message.reasoning.as_deref()), ("ab".into(), Some("cd")), "{cut}");
        assert_eq!((message.refusal.as_deref(), message.reasoning_signature.as_deref()), (Some("ef"), Some("sig")));
        assert_eq!(message.extra.get("annotations"), Some(r#"[{"u":1}]"#));
        // A member that came in pieces is not added to once more.
        let details = r#""delta":{"reasoning_details":[{"index":0,"type":"t","text":"c"}],"annotations":[{"u":1}]}"#;
        let more = r#""delta":{"reasoning_details":[{"index":0,"type":"t","text":"d"}]}"#;
        let played = clean(&stream(&[details, more, &whole, STOP]));
        let message = played.completion().message().unwrap();
        let all = r#"[{"index":0,"type":"t","text":"cd"}]"#;
        assert_eq!(message.extra.get("reasoning_details"), Some(all));
        assert_eq!(message.extra.get("annotations"), Some(r#"[{"u":1}]"#));
    }
}

/// Some servers stream messages instead of deltas.
#[test]
fn messages_in_pieces_add_up() {
    for delta in ["", r#""delta":{},"#, r#""delta":null,"#] {
        let piece = |text: &str| format!(r#"{delta}"message":{{"role":"assistant","content":"{text}"}}"#);
        let chunks = [piece("Hel"), piece("lo"), piece("lo"), STOP.to_owned()];
        assert_eq!(clean(&stream(&chunks)).text(), "Hellolo", "{delta}");
        // With the two members in the other order.
        let chunks = chunks.map(|chunk| match chunk.strip_prefix(delta) {
            Some(message) if !delta.is_empty() => format!("{message},{}", delta.trim_end_matches(',')),
            _ => chunk,
        });
        assert_eq!(clean(&stream(&chunks)).text(), "Hellolo", "{delta}");
    }
    let halves = [r#""message":{"content":"\ud83d"}"#, r#""message":{"content":"\ude00"}"#, STOP];
    assert_eq!(text(&halves).0, "\u{1f600}");
}

#[test]
fn a_whole_reply_is_its_message() {
    let read = |choice: &str| {
        let json = format!(r#"{{"choices":[{{"index":0,{choice},"finish_reason":"stop"}}]}}"#);
        let completion: Completion = serde_json::from_str(&json).unwrap();
        // Also where a stream was asked for.
        let played = play_as(&stream_call(), head(200, "application/json"), json.as_bytes(), 100, End::Clean);
        assert_eq!(
            (played.text(), played.texts().concat()),
            (completion.text().into(), completion.text().into()),
            "{json}"
        );
        completion.text().into_owned()
    };
    let message = [r#""message":{"role":"assistant","content":"Paris"}"#, r#""message":{"content":"Paris"}"#];
    let deltas = [
        r#""delta":{"role":"assistant","content":""}"#,
        r#""delta":{"content":"Rome"}"#,
        r#""delta":{}"#,
        r#""delta":null"#,
    ];
    for message in message {
        for delta in deltas {
            assert_eq!(read(&format!("{message},{delta}")), "Paris");
            assert_eq!(read(&format!("{delta},{message}")), "Paris");
        }
    }
    for odd in ["null", "7", r#""text""#, "[]"] {
        assert_eq!(read(&format!(r#""delta":{{"content":"Rome"}},"message":{odd}"#)), "Rome");
        assert_eq!(read(&format!(r#""message":{odd},"delta":{{"content":"Rome"}}"#)), "Rome");
    }
    assert_eq!(read(r#""message":{},"delta":{"content":"Rome"}"#), "", "an object is a message");
}

/// The runnable calls: id, name, arguments.
fn calls(completion: &Completion) -> Vec<(String, String, String)> {
    let call = |call: requesty_core::chat::FinishedCall<'_>| {
        (call.id().to_owned(), call.name().to_owned(), call.arguments_json().into_owned())
    };
    completion.tool_calls().map(call).collect()
}

#[test]
fn no_call_can_be_run_twice() {
    let delta = r#""delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}}]}"#;
    let known = [("a", "f", r#"{"x": 1}"#)];
    let rows = [
        // Known by its id, by its place, by its name with equal arguments.
        (r#"{"id":"a","function":{"name":"f","arguments":"{\"x\": 1}"}}"#, None),
        (r#"{"id":"b","function":{"name":"f","arguments":"{\"x\": 1}"}}"#, None),
        (r#"{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}"#, None),
        (r#"{"index":1,"id":"a","function":{"name":"g","arguments":"{}"}}"#, None),
        (r#"{"index":3,"id":"b","function":{"name":"f","arguments":"{\"x\":1}"}}"#, None),
        (r#"{"index":3,"id":"b","function":{"name":"f","arguments":{"x":1}}}"#, None),
        // New.
        (r#"{"index":1,"id":"b","function":{"name":"f","arguments":"{\"x\":2}"}}"#, Some(("b", "f", r#"{"x":2}"#))),
        (r#"{"index":1,"id":"b","function":{"name":"g","arguments":"{\"x\": 1}"}}"#, Some(("b", "g", r#"{"x": 1}"#))),
        (
            r#"{"id":"a","function":{"name":"f","arguments":"{\"x\": 1}"}},{"id":"b","function":{"name":"g","arguments":"{}"}}"#,
            Some(("b", "g", "{}")),
        ),
    ];
    for (snapshot, new) in rows {
        for message in [
            format!(r#""message":{{"tool_calls":[{snapshot}]}},"finish_reason":"tool_calls""#),
            format!(
                r#""delta":{{"content":"."}},"message":{{"tool_calls":[{snapshot}]}},"finish_reason":"tool_calls""#
            ),
            format!(
                r#""message":{{"tool_calls":[{snapshot}]}},"delta":{{"content":"."}},"finish_reason":"tool_calls""#
            ),
        ] {
            let played = clean(&stream(&[delta, &message]));
            let wanted: Vec<_> = known.into_iter().chain(new).map(|(a, b, c)| (a.into(), b.into(), c.into())).collect();
            assert_eq!(calls(played.completion()), wanted, "{message}");
        }
    }
    // In one chunk with the delta, in either order.
    for both in [format!("{delta},\"message\":{}", &delta[8..]), format!("\"message\":{},{delta}", &delta[8..])] {
        let played = clean(&stream(&[&both, r#""delta":{},"finish_reason":"tool_calls""#]));
        assert_eq!(calls(played.completion()).len(), 1, "{both}");
    }
}

/// A legacy function call that a snapshot repeats is there once.
#[test]
fn a_function_call_is_there_once() {
    let delta = r#""delta":{"function_call":{"name":"f","arguments":"{}"}}"#;
    let message = format!("\"message\":{}", &delta[8..]);
    let played = clean(&stream(&[delta, &message, STOP]));
    let call = played.completion().message().unwrap().function_call.as_ref().unwrap();
    assert_eq!((call.name.as_deref(), call.arguments.as_str()), (Some("f"), "{}"));
}

fn whole_call() -> Call<requesty_core::chat::WholeCompletion> {
    let messages = [requesty_core::chat::Message::user("hi")];
    router().chat(&requesty_core::chat::Request::new(&messages)).unwrap()
}

#[test]
fn a_whole_call_reads_the_message() {
    let mut machine = whole_call().open(head(200, "application/json"), std::time::Duration::ZERO);
    let json = r#"{"choices":[{"message":{"content":"Paris"},"delta":{"content":""},"finish_reason":"stop"}]}"#;
    machine.push(json.as_bytes(), std::time::Duration::ZERO);
    machine.end(End::Clean);
    assert!(machine.advance().is_ok());
    assert_eq!(machine.total().unwrap().text(), "Paris");
}

#[derive(Clone, Debug)]
enum Step {
    Delta(String),
    /// A message, and how many bytes of the sum it begins with; beside a delta, or alone.
    Message {
        begins: usize,
        more: String,
        beside: Option<String>,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let text = || "[ab\u{e9}]{0,3}";
    let message = (any::<usize>(), text(), proptest::option::of(text()))
        .prop_map(|(begins, more, beside)| Step::Message { begins, more, beside });
    proptest::collection::vec(prop_oneof![2 => text().prop_map(Step::Delta), 1 => message], 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn texts_of_deltas_and_snapshots_add_up(steps in steps(), flip in any::<bool>()) {
        let (mut sum, mut held) = (String::new(), false);
        let mut chunks = Vec::new();
        for step in &steps {
            match step {
                Step::Delta(text) => {
                    chunks.push(format!(r#""delta":{{"content":"{text}"}}"#));
                    sum += text;
                    held |= !text.is_empty();
                }
                Step::Message { begins, more, beside } => {
                    let delta = beside.as_ref().map_or(String::new(), |text| format!(r#""delta":{{"content":"{text}"}}"#));
                    sum += beside.as_deref().unwrap_or_default();
                    held |= beside.is_some();
                    let begins = begins % 3;
                    let begin = match begins {
                        0 => sum.clone(),
                        1 => String::new(),
                        _ => format!("z{sum}"),
                    };
                    let whole = format!("{begin}{more}");
                    let message = format!(r#""message":{{"content":"{whole}"}}"#);
                    chunks.push(match (delta.is_empty(), flip) {
                        (true, _) => message,
                        (_, true) => format!("{message},{delta}"),
                        (_, false) => format!("{delta},{message}"),
                    });
                    if !held && beside.is_none() {
                        sum += &whole;
                    } else if whole.starts_with(&sum) {
                        sum = whole;
                    }
                }
            }
        }
        chunks.push(STOP.to_owned());
        let played = clean(&stream(&chunks));
        prop_assert!(played.error().is_none());
        prop_assert_eq!(played.text(), sum.clone(), "{:?}", chunks);
        prop_assert_eq!(played.texts().concat(), sum);
    }
}

#[test]
fn a_snapshot_in_parts_adds_texts_and_thoughts() {
    let parts = |thought: &str, text: &str| {
        format!(
            r#""message":{{"content":[{{"type":"thinking","thinking":"{thought}"}},{{"type":"text","text":"{text}"}},{{"type":"image"}}]}}"#
        )
    };
    let thought = |choices: &[&str]| {
        let played = clean(&stream(choices));
        (played.text(), played.completion().reasoning().unwrap_or_default().to_owned())
    };
    // Nothing came before it, or a part of each, or something else.
    let whole = parts("hm, yes", "Hello");
    assert_eq!(thought(&[&whole, STOP]), ("Hello".to_owned(), "hm, yes".to_owned()));
    let begun = r#""delta":{"content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"Hel"}]}"#;
    assert_eq!(thought(&[begun, &whole, STOP]), ("Hello".to_owned(), "hm, yes".to_owned()));
    let plain = r#""delta":{"content":"Hel"}"#;
    assert_eq!(thought(&[plain, &whole, STOP]), ("Hello".to_owned(), "hm, yes".to_owned()));
    let only_thought = r#""delta":{"content":[{"type":"thinking","thinking":"hm"}]}"#;
    assert_eq!(thought(&[only_thought, &whole, STOP]), ("Hello".to_owned(), "hm, yes".to_owned()));
    // Of a delta with something else, nothing came.
    let call = r#""delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"#;
    assert_eq!(thought(&[call, &whole, STOP]), ("Hello".to_owned(), "hm, yes".to_owned()));
    let other = r#""delta":{"content":[{"type":"thinking","thinking":"no"},{"type":"text","text":"Hel"}]}"#;
    assert_eq!(thought(&[other, &whole, STOP]), ("Hello".to_owned(), "no".to_owned()));
}

/// The older form of a call is known from its deltas, or from the snapshot alone.
#[test]
fn a_snapshot_adds_the_older_form_of_a_call() {
    let call = |name: &str| format!(r#""message":{{"function_call":{{"name":"{name}","arguments":"{{}}"}}}}"#);
    let called = |choices: &[&str]| {
        let played = clean(&stream(choices));
        let call = played.completion().choices[0].message.function_call.clone().unwrap();
        (call.name.unwrap(), call.arguments.as_str().to_owned())
    };
    let end = r#""delta":{},"finish_reason":"function_call""#;
    let delta = r#""delta":{"function_call":{"name":"f","arguments":"[]"}}"#;
    assert_eq!(called(&[&call("g"), end]), ("g".to_owned(), "{}".to_owned()));
    assert_eq!(called(&[r#""delta":{"content":"Hm."}"#, &call("g"), end]), ("g".to_owned(), "{}".to_owned()));
    assert_eq!(called(&[delta, &call("g"), end]), ("f".to_owned(), "[]".to_owned()));
}

/// What only the message has goes back under the name that it had there.
#[test]
fn reasoning_that_only_the_message_has_keeps_its_name() {
    for name in ["reasoning_content", "reasoning"] {
        let last = format!(r#""message":{{"content":"Hi","{name}":"hm"}},"finish_reason":"stop""#);
        let completion = clean(&stream(&[r#""delta":{"content":"Hi"}"#, &last])).total.unwrap();
        let message = serde_json::to_value(&completion.choices[0].message).unwrap();
        assert_eq!((&message["content"], &message[name]), (&"Hi".into(), &"hm".into()), "{message}");
    }
}
