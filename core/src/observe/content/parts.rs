//! The parts of a message: texts, reasoning, tool calls and their responses, and data.

use crate::json::{Kind, Members, elements, kind, quoted, string};
use crate::key::Scrub;

/// Reads parts of all families. What it returns is JSON text without the key.
pub(super) struct Parts<'s> {
    pub(super) scrub: &'s Scrub,
}

impl Parts<'_> {
    /// Reads the content of a message: a text, a part, or an array of them.
    pub(super) fn of(&self, content: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        match elements(content) {
            Some(parts) => parts.for_each(|part| self.read(part, &mut out)),
            None => self.read(content, &mut out),
        }
        out
    }

    /// Reads a message of chat or messages: its reasoning, its content, its refusal, its calls.
    pub(super) fn of_message(&self, members: &mut Members<'_>) -> Vec<String> {
        let mut out = Vec::new();
        let reasoning = ["reasoning_content", "reasoning"].into_iter().find_map(|name| members.string(name));
        self.push("reasoning", reasoning, &mut out);
        if let Some(content) = members.raw("content") {
            out.extend(self.of(content));
        }
        if let Some(refusal) = members.string("refusal").filter(|refusal| !refusal.is_empty()) {
            out.push(self.generic("refusal", [("refusal", Some(self.text(&refusal)))]));
        }
        for call in members.raw("tool_calls").and_then(elements).into_iter().flatten() {
            let Ok(mut call) = Members::read(call) else { continue };
            let mut function = call.object("function");
            let name = function.as_mut().and_then(|function| function.string("name"));
            let arguments = function.as_mut().and_then(|function| function.raw("arguments"));
            out.push(self.call(call.string("id"), name, arguments));
        }
        out
    }

    /// Reads a message of chat whose role is `tool`.
    pub(super) fn tool_response(&self, members: &mut Members<'_>) -> String {
        self.response(members.string("tool_call_id"), members.raw("content"))
    }

    /// Reads the definition of a tool.
    pub(super) fn tool(&self, tool: &[u8]) -> Option<String> {
        let mut members = Members::read(tool).ok()?;
        let kind = members.string("type").filter(|kind| kind != "custom").unwrap_or_else(|| "function".to_owned());
        let mut function = members.object("function").unwrap_or(members);
        let name = function.string("name").unwrap_or_else(|| kind.clone());
        let named = [("type", Some(self.text(&kind))), ("name", Some(self.text(&name)))];
        if kind != "function" {
            return Some(self.with_rest(named.into(), function));
        }
        let description = function.string("description").map(|description| self.text(&description));
        let parameters = ["parameters", "input_schema"].into_iter().find_map(|name| function.raw(name));
        let parameters = parameters.map(|parameters| self.json(parameters));
        Some(object(named.into_iter().chain([("description", description), ("parameters", parameters)])))
    }

    /// Returns a text as a JSON string, without the key; a longer one than 16 KiB ends with `…`.
    pub(super) fn text(&self, text: &str) -> String {
        quoted(&self.scrub.content(text, LONGEST_TEXT))
    }

    fn read(&self, part: &[u8], out: &mut Vec<String>) {
        if let Some(text) = string(part) {
            return self.push("text", Some(text), out);
        }
        let Ok(mut members) = Members::read(part) else { return };
        let kind = members.string("type").unwrap_or_default();
        match kind.as_str() {
            "text" | "input_text" | "output_text" => self.push("text", members.string("text"), out),
            "thinking" => self.push("reasoning", members.string("thinking"), out),
            "reasoning" => {
                for texts in ["summary", "content"].into_iter().filter_map(|name| elements(members.raw(name)?)) {
                    for text in texts {
                        let text = Members::read(text).ok().and_then(|mut text| text.string("text"));
                        self.push("reasoning", text, out);
                    }
                }
            }
            "tool_use" => out.push(self.call(members.string("id"), members.string("name"), members.raw("input"))),
            "function_call" => {
                let (id, name) = (members.string("call_id"), members.string("name"));
                out.push(self.call(id, name, members.raw("arguments")));
            }
            "tool_result" => out.push(self.response(members.string("tool_use_id"), members.raw("content"))),
            "function_call_output" => out.push(self.response(members.string("call_id"), members.raw("output"))),
            "image" | "image_url" | "input_image" => out.push(self.data("image", members)),
            "input_audio" => out.push(self.data("audio", members)),
            "document" | "file" | "input_file" => out.push(self.data("document", members)),
            kind => {
                let named = vec![("type", Some(quoted("generic"))), ("generic_type", Some(self.text(kind)))];
                out.push(self.with_rest(named, members));
            }
        }
    }

    fn push(&self, kind: &str, content: Option<String>, out: &mut Vec<String>) {
        if let Some(content) = content.filter(|content| !content.is_empty()) {
            out.push(object([("type", Some(quoted(kind))), ("content", Some(self.text(&content)))]));
        }
    }

    fn call(&self, id: Option<String>, name: Option<String>, arguments: Option<&[u8]>) -> String {
        // Arguments that stand in a string are shown as the object that they are.
        let arguments = arguments.map(|arguments| match string(arguments) {
            Some(text) if kind(text.as_bytes()) == Some(Kind::Object) => self.json(text.as_bytes()),
            Some(text) => self.text(&text),
            None => self.json(arguments),
        });
        object([
            ("type", Some(quoted("tool_call"))),
            ("id", id.map(|id| self.text(&id))),
            ("name", Some(self.text(&name.unwrap_or_default()))),
            ("arguments", arguments),
        ])
    }

    fn response(&self, id: Option<String>, response: Option<&[u8]>) -> String {
        let response = response.map_or_else(|| quoted(""), |response| self.json(response));
        let id = id.map(|id| self.text(&id));
        object([("type", Some(quoted("tool_call_response"))), ("id", id), ("response", Some(response))])
    }

    /// Reads data that is sent along, or named. The bytes themselves are left out.
    fn data(&self, modality: &str, mut members: Members<'_>) -> String {
        let inner = ["image_url", "source", "file", "input_audio"].into_iter().find_map(|name| members.object(name));
        let mut members = inner.unwrap_or(members);
        let modality = ("modality", Some(quoted(modality)));
        if let Some(id) = members.string("file_id") {
            return object([("type", Some(quoted("file"))), modality, ("file_id", Some(self.text(&id)))]);
        }
        let mut media = members.string("media_type");
        let places = ["url", "image_url", "file_url", "file_data"];
        if let Some(url) = places.into_iter().find_map(|name| members.string(name)) {
            let Some(data) = url.strip_prefix("data:") else {
                return object([("type", Some(quoted("uri"))), modality, ("uri", Some(self.text(&url)))]);
            };
            media = data.split([';', ',']).next().map(str::to_owned);
        }
        let media = media.map(|media| self.text(&media));
        object([("type", Some(quoted("blob"))), modality, ("mime_type", media), ("content", Some(quoted("")))])
    }

    fn generic<const N: usize>(&self, kind: &str, members: [(&str, Option<String>); N]) -> String {
        object([("type", Some(quoted("generic"))), ("generic_type", Some(self.text(kind)))].into_iter().chain(members))
    }

    /// Writes members, and after them the rest of an object, if all of that is no longer than a text may be.
    fn with_rest(&self, named: Vec<(&str, Option<String>)>, rest: Members<'_>) -> String {
        let rest = rest.rest();
        let rest: Vec<(String, String)> = rest
            .iter()
            .map(|(name, value)| (self.scrub.content(name, LONGEST_TEXT), self.json(value.as_bytes())))
            .collect();
        let rest = rest.iter().map(|(name, value)| (name.as_str(), Some(value.clone())));
        let all = object(named.iter().cloned().chain(rest));
        if all.len() > LONGEST_TEXT { object(named) } else { all }
    }

    /// Returns a JSON value without the key. It is a text where it is too long, or is not JSON.
    fn json(&self, value: &[u8]) -> String {
        if let Some(text) = string(value) {
            return self.text(&text);
        }
        let value = crate::json::strict(value);
        let clean = self.scrub.content(&value, LONGEST_TEXT);
        match serde_json::from_str::<serde::de::IgnoredAny>(&clean) {
            Ok(_) => clean,
            Err(_) => quoted(&clean),
        }
    }
}

/// Longest text of the content, in bytes.
const LONGEST_TEXT: usize = 16 * 1024;

/// Writes the members that are there. Their values are JSON texts.
pub(super) fn object<'a>(members: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    let members = members.into_iter().filter_map(|(name, value)| Some(format!("{}:{}", quoted(name), value?)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}
