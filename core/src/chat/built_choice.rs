//! How the sum of a choice becomes a choice of a completion. Texts are moved, not copied: an answer may have megabytes.

use std::mem;

use super::calls::CallSum;
use super::choice_sum::{ChoiceSum, PartSum};
use super::completion::Choice;
use super::{Arguments, Content, FinishReason, Function, Message, Part, ReasoningNames, Role, TextPart, ToolCall};
use crate::Extra;
use crate::json::{self, TextSum};

/// Builds a choice. The calls of a choice without a finish reason are unfinished; all are if an event could not be read.
pub(super) fn build_choice(mut sum: ChoiceSum, all_read: bool) -> Choice {
    let cut = !all_read || sum.finish_reason.is_none();
    let names = match sum.names {
        [true, true, _] => ReasoningNames::Both,
        [false, true, _] => ReasoningNames::Reasoning,
        [false, false, true] => ReasoningNames::InContent,
        [_, false, _] => ReasoningNames::ReasoningContent,
    };
    let members = message_extra(&mut sum);
    let mut extra = sum.extra.into_extra();
    extra.give_way("message", sum.has_message);
    extra.give_way("finish_reason", sum.finish_reason.is_some());
    let calls = sum.calls.list.into_iter().enumerate().map(|(place, call)| {
        let mut call = build_call(place, call);
        call.set_unfinished(cut);
        call
    });
    let content = build_content(sum.content, sum.parts, sum.null);
    let mut message = Message::new(sum.role.unwrap_or(Role::Assistant), content);
    message.tool_calls = calls.collect();
    message.function_call = sum.function_call.map(build_function);
    message.refusal = sum.refusal.into_text();
    message.reasoning = sum.reasoning.into_text();
    message.reasoning_names = names;
    message.reasoning_signature = sum.signature.into_text();
    message.set_members(members);
    Choice { index: sum.index, message, finish_reason: sum.finish_reason.as_deref().map(FinishReason::from), extra }
}

/// Takes the members of a message without a field. Members of the wrong type are among them only if their field has no
/// value.
fn message_extra(sum: &mut ChoiceSum) -> Extra {
    let mut extra = mem::take(&mut sum.message).into_extra();
    let is_text = |name: &str, extra: &Extra| extra.get(name).is_some_and(|json| json.starts_with('"'));
    // If there are two different texts of reasoning, the second is an extra member.
    let other_reasoning = is_text("reasoning", &extra);
    for (field, has_value) in [
        ("role", sum.role.is_some()),
        ("content", sum.content.seen || sum.parts.is_some()),
        ("reasoning_content", sum.names[0]),
        ("reasoning", sum.names[1] && !other_reasoning),
        ("reasoning_signature", sum.signature.seen),
        ("refusal", sum.refusal.seen),
        ("tool_calls", !sum.calls.list.is_empty()),
        ("function_call", sum.function_call.is_some()),
    ] {
        extra.give_way(field, has_value);
    }
    extra
}

fn build_content(sum: TextSum, parts: Option<Vec<PartSum>>, null: bool) -> Content {
    let Some(parts) = parts else {
        return match sum.into_text() {
            Some(text) => Content::Text(text),
            None if null => Content::Null,
            None => Content::Omit,
        };
    };
    let text_of = |place: usize, from: usize| {
        let next = parts.iter().skip(place + 1).find_map(PartSum::from);
        sum.text.get(from..next.unwrap_or(sum.text.len())).unwrap_or_default()
    };
    let parts = parts.iter().enumerate().map(|(place, part)| match part {
        PartSum::Text { from } => Part::text(text_of(place, *from)),
        PartSum::RichText { from, json } => Part::Text(TextPart::rich(text_of(place, *from), json.as_bytes())),
        PartSum::Thinking(text) => {
            let text = json::quoted(text);
            Part::Other(format!(r#"{{"type":"thinking","thinking":[{{"type":"text","text":{text}}}]}}"#))
        }
        PartSum::Other(raw) => Part::Other(raw.clone()),
    });
    Content::Parts(parts.collect())
}

fn build_call(place: usize, mut sum: CallSum) -> ToolCall {
    // The reply to a call must name its id, also if the server sent none.
    let id = sum.id.as_deref().map_or_else(|| format!("call_{place}"), str::to_owned);
    let (has_id, has_name) = (sum.id.is_some(), !sum.name.is_empty());
    let (kind, members) = (sum.kind.take(), mem::take(&mut sum.extra));
    let mut call = ToolCall::new(id, "", "");
    call.function = build_function(sum);
    call.extra = members.into_extra();
    call.extra.give_way("id", has_id);
    call.extra.give_way("type", kind.is_some());
    call.extra.give_way("function", has_name || call.function.arguments != Arguments::Absent);
    call.kind = kind.or_else(|| Some("function".to_owned()));
    call
}

fn build_function(sum: CallSum) -> Function {
    let mut function = Function::new(&*sum.name, "");
    if sum.name.is_empty() {
        function.name = None;
    }
    function.arguments = match (sum.value, sum.arguments.into_text()) {
        (_, Some(text)) if !text.is_empty() => Arguments::Text(text),
        (Some(value), _) => Arguments::Json(value),
        (None, Some(text)) => Arguments::Text(text),
        (None, None) if sum.null => Arguments::Null,
        (None, None) => Arguments::Absent,
    };
    function.extra = sum.function.into_extra();
    function.extra.give_way("name", !sum.name.is_empty());
    function
}
