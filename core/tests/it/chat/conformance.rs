//! Recorded and synthetic chat streams of public test suites, through the chat dialect and its total.
//!
//! The cases stand in the folder that `REQUESTY_CONFORMANCE` names.

use std::time::Duration;

use base64::Engine as _;
use requesty_core::chat::{Chunks, Completion, Message, Request};
use requesty_core::{ApiKey, Call, End, Error, Incomplete, Router, Step};
use serde_json::Value;

/// Where this project's rules differ from those of the cases' fold, by name, with the rule it follows.
const DIFFERENCES: &[(&str, &str)] = &[
    ("choices out of order", "a chunk shows the text of the answer that began first, as the completion does"),
    ("[DONE] with trailing space", "A6: data is trimmed before it is compared with [DONE]"),
    ("[DONE] with trailing tab", "A6: data is trimmed before it is compared with [DONE]"),
];

#[test]
#[ignore = "needs REQUESTY_CONFORMANCE, the folder of the cases"]
fn every_case_gives_its_completion() {
    let folder = std::env::var_os("REQUESTY_CONFORMANCE").expect("REQUESTY_CONFORMANCE is the folder of the cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with("chat_"));
    files.sort();
    let (mut ran, mut hostile, mut failures, mut differing) = (0, 0, Vec::new(), Vec::new());
    for file in files {
        let source: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for case in source["cases"].as_array().unwrap() {
            ran += 1;
            let name = case["name"].as_str().unwrap();
            let tags = case["tags"].as_array();
            if tags.is_some_and(|tags| tags.iter().any(|tag| tag == "hostile-index")) {
                // Differs as one: an index that is no integer in range counts as absent, and nothing is lost or allocated.
                hostile += 1;
                assert_hostile(case);
                continue;
            }
            if let Err(why) = check(case) {
                match DIFFERENCES.iter().any(|(known, _)| *known == name) {
                    true => differing.push(name.to_owned()),
                    false => failures.push(format!("{name}: {why}")),
                }
            }
        }
    }
    println!(
        "{ran} chat cases: {} as expected, {hostile} hostile indices, {} known differences",
        ran - hostile - differing.len() - failures.len(),
        differing.len()
    );
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
    assert!(ran > 0, "the folder holds no chat cases");
    assert!(DIFFERENCES.len() < 25);
    for (name, _) in DIFFERENCES {
        assert!(differing.iter().any(|found| found == name), "{name} does not differ any more");
    }
}

fn call() -> Call<Chunks> {
    let messages = [Message::user("hi")];
    let router = Router::new(ApiKey::new("k-test").unwrap());
    router.chat_stream(&Request::new(&messages)).unwrap()
}

/// What a stream gave: the items that could not be read, all first answers' texts, and the total.
struct Outcome {
    total: Result<Completion, Incomplete<Completion>>,
    chunks: u64,
    problems: usize,
    text: String,
}

fn run(body: &[u8], pieces: &[usize]) -> Outcome {
    let head = http::Response::builder().header("content-type", "text/event-stream").body(()).unwrap().into_parts().0;
    let mut machine = call().open(head, Duration::ZERO);
    let (mut rest, mut pieces) = (body, pieces.iter());
    let (mut chunks, mut problems, mut text) = (0, 0, String::new());
    loop {
        match machine.advance() {
            Ok(Step::Ready) => {
                let chunk = machine.item();
                chunks += u64::from(chunk.problem().is_none());
                problems += usize::from(chunk.problem().is_some());
                text.push_str(chunk.text());
            }
            Ok(Step::NeedBytes) if rest.is_empty() => machine.end(End::Clean),
            Ok(Step::NeedBytes) => {
                let length = pieces.next().copied().unwrap_or(rest.len()).min(rest.len());
                machine.push(&rest[..length], Duration::ZERO);
                rest = &rest[length..];
            }
            Ok(Step::Done) | Err(_) => break,
        }
    }
    Outcome { total: machine.total(), chunks, problems, text }
}

fn check(case: &Value) -> Result<(), String> {
    let body = base64::engine::general_purpose::STANDARD.decode(case["input_b64"].as_str().unwrap()).unwrap();
    let lens = case["chunk_lens"].as_array().map(|lens| lens.iter().map(|n| n.as_u64().unwrap() as usize).collect());
    let mut splits: Vec<Vec<usize>> = vec![vec![], vec![1; body.len()], vec![7; body.len() / 7 + 1]];
    splits.extend(lens);
    let expect = &case["expect"];
    for pieces in splits {
        let outcome = run(&body, &pieces);
        compare(expect, &outcome).map_err(|why| format!("{why} (pieces {:?}…)", &pieces[..pieces.len().min(3)]))?;
    }
    Ok(())
}

fn compare(expect: &Value, outcome: &Outcome) -> Result<(), String> {
    let (completion, error) = match &outcome.total {
        Ok(completion) => (completion, None),
        Err(incomplete) => (incomplete.partial(), Some(incomplete.error())),
    };
    let same = |what: &str, got: &Value, wanted: &Value| {
        if got == wanted { Ok(()) } else { Err(format!("{what}: got {got}, wanted {wanted}")) }
    };
    let expected_choices = expect["choices"].as_array().unwrap();
    let finished =
        expected_choices.iter().all(|choice| !choice["finish_reason"].is_null()) && !expected_choices.is_empty();
    let done = expect["done"] == true;
    let ended = match error {
        None => "complete",
        Some(Error::Api(_)) => "api",
        Some(Error::Decode(_)) => "decode",
        Some(Error::Truncated(_)) => "truncated",
        Some(Error::Unfinished(_)) => "unfinished",
        Some(_) => "other",
    };
    let wanted = match expect["error"]["kind"].as_str() {
        Some("api") => "api",
        Some(_) if outcome.problems > 0 => ended,
        Some(_) => "decode",
        None if finished => "complete",
        None if done => "unfinished",
        None => "truncated",
    };
    same("end", &ended.into(), &wanted.into())?;
    same("id", &completion.id.clone().into(), &expect["id"])?;
    same("model", &completion.model.clone().into(), &expect["model"])?;
    let after_error = !expect["error"].is_null();
    if !after_error {
        same("chunks", &outcome.chunks.into(), &expect["chunks"])?;
    }
    same("number of choices", &completion.choices.len().into(), &expected_choices.len().into())?;
    for (choice, wanted) in completion.choices.iter().zip(expected_choices) {
        let message = &choice.message;
        same("index", &choice.index.into(), &wanted["index"])?;
        if !wanted["role"].is_null() {
            same("role", &message.role.as_str().into(), &wanted["role"])?;
        }
        let text = if wanted["content"].is_null() && message.text().is_empty() {
            Value::Null
        } else {
            (*message.text()).into()
        };
        same("content", &text, &wanted["content"])?;
        let reasoning = message.reasoning.clone().filter(|text| !text.is_empty() || !wanted["reasoning"].is_null());
        same("reasoning", &reasoning.into(), &wanted["reasoning"])?;
        same("refusal", &message.refusal.clone().into(), &wanted["refusal"])?;
        let reason = choice.finish_reason.as_ref().map(|reason| reason.as_str());
        same("finish_reason", &reason.into(), &wanted["finish_reason"])?;
        let calls = wanted["tool_calls"].as_array().unwrap();
        same("number of calls", &message.tool_calls.len().into(), &calls.len().into())?;
        for (call, wanted) in message.tool_calls.iter().zip(calls) {
            if !wanted["id"].is_null() {
                same("call id", &call.id.clone().into(), &wanted["id"])?;
            }
            same("call name", &call.function.name.clone().into(), &wanted["name"])?;
            same("arguments", &call.function.arguments.as_str().into(), &wanted["arguments"])?;
        }
    }
    if let Some(first) = completion.choices.first().filter(|first| first.index == 0) {
        same("joined texts", &outcome.text.clone().into(), &(*first.message.text()).into())?;
    }
    let usage = completion.usage.as_ref().map(|usage| serde_json::to_value(usage).unwrap());
    for name in ["prompt_tokens", "completion_tokens", "total_tokens"] {
        let got = usage.as_ref().map_or(Value::Null, |usage| usage[name].clone());
        same(name, &got, expect["usage"].get(name).unwrap_or(&Value::Null))?;
    }
    Ok(())
}

/// An index that is no integer in 0..=127 counts as absent: the answer is there, and no memory is sized by it.
fn assert_hostile(case: &Value) {
    let body = base64::engine::general_purpose::STANDARD.decode(case["input_b64"].as_str().unwrap()).unwrap();
    let outcome = run(&body, &[]);
    let completion = match &outcome.total {
        Ok(completion) => completion,
        Err(incomplete) => incomplete.partial(),
    };
    let message = completion.message().expect("the choice is kept");
    assert_eq!(completion.choices[0].index, 0, "{}", case["name"]);
    let calls = message.tool_calls.iter().filter(|call| call.function.name.as_deref() == Some("test")).count();
    assert!(message.text() == "content" || calls == 1, "{}: {completion:?}", case["name"]);
}
