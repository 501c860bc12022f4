//! The management endpoints, with a state of their own: what is created is there, and what is spent is gone.
//!
//! A key that was created here has the rights and the limit that it was given, and what it is used for is counted, at the
//! cost that each reply names. Any other key may do everything. A key with `no-balance` in it belongs to an organization
//! that has nothing left to spend.

mod access_lists;
mod groups;
mod keys;
mod money;
mod usage;

use std::collections::HashSet;

use serde_json::{Value, json};

use self::groups::Group;
use self::keys::Key;
use self::usage::Use;
use super::Question;
use crate::script::{Response, Script};
use crate::state::Shared;

/// What was created.
#[derive(Debug, Default)]
pub(crate) struct Management {
    keys: Vec<Key>,
    /// The secrets of keys that are no more.
    deleted: HashSet<String>,
    groups: Vec<Group>,
    lists: Vec<Value>,
    /// The access list of the organization's groups.
    attached: Option<String>,
    created: usize,
}

impl Management {
    /// Returns a number that nothing else has.
    fn serial(&mut self) -> usize {
        self.created += 1;
        self.created
    }

    /// Returns the key with this secret, if it was made here.
    fn key_of(&self, secret: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.secret == secret)
    }

    /// Returns the key that an id names, or the one that asks.
    fn named(&self, id: &str, secret: &str) -> Option<&Key> {
        if id == "self" { self.key_of(secret) } else { self.keys.iter().find(|key| key.id == id) }
    }
}

/// Refuses a key that is no more.
pub(super) fn admit(secret: &str, shared: &Shared) -> Result<(), Script> {
    let gone = shared
        .manage(|state| state.deleted.contains(secret) || state.key_of(secret).is_some_and(|key| key.has_expired()));
    if gone { Err(Script::error(403, "router", "Invalid authorization token")) } else { Ok(()) }
}

/// Refuses a key that may not ask for an answer, or has nothing left to pay it with.
pub(crate) fn afford(secret: &str, shared: &Shared) -> Result<(), Script> {
    if is_broke(secret) {
        let message = "Insufficient balance, top up at: https://app.requesty.ai/settings";
        return Err(Script::error(402, "router", message));
    }
    shared.manage(|state| match state.key_of(secret) {
        Some(key) if key.completions != "write" => {
            Err(Script::error(403, "router", "completions write permission required"))
        }
        Some(key) if key.is_spent() => Err(Script::error(412, "router", "Reached monthly spend limit for API key")),
        _ => Ok(()),
    })
}

/// Counts what a reply cost, if it is an answer and the key was made here. `path` are the segments of the request's path.
pub(crate) fn charge(secret: &str, path: &[&str], model: &str, reply: &Response, shared: &Shared) {
    if reply.status != 200 {
        return;
    }
    let [completions, embeddings, images, speech, transcriptions] = usage::COUNTERS;
    let counter = match path {
        ["v1", "embeddings"] => embeddings,
        ["v1", "images", ..] => images,
        ["v1", "audio", "speech"] => speech,
        ["v1", "audio", ..] => transcriptions,
        _ => completions,
    };
    shared.manage(|state| {
        if let Some(key) = state.keys.iter_mut().find(|key| key.secret == secret) {
            let each = Use::of(counter, &key.id, model, reply);
            key.spent += each.cost();
            key.uses.push(each);
        }
    });
}

/// Answers a question of this family.
pub(super) fn answer(question: &Question<'_>, complaints: &mut Vec<String>) -> Option<Script> {
    let segments = question.segments();
    let (method, path) = match &*segments {
        // The reply of the real one is not documented.
        ["v1", "auth", "check"] if question.method == "GET" => return Some(Script::new(200)),
        ["v1", "manage", path @ ..] => (question.method.as_str(), path),
        _ => return None,
    };
    question.shared.manage(|state| {
        if let Some(refusal) = restricted(state, question, path) {
            return Some(refusal);
        }
        match (method, path) {
            ("GET", ["apikey", id, "usage"]) => Some(usage::of_key(state, question, id, complaints)),
            (_, ["apikey", rest @ ..]) => keys::answer(state, question, rest, complaints),
            (_, ["group", rest @ ..]) => groups::answer(state, question, rest, complaints),
            (_, ["access-list", rest @ ..]) => access_lists::answer(state, question, rest, complaints),
            ("POST", ["org", "group", "access-list"]) => Some(access_lists::attach(state, question.body, complaints)),
            ("GET", ["org"]) => {
                let balance = if is_broke(question.key()) { 0.0 } else { 12.34 };
                Some(Script::json(200, &json!({"name": "Test Org", "balance": balance})))
            }
            ("GET", ["org", "usage"]) => Some(usage::of_organization(state, question, complaints)),
            // The shape of the real one is not documented.
            ("GET", ["org", "member"]) => {
                let member = json!({"id": "user-1", "email": "you@example.com", "role": "admin"});
                Some(Script::json(200, &json!({"members": [member]})))
            }
            _ => None,
        }
    })
}

/// Refuses what the key's permissions do not cover. It may always look at itself.
fn restricted(state: &Management, question: &Question<'_>, path: &[&str]) -> Option<Script> {
    let key = state.key_of(question.key())?;
    let reading = question.method == "GET";
    if reading && matches!(path, ["apikey", "self"] | ["apikey", "self", "usage"]) {
        return None;
    }
    let allowed = key.manage == "write" || (reading && key.manage == "read");
    let need = if reading { "read" } else { "write" };
    (!allowed).then(|| Script::error(403, "router", &format!("manage {need} permission required")))
}

fn is_broke(secret: &str) -> bool {
    secret.contains("no-balance")
}

/// Takes the name of something new.
fn named(body: &Value, complaints: &mut Vec<String>) -> String {
    let name = body["name"].as_str().unwrap_or_default().trim();
    if name.is_empty() {
        complaints.push("name: required".to_owned());
    }
    name.to_owned()
}

fn nothing() -> Script {
    Script::new(204)
}

fn missing(what: &str) -> Script {
    Script::error(404, "router", &format!("{what} not found"))
}
