//! Checks messages and their content parts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Findings, Kind, entries};
use crate::ask::list;

/// Checks the list of messages.
pub(super) fn check(findings: &mut Findings, messages: &Value) {
    let mut calls: Vec<&str> = Vec::new();
    for (at, message) in entries(findings, "messages", messages).iter().enumerate() {
        let path = format!("messages[{at}]");
        if !message.is_object() {
            findings.complain(&path, "must be an object");
            continue;
        }
        match message["role"].as_str() {
            Some("system" | "user") => said(findings, &path, message),
            Some("developer") => {
                findings.note(&format!("{path}.role"), "developer is for models that support it");
                said(findings, &path, message);
            }
            Some("assistant") => {
                assistant(findings, &path, message);
                calls.extend(list(&message["tool_calls"]).iter().filter_map(|call| call["id"].as_str()));
            }
            Some("tool") => tool(findings, &path, message, &calls),
            _ => findings.complain(&format!("{path}.role"), "must be system, user, assistant, tool or developer"),
        }
    }
}

fn said(findings: &mut Findings, path: &str, message: &Value) {
    findings.members(path, message, &[("role", Kind::Text), ("name", Kind::Text), ("content", Kind::Any)]);
    content(findings, path, &message["content"]);
}

fn assistant(findings: &mut Findings, path: &str, message: &Value) {
    let known = [
        ("role", Kind::Text),
        ("name", Kind::Text),
        ("content", Kind::Any),
        ("reasoning_content", Kind::Text),
        ("reasoning_signature", Kind::Text),
        ("tool_calls", Kind::Any),
    ];
    findings.members(path, message, &known);
    let calls = message.get("tool_calls");
    if let Some(calls) = calls {
        for (at, call) in entries(findings, &format!("{path}.tool_calls"), calls).iter().enumerate() {
            tool_call(findings, &format!("{path}.tool_calls[{at}]"), call);
        }
    }
    match message.get("content") {
        None | Some(Value::Null) if calls.is_some() => {}
        // A turn that held nothing but reasoning or a refusal goes back as it came.
        Some(Value::Null) if message["reasoning_content"].is_string() || message["refusal"].is_string() => {}
        _ => content(findings, path, &message["content"]),
    }
}

fn tool_call(findings: &mut Findings, path: &str, call: &Value) {
    findings.members(path, call, &[("id", Kind::Text), ("type", Kind::Text), ("function", Kind::Object)]);
    findings.text(path, call, "id");
    if call["type"] != "function" {
        findings.complain(&format!("{path}.type"), "must be function");
    }
    let path = format!("{path}.function");
    findings.members(&path, &call["function"], &[("name", Kind::Text), ("arguments", Kind::Text)]);
    findings.text(&path, &call["function"], "name");
    if !call["function"]["arguments"].is_string() {
        findings.complain(&format!("{path}.arguments"), "must be a string");
    }
}

fn tool(findings: &mut Findings, path: &str, message: &Value, calls: &[&str]) {
    let known = [("role", Kind::Text), ("name", Kind::Text), ("content", Kind::Text), ("tool_call_id", Kind::Text)];
    findings.members(path, message, &known);
    if !message["content"].is_string() {
        findings.complain(&format!("{path}.content"), "must be a string on a tool message");
    }
    findings.text(path, message, "tool_call_id");
    let id = message["tool_call_id"].as_str().unwrap_or("");
    if !id.is_empty() && !calls.contains(&id) {
        findings.complain(&format!("{path}.tool_call_id"), "answers no call of an earlier message");
    }
}

/// Checks content that must be there: a text or parts.
fn content(findings: &mut Findings, path: &str, content: &Value) {
    let path = format!("{path}.content");
    match content {
        Value::String(_) => {}
        Value::Array(_) => {
            for (at, part) in entries(findings, &path, content).iter().enumerate() {
                self::part(findings, &format!("{path}[{at}]"), part);
            }
        }
        _ => findings.complain(&path, "must be a string or an array of parts"),
    }
}

fn part(findings: &mut Findings, path: &str, part: &Value) {
    match part["type"].as_str() {
        Some("text") => {
            findings.members(
                path,
                part,
                &[("type", Kind::Text), ("text", Kind::Text), ("cache_control", Kind::Object)],
            );
            if !part["text"].is_string() {
                findings.complain(&format!("{path}.text"), "must be a string");
            }
        }
        Some("image_url") => {
            let known = [("type", Kind::Text), ("image_url", Kind::Object), ("cache_control", Kind::Object)];
            findings.members(path, part, &known);
            let image = &part["image_url"];
            let path = format!("{path}.image_url");
            findings.members(&path, image, &[("url", Kind::Text), ("mime_type", Kind::Text), ("detail", Kind::Text)]);
            resource(findings, &format!("{path}.url"), &image["url"], "image/");
        }
        Some("input_file") => file(findings, path, part),
        Some("file") => findings.complain(&format!("{path}.type"), "file is OpenAI's; Requesty wants input_file"),
        Some(other) => findings.note(&format!("{path}.type"), &format!("{other} is not documented")),
        None => findings.complain(&format!("{path}.type"), "must be a string"),
    }
    cache_control(findings, path, part);
}

fn cache_control(findings: &mut Findings, path: &str, part: &Value) {
    let Some(control) = part.get("cache_control") else { return };
    if control["type"] != "ephemeral" {
        findings.complain(&format!("{path}.cache_control.type"), "must be ephemeral");
    }
    match control.get("ttl") {
        None => {}
        Some(ttl) if ttl == "5m" || ttl == "1h" => {}
        Some(_) => findings.complain(&format!("{path}.cache_control.ttl"), "must be 5m or 1h"),
    }
}

fn file(findings: &mut Findings, path: &str, part: &Value) {
    let known = [
        ("type", Kind::Text),
        ("filename", Kind::Text),
        ("file_data", Kind::Text),
        ("mime_type", Kind::Text),
        ("cache_control", Kind::Object),
    ];
    findings.members(path, part, &known);
    findings.text(path, part, "filename");
    resource(findings, &format!("{path}.file_data"), &part["file_data"], "");
    let data = part["file_data"].as_str().and_then(|url| url.strip_prefix("data:")).unwrap_or("");
    let media = data.split([';', ',']).next().unwrap_or("");
    let labelled = part["mime_type"].as_str();
    if !media.is_empty() && labelled.is_some_and(|label| label != media) {
        findings.complain(&format!("{path}.mime_type"), "is not the type the data URL names");
    }
}

/// Checks a data URL or an address.
fn resource(findings: &mut Findings, field: &str, value: &Value, media_prefix: &str) {
    let url = value.as_str().unwrap_or("");
    let Some(data) = url.strip_prefix("data:") else {
        let address = url.strip_prefix("https://").or(url.strip_prefix("http://")).unwrap_or("");
        if address.is_empty() {
            findings.complain(field, "must be a data URL or an http(s) URL");
        }
        return;
    };
    let Some((media, encoded)) = data.split_once(";base64,") else {
        findings.complain(field, "a data URL must be `data:<type>;base64,<data>`");
        return;
    };
    if media.is_empty() || !media.starts_with(media_prefix) {
        findings.complain(field, &format!("the data URL's type must start with {media_prefix}"));
    }
    match STANDARD.decode(encoded) {
        Err(error) => findings.complain(field, &format!("is not standard base64: {error}")),
        Ok(bytes) if media == "application/pdf" && !bytes.starts_with(b"%PDF-") => {
            findings.complain(field, "is labelled application/pdf but does not start with %PDF-");
        }
        Ok(_) => {}
    }
}
