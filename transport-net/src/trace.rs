//! A span per call, with the attribute names of OpenTelemetry's conventions for generative AI.

use std::time::Duration;

use requesty_core::observe::{CallInfo, Observer, Report, Timings};
use requesty_core::{Error, Head};
use tracing::Span;
use tracing::field::{Empty, display};

/// Creates the span of a call, as a child of the current span.
///
/// | attribute | value |
/// |---|---|
/// | `gen_ai.operation.name`, `gen_ai.provider.name` | `chat`, or the path of another endpoint; `requesty` |
/// | `gen_ai.request.model`, `gen_ai.response.model` | the model in the request, and the model in the answer |
/// | `gen_ai.response.id`, `gen_ai.response.finish_reasons` | from the answer |
/// | `gen_ai.usage.input_tokens`, `gen_ai.usage.output_tokens` | from the answer |
/// | `gen_ai.usage.cost` | US dollars; not part of the conventions |
/// | `gen_ai.response.time_to_first_chunk` | seconds from the start of the call |
/// | `server.address`, `server.port`, `http.response.status_code`, `http.request.resend_count`, `error.type` | as for any HTTP client |
pub(crate) fn observe(call: &CallInfo) -> Box<dyn Observer> {
    let operation = if call.path.ends_with("/chat/completions") { "chat" } else { &call.path };
    let span = tracing::info_span!(
        target: "requesty",
        "gen_ai.call",
        otel.name = match &call.model {
            Some(model) => format!("{operation} {model}"),
            None => operation.to_owned(),
        },
        otel.kind = "client",
        otel.status_code = Empty,
        gen_ai.operation.name = operation,
        gen_ai.provider.name = "requesty",
        gen_ai.request.model = call.model.as_deref(),
        gen_ai.request.stream = call.streamed,
        gen_ai.response.id = Empty,
        gen_ai.response.model = Empty,
        gen_ai.response.finish_reasons = Empty,
        gen_ai.response.time_to_first_chunk = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cost = Empty,
        server.address = &*call.host,
        server.port = call.port,
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        error.type = Empty,
    );
    Box::new(Trace(span))
}

struct Trace(Span);

impl Observer for Trace {
    fn response(&mut self, head: &Head, _: &Timings) {
        self.0.record("http.response.status_code", head.status().as_u16());
    }

    fn retry(&mut self, error: &Error, wait: Duration) {
        let wait = wait.as_secs_f64();
        tracing::event!(target: "requesty", parent: &self.0, tracing::Level::WARN, error.type = kind(error), wait, "retry");
    }

    fn first_item(&mut self, timings: &Timings) {
        let seconds = timings.first_item.unwrap_or_default().as_secs_f64();
        self.0.record("gen_ai.response.time_to_first_chunk", seconds);
    }

    fn end(&mut self, report: &Report<'_>) {
        let (span, summary) = (&self.0, &report.summary);
        if let Some(id) = &summary.id {
            span.record("gen_ai.response.id", id);
        }
        if let Some(model) = &summary.model {
            span.record("gen_ai.response.model", model);
        }
        if !summary.finish_reasons.is_empty() {
            span.record("gen_ai.response.finish_reasons", summary.finish_reasons.join(","));
        }
        if let Some(tokens) = summary.input_tokens {
            span.record("gen_ai.usage.input_tokens", tokens);
        }
        if let Some(tokens) = summary.output_tokens {
            span.record("gen_ai.usage.output_tokens", tokens);
        }
        if let Some(cost) = summary.cost {
            span.record("gen_ai.usage.cost", display(cost));
        }
        let again = report.timings.attempts.saturating_sub(1);
        if again > 0 {
            span.record("http.request.resend_count", again);
        }
        // The message is left out, because it may contain the server's text.
        let error = report.error.map(kind).or_else(|| report.dropped.then(|| "cancelled".to_owned()));
        if let Some(error) = error {
            span.record("error.type", error);
            span.record("otel.status_code", "ERROR");
        }
    }
}

/// Returns a short name for an error, from a small set.
fn kind(error: &Error) -> String {
    match error {
        Error::Api(api) => {
            api.status().map_or_else(|| format!("{:?}", api.kind()), |status| status.as_u16().to_string())
        }
        Error::Timeout(timeout) => format!("timeout: {}", timeout.phase()),
        Error::Transport(transport) => format!("transport: {}", transport.phase()),
        Error::Unexpected(_) => "unexpected reply".to_owned(),
        Error::Build(_) => "build".to_owned(),
        Error::Decode(_) => "decode".to_owned(),
        Error::Truncated(_) => "truncated".to_owned(),
        Error::Unfinished(_) => "unfinished".to_owned(),
        Error::NoChoices(_) => "no choices".to_owned(),
        Error::TooLarge(_) => "too large".to_owned(),
        Error::Cancelled(_) => "cancelled".to_owned(),
        _ => "_OTHER".to_owned(),
    }
}
