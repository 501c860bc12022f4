//! Groups and their members.

use serde_json::{Value, json};

use super::money::Money;
use super::{Management, Question, missing, named, nothing};
use crate::script::Script;

#[derive(Debug)]
pub(super) struct Group {
    id: String,
    name: String,
    limit: Option<Money>,
    members: Vec<(String, String)>,
}

impl Group {
    fn json(&self) -> Value {
        json!({
            "id": self.id, "organization_id": "org-1", "name": self.name, "members_count": self.members.len(),
            "monthly_spend": 0, "monthly_limit": self.limit.map(Money::number),
            "created_by": "user-1", "created_at": "2026-01-02T03:04:05Z",
        })
    }

    fn with_members(&self) -> Value {
        let mut group = self.json();
        let member = |(id, role): &(String, String)| {
            json!({
                "id": id, "email": format!("{id}@example.com"), "role": role, "monthly_limit": null,
                "monthly_spend": 0.5, "rate_limit": null, "active": true,
            })
        };
        group["members"] = self.members.iter().map(member).collect();
        group
    }
}

/// Answers `/v1/manage/group` and what is below it.
pub(super) fn answer(
    state: &mut Management,
    question: &Question<'_>,
    path: &[&str],
    complaints: &mut Vec<String>,
) -> Option<Script> {
    let (method, body) = (question.method.as_str(), question.body);
    match (method, path) {
        ("GET", []) => {
            let groups: Vec<Value> = state.groups.iter().map(Group::json).collect();
            return Some(Script::json(200, &json!({"groups": groups})));
        }
        ("POST", []) => return Some(create(state, body, complaints)),
        ("GET" | "DELETE", [_]) | ("POST" | "DELETE", [_, "member"]) | ("PUT", [_, "member", _, "role"]) => {}
        _ => return None,
    }
    let id = path.first().copied().unwrap_or_default();
    let Some(place) = state.groups.iter().position(|group| group.id == id) else { return Some(missing("Group")) };
    let Some(group) = state.groups.get_mut(place) else { return Some(missing("Group")) };
    let member = |group: &Group, user: &str| group.members.iter().position(|(id, _)| id == user);
    Some(match (method, path) {
        ("GET", _) => Script::json(200, &json!({"group": group.with_members()})),
        ("DELETE", [_]) => {
            state.groups.remove(place);
            nothing()
        }
        ("POST", _) => {
            let (user, role) = (user(body, complaints), role(body, complaints));
            if !complaints.is_empty() {
                return Some(nothing());
            }
            if member(group, &user).is_some() {
                return Some(Script::error(409, "router", "User is already a member of the group"));
            }
            group.members.push((user, role));
            nothing()
        }
        ("DELETE", _) => match member(group, &user(body, complaints)) {
            Some(place) => {
                group.members.remove(place);
                nothing()
            }
            None => missing("Member"),
        },
        (_, path) => {
            let role = role(body, complaints);
            let user = path.get(2).copied().unwrap_or_default();
            match group.members.iter_mut().find(|(id, _)| id == user) {
                Some(member) if complaints.is_empty() => {
                    member.1 = role;
                    Script::json(200, &json!({"id": user, "role": member.1}))
                }
                Some(_) => nothing(),
                None => missing("Member"),
            }
        }
    })
}

fn create(state: &mut Management, body: &Value, complaints: &mut Vec<String>) -> Script {
    let name = named(body, complaints);
    let limit = match body.get("monthly_limit") {
        None => None,
        Some(Value::Number(limit)) => Money::parse(&limit.to_string()),
        Some(other) => {
            complaints.push(format!("monthly_limit: {other} is not a number"));
            None
        }
    };
    if !complaints.is_empty() {
        return nothing();
    }
    let id = format!("group-{}", state.serial());
    let reply = json!({"group_id": id});
    state.groups.push(Group { id, name, limit, members: Vec::new() });
    Script::json(200, &reply)
}

fn user(body: &Value, complaints: &mut Vec<String>) -> String {
    let user = body["user_id"].as_str().unwrap_or_default();
    if user.is_empty() {
        complaints.push("user_id: required, in the body".to_owned());
    }
    user.to_owned()
}

fn role(body: &Value, complaints: &mut Vec<String>) -> String {
    let role = &body["role"];
    if !(role == "admin" || role == "member") {
        complaints.push(format!("role: {role} is not admin or member"));
    }
    role.as_str().unwrap_or_default().to_owned()
}
