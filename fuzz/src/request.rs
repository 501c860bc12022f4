//! The body of the fuzz target `request`: what was set is what is sent.
//!
//! ```text
//! bytes ─▶ Draw ─▶ setters ─┬▶ Request ─▶ body, http::Request ─▶ parsed ═ what was expected
//!                           └▶ a JSON object, set beside it ─────────────┘
//! ```

mod draw;
mod history;

use requesty_core::chat::{ReasoningEffort, Request, Requesty, ResponseFormat, Thinking, ToolChoice};
use requesty_core::http::{Method, Version};
use requesty_core::{ApiKey, BuildError, Call, Error, Reply, Router};
use serde_json::{Map, Value, json};

use draw::{Draw, is_set};
use history::{messages, tools};

/// Stands in every text that a user may write, so that an error that quotes one is found.
pub(crate) const PRIVATE: &str = "pr1vate";

/// A request and what it should be in JSON.
struct Built<'a> {
    request: Request<'a>,
    want: Map<String, Value>,
    /// It holds something that may be refused.
    doubtful: bool,
}

/// A request that is built through the API is sent with all that was set and nothing else, or it is refused.
///
/// # Panics
/// Where it isn't, or where what is sent is no request.
pub fn request(input: &[u8]) {
    let mut draw = Draw::new(input);
    let (history, want_history, mut doubtful) = messages(&mut draw);
    let (tools, want_tools, odd_tools) = tools(&mut draw);
    doubtful |= odd_tools;
    let mut built = Built { request: Request::new(&history), want: Map::new(), doubtful };
    if !tools.is_empty() {
        built.request = built.request.tools(&tools);
        built.want.insert("tools".into(), want_tools);
    }
    built.want.insert("messages".into(), want_history);
    while !draw.is_empty() {
        built = set_one(built, &mut draw);
    }
    let router = router(&mut draw);
    check(built, &router);
}

/// Makes one call of a setter.
fn set_one<'a>(built: Built<'a>, draw: &mut Draw<'_>) -> Built<'a> {
    let Built { request, mut want, mut doubtful } = built;
    let mut set = |name: &str, value: Value| drop(want.insert(name.into(), value));
    let which = draw.below(36);
    // What is refused, and how, is looked at in tests of its own; here it is enough to know where it may be.
    doubtful |= matches!(which, 0..=4 | 6 | 7 | 10 | 11 | 24 | 27..=31);
    let request = match which {
        0 => draw.text(|text| (set("model", json!(text)), request.model(text)).1),
        1 => draw.count(|n| (set("max_tokens", json!(n)), request.max_tokens(n)).1),
        2 => draw.count(|n| (set("max_completion_tokens", json!(n)), request.max_completion_tokens(n)).1),
        3 => draw.number(|n| (set("temperature", number(n)), request.temperature(n)).1),
        4 => draw.number(|n| (set("top_p", number(n)), request.top_p(n)).1),
        5 => draw.count(|n| (set("top_k", json!(n)), request.top_k(n)).1),
        6 => draw.number(|n| (set("frequency_penalty", number(n)), request.frequency_penalty(n)).1),
        7 => draw.number(|n| (set("presence_penalty", number(n)), request.presence_penalty(n)).1),
        8 => draw.count(|n| (set("seed", json!(-i64::from(n))), request.seed(-i64::from(n))).1),
        9 => draw.flag(|flag| (set("logprobs", json!(flag)), request.logprobs(flag)).1),
        10 => draw.count(|n| (set("top_logprobs", json!(n)), request.top_logprobs(n)).1),
        11 => draw.count(|n| (set("n", json!(n)), request.n(n)).1),
        12 => draw.flag(|flag| (set("store", json!(flag)), request.store(flag)).1),
        13 => draw.value(|value| (set("metadata", value.clone()), request.metadata(&value)).1),
        14 => draw.text(|text| (set("service_tier", json!(text)), request.service_tier(text)).1),
        15 => draw.value(|value| (set("prediction", value.clone()), request.prediction(&value)).1),
        16 => draw.text(|text| (set("modalities", json!([text, "text"])), request.modalities([text, "text"])).1),
        17 => draw.value(|value| (set("audio", value.clone()), request.audio(&value)).1),
        18 => draw.text(|text| (set("user", json!(text)), request.end_user(text)).1),
        19 => draw.flag(|flag| (set("parallel_tool_calls", json!(flag)), request.parallel_tool_calls(flag)).1),
        20 => draw.value(|value| (set("functions", value.clone()), request.functions(&value)).1),
        21 => draw.value(|value| (set("function_call", value.clone()), request.function_call(&value)).1),
        22 => draw.flag(|flag| (set("include_reasoning", json!(flag)), request.include_reasoning(flag)).1),
        23 => draw.value(|value| (set("reasoning", value.clone()), request.reasoning(&value)).1),
        24 => draw.text(|text| (set("models", json!([text])), request.models([text])).1),
        25 => draw.text(|text| {
            if let Value::Array(list) = want.entry("stop").or_insert_with(|| json!([])) {
                list.push(json!(text));
            }
            request.stop(text)
        }),
        26 => draw.text(|text| {
            if let Value::Object(biases) = want.entry("logit_bias").or_insert_with(|| json!({})) {
                biases.insert(text.into(), number(1.5));
            }
            request.logit_bias(text, 1.5)
        }),
        27 => {
            let (choice, json) = tool_choice(draw);
            set("tool_choice", json);
            request.tool_choice(choice)
        }
        28 => {
            let (format, json) = response_format(draw);
            set("response_format", json);
            request.response_format(format)
        }
        29 => draw.text(|text| (set("reasoning_effort", json!(text)), request.reasoning_effort(text)).1),
        30 => draw.count(|n| {
            set("reasoning_effort", json!(n.to_string()));
            request.reasoning_effort(ReasoningEffort::budget(n))
        }),
        31 => draw.count(|n| {
            set("thinking", json!({"type": "enabled", "budget_tokens": n}));
            request.thinking(Thinking::enabled(n))
        }),
        32 => (set("thinking", json!({"type": "disabled"})), request.thinking(Thinking::disabled())).1,
        33 => {
            let (options, json) = requesty(draw);
            set("requesty", json);
            request.requesty(options)
        }
        // Sets what any other setter might: it wins, now and later.
        _ => return extra(Built { request, want, doubtful }, draw),
    };
    Built { request, want, doubtful }
}

fn extra<'a>(built: Built<'a>, draw: &mut Draw<'_>) -> Built<'a> {
    const NAMES: [&str; 8] = ["x", "provider_option", "tool_choice", "stop", "messages", "n", "stream", "é\"\\\n"];
    let Built { request, mut want, doubtful } = built;
    let name = NAMES[draw.below(NAMES.len())];
    let value = draw.json();
    let request = request.extra(name, &value);
    // Kept apart by a name that no setter has, until all are set.
    if let Value::Object(extras) = want.entry("\0extra").or_insert_with(|| json!({})) {
        extras.insert(name.into(), value);
    }
    Built { request, want, doubtful: doubtful || name != "x" }
}

fn tool_choice(draw: &mut Draw<'_>) -> (ToolChoice, Value) {
    match draw.below(5) {
        0 => (ToolChoice::Auto, json!("auto")),
        1 => (ToolChoice::None, json!("none")),
        2 => (ToolChoice::Required, json!("required")),
        3 => draw.text(|name| (ToolChoice::function(name), json!({"type": "function", "function": {"name": name}}))),
        _ => draw.value(|value| (ToolChoice::raw(&value).expect("it is JSON"), value)),
    }
}

fn response_format(draw: &mut Draw<'_>) -> (ResponseFormat, Value) {
    match draw.below(4) {
        0 => (ResponseFormat::Text, json!({"type": "text"})),
        1 => (ResponseFormat::JsonObject, json!({"type": "json_object"})),
        2 => {
            let schema = draw.json();
            let format = ResponseFormat::json_schema("s", &schema).expect("it is JSON").description("d").strict(true);
            let inner = json!({"name": "s", "description": "d", "strict": true, "schema": schema});
            (format.into(), json!({"type": "json_schema", "json_schema": inner}))
        }
        _ => draw.value(|value| (ResponseFormat::raw(&value).expect("it is JSON"), value)),
    }
}

fn requesty(draw: &mut Draw<'_>) -> (Requesty, Value) {
    let (mut options, mut json) = (Requesty::new(), Map::new());
    let which = draw.byte();
    if is_set(which, 0) {
        options = options.auto_cache(true);
        json.insert("auto_cache".into(), json!(true));
    }
    if is_set(which, 1) {
        options = draw.text(|text| (json.insert("tags".into(), json!([text, "b"])), options.tag(text).tags(["b"])).1);
    }
    if is_set(which, 2) {
        options = draw.text(|text| (json.insert("user_id".into(), json!(text)), options.user_id(text)).1);
    }
    if is_set(which, 3) {
        options = draw.text(|text| (json.insert("trace_id".into(), json!(text)), options.trace_id(text)).1);
    }
    if is_set(which, 4) {
        let value = draw.json();
        options = options.extra("k", &value);
        json.insert("extra".into(), json!({ "k": value }));
    }
    if is_set(which, 5) {
        options = draw.text(|text| (json.insert("prompt_id".into(), json!(text)), options.prompt_id(text)).1);
    }
    if is_set(which, 6) {
        let value = draw.json();
        options = options.prompt_variable("v", &value);
        json.insert("prompt_variables".into(), json!({ "v": value }));
    }
    if is_set(which, 7) {
        let value = draw.json();
        options = options.more("user_id", &value);
        json.insert("user_id".into(), value);
    }
    (options, Value::Object(json))
}

/// Makes a router with headers of its own, where they can be sent.
fn router(draw: &mut Draw<'_>) -> Router {
    let router = Router::new(ApiKey::new("rqsty-sk-fuzz").expect("a key"));
    let titled = draw.text(|title| router.clone().with_title(title));
    titled.unwrap_or(router)
}

fn check(built: Built<'_>, router: &Router) {
    let Built { request, mut want, doubtful } = built;
    if let Some(Value::Object(extras)) = want.remove("\0extra") {
        want.extend(extras);
    }
    let want = Value::Object(want);
    compare(router.chat(&request), request.whole_body(), want.clone(), doubtful);
    if let Ok(body) = request.whole_body() {
        assert_eq!(serde_json::to_vec(&request).expect("it can be written"), body);
    }
    let mut streamed = want;
    streamed["stream"] = json!(true);
    streamed["stream_options"] = json!({"include_usage": true});
    compare(router.chat_stream(&request), request.stream_body(), streamed, doubtful);
}

fn compare<R: Reply>(
    call: Result<Call<R>, Error>,
    body: Result<bytes::Bytes, BuildError>,
    want: Value,
    doubtful: bool,
) {
    let (call, body) = match (call, body) {
        (Ok(call), Ok(body)) => (call, body),
        (Err(Error::Build(error)), Err(other)) => {
            assert_eq!(error, other);
            assert!(doubtful, "nothing in it is wrong: {error}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(PRIVATE) || shown.contains('`'), "{shown}");
            return;
        }
        (call, body) => panic!("the call and its body disagree: {call:?} {body:?}"),
    };
    let sent = call.request();
    assert_eq!(sent.body(), &body);
    assert_eq!((sent.method(), sent.version()), (&Method::POST, Version::HTTP_11));
    assert_eq!(sent.uri(), "https://router.requesty.ai/v1/chat/completions");
    for name in ["authorization", "accept", "accept-encoding", "content-type"] {
        assert!(sent.headers().get(name).is_some_and(|value| value.to_str().is_ok()), "{name}");
    }
    let got: Value = serde_json::from_slice(&body).expect("the body is JSON");
    assert_eq!(got, want);
    // Written anew it has the same length, so no member stands there twice.
    assert_eq!(got.to_string().len(), body.len(), "{}", String::from_utf8_lossy(&body));
}

/// A number as it is written: whole ones without a fraction. One that is not finite is `null` here, and refused.
fn number(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}
