//! The parameters of a request, read from its body: all but its content.

use crate::json::{Members, elements, string};

/// The parameters of a request: all but its content. A field is `None` if the body does not set it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Parameters {
    /// How many answers are asked for (`n`).
    pub choice_count: Option<u64>,
    /// How many dimensions an embedding shall have (`dimensions`).
    pub dimensions: Option<u64>,
    /// How an embedding shall be written (`encoding_format`), at most 64 bytes of it.
    pub encoding_format: Option<String>,
    /// The frequency penalty.
    pub frequency_penalty: Option<f64>,
    /// The most tokens of the answer (`max_tokens`, `max_completion_tokens` or `max_output_tokens`).
    pub max_tokens: Option<u64>,
    /// The requested output: `text`, `json`, `image` or `speech`.
    pub output_type: Option<&'static str>,
    /// The presence penalty.
    pub presence_penalty: Option<f64>,
    /// The response that this one goes on from (`previous_response_id`), at most 256 bytes of it.
    pub previous_response_id: Option<String>,
    /// How much reasoning is asked for, in the request's own word, at most 64 bytes of it.
    pub reasoning_level: Option<String>,
    /// The seed.
    pub seed: Option<i64>,
    /// The texts that end the answer: at most 16 texts, at most 64 bytes of each.
    pub stop_sequences: Vec<String>,
    /// The temperature.
    pub temperature: Option<f64>,
    /// How many tokens may come next (`top_k`).
    pub top_k: Option<u64>,
    /// How likely the tokens together are that may come next (`top_p`).
    pub top_p: Option<f64>,
}

impl Parameters {
    /// Reads the body of a request; `brief` makes a text short enough, and fit to be shown.
    pub(crate) fn read(path: &str, body: &[u8], brief: impl Fn(&str, usize) -> String) -> Self {
        let output_type = match path.rsplit_once('/') {
            Some((_, "generations" | "edits")) => Some("image"),
            Some((_, "speech")) => Some("speech"),
            _ => None,
        };
        let Ok(mut members) = Members::read(body) else {
            return Parameters { output_type, ..Parameters::default() };
        };
        let number = |members: &mut Members<'_>, name| members.decimal(name).map(|number| number.to_f64());
        let reasoning = members.string("reasoning_effort");
        let reasoning = reasoning.or_else(|| members.object("reasoning")?.string("effort"));
        let brief_text = |text: Option<String>, limit| text.map(|text| brief(&text, limit));
        let stops = ["stop", "stop_sequences"].into_iter().find_map(|name| members.raw(name));
        Parameters {
            choice_count: members.uint("n"),
            dimensions: members.uint("dimensions"),
            encoding_format: brief_text(members.string("encoding_format"), SHORT),
            frequency_penalty: number(&mut members, "frequency_penalty"),
            max_tokens: ["max_completion_tokens", "max_output_tokens", "max_tokens"]
                .into_iter()
                .find_map(|name| members.uint(name)),
            output_type: output_type.or_else(|| format(&mut members)),
            presence_penalty: number(&mut members, "presence_penalty"),
            previous_response_id: brief_text(members.string("previous_response_id"), LONG),
            reasoning_level: brief_text(reasoning, SHORT),
            seed: members.take_with("seed", |seed| std::str::from_utf8(seed).ok()?.parse().ok()),
            stop_sequences: stops.map(|stops| texts(stops, |text| brief(text, SHORT))).unwrap_or_default(),
            temperature: number(&mut members, "temperature"),
            top_k: members.uint("top_k"),
            top_p: number(&mut members, "top_p"),
        }
    }
}

/// Returns what a call to `path` does.
pub(crate) fn operation(path: &str) -> &'static str {
    let mut segments = path.rsplit('/');
    match (segments.next().unwrap_or_default(), segments.next().unwrap_or_default()) {
        ("completions", "chat") | ("messages" | "responses", _) => "chat",
        ("completions", _) => "text_completion",
        ("embeddings", _) => "embeddings",
        (_, "images") | ("speech", "audio") => "generate_content",
        (_, "audio") => "transcribe",
        ("models", "v1") | ("managed", "models") => "list_models",
        ("mcp", _) => "mcp",
        (last, _) if last.ends_with("enerateContent") => "generate_content",
        ("feedback", _) | (_, "feedback") => "feedback",
        _ if path.contains("/manage/") || path.ends_with("/auth/check") => "manage",
        _ => "other",
    }
}

/// Longest of the texts that are words, in bytes.
const SHORT: usize = 64;

/// Longest of the texts that are ids, in bytes.
const LONG: usize = 256;

/// How many stop sequences are kept.
const STOPS: usize = 16;

/// Returns the type of output that the members of a body ask for.
fn format(members: &mut Members<'_>) -> Option<&'static str> {
    let modalities = members.raw("modalities").map(|modalities| texts(modalities, str::to_owned)).unwrap_or_default();
    let other = modalities.iter().find_map(|modality| match modality.as_str() {
        "audio" => Some("speech"),
        "image" => Some("image"),
        _ => None,
    });
    if other.is_some() {
        return other;
    }
    let chat = members.object("response_format");
    let format = chat.or_else(|| members.object("text")?.object("format"));
    match format?.string("type")?.as_str() {
        "text" => Some("text"),
        kind if kind.starts_with("json") => Some("json"),
        _ => None,
    }
}

/// Reads one text, or an array of texts.
fn texts(value: &[u8], brief: impl Fn(&str) -> String) -> Vec<String> {
    if let Some(text) = string(value) {
        return vec![brief(&text)];
    }
    let texts = elements(value).into_iter().flatten().filter_map(string);
    texts.take(STOPS).map(|text| brief(&text)).collect()
}
