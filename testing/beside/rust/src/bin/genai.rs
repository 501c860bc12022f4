use beside::{Ask, QUESTION, Seen};
use futures_util::StreamExt;
use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatOptions, ChatRequest, ChatStreamEvent, Tool};
use genai::resolver::{AuthData, Endpoint, ServiceTargetResolver};
use genai::{Client, ModelIden, ServiceTarget};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (ask, mut seen) = (Ask::from_args(), Seen { one_answer: true, ..Seen::default() });
    if let Err(error) = run(&ask, &mut seen).await {
        seen.failed(&error);
    }
    seen.print();
}

async fn run(ask: &Ask, seen: &mut Seen) -> Result<(), genai::Error> {
    let base = format!("{}/", ask.base);
    let resolver = ServiceTargetResolver::from_resolver_fn(
        move |target: ServiceTarget| -> Result<ServiceTarget, genai::resolver::Error> {
            Ok(ServiceTarget {
                endpoint: Endpoint::from_owned(base.clone()),
                auth: AuthData::from_single("key"),
                model: ModelIden::new(AdapterKind::OpenAI, target.model.model_name),
            })
        },
    );
    let client = Client::builder().with_service_target_resolver(resolver).build()?;
    let mut request = ChatRequest::new(vec![ChatMessage::user(QUESTION)]);
    if ask.tools {
        let tool = Tool::new("weather").with_description("The weather.").with_schema(Ask::parameters());
        request = request.with_tools(vec![tool]);
    }
    let options = ChatOptions::default().with_capture_usage(true).with_capture_tool_calls(true);
    let mut stream = client.exec_chat_stream(&ask.model, request, Some(&options)).await?.stream;
    while let Some(event) = stream.next().await {
        match event {
            Ok(ChatStreamEvent::Chunk(chunk)) => seen.text.push_str(&chunk.content),
            Ok(ChatStreamEvent::End(end)) => {
                seen.finish = end.captured_stop_reason.as_ref().map(|reason| format!("{reason:?}"));
                for call in end.captured_tool_calls().unwrap_or_default() {
                    seen.calls.push((call.fn_name.clone(), call.fn_arguments.to_string()));
                }
            }
            Ok(_) => {}
            Err(error) => seen.failed(&error),
        }
    }
    Ok(())
}
