//! Runs a gateway: tenants with tokens and keys of their own, answers passed on byte for byte, and what each tenant spent.
//! `ACME_KEY=… GLOBEX_KEY=… cargo run -p requesty-ureq --example blocking_gateway`, or without keys, `-- --self-test`.
#[path = "support/server.rs"]
pub(crate) mod server;
mod support;

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
use std::{env, thread};

use bytes::Bytes;
use http::{Response, StatusCode, header};
use requesty_ureq::{ApiKey, Call, Client, Decimal, Error, Reply, Router, chat::Request, observe::Summary};
use server::{Chunks, Exchange};
use support::Failure;

fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai/gpt-4o-mini", "mock/text")?;
    let key = |name| ApiKey::new(env::var(name).unwrap_or_else(|_| "rqsty-sk-mock".to_owned()));
    let keys = HashMap::from([("acme".to_owned(), key("ACME_KEY")?), ("globex".to_owned(), key("GLOBEX_KEY")?)]);
    let spent = Mutex::new(HashMap::<String, Decimal>::new());
    let account: Account = Box::new(move |tenant, answer, _| {
        // An answer that ended before its usage is not free: its id is what to ask the router about.
        let Some(cost) = answer.cost else { return println!("{tenant}: the cost of {:?} is not known", answer.id) };
        let mut spent = spent.lock().unwrap_or_else(PoisonError::into_inner);
        let total = spent.entry(tenant.to_owned()).and_modify(|total| *total += cost).or_insert(cost);
        println!("{tenant}: cost ${cost}, ${total} in all");
    });
    let gateway = Gateway { client: client.clone(), router, keys, account };
    let test = env::args().any(|argument| argument == "--self-test");
    let listener = TcpListener::bind(if test { "127.0.0.1:0" } else { "127.0.0.1:8080" })?;
    let base = format!("http://{}/v1", listener.local_addr()?);
    eprintln!("listening at {base}");
    let serving = thread::spawn(move || server::listen(listener.incoming(), |exchange| answer(&gateway, exchange)));
    if !test {
        return serving.join().map_err(|_| "a thread broke down".into());
    }
    let own = Router::new(ApiKey::new("acme")?).with_inference_base(&base)?;
    let call = own.chat_stream(&Request::user("What is an LLM gateway?").model(model))?;
    println!("{}", client.send(&call)?.text());
    Ok(())
}

/// Learns of each answer that was passed on, when it is over: the tenant's token, tokens and cost, and the error that ended it.
pub(crate) type Account = Box<dyn Fn(&str, &Summary, Option<&Error>) + Send + Sync>;

pub(crate) struct Gateway {
    pub(crate) client: Client,
    pub(crate) router: Router,
    pub(crate) keys: HashMap<String, ApiKey>,
    pub(crate) account: Account,
}

/// Passes the answer on, or returns the response that says why there is no answer.
pub(crate) fn answer(gateway: &Gateway, exchange: &Exchange<'_>) -> Option<Response<Bytes>> {
    let (uri, headers, body) = (exchange.request.uri(), exchange.request.headers(), exchange.request.body().clone());
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let token = header("x-api-key").or_else(|| header("authorization")?.strip_prefix("Bearer "));
    let Some(tenant) = token.and_then(|token| gateway.keys.get_key_value(token)) else {
        return Some(server::empty(StatusCode::UNAUTHORIZED));
    };
    let streamed = serde_json::from_slice::<serde_json::Value>(&body).is_ok_and(|body| body["stream"] == true);
    let router = &gateway.router;
    let relayed = match (uri.path(), streamed) {
        ("/v1/messages", true) => relay(gateway, tenant, router.messages_stream_raw(body), exchange),
        ("/v1/messages", false) => relay(gateway, tenant, router.messages_raw(body), exchange),
        ("/v1/responses", true) => relay(gateway, tenant, router.responses_stream_raw(body), exchange),
        ("/v1/responses", false) => relay(gateway, tenant, router.responses_raw(body), exchange),
        ("/v1/chat/completions", true) => relay(gateway, tenant, router.chat_stream_raw(body), exchange),
        ("/v1/chat/completions", false) => relay(gateway, tenant, router.chat_raw(body), exchange),
        _ => return Some(server::empty(StatusCode::NOT_FOUND)),
    };
    relayed.err().map(|error| refusal(&error))
}

/// Passes the answer on. A client that leaves cancels the call, which closes the connection to the router.
fn relay<R: Reply>(
    gateway: &Gateway,
    (token, key): (&String, &ApiKey),
    call: Result<Call<R>, Error>,
    exchange: &Exchange<'_>,
) -> Result<(), Error> {
    let mut stream = gateway.client.with_cancel(&exchange.left).stream(&call?.with_key(key)?.relaying())?;
    let mut chunks = Chunks::new(exchange, stream.head().headers().get(header::CONTENT_TYPE));
    let end = loop {
        match stream.next_bytes() {
            Ok(Some(bytes)) => chunks.write(&bytes),
            end => break end.err(),
        }
    };
    (gateway.account)(token, &stream.into_machine().summary(), end.as_ref());
    // What the router ended was passed on as it came, whatever it means. Any other end must break the connection.
    let cut = |error: &Error| matches!(error, Error::Truncated(end) if end.is_cut());
    let breaks = |error: &Error| cut(error) || matches!(error, Error::Timeout(_) | Error::TooLarge(_));
    if !end.as_ref().is_some_and(breaks) {
        chunks.end();
    }
    Ok(())
}

/// Says why there is no answer, in the router's words: a client acts on their code. 401 and 403 are about the tenant's key, which
/// the client never sees, and the words of other errors name the router's address.
fn refusal(error: &Error) -> Response<Bytes> {
    let own = matches!(error.gateway_status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let status = if own { StatusCode::BAD_GATEWAY } else { error.gateway_status() };
    let words = if let Error::Build(error) = error { error.to_string() } else { status.to_string() };
    let theirs = error.api().map(|api| api.body().clone()).filter(|body| !own && body.starts_with(b"{"));
    let body = theirs.unwrap_or_else(|| serde_json::json!({"error": {"message": words}}).to_string().into());
    let mut response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    if let Some(wait) = error.retry_after(SystemTime::now()) {
        response = response.header(header::RETRY_AFTER, wait.as_millis().div_ceil(1000).to_string());
    }
    response.body(body).unwrap_or_default()
}
