//! A loop that is run by the client: its calls, side by side.
#![cfg(feature = "hyper")]

use std::cell::Cell;
use std::time::Duration;

use requesty_hyper::agent::{Action, Bounds, Conversation, Loop, RunnableCall, Stop, Tools};
use requesty_hyper::{ApiKey, Client, Options, Proxy, Router, chat};
use requesty_mock::Mock;

/// A loop over a model that makes five calls in a turn, and a router to it.
fn stage(mock: &Mock) -> (Client, Router, Loop<chat::Message>) {
    let router = Router::new(ApiKey::new("rqsty-sk-mock").unwrap()).with_inference_base(&mock.base_url()).unwrap();
    let schema = serde_json::json!({"type": "object"});
    let tools = Tools::new().function("get_weather", "Tells the weather.", &schema).unwrap();
    let conversation = Conversation::from([chat::Message::user("Hello")]);
    let agent = Loop::new(conversation, tools, chat::Request::new(&[]).model("mock/agent-many"));
    let bounds = Bounds::default().turns(1).identical_calls(5);
    (Client::with_options(Options::new().with_proxy(Proxy::none())), router, agent.with_bounds(bounds))
}

#[tokio::test]
async fn the_calls_of_a_turn_run_side_by_side() {
    let mock = Mock::start().unwrap();
    let (client, router, mut agent) = stage(&mock);
    let started = Cell::new(0);
    // No call ends before all have begun.
    let tool = async |_: RunnableCall| {
        started.set(started.get() + 1);
        while started.get() < 5 {
            tokio::task::yield_now().await;
        }
        Ok("mild".to_owned())
    };
    let run = client.run(&router, &mut agent, tool, |_| ());
    tokio::time::timeout(Duration::from_secs(20), run).await.unwrap().unwrap();
    assert!(matches!(agent.next(), Action::Stopped(Stop::Turns { limit: 1 })), "{:?}", agent.next());
    assert_eq!(mock.requests().len(), 1);
}

#[tokio::test]
async fn dropping_the_future_leaves_the_calls_open() {
    let mock = Mock::start().unwrap();
    let (client, router, mut agent) = stage(&mock);
    let begun = Cell::new(0);
    let tool = async |call: RunnableCall| {
        begun.set(begun.get() + 1);
        match call.id() {
            "call_2" => Ok("mild".to_owned()),
            _ => std::future::pending().await,
        }
    };
    {
        let run = client.run(&router, &mut agent, tool, |_| ());
        let all_begun = async {
            while begun.get() < 5 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            biased;
            done = run => panic!("calls that never end came to an end: {done:?}"),
            () = all_begun => {}
        }
    }
    let Action::Call(calls) = agent.next() else { panic!("{:?}", agent.next()) };
    let open: Vec<&str> = calls.iter().map(RunnableCall::id).collect();
    assert_eq!(open, ["call_1", "call_3", "call_4", "call_5"]);
    assert_eq!(mock.requests().len(), 1);
}
