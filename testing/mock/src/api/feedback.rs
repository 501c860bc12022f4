//! The endpoints of feedback.

use super::Question;
use crate::script::Script;

/// Answers a question of this family. What the real ones answer is not documented, so an empty reply is.
pub(super) fn answer(question: &Question<'_>, complaints: &mut Vec<String>) -> Option<Script> {
    let body = question.body;
    match (question.method.as_str(), &*question.segments()) {
        ("POST", ["feedback", _]) => {
            if body["data"].as_object().is_none_or(serde_json::Map::is_empty) {
                complaints.push("data: an object with what is said is required".to_owned());
            }
            Some(Script::new(200))
        }
        ("POST", ["v1", "feedback"]) => {
            if body["request_id"].as_str().is_none_or(str::is_empty) {
                complaints.push("request_id: required".to_owned());
            }
            if !(body["rating"] == "thumbs_up" || body["rating"] == "thumbs_down") {
                complaints.push("rating: not thumbs_up or thumbs_down".to_owned());
            }
            Some(Script::new(204))
        }
        _ => None,
    }
}
