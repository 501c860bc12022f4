//! Runs a gateway: tenants with tokens and keys of their own, answers passed on byte for byte, and what each tenant spent.
//! `ACME_KEY=… GLOBEX_KEY=… cargo run -p requesty-hyper --example gateway`, or without keys, `-- --self-test`.
#[path = "support/passing.rs"]
mod passing;
mod support;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use std::{env, io};

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::stream;
use passing::Passing;
use requesty_hyper::{ApiKey, Call, Client, Decimal, Error, Reply, Router, chat::Request, observe::Summary};
use support::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
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
    let listener = tokio::net::TcpListener::bind(if test { "127.0.0.1:0" } else { "127.0.0.1:8080" }).await?;
    let base = format!("http://{}/v1", listener.local_addr()?);
    eprintln!("listening at {base}");
    let own = Router::new(ApiKey::new("acme")?).with_inference_base(&base)?;
    let call = own.chat_stream(&Request::user("What is an LLM gateway?").model(model))?;
    tokio::select! {
        ended = async { axum::serve(listener, app(gateway)).await } => Ok(ended?),
        answer = client.send(&call), if test => Ok(answer.map(|answer| println!("{}", answer.text()))?),
    }
}

/// Learns of each answer that was passed on, when it is over: the tenant's token, tokens and cost, and the error that ended it.
pub(crate) type Account = Box<dyn Fn(&str, &Summary, Option<&Error>) + Send + Sync>;

pub(crate) struct Gateway {
    pub(crate) client: Client,
    pub(crate) router: Router,
    pub(crate) keys: HashMap<String, ApiKey>,
    pub(crate) account: Account,
}

pub(crate) fn app(gateway: Gateway) -> axum::Router {
    let paths = ["/v1/chat/completions", "/v1/messages", "/v1/responses"];
    let app = paths.into_iter().fold(axum::Router::new(), |app, path| app.route(path, post(answer)));
    app.layer(DefaultBodyLimit::max(64 << 20)).with_state(Arc::new(gateway)) // Files come within the body.
}

async fn answer(State(gateway): State<Arc<Gateway>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let token = header("x-api-key").or_else(|| header("authorization")?.strip_prefix("Bearer "));
    let Some(tenant) = token.and_then(|token| gateway.keys.get_key_value(token)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let streamed = serde_json::from_slice::<serde_json::Value>(&body).is_ok_and(|body| body["stream"] == true);
    let router = &gateway.router;
    let response = match (uri.path(), streamed) {
        ("/v1/messages", true) => relay(&gateway, tenant, router.messages_stream_raw(body)).await,
        ("/v1/messages", false) => relay(&gateway, tenant, router.messages_raw(body)).await,
        ("/v1/responses", true) => relay(&gateway, tenant, router.responses_stream_raw(body)).await,
        ("/v1/responses", false) => relay(&gateway, tenant, router.responses_raw(body)).await,
        (_, true) => relay(&gateway, tenant, router.chat_stream_raw(body)).await,
        (_, false) => relay(&gateway, tenant, router.chat_raw(body)).await,
    };
    response.unwrap_or_else(|error| refusal(&error))
}

/// Passes the answer on. A client that leaves drops the stream, which closes the connection to the router.
async fn relay<R: Reply>(
    gateway: &Arc<Gateway>,
    (token, key): (&String, &ApiKey),
    call: Result<Call<R>, Error>,
) -> Result<Response, Error> {
    let stream = gateway.client.stream(&call?.with_key(key)?.relaying()).await?;
    let media = stream.head().headers().get(header::CONTENT_TYPE).cloned().map(|media| [(header::CONTENT_TYPE, media)]);
    let bytes = stream::unfold(Some(Passing::new(stream, gateway, token)), async |passing| {
        let mut passing = passing?;
        let end = match passing.next_bytes().await {
            Ok(Some(bytes)) => return Some((Ok(bytes), Some(passing))),
            end => end.err(),
        };
        passing.account(end.as_ref());
        // What the router ended was passed on as it came, whatever it means. Any other end must break the connection.
        let cut = |error: &Error| matches!(error, Error::Truncated(end) if end.is_cut());
        let error = end.filter(|error| cut(error) || matches!(error, Error::Timeout(_) | Error::TooLarge(_)))?;
        tokio::task::yield_now().await; // The server writes out what it has before it breaks.
        Some((Err(io::Error::other(error)), None))
    });
    Ok((media, Body::from_stream(bytes)).into_response())
}

/// Says why there is no answer, in the router's words: a client acts on their code. 401 and 403 are about the tenant's key, which
/// the client never sees, and the words of other errors name the router's address.
fn refusal(error: &Error) -> Response {
    let own = matches!(error.gateway_status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let status = if own { StatusCode::BAD_GATEWAY } else { error.gateway_status() };
    let words = if let Error::Build(error) = error { error.to_string() } else { status.to_string() };
    let theirs = error.api().map(|api| api.body().clone()).filter(|body| !own && body.starts_with(b"{"));
    let body = theirs.unwrap_or_else(|| serde_json::json!({"error": {"message": words}}).to_string().into());
    let seconds = error.retry_after(SystemTime::now()).map(|wait| wait.as_millis().div_ceil(1000).to_string());
    let wait = seconds.map(|seconds| [(header::RETRY_AFTER, seconds)]);
    (status, wait, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
