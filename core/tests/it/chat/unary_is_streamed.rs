//! A streamed answer adds up to the whole one, however it was cut: generated answers are written once whole, and once as a
//! stream whose deltas and events are cut anywhere, also inside a character, and must read the same: also where nulls and
//! empty values, members of the wrong type and whole messages stand among the deltas.

use proptest::prelude::*;
use requesty_core::End;
use requesty_core::chat::Completion;
use serde_json::{Value, json};

use crate::support::chat::{play_as, stream_call};
use crate::support::head;

/// One answer.
#[derive(Clone, Debug)]
struct Answer {
    texts: Vec<(&'static str, String)>,
    calls: Vec<Call>,
    /// Some of them equal.
    annotations: Vec<u8>,
    token_ids: Vec<u8>,
    extra: Option<u8>,
    finish_reason: &'static str,
}

#[derive(Clone, Debug)]
struct Call {
    name: String,
    arguments: String,
    signature: Option<u8>,
}

/// Texts with every kind of character: plain, escaped, of two to four bytes.
fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a-c \"\\\\\n\u{1}\u{7f}éß字🌍𝄞{}\\[\\]:,]{0,24}").unwrap()
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let call = ("[a-z_]{1,12}", text(), any::<Option<u8>>()).prop_map(|(name, text, signature)| Call {
        name,
        arguments: json!({"x": text}).to_string(),
        signature,
    });
    let field = |name: &'static str| proptest::option::of(text()).prop_map(move |text| text.map(|text| (name, text)));
    let texts = (field("content"), field("reasoning_content"), field("refusal"));
    let texts = texts.prop_map(|(a, b, c)| [a, b, c].into_iter().flatten().collect());
    let finish_reason = proptest::sample::select(vec!["stop", "length", "tool_calls", "content_filter", "eos"]);
    let numbers = || proptest::collection::vec(0_u8..3, 0..4);
    let calls = proptest::collection::vec(call, 0..4);
    let answer = (texts, calls, numbers(), numbers(), any::<Option<u8>>(), finish_reason);
    let answer = answer.prop_map(|(texts, calls, annotations, token_ids, extra, finish_reason)| Answer {
        texts,
        calls,
        annotations,
        token_ids,
        extra,
        finish_reason,
    });
    proptest::collection::vec(answer, 1..4)
}

const USAGE: &str = r#"{"prompt_tokens":1,"completion_tokens":20,"total_tokens":21,"cost":0.000038,"more":[1]}"#;

/// Writes the answers as one whole completion.
fn whole(answers: &[Answer]) -> String {
    let choices: Vec<Value> = answers
        .iter()
        .enumerate()
        .map(|(index, answer)| {
            let message = message(index, answer);
            json!({"index": index, "message": message, "finish_reason": answer.finish_reason})
        })
        .collect();
    let usage: Value = serde_json::from_str(USAGE).unwrap();
    json!({"id": "c-1", "created": 5, "model": "m", "choices": choices, "usage": usage}).to_string()
}

fn message(index: usize, answer: &Answer) -> Value {
    // A stream cannot say that there is no content but by not sending any: null, as providers have it.
    let mut message = json!({"role": "assistant", "content": null});
    for (name, text) in &answer.texts {
        message[*name] = json!(text);
    }
    let mut calls = Vec::new();
    for (number, call) in answer.calls.iter().enumerate() {
        calls.push(opened(index, number, call, &call.arguments, true));
        if let Some(signature) = call.signature {
            calls[number]["extra_content"] = json!({"signature": signature});
        }
    }
    if !calls.is_empty() {
        message["tool_calls"] = Value::Array(calls);
    }
    if !answer.annotations.is_empty() {
        message["annotations"] = answer.annotations.iter().map(|n| json!({"url": n})).collect();
    }
    if !answer.token_ids.is_empty() {
        message["token_ids"] = json!(answer.token_ids);
    }
    if let Some(extra) = answer.extra {
        message["x_extra"] = json!({"n": extra, "m": {"o": extra}});
    }
    message
}

fn opened(answer: usize, number: usize, call: &Call, arguments: &str, whole: bool) -> Value {
    let mut value = json!({"id": format!("id-{answer}-{number}"), "type": "function",
        "function": {"name": call.name, "arguments": arguments}});
    if !whole {
        value["index"] = json!(number);
    }
    value
}

/// Writes a piece of a text as a JSON string, spelled in one of several ways; half a surrogate pair can only be escaped.
fn spelled(units: &[u16], escape: bool) -> String {
    let whole = String::from_utf16(units);
    match whole {
        Ok(text) if !escape => Value::from(text).to_string(),
        _ => format!("\"{}\"", units.iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>()),
    }
}

/// Takes numbers in turn, over and over: where to cut, what to write next.
struct Cuts<'a>(&'a [usize], usize);

impl Cuts<'_> {
    fn next(&mut self) -> usize {
        self.1 += 1;
        self.0[self.1 % self.0.len()]
    }

    /// Cuts a text into pieces of UTF-16 units, none of them empty unless the text is.
    fn pieces(&mut self, text: &str) -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let (mut pieces, mut rest) = (Vec::new(), &units[..]);
        while !rest.is_empty() {
            let (piece, more) = rest.split_at((1 + self.next() % 5).min(rest.len()));
            pieces.push(spelled(piece, self.next() % 2 == 0));
            rest = more;
        }
        if pieces.is_empty() {
            pieces.push("\"\"".to_owned());
        }
        pieces
    }
}

/// Writes the answers as deltas, in an order in which each text, and each call, goes on where it stopped.
fn deltas(index: usize, answer: &Answer, cuts: &mut Cuts<'_>) -> Vec<String> {
    let mut lines: Vec<Vec<String>> = Vec::new();
    for (name, text) in &answer.texts {
        lines.push(cuts.pieces(text).into_iter().map(|piece| format!(r#""{name}":{piece}"#)).collect());
    }
    let mut calls = Vec::new();
    for (number, call) in answer.calls.iter().enumerate() {
        calls.push(format!(r#""tool_calls":[{}]"#, opened(index, number, call, "", false)));
        for piece in cuts.pieces(&call.arguments) {
            calls.push(format!(r#""tool_calls":[{{"index":{number},"function":{{"arguments":{piece}}}}}]"#));
        }
        if let Some(signature) = call.signature {
            // Some servers send it in a fragment of its own, without an index.
            calls.push(format!(r#""tool_calls":[{{"extra_content":{{"signature":{signature}}}}}]"#));
        }
    }
    lines.push(calls);
    // Equal objects are repetitions, unless one event has both; numbers never are.
    let annotations: Vec<String> = answer.annotations.iter().map(|n| format!(r#"{{"url":{n}}}"#)).collect();
    let annotations = [annotations.join(",")].into_iter().filter(|list| !list.is_empty());
    lines.push(annotations.map(|list| format!(r#""annotations":[{list}]"#)).collect());
    let pieces = answer.token_ids.chunks(1 + cuts.next() % 2);
    lines.push(pieces.map(|ids| format!(r#""token_ids":{ids:?}"#)).collect());
    // An object comes member by member.
    let extra = |n: &u8| [format!(r#""x_extra":{{"n":{n}}}"#), format!(r#""x_extra":{{"n":null,"m":{{"o":{n}}}}}"#)];
    lines.push(answer.extra.iter().flat_map(extra).collect());
    // What says nothing, and what is of the wrong type, where a value of the right one comes.
    let mut noise = vec![r#""content":null,"refusal":null"#.to_owned(), r#""tool_calls":[]"#.to_owned()];
    let members = [("annotations", answer.annotations.is_empty()), ("token_ids", answer.token_ids.is_empty())];
    for (name, _) in members.into_iter().chain([("x_extra", answer.extra.is_none())]).filter(|(_, absent)| !absent) {
        let blank = ["null", "[]", "{}", "\"\""][cuts.next() % 4];
        noise.push(format!(r#""{name}":{blank}"#));
    }
    for (name, _) in &answer.texts {
        noise.push(format!(r#""{name}":{}"#, ["7", "true", "{}"][cuts.next() % 3]));
    }
    lines.push(noise);
    let mut out = vec![r#""role":"assistant""#.to_owned()];
    let mut at = vec![0; lines.len()];
    while at.iter().zip(&lines).any(|(at, line)| *at < line.len()) {
        let line = cuts.next() % lines.len();
        if let Some(delta) = lines[line].get(at[line]) {
            at[line] += 1;
            out.push(delta.clone());
        }
        // What never comes up in a short list of cuts comes in order.
        if cuts.1 > 10_000 {
            for (line, at) in lines.iter().zip(&mut at) {
                out.extend(line[*at..].iter().cloned());
                *at = line.len();
            }
        }
    }
    out
}

fn streamed(answers: &[Answer], cuts: &mut Cuts<'_>) -> String {
    let mut all: Vec<Vec<String>> = Vec::new();
    for (index, answer) in answers.iter().enumerate() {
        let chunk = |members: &str, reason: &str| {
            format!(
                "data: {{\"id\":\"c-1\",\"created\":5,\"model\":\"m\",\"choices\":[{{\"index\":{index},{members},\
                 \"finish_reason\":{reason}}}]}}\n\n"
            )
        };
        let delta = |members: &String| format!(r#""delta":{{{members}}}"#);
        let mut chunks: Vec<String> =
            deltas(index, answer, cuts).iter().map(|members| chunk(&delta(members), "null")).collect();
        // All of it once more: in an event of its own, beside an empty delta, or with the reason.
        let whole = format!(r#""message":{}"#, message(index, answer));
        let reason = format!("\"{}\"", answer.finish_reason);
        match cuts.next() % 5 {
            0 => chunks.push(chunk(&whole, "null")),
            1 => chunks.push(chunk(&format!(r#"{whole},"delta":{{"role":"assistant"}}"#), "null")),
            2 => chunks.push(chunk(&format!(r#""delta":{{"content":null}},{whole}"#), "null")),
            _ => {}
        }
        let members = if cuts.next() % 3 == 0 { format!(r#""delta":{{}},{whole}"#) } else { delta(&String::new()) };
        chunks.push(chunk(&members, &reason));
        chunks.reverse();
        all.push(chunks);
    }
    // The choices take turns, from the first one on: a chunk shows the text of the answer that began first.
    let mut body = all.first_mut().and_then(Vec::pop).unwrap_or_default();
    while all.iter().any(|chunks| !chunks.is_empty()) {
        let start = cuts.next();
        let next = (0..all.len()).map(|at| (start + at) % all.len()).find(|&at| !all[at].is_empty());
        body += &next.and_then(|at| all[at].pop()).unwrap_or_default();
    }
    body + &format!("data: {{\"choices\":[],\"usage\":{USAGE}}}\n\ndata: [DONE]\n\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_stream_however_it_is_cut_adds_up_to_the_whole_answer(
        answers in answers(),
        cuts in proptest::collection::vec(any::<usize>(), 1..64),
        piece in 1_usize..200,
    ) {
        let json = whole(&answers);
        let whole: Completion = serde_json::from_str(&json).unwrap();
        let body = streamed(&answers, &mut Cuts(&cuts, 0));
        let played = play_as(&stream_call(), head(200, "text/event-stream"), body.as_bytes(), piece, End::Clean);
        prop_assert!(played.error().is_none(), "{:?}\n{}", played.error(), body);
        let streamed = played.completion();
        for (one, other) in whole.choices.iter().zip(&streamed.choices) {
            prop_assert_eq!(one.message.text(), other.message.text(), "{}", body);
            prop_assert_eq!(&one.message.reasoning, &other.message.reasoning);
            prop_assert_eq!(&one.message.refusal, &other.message.refusal);
            prop_assert_eq!(&one.message.tool_calls, &other.message.tool_calls, "{}", body);
        }
        let shown = |completion: &Completion| serde_json::to_value(completion).unwrap();
        prop_assert_eq!(shown(&whole), shown(streamed), "{}", body);
        prop_assert_eq!(played.texts().concat().is_empty() || played.texts().concat() == whole.text(), true, "{}", body);
    }
}
