//! Measurements by OpenTelemetry's conventions, for any metrics library.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{CallInfo, Observer, Report, Timings};

/// An instrument: a quantity that is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Instrument {
    /// The name, by which a [`Measurement`] finds its instrument.
    pub name: &'static str,
    /// The kind of instrument.
    pub kind: InstrumentKind,
    /// The unit, in the spelling of UCUM.
    pub unit: &'static str,
    /// The description of the quantity.
    pub description: &'static str,
    /// The boundaries of a histogram's buckets; empty for a counter.
    pub buckets: &'static [f64],
}

/// The kind of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InstrumentKind {
    /// They are counted in buckets.
    Histogram,
    /// They add up, and never fall.
    Counter,
}

/// One value, and what it belongs to.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Measurement<'a> {
    /// The measured quantity.
    pub instrument: &'static Instrument,
    /// The value, in the unit of the instrument.
    pub value: f64,
    /// The call.
    pub call: &'a CallInfo,
    /// The model that answered, where it is known by then, at most 256 bytes of it.
    pub response_model: Option<&'a str>,
    /// The class of the error, for durations; see [`error_type`](super::error_type).
    pub error_type: Option<&'a str>,
}

/// The value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeValue<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
}

impl<'a> Measurement<'a> {
    /// Returns the attributes, by the names of the conventions.
    pub fn attributes(&self) -> impl Iterator<Item = (&'static str, AttributeValue<'a>)> + use<'a> {
        let modality = self.instrument.name.starts_with(USAGE).then_some("unknown");
        let texts = [
            ("gen_ai.operation.name", Some(self.call.operation)),
            ("gen_ai.provider.name", Some("requesty")),
            ("gen_ai.request.model", self.call.model.as_deref()),
            ("gen_ai.response.model", self.response_model),
            ("gen_ai.token.modality", modality),
            ("error.type", self.error_type),
            ("server.address", Some(&*self.call.host)),
        ];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, AttributeValue::Text(text?))));
        texts.chain([("server.port", AttributeValue::Int(i64::from(self.call.port)))])
    }
}

/// Makes an observer that measures each call, and gives each value to `record`: create the [`INSTRUMENTS`] in a metrics
/// library once, and find the one to record to by its name.
///
/// Calls that generate something (`chat`, `generate_content`, `text_completion`, `transcribe`) and embeddings are measured;
/// others, such as lists of models, are not. `record` is called on the way of an answer: it should not block.
///
/// # Examples
///
/// ```
/// use std::sync::Mutex;
/// use requesty_core::observe;
///
/// # use std::collections::BTreeMap;
/// let sums = Mutex::new(BTreeMap::new());
/// let observe = observe::metrics(move |measured| {
///     *sums.lock().unwrap().entry(measured.instrument.name).or_insert(0.0) += measured.value;
/// });
/// # let _ = observe;
/// ```
///
/// A client takes it by `Options::with_observer`.
#[doc(alias("opentelemetry", "prometheus", "histogram"))]
pub fn metrics(
    record: impl Fn(&Measurement<'_>) + Send + Sync + 'static,
) -> impl Fn(&CallInfo) -> CallMetrics + Clone + Send + Sync + 'static {
    let record: Arc<dyn Fn(&Measurement<'_>) + Send + Sync> = Arc::new(record);
    move |call| CallMetrics { call: call.clone(), record: Arc::clone(&record) }
}

/// The observer that [`metrics`] makes.
#[derive(Clone)]
pub struct CallMetrics {
    call: CallInfo,
    record: Arc<dyn Fn(&Measurement<'_>) + Send + Sync>,
}

impl CallMetrics {
    fn record(&self, name: &str, value: f64, response_model: Option<&str>, error_type: Option<&str>) {
        let instrument = INSTRUMENTS.iter().find(|instrument| instrument.name == name);
        if let Some(instrument) = instrument {
            (self.record)(&Measurement { instrument, value, call: &self.call, response_model, error_type });
        }
    }

    fn is_inference(&self) -> bool {
        matches!(self.call.operation, "chat" | "generate_content" | "text_completion" | "transcribe")
    }
}

impl Observer for CallMetrics {
    fn item(&mut self, since_last: Duration, _: &Timings) {
        if self.is_inference() && self.call.streamed {
            self.record(TIME_PER_OUTPUT_CHUNK, since_last.as_secs_f64(), None, None);
        }
    }

    fn end(&mut self, report: &Report<'_>) {
        let (summary, timings) = (&report.summary, &report.timings);
        let model = summary.model.as_deref();
        let error = report.error_type();
        let duration = timings.end.map(|time| time.as_secs_f64());
        let count = |tokens: Option<u64>| tokens.map(|tokens| tokens as f64);
        if self.call.operation == "embeddings" {
            if let Some(duration) = duration {
                self.record(EMBEDDINGS_DURATION, duration, model, error.as_deref());
            }
            if let Some(tokens) = count(summary.input_tokens) {
                self.record(EMBEDDINGS_TOKENS, tokens, model, None);
            }
        } else if self.is_inference() {
            if let Some(duration) = duration {
                self.record(DURATION, duration, model, error.as_deref());
            }
            if let (true, Some(time)) = (self.call.streamed, timings.first_item) {
                self.record(TIME_TO_FIRST_CHUNK, time.as_secs_f64(), model, None);
            }
            for (name, value) in [
                // The conventions ask for a zero where nothing is known.
                (INPUT_TOKENS, Some(count(summary.input_tokens).unwrap_or_default())),
                (OUTPUT_TOKENS, Some(count(summary.output_tokens).unwrap_or_default())),
                (CACHE_READ_TOKENS, count(summary.cache_read_tokens)),
                (CACHE_WRITE_TOKENS, count(summary.cache_write_tokens)),
                (REASONING_TOKENS, count(summary.reasoning_tokens)),
                (OPERATION_INPUT_TOKENS, count(summary.input_tokens)),
                (OPERATION_OUTPUT_TOKENS, count(summary.output_tokens)),
            ] {
                if let Some(value) = value {
                    self.record(name, value, model, None);
                }
            }
        } else {
            return;
        }
        // A counter never falls, whatever a server says.
        if let Some(cost) = summary.cost.filter(|cost| !cost.is_negative()) {
            self.record(COST, cost.to_f64(), model, None);
        }
    }
}

impl fmt::Debug for CallMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallMetrics").field("call", &self.call).finish_non_exhaustive()
    }
}

/// The boundaries of the buckets for times, in seconds, as the conventions give them.
pub const DURATION_BUCKETS: &[f64] =
    &[0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

/// The boundaries of the buckets for tokens, as the conventions give them.
pub const TOKEN_BUCKETS: &[f64] = &[
    1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0, 4194304.0, 16777216.0,
    67108864.0,
];

/// All that [`metrics`] measures.
///
/// | name | kind | unit | what |
/// |---|---|---|---|
/// | `gen_ai.client.inference.duration` | histogram | `s` | from the start of the call to its end, retries included |
/// | `gen_ai.client.inference.time_to_first_chunk` | histogram | `s` | from the start of the call to the first item, for streams |
/// | `gen_ai.client.inference.time_per_output_chunk` | histogram | `s` | from one item to the next, for streams; a slow caller makes it longer |
/// | `gen_ai.client.inference.usage.input_tokens` | counter | `{token}` | tokens of the request; 0 where they are not known |
/// | `gen_ai.client.inference.usage.output_tokens` | counter | `{token}` | tokens of the answer; 0 where they are not known |
/// | `gen_ai.client.inference.usage.cache_read.input_tokens` | counter | `{token}` | those read from the cache |
/// | `gen_ai.client.inference.usage.cache_write.input_tokens` | counter | `{token}` | those written to the cache |
/// | `gen_ai.client.inference.usage.reasoning.output_tokens` | counter | `{token}` | those spent on reasoning |
/// | `gen_ai.client.inference.operation.input_tokens` | histogram | `{token}` | tokens of one request |
/// | `gen_ai.client.inference.operation.output_tokens` | histogram | `{token}` | tokens of one answer |
/// | `gen_ai.client.embeddings.duration` | histogram | `s` | from the start of the call to its end |
/// | `gen_ai.client.embeddings.operation.input_tokens` | histogram | `{token}` | tokens of one request |
/// | `requesty.cost` | counter | `{USD}` | dollars; no part of the conventions, which have no metric of cost yet |
pub const INSTRUMENTS: &[Instrument] = &[
    histogram(DURATION, "s", "Duration of an inference call.", DURATION_BUCKETS),
    histogram(TIME_TO_FIRST_CHUNK, "s", "Time to the first chunk of a stream.", DURATION_BUCKETS),
    histogram(TIME_PER_OUTPUT_CHUNK, "s", "Time between two chunks of a stream.", DURATION_BUCKETS),
    counter(INPUT_TOKENS, "{token}", "Input tokens used."),
    counter(OUTPUT_TOKENS, "{token}", "Output tokens used."),
    counter(CACHE_READ_TOKENS, "{token}", "Input tokens read from the provider's cache."),
    counter(CACHE_WRITE_TOKENS, "{token}", "Input tokens written to the provider's cache."),
    counter(REASONING_TOKENS, "{token}", "Output tokens spent on reasoning."),
    histogram(OPERATION_INPUT_TOKENS, "{token}", "Input tokens of one inference call.", TOKEN_BUCKETS),
    histogram(OPERATION_OUTPUT_TOKENS, "{token}", "Output tokens of one inference call.", TOKEN_BUCKETS),
    histogram(EMBEDDINGS_DURATION, "s", "Duration of an embeddings call.", DURATION_BUCKETS),
    histogram(EMBEDDINGS_TOKENS, "{token}", "Input tokens of one embeddings call.", TOKEN_BUCKETS),
    counter(COST, "{USD}", "Cost of the calls."),
];

const DURATION: &str = "gen_ai.client.inference.duration";
const TIME_TO_FIRST_CHUNK: &str = "gen_ai.client.inference.time_to_first_chunk";
const TIME_PER_OUTPUT_CHUNK: &str = "gen_ai.client.inference.time_per_output_chunk";
const INPUT_TOKENS: &str = "gen_ai.client.inference.usage.input_tokens";
const OUTPUT_TOKENS: &str = "gen_ai.client.inference.usage.output_tokens";
const CACHE_READ_TOKENS: &str = "gen_ai.client.inference.usage.cache_read.input_tokens";
const CACHE_WRITE_TOKENS: &str = "gen_ai.client.inference.usage.cache_write.input_tokens";
const REASONING_TOKENS: &str = "gen_ai.client.inference.usage.reasoning.output_tokens";
const OPERATION_INPUT_TOKENS: &str = "gen_ai.client.inference.operation.input_tokens";
const OPERATION_OUTPUT_TOKENS: &str = "gen_ai.client.inference.operation.output_tokens";
const EMBEDDINGS_DURATION: &str = "gen_ai.client.embeddings.duration";
const EMBEDDINGS_TOKENS: &str = "gen_ai.client.embeddings.operation.input_tokens";
const COST: &str = "requesty.cost";

/// What the names of the counters begin with that the conventions break down by modality.
const USAGE: &str = "gen_ai.client.inference.usage.";

const fn histogram(
    name: &'static str,
    unit: &'static str,
    description: &'static str,
    buckets: &'static [f64],
) -> Instrument {
    Instrument { name, kind: InstrumentKind::Histogram, unit, description, buckets }
}

const fn counter(name: &'static str, unit: &'static str, description: &'static str) -> Instrument {
    Instrument { name, kind: InstrumentKind::Counter, unit, description, buckets: &[] }
}
