use beside::{Ask, QUESTION, Seen};
use futures_util::StreamExt;
use rig_core::completion::{CompletionRequest, CompletionResponse, FinishReason, ToolDefinition};
use rig_core::error::ProviderError;
use rig_core::message::StopReason;
use rig_core::providers::openai::OpenAIConfig;
use rig_core::streaming::{Item, StreamEvent};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (ask, mut seen) = (Ask::from_args(), Seen { one_answer: true, ..Seen::default() });
    if let Err(error) = run(&ask, &mut seen).await {
        seen.failed(&error);
    }
    seen.print();
}

async fn run(ask: &Ask, seen: &mut Seen) -> Result<(), ProviderError> {
    let model = OpenAIConfig::new("key").with_base_url(&ask.base).client().chat(&ask.model);
    let mut request = CompletionRequest::new(QUESTION);
    if ask.tools {
        let name = "weather".try_into().expect("a name");
        request = request.tool(ToolDefinition::new(name, "The weather.", Ask::parameters()));
    }
    let mut unknown = String::new();
    let mut stream = model.stream(request)?;
    while let Some(item) = stream.next().await {
        match item {
            Ok(Item::Event(StreamEvent::Text { text, .. })) => seen.text.push_str(&text),
            Ok(Item::Unknown(payload)) => unknown += &payload.value().to_string(),
            Ok(_) => {}
            Err(error) => {
                add(&stream.partial(), seen);
                // What the decoder does not model reaches the caller, too: an error object, perhaps.
                seen.error = Some(format!("{error} {unknown}"));
                return Ok(());
            }
        }
    }
    add(&stream.finish().await?, seen);
    Ok(())
}

fn add(response: &CompletionResponse, seen: &mut Seen) {
    for call in response.tool_calls() {
        if call.function.invalid_arguments.is_some() {
            seen.marked += 1;
        } else {
            let arguments = serde_json::Value::Object(call.function.arguments.clone());
            seen.calls.push((call.function.name.to_string(), arguments.to_string()));
        }
    }
    seen.finish = response.finish_reason().map(|reason| match reason {
        FinishReason::Other(reason) => reason,
        known => format!("{known:?}"),
    });
    let total = response.usage.cost.and_then(|cost| serde_json::to_value(cost).ok()).map(|cost| cost["total"].clone());
    seen.cost = total.as_ref().and_then(|it| it.as_f64()).or_else(|| response.raw["usage"]["cost"].as_f64());
    seen.future |= response.raw.get("x_future").is_some();
    if let StopReason::Error(error) = response.stop() {
        seen.error.get_or_insert(error);
    }
}
