//! Lets the model search the web, and prints what it cites.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_web_search -- What is new in Rust?
//! ```

mod support;

use requesty_ureq::chat::{Request, Tool};
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai/gpt-4o-search-preview", "mock/citations")?;
    let question = support::words_or("What is new in the Rust language?");
    let tools = [Tool::web_search().search_context_size("low")];
    let request = Request::user(&question).model(model).tools(&tools);

    let completion = client.send(&router.chat(&request)?)?;
    println!("{}", completion.text());
    for (number, citation) in (1..).zip(completion.citations()) {
        let title = citation.title.as_deref().unwrap_or("untitled");
        println!("[{number}] {title}: {}", citation.url.as_deref().unwrap_or("no address"));
    }
    Ok(())
}
