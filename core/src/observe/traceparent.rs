//! An observer that passes the trace on.

use std::fmt;
use std::sync::Arc;

use http::HeaderValue;
use http::request::Parts;

use super::{CallInfo, Observer};

/// Makes an observer that sends the header `traceparent` along with each attempt, so that a gateway between here and the
/// router continues the trace. `value` is called once an attempt, where the call is made; `None`, or a value that cannot stand
/// in a header, sends none.
///
/// # Examples
///
/// ```
/// use requesty_core::observe;
///
/// // With OpenTelemetry, the value is what its `TraceContextPropagator` injects for the current context.
/// let observe = observe::traceparent(|| Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()));
/// # let _ = observe;
/// ```
///
/// A client takes it by `Options::with_observer`.
#[doc(alias("propagation", "w3c", "trace context"))]
pub fn traceparent(
    value: impl Fn() -> Option<String> + Send + Sync + 'static,
) -> impl Fn(&CallInfo) -> Traceparent + Clone + Send + Sync + 'static {
    let value: Arc<dyn Fn() -> Option<String> + Send + Sync> = Arc::new(value);
    move |_| Traceparent { value: Arc::clone(&value) }
}

/// The observer that [`traceparent`] makes.
#[derive(Clone)]
pub struct Traceparent {
    value: Arc<dyn Fn() -> Option<String> + Send + Sync>,
}

impl Observer for Traceparent {
    fn request(&mut self, head: &mut Parts) {
        if let Some(value) = (self.value)().and_then(|value| HeaderValue::try_from(value).ok()) {
            head.headers.insert("traceparent", value);
        }
    }
}

impl fmt::Debug for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traceparent")
    }
}
