//! The endpoints of mcp.

use requesty_core::mcp::SESSION_ID;
use serde_json::{Value, json};

use crate::support::endpoint;

fn message(id: u32, method: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method})
}

endpoint!(initializes, |router| router.mcp(&message(1, "initialize")), |bench| {
    let messages = bench.send(bench.router.mcp(&message(1, "initialize")));
    let seen = bench.saw("POST /v1/mcp");
    assert_eq!(seen.header("accept"), Some("application/json, text/event-stream"));
    let [answer] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!(answer.id().as_deref(), Some("1"));
    assert_eq!(answer.read::<Value>().unwrap()["result"]["serverInfo"]["name"], "requesty-mock");
});

endpoint!(lists_tools, |router| router.mcp(&message(2, "tools/list")), |bench| {
    let call = |value: Value| Ok(bench.router.mcp(&value).unwrap().with_header(SESSION_ID, "mock-session").unwrap());
    let mut methods = Vec::new();
    let messages = bench.stream(call(message(2, "tools/list")), |message| methods.push(message.method())).unwrap();
    let seen = bench.saw("POST /v1/mcp");
    assert_eq!(seen.header("mcp-session-id"), Some("mock-session"));
    assert_eq!(methods, [Some("notifications/progress".to_owned()), None]);
    assert_eq!(messages[1].read::<Value>().unwrap()["result"]["tools"][0]["name"], "clock");
    // A notification is taken with nothing, and an error of the protocol is a message.
    let silence = bench.send(call(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})));
    assert!(silence.is_empty());
    let messages = bench.send(call(message(3, "no/such")));
    assert!(messages[0].error().is_some() && messages[0].result().is_none());
});
