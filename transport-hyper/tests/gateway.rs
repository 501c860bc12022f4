//! The example of a gateway, before the mock: it passes on what the mock sent, byte for byte, and its numbers are those of a
//! direct call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use requesty_hyper::chat::{Completion, Message, Request};
use requesty_hyper::{ApiKey, Call, Client, Dialect, Error, Incomplete, Policy, Reply, Router};
use requesty_mock::Mock;
use requesty_parity::{Case, KEY, cases, check_relayed, outcome, router, scripts, stream_call, whole_call};
use serde_json::value::RawValue;

#[allow(dead_code, reason = "it is a program, and this uses a part of it")]
#[path = "../examples/gateway.rs"]
mod gateway;

const TOKEN: &str = "tenant-token";

type Outcome = Result<Completion, Incomplete<Completion>>;

/// A gateway that serves, where its tenants call, and the outcomes that it accounted for.
struct Serving {
    base: String,
    accounts: Arc<Mutex<Vec<(String, String)>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Serving {
    async fn start(client: &Client, router: Router) -> Self {
        let accounts = Arc::<Mutex<Vec<(String, String)>>>::default();
        let kept = accounts.clone();
        let account = move |tenant: &str, result: &Outcome| {
            kept.lock().unwrap().push((tenant.to_owned(), outcome(result)));
        };
        let keys = HashMap::from([(TOKEN.to_owned(), ApiKey::new(KEY).unwrap())]);
        let app = gateway::app(gateway::Gateway { client: client.clone(), router, keys, account: Box::new(account) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Serving { base, accounts, task }
    }

    /// Sends a body as a tenant does; returns the bytes of the answer, and how they ended.
    async fn ask(&self, client: &Client, token: &str, body: &[u8]) -> (Vec<u8>, Option<Error>) {
        let body: &RawValue = serde_json::from_slice(body).unwrap();
        let own = Router::new(ApiKey::new(token).unwrap()).with_inference_base(&self.base).unwrap();
        let call = own.with_policy(Policy::none()).post_bytes("chat/completions", body).unwrap();
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
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
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
async fn check<R>(mock: &Mock, client: &Client, router: &Router, case: &Case, call: &Call<R>) -> Result<usize, String>
where
    R: Reply<Dialect: Dialect<Total = Completion, Partial = Completion>>,
{
    mock.clear();
    let direct = client.stream(call).await.map(drop);
    mock.clear();
    let router = router.clone().with_policy(call.policy().clone()).with_limits(*call.limits());
    let serving = Serving::start(client, router.with_timeouts(*call.timeouts())).await;
    let (bytes, ended) = serving.ask(client, TOKEN, call.request().body()).await;
    if mock.hits(case.scenario) != case.posts() {
        return Err(format!("{} requests were sent", mock.hits(case.scenario)));
    }
    let accounts = serving.accounts.lock().unwrap().clone();
    if bytes.is_empty() {
        let status = ended.as_ref().map_or(200, |error| error.status().map_or(0, |status| status.as_u16()));
        let wanted = direct.as_ref().map_or_else(|error| error.gateway_status().as_u16(), |()| 200);
        let wanted = if matches!(wanted, 401 | 403) { 502 } else { wanted };
        let fits = status == wanted && accounts.is_empty();
        return if fits { Ok(0) } else { Err(format!("nothing, {status}, for {wanted}: {ended:?}, {accounts:?}")) };
    }
    if accounts != [(TOKEN.to_owned(), case.expect.to_owned())] {
        return Err(format!("the gateway has {accounts:?}, a direct call {}", case.expect));
    }
    check_relayed(case, call, &bytes)?;
    // The connection to the tenant ends as the one to the router did.
    let cut = ended.is_some();
    let is_broken = ["broken", "timeout", "too-large"].iter().any(|end| case.expect.starts_with(end));
    if cut == is_broken { Ok(bytes.len()) } else { Err(format!("the answer to the tenant ended with {ended:?}")) }
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_call_to_the_router() {
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
    let closed = tokio::task::spawn_blocking(move || mock.wait_closed(Duration::from_secs(10)));
    assert!(closed.await.unwrap());
}

#[tokio::test]
async fn whoever_is_no_tenant_or_asks_for_nonsense_is_refused() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    let serving = Serving::start(&client, router(&mock.base_url()).unwrap()).await;
    let refused =
        async |token: &str, body: &str| serving.ask(&client, token, body.as_bytes()).await.1.unwrap().status();
    assert_eq!(refused("stranger", "{}").await.unwrap(), 401);
    assert_eq!(refused(TOKEN, "[]").await.unwrap(), 400);
    assert_eq!(refused(TOKEN, r#"{"stream":"yes"}"#).await.unwrap(), 400);
    assert!(serving.accounts.lock().unwrap().is_empty());
    assert_eq!(mock.hits("mock/text"), 0);
}
