//! Finds the model with tools that costs least for a prompt and an answer of so many tokens.
//!
//! ```text
//! cargo run -p requesty-hyper --example cheapest -- 10000 1000
//! ```

mod support;

use std::env;

use requesty_hyper::models::Capability;
use support::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let (client, router) = support::connect()?;
    let tokens: Vec<u64> = env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    let (input, output) = match tokens[..] {
        [] => (10_000, 1_000),
        [input, output] => (input, output),
        _ => return Err("give the tokens of the prompt and those of the answer".into()),
    };

    let models = client.send(&router.models()?).await?;
    let fitting = models.select().supporting(Capability::ToolCalling).min_context(input + output);
    let model = fitting.cheapest(input, output).ok_or("no model has a price")?;
    println!("{}: ${}", model.id, model.cost(input, output).unwrap_or_default());
    Ok(())
}
