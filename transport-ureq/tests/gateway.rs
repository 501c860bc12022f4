//! The example of a gateway, before the mock: it passes on what the mock sent, byte for byte, and its numbers are those of a
//! direct call.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use requesty_mock::{Mock, Reply as Played};
use requesty_parity::gateway::{Direct, Ends, Numbers, bodies, check_accounts, check_end, check_left, numbers};
use requesty_parity::{Case, KEY, cases, check_relayed, router, scripts, stream_call, whole_call};
use requesty_ureq::chat::{Message, Request};
use requesty_ureq::observe::{CallInfo, Summary};
use requesty_ureq::{ApiKey, Call, Client, Error, Options, Policy, Reply, Router};
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
    over: Arc<AtomicBool>,
    address: SocketAddr,
}

impl Serving {
    fn start(client: &Client, router: Router) -> Self {
        let accounts = Arc::<Mutex<Vec<(String, Numbers)>>>::default();
        let kept = accounts.clone();
        let account = move |tenant: &str, answer: &Summary, error: Option<&Error>| {
            kept.lock().unwrap().push((tenant.to_owned(), numbers(answer, error)));
        };
        let keys = HashMap::from([(TOKEN.to_owned(), ApiKey::new(KEY).unwrap())]);
        let gateway = gateway::Gateway { client: client.clone(), router, keys, account: Box::new(account) };
        let (listener, over) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::<AtomicBool>::default());
        let (address, ends) = (listener.local_addr().unwrap(), over.clone());
        thread::spawn(move || {
            gateway::server::listen(listener.incoming().take_while(|_| !ends.load(Ordering::Relaxed)), |exchange| {
                gateway::answer(&gateway, exchange)
            });
        });
        Serving { base: format!("http://{address}/v1"), accounts, over, address }
    }

    /// Sends a body as a tenant does; returns the bytes of the answer, and how they ended.
    fn ask(&self, client: &Client, token: &str, path: &str, body: &[u8]) -> (Vec<u8>, Option<Error>) {
        let own = Router::new(ApiKey::new(token).unwrap()).with_inference_base(&self.base).unwrap();
        bytes_of(client, &own, path, body)
    }

    fn check(&self, direct: Direct, bytes: &[u8], ended: Option<&Error>) -> Result<(), String> {
        check_accounts(&self.accounts.lock().unwrap(), TOKEN, direct, bytes, ended)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // It wakes the listener up.
        let _ = TcpStream::connect(self.address);
    }
}

/// Posts a body; returns the bytes of the answer, and how they ended.
fn bytes_of(client: &Client, router: &Router, path: &str, body: &[u8]) -> (Vec<u8>, Option<Error>) {
    let body: &RawValue = serde_json::from_slice(body).unwrap();
    let call = router.clone().with_policy(Policy::none()).post_bytes(path, body).unwrap();
    let mut bytes = Vec::new();
    let mut stream = match client.stream(&call) {
        Ok(stream) => stream,
        Err(error) => return (bytes, Some(error)),
    };
    loop {
        match stream.next_item() {
            Ok(Some(item)) => bytes.extend_from_slice(item),
            Ok(None) => return (bytes, None),
            Err(error) => return (bytes, Some(error)),
        }
    }
}

/// Makes a call without a gateway. Returns what an observer learned of it, and the error if it failed before its first item.
fn directly<R: Reply>(call: &Call<R>) -> Direct {
    let ends = Ends::default();
    let made = ends.clone();
    let client = Client::with_options(Options::new().with_observer(move |_: &CallInfo| made.clone()));
    let failed = match client.stream(call) {
        Ok(mut stream) => {
            while let Ok(Some(_)) = stream.next_item() {}
            None
        }
        Err(error) => Some(error),
    };
    (ends.take().expect("it ended"), failed)
}

#[test]
fn every_case_is_passed_on_byte_for_byte_and_adds_up_to_the_same() {
    let mock = Mock::start().unwrap();
    for (model, script) in scripts() {
        mock.script(model, script);
    }
    let (client, router) = (Client::new(), router(&mock.base_url()).unwrap());
    let (mut wrong, mut relayed) = (Vec::new(), 0);
    for case in cases() {
        let result = if case.streamed {
            check(&mock, &client, &router, case, &stream_call(&router, case).unwrap())
        } else {
            check(&mock, &client, &router, case, &whole_call(&router, case).unwrap())
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
fn check<R: Reply>(
    mock: &Mock,
    client: &Client,
    router: &Router,
    case: &Case,
    call: &Call<R>,
) -> Result<usize, String> {
    mock.clear();
    let direct = directly(call);
    mock.clear();
    let router = router.clone().with_policy(call.policy().clone()).with_limits(*call.limits());
    let serving = Serving::start(client, router.with_timeouts(*call.timeouts()));
    let (bytes, ended) = serving.ask(client, TOKEN, "chat/completions", call.request().body());
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

#[test]
fn messages_and_responses_are_passed_on_as_they_are() {
    let mock = Mock::start().unwrap();
    let (client, router) = (Client::new(), router(&mock.base_url()).unwrap().with_policy(Policy::none()));
    let mut relayed = 0;
    for (path, body) in bodies() {
        let text = body.to_string();
        let direct = match (path, body["stream"] == true) {
            ("messages", false) => directly(&router.messages_raw(text.clone()).unwrap()),
            ("messages", true) => directly(&router.messages_stream_raw(text.clone()).unwrap()),
            (_, false) => directly(&router.responses_raw(text.clone()).unwrap()),
            (_, true) => directly(&router.responses_stream_raw(text.clone()).unwrap()),
        };
        let sent = bytes_of(&client, &router, path, text.as_bytes());
        mock.clear();
        let serving = Serving::start(&client, router.clone());
        let (bytes, ended) = serving.ask(&client, TOKEN, path, text.as_bytes());
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

#[test]
fn a_client_that_leaves_ends_the_call_to_the_router_and_is_accounted_for() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let serving = Serving::start(&client, router(&mock.base_url()).unwrap());
    let own = Router::new(ApiKey::new(TOKEN).unwrap()).with_inference_base(&serving.base).unwrap();
    let messages = [Message::user("Hi")];
    let call = own.chat_stream(&Request::new(&messages).model("mock/stall-after-delta")).unwrap();
    let tenant = Client::new();
    let mut stream = tenant.stream(&call).unwrap();
    assert!(stream.next_item().unwrap().is_some());
    assert_eq!(mock.open_connections(), 1);
    drop(stream);
    assert!(mock.wait_closed(Duration::from_secs(10)));
    check_left(&serving.accounts, TOKEN).unwrap();
}

#[test]
fn whoever_is_no_tenant_or_asks_for_nonsense_is_refused() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let serving = Serving::start(&client, router(&mock.base_url()).unwrap());
    for path in ["chat/completions", "messages", "responses"] {
        let refused =
            |token: &str, body: &str| serving.ask(&client, token, path, body.as_bytes()).1.unwrap().status().unwrap();
        assert_eq!(refused("stranger", "{}"), 401);
        assert_eq!(refused(TOKEN, "[]"), 400);
        assert_eq!(refused(TOKEN, r#"{"stream":"yes"}"#), 400);
    }
    assert_eq!(serving.ask(&client, TOKEN, "embeddings", b"{}").1.unwrap().status().unwrap(), 404);
    assert!(serving.accounts.lock().unwrap().is_empty());
    assert_eq!(mock.hits("mock/text"), 0);
}

#[test]
fn a_refusal_has_the_words_of_the_router_and_not_its_address() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let serving = Serving::start(&client, router(&mock.base_url()).unwrap());
    for streamed in [false, true] {
        let body = json!({"model": "mock/insufficient-quota", "stream": streamed, "messages": [{"role": "user", "content": "Hi"}]}).to_string();
        let (_, error) = serving.ask(&client, TOKEN, "chat/completions", body.as_bytes());
        let error = error.unwrap();
        let seen = (error.status().map(|status| status.as_u16()), error.kind(), error.is_retryable());
        assert_eq!(seen, (Some(429), Some(requesty_ureq::ErrorKind::QuotaExceeded), false));
    }
    let once = router(&mock.base_url()).unwrap().with_max_retries(0);
    let serving = Serving::start(&client, once);
    mock.reply(Played::status(429).header("retry-after-ms", "6100"));
    let body = json!({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}).to_string();
    let error = serving.ask(&client, TOKEN, "chat/completions", body.as_bytes()).1.unwrap();
    assert_eq!(error.retry_after(SystemTime::now()), Some(Duration::from_secs(7)), "{error:?}");
    let nowhere = router("http://127.0.0.1:9/v1").unwrap().with_max_retries(0);
    let serving = Serving::start(&client, nowhere);
    let error = serving.ask(&client, TOKEN, "chat/completions", b"{}").1.unwrap();
    assert_eq!(error.api().and_then(|api| api.message()), Some("502 Bad Gateway"));
}

/// The server of the example: a request that it cannot read gets a status, and the connection ends.
#[test]
fn what_is_no_request_with_a_length_is_refused() {
    let mock = Mock::start().unwrap();
    let serving = Serving::start(&Client::new(), router(&mock.base_url()).unwrap());
    let long = "POST /v1/messages HTTP/1.1\r\ncontent-length: 999999999\r\n\r\n";
    for (request, status) in [("GET\r\n\r\n", 400), ("POST /v1/messages HTTP/1.1\r\n\r\n", 411), (long, 413)] {
        let mut connection = TcpStream::connect(serving.address).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        connection.read_to_string(&mut response).unwrap();
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {response}");
    }
    assert!(mock.requests().is_empty());
}
