//! A span per call, with the attribute names of OpenTelemetry's conventions for generative AI. `core/src/observe.rs` has
//! the table of them.

use std::borrow::Cow;
use std::fmt::Write;
use std::time::Duration;

use requesty_core::observe::{CallInfo, Observer, Report, Timings, error_phase, error_type};
use requesty_core::{Error, Head};
use tracing::Span;
use tracing::field::Empty;

/// Creates the span of a call, as a child of the current span, without content.
pub(crate) fn observe(call: &CallInfo) -> Box<dyn Observer> {
    Box::new(span(call, false))
}

/// Creates the span of a call, with prompts and answers.
pub(crate) fn observe_with_content(call: &CallInfo) -> Box<dyn Observer> {
    Box::new(span(call, true))
}

/// Whole numbers are recorded as `i64`: others are text for OpenTelemetry's subscriber.
fn span(call: &CallInfo, with_content: bool) -> Trace {
    let asked_content = |read: fn(&CallInfo) -> Option<String>| with_content.then(|| read(call)).flatten();
    let (operation, asked) = (call.operation, &call.parameters);
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
        gen_ai.request.stream = call.streamed.then_some(true),
        gen_ai.request.choice.count = asked.choice_count.filter(|&count| count != 1).and_then(int),
        gen_ai.request.encoding_formats = asked.encoding_format.as_ref().map(|format| array([format.as_str()])),
        gen_ai.request.frequency_penalty = asked.frequency_penalty,
        gen_ai.request.max_tokens = asked.max_tokens.and_then(int),
        gen_ai.request.presence_penalty = asked.presence_penalty,
        gen_ai.request.previous_response.id = asked.previous_response_id.as_deref(),
        gen_ai.request.reasoning.level = asked.reasoning_level.as_deref(),
        gen_ai.request.seed = asked.seed,
        gen_ai.request.stop_sequences = texts(&asked.stop_sequences),
        gen_ai.request.temperature = asked.temperature,
        gen_ai.request.top_k = asked.top_k.and_then(int),
        gen_ai.request.top_p = asked.top_p,
        gen_ai.output.type = asked.output_type,
        gen_ai.embeddings.dimension.count = asked.dimensions.and_then(int),
        gen_ai.input.messages = asked_content(CallInfo::input_messages),
        gen_ai.output.messages = Empty,
        gen_ai.system_instructions = asked_content(CallInfo::system_instructions),
        gen_ai.tool.definitions = asked_content(CallInfo::tool_definitions),
        gen_ai.response.id = Empty,
        gen_ai.response.model = Empty,
        gen_ai.response.finish_reasons = Empty,
        gen_ai.response.time_to_first_chunk = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        gen_ai.usage.cache_write.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.reasoning.output_tokens = Empty,
        server.address = &*call.host,
        server.port = i64::from(call.port),
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        error.type = Empty,
        requesty.cost = Empty,
        requesty.error.phase = Empty,
        requesty.longest_pause = Empty,
        requesty.texts_per_second = Empty,
        requesty.time_to_first_text = Empty,
    );
    Trace { span, streamed: call.streamed, with_content }
}

struct Trace {
    span: Span,
    streamed: bool,
    with_content: bool,
}

impl Observer for Trace {
    fn response(&mut self, head: &Head, _: &Timings) {
        self.span.record("http.response.status_code", i64::from(head.status().as_u16()));
    }

    fn retry(&mut self, error: &Error, wait: Duration) {
        let (class, wait) = (error_type(error), wait.as_secs_f64());
        tracing::event!(
            target: "requesty",
            parent: &self.span,
            tracing::Level::WARN,
            error.type = &*class,
            requesty.error.phase = error_phase(error),
            requesty.wait = wait,
            "retry"
        );
    }

    fn end(&mut self, report: &Report<'_>) {
        let (summary, timings) = (&report.summary, &report.timings);
        // Dropped at the end of this: the span is over when the call is, and not when the stream is dropped.
        let span = std::mem::replace(&mut self.span, Span::none());
        for (name, text) in [("gen_ai.response.id", &summary.id), ("gen_ai.response.model", &summary.model)] {
            if let Some(text) = text {
                span.record(name, text.as_str());
            }
        }
        if let Some(messages) = self.with_content.then(|| report.output_messages()).flatten() {
            span.record("gen_ai.output.messages", messages);
        }
        let class = report.error_type();
        let began = summary.id.is_some() || summary.model.is_some();
        if let Some(reasons) = texts(&summary.finish_reasons) {
            span.record("gen_ai.response.finish_reasons", reasons);
        } else if began && class.is_some() {
            // The conventions have it for a reason that was expected, and never came.
            span.record("gen_ai.response.finish_reasons", array(["error"]));
        }
        for (name, count) in [
            ("gen_ai.usage.input_tokens", summary.input_tokens),
            ("gen_ai.usage.cache_read.input_tokens", summary.cache_read_tokens),
            ("gen_ai.usage.cache_write.input_tokens", summary.cache_write_tokens),
            ("gen_ai.usage.output_tokens", summary.output_tokens),
            ("gen_ai.usage.reasoning.output_tokens", summary.reasoning_tokens),
            (
                "http.request.resend_count",
                Some(u64::from(timings.attempts)).and_then(|n| n.checked_sub(1)).filter(|&n| n > 0),
            ),
        ] {
            if let Some(count) = count.and_then(int) {
                span.record(name, count);
            }
        }
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        for (name, number) in [
            ("gen_ai.response.time_to_first_chunk", seconds(timings.first_item.filter(|_| self.streamed))),
            ("requesty.time_to_first_text", seconds(timings.first_text)),
            ("requesty.longest_pause", seconds(timings.longest_pause)),
            ("requesty.texts_per_second", timings.texts_per_second()),
            ("requesty.cost", summary.cost.map(|cost| cost.to_f64())),
        ] {
            if let Some(number) = number {
                span.record(name, number);
            }
        }
        // The message is left out, because it may contain the server's text.
        if let Some(class) = class {
            span.record("error.type", &*class);
            span.record("otel.status_code", "ERROR");
        }
        if let Some(phase) = report.error.and_then(error_phase) {
            span.record("requesty.error.phase", phase);
        }
    }
}

/// Most bytes of an array's JSON text.
const LONGEST_ARRAY: usize = 4 * 1024;

fn int(count: u64) -> Option<i64> {
    i64::try_from(count).ok()
}

/// Writes texts as a JSON array, as `tracing` has no arrays; `None` where there are none.
fn texts(texts: &[String]) -> Option<String> {
    (!texts.is_empty()).then(|| array(texts.iter().map(String::as_str)))
}

/// Writes as many texts as fit into [`LONGEST_ARRAY`].
fn array<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::from("[");
    for text in texts {
        let text: Cow<'_, str> = if text.contains(['"', '\\']) {
            text.replace('\\', r"\\").replace('"', "\\\"").into()
        } else {
            text.into()
        };
        if out.len() + text.len() + 4 > LONGEST_ARRAY {
            break;
        }
        let comma = if out.len() > 1 { "," } else { "" };
        let _ = write!(out, "{comma}\"{text}\"");
    }
    out.push(']');
    out
}
