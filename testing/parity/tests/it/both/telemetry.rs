//! Spans and metrics of calls, as OpenTelemetry's SDK gets them.

use std::collections::BTreeMap;

use opentelemetry::metrics::{Counter, Histogram, MeterProvider as _};
use opentelemetry::trace::{SpanKind, Status, TracerProvider as _};
use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use requesty_core::chat::{Message, ReasoningEffort, Request, ResponseFormat};
use requesty_core::observe::{self, AttributeValue, INSTRUMENTS, InstrumentKind, Measurement};
use requesty_hyper::{Options, Proxy};
use requesty_mock::{Ending, Mock, Script};
use serde_json::{Value as Json, json};
use tracing_subscriber::layer::SubscriberExt;

use super::{Client, Transport, each, ms, router, streamed, whole};

/// A client whose spans and metrics are kept.
struct Telemetry {
    client: Client,
    spans: InMemorySpanExporter,
    tracers: SdkTracerProvider,
    metrics: InMemoryMetricExporter,
    meters: SdkMeterProvider,
}

/// A metric: how many values it got, their sum, its boundaries, and its attributes.
#[derive(Clone, Debug)]
struct Metric {
    count: u64,
    sum: f64,
    boundaries: Vec<f64>,
    attributes: BTreeMap<String, String>,
}

enum Recorder {
    Histogram(Histogram<f64>),
    Counter(Counter<f64>),
}

impl Telemetry {
    fn of(transport: Transport) -> Self {
        let spans = InMemorySpanExporter::default();
        let tracers = SdkTracerProvider::builder().with_simple_exporter(spans.clone()).build();
        let metrics = InMemoryMetricExporter::default();
        let reader = PeriodicReader::builder(metrics.clone()).build();
        let meters = SdkMeterProvider::builder().with_reader(reader).build();
        let meter = meters.meter("requesty");
        let recorders: BTreeMap<&str, Recorder> = INSTRUMENTS
            .iter()
            .map(|instrument| {
                let recorder = match instrument.kind {
                    InstrumentKind::Histogram => {
                        let histogram = meter.f64_histogram(instrument.name).with_unit(instrument.unit);
                        Recorder::Histogram(histogram.with_boundaries(instrument.buckets.to_vec()).build())
                    }
                    _ => Recorder::Counter(meter.f64_counter(instrument.name).with_unit(instrument.unit).build()),
                };
                (instrument.name, recorder)
            })
            .collect();
        let record = move |measured: &Measurement<'_>| {
            let attributes: Vec<KeyValue> = measured
                .attributes()
                .map(|(name, value)| match value {
                    AttributeValue::Int(number) => KeyValue::new(name, number),
                    AttributeValue::Text(text) => KeyValue::new(name, text.to_owned()),
                    other => panic!("an attribute of a kind that is new: {other:?}"),
                })
                .collect();
            match &recorders[measured.instrument.name] {
                Recorder::Histogram(histogram) => histogram.record(measured.value, &attributes),
                Recorder::Counter(counter) => counter.add(measured.value, &attributes),
            }
        };
        let options = Options::new().with_proxy(Proxy::none()).with_observer(observe::metrics(record));
        let client = Client::with_options(transport, options);
        Telemetry { client, spans, tracers, metrics, meters }
    }

    /// Makes one call, and returns its span and its metrics.
    fn call(&self, call: impl FnOnce(&Client)) -> (SpanData, BTreeMap<String, Metric>) {
        self.spans.reset();
        self.metrics.reset();
        let layer = tracing_opentelemetry::layer().with_tracer(self.tracers.tracer("requesty"));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || call(&self.client));
        self.meters.force_flush().unwrap();
        let mut spans = self.spans.get_finished_spans().unwrap();
        spans.retain(|span| attribute(span, "gen_ai.operation.name").is_some());
        assert_eq!(spans.len(), 1, "one span a call");
        (spans.remove(0), self.metrics())
    }

    fn metrics(&self) -> BTreeMap<String, Metric> {
        let mut found = BTreeMap::new();
        for metric in self.metrics.get_finished_metrics().unwrap().iter().flat_map(|all| all.scope_metrics()) {
            for metric in metric.metrics() {
                let AggregatedMetrics::F64(data) = metric.data() else { panic!("{metric:?}") };
                let text = |pair: &KeyValue| (pair.key.to_string(), pair.value.to_string());
                let points: Vec<Metric> = match data {
                    MetricData::Histogram(histogram) => histogram
                        .data_points()
                        .map(|point| Metric {
                            count: point.count(),
                            sum: point.sum(),
                            boundaries: point.bounds().collect(),
                            attributes: point.attributes().map(text).collect(),
                        })
                        .collect(),
                    MetricData::Sum(sum) => sum
                        .data_points()
                        .map(|point| Metric {
                            count: 1,
                            sum: point.value(),
                            boundaries: Vec::new(),
                            attributes: point.attributes().map(text).collect(),
                        })
                        .collect(),
                    other => panic!("{other:?}"),
                };
                let [point] = &points[..] else { panic!("{points:?}") };
                found.insert(metric.name().to_owned(), point.clone());
            }
        }
        found
    }
}

#[test]
fn a_good_call_has_its_numbers_as_numbers() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        mock.script("mine", answer().done());
        let messages = [Message::user("What is an LLM gateway?")];
        let request =
            Request::new(&messages).model("mine").max_tokens(7).temperature(0.5).top_p(0.25).top_k(3).seed(-2);
        let request = request.stop("a\"b").stop("c\u{1b}").n(2).frequency_penalty(0.75).presence_penalty(-0.5);
        let format = ResponseFormat::json_schema("answer", &json!({"type": "object"})).unwrap();
        let request = request.response_format(format).reasoning_effort(ReasoningEffort::LOW);
        let call = router(&mock).chat_stream(&request).unwrap();
        let (span, metrics) = Telemetry::of(transport).call(|client| drop(client.send(&call).unwrap()));

        assert_eq!((&*span.name, span.span_kind.clone()), ("chat mine", SpanKind::Client));
        assert_eq!(span.status, Status::Unset);
        let port = i64::from(mock.addr().port());
        for (name, value) in [
            ("gen_ai.operation.name", Value::from("chat")),
            ("gen_ai.provider.name", Value::from("requesty")),
            ("gen_ai.request.model", Value::from("mine")),
            ("gen_ai.request.stream", Value::from(true)),
            ("gen_ai.request.choice.count", Value::from(2)),
            ("gen_ai.request.max_tokens", Value::from(7)),
            ("gen_ai.request.temperature", Value::from(0.5)),
            ("gen_ai.request.top_p", Value::from(0.25)),
            ("gen_ai.request.top_k", Value::from(3)),
            ("gen_ai.request.seed", Value::from(-2)),
            ("gen_ai.request.frequency_penalty", Value::from(0.75)),
            ("gen_ai.request.presence_penalty", Value::from(-0.5)),
            ("gen_ai.request.reasoning.level", Value::from("low")),
            ("gen_ai.request.stop_sequences", Value::from(r#"["a\"b","c\\u{1b}"]"#)),
            ("gen_ai.output.type", Value::from("json")),
            ("gen_ai.response.id", Value::from("c-1")),
            ("gen_ai.response.model", Value::from("answering")),
            ("gen_ai.response.finish_reasons", Value::from(r#"["stop"]"#)),
            ("gen_ai.usage.input_tokens", Value::from(30)),
            ("gen_ai.usage.cache_read.input_tokens", Value::from(20)),
            ("gen_ai.usage.cache_write.input_tokens", Value::from(10)),
            ("gen_ai.usage.output_tokens", Value::from(9)),
            ("gen_ai.usage.reasoning.output_tokens", Value::from(4)),
            ("requesty.cost", Value::from(0.5)),
            ("server.address", Value::from("127.0.0.1")),
            ("server.port", Value::from(port)),
            ("http.response.status_code", Value::from(200)),
        ] {
            assert_eq!(attribute(&span, name), Some(&value), "{name}: {span:?}");
        }
        assert_eq!(attribute(&span, "error.type"), None);
        let first = seconds(&span, "gen_ai.response.time_to_first_chunk");
        let text = seconds(&span, "requesty.time_to_first_text");
        assert!(first > 0.0 && text >= first + 0.03, "the role comes 50 ms before the first text: {first} {text}");
        assert!(seconds(&span, "requesty.longest_pause") >= 0.03);
        assert!(seconds(&span, "requesty.texts_per_second") > 0.0);
        // All of it is text, a number or a truth value: no array is lost on the way.
        assert!(span.attributes.iter().all(|pair| !matches!(pair.value, Value::Array(Array::Bool(_)))));

        let duration = &metrics["gen_ai.client.inference.duration"];
        assert_eq!((duration.count, &duration.boundaries[..]), (1, observe::DURATION_BUCKETS));
        let expected = [
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", "requesty"),
            ("gen_ai.request.model", "mine"),
            ("gen_ai.response.model", "answering"),
            ("server.address", "127.0.0.1"),
            ("server.port", &port.to_string()),
        ];
        let expected: BTreeMap<String, String> =
            expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(duration.attributes, expected);
        assert_eq!(metrics["gen_ai.client.inference.time_to_first_chunk"].count, 1);
        assert_eq!(metrics["gen_ai.client.inference.time_per_output_chunk"].count, 4, "of 5 chunks");
        let input = &metrics["gen_ai.client.inference.usage.input_tokens"];
        assert_eq!((input.sum, &*input.attributes["gen_ai.token.modality"]), (30.0, "unknown"));
        for (name, sum) in [
            ("gen_ai.client.inference.usage.output_tokens", 9.0),
            ("gen_ai.client.inference.usage.cache_read.input_tokens", 20.0),
            ("gen_ai.client.inference.usage.cache_write.input_tokens", 10.0),
            ("gen_ai.client.inference.usage.reasoning.output_tokens", 4.0),
            ("gen_ai.client.inference.operation.input_tokens", 30.0),
            ("gen_ai.client.inference.operation.output_tokens", 9.0),
            ("requesty.cost", 0.5),
        ] {
            assert_eq!(metrics[name].sum, sum, "{name}");
        }
        assert_eq!(metrics["gen_ai.client.inference.operation.input_tokens"].boundaries, observe::TOKEN_BUCKETS);
    });
}

#[test]
fn a_failed_call_has_its_class_and_no_words_of_the_server() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let telemetry = Telemetry::of(transport);
        let (span, metrics) = telemetry.call(|client| drop(client.send(&whole(&mock, "mock/status-401")).unwrap_err()));
        assert_eq!(attribute(&span, "error.type"), Some(&Value::from("401")));
        assert_eq!(attribute(&span, "gen_ai.request.stream"), None);
        assert_eq!(attribute(&span, "gen_ai.response.time_to_first_chunk"), None);
        assert_eq!(span.status, Status::error(""));
        assert_eq!(metrics["gen_ai.client.inference.duration"].attributes["error.type"], "401");
        assert_eq!(metrics["gen_ai.client.inference.usage.input_tokens"].sum, 0.0);
        assert!(!metrics.contains_key("gen_ai.client.inference.time_to_first_chunk"));
        assert!(!metrics.contains_key("gen_ai.client.inference.operation.input_tokens"));
    });
    each(|transport| {
        let mock = Mock::start().unwrap();
        let call = streamed(&mock, "mock/stall-before-head");
        let call = call.change_timeouts(|timeouts| timeouts.with_first_byte(ms(100)));
        let (span, _) = Telemetry::of(transport).call(|client| drop(client.send(&call).unwrap_err()));
        assert_eq!(attribute(&span, "error.type"), Some(&Value::from("timeout")));
        assert_eq!(attribute(&span, "requesty.error.phase"), Some(&Value::from("first_byte")));
    });
}

#[test]
fn a_cut_call_has_what_came_before_the_cut() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        mock.script("cut", begun().ending(Ending::Cut));
        let (span, metrics) =
            Telemetry::of(transport).call(|client| drop(client.send(&streamed(&mock, "cut")).unwrap_err()));
        assert_eq!(attribute(&span, "error.type"), Some(&Value::from("truncated")));
        check_what_came(&span, &metrics, "truncated");
    });
}

#[test]
fn a_dropped_call_has_what_came_before_that() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        mock.script("held", begun().ending(Ending::Hold));
        let (span, metrics) = Telemetry::of(transport).call(|client| {
            let mut stream = client.stream(&streamed(&mock, "held")).unwrap();
            stream.next_item().unwrap().unwrap();
            stream.next_item().unwrap().unwrap();
        });
        assert_eq!(attribute(&span, "error.type"), Some(&Value::from("cancelled")));
        check_what_came(&span, &metrics, "cancelled");
        assert!(metrics["gen_ai.client.inference.duration"].sum >= 0.03, "until it was dropped");
    });
}

#[test]
fn a_retried_call_is_one_span_with_an_event() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let (span, metrics) =
            Telemetry::of(transport).call(|client| drop(client.send(&whole(&mock, "mock/429-once")).unwrap()));
        assert_eq!(attribute(&span, "http.request.resend_count"), Some(&Value::from(1)));
        assert_eq!((attribute(&span, "error.type"), &span.status), (None, &Status::Unset));
        let [event] = &span.events.events[..] else { panic!("{:?}", span.events) };
        assert_eq!(&*event.name, "retry");
        assert!(event.attributes.contains(&KeyValue::new("error.type", "429")), "{event:?}");
        assert_eq!(metrics["gen_ai.client.inference.duration"].count, 1);
    });
}

#[test]
fn a_traceparent_goes_along() {
    const VALUE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    each(|transport| {
        let mock = Mock::start().unwrap();
        let observe = observe::traceparent(|| Some(VALUE.to_owned()));
        let client = Client::with_options(transport, Options::new().with_proxy(Proxy::none()).with_observer(observe));
        client.send(&whole(&mock, "mock/429-once")).unwrap();
        let sent: Vec<_> =
            mock.requests().iter().map(|request| request.header("traceparent").map(str::to_owned)).collect();
        assert_eq!(sent, [Some(VALUE.to_owned()), Some(VALUE.to_owned())], "with each attempt");
    });
}

/// Checks that a call which [`begun`] answered, and which is not complete, shows all that came.
fn check_what_came(span: &SpanData, metrics: &BTreeMap<String, Metric>, class: &str) {
    for (name, value) in [
        ("gen_ai.response.id", Value::from("c-1")),
        ("gen_ai.response.model", Value::from("answering")),
        ("gen_ai.response.finish_reasons", Value::from(r#"["error"]"#)),
        ("gen_ai.usage.input_tokens", Value::from(30)),
        ("gen_ai.usage.output_tokens", Value::from(9)),
        ("requesty.cost", Value::from(0.5)),
    ] {
        assert_eq!(attribute(span, name), Some(&value), "{name}: {span:?}");
    }
    assert_eq!(span.status, Status::error(""));
    assert_eq!(metrics["gen_ai.client.inference.duration"].attributes["error.type"], class);
    assert_eq!(metrics["gen_ai.client.inference.usage.input_tokens"].sum, 30.0);
    assert_eq!(metrics["requesty.cost"].sum, 0.5);
}

fn attribute<'a>(span: &'a SpanData, name: &str) -> Option<&'a Value> {
    let mut found = span.attributes.iter().filter(|pair| pair.key.as_str() == name);
    let value = found.next().map(|pair| &pair.value);
    assert!(found.next().is_none(), "{name} stands there twice");
    value
}

fn seconds(span: &SpanData, name: &str) -> f64 {
    match attribute(span, name) {
        Some(Value::F64(seconds)) => *seconds,
        other => panic!("{name}: {other:?}"),
    }
}

/// The role, 50 ms later a text, with what was used so far.
fn begun() -> Script {
    let usage = json!({
        "prompt_tokens": 30,
        "completion_tokens": 9,
        "cost": 0.5,
        "prompt_tokens_details": {"cached_tokens": 20, "caching_tokens": 10},
        "completion_tokens_details": {"reasoning_tokens": 4},
    });
    let mut text = chunk(json!({"content": "Hi"}), Json::Null);
    text["usage"] = usage;
    Script::sse().event(&chunk(json!({"role": "assistant"}), Json::Null)).pause(ms(50)).event(&text)
}

/// A whole answer in five chunks.
fn answer() -> Script {
    let text = |text: &str| chunk(json!({"content": text}), Json::Null);
    begun().pause(ms(5)).event(&text(" there")).pause(ms(5)).event(&text("!")).event(&chunk(json!({}), json!("stop")))
}

fn chunk(delta: Json, reason: Json) -> Json {
    json!({
        "id": "c-1",
        "model": "answering",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    })
}
