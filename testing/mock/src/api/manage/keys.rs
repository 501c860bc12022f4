//! Keys: made, listed, limited, labelled, expired and deleted.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::money::Money;
use super::usage::Use;
use super::{Management, Question, missing, named, nothing};
use crate::script::Script;

/// A key that was made here.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) secret: String,
    name: String,
    limit: Money,
    pub(super) spent: Money,
    pub(super) manage: String,
    pub(super) completions: String,
    labels: Map<String, Value>,
    expires_at: Option<String>,
    pub(super) uses: Vec<Use>,
}

impl Key {
    fn json(&self) -> Value {
        let mut key = json!({
            "id": self.id, "name": self.name, "logging": true,
            "monthly_limit": self.limit.string(), "monthly_spend": self.spent.string(),
            "permissions": {"manage": self.manage, "completions": self.completions},
            "labels": self.labels,
            "created_by": {"id": "user-1", "email": "you@example.com"}, "group": {"id": "group-1"},
        });
        if let Some(expires_at) = &self.expires_at {
            key["expires_at"] = json!(expires_at);
        }
        key
    }

    /// Returns whether the limit is used up; a limit of zero is unlimited.
    pub(super) fn is_spent(&self) -> bool {
        !self.limit.is_zero() && self.spent >= self.limit
    }

    /// Returns whether the key has expired. Instants in UTC are compared as texts; others never come.
    pub(super) fn has_expired(&self) -> bool {
        self.expires_at.as_deref().is_some_and(|at| at < &*now())
    }
}

/// Answers `/v1/manage/apikey` and the paths below it, except the usage.
pub(super) fn answer(
    state: &mut Management,
    question: &Question<'_>,
    path: &[&str],
    complaints: &mut Vec<String>,
) -> Option<Script> {
    let body = question.body;
    Some(match (question.method.as_str(), path) {
        ("GET", []) => Script::json(200, &json!({"keys": state.keys.iter().map(Key::json).collect::<Vec<_>>()})),
        ("POST", []) => create(state, body, complaints),
        // A key that was not made here has all rights and no limit.
        ("GET", ["self"]) if state.key_of(question.key()).is_none() => Script::json(
            200,
            &json!({"id": "key-self", "name": "test", "logging": true, "monthly_limit": "0", "monthly_spend": "3",
                "permissions": {"manage": "write", "completions": "write"}, "group": {"id": "group-1"}}),
        ),
        ("GET", [id]) => match state.named(id, question.key()) {
            Some(key) => Script::json(200, &key.json()),
            None => missing("API key"),
        },
        ("DELETE", [id]) => match state.keys.iter().position(|key| key.id == *id) {
            Some(place) => {
                let key = state.keys.remove(place);
                state.deleted.insert(key.secret);
                nothing()
            }
            None => missing("API key"),
        },
        ("POST", [id, "limit"]) => {
            let limit = amount(&body["monthly_limit"], complaints);
            change(state, id, complaints, |key| key.limit = limit)
        }
        ("POST", [id, "label"]) => {
            let labels = body["labels"].as_object().cloned();
            if labels.is_none() {
                complaints.push("labels: an object is required, {} to clear them".to_owned());
            }
            change(state, id, complaints, |key| key.labels = labels.unwrap_or_default())
        }
        ("POST", [id, "expiry"]) => {
            let expires_at = body.get("expires_at");
            if !expires_at.is_some_and(|at| at.is_null() || at.as_str().is_some_and(|at| at.contains('T'))) {
                complaints.push("expires_at: an RFC 3339 instant or an explicit null is required".to_owned());
            }
            if state.keys.iter().any(|key| key.id == *id && key.has_expired()) {
                return Some(Script::error(400, "router", "An expired API key cannot be revived"));
            }
            let expires_at = body["expires_at"].as_str().map(str::to_owned);
            change(state, id, complaints, |key| key.expires_at = expires_at)
        }
        _ => return None,
    })
}

fn create(state: &mut Management, body: &Value, complaints: &mut Vec<String>) -> Script {
    let name = named(body, complaints);
    let limit = body.get("monthly_limit").map_or(Money::default(), |limit| amount(limit, complaints));
    let mut permission = |axis: &str, default: &str| match &body["permissions"][axis] {
        Value::Null => default.to_owned(),
        Value::String(permission) if ["none", "read", "write"].contains(&&**permission) => permission.clone(),
        other => {
            complaints.push(format!("permissions.{axis}: {other} is not none, read or write"));
            String::new()
        }
    };
    let (manage, completions) = (permission("manage", "none"), permission("completions", "write"));
    if !complaints.is_empty() {
        return nothing();
    }
    let serial = state.serial();
    let (id, secret) = (format!("key-{serial}"), format!("rqsty-sk-made-{serial}+/=="));
    let reply = json!({"api_key_id": id, "api_key": secret});
    state.keys.push(Key {
        id,
        secret,
        name,
        limit,
        spent: Money::default(),
        manage,
        completions,
        labels: Map::new(),
        expires_at: None,
        uses: Vec::new(),
    });
    Script::json(200, &reply)
}

fn change(state: &mut Management, id: &str, complaints: &[String], with: impl FnOnce(&mut Key)) -> Script {
    let Some(key) = state.keys.iter_mut().find(|key| key.id == id) else { return missing("API key") };
    if complaints.is_empty() {
        with(key);
    }
    nothing()
}

/// Reads an amount as these endpoints want it.
fn amount(value: &Value, complaints: &mut Vec<String>) -> Money {
    let amount = value.as_str().and_then(Money::parse).filter(|amount| *amount >= Money::default());
    amount.unwrap_or_else(|| {
        complaints.push(format!("monthly_limit: {value} is not an amount in a string"));
        Money::default()
    })
}

/// Returns the present instant as RFC 3339 writes it.
fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let (mut day, time) = (since / 86_400, since % 86_400);
    let leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    for days in [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}T{:02}:{:02}:{:02}Z", day + 1, time / 3600, time / 60 % 60, time % 60)
}
