//! Answers that hold more than text: reasoning, citations, images, structured output, files, refusals.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Outcome, Scenario};
use crate::answer::{Answer, GATEWAY};
use crate::ask::Ask;
use crate::schema;
use crate::script::Script;

const THOUGHTS: [&str; 3] = ["The user asks what a gateway is. ", "One paragraph will do: ", "routing, cost, limits."];
const SIGNATURE: &str = "EqQBCkYIBRgCKkBmb3IgdGVzdHMgb25seSwgbm90IGEgcmVhbCBzaWduYXR1cmU=";
/// One transparent pixel.
const PIXEL: &str = "data:image/png;base64,\
    iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

pub(super) fn table() -> Vec<Scenario> {
    use Outcome::{Complete, Stopped};
    vec![
        Scenario::new("mock/reasoning", "`reasoning_content`, `reasoning_signature`, then text.", Complete, |ask| {
            reasoned(ask, &["reasoning_content"], true)
        }),
        Scenario::new("mock/reasoning-alias", "Reasoning under OpenRouter's name, `reasoning`.", Complete, |ask| {
            reasoned(ask, &["reasoning"], false)
        }),
        Scenario::new("mock/reasoning-both", "The same reasoning under both names.", Complete, |ask| {
            reasoned(ask, &["reasoning_content", "reasoning"], false)
        }),
        Scenario::new("mock/reasoning-details", "`reasoning_details` that must be echoed.", Complete, |ask| {
            let details = json!([{"type": "reasoning.encrypted", "data": "b3BhcXVl", "id": "rs_1", "index": 0}]);
            let message = json!({"role": "assistant", "content": "Done.", "reasoning_details": details});
            let deltas = vec![json!({"reasoning_details": details}), json!({"content": "Done."})];
            Answer::new(ask, message, deltas, "stop").script()
        }),
        Scenario::new("mock/citations", "Annotations with a nested `url_citation`.", Complete, citations),
        Scenario::new("mock/citations-flat", "Flat, located, repeated and url-less annotations.", Complete, |ask| {
            annotated(ask, flat_annotations())
        }),
        Scenario::new("mock/citations-web-search", "`delta.web_search.content`, as documented.", Complete, |ask| {
            with_delta(ask, "web_search", json!({"content": [page(1), page(2)], "results": []}))
        }),
        Scenario::new("mock/citations-results", "`delta.web_search.results` with `uri`.", Complete, |ask| {
            with_delta(ask, "web_search", json!({"results": [{"uri": "https://example.com/1", "title": "One"}]}))
        }),
        Scenario::new("mock/citations-root", "Root `citations`, on a chunk with empty `choices`.", Complete, |ask| {
            let citations = json!(["https://example.com/1", {"url": "https://example.com/2", "title": "Two"}]);
            let results = json!([{"title": "One", "url": "https://example.com/1", "date": "2026-01-01"}]);
            let mut answer = Answer::gateway(ask);
            let mut root = answer.chunk(json!([]));
            root["citations"] = citations.clone();
            root["search_results"] = results.clone();
            let mut chunks = vec![root];
            chunks.extend(answer.chunks());
            answer = answer.root("citations", citations).root("search_results", results);
            answer.script_with(&chunks)
        }),
        Scenario::new("mock/citations-grounding", "Gemini's `grounding_metadata`.", Complete, |ask| {
            let web = json!({"grounding_chunks": [{"web": {"uri": "https://example.com/1", "title": "One"}}]});
            Answer::gateway(ask).root("grounding_metadata", web).script()
        }),
        Scenario::new("mock/structured", "JSON that obeys `response_format`.", Complete, structured),
        Scenario::new("mock/structured-cut", "JSON cut off by `length`.", Stopped, |ask| {
            Answer::text(ask, r#"{"answer": "A gateway", "steps": ["rou"#).finish("length").script()
        }),
        Scenario::new("mock/structured-fenced", "JSON inside a Markdown fence.", Complete, |ask| {
            Answer::text(ask, "```json\n{\"answer\": \"A gateway\"}\n```").script()
        }),
        Scenario::new("mock/refusal", "A refusal with null content.", Stopped, |ask| {
            let words = ["I'm sorry, ", "but I can't ", "help with that."];
            let message = json!({"role": "assistant", "content": null, "refusal": words.concat()});
            let deltas = words.iter().map(|word| json!({"refusal": word})).collect();
            Answer::new(ask, message, deltas, "stop").script()
        }),
        Scenario::new("mock/content-array", "Content as an array of parts, thinking first.", Complete, |ask| {
            let thinking = json!({"type": "thinking", "thinking": [{"type": "text", "text": "Let me see."}]});
            let reference = json!({"type": "reference", "reference_ids": [1, 2]});
            let text = json!({"type": "text", "text": GATEWAY});
            let message = json!({"role": "assistant", "content": [thinking, reference, text]});
            let deltas = [thinking, reference, text].map(|part| json!({"content": [part]})).to_vec();
            Answer::new(ask, message, deltas, "stop").script()
        }),
        Scenario::new("mock/images", "Text and an image in `images`.", Complete, |ask| {
            with_delta(ask, "images", json!([{"type": "image_url", "image_url": {"url": PIXEL}}]))
        }),
        Scenario::new("mock/logprobs", "Log probabilities with null members.", Complete, logprobs),
        Scenario::new("mock/pdf", "Says what files the request brought.", Complete, pdf),
    ]
}

fn reasoned(ask: &Ask, names: &[&str], signed: bool) -> Script {
    let mut message = json!({"role": "assistant", "content": GATEWAY});
    let mut deltas = Vec::new();
    for thought in THOUGHTS {
        let mut delta = json!({});
        for name in names {
            delta[*name] = json!(thought);
        }
        deltas.push(delta);
    }
    for name in names {
        message[*name] = json!(THOUGHTS.concat());
    }
    if signed {
        message["reasoning_signature"] = json!(SIGNATURE);
        deltas.push(json!({"reasoning_signature": SIGNATURE}));
    }
    deltas.extend(GATEWAY.split_inclusive(' ').map(|word| json!({"content": word})));
    let mut answer = Answer::new(ask, message, deltas, "stop");
    answer.usage["completion_tokens_details"]["reasoning_tokens"] = json!(THOUGHTS.len());
    answer.script()
}

/// A text with one more member of the message, which comes on a delta of its own after the last word.
fn with_delta(ask: &Ask, name: &str, value: Value) -> Script {
    let mut answer = Answer::gateway(ask);
    if let Some(choice) = answer.choices.first_mut() {
        choice.message[name] = value.clone();
        choice.deltas.push(json!({name: value}));
    }
    answer.script()
}

fn page(number: u32) -> Value {
    json!({"url": format!("https://example.com/{number}"), "title": format!("Page {number}")})
}

/// A text with citations in OpenAI's shape.
pub(super) fn citations(ask: &Ask) -> Script {
    let nested = |number: u32, start: u32, end: u32| {
        let mut citation = page(number);
        citation["start_index"] = json!(start);
        citation["end_index"] = json!(end);
        json!({"type": "url_citation", "url_citation": citation})
    };
    annotated(ask, vec![nested(1, 0, 17), nested(2, 18, 100_000)])
}

fn flat_annotations() -> Vec<Value> {
    let flat = json!({
        "type": "url_citation", "url": "https://example.com/1", "title": "One", "start_index": 0, "end_index": 17
    });
    let located = json!({
        "type": "web_search_result_location", "url": "https://example.com/2", "title": "Two", "cited_text": "a service"
    });
    vec![flat.clone(), located, flat, json!({"type": "file_citation", "file_id": "file_1"}), json!({"type": "future"})]
}

fn annotated(ask: &Ask, annotations: Vec<Value>) -> Script {
    let mut answer = Answer::gateway(ask);
    if let Some(choice) = answer.choices.first_mut() {
        choice.deltas.extend(annotations.iter().map(|it| json!({"annotations": [it]})));
        choice.message["annotations"] = Value::Array(annotations);
    }
    answer.script()
}

/// A small JSON object that fits the schema asked for.
pub(super) fn structured(ask: &Ask) -> Script {
    let wanted = &ask.body()["response_format"]["json_schema"]["schema"];
    let object = if wanted.is_object() {
        schema::example(wanted)
    } else {
        json!({"answer": "An LLM gateway is one API in front of many models.", "confidence": 0.97, "tags": ["llm"]})
    };
    // Cut anywhere, not at words: a fragment need not be JSON.
    let text = object.to_string();
    let pieces: Vec<char> = text.chars().collect();
    let deltas = pieces.chunks(4).map(|piece| json!({"content": piece.iter().collect::<String>()})).collect();
    Answer::new(ask, json!({"role": "assistant", "content": text}), deltas, "stop").script()
}

/// A text about the files the request brought.
pub(super) fn pdf(ask: &Ask) -> Script {
    let files = ask.files();
    let told = files.iter().map(|(name, data)| match data.split_once(";base64,") {
        Some((_, base64)) => match STANDARD.decode(base64) {
            Ok(bytes) => format!("{name} is a PDF document of {} bytes.", bytes.len()),
            Err(_) => format!("{name} could not be read."),
        },
        None => format!("{name} is at {data}."),
    });
    let told: Vec<String> = told.collect();
    let text = if told.is_empty() { "There is no file in the request.".to_owned() } else { told.join(" ") };
    Answer::text(ask, &text).script()
}

fn logprobs(ask: &Ask) -> Script {
    let token = json!({"token": "Hello", "logprob": -0.25, "bytes": null, "top_logprobs": []});
    let logprobs = json!({"content": [token], "refusal": null});
    let answer = Answer::text(ask, "Hello");
    let mut chunks = answer.chunks();
    chunks[0]["choices"][0]["logprobs"] = logprobs.clone();
    let mut whole = answer.whole();
    whole["choices"][0]["logprobs"] = logprobs;
    Script::by_mode(answer.script_with(&chunks), Script::json(200, &whole))
}
