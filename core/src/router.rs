//! Base URLs, the key, and one constructor of a [`Call`] per endpoint.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::limits::{Limits, Timeouts};
use crate::record::Recorder;
use crate::reply::{Json, RawBody, RawEvents, Reply};
use crate::request::{self, Base, Call, checked_header, dimension, json};
use crate::{ApiKey, BuildError, Error, Policy};

/// Base URLs, the key, default headers, and the defaults of each [`Call`].
///
/// It does not read the environment. The transports do (`router_from_env`), through
/// [`from_variables`](Self::from_variables).
///
/// ```
/// use requesty_core::{ApiKey, Router};
///
/// let router = Router::eu(ApiKey::new("rqsty-sk-example")?)
///     .with_title("Release notes")?
///     .with_dimension("Team", "docs")?;
/// # Ok::<(), requesty_core::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[doc(alias("client", "config", "openai"))]
pub struct Router {
    inference: Base,
    management: Base,
    feedback: Base,
    key: ApiKey,
    headers: HeaderNames,
    policy: Policy,
    limits: Limits,
    timeouts: Timeouts,
    recorder: Option<Recorder>,
    plain_http: bool,
    /// The variables that must be set before the management and the feedback base can be used.
    missing: [Option<&'static str>; 2],
}

impl Router {
    /// Creates a router that calls the global endpoints.
    pub fn new(key: ApiKey) -> Self {
        Router::at(Base::https("router.requesty.ai", "/v1"), key)
    }

    /// Creates a router that calls the inference endpoints in the EU. To run the model in the EU too, name a model of
    /// an EU region, such as `bedrock/claude-sonnet-4-5@eu-central-1`.
    pub fn eu(key: ApiKey) -> Self {
        Router::at(Base::https("router.eu.requesty.ai", "/v1"), key)
    }

    fn at(inference: Base, key: ApiKey) -> Self {
        Router {
            inference,
            management: Base::https("api-v2.requesty.ai", ""),
            feedback: Base::https("api.requesty.ai", ""),
            key,
            headers: HeaderNames(HeaderMap::new()),
            policy: Policy::default(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            recorder: None,
            plain_http: false,
            missing: [None, None],
        }
    }

    /// Creates a router from variables. `lookup` returns their values: from the environment, a file or a test. White
    /// space around a value is dropped, and an empty value counts as absent.
    ///
    /// | variable | meaning |
    /// |---|---|
    /// | `REQUESTY_API_KEY` | the key; required |
    /// | `REQUESTY_BASE_URL` | as [`with_inference_base`](Self::with_inference_base); if absent, the global endpoints |
    /// | `REQUESTY_MANAGEMENT_URL` | as [`with_management_base`](Self::with_management_base) |
    /// | `REQUESTY_FEEDBACK_URL` | as [`with_feedback_base`](Self::with_feedback_base) |
    ///
    /// If `REQUESTY_BASE_URL` alone is set, to a host outside `requesty.ai`, as in a test, calls to the management or
    /// the feedback host fail with a [`BuildError`] that names the variable to set: the key was not meant for the live
    /// host. Such calls work after that base is set in code.
    ///
    /// # Errors
    /// [`BuildError`] if the key is absent or a value cannot be used. It names the variable, and does not show its
    /// value.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_core::Router;
    ///
    /// let variables = [("REQUESTY_API_KEY", "rqsty-sk-example"), ("REQUESTY_BASE_URL", "https://router.eu.requesty.ai/v1")];
    /// let lookup = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
    /// let router = Router::from_variables(lookup)?;
    /// assert_eq!(router.get::<()>("models")?.request().uri(), "https://router.eu.requesty.ai/v1/models");
    /// # Ok::<(), requesty_core::Error>(())
    /// ```
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, BuildError> {
        let value = |name| lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let key = value(KEY).ok_or_else(|| BuildError::new(format!("{KEY} is not set: it holds the API key")))?;
        let mut router = Router::new(ApiKey::new(key).map_err(|error| named(KEY, &error))?);
        let base = |name| value(name).map(|url| Base::parse(&url).map_err(|error| named(name, &error))).transpose();
        let (management, feedback) = (base(MANAGEMENT_URL)?, base(FEEDBACK_URL)?);
        if let Some(inference) = base(BASE_URL)? {
            if !inference.is_requesty() {
                let absent = |base: &Option<Base>, name| base.is_none().then_some(name);
                router.missing = [absent(&management, MANAGEMENT_URL), absent(&feedback, FEEDBACK_URL)];
            }
            router.inference = inference;
        }
        router.management = management.unwrap_or(router.management);
        router.feedback = feedback.unwrap_or(router.feedback);
        Ok(router)
    }

    /// Sets the base URL of the inference endpoints, with its `/v1`. A path before `/v1` and a query are kept.
    ///
    /// # Errors
    /// [`BuildError`] if `url` is not an absolute `https` or `http` URL with a host and without credentials.
    #[doc(alias("base_url", "api_base", "endpoint", "host"))]
    pub fn with_inference_base(self, url: &str) -> Result<Self, BuildError> {
        Ok(Router { inference: Base::parse(url)?, missing: [None, None], ..self })
    }

    /// Sets the base URL of the management endpoints, which have a host of their own.
    ///
    /// # Errors
    /// As [`with_inference_base`](Self::with_inference_base).
    pub fn with_management_base(self, url: &str) -> Result<Self, BuildError> {
        let [_, feedback] = self.missing;
        Ok(Router { management: Base::parse(url)?, missing: [None, feedback], ..self })
    }

    /// Sets the base URL of the feedback endpoint, which has a third host.
    ///
    /// # Errors
    /// As [`with_inference_base`](Self::with_inference_base).
    pub fn with_feedback_base(self, url: &str) -> Result<Self, BuildError> {
        let [management, _] = self.missing;
        Ok(Router { feedback: Base::parse(url)?, missing: [management, None], ..self })
    }

    /// Sets the application's URL (`HTTP-Referer`), for the router's analytics. For some well-known applications the
    /// router has auto-caching on by default.
    ///
    /// # Errors
    /// [`BuildError`] if `url` is not a valid header value.
    pub fn with_referer(self, url: &str) -> Result<Self, BuildError> {
        self.with_header("http-referer", url)
    }

    /// Sets the application's name (`X-Title`), for the router's analytics.
    ///
    /// # Errors
    /// [`BuildError`] if `title` is not a valid header value.
    pub fn with_title(self, title: &str) -> Result<Self, BuildError> {
        self.with_header("x-title", title)
    }

    /// Sets an analytics dimension (`X-Requesty-<name>`). The router removes the header before the provider sees the
    /// request.
    ///
    /// # Errors
    /// As [`Call::with_dimension`].
    #[doc(alias("metadata", "tags"))]
    pub fn with_dimension(self, name: &str, value: &str) -> Result<Self, BuildError> {
        self.with_header(&dimension(name)?, value)
    }

    /// Sets a header for every call.
    ///
    /// # Errors
    /// As [`Call::with_header`].
    #[doc(alias("default_headers", "extra_headers"))]
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, BuildError> {
        let (name, value) = checked_header(name, value)?;
        self.headers.0.insert(name, value);
        Ok(self)
    }

    /// Sets when to try calls again.
    #[must_use]
    #[doc(alias("retry", "backoff"))]
    pub fn with_policy(self, policy: Policy) -> Self {
        Router { policy, ..self }
    }

    /// Records the responses to all calls: a wire log.
    #[must_use]
    pub fn with_recorder(self, recorder: Recorder) -> Self {
        Router { recorder: Some(recorder), ..self }
    }

    /// Sets the limits on what calls read.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Router { limits, ..self }
    }

    /// Sets the time limits of calls.
    #[must_use]
    #[doc(alias("timeout", "timeouts"))]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        Router { timeouts, ..self }
    }

    /// Sets the limit for each call as a whole, from its start to the end of the answer, and leaves the other limits as they are;
    /// `None` is no limit, which is the default.
    #[must_use]
    #[doc(alias("timeout", "with_timeout", "deadline"))]
    pub fn with_total_timeout(self, total: impl Into<Option<Duration>>) -> Self {
        self.change_timeouts(|timeouts| timeouts.with_total(total))
    }

    /// Sets how many times a request is sent again at most, beyond the first, and leaves the rest of the policy as it is; 2 by
    /// default.
    #[must_use]
    #[doc(alias("retry", "retries", "backoff"))]
    pub fn with_max_retries(self, retries: u32) -> Self {
        self.change_policy(|policy| policy.with_max_retries(retries))
    }

    /// Changes some of the time limits; the others stay.
    #[must_use]
    pub fn change_timeouts(self, change: impl FnOnce(Timeouts) -> Timeouts) -> Self {
        Router { timeouts: change(self.timeouts), ..self }
    }

    /// Changes parts of the policy; the rest stays.
    #[must_use]
    pub fn change_policy(self, change: impl FnOnce(Policy) -> Policy) -> Self {
        Router { policy: change(self.policy), ..self }
    }

    /// Changes some of the limits on what is read; the others stay.
    #[must_use]
    pub fn change_limits(self, change: impl FnOnce(Limits) -> Limits) -> Self {
        Router { limits: change(self.limits), ..self }
    }

    /// Sets whether the key may be sent over plain `http` to other machines. `false` by default. Plain `http` to the
    /// loopback addresses of this machine is always allowed.
    #[must_use]
    pub fn with_plain_http(self, allowed: bool) -> Self {
        Router { plain_http: allowed, ..self }
    }

    /// Posts any JSON to any path below the inference base and reads the reply as a type of the caller's.
    ///
    /// # Errors
    /// [`Error::Build`] if `body` cannot be written as JSON or `path` is not a valid path.
    pub fn post<T>(&self, path: &str, body: &(impl Serialize + ?Sized)) -> Result<Call<Json<T>>, Error>
    where
        T: DeserializeOwned + Send + Sync + Unpin + 'static,
    {
        self.call_with(path, body, Json::new())
    }

    /// Posts any JSON to any path below the inference base and hands out the raw events of the reply.
    ///
    /// # Errors
    /// As [`post`](Self::post).
    pub fn post_events(&self, path: &str, body: &(impl Serialize + ?Sized)) -> Result<Call<RawEvents>, Error> {
        self.call_with(path, body, RawEvents::new())
    }

    /// Posts any JSON to any path below the inference base and hands out the bytes of the reply as they come.
    ///
    /// # Errors
    /// As [`post`](Self::post).
    pub fn post_bytes(&self, path: &str, body: &(impl Serialize + ?Sized)) -> Result<Call<RawBody>, Error> {
        self.call_with(path, body, RawBody::new())
    }

    /// Sends any JSON to any path below the inference base and reads the reply as `reply` does: a [`Value`](crate::reply::Value), or a
    /// family of events by its [`Protocol`](crate::reply::Protocol), of the caller's own. For any other path, see [`Call::reading`].
    ///
    /// # Errors
    /// As [`post`](Self::post).
    pub fn call_with<R: Reply>(
        &self,
        path: &str,
        body: &(impl Serialize + ?Sized),
        reply: R,
    ) -> Result<Call<R>, Error> {
        self.call(&self.inference, Method::POST, path, json(body)?, reply)
    }

    /// Gets any path below the inference base and reads the reply as a type of the caller's.
    ///
    /// # Errors
    /// [`Error::Build`] if `path` is not a valid path.
    pub fn get<T>(&self, path: &str) -> Result<Call<Json<T>>, Error>
    where
        T: DeserializeOwned + Send + Sync + Unpin + 'static,
    {
        self.ask(Host::Inference, Method::GET, path, None::<&()>)
    }

    /// Calls any path on any of the router's hosts, with any method and with or without a JSON body, and reads the
    /// reply as a type of the caller's.
    ///
    /// # Errors
    /// As [`post`](Self::post).
    pub fn ask<T>(
        &self,
        host: Host,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + ?Sized)>,
    ) -> Result<Call<Json<T>>, Error>
    where
        T: DeserializeOwned + Send + Sync + Unpin + 'static,
    {
        self.call(self.base(host)?, method, path, body.map_or(Ok(Bytes::new()), json)?, Json::new())
    }

    /// Creates a call to one endpoint. Each element of `path` is one segment and is escaped, so that an id cannot
    /// change the path. An empty segment is an error, because the rest would be the path of another endpoint.
    pub(crate) fn endpoint<R: Reply>(
        &self,
        host: Host,
        method: Method,
        path: &[&str],
        body: Bytes,
        reply: R,
    ) -> Result<Call<R>, Error> {
        self.call(self.base(host)?, method, &request::path(path)?, body, reply)
    }

    fn base(&self, host: Host) -> Result<&Base, BuildError> {
        let [management, feedback] = self.missing;
        let (base, missing) = match host {
            Host::Inference => (&self.inference, None),
            Host::Management => (&self.management, management),
            Host::Feedback => (&self.feedback, feedback),
        };
        let message = |name| {
            format!("{BASE_URL} leads away from requesty.ai, but {name} is not set: the key would go to the live host")
        };
        missing.map_or(Ok(base), |name| Err(BuildError::new(message(name))))
    }

    /// The one place where a call is created.
    fn call<R: Reply>(&self, base: &Base, method: Method, path: &str, body: Bytes, reply: R) -> Result<Call<R>, Error> {
        if !self.plain_http && !base.is_private() {
            let message = "the key would travel unencrypted: use https, or allow it with Router::with_plain_http";
            return Err(BuildError::new(message).into());
        }
        let call = Call::new(method, base.join(path)?, body, &self.key, reply)?;
        let call = call.with_policy(self.policy.clone()).with_limits(self.limits).with_timeouts(self.timeouts);
        let call = call.with_defaults(&self.headers.0);
        Ok(match &self.recorder {
            Some(recorder) => call.with_recorder(recorder.clone()),
            None => call,
        })
    }
}

const KEY: &str = "REQUESTY_API_KEY";
const BASE_URL: &str = "REQUESTY_BASE_URL";
const MANAGEMENT_URL: &str = "REQUESTY_MANAGEMENT_URL";
const FEEDBACK_URL: &str = "REQUESTY_FEEDBACK_URL";

/// Returns an error that names the variable whose value cannot be used.
fn named(name: &str, error: &BuildError) -> BuildError {
    BuildError::new(format!("{name}: {error}"))
}

/// One of the three hosts of the router's API; each has a base URL of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Host {
    /// Completions, embeddings, models.
    Inference,
    /// Keys, groups, the organization.
    Management,
    /// Feedback on completions.
    Feedback,
}

/// Default headers; `Debug` shows their names only.
#[derive(Clone)]
struct HeaderNames(HeaderMap);

impl std::fmt::Debug for HeaderNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
