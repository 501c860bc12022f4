//! The clients, each of which reads streams to their end. What they make of an event, they keep no longer than its user
//! would.

use std::hint::black_box;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use requesty_core::chat::{Chunks, Message, Request};
use requesty_core::{ApiKey, Call, Router};

use crate::measure::{self, Measured, quantile};
use crate::server::{Stream, now};

/// What one process does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    pub(crate) stream: Stream,
    /// Streams one after the other, and at the same time.
    pub(crate) streams: usize,
    pub(crate) at_once: usize,
    pub(crate) runtime: Runtime,
}

/// Where an async client runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    /// One thread, in `block_on` itself.
    BlockOn,
    /// One thread, in a task.
    Spawned,
    /// Two worker threads, in a task.
    TwoWorkers,
}

impl Runtime {
    pub(crate) const ALL: [Runtime; 3] = [Runtime::BlockOn, Runtime::Spawned, Runtime::TwoWorkers];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Runtime::BlockOn => "in block_on",
            Runtime::Spawned => "in a spawned task",
            Runtime::TwoWorkers => "on two workers",
        }
    }
}

/// What came of the items of a stream.
#[derive(Default)]
struct Seen {
    events: usize,
    latencies: Vec<u64>,
}

impl Seen {
    fn item(&mut self, text: &str) {
        self.events += 1;
        // Only a paced stream says when it was sent.
        if !text.starts_with(|first: char| first.is_ascii_digit()) {
            black_box(text);
            return;
        }
        if let Ok(sent) = text.trim_end().parse::<u64>() {
            self.latencies.push(now().saturating_sub(sent));
        }
        black_box(text);
    }
}

/// Does a job with the client of that name, and prints what it took.
pub(crate) fn run(name: &str, port: u16, job: Job) {
    let base = format!("http://127.0.0.1:{port}/v1");
    // What the first call sets up is the process's, and not the stream's.
    let warm = Job { stream: Stream::Burst { events: 16, per_chunk: 1 }, streams: 1, at_once: 1, ..job };
    let start = || (measure::cpu(), measure::status("VmRSS"));
    let (mut seen, used, before) = match name {
        "ureq" | "ureq slowly" | "ureq alone" => {
            let blocking = Blocking::new(&base);
            let work = |job: &Job| {
                let mut seen = Seen::default();
                (0..job.streams).for_each(|_| match name {
                    "ureq" => blocking.ours(job, &mut seen),
                    "ureq slowly" => blocking.slowly(job, &mut seen),
                    _ => blocking.alone(job, &mut seen),
                });
                seen
            };
            work(&warm);
            let (cpu, before) = start();
            let seen = work(&job);
            (seen, measure::cpu() - cpu, before)
        }
        _ => {
            let mut builder = match job.runtime {
                Runtime::TwoWorkers => tokio::runtime::Builder::new_multi_thread(),
                Runtime::BlockOn | Runtime::Spawned => tokio::runtime::Builder::new_current_thread(),
            };
            let runtime = builder.worker_threads(2).enable_all().build().expect("a runtime");
            let waiting = Arc::new(Waiting::new(&base));
            let work = |job: Job| {
                let work = waiting.clone().run(name.to_owned(), job);
                match job.runtime {
                    Runtime::BlockOn => runtime.block_on(work),
                    Runtime::Spawned | Runtime::TwoWorkers => {
                        runtime.block_on(async { tokio::spawn(work).await.expect("a task") })
                    }
                }
            };
            work(warm);
            let (cpu, before) = start();
            let seen = work(job);
            (seen, measure::cpu() - cpu, before)
        }
    };
    let measured = Measured {
        events: seen.events as f64,
        cpu: used,
        peak: measure::status("VmHWM") - before,
        p50: quantile(&mut seen.latencies, 0.5),
        p99: quantile(&mut seen.latencies, 0.99),
    };
    println!("{}", measured.write());
}

fn call(base: &str, job: &Job) -> Call<Chunks> {
    let router = Router::new(ApiKey::new("k").expect("a key")).with_inference_base(base).expect("a base");
    router.chat_stream(&Request::new(&[Message::user("Hi")]).model(job.stream.model())).expect("a call")
}

/// The same as raw events, which add up to nothing.
fn raw(base: &str, job: &Job) -> Call<requesty_core::reply::RawEvents> {
    let router = Router::new(ApiKey::new("k").expect("a key")).with_inference_base(base).expect("a base");
    router.events(&Request::new(&[Message::user("Hi")]).model(job.stream.model())).expect("a call")
}

fn request(base: &str, job: &Job) -> http::Request<Bytes> {
    call(base, job).request()
}

struct Blocking {
    base: String,
    ours: requesty_ureq::Client,
    alone: ureq::Agent,
}

impl Blocking {
    fn new(base: &str) -> Self {
        // The buffers of our client: with its own defaults, the library takes four times the memory.
        let config = ureq::Agent::config_builder().input_buffer_size(32 * 1024).output_buffer_size(16 * 1024).build();
        Blocking { base: base.to_owned(), ours: requesty_ureq::Client::new(), alone: config.new_agent() }
    }

    fn ours(&self, job: &Job, seen: &mut Seen) {
        let mut stream = self.ours.stream(&call(&self.base, job)).expect("a stream");
        while let Some(chunk) = stream.next_item().expect("an item") {
            seen.item(chunk.text());
        }
    }

    fn slowly(&self, job: &Job, seen: &mut Seen) {
        let mut stream = self.ours.stream(&raw(&self.base, job)).expect("a stream");
        while let Some(event) = stream.next_item().expect("an item") {
            black_box(event);
            seen.events += 1;
            if seen.events.is_multiple_of(512) {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }

    fn alone(&self, job: &Job, seen: &mut Seen) {
        let (parts, body) = request(&self.base, job).into_parts();
        let response = self.alone.run(http::Request::from_parts(parts, &*body)).expect("a response");
        let mut reader = response.into_body().into_reader();
        let mut buffer = vec![0; 32 * 1024];
        while reader.read(&mut buffer).expect("bytes") > 0 {
            black_box(&buffer);
        }
        seen.events += events(job.stream);
    }
}

fn events(stream: Stream) -> usize {
    match stream {
        Stream::Burst { events, .. } | Stream::Paced { events, .. } => events + 1,
        Stream::Large { mib } => mib * 256,
    }
}

struct Waiting {
    base: String,
    ours: requesty_hyper::Client,
    alone: legacy::Client<HttpConnector, Full<Bytes>>,
    openai: async_openai::Client<async_openai::config::OpenAIConfig>,
    genai: genai::Client,
    reqwest: reqwest::Client,
}

impl Waiting {
    fn new(base: &str) -> Self {
        let config = async_openai::config::OpenAIConfig::new().with_api_base(base).with_api_key("k");
        let target = format!("{base}/");
        let resolver = genai::resolver::ServiceTargetResolver::from_resolver_fn(
            move |asked: genai::ServiceTarget| -> Result<genai::ServiceTarget, genai::resolver::Error> {
                Ok(genai::ServiceTarget {
                    endpoint: genai::resolver::Endpoint::from_owned(target.clone()),
                    auth: genai::resolver::AuthData::from_single("k"),
                    model: genai::ModelIden::new(genai::adapter::AdapterKind::OpenAI, asked.model.model_name),
                })
            },
        );
        Waiting {
            base: base.to_owned(),
            ours: requesty_hyper::Client::new(),
            alone: legacy::Client::builder(TokioExecutor::new()).build_http(),
            openai: async_openai::Client::with_config(config),
            genai: genai::Client::builder().with_service_target_resolver(resolver).build().expect("a client"),
            reqwest: reqwest::Client::new(),
        }
    }

    async fn run(self: Arc<Self>, name: String, job: Job) -> Seen {
        let mut seen = Seen::default();
        for _ in 0..job.streams / job.at_once {
            let streams = (0..job.at_once).map(|_| self.one(&name, &job));
            for one in futures_util::future::join_all(streams).await {
                seen.events += one.events;
                seen.latencies.extend(one.latencies);
            }
        }
        seen
    }

    async fn one(&self, name: &str, job: &Job) -> Seen {
        let mut seen = Seen::default();
        match name {
            "hyper" => {
                let mut stream = self.ours.stream(&call(&self.base, job)).await.expect("a stream");
                while let Some(chunk) = stream.next_item().await.expect("an item") {
                    seen.item(chunk.text());
                }
            }
            // Raw events, and a reader that takes its time.
            "hyper slowly" => {
                let mut stream = self.ours.stream(&raw(&self.base, job)).await.expect("a stream");
                while let Some(event) = stream.next_item().await.expect("an item") {
                    black_box(event);
                    seen.events += 1;
                    if seen.events.is_multiple_of(512) {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                }
            }
            "hyper alone" => {
                let mut body =
                    self.alone.request(request(&self.base, job).map(Full::new)).await.expect("a response").into_body();
                while let Some(frame) = body.frame().await {
                    black_box(frame.expect("a frame"));
                }
                seen.events += events(job.stream);
            }
            "reqwest" => {
                let (parts, body) = request(&self.base, job).into_parts();
                let url = parts.uri.to_string();
                let asked = self.reqwest.post(url).headers(parts.headers).body(body);
                let mut response = asked.send().await.expect("a response");
                while let Some(bytes) = response.chunk().await.expect("bytes") {
                    black_box(bytes);
                }
                seen.events += events(job.stream);
            }
            "async-openai" => {
                use async_openai::types::chat::{
                    ChatCompletionRequestUserMessageArgs, CreateChatCompletionRequestArgs,
                };
                let message = ChatCompletionRequestUserMessageArgs::default().content("Hi").build().expect("a message");
                let request = CreateChatCompletionRequestArgs::default()
                    .model(job.stream.model())
                    .messages(vec![message.into()])
                    .build()
                    .expect("a request");
                let mut stream = self.openai.chat().create_stream(request).await.expect("a stream");
                while let Some(chunk) = stream.next().await {
                    let chunk = chunk.expect("a chunk");
                    let text = chunk.choices.first().and_then(|choice| choice.delta.content.as_deref());
                    seen.item(text.unwrap_or_default());
                }
            }
            "genai" => {
                let ask = genai::chat::ChatRequest::default().append_message(genai::chat::ChatMessage::user("Hi"));
                let mut stream =
                    self.genai.exec_chat_stream(&job.stream.model(), ask, None).await.expect("a stream").stream;
                while let Some(event) = stream.next().await {
                    if let genai::chat::ChatStreamEvent::Chunk(chunk) = event.expect("an event") {
                        seen.item(&chunk.content);
                    }
                }
            }
            other => panic!("there is no client {other}"),
        }
        seen
    }
}
