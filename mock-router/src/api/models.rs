//! The list of models: every scenario, in Requesty's shape.

use serde_json::{Value, json};

use super::Question;
use crate::scenarios::{self, scenarios};
use crate::script::Script;

/// Answers a question of this family.
pub(super) fn answer(question: &Question<'_>, _complaints: &mut Vec<String>) -> Option<Script> {
    match (question.method.as_str(), &*question.segments()) {
        ("GET", ["v1", "models"]) => Some(Script::json(200, &models())),
        _ => None,
    }
}

/// Returns the list of models: every scenario, in Requesty's shape.
fn models() -> Value {
    let entry = |id: &str, about: &str| {
        json!({
            "id": id, "object": "model", "created": 1_747_933_971, "owned_by": "system", "api": "chat",
            "input_price": 0.000_000_15, "caching_price": 0, "cached_price": 0, "output_price": 0.000_000_6,
            "max_output_tokens": 16_384, "context_window": 128_000, "supports_caching": false,
            "supports_vision": true, "supports_computer_use": false, "supports_reasoning": true,
            "supports_tool_calling": true, "supports_web_search": true, "supports_output_json_object": true,
            "supports_output_json_schema": true, "geolocation": "global", "description": about,
        })
    };
    let named = scenarios().iter().map(|scenario| entry(scenario.name(), scenario.about()));
    let aliases = scenarios::ALIASES.iter().map(|name| entry(name, "Answers what fits the request."));
    json!({"object": "list", "data": named.chain(aliases).collect::<Vec<Value>>()})
}
