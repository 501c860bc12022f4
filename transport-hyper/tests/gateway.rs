//! The example of a gateway, before the mock: it passes on what the mock sent, byte for byte, and its numbers are those of a
//! direct call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use requesty_hyper::chat::{Message, Request};
use requesty_hyper::observe::{CallInfo, Summary};
use requesty_hyper::{ApiKey, Call, Client, Error, Options, Policy, Reply, Router};
use requesty_mock::{Mock, Reply as Played};
use requesty_parity::gateway::{Direct, Ends, Numbers, bodies, check_accounts, check_end, check_left, numbers};
use requesty_parity::{Case, KEY, cases, check_relayed, router, scripts, stream_call, whole_call};
use serde_json::json;
use serde_json::value::RawValue;

#[allow(dead_code, reason = "it is a program, and this uses a part of it")]
#[path = "../examples/gateway.rs"]
mod gateway;

const TOKEN: &str = "tenant-token";

/// A gateway that serves, where its tenants call, and what it accounted for.
struct Serving {
    base: String,
    accounts: Arc<Mutex<Vec<(String, Numbers)>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Serving {
    async fn start(client: &Client, router: Router) -> Self {
        let accounts = Arc::<Mutex<Vec<(String, Numbers)>>>::default();
        let kept = accounts.clone();
        let account = move |tenant: &str, answer: &Summary, error: Option<&Error>| {
            kept.lock().unwrap().push((tenant.to_owned(), numbers(answer, error)));
        };
        let keys = HashMap::from([(TOKEN.to_owned(), ApiKey::new(KEY).unwrap())]);
        let app = gateway::app(gateway::Gateway { client: client.clone(), router, keys, account: Box::new(account) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Serving { base, accounts, task }
    }

    /// Sends a body as a tenant does; returns the bytes of the answer, and how they ended.
    async fn ask(&self, client: &Client, token: &str, path: &str, body: &[u8]) -> (Vec<u8>, Option<Error>) {
        let own = Router::new(ApiKey::new(token).unwrap()).with_inference_base(&self.base).unwrap();
        bytes_of(client, &own, path, body).await
    }

    fn check(&self, direct: Direct, bytes: &[u8], ended: Option<&Error>) -> Result<(), String> {
        check_accounts(&self.accounts.lock().unwrap(), TOKEN, direct, bytes, ended)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Posts a body; returns the bytes of the answer, and how they ended.
async fn bytes_of(client: &Client, router: &Router, path: &str, body: &[u8]) -> (Vec<u8>, Option<Error>) {
    let body: &RawValue = serde_json::from_slice(body).unwrap();
    let call = router.clone().with_policy(Policy::none()).post_bytes(path, body).unwrap();
    let mut bytes = Vec::new();
    let mut stream = match client.stream(&call).await {
        Ok(stream) => stream,
        Err(error) => return (bytes, Some(error)),
    };
    loop {
        match stream.next_item().await {
            Ok(Some(item)) => bytes.extend_from_slice(item),
            Ok(None) => return (bytes, None),
            Err(error) => return (bytes, Some(error)),
        }
    }
}

/// Makes a call without a gateway. Returns what an observer learned of it, and the error if it failed before its first item.
async fn directly<R: Reply>(call: &Call<R>) -> Direct {
    let ends = Ends::default();
    let made = ends.clone();
    let client = Client::with_options(Options::new().with_observer(move |_: &CallInfo| made.clone()));
    let failed = match client.stream(call).await {
        Ok(mut stream) => {
            while let Ok(Some(_)) = stream.next_item().await {}
            None
        }
        Err(error) => Some(error),
    };
    (ends.take().expect("it ended"), failed)
}

#[tokio::test]
async fn every_case_is_passed_on_byte_for_byte_and_adds_up_to_the_same() {
    let mock = Mock::start().unwrap();
    for (model, script) in scripts() {
        mock.script(model, script);
    }
    let (client, router) = (Client::new(), router(&mock.base_url()).unwrap());
    let (mut wrong, mut relayed) = (Vec::new(), 0);
    for case in cases() {
        let result = if case.streamed {
            check(&mock, &client, &router, case, &stream_call(&router, case).unwrap()).await
        } else {
            check(&mock, &client, &router, case, &whole_call(&router, case).unwrap()).await
        };
        match result {
            Ok(bytes) => relayed += bytes,
            Err(problem) => wrong.push(format!("{} streamed={}: {problem}", case.scenario, case.streamed)),
        }
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(relayed > 500_000, "{relayed} bytes");
}

/// Makes the call of a case directly and through a gateway; returns how many bytes were passed on.
async fn check<R: Reply>(
    mock: &Mock,
    client: &Client,
    router: &Router,
    case: &Case,
    call: &Call<R>,
) -> Result<usize, String> {
    mock.clear();
    let direct = directly(call).await;
    mock.clear();
    let router = router.clone().with_policy(call.policy().clone()).with_limits(*call.limits());
    let serving = Serving::start(client, router.with_timeouts(*call.timeouts())).await;
    let (bytes, ended) = serving.ask(client, TOKEN, "chat/completions", call.request().body()).await;
    if mock.hits(case.scenario) != case.posts() {
        return Err(format!("{} requests were sent", mock.hits(case.scenario)));
    }
    serving.check(direct, &bytes, ended.as_ref())?;
    if bytes.is_empty() {
        return Ok(0);
    }
    check_relayed(case, call, &bytes)?;
    check_end(case, ended.as_ref())?;
    Ok(bytes.len())
}

#[tokio::test]
async fn messages_and_responses_are_passed_on_as_they_are() {
    let mock = Mock::start().unwrap();
    let (client, router) = (Client::new(), router(&mock.base_url()).unwrap().with_policy(Policy::none()));
    let mut relayed = 0;
    for (path, body) in bodies() {
        let text = body.to_string();
        let direct = match (path, body["stream"] == true) {
            ("messages", false) => directly(&router.messages_raw(text.clone()).unwrap()).await,
            ("messages", true) => directly(&router.messages_stream_raw(text.clone()).unwrap()).await,
            (_, false) => directly(&router.responses_raw(text.clone()).unwrap()).await,
            (_, true) => directly(&router.responses_stream_raw(text.clone()).unwrap()).await,
        };
        let sent = bytes_of(&client, &router, path, text.as_bytes()).await;
        mock.clear();
        let serving = Serving::start(&client, router.clone()).await;
        let (bytes, ended) = serving.ask(&client, TOKEN, path, text.as_bytes()).await;
        let case = format!("{path} {text}");
        assert_eq!(mock.requests().pop().unwrap().body, text.as_bytes(), "{case}: the body goes on as it came");
        serving.check(direct, &bytes, ended.as_ref()).unwrap_or_else(|problem| panic!("{case}: {problem}"));
        if bytes.is_empty() {
            continue;
        }
        assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&sent.0), "{case}");
        assert_eq!(ended.is_some(), sent.1.is_some(), "{case}: {ended:?}");
        relayed += bytes.len();
    }
    assert!(relayed > 10_000, "{relayed} bytes");
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_call_to_the_router_and_is_accounted_for() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let serving = Serving::start(&client, router(&mock.base_url()).unwrap()).await;
    let own = Router::new(ApiKey::new(TOKEN).unwrap()).with_inference_base(&serving.base).unwrap();
    let messages = [Message::user("Hi")];
    let call = own.chat_stream(&Request::new(&messages).model("mock/stall-after-delta")).unwrap();
    let tenant = Client::new();
    let mut stream = tenant.stream(&call).await.unwrap();
    assert!(stream.next_item().await.unwrap().is_some());
    assert_eq!(mock.open_connections(), 1);
    drop(stream);
    let accounts = serving.accounts.clone();
    let left = tokio::task::spawn_blocking(move || {
        assert!(mock.wait_closed(Duration::from_secs(10)));
        check_left(&accounts, TOKEN)
    });
    left.await.unwrap().unwrap();
}

#[tokio::test]
async fn whoever_is_no_tenant_or_asks_for_nonsense_is_refused() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let serving = Serving::start(&client, router(&mock.base_url()).unwrap()).await;
    for path in ["chat/completions", "messages", "responses"] {
        let refused = async |token: &str, body: &str| {
            serving.ask(&client, token, path, body.as_bytes()).await.1.unwrap().status().unwrap()
        };
        assert_eq!(refused("stranger", "{}").await, 401);
        assert_eq!(refused(TOKEN, "[]").await, 400);
        assert_eq!(refused(TOKEN, r#"{"stream":"yes"}"#).await, 400);
    }
    assert_eq!(serving.ask(&client, TOKEN, "embeddings", b"{}").await.1.unwrap().status().unwrap(), 404);
    assert!(serving.accounts.lock().unwrap().is_empty());
    assert_eq!(mock.hits("mock/text"), 0);
}

#[tokio::test]
async fn a_refusal_has_the_words_of_the_router_and_not_its_address() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let serving = Serving::start(&client, router(&mock.base_url()).unwrap()).await;
    for streamed in [false, true] {
        let body = json!({"model": "mock/insufficient-quota", "stream": streamed, "messages": [{"role": "user", "content": "Hi"}]}).to_string();
        let (_, error) = serving.ask(&client, TOKEN, "chat/completions", body.as_bytes()).await;
        let error = error.unwrap();
        let seen = (error.status().map(|status| status.as_u16()), error.kind(), error.is_retryable());
        assert_eq!(seen, (Some(429), Some(requesty_hyper::ErrorKind::QuotaExceeded), false));
    }
    let once = router(&mock.base_url()).unwrap().with_max_retries(0);
    let serving = Serving::start(&client, once).await;
    mock.reply(Played::status(429).header("retry-after-ms", "6100"));
    let body = json!({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}).to_string();
    let error = serving.ask(&client, TOKEN, "chat/completions", body.as_bytes()).await.1.unwrap();
    assert_eq!(error.retry_after(SystemTime::now()), Some(Duration::from_secs(7)), "{error:?}");
    let nowhere = router("http://127.0.0.1:9/v1").unwrap().with_max_retries(0);
    let serving = Serving::start(&client, nowhere).await;
    let error = serving.ask(&client, TOKEN, "chat/completions", b"{}").await.1.unwrap();
    assert_eq!(error.api().and_then(|api| api.message()), Some("502 Bad Gateway"));
}
