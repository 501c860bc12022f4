//! Runs a loop step by step: bounds, approval on the terminal, and a sum of what it all cost.

mod support;

use std::io::{BufRead, Write};

use requesty_ureq::agent::{Action, BadCalls, Bounds, Conversation, Entry, Loop, StreamEvent, StreamView, Tools};
use requesty_ureq::{Client, chat};

fn main() -> std::process::ExitCode {
    support::run(example)
}

fn example() -> Result<(), support::Failure> {
    let target = support::target("openai/gpt-4o", "mock/tools")?;
    let client = Client::new();
    let place = serde_json::json!({"type": "object", "properties": {"location": {"type": "string"}}});
    let tools = Tools::new().function("get_weather", "Tells the weather in a city.", &place)?;
    let conversation = Conversation::from([chat::Message::user("What is the weather in Paris and in Tokyo?")]);
    let mut agent = Loop::new(conversation, tools, chat::Request::new(&[]).model(target.model))
        .with_bounds(Bounds::default().turns(8).tokens(20_000))
        .with_bad_calls(BadCalls::Answer)
        .with_approval(|call| call.arguments_json().contains("Tokyo"));

    loop {
        let call = match agent.next() {
            Action::Send(request) => chat::Message::stream(&target.router, &request)?,
            Action::Call(calls) => {
                for call in calls {
                    agent.result(call.id(), format!("It is 18 °C and sunny: {}.", call.arguments_json()))?;
                }
                continue;
            }
            Action::Approve(calls) => {
                for call in calls {
                    match approves(&format!("{}({})", call.name(), call.arguments_json()))? {
                        true => agent.approve(call.id())?,
                        false => agent.refuse(call.id(), "The user does not want it.")?,
                    }
                }
                continue;
            }
            Action::Done(_) => break,
            Action::Stopped(stop) => return Err(stop.into()),
            _ => return Err("an action that this example does not know".into()),
        };
        let mut stream = client.stream(&call)?;
        let mut view = StreamView::new();
        while let Ok(Some(chunk)) = stream.next_item() {
            view.see(&chunk, &mut |event| {
                if let StreamEvent::Text { delta, .. } = event {
                    print!("{delta}");
                }
            });
        }
        match stream.finish() {
            Ok(completion) => agent.answered(completion)?,
            Err(incomplete) => agent.cut(incomplete)?,
        }
    }
    let spending = agent.conversation().spending();
    println!();
    eprintln!("{} tokens in {} answers, ${}", spending.tokens(), spending.replies, spending.cost);
    Ok(())
}

/// Asks on the terminal; whatever is not `y` is no.
fn approves(call: &str) -> std::io::Result<bool> {
    eprint!("{call} [y/n] ");
    std::io::stderr().flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim() == "y")
}
