//! Lets a model call a function at the responses endpoint, and sends back what it thought along with the result.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_responses_tools -- What time is it in Rome?
//! ```

mod support;

use requesty_ureq::chat::Tool;
use requesty_ureq::responses::{InputItem, Request};
use serde_json::json;
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai-responses/gpt-4.1", "mock/tools")?;
    let place = json!({"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]});
    let tools = [Tool::function("get_time").description("Tells the time in a city.").parameters(&place)?];
    let mut items = vec![InputItem::user(support::words_or("What time is it in Rome?"))];

    // A model may call and call, so there is an end to it.
    for _ in 0..4 {
        let request = Request::new(&items).model(&model).tools(&tools).store(false);
        // Nothing is stored at the provider, so what the model thought goes there and back, encrypted.
        let request = request.include("reasoning.encrypted_content");
        let response = client.send(&router.responses(&request)?)?.into_inner();
        let results: Vec<InputItem> = response.function_calls().map(|call| call.output("12:07")).collect();
        if results.is_empty() {
            println!("{}", response.whole_text()?);
            return Ok(());
        }
        for call in response.function_calls() {
            eprintln!("{}({})", call.name(), call.arguments_json());
        }
        items.extend(response.into_input());
        items.extend(results);
    }
    Err("the model did not come to an end".into())
}
