//! Makes a key with a monthly limit, calls with it, lists what each key spent, and deletes it again.
//!
//! ```text
//! cargo run -p requesty-hyper --example keys
//! ```

mod support;

use requesty_hyper::manage::{NewKey, Permission};
use requesty_hyper::{ApiKey, Decimal, chat};
use support::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    // The key of the environment needs the permission to manage.
    let (client, router, model) = support::setup("openai/gpt-4o-mini", "mock/text")?;
    let new = NewKey::new("for one job").monthly_limit(Decimal::from(5_u64)).completions(Permission::Write);
    let created = client.send(&router.create_key(&new)?).await?.into_inner();

    // The secret comes this once. It goes with one call here; `Router::new` takes it for all calls.
    let key = ApiKey::try_from(created.secret.ok_or("the reply has no key in it")?)?;
    let call = router.chat(&chat::Request::user("What is an LLM gateway?").model(model))?;
    println!("{}", client.send(&call.with_key(&key)?).await?.text());

    let keys = client.send(&router.keys()?).await?;
    println!("{:<20} {:>10} {:>12}", "key", "limit", "spent");
    for key in &keys.keys {
        let name = key.name.as_deref().unwrap_or(&key.id);
        let limit = key.limit().map_or("no limit".to_owned(), |limit| format!("${limit}"));
        let spent = key.monthly_spend.map_or("?".to_owned(), |spent| format!("${spent}"));
        println!("{name:<20} {limit:>10} {spent:>12}");
    }
    client.send(&router.delete_key(&created.id.ok_or("the reply has no id")?)?).await?;
    Ok(())
}
