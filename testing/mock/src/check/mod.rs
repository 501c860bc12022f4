//! Checks a request for a completion against what Requesty documents.
//!
//! A *complaint* is something the documentation rules out, and costs the request a 400. A *note* is something it does
//! not mention; the router might well pass it on, so the request is answered.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::ask::list;

mod messages;
mod strict;
mod tools;

/// What a check found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) complaints: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// The type a field must have.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Int,
    Number,
    Bool,
    Object,
    Texts,
    TextOrTexts,
    /// Checked elsewhere.
    Any,
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Int => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::Bool => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
            Self::TextOrTexts => value.is_string() || Self::Texts.fits(value),
            Self::Any => true,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Int => "an integer",
            Self::Number => "a number",
            Self::Bool => "a boolean",
            Self::Object => "an object",
            Self::Texts => "an array of strings",
            Self::TextOrTexts => "a string or an array of strings",
            Self::Any => "anything",
        }
    }
}

/// The fields of a request.
const FIELDS: [(&str, Kind); 30] = [
    ("model", Kind::Text),
    ("messages", Kind::Any),
    ("max_tokens", Kind::Int),
    ("max_completion_tokens", Kind::Int),
    ("temperature", Kind::Number),
    ("top_p", Kind::Number),
    ("top_k", Kind::Int),
    ("frequency_penalty", Kind::Number),
    ("presence_penalty", Kind::Number),
    ("seed", Kind::Int),
    ("stop", Kind::TextOrTexts),
    ("logit_bias", Kind::Object),
    ("logprobs", Kind::Bool),
    ("top_logprobs", Kind::Int),
    ("n", Kind::Int),
    ("store", Kind::Bool),
    ("metadata", Kind::Object),
    ("service_tier", Kind::Text),
    ("user", Kind::Text),
    ("stream", Kind::Bool),
    ("stream_options", Kind::Object),
    ("tools", Kind::Any),
    ("tool_choice", Kind::Any),
    ("parallel_tool_calls", Kind::Bool),
    ("response_format", Kind::Object),
    ("reasoning_effort", Kind::Text),
    ("include_reasoning", Kind::Bool),
    ("thinking", Kind::Object),
    ("models", Kind::Texts),
    ("requesty", Kind::Object),
];

const REQUESTY: [(&str, Kind); 7] = [
    ("auto_cache", Kind::Bool),
    ("tags", Kind::Texts),
    ("user_id", Kind::Text),
    ("trace_id", Kind::Text),
    ("extra", Kind::Object),
    ("prompt_id", Kind::Text),
    ("prompt_variables", Kind::Object),
];

/// Checks a request's headers and body.
pub(crate) fn request(headers: &[(String, String)], body: &[u8]) -> Findings {
    let mut findings = Findings::default();
    let parsed: Value = match serde_json::from_slice(body) {
        Ok(parsed) => parsed,
        Err(error) => {
            findings.complain("body", &format!("is not JSON: {error}"));
            return findings;
        }
    };
    findings.headers(headers, parsed["stream"] == true);
    if !parsed.is_object() {
        findings.complain("body", "must be an object");
        return findings;
    }
    for name in strict::repeated(body) {
        findings.complain(&name, "is there more than once");
    }
    findings.members("", &parsed, &FIELDS);
    messages::check(&mut findings, &parsed["messages"]);
    tools::check(&mut findings, &parsed);
    findings.options(&parsed);
    findings
}

impl Findings {
    fn complain(&mut self, field: &str, what: &str) {
        self.complaints.push(format!("{field}: {what}"));
    }

    fn note(&mut self, field: &str, what: &str) {
        self.notes.push(format!("{field}: {what}"));
    }

    /// Checks the types of an object's members; null is never right, and what is not listed is noted.
    fn members(&mut self, path: &str, object: &Value, fields: &[(&str, Kind)]) {
        let Some(members) = object.as_object() else { return };
        for (name, value) in members {
            let field = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match fields.iter().find(|(known, _)| known == name) {
                None => self.note(&field, "is not documented"),
                Some((_, Kind::Any)) => {}
                Some(_) if value.is_null() => self.complain(&field, "is null; leave it out"),
                Some((_, kind)) if !kind.fits(value) => self.complain(&field, &format!("must be {}", kind.name())),
                Some(_) => {}
            }
        }
    }

    /// Complains unless the member is a string with something in it.
    fn text(&mut self, path: &str, object: &Value, name: &str) {
        if object[name].as_str().unwrap_or("").is_empty() {
            self.complain(&format!("{path}.{name}"), "must be a string that is not empty");
        }
    }

    fn headers(&mut self, headers: &[(String, String)], stream: bool) {
        let values = |name: &str| -> Vec<String> {
            let named = headers.iter().filter(|(key, _)| key == name);
            named.flat_map(|(_, value)| value.split(',')).map(|it| it.trim().to_ascii_lowercase()).collect()
        };
        let types = |name: &str| -> Vec<String> {
            values(name).iter().map(|it| it.split(';').next().unwrap_or("").trim().to_owned()).collect()
        };
        if types("content-type") != ["application/json"] {
            self.complain("content-type", "must be application/json, once");
        }
        let wanted = if stream { "text/event-stream" } else { "application/json" };
        if !types("accept").iter().any(|it| it == wanted) {
            self.complain("accept", &format!("must name {wanted}"));
        }
        if stream && types("accept-encoding").iter().any(|it| it != "identity") {
            self.complain("accept-encoding", "must be identity or absent on a stream");
        }
        let single = ["authorization", "content-length", "host", "user-agent"];
        let mut seen = BTreeSet::new();
        for (name, _) in headers {
            if !seen.insert(name) && single.contains(&name.as_str()) {
                self.complain(name, "is there more than once");
            }
        }
    }

    /// Checks the options that hold more than a plain value.
    fn options(&mut self, body: &Value) {
        if body.get("stream_options").is_some() && body["stream"] != true {
            self.complain("stream_options", "is only for streams");
        }
        self.members("stream_options", &body["stream_options"], &[("include_usage", Kind::Bool)]);
        self.members("requesty", &body["requesty"], &REQUESTY);
        self.thinking(&body["thinking"]);
        self.response_format(&body["response_format"]);
        if let Some(bias) = body["logit_bias"].as_object() {
            for (token, value) in bias {
                if !value.as_f64().is_some_and(|value| (-100.0..=100.0).contains(&value)) {
                    self.complain(&format!("logit_bias.{token}"), "must be a number from -100 to 100");
                }
            }
        }
        for field in ["max_tokens", "max_completion_tokens", "n"] {
            if body[field].as_i64().is_some_and(|count| count < 1) {
                self.complain(field, "must be at least 1");
            }
        }
        let budget = body["reasoning_effort"].as_str().and_then(|effort| effort.parse::<u64>().ok());
        let room = body["max_tokens"].as_u64();
        if budget.zip(room).is_some_and(|(budget, room)| budget >= room) {
            self.complain("reasoning_effort", "a budget must be less than max_tokens");
        }
    }

    fn thinking(&mut self, thinking: &Value) {
        if !thinking.is_object() {
            return;
        }
        self.members("thinking", thinking, &[("type", Kind::Text), ("budget_tokens", Kind::Int)]);
        match thinking["type"].as_str() {
            Some("enabled") if thinking["budget_tokens"].is_u64() => {}
            Some("enabled") => self.complain("thinking.budget_tokens", "must be an integer"),
            Some("disabled") => {}
            _ => self.complain("thinking.type", "must be enabled or disabled"),
        }
    }

    fn response_format(&mut self, format: &Value) {
        if !format.is_object() {
            return;
        }
        match format["type"].as_str() {
            Some("json_schema") => {
                let schema = &format["json_schema"];
                let known = [
                    ("name", Kind::Text),
                    ("description", Kind::Text),
                    ("strict", Kind::Bool),
                    ("schema", Kind::Object),
                ];
                self.members("response_format.json_schema", schema, &known);
                self.text("response_format.json_schema", schema, "name");
                if !schema["schema"].is_object() {
                    self.complain("response_format.json_schema.schema", "must be an object");
                }
            }
            Some("json_object" | "text" | "questions") => {}
            Some(other) => self.note("response_format.type", &format!("{other} is not documented")),
            None => self.complain("response_format.type", "must be a string"),
        }
    }
}

/// Returns the entries of an array that must not be empty; complains about anything else.
fn entries<'a>(findings: &mut Findings, field: &str, value: &'a Value) -> &'a [Value] {
    let items = list(value);
    if items.is_empty() {
        findings.complain(field, "must be an array that is not empty");
    }
    items
}
