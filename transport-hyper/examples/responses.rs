//! Lets a model call a function at the responses endpoint, streams what it says, and sends back what it thought.
//!
//! ```text
//! cargo run --example responses -- What time is it in Rome?
//! ```

mod support;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use requesty_hyper::chat::Tool;
use requesty_hyper::responses::{InputItem, Request};
use support::Setup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let question = support::words().unwrap_or_else(|| "What time is it in Rome?".to_owned());
    let Setup { client, router, model, .. } = &support::setup("openai-responses/gpt-4.1", "mock/text")?;
    let tools =
        [Tool::function("now").description("Tells the time.").parameters(&BTreeMap::from([("type", "object")]))?];
    let mut items = vec![InputItem::user(question)];

    // Not for ever: a model may call and call.
    for _ in 0..4 {
        let request = Request::new(&items)
            .model(model.as_str())
            .tools(&tools)
            .include("reasoning.encrypted_content")
            .store(false);
        let mut stream = client.stream(&router.responses_stream(&request)?).await?;
        let mut out = io::stdout();
        while let Some(event) = stream.next_item().await? {
            out.write_all(event.text().as_bytes())?;
            out.flush()?;
        }
        let response = stream.finish().await?;
        let results: Vec<InputItem> = response.function_calls().map(|call| call.output("12:07")).collect();
        if results.is_empty() {
            println!();
            let cost = response.cost().map_or("unknown".to_owned(), |cost| format!("${cost}"));
            eprintln!("{}: cost {cost}", response.model.as_deref().unwrap_or("a model that was not named"));
            response.whole_text()?;
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
