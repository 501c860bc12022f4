//! One call: the request to send, and how its reply is read.

mod info;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, Version};

use crate::head::Head;
use crate::key::Scrub;
use crate::limits::{Limits, Timeouts};
use crate::record::{Recorder, Tape};
use crate::reply::{Context, Dialect, Liveness, Machine, Media, Reply};
use crate::{ApiKey, BuildError, Policy};

/// One call: the request, which is sent once per attempt, and the kind of its reply.
///
/// Its setters change this call alone. Cloning shares the body.
///
/// ```
/// use requesty_core::{ApiKey, Router, chat};
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let messages = [chat::Message::user("Hello, world!")];
/// let call = router.chat(&chat::Request::new(&messages).model("openai/gpt-4o"))?;
///
/// let request = call.request();
/// assert_eq!(request.uri(), "https://router.requesty.ai/v1/chat/completions");
/// assert_eq!(request.body(), r#"{"model":"openai/gpt-4o","messages":[{"role":"user","content":"Hello, world!"}]}"#);
/// # Ok::<(), requesty_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Call<R: Reply> {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    key: ApiKey,
    model: Option<Arc<str>>,
    reply: R,
    policy: Policy,
    limits: Limits,
    timeouts: Timeouts,
    recorder: Option<Recorder>,
}

impl<R: Reply> Call<R> {
    pub(crate) fn new(method: Method, uri: Uri, body: Bytes, key: &ApiKey, reply: R) -> Result<Self, BuildError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept(R::Dialect::MEDIA));
        // A proxy that compresses a stream may hold it back until the end.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if !body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        headers.insert(AUTHORIZATION, key.bearer()?);
        Ok(Call {
            method,
            uri,
            headers,
            body,
            key: key.clone(),
            model: None,
            reply,
            policy: Policy::default(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            recorder: None,
        })
    }

    /// Returns the request of one attempt. The body is shared, not copied.
    pub fn request(&self) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.version_mut() = Version::HTTP_11;
        *request.headers_mut() = self.headers.clone();
        request
    }

    /// Starts reading the reply, given its head. `now` is the time since a fixed start, by the clock that the caller
    /// also uses for the machine's other methods. The limit for the [whole call](Timeouts::total) counts from `now`; a
    /// transport that knows when the call began uses [`open_since`](Self::open_since).
    pub fn open(&self, head: http::response::Parts, now: Duration) -> Machine<R::Dialect> {
        self.open_since(head, now)
    }

    /// Starts reading the reply to a call that began at `start`, by the clock that the caller also uses for the
    /// machine's other methods.
    pub fn open_since(&self, head: http::response::Parts, start: Duration) -> Machine<R::Dialect> {
        let scrub = Scrub::new(self.key.clone());
        let mut head = Head::from(head);
        head.clean_request_id(|id| scrub.text(id, false));
        let context = Context::new(head, self.limits, scrub, self.target().into());
        let liveness = Liveness::new(self.timeouts.idle_bytes, self.timeouts.idle_progress);
        let taped =
            |recorder| Tape::new(recorder, context.scrub.clone(), context.target.clone(), context.head.clone(), start);
        let tape = self.recorder.clone().map(taped);
        let dialect = self.reply.start(context.clone());
        Machine::new(context, dialect, liveness.with_total(start, self.timeouts.total)).with_tape(tape)
    }

    /// Returns the policy for further attempts.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Returns the time limits.
    pub fn timeouts(&self) -> &Timeouts {
        &self.timeouts
    }

    /// Returns the limits on what is read, in bytes.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Returns the model in the request; `None` for endpoints whose request names no model.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Returns the kind of the reply.
    pub fn reply(&self) -> &R {
        &self.reply
    }

    /// Uses another key for this call. A gateway can so use many keys over one pool of connections.
    ///
    /// # Errors
    /// [`BuildError`] if a header cannot hold the key; every [`ApiKey`] can be sent.
    #[doc(alias("api_key", "token"))]
    pub fn with_key(mut self, key: &ApiKey) -> Result<Self, BuildError> {
        self.key = key.clone();
        if self.headers.remove(X_API_KEY).is_some() {
            return self.with_x_api_key();
        }
        self.headers.insert(AUTHORIZATION, self.key.bearer()?);
        Ok(self)
    }

    /// Sends the key as `x-api-key`, as Anthropic's clients do, instead of in `Authorization`. The router's
    /// documentation allows both headers for messages and responses.
    ///
    /// # Errors
    /// As [`with_key`](Self::with_key).
    pub fn with_x_api_key(mut self) -> Result<Self, BuildError> {
        self.headers.insert(X_API_KEY, self.key.plain()?);
        self.headers.remove(AUTHORIZATION);
        Ok(self)
    }

    /// Sets a header for this call.
    ///
    /// # Errors
    /// [`BuildError`] if the name or the value is not valid, or if the call itself sets the header: `authorization` and
    /// `x-api-key` (see [`with_key`](Self::with_key)), `accept-encoding`, `content-length`, `host`, `transfer-encoding`.
    #[doc(alias = "extra_headers")]
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, BuildError> {
        let (name, value) = checked_header(name, value)?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Sets `idempotency-key`, by which some servers recognise all attempts as one request.
    ///
    /// # Errors
    /// [`BuildError`] if the key is not a valid header value.
    pub fn with_idempotency_key(self, key: &str) -> Result<Self, BuildError> {
        self.with_header("idempotency-key", key)
    }

    /// Sets the application's URL (`HTTP-Referer`) for this call; see
    /// [`Router::with_referer`](crate::Router::with_referer).
    ///
    /// # Errors
    /// [`BuildError`] if `url` is not a valid header value.
    pub fn with_referer(self, url: &str) -> Result<Self, BuildError> {
        self.with_header("http-referer", url)
    }

    /// Sets the application's name (`X-Title`) for this call.
    ///
    /// # Errors
    /// [`BuildError`] if `title` is not a valid header value.
    pub fn with_title(self, title: &str) -> Result<Self, BuildError> {
        self.with_header("x-title", title)
    }

    /// Sets an analytics dimension (`X-Requesty-<name>`) for this call. The router removes the header before the
    /// provider sees the request.
    ///
    /// # Errors
    /// [`BuildError`] if the name is empty or already begins with `X-Requesty-`, or if the header is not valid.
    pub fn with_dimension(self, name: &str, value: &str) -> Result<Self, BuildError> {
        self.with_header(&dimension(name)?, value)
    }

    /// Adds a name and a value to the query of the URL; both are escaped.
    ///
    /// # Errors
    /// [`BuildError`] if the URL becomes too long.
    #[doc(alias = "extra_query")]
    pub fn with_query(mut self, name: &str, value: &str) -> Result<Self, BuildError> {
        self.uri = super::with_query(&self.uri, name, value)?;
        Ok(self)
    }

    /// Sets the policy for further attempts of this call. It replaces the whole policy.
    #[must_use]
    #[doc(alias("retry", "backoff"))]
    pub fn with_policy(self, policy: Policy) -> Self {
        Call { policy, ..self }
    }

    /// Sets the time limits of this call. All of them are replaced.
    #[must_use]
    #[doc(alias("timeout", "timeouts"))]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        Call { timeouts, ..self }
    }

    /// Sets the limits on what is read for this call.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Call { limits, ..self }
    }

    /// Records each response to this call, as it comes over the network.
    #[must_use]
    pub fn with_recorder(self, recorder: Recorder) -> Self {
        Call { recorder: Some(recorder), ..self }
    }

    /// Sets the time limit for this call as a whole, from its start to the end of the answer. `None`, the default, is
    /// no limit. The other limits stay.
    #[must_use]
    #[doc(alias("timeout", "with_timeout", "deadline"))]
    pub fn with_total_timeout(self, total: impl Into<Option<Duration>>) -> Self {
        self.change_timeouts(|timeouts| timeouts.with_total(total))
    }

    /// Sets how many times the request is sent again at most, after the first attempt. 2 by default. The rest of the
    /// policy stays.
    #[must_use]
    #[doc(alias("retry", "retries", "backoff"))]
    pub fn with_max_retries(self, retries: u32) -> Self {
        self.change_policy(|policy| policy.with_max_retries(retries))
    }

    /// Changes some of the time limits; the others stay.
    #[must_use]
    pub fn change_timeouts(self, change: impl FnOnce(Timeouts) -> Timeouts) -> Self {
        Call { timeouts: change(self.timeouts), ..self }
    }

    /// Changes parts of the policy; the rest stays.
    #[must_use]
    pub fn change_policy(self, change: impl FnOnce(Policy) -> Policy) -> Self {
        Call { policy: change(self.policy), ..self }
    }

    /// Changes some of the limits on what is read; the others stay.
    #[must_use]
    pub fn change_limits(self, change: impl FnOnce(Limits) -> Limits) -> Self {
        Call { limits: change(self.limits), ..self }
    }

    /// Sets the model of the request, for logs and metrics.
    pub(crate) fn with_model(self, model: Option<&str>) -> Self {
        Call { model: model.map(Arc::from), ..self }
    }

    /// Sets the media type of a body that is not JSON.
    pub(crate) fn with_content_type(mut self, media: HeaderValue) -> Self {
        self.headers.insert(CONTENT_TYPE, media);
        self
    }

    /// Removes the key, for endpoints that need none. The key stays known, so that errors can remove it if the server
    /// echoes it.
    pub(crate) fn without_key(mut self) -> Self {
        self.headers.remove(AUTHORIZATION);
        self
    }

    /// Sets the header `accept`, if it differs from that of the kind of reply.
    pub(crate) fn with_accept(mut self, media: HeaderValue) -> Self {
        self.headers.insert(ACCEPT, media);
        self
    }

    /// Reads the reply as another kind: a [`Protocol`](crate::reply::Protocol) or a [`Value`](crate::reply::Value) of
    /// the caller's own. Sets the header `accept` to the media type of that kind.
    #[must_use]
    pub fn reading<S: Reply>(mut self, reply: S) -> Call<S> {
        self.headers.insert(ACCEPT, accept(S::Dialect::MEDIA));
        self.replied_by(|_| reply)
    }

    /// Changes what the reply is.
    pub(super) fn replied_by<S: Reply>(self, change: impl FnOnce(R) -> S) -> Call<S> {
        let Call { method, uri, headers, body, key, model, reply, policy, limits, timeouts, recorder } = self;
        Call { method, uri, headers, body, key, model, reply: change(reply), policy, limits, timeouts, recorder }
    }

    /// Replaces the kind of the reply.
    pub(crate) fn with_reply(self, reply: R) -> Self {
        Call { reply, ..self }
    }

    /// Adds default headers, unless the call already has headers of the same name.
    pub(crate) fn with_defaults(mut self, defaults: &HeaderMap) -> Self {
        for (name, value) in defaults {
            if !self.headers.contains_key(name) {
                self.headers.insert(name.clone(), value.clone());
            }
        }
        self
    }

    /// Returns the URL without its query, for errors.
    fn target(&self) -> String {
        let scheme = self.uri.scheme_str().unwrap_or_default();
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        [scheme, "://", authority, self.uri.path()].concat()
    }
}

impl<R: Reply> fmt::Debug for Call<R> {
    /// Shows the URL and the length of the body; never the key, the headers or the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Call");
        f.field("method", &self.method).field("target", &self.target()).field("body_len", &self.body.len());
        f.field("policy", &self.policy).field("timeouts", &self.timeouts).field("limits", &self.limits);
        f.finish_non_exhaustive()
    }
}

/// Returns the value of `accept` for a kind of body.
fn accept(media: Media) -> HeaderValue {
    HeaderValue::from_static(match media {
        Media::Events => "text/event-stream",
        Media::Json => "application/json",
        Media::Bytes => "*/*",
    })
}

/// The header in which Anthropic's clients send the key.
const X_API_KEY: &str = "x-api-key";

/// Returns the name of the header for an analytics dimension.
pub(crate) fn dimension(name: &str) -> Result<String, BuildError> {
    const PREFIX: &str = "x-requesty-";
    let prefixed = name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
    if name.is_empty() || prefixed {
        return Err(BuildError::new(
            "the name of a dimension is empty or begins with X-Requesty-: name it by the part after X-Requesty-, such as Team",
        ));
    }
    Ok(format!("{PREFIX}{name}"))
}

/// Checks a header that a caller sets.
pub(crate) fn checked_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), BuildError> {
    let header = HeaderName::try_from(name).map_err(|_| BuildError::new("the name of a header is not valid"))?;
    let own = ["authorization", X_API_KEY, "accept-encoding", "content-length", "host", "transfer-encoding"];
    if own.contains(&header.as_str()) {
        return Err(BuildError::new(format!("the header {header} is set by the call itself")));
    }
    let value = HeaderValue::try_from(value)
        .map_err(|_| BuildError::new(format!("the value of the header {header} cannot be sent")))?;
    Ok((header, value))
}
