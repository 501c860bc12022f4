//! What goes over the connection: cuts, resets, sequences, and the life of the mock itself.

mod support;

use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use requesty_mock::{Ask, ClosedBy, Ending, Mock, Script, find};
use serde_json::json;
use support::{Client, End, ask, post};

const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn what_is_sent_is_what_the_script_says() {
    let router = Mock::start().unwrap();
    for model in ["mock/requesty", "mock/crlf-bytes", "mock/bom-pieces", "mock/many-3000", "mock/big-300"] {
        for stream in [true, false] {
            let answer = post(router.addr(), &ask(model, stream));
            assert_eq!((answer.status, answer.end), (200, End::Clean), "{model}");
            let script = find(model).unwrap().script(&Ask::from_body(ask(model, stream)));
            let expected = script.response(stream, 0).body();
            // Ids count the requests; all of one length.
            assert_eq!(answer.body.len(), expected.len(), "{model}");
            assert_eq!(answer.header("content-length").is_none(), stream, "{model}");
        }
    }
    assert!(router.complaints().is_empty());
}

#[test]
fn cuts_are_exact() {
    let router = Mock::start().unwrap();
    for count in [0, 1, 250, 513, 700] {
        for (name, end) in [("cut", End::Cut), ("reset", End::Reset)] {
            let answer = post(router.addr(), &ask(&format!("mock/{name}-after-{count}"), true));
            assert_eq!((answer.status, answer.body.len(), answer.end), (200, count, end), "{name} {count}");
        }
    }
    let whole = post(router.addr(), &ask("mock/cut-after-250", false));
    assert_eq!((whole.body.len(), whole.end), (250, End::Cut));
    let short = post(router.addr(), &ask("mock/short-length", true));
    let promised: usize = short.header("content-length").unwrap().parse().unwrap();
    assert!(promised > short.body.len() && short.end == End::Cut);
}

#[test]
fn ends_without_a_response_and_ends_that_do_not_come() {
    let router = Mock::start().unwrap();
    let closed = post(router.addr(), &ask("mock/close-before-head", true));
    assert_eq!((closed.status, closed.end), (0, End::Cut));
    let reset = post(router.addr(), &ask("mock/reset-before-head", true));
    assert_eq!((reset.status, reset.end), (0, End::Reset));
    for (model, status, bytes) in
        [("mock/stall-before-head", 0, false), ("mock/stall-first", 200, false), ("mock/done-held", 200, true)]
    {
        let mut client = Client::connect(router.addr());
        client.send(&ask(model, true));
        let answer = client.receive(Duration::from_millis(200));
        assert_eq!((answer.status, answer.end, answer.body.is_empty()), (status, End::Silent, !bytes), "{model}");
    }
}

#[test]
fn every_matrix_entry_ends_as_its_name_says() {
    let router = Mock::start().unwrap();
    for finish in ["finish", "nofinish"] {
        for done in ["done", "nodone"] {
            for (name, end) in [("eof", End::Clean), ("reset", End::Reset), ("cut", End::Cut), ("short", End::Cut)] {
                let answer = post(router.addr(), &ask(&format!("mock/end-{finish}-{done}-{name}"), true));
                assert_eq!(answer.end, end, "{finish} {done} {name}");
                assert_eq!(answer.text().contains("finish_reason"), finish == "finish");
                assert_eq!(answer.text().contains("[DONE]"), done == "done");
            }
        }
    }
}

#[test]
fn sequences_go_on_and_their_last_script_repeats() {
    let router = Mock::start().unwrap();
    let first = post(router.addr(), &ask("mock/retry-after-ms", true));
    assert_eq!((first.status, first.header("retry-after-ms")), (429, Some("50")));
    assert_eq!(post(router.addr(), &ask("mock/retry-after-ms", true)).status, 200);
    assert_eq!(post(router.addr(), &ask("mock/retry-after-ms", true)).status, 200);
    assert_eq!(router.hits("mock/retry-after-ms"), 3);
    router.clear();
    assert_eq!(post(router.addr(), &ask("mock/retry-after-ms", true)).status, 429);

    let ok = Script::sse().send("data: [DO").pause(Duration::from_millis(30)).send("NE]\n\n").header("x-mine", "1");
    router.script("mine/own", Script::sequence([Script::error(503, "router", "down"), ok.clone()]));
    assert_eq!(post(router.addr(), &ask("mine/own", true)).status, 503);
    let start = Instant::now();
    let second = post(router.addr(), &ask("mine/own", true));
    assert_eq!((second.text().as_str(), second.header("x-mine")), ("data: [DONE]\n\n", Some("1")));
    assert!(start.elapsed() >= Duration::from_millis(30));
    // A script of one's own goes before a built-in one.
    router.script("mock/text", ok.ending(Ending::Cut));
    assert_eq!(post(router.addr(), &ask("mock/text", true)).end, End::Cut);
}

#[test]
fn connections_are_counted_and_their_ends_told_apart() {
    let router = Mock::start().unwrap();
    let mut client = Client::connect(router.addr());
    for _ in 0..2 {
        client.send(&ask("mock/one-chunk", true));
        assert_eq!(client.receive(PATIENCE).end, End::Clean);
    }
    let used: Vec<usize> = router.requests().iter().map(|received| received.connection).collect();
    assert_eq!((used, router.connections(), router.open_connections()), (vec![0, 0], 1, 1));

    // Dropped in the middle of a stream, before its head, and while it flows.
    drop(client);
    assert!(router.wait_closed(PATIENCE));
    for (number, model) in [(1, "mock/stall-after-delta"), (2, "mock/stall-before-head"), (3, "mock/endless")] {
        let mut client = Client::connect(router.addr());
        client.send(&ask(model, true));
        client.receive(Duration::from_millis(if number == 3 { 1 } else { 50 }));
        assert!(!router.wait_closed(Duration::from_millis(20)), "{model}");
        drop(client);
        assert!(router.wait_closed(PATIENCE), "{model}");
        assert_eq!(router.closed_by(number), Some(ClosedBy::Client), "{model}");
    }
    post(router.addr(), &ask("mock/cut-after-100", true));
    assert!(router.wait_closed(PATIENCE));
    assert_eq!(router.closed_by(4), Some(ClosedBy::Server));
    assert_eq!(router.closed_by(5), None);
}

#[test]
fn a_redirect_is_counted_when_it_is_followed() {
    let router = Mock::start().unwrap();
    let answer = post(router.addr(), &ask("mock/redirect", false));
    assert_eq!((answer.status, router.redirects_followed()), (307, 0));
    let mut client = Client::connect(router.addr());
    let body = ask("mock/redirect", false).to_string();
    client.send_raw("POST", answer.header("location").unwrap(), &support::headers(false), body.as_bytes());
    assert_eq!((client.receive(PATIENCE).status, router.redirects_followed()), (200, 1));
}

#[test]
fn a_key_is_echoed_in_every_disguise() {
    let router = Mock::start().unwrap();
    let echo = |model: &str| post(router.addr(), &ask(model, false)).text();
    assert!(echo("mock/echo-key-raw").contains("Bearer test-key"));
    let escaped = echo("mock/echo-key-json");
    assert!(!escaped.contains("test-key"));
    let parsed: serde_json::Value = serde_json::from_str(&escaped).unwrap();
    assert!(parsed["error"]["message"].as_str().unwrap().contains("Bearer test-key"));
    assert!(echo("mock/echo-key-percent").contains("%74%65%73%74%2D%6B%65%79"));
    assert!(echo("mock/echo-key-base64").contains("dGVzdC1rZXk="));
}

#[test]
fn dropping_frees_the_port_and_ends_what_is_held() {
    let router = Mock::start().unwrap();
    let addr = router.addr();
    let mut client = Client::connect(addr);
    client.send(&ask("mock/stall-after-delta", true));
    assert_eq!(client.receive(Duration::from_millis(100)).end, End::Silent);
    drop(router);
    assert_eq!(client.receive(PATIENCE).end, End::Cut);
    assert!(TcpStream::connect(addr).is_err());
    assert!(TcpListener::bind(addr).is_ok());
}

#[tokio::test]
async fn it_starts_and_stops_inside_a_runtime() {
    let router = Mock::start().unwrap();
    let addr = router.addr();
    let answer = tokio::task::spawn_blocking(move || post(addr, &ask("mock/one-chunk", true))).await.unwrap();
    assert_eq!(answer.status, 200);
    drop(router);
    assert!(TcpStream::connect(addr).is_err());
}

#[test]
fn tools_make_the_round_trip() {
    let router = Mock::start().unwrap();
    let tool = |name: &str| {
        let parameters = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
        json!({"type": "function", "function": {"name": name, "parameters": parameters}})
    };
    let mut body = ask("openai/gpt-4o", false);
    body["tools"] = json!([tool("get_weather"), tool("get_time")]);
    let message = post(router.addr(), &body).json()["choices"][0]["message"].clone();
    let calls = message["tool_calls"].as_array().unwrap().clone();
    assert_eq!(calls.len(), 2);
    assert_eq!(
        (&calls[0]["function"]["name"], &calls[1]["function"]["name"]),
        (&json!("get_weather"), &json!("get_time"))
    );
    assert_eq!(calls[0]["function"]["arguments"], r#"{"city":"Rome"}"#);
    let messages = body["messages"].as_array_mut().unwrap();
    messages.push(message);
    for (call, result) in calls.iter().zip(["18C", "noon"]) {
        messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": result}));
    }
    let last = post(router.addr(), &body).json()["choices"][0].clone();
    let text = last["message"]["content"].as_str().unwrap();
    assert!(text.contains("get_weather says: 18C") && text.contains("get_time says: noon"), "{text}");
    assert_eq!(last["finish_reason"], "stop");

    // A signature that does not come back is missed.
    body["model"] = json!("mock/tool-signature");
    assert_eq!(post(router.addr(), &body).status, 400);
    body["messages"][1]["reasoning_signature"] = json!("c2lnbmF0dXJlIGZvciB0ZXN0cw==");
    assert_eq!(post(router.addr(), &body).status, 200);
}
