//! Messages and tools, and what they should be in JSON.

use requesty_core::chat::{CacheControl, Content, Message, Part, Role, Tool, ToolCall};
use serde_json::{Value, json};

use super::draw::{Draw, is_set};

/// Draws messages. Returns whether there may be something wrong with them, too.
pub(super) fn messages(draw: &mut Draw<'_>) -> (Vec<Message>, Value, bool) {
    let count = draw.below(4);
    let (messages, wanted): (Vec<Message>, Vec<Value>) = (0..count).map(|_| message(draw)).unzip();
    let nameless = wanted.iter().any(|message| message["role"] == "tool");
    (messages, Value::Array(wanted), count == 0 || nameless)
}

fn message(draw: &mut Draw<'_>) -> (Message, Value) {
    let (content, wanted) = content(draw);
    let (mut message, mut json) = match draw.below(8) {
        0 => (Message::system(content), json!({"role": "system"})),
        1 => (Message::developer(content), json!({"role": "developer"})),
        2 | 3 => (Message::user(content), json!({"role": "user"})),
        4 => (Message::assistant(content), json!({"role": "assistant"})),
        5 => {
            let (id, name, arguments) = (draw.text(str::to_owned), draw.text(str::to_owned), draw.text(str::to_owned));
            let function = json!({"name": name, "arguments": arguments});
            let wanted = json!([{"id": id, "type": "function", "function": function}]);
            let message = Message::assistant_calls([ToolCall::new(id, name, arguments)]);
            // Its content is null, unless it is set.
            return named(draw, message, json!({"role": "assistant", "content": null, "tool_calls": wanted}));
        }
        6 => draw.text(|id| (Message::tool(id, content), json!({"role": "tool", "tool_call_id": id}))),
        _ => draw.text(|role| {
            let role = format!("role {role}");
            (Message::new(Role::from(role.as_str()), content), json!({"role": role}))
        }),
    };
    if let Some(wanted) = wanted {
        json["content"] = wanted;
    }
    if draw.below(4) == 3 {
        let value = draw.json();
        message = message.with_extra("cache_hint", &value).expect("it is JSON");
        json["cache_hint"] = value;
    }
    named(draw, message, json)
}

fn named(draw: &mut Draw<'_>, message: Message, mut json: Value) -> (Message, Value) {
    if draw.below(4) != 3 {
        return (message, json);
    }
    draw.text(|name| {
        json["name"] = json!(name);
        (message.with_name(name), json)
    })
}

fn content(draw: &mut Draw<'_>) -> (Content, Option<Value>) {
    match draw.below(8) {
        0 => (Content::Omit, None),
        1 => (Content::Null, Some(Value::Null)),
        2..=4 => draw.text(|text| (Content::Text(text.into()), Some(json!(text)))),
        _ => {
            let (parts, wanted): (Vec<Part>, Vec<Value>) = (0..draw.below(3)).map(|_| part(draw)).unzip();
            (Content::Parts(parts), Some(Value::Array(wanted)))
        }
    }
}

fn part(draw: &mut Draw<'_>) -> (Part, Value) {
    let kind = draw.below(4);
    let (mut part, mut json) = draw.text(|text| match kind {
        0 | 1 => (Part::text(text), json!({"type": "text", "text": text})),
        2 => (Part::image_url(text.to_owned()), json!({"type": "image_url", "image_url": {"url": text}})),
        _ => {
            let json = json!({"type": "input_audio", "input_audio": {"data": text}});
            (Part::raw(&json).expect("it is JSON"), json)
        }
    });
    let which = draw.byte();
    if is_set(which, 0) {
        part = part.cache_control(CacheControl::ephemeral_for("1h"));
        json["cache_control"] = json!({"type": "ephemeral", "ttl": "1h"});
    }
    if is_set(which, 1) {
        part = part.mime_type("image/png");
        let place = if kind == 2 { &mut json["image_url"] } else { &mut json };
        place["mime_type"] = json!("image/png");
    }
    if is_set(which, 2) {
        part = part.detail("low");
        let place = if kind == 2 { &mut json["image_url"] } else { &mut json };
        place["detail"] = json!("low");
    }
    if is_set(which, 3) {
        let value = draw.json();
        part = part.with_extra("more", &value).expect("it is JSON");
        json["more"] = value;
    }
    (part, json)
}

/// Draws tools. Returns whether there may be something wrong with them, too.
pub(super) fn tools(draw: &mut Draw<'_>) -> (Vec<Tool>, Value, bool) {
    let count = draw.below(4);
    let (tools, wanted): (Vec<Tool>, Vec<Value>) = (0..count).map(|_| tool(draw)).unzip();
    (tools, Value::Array(wanted), count > 0)
}

fn tool(draw: &mut Draw<'_>) -> (Tool, Value) {
    let (mut tool, mut json) = match draw.below(4) {
        0 => {
            let size = ["low", "medium", "high"][draw.below(3)];
            (Tool::web_search().search_context_size(size), json!({"type": "web_search", "search_context_size": size}))
        }
        1 => {
            let json = json!({"type": "bash_20250124", "name": draw.text(str::to_owned)});
            (Tool::raw(&json).expect("it is an object"), json)
        }
        _ => {
            let name = draw.text(str::to_owned);
            let schema = draw.json();
            let json = json!({"name": name, "description": "d", "parameters": schema, "strict": true});
            let tool = Tool::function(name).description("d").strict(true).parameters(&schema).expect("it is JSON");
            (tool, json!({"type": "function", "function": json}))
        }
    };
    if draw.below(4) == 3 {
        tool = tool.cache_control(CacheControl::ephemeral());
        json["cache_control"] = json!({"type": "ephemeral"});
    }
    (tool, json)
}
