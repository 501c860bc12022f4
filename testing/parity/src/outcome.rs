//! What came out of a call, as one line of text.

use std::collections::BTreeSet;
use std::fmt::Write;

use requesty_core::chat::{Choice, Completion, Function, ToolCall};
use requesty_core::{ApiError, Error, Incomplete};

use crate::KEY;

/// The mock's answer to the question of the samples.
const GATEWAY: &str = "An LLM gateway is a service that sits between your application and the companies that host \
     language models. You send every request to one address, in one format, and the gateway passes it on to whichever \
     provider serves the model you named. Along the way it can retry on another provider when the first one fails, \
     spread load, reuse cached prompts, keep track of what each request cost and hold keys and spending limits in one \
     place. Your code stays the same while the models behind it change.";

/// Longest text that is shown in full, in characters.
const SHOWN: usize = 48;

/// How much of a longer text is shown at either end, in characters.
const EDGE: usize = 12;

/// Describes what came out of a call in one line that does not depend on the transport.
pub fn outcome(result: &Result<Completion, Incomplete<Completion>>) -> String {
    match result {
        Ok(completion) => {
            let unclean = if completion.clean_end() { "" } else { " unclean" };
            format!("ok{}{unclean}", answer(completion))
        }
        Err(incomplete) => {
            let leak = if leaks(incomplete) { " leaks the key" } else { "" };
            format!("{}{}{leak}", error(incomplete.error()), answer(incomplete.partial()))
        }
    }
}

fn error(error: &Error) -> String {
    match error {
        Error::Build(_) => "build".to_owned(),
        Error::Api(error) => api(error),
        Error::Unexpected(reply) => {
            let media = reply.content_type().and_then(|value| value.split(';').next()).unwrap_or("-");
            format!("unexpected {} {media}", reply.status().as_u16())
        }
        Error::Decode(_) => "decode".to_owned(),
        Error::Truncated(cut) => if cut.is_cut() { "broken" } else { "truncated" }.to_owned(),
        Error::Unfinished(_) => "unfinished".to_owned(),
        Error::NoChoices(_) => "no-choices".to_owned(),
        Error::TooLarge(error) => format!("too-large {:?}", error.what()),
        Error::Timeout(timeout) => format!("timeout {:?}", timeout.phase()),
        Error::Transport(error) if error.request_maybe_processed() => "transport maybe-processed".to_owned(),
        Error::Transport(_) => "transport unsent".to_owned(),
        _ => "unknown".to_owned(),
    }
}

fn api(error: &ApiError) -> String {
    let status = error.status().map_or("-".to_owned(), |status| status.as_u16().to_string());
    let mut line = format!("api {status} {:?}", error.kind());
    if let Some(code) = error.code() {
        let _ = write!(line, " code={code}");
    }
    if let Some(message) = error.message() {
        let _ = write!(line, " {}", quoted(message));
    }
    if error.is_in_stream() {
        line.push_str(" in-stream");
    }
    line
}

/// Describes an answer, with a space before each thing that it has.
fn answer(completion: &Completion) -> String {
    let choices: Vec<String> = completion.choices.iter().map(|it| choice(completion, it)).collect();
    let mut line = choices.join(" |");
    let citations = completion.citations().len();
    if citations > 0 {
        let _ = write!(line, " citations={citations}");
    }
    if let Some(usage) = &completion.usage {
        let count = |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
        let [prompt, answer, total] = [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens].map(count);
        let _ = write!(line, " usage={prompt}/{answer}/{total}");
        if let Some(cost) = usage.cost {
            let _ = write!(line, " cost={cost}");
        }
        let details = [("cached", usage.cached_tokens), ("caching", usage.caching_tokens)];
        for (name, count) in details.into_iter().chain([("thought", usage.reasoning_tokens)]) {
            if let Some(count) = count.filter(|&count| count > 0) {
                let _ = write!(line, " {name}={count}");
            }
        }
    }
    line
}

fn choice(completion: &Completion, choice: &Choice) -> String {
    let message = &choice.message;
    let mut line = String::new();
    if let Some(reason) = &choice.finish_reason {
        let _ = write!(line, " {reason}");
    }
    let texts = [("reasoning", message.reasoning.as_deref()), ("refusal", message.refusal.as_deref())];
    for (name, text) in [("text", Some(&*message.text()))].into_iter().chain(texts) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let _ = write!(line, " {name}={}", quoted(text));
        }
    }
    if message.reasoning_signature.is_some() {
        line.push_str(" signed");
    }
    for call in &message.tool_calls {
        let _ = write!(line, " {}", tool_call(completion, call));
    }
    if let Some(function) = &message.function_call {
        let _ = write!(line, " function_call {}", named(function));
    }
    let extras = message.extra.iter().chain(choice.extra.iter());
    let names: BTreeSet<&str> = extras.filter(|(_, value)| *value != "null").map(|(name, _)| name).collect();
    for name in names {
        let _ = write!(line, " +{name}");
    }
    line
}

fn tool_call(completion: &Completion, call: &ToolCall) -> String {
    let mine = completion.tool_calls().any(|it| std::ptr::eq(it.call(), call));
    let what = match call.finished() {
        Err(_) => return format!("cut {}", named(&call.function)),
        Ok(call) => format!("{}({})", call.name(), call.arguments_json()),
    };
    let extras: String = call.extra.iter().map(|(name, _)| format!("+{name}")).collect();
    format!("{} {what}{extras}", if mine { "call" } else { "other" })
}

fn named(function: &Function) -> String {
    format!("{}({})", function.name.as_deref().unwrap_or_default(), function.arguments.as_str())
}

/// Shows a text, or what tells it from others.
fn quoted(text: &str) -> String {
    let length = text.chars().count();
    if text == GATEWAY {
        return "gateway".to_owned();
    }
    if GATEWAY.starts_with(text) {
        return format!("gateway[..{length}]");
    }
    if length <= SHOWN {
        return format!("{text:?}");
    }
    let first: String = text.chars().take(EDGE).collect();
    let last: String = text.chars().skip(length - EDGE).collect();
    format!("{length}:{:?}", format!("{first}…{last}"))
}

/// Returns whether an error shows the key in any spelling that the mock echoes it in.
fn leaks(incomplete: &Incomplete<Completion>) -> bool {
    /// The key in base64.
    const BASE64: &str = "cGFyaXR5LWtleS03";
    let error = incomplete.error();
    let mut shown = format!("{incomplete} {incomplete:?} {error} {error:?}");
    if let Some(api) = error.api() {
        shown.push_str(&String::from_utf8_lossy(api.body()));
    }
    let percent: String = KEY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let escaped: String = KEY.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    [KEY, BASE64, &percent, &escaped].iter().any(|spelling| shown.contains(spelling))
}
