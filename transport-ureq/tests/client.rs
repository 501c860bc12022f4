//! The client against the mock router: what goes out, what comes back, and what becomes of connections.
#![cfg(feature = "ureq")]

mod support;

use std::time::{Duration, Instant};

use requesty_mock::{Mock, Script};
use requesty_ureq::chat::{FilePart, Message, Part, Request, Tool};
use requesty_ureq::error::Phase;
use requesty_ureq::requesty_core::reply::Dialect;
use requesty_ureq::{ApiKey, Client, Error, ItemIter, Policy, Router};
use support::{KEY, client, router, streamed, whole};

#[test]
fn a_stream_and_a_whole_answer_say_the_same() {
    let mock = Mock::start().unwrap();
    let client = client();
    let mut stream = client.stream(&streamed(&mock, "mock/text")).unwrap();
    let mut text = String::new();
    while let Some(chunk) = stream.next_item().unwrap() {
        text.push_str(chunk.text());
    }
    let total = stream.finish().unwrap();
    assert!(text.len() > 100);
    assert_eq!(total.text(), text);
    assert!(total.usage.is_some() && total.cost().is_some());

    let received = client.send(&whole(&mock, "mock/text")).unwrap();
    assert_eq!(received.text(), text);
    assert_eq!(received.head().status(), 200);
    assert!(received.head().request_id().is_some());
    let collected = client.send(&streamed(&mock, "mock/text")).unwrap();
    assert_eq!(collected.text(), text);
    assert_eq!(mock.complaints(), Vec::<String>::new());
}

#[test]
fn the_request_is_sent_as_the_call_says() {
    let mock = Mock::start().unwrap();
    let call = streamed(&mock, "mock/text").with_query("region", "eu west").unwrap();
    client().send(&call).unwrap();
    let request = &mock.requests()[0];
    let bearer = format!("Bearer {KEY}");
    for (name, value) in [
        ("accept", "text/event-stream"),
        ("accept-encoding", "identity"),
        ("authorization", &*bearer),
        ("content-type", "application/json"),
        ("content-length", &*request.body.len().to_string()),
        ("user-agent", concat!("requesty-ureq/", env!("CARGO_PKG_VERSION"))),
    ] {
        let values: Vec<_> =
            request.headers.iter().filter(|header| header.0 == name).map(|header| &*header.1).collect();
        assert_eq!(values, [value], "{name}");
    }
    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(request.path, "/v1/chat/completions?region=eu%20west");
    assert_eq!(request.body, call.request().into_body());
}

#[test]
fn keys_and_headers_are_per_call() {
    let mock = Mock::start().unwrap();
    let client = client();
    let other = ApiKey::new("rqsty-sk-other").unwrap();
    client.send(&whole(&mock, "mock/text").with_key(&other).unwrap().with_header("x-title", "Other").unwrap()).unwrap();
    client.send(&whole(&mock, "mock/text")).unwrap();
    let [first, second] = &mock.requests()[..] else { panic!("two requests") };
    assert_eq!(
        (first.header("authorization"), first.header("x-title")),
        (Some("Bearer rqsty-sk-other"), Some("Other"))
    );
    assert_eq!((second.header("authorization"), second.header("x-title")), (Some(&*format!("Bearer {KEY}")), None));
    assert_eq!(first.connection, second.connection, "one pool for all keys");
}

#[test]
fn a_get_has_no_body() {
    let mock = Mock::start().unwrap();
    let models = client().send(&router(&mock).get::<serde_json::Value>("models").unwrap()).unwrap();
    assert!(models["data"].is_array());
    assert!(mock.requests()[0].body.is_empty());
}

#[test]
fn tools_go_round() {
    let mock = Mock::start().unwrap();
    let client = client();
    let schema =
        serde_json::json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let tools = [Tool::function("get_weather").description("Tells the weather.").parameters(&schema).unwrap()];
    let mut messages = vec![Message::user("What is the weather in Paris?")];
    let ask = |messages: &[Message]| {
        let call = router(&mock).chat_stream(&Request::new(messages).model("mock/tool").tools(&tools)).unwrap();
        client.stream(&call).unwrap().finish().unwrap()
    };
    let asked = ask(&messages);
    let replies: Vec<_> = asked.tool_calls().map(|call| call.reply("18 °C")).collect();
    assert_eq!(replies.len(), 1);
    messages.extend(asked.into_message());
    messages.extend(replies);
    assert!(ask(&messages).text().contains("18 °C"));
    assert_eq!(mock.complaints(), Vec::<String>::new());
}

#[test]
fn a_large_body_is_sent_whole() {
    let mock = Mock::start().unwrap();
    let mut data = b"%PDF-1.4\n".to_vec();
    data.resize(3_000_000, b' ');
    let file = FilePart::from_bytes("large.pdf", &data).unwrap();
    let messages = [Message::user(vec![Part::text("Read this."), Part::from(file)])];
    let call = router(&mock).chat(&Request::new(&messages).model("mock/pdf")).unwrap();
    let received = client().send(&call).unwrap();
    assert!(received.text().contains("3000000"), "{}", received.text());
}

#[test]
fn done_ends_a_stream_whose_connection_stays_open() {
    let mock = Mock::start().unwrap();
    let start = Instant::now();
    let mut stream = client().stream(&streamed(&mock, "mock/done-held")).unwrap();
    while stream.next_item().unwrap().is_some() {}
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(mock.wait_closed(Duration::from_secs(1)), "the end closes it, not the drop");
    stream.finish().unwrap();
}

#[test]
fn dropping_a_stream_closes_its_connection() {
    let mock = Mock::start().unwrap();
    let mut stream = client().stream(&streamed(&mock, "mock/endless")).unwrap();
    assert!(stream.next_item().unwrap().is_some());
    assert_eq!(mock.open_connections(), 1);
    drop(stream);
    assert!(mock.wait_closed(Duration::from_secs(2)));
}

#[test]
fn a_stalled_stream_is_dropped_at_once() {
    let mock = Mock::start().unwrap();
    let mut stream = client().stream(&streamed(&mock, "mock/stall-after-delta")).unwrap();
    stream.next_item().unwrap();
    drop(stream);
    assert!(mock.wait_closed(Duration::from_secs(2)));
}

#[test]
fn stream_hands_out_the_first_item_first_and_once() {
    let mock = Mock::start().unwrap();
    let client = client();
    let by_next: Vec<_> = client.stream(&streamed(&mock, "mock/text")).unwrap().map(|item| item.unwrap()).collect();
    let mut by_open = client.open(&streamed(&mock, "mock/text")).unwrap();
    let mut texts = Vec::new();
    while let Some(chunk) = by_open.next_item().unwrap() {
        texts.push(chunk.text().to_owned());
    }
    assert_eq!(by_next.iter().map(|chunk| chunk.text().to_owned()).collect::<Vec<_>>(), texts);
}

#[test]
fn a_redirect_is_an_error_and_not_followed() {
    let mock = Mock::start().unwrap();
    let error = client().stream(&streamed(&mock, "mock/redirect")).unwrap_err();
    assert_eq!(error.status().unwrap(), 307, "{error:?}");
    let error = client().send(&whole(&mock, "mock/redirect")).unwrap_err();
    assert_eq!(error.error().status().unwrap(), 307, "{error:?}");
    assert_eq!(mock.redirects_followed(), 0);
}

#[test]
fn raw_events_and_raw_bytes_come_through_the_same_verbs() {
    let mock = Mock::start().unwrap();
    mock.script("mock/two", Script::sse().send("data: one\n\n").send("data: two\n\n").done());
    let body = serde_json::json!({"model": "mock/two", "stream": true,
        "messages": [{"role": "user", "content": "Hi"}]});
    let client = client();
    let events = client.stream(&router(&mock).post_events("chat/completions", &body).unwrap()).unwrap();
    assert!(events.count() >= 2);
    let call = router(&mock).post_bytes("chat/completions", &body).unwrap();
    let bytes = client.stream(&call.with_header("accept", "text/event-stream").unwrap()).unwrap();
    assert!(bytes.map(|piece| piece.unwrap().len()).sum::<usize>() >= "data: one\n\ndata: two\n\n".len());
}

#[test]
fn failures_to_connect_say_where_and_that_nothing_was_sent() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mock = Mock::start().unwrap();
    let plain = mock.addr();
    for (base, phase) in [
        (format!("http://{closed}/v1"), Phase::Connect),
        (format!("https://{closed}/v1"), Phase::Connect),
        (format!("https://{plain}/v1"), Phase::Tls),
        ("https://does-not-exist.invalid/v1".to_owned(), Phase::Resolve),
    ] {
        let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&base).unwrap();
        let router = router.with_policy(Policy::none());
        let error = client().open(&router.chat_stream(&Request::new(&[Message::user("Hi")])).unwrap()).unwrap_err();
        let Error::Transport(transport) = &error else { panic!("{base}: {error:?}") };
        assert_eq!(transport.phase(), phase, "{error}");
        assert!(!error.request_maybe_processed() && error.is_retryable());
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[test]
fn a_connection_lost_after_the_request_may_have_been_processed() {
    let mock = Mock::start().unwrap();
    for model in ["mock/close-before-head", "mock/reset-before-head"] {
        let error = client().open(&streamed(&mock, model)).unwrap_err();
        let Error::Transport(transport) = &error else { panic!("{error:?}") };
        assert_eq!(transport.phase(), Phase::FirstByte);
        assert!(transport.request_maybe_processed());
        assert_eq!(mock.hits(model), 1);
    }
}

#[test]
fn it_works_inside_an_async_runtime() {
    #[tokio::main(flavor = "current_thread")]
    async fn inside(mock: &Mock) {
        let client = client();
        client.send(&whole(mock, "mock/text")).unwrap();
        let call = streamed(mock, "mock/text");
        let moved = client.clone();
        let task = tokio::task::spawn_blocking(move || moved.stream(&call).unwrap().finish().unwrap());
        assert!(!task.await.unwrap().text().is_empty());
        drop(client);
    }
    inside(&Mock::start().unwrap());
}

#[test]
fn clones_share_a_pool_between_threads() {
    let mock = Mock::start().unwrap();
    let client = client();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (client, call) = (client.clone(), whole(&mock, "mock/text"));
            scope.spawn(move || client.send(&call).unwrap());
        }
    });
    let opened = mock.connections();
    client.send(&whole(&mock, "mock/text")).unwrap();
    assert_eq!(mock.connections(), opened);
}

#[test]
fn everything_goes_to_other_threads() {
    fn all<T: Send + Sync + 'static>() {}
    fn items<D: Dialect>() {
        fn sends<T: Send + 'static>() {}
        sends::<ItemIter<D, requesty_ureq::Body>>();
    }
    all::<Client>();
    all::<Error>();
    items::<requesty_ureq::chat::ChunkStream>();
}

#[test]
fn no_async_runtime_and_few_packages_in_the_tree() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = std::process::Command::new(cargo)
        .args(["tree", "--offline", "-p", "requesty-ureq", "-e", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let packages: std::collections::BTreeSet<_> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    assert!(!tree.contains("tokio"), "{tree}");
    assert!(packages.len() <= 45, "{}: {packages:?}", packages.len());
}

#[test]
fn the_interface_without_versions_is_pinned_and_used_in_two_files() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = std::fs::read_to_string(root.join("../Cargo.toml")).unwrap();
    assert!(workspace.contains("ureq = { version = \"~3.5\""), "the minor version of ureq is pinned");
    for file in std::fs::read_dir(root.join("src")).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            // Pages of the documentation.
            continue;
        }
        let uses = std::fs::read_to_string(&path).unwrap().contains("unversioned");
        assert_eq!(uses, path.ends_with("connect.rs") || path.ends_with("wire.rs"), "{path:?}");
    }
}
