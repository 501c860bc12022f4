//! Lets each client read the same streams from a mock router, judges what came out, and prints a table.
//!
//! `testing/beside/run` builds and installs the clients, and starts this program.

#![forbid(unsafe_code)]

mod cases;
mod judge;

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use requesty_mock::Mock;
use serde_json::Value;

use cases::{Case, Rule, cases};
use judge::judge;

/// A driver that has not ended by then is stopped.
const LIMIT: Duration = Duration::from_secs(20);

/// A client: its name with its version, and the command of its driver.
struct Client {
    name: String,
    command: Vec<String>,
}

fn main() {
    let mut args = std::env::args().skip(1);
    let date = args.next().expect("usage: beside DATE [NAME PROGRAM DRIVER|-]...");
    let args: Vec<String> = args.collect();
    let clients: Vec<Client> = args.chunks_exact(3).map(Client::from_args).collect();

    let mock = Mock::start().expect("a port on the loopback interface");
    mock.accept_any_request();
    let cases = cases();
    let mut rows: Vec<Vec<String>> = cases.iter().map(|case| vec![case.title.to_owned()]).collect();
    for client in &clients {
        for (number, (case, row)) in cases.iter().zip(&mut rows).enumerate() {
            let model = format!("beside/{number}");
            mock.script(&model, (case.script)());
            let seen = run(client, &mock.base_url(), &model, case);
            let verdict = judge(case.rule, seen.as_ref());
            let line = seen.map_or("-".to_owned(), |seen| seen.to_string());
            eprintln!("{} | {} | {verdict} | {line}", client.name, case.title);
            row.push(verdict);
        }
    }
    if let Some(first) = rows.first() {
        assert!(first[1..].iter().all(|verdict| !verdict.contains("error")), "a good stream is refused: {first:?}");
    }

    let mut names: Vec<String> = clients.into_iter().map(|client| client.name).collect();
    // The two transports share a column unless they differ.
    if let [hyper, ureq, ..] = names.as_slice() {
        let share = hyper.starts_with("requesty-hyper") && ureq.starts_with("requesty-ureq");
        if share && rows.iter().all(|row| row[1] == row[2]) {
            names[0] = names[0].replace("requesty-hyper", "requesty-hyper, -ureq");
            names.remove(1);
            rows.iter_mut().for_each(|row| drop(row.remove(2)));
        }
    }
    println!("As of {date}, printed by `testing/beside/run`:\n");
    println!("| | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    for row in rows {
        println!("| {} |", row.join(" | "));
    }
}

impl Client {
    /// Reads a name, a program, and the file that the program runs, if it runs one.
    fn from_args(args: &[String]) -> Self {
        let command = args[1..].iter().filter(|part| *part != "-").cloned().collect();
        Self { name: args[0].clone(), command }
    }
}

/// Starts the driver; returns the line that it printed, or `None` if it had to be stopped.
fn run(client: &Client, base: &str, model: &str, case: &Case) -> Option<Value> {
    let tools = matches!(case.rule, Rule::Calls(_) | Rule::Answers | Rule::NoCall);
    let mut command = Command::new(&client.command[0]);
    command.args(&client.command[1..]).args([base, model, if tools { "1" } else { "0" }, &case.n.to_string()]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a driver");
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > LIMIT {
            child.kill().and_then(|()| child.wait()).expect("a child that can be stopped");
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut out = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut out).expect("text");
    let crashed = || serde_json::json!({"text": "", "error": "the driver crashed"});
    Some(out.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_else(crashed))
}
