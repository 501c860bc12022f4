//! Prints the models as a table: what they take, what they cost, what they can do.
//!
//! ```text
//! models [--vision] [--tools] [--reasoning] [--search] [--max-price=DOLLARS] [--min-context=TOKENS]
//!        [--provider=NAME] [--cheapest] [--public] [--managed]
//! ```
//!
//! `--max-price` is of a million tokens of the prompt. `--cheapest` prints the one that a prompt of 10,000 tokens and an
//! answer of 1,000 cost least with. `--public` asks without a key, `--managed` for the models that the router manages.

mod support;

use std::io::Write as _;
use std::process::ExitCode;

use requesty_ureq::models::{Capability, Model, Models, Selection};
use requesty_ureq::{Client, Decimal};
use support::{Failure, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let target = target("", "")?;
    let router = &target.router;
    let options: Vec<String> = std::env::args().skip(1).collect();
    let asked = |name: &str| options.iter().any(|option| option == name);
    let call = match (asked("--public"), asked("--managed")) {
        (true, _) => router.public_models()?,
        (_, true) => router.managed_models()?,
        _ => router.models()?,
    };
    let mut models = Client::new().send(&call)?.into_inner();
    if !models.unread.is_empty() {
        eprintln!("{} entries could not be read", models.unread.len());
    }
    models.sort_by_id();
    let selected = select(&models, &options)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<44} {:>9} {:>9} {:>10} {:>10}  can", "model", "context", "answer", "$/M in", "$/M out")?;
    if asked("--cheapest") {
        let cheapest = selected.cheapest(10_000, 1_000).ok_or("none of them has a price")?;
        return Ok(print(&mut out, cheapest)?);
    }
    selected.iter().try_for_each(|model| print(&mut out, model))?;
    eprintln!("{} of {} models", selected.len(), models.len());
    Ok(())
}

fn select<'a>(models: &'a Models, options: &[String]) -> Result<Selection<'a>, Failure> {
    options.iter().try_fold(models.select(), |selected, option| {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        Ok(match name {
            "--vision" => selected.supporting(Capability::Vision),
            "--tools" => selected.supporting(Capability::ToolCalling),
            "--reasoning" => selected.supporting(Capability::Reasoning),
            "--search" => selected.supporting(Capability::WebSearch),
            "--max-price" => selected.without_policies().max_input_price(value.parse::<Decimal>()?),
            "--min-context" => selected.min_context(value.parse()?),
            "--provider" => selected.provider(value),
            "--cheapest" | "--public" | "--managed" => selected,
            _ => return Err(format!("unknown option {name}; the first lines of this example list them").into()),
        })
    })
}

fn print(out: &mut impl std::io::Write, model: &Model) -> std::io::Result<()> {
    let tokens = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    // What a policy costs is what the model costs that it chooses.
    let price = |price: Option<Decimal>| match price {
        Some(price) if !model.is_policy() => price.to_string(),
        _ => "?".to_owned(),
    };
    let prices = model.prices().per_million();
    let can: Vec<&str> =
        Capability::ALL.into_iter().filter(|can| model.supports(*can) == Some(true)).map(Capability::as_str).collect();
    let (context, answer) = (tokens(model.context()), tokens(model.max_output()));
    let (input, output) = (price(prices.input), price(prices.output));
    writeln!(out, "{:<44} {context:>9} {answer:>9} {input:>10} {output:>10}  {}", model.id, can.join(" "))
}
