use std::collections::BTreeMap;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionRequestUserMessage, ChatCompletionStreamOptions, ChatCompletionTool, ChatCompletionTools,
    CreateChatCompletionRequestArgs, FunctionObject,
};
use beside::{Ask, QUESTION, Seen};
use futures_util::StreamExt;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (ask, mut seen) = (Ask::from_args(), Seen { deltas_only: true, ..Seen::default() });
    if let Err(error) = run(&ask, &mut seen).await {
        seen.failed(&error);
    }
    seen.print();
}

async fn run(ask: &Ask, seen: &mut Seen) -> Result<(), OpenAIError> {
    let client = Client::with_config(OpenAIConfig::new().with_api_base(&ask.base).with_api_key("key"));
    let mut request = CreateChatCompletionRequestArgs::default();
    request
        .model(&ask.model)
        .messages([ChatCompletionRequestUserMessage::from(QUESTION).into()])
        .n(u8::try_from(ask.n).expect("N is small"))
        .stream_options(ChatCompletionStreamOptions { include_usage: Some(true), include_obfuscation: None });
    if ask.tools {
        let parameters = Some(Ask::parameters());
        let function = FunctionObject {
            name: "weather".into(),
            description: Some("The weather.".into()),
            parameters,
            strict: None,
        };
        request.tools(vec![ChatCompletionTools::Function(ChatCompletionTool { function })]);
    }
    let mut stream = client.chat().create_stream(request.build()?).await?;
    let mut calls: BTreeMap<(u32, u32), (String, String)> = BTreeMap::new();
    while let Some(chunk) = stream.next().await {
        // The stream goes on after some errors, so the driver does, too.
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => {
                seen.failed(&error);
                continue;
            }
        };
        for choice in chunk.choices {
            if choice.index == 0 {
                seen.text.push_str(choice.delta.content.as_deref().unwrap_or_default());
                seen.finish = choice.finish_reason.map(|reason| format!("{reason:?}")).or(seen.finish.take());
            }
            for delta in choice.delta.tool_calls.unwrap_or_default() {
                let call = calls.entry((choice.index, delta.index)).or_default();
                if let Some(function) = delta.function {
                    call.0.push_str(function.name.as_deref().unwrap_or_default());
                    call.1.push_str(function.arguments.as_deref().unwrap_or_default());
                }
            }
        }
    }
    seen.calls = calls.into_values().collect();
    Ok(())
}
