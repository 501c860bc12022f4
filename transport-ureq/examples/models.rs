//! Lists the models that can do what is asked for, with the size of their context and their prices.
//!
//! A policy has no price of its own: it costs what the model costs that it chooses.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_models -- tool_calling vision
//! ```

mod support;

use std::env;

use requesty_ureq::Decimal;
use requesty_ureq::models::Capability;
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router) = support::connect()?;
    let mut models = client.send(&router.models()?)?.into_inner();
    models.sort_by_id();
    let mut selected = models.select();
    for word in env::args().skip(1) {
        let known = Capability::ALL.into_iter().find(|capability| capability.as_str() == word);
        selected = selected.supporting(known.ok_or_else(|| format!("no model is known to have {word}"))?);
    }

    println!("{:<44} {:>10} {:>10} {:>10}", "model", "context", "$/M in", "$/M out");
    for model in selected.iter() {
        let context = model.context().map_or("?".to_owned(), |tokens| tokens.to_string());
        let prices = model.prices().per_million();
        let price = |price: Option<Decimal>| {
            price.filter(|_| !model.is_policy()).map_or("?".to_owned(), |price| price.to_string())
        };
        println!("{:<44} {context:>10} {:>10} {:>10}", model.id, price(prices.input), price(prices.output));
    }
    eprintln!("{} of {} models", selected.len(), models.len());
    Ok(())
}
