//! Asks a question, and then rates the answer.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_feedback -- What is an LLM gateway?
//! ```

mod support;

use requesty_ureq::chat::Request;
use requesty_ureq::feedback::{Feedback, Thumbs};
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai/gpt-4o-mini", "mock/text")?;
    let question = support::words_or("What is an LLM gateway?");
    let completion = client.send(&router.chat(&Request::user(&question).model(model))?)?;
    println!("{}", completion.text());

    // A stream has the id on its first chunk already.
    let id = completion.id.as_deref().ok_or("the answer has no id")?;
    let feedback = Feedback::new().thumbs(Thumbs::Up).tags(["example"]);
    client.send(&router.feedback(id, &feedback)?)?;
    eprintln!("{id}: rated");
    Ok(())
}
