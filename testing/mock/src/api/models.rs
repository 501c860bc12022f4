//! The lists of models, in Requesty's shape: every scenario, and what else is asked for here.

use serde_json::{Value, json};

use super::Question;
use crate::scenarios::{self, scenarios};
use crate::script::Script;

/// Answers a question of this family.
pub(super) fn answer(question: &Question<'_>, _complaints: &mut Vec<String>) -> Option<Script> {
    match (question.method.as_str(), &*question.segments()) {
        ("GET", ["v1", "models"]) => Some(Script::json(200, &models(question))),
        ("GET", ["v1", "models", "managed"]) => Some(Script::json(200, &managed())),
        _ => None,
    }
}

/// Returns the list of models. Policies are for those who say who they are, and the order is another one each time.
fn models(question: &Question<'_>) -> Value {
    let named = scenarios().iter().map(|scenario| chat(scenario.name(), scenario.about()));
    let aliases = scenarios::ALIASES.iter().map(|name| chat(name, "Answers what fits the request."));
    let mut data: Vec<Value> = named.chain(aliases).chain(others()).collect();
    if !question.key().is_empty() {
        data.extend([policy("policy/fallback"), policy("policy/eu/balanced")]);
    }
    let turn = question.shared.count(&|_| true);
    let length = data.len();
    data.rotate_left(turn.wrapping_mul(37) % length);
    if turn % 2 == 1 {
        data.reverse();
    }
    json!({"object": "list", "data": data})
}

fn chat(id: &str, about: &str) -> Value {
    json!({
        "id": id, "object": "model", "created": 1_747_933_971, "owned_by": "system", "api": "chat",
        "input_price": 0.000_000_15, "caching_price": 0, "cached_price": 0, "output_price": 0.000_000_6,
        "max_output_tokens": 16_384, "context_window": 128_000, "supports_caching": false,
        "supports_vision": true, "supports_computer_use": false, "supports_reasoning": true,
        "supports_tool_calling": true, "supports_web_search": true, "supports_output_json_object": true,
        "supports_output_json_schema": true, "geolocation": "global", "description": about,
    })
}

/// Returns models that differ in what the list says of them: regions, tiers, unknown limits, other kinds.
fn others() -> Vec<Value> {
    vec![
        json!({
            "id": "bedrock/claude-sonnet-4-5@eu-central-1", "object": "model", "created": 1_759_000_000,
            "owned_by": "system", "api": "chat", "geolocation": "eu", "input_price": 0.000_003_3,
            "output_price": 0.000_016_5, "cached_price": 3.3e-7, "caching_price": 0.000_004_125,
            "pricing": [{"input_tokens_above": 200_000, "input_price": 0.000_006_6, "output_price": 0.000_024_75}],
            "context_window": 1_000_000, "max_output_tokens": 64_000, "supports_caching": true,
            "supports_vision": true, "supports_tools": true, "supports_reasoning": true, "data_retention": false,
        }),
        json!({
            "id": "vertex/google/gemini-2.5-pro", "object": "model", "created": 1_750_000_000, "owned_by": "system",
            "name": "Gemini 2.5 Pro", "model_canonical_name": "gemini-2.5-pro", "api": "chat",
            "geolocation": "global", "input_price": 0.000_001_25, "output_price": 0.000_01, "cached_price": 3.1e-7,
            "caching_price": null, "context_window": 1_048_576, "max_output_tokens": 0,
            "supports_function_calling": true, "supports_vision": true, "description": null,
        }),
        json!({
            "id": "openai/text-embedding-3-small", "object": "model", "api": "embedding",
            "input_price": 0.000_000_02, "output_price": 0, "context_window": 8_191, "max_output_tokens": 0,
        }),
        json!({
            "id": "azure/openai/gpt-image-1", "object": "model", "api": "image", "input_price": 0.000_005,
            "output_price": 0.000_04, "context_window": 0, "max_output_tokens": 0, "supports_image_generation": true,
        }),
        json!({"id": "openai/gpt-4o-mini-tts", "object": "model", "api": "speech", "context_window": 0}),
        json!({"id": "openai/whisper-1", "object": "model", "api": "transcription", "context_window": 0}),
    ]
}

fn policy(id: &str) -> Value {
    json!({
        "id": id, "object": "model", "created": 1_747_933_971, "owned_by": "organization", "api": "chat",
        "input_price": 0, "output_price": 0, "context_window": 0, "max_output_tokens": 0,
    })
}

/// Returns the managed models, whose names have no provider.
fn managed() -> Value {
    let entry = |id: &str, place: &str| {
        let mut model = chat(id, "Managed.");
        model["geolocation"] = place.into();
        model
    };
    json!({"object": "list", "data": [entry("claude-sonnet-4-5", "global"), entry("claude-sonnet-4-5@eu", "eu")]})
}
