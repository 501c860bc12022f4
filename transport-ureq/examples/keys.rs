//! Lists the API keys of the organization with what each spent this month, and what all of them did.
//!
//! `keys`; the key in `REQUESTY_API_KEY` needs the permission to manage.

mod support;

use std::process::ExitCode;

use requesty_ureq::manage::{Key, Keys, NewKey, Permission};
use requesty_ureq::{ApiKey, Client, Decimal, Router, chat};
use support::{Failure, report, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    if let Some(unknown) = std::env::args().nth(1) {
        return Err(format!("unknown argument {unknown}; usage: keys").into());
    }
    let target = target("openai/gpt-4o-mini", "mock/text")?;
    let client = Client::new();
    if std::env::var_os("REQUESTY_API_KEY").is_none() {
        make_some(&client, &target.router, &target.model)?;
    }
    let keys = client.send(&target.router.keys()?)?.into_inner();
    print(&table(&keys));
    Ok(())
}

/// Makes keys on the mock, which has none by itself, and uses one of them.
fn make_some(client: &Client, router: &Router, model: &str) -> Result<(), Failure> {
    let production = NewKey::new("production").monthly_limit(Decimal::from(500_u64)).completions(Permission::Write);
    let created = client.send(&router.create_key(&production)?)?.into_inner();
    let secret = created.secret.ok_or("the reply to a new key has no key in it")?;
    let key: ApiKey = secret.try_into()?;
    let messages = [chat::Message::user("What is an LLM gateway?")];
    let call = router.chat(&chat::Request::new(&messages).model(model))?.with_key(&key)?;
    report(&*client.send(&call)?);

    client.send(&router.create_key(&NewKey::new("nightly build").completions(Permission::Write))?)?;
    let dashboard = NewKey::new("dashboard").monthly_limit(Decimal::new(1999, -2));
    client.send(&router.create_key(&dashboard.manage(Permission::Read).completions(Permission::None))?)?;
    Ok(())
}

fn table(keys: &Keys) -> Vec<[String; 5]> {
    let mut table = vec![["NAME", "ID", "LIMIT", "SPENT", "PERMISSIONS"].map(str::to_owned)];
    table.extend(keys.keys.iter().map(row));
    // Exact: not one amount was a binary float on its way here.
    let total = keys.monthly_spend().map_or_else(|| "unknown".to_owned(), |total| total.to_string());
    table.push(["total".to_owned(), String::new(), String::new(), total, String::new()]);
    table
}

fn row(key: &Key) -> [String; 5] {
    let permissions = key.permissions.as_ref().map_or_else(String::new, |permissions| {
        let axes = [("manage", &permissions.manage), ("completions", &permissions.completions)];
        let axes = axes.into_iter().filter_map(|(axis, permission)| Some(format!("{axis}:{}", permission.as_ref()?)));
        axes.collect::<Vec<_>>().join(" ")
    });
    [
        key.name.clone().unwrap_or_default(),
        key.id.clone(),
        key.limit().map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string()),
        key.monthly_spend.map_or_else(|| "unknown".to_owned(), |spend| spend.to_string()),
        permissions,
    ]
}

/// Prints rows with columns as wide as what is in them; amounts stand to the right.
fn print(table: &[[String; 5]]) {
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [name, id, limit, spent] = [0, 1, 2, 3].map(width);
    for [a, b, c, d, e] in table {
        println!("{}", format!("{a:<name$}  {b:<id$}  {c:>limit$}  {d:>spent$}  {e}").trim_end());
    }
}
