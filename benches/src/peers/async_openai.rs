//! async-openai 0.43: its types, which have no member for reasoning, through serde_json. Its client frames with
//! eventsource-stream and hands chunks over a channel; the channel is left out here.

use async_openai::types::chat::CreateChatCompletionStreamResponse;
use async_openai::types::responses::ResponseStreamEvent;

use crate::outcome::Sums;

/// Decodes the data of one event and adds the chunk up.
#[inline]
pub fn accumulate(data: &str, sums: &mut Sums) {
    if data == "[DONE]" {
        return;
    }
    let Ok(chunk) = serde_json::from_str::<CreateChatCompletionStreamResponse>(data) else {
        sums.refused += 1;
        return;
    };
    sums.chunks += 1;
    for choice in &chunk.choices {
        if let Some(content) = &choice.delta.content {
            sums.text.push_str(content);
        }
        for call in choice.delta.tool_calls.iter().flatten() {
            if let Some(arguments) = call.function.as_ref().and_then(|function| function.arguments.as_ref()) {
                sums.arguments.push_str(arguments);
            }
        }
    }
}

/// Decodes the data of one event of a response and adds it up.
#[inline]
pub fn accumulate_response(data: &str, sums: &mut Sums) {
    let Ok(event) = serde_json::from_str::<ResponseStreamEvent>(data) else {
        sums.refused += 1;
        return;
    };
    sums.chunks += 1;
    match &event {
        ResponseStreamEvent::ResponseOutputTextDelta(delta) => sums.text.push_str(&delta.delta),
        ResponseStreamEvent::ResponseFunctionCallArgumentsDelta(delta) => sums.arguments.push_str(&delta.delta),
        _ => {}
    }
}
