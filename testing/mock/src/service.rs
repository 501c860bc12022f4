//! Routes, authorization, and the playing of a reply.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use serde_json::Value;

use crate::api;
use crate::ask::Ask;
use crate::check::{self, Findings};
use crate::net::Control;
use crate::scenarios;
use crate::script::{self, Ending, Script, Step};
use crate::state::{Received, Shared};

/// Where `mock/redirect` points to.
pub(crate) const REDIRECTED: &str = "/v1/redirected/chat/completions";

/// How long a write is given to reach the client before a reset, which may overtake it.
const BEFORE_RESET: Duration = Duration::from_millis(20);

type Body = BoxBody<Bytes, io::Error>;

/// Answers one request.
pub(crate) async fn answer(
    request: Request<Incoming>,
    connection: usize,
    control: Arc<Control>,
    shared: Arc<Shared>,
) -> io::Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let path = head.uri.path_and_query().map_or_else(|| head.uri.path().to_owned(), ToString::to_string);
    let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut received = Received {
        method: head.method.to_string(),
        path,
        headers: header_list(&head.headers),
        body,
        connection,
        model: parsed["model"].as_str().map(str::to_owned),
        complaints: Vec::new(),
        notes: Vec::new(),
    };
    let chat = head.method == Method::POST && matches!(head.uri.path(), "/v1/chat/completions" | REDIRECTED);
    let decided = if chat {
        let key = api::key(&received);
        let allowed = api::authorize(key, &shared).and_then(|()| api::afford(key, &shared));
        let allowed = allowed.and_then(|()| inspect(&mut received, &shared));
        allowed.err().map(|refusal| refusal.response(false, 0))
    } else {
        Some(beside_chat(&head, &mut received, &shared))
    };
    let authorization = received.header("authorization").unwrap_or_default().to_owned();
    let key = api::key(&received).to_owned();
    let serial = shared.receive(received);
    // A completion is made here, as it needs the serial number.
    let reply = decided.unwrap_or_else(|| {
        let ask = Ask::received(parsed, &authorization, serial);
        let model = ask.model().to_owned();
        let reply = complete(ask, head.uri.path(), &shared);
        api::charge(&key, &["v1", "chat", "completions"], &model, &reply, &shared);
        reply
    });
    play(reply, serial, control).await
}

/// Answers a request to any other endpoint. A path that is not an endpoint is recorded as a complaint.
fn beside_chat(head: &http::request::Parts, received: &mut Received, shared: &Shared) -> script::Response {
    match api::answer(&head.method, &head.uri, received, shared) {
        Some(answered) => {
            received.complaints = answered.complaints;
            answered.reply
        }
        None => {
            received.complaints.push(format!("path: {} {} is not an endpoint", received.method, received.path));
            Script::error(404, "router", "Provider and/or model not supported").response(false, 0)
        }
    }
}

/// Chooses the reply for a request that is in order.
fn complete(ask: Ask, path: &str, shared: &Shared) -> script::Response {
    // A followed redirect gets an answer, so that a client which follows is seen to, instead of looping.
    if path == REDIRECTED {
        return scenarios::text(&ask).response(ask.stream(), 0);
    }
    if let Some(queued) = shared.queued() {
        return queued.script("chat/completions", &ask).response(ask.stream(), 0);
    }
    let script = match shared.scripted(ask.model()) {
        Some(script) => script,
        None => match scenarios::find(ask.model()) {
            Some(scenario) => scenario.script(&ask),
            None => return Script::error(404, "router", "Provider and/or model not supported").response(false, 0),
        },
    };
    script.response(ask.stream(), shared.play(ask.model()))
}

/// Checks a request against the documentation; puts what it finds on record.
fn inspect(received: &mut Received, shared: &Shared) -> Result<(), Script> {
    let Findings { complaints, notes } = check::request(&received.headers, &received.body);
    received.notes = notes;
    received.complaints = complaints;
    if received.complaints.is_empty() || shared.accepts_any_request() {
        return Ok(());
    }
    Err(Script::error(400, "router", &format!("Request validation failed: {}", received.complaints.join("; "))))
}

async fn play(reply: script::Response, serial: usize, control: Arc<Control>) -> io::Result<Response<Body>> {
    if !reply.head_after.is_zero() {
        tokio::time::sleep(reply.head_after).await;
    }
    match reply.ending {
        Ending::CloseBeforeHead => return Err(io::Error::other("scripted close")),
        Ending::ResetBeforeHead => {
            control.reset();
            return Err(io::Error::other("scripted reset"));
        }
        Ending::HoldBeforeHead => {
            let never: Infallible = std::future::pending().await;
            match never {}
        }
        _ => {}
    }
    let mut response = Response::new(BodyExt::boxed(StreamBody::new(frames(Vec::new(), Ending::End, control.clone()))));
    *response.status_mut() = StatusCode::from_u16(reply.status).map_err(io::Error::other)?;
    let request_id = format!("mock-{serial:08}");
    put(response.headers_mut(), "fly-request-id", &format!("{request_id}-local"))?;
    put(response.headers_mut(), "x-request-id", &request_id)?;
    for (name, value) in &reply.headers {
        put(response.headers_mut(), name, value)?;
    }
    let stream = reply.header("content-type").is_some_and(|value| value.starts_with("text/event-stream"));
    let length = reply.body().len();
    match reply.ending {
        Ending::End if !stream => put(response.headers_mut(), CONTENT_LENGTH.as_str(), &length.to_string())?,
        Ending::ShortLength => put(response.headers_mut(), CONTENT_LENGTH.as_str(), &(length + 64).to_string())?,
        _ => {}
    }
    *response.body_mut() = BodyExt::boxed(StreamBody::new(frames(reply.steps, reply.ending, control)));
    Ok(response)
}

/// Plays steps and ending as a body.
fn frames(
    steps: Vec<Step>,
    ending: Ending,
    control: Arc<Control>,
) -> impl futures_util::Stream<Item = io::Result<Frame<Bytes>>> + Send + Sync {
    stream::unfold((steps.into_iter(), ending, control), |(mut steps, ending, control)| async move {
        // The server writes out what it has whenever the body is not ready, so this makes each step a write.
        tokio::task::yield_now().await;
        loop {
            match steps.next() {
                Some(Step::Send(bytes)) => return Some((Ok(Frame::data(bytes)), (steps, ending, control))),
                Some(Step::Pause(time)) => tokio::time::sleep(time).await,
                None => break,
            }
        }
        match &ending {
            Ending::Hold => std::future::pending().await,
            Ending::Repeat { bytes, every } => {
                tokio::time::sleep(*every).await;
                let frame = Frame::data(bytes.clone());
                Some((Ok(frame), (steps, ending, control)))
            }
            Ending::Reset => {
                tokio::time::sleep(BEFORE_RESET).await;
                control.reset();
                Some((Err(io::Error::other("scripted reset")), (steps, ending, control)))
            }
            Ending::Cut => Some((Err(io::Error::other("scripted cut")), (steps, ending, control))),
            // An end before the announced length makes the server close the connection.
            _ => None,
        }
    })
}

fn put(headers: &mut HeaderMap, name: &str, value: &str) -> io::Result<()> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(io::Error::other)?;
    headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).map_err(io::Error::other)?);
    Ok(())
}

fn header_list(headers: &HeaderMap) -> Vec<(String, String)> {
    let pairs = headers.iter();
    pairs.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect()
}
