//! The client against the mock router: what is sent, what comes back, and when connections end.
#![cfg(feature = "hyper")]

mod support;

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use requesty_hyper::chat::{Message, Request, Tool};
use requesty_hyper::{ApiKey, Client, Error, Incomplete, ItemStream, ResponseBody, TokioTimer, chat};
use requesty_mock::{ClosedBy, Mock};
use serde_json::{Value, json};
use support::{ms, router, streamed, whole};

#[tokio::test]
async fn streamed_and_whole_say_the_same() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let mut stream = client.stream(&streamed(&mock, "mock/text")).await.unwrap();
    assert_eq!(stream.head().status(), 200);
    assert!(stream.head().request_id().is_some());
    let mut text = String::new();
    while let Some(chunk) = stream.next_item().await.unwrap() {
        text.push_str(chunk.text());
    }
    let total = stream.finish().await.unwrap();
    assert!(total.clean_end() && total.cost().is_some());

    let unary = client.send(&whole(&mock, "mock/text")).await.unwrap();
    assert_eq!(unary.head().status(), 200);
    let collected = client.send(&streamed(&mock, "mock/text")).await.unwrap();
    for other in [&total, &collected] {
        assert_eq!(text, other.text());
        assert_eq!(unary.text(), other.text());
    }
    let owned: Vec<_> = client.stream(&streamed(&mock, "mock/text")).await.unwrap().try_collect().await.unwrap();
    assert_eq!(text, owned.iter().map(|chunk| chunk.text()).collect::<String>());
    assert_eq!(mock.complaints(), [""; 0]);
}

#[tokio::test]
async fn tools_go_there_and_back() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let schema = json!({"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]});
    let tools = [Tool::function("get_weather").parameters(&schema).unwrap()];
    let mut history = vec![Message::user("What is the weather in Paris?")];
    let call = |history: &[Message]| {
        router(&mock).chat_stream(&Request::new(history).model("mock/tools").tools(&tools)).unwrap()
    };
    let first = client.send(&call(&history)).await.unwrap().into_inner();
    let results: Vec<Message> = first.tool_calls().map(|call| call.reply("18 degrees")).collect();
    assert!(!results.is_empty());
    let arguments: Value = first.tool_calls().next().unwrap().arguments().unwrap();
    assert!(arguments["location"].is_string());
    history.extend(first.into_message());
    history.extend(results);
    let second = client.send(&call(&history)).await.unwrap();
    assert!(second.text().contains("18 degrees"));
    assert_eq!(second.tool_calls().count(), 0);
    assert_eq!(mock.complaints(), [""; 0]);
}

#[tokio::test]
async fn other_dialects_run_over_the_same_client() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let models = client.send(&router(&mock).get::<Value>("models").unwrap()).await.unwrap();
    assert!(models["data"].as_array().is_some_and(|models| models.len() > 100));
    let messages = [Message::user("Hello")];
    let events = router(&mock).events(&Request::new(&messages).model("mock/text")).unwrap();
    let mut events = client.stream(&events).await.unwrap();
    let mut count = 0;
    while events.next_item().await.unwrap().is_some() {
        count += 1;
    }
    assert!(count > 3);
    let ask = json!({"model": "mock/text", "messages": [{"role": "user", "content": "Hello"}]});
    let posted = router(&mock).post::<Value>("chat/completions", &ask).unwrap();
    assert!(client.send(&posted).await.unwrap()["choices"].is_array());
}

#[tokio::test]
async fn done_ends_a_stream_whose_socket_is_held_open() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let start = Instant::now();
    let mut stream = client.stream(&streamed(&mock, "mock/done-held")).await.unwrap();
    while stream.next_item().await.unwrap().is_some() {}
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    // The connection is of no use to anyone, so it goes before the stream does.
    tokio::task::spawn_blocking(move || assert!(mock.wait_closed(ms(500)))).await.unwrap();
    stream.finish().await.unwrap();
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    for model in ["mock/endless", "mock/stall-after-delta"] {
        let mock = Mock::start().unwrap();
        let client = Client::new();
        let mut stream = client.stream(&streamed(&mock, model)).await.unwrap();
        assert!(stream.next_item().await.unwrap().is_some());
        assert_eq!(mock.open_connections(), 1);
        let start = Instant::now();
        drop(stream);
        let mock = tokio::task::spawn_blocking(move || {
            assert!(mock.wait_closed(ms(1000)));
            mock
        });
        let mock = mock.await.unwrap();
        assert!(start.elapsed() < ms(200), "{model}: {:?}", start.elapsed());
        assert_eq!(mock.closed_by(0), Some(ClosedBy::Client));
        // The pool has no trace of it.
        client.send(&whole(&mock, "mock/text")).await.unwrap();
    }
}

#[tokio::test]
async fn dropping_the_call_before_the_head_closes_its_connection() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let call = streamed(&mock, "mock/stall-before-head");
    assert!(tokio::time::timeout(ms(100), client.send(&call)).await.is_err());
    assert_eq!(mock.hits("mock/stall-before-head"), 1);
    tokio::task::spawn_blocking(move || assert!(mock.wait_closed(ms(500)))).await.unwrap();
}

#[tokio::test]
async fn finished_replies_leave_their_connection_to_the_next() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    for _ in 0..3 {
        client.send(&whole(&mock, "mock/text")).await.unwrap();
    }
    assert_eq!(mock.connections(), 1);
    client.clone().send(&whole(&mock, "mock/text")).await.unwrap();
    assert_eq!(mock.connections(), 1, "clones share the pool");
}

#[tokio::test]
async fn key_headers_and_agent_arrive() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let call = whole(&mock, "mock/text").with_key(&ApiKey::new("rqsty-sk-other").unwrap()).unwrap();
    let call = call.with_header("x-trace", "abc").unwrap().with_query("region", "eu west").unwrap();
    client.send(&call).await.unwrap();
    client.send(&whole(&mock, "mock/text").with_header("user-agent", "mine/1").unwrap()).await.unwrap();
    let [first, second] = &mock.requests()[..] else { panic!("two requests") };
    assert_eq!(first.header("authorization"), Some("Bearer rqsty-sk-other"));
    assert_eq!(first.header("x-trace"), Some("abc"));
    assert_eq!(first.header("user-agent"), Some(concat!("requesty-hyper/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(first.header("content-length"), Some(&*first.body.len().to_string()));
    assert_eq!(first.header("transfer-encoding"), None);
    assert_eq!(first.header("accept-encoding"), Some("identity"));
    assert!(first.path.contains("region=eu%20west") || first.path.contains("region=eu+west"), "{}", first.path);
    assert_eq!(second.header("authorization"), Some("Bearer rqsty-sk-test"));
    assert_eq!(second.header("user-agent"), Some("mine/1"));
    assert_eq!(first.connection, second.connection, "many keys, one pool");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let mock = Mock::start().unwrap();
    let error = Client::new().stream(&streamed(&mock, "mock/redirect")).await.unwrap_err();
    assert!(error.status().is_some_and(|status| status.is_redirection()), "{error}");
    assert_eq!(mock.redirects_followed(), 0);
    assert_eq!(mock.requests().len(), 1);
}

#[test]
fn a_client_outlives_runtimes_of_either_flavour() {
    let mock = Mock::start().unwrap();
    // Made outside of any runtime, and used from one after the other: what an old one left in the pool is no trouble.
    let client = Client::new();
    for _ in 0..2 {
        let single = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        single.block_on(client.send(&streamed(&mock, "mock/text"))).unwrap();
        single.block_on(client.send(&whole(&mock, "mock/text"))).unwrap();
        // A runtime that is there but does not run would hold the connections that it left in the pool.
        drop(single);
        let multi = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (client, call) = (client.clone(), streamed(&mock, "mock/text"));
                multi.spawn(async move { client.send(&call).await.map(|reply| reply.text().len()) })
            })
            .collect();
        for task in tasks {
            assert!(multi.block_on(task).unwrap().unwrap() > 10);
        }
    }
}

#[test]
fn everything_can_be_shared_and_spawned() {
    fn shared<T: Send + Sync + 'static>() {}
    fn sent<T: Send>(value: T) -> T {
        value
    }
    shared::<Client>();
    shared::<ItemStream<chat::ChunkStream, ResponseBody>>();
    shared::<Error>();
    shared::<Incomplete<chat::Completion>>();
    shared::<TokioTimer>();
    let mock = Mock::start().unwrap();
    let (client, call) = (Client::new(), streamed(&mock, "mock/text"));
    drop(sent(client.send(&call)));
    drop(sent(client.stream(&call)));
    drop(sent(client.open(&call)));
}
