//! Access lists.

use serde_json::{Map, Value, json};

use super::{Management, Question, missing, named, nothing};
use crate::script::Script;

/// The fields that are lists of models.
const MODELS: [&str; 5] = ["chat", "embedding", "image", "transcription", "speech"];

/// Answers `/v1/manage/access-list` and what is below it.
pub(super) fn answer(
    state: &mut Management,
    question: &Question<'_>,
    path: &[&str],
    complaints: &mut Vec<String>,
) -> Option<Script> {
    let body = question.body;
    let place = path.first().and_then(|id| state.lists.iter().position(|list| list["id"] == **id));
    Some(match (question.method.as_str(), path, place) {
        ("GET", [], _) => Script::json(200, &json!({"access_lists": state.lists})),
        ("POST", [], _) => {
            named(body, complaints);
            let fields = fields(body, complaints);
            if !complaints.is_empty() {
                return Some(nothing());
            }
            let id = format!("list-{}", state.serial());
            let mut list = json!({
                "id": id, "organization_id": "org-1", "auto_approve": false,
                "chat": [], "embedding": [], "image": [], "transcription": [], "speech": [],
            });
            set(&mut list, fields);
            state.lists.push(list);
            Script::json(200, &json!({"id": id}))
        }
        ("GET" | "PATCH" | "DELETE", [_], None) => missing("Access list"),
        ("GET", [_], Some(place)) => Script::json(200, &json!({"access_list": state.lists.get(place)})),
        ("PATCH", [_], Some(place)) => {
            let fields = fields(body, complaints);
            if let Some(list) = state.lists.get_mut(place).filter(|_| complaints.is_empty()) {
                set(list, fields);
            }
            Script::json(200, &json!({}))
        }
        ("DELETE", [id], Some(_)) if state.attached.as_deref() == Some(id) => {
            Script::error(409, "router", "Access list is attached")
        }
        ("DELETE", [_], Some(place)) => {
            state.lists.remove(place);
            nothing()
        }
        _ => return None,
    })
}

/// Attaches a list to the organization's groups, or detaches the one there is.
pub(super) fn attach(state: &mut Management, body: &Value, complaints: &mut Vec<String>) -> Script {
    match body.get("access_list_id") {
        Some(Value::Null) => state.attached = None,
        Some(Value::String(id)) if state.lists.iter().any(|list| list["id"] == **id) => {
            state.attached = Some(id.clone());
        }
        Some(Value::String(_)) => return missing("Access list"),
        _ => complaints.push("access_list_id: an id or an explicit null is required".to_owned()),
    }
    Script::json(200, &json!({}))
}

fn fields(body: &Value, complaints: &mut Vec<String>) -> Map<String, Value> {
    let fields = body.as_object().cloned().unwrap_or_default();
    if fields.is_empty() {
        complaints.push("body: no field is set".to_owned());
    }
    for (name, value) in &fields {
        let fits = match &**name {
            "name" => value.is_string(),
            "auto_approve" => value.is_boolean(),
            name if MODELS.contains(&name) => {
                value.as_array().is_some_and(|models| models.iter().all(Value::is_string))
            }
            _ => false,
        };
        if !fits {
            complaints.push(format!("{name}: {value} does not fit"));
        }
    }
    fields
}

fn set(list: &mut Value, fields: Map<String, Value>) {
    for (name, value) in fields {
        list[name] = value;
    }
}
