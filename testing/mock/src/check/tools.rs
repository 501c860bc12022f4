//! Checks tools and the choice among them.

use serde_json::Value;

use super::{Findings, Kind, entries};
use crate::ask::list;

/// Checks `tools` and `tool_choice`.
pub(super) fn check(findings: &mut Findings, body: &Value) {
    if let Some(tools) = body.get("tools") {
        for (at, tool) in entries(findings, "tools", tools).iter().enumerate() {
            self::tool(findings, &format!("tools[{at}]"), tool);
        }
    }
    if let Some(choice) = body.get("tool_choice") {
        self::choice(findings, choice, list(&body["tools"]));
    }
}

fn tool(findings: &mut Findings, path: &str, tool: &Value) {
    match tool["type"].as_str() {
        Some("function") => {
            let known = [("type", Kind::Text), ("function", Kind::Object), ("cache_control", Kind::Object)];
            findings.members(path, tool, &known);
            let path = format!("{path}.function");
            let known = [
                ("name", Kind::Text),
                ("description", Kind::Text),
                ("parameters", Kind::Object),
                ("strict", Kind::Bool),
            ];
            findings.members(&path, &tool["function"], &known);
            findings.text(&path, &tool["function"], "name");
        }
        Some("web_search") => {
            findings.members(path, tool, &[("type", Kind::Text), ("search_context_size", Kind::Text)]);
            let size = tool.get("search_context_size").map(|size| size.as_str().unwrap_or(""));
            if !matches!(size, None | Some("low" | "medium" | "high")) {
                findings.complain(&format!("{path}.search_context_size"), "must be low, medium or high");
            }
        }
        Some(other) => findings.note(&format!("{path}.type"), &format!("{other} is not documented")),
        None => findings.complain(&format!("{path}.type"), "must be a string"),
    }
}

fn choice(findings: &mut Findings, choice: &Value, tools: &[Value]) {
    if tools.is_empty() {
        findings.note("tool_choice", "is there without tools");
    }
    match choice {
        Value::String(word) if matches!(word.as_str(), "auto" | "none" | "required") => {}
        Value::String(_) => findings.complain("tool_choice", "must be auto, none, required or an object"),
        Value::Object(_) if choice["type"] == "function" => {
            let name = &choice["function"]["name"];
            if !name.is_string() {
                findings.complain("tool_choice.function.name", "must be a string");
            } else if !tools.iter().any(|tool| tool["function"]["name"] == *name) {
                findings.complain("tool_choice.function.name", "is not among the tools");
            }
        }
        Value::Object(_) => findings.complain("tool_choice.type", "must be function"),
        _ => findings.complain("tool_choice", "must be a string or an object"),
    }
}
