//! Whole clients on the loopback interface: each in a process of its own, all asking the same server for the same bytes.
//!
//! `cargo run --release -p requesty-benches --bin end-to-end` prints a line for each figure with its goal, and exits with 1
//! where one is missed. The processor's time is what the system counts for the client's process alone; of several runs the
//! one with the least counts, as whatever disturbs only adds. It needs Linux.

mod clients;
#[path = "../report/figure.rs"]
#[allow(dead_code, reason = "the goals of another program are not all of this one's")]
mod figure;
mod measure;
mod server;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};

use clients::{Job, Runtime};
use figure::{Figure, Figures, Goal};
use measure::Measured;
use server::Stream;

/// How often each client runs; the least of each figure counts.
const RUNS: usize = 5;

const SERVE: &str = "--serve";
const CLIENT: &str = "--client";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [SERVE] => {
            server::serve().expect("a server");
            ExitCode::SUCCESS
        }
        [CLIENT, name, port, ref job @ ..] => {
            let numbers: Vec<usize> = job.iter().map(|number| number.parse().expect("a number")).collect();
            let [kind, first, second, streams, at_once, runtime] = numbers[..] else { panic!("six numbers") };
            let stream = match kind {
                0 => Stream::Burst { events: first, per_chunk: second },
                1 => Stream::Paced { events: first, pause: second as u64 },
                _ => Stream::Large { mib: first },
            };
            let job = Job { stream, streams, at_once, runtime: Runtime::ALL[runtime] };
            clients::run(name, port.parse().expect("a port"), job);
            ExitCode::SUCCESS
        }
        [] if cfg!(debug_assertions) => {
            eprintln!("a debug build measures nothing: add --release");
            ExitCode::FAILURE
        }
        [] => compare(),
        _ => {
            eprintln!("there are no flags");
            ExitCode::FAILURE
        }
    }
}

/// The server's process, ended with this.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start() -> Server {
        let program = std::env::current_exe().expect("the path of this program");
        let mut child = Command::new(program).arg(SERVE).stdout(Stdio::piped()).spawn().expect("a server");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its port");
        Server { child, port: line.trim().parse().expect("a port") }
    }

    /// Runs a client in a process of its own.
    fn run(&self, name: &str, job: Job) -> Measured {
        let (kind, first, second) = match job.stream {
            Stream::Burst { events, per_chunk } => (0, events, per_chunk),
            Stream::Paced { events, pause } => (1, events, pause as usize),
            Stream::Large { mib } => (2, mib, 0),
        };
        let runtime = Runtime::ALL.iter().position(|runtime| *runtime == job.runtime).unwrap_or_default();
        let numbers = [kind, first, second, job.streams, job.at_once, runtime].map(|number| number.to_string());
        let program = std::env::current_exe().expect("the path of this program");
        let output = Command::new(program)
            .args([CLIENT, name, &self.port.to_string()])
            .args(numbers)
            .output()
            .expect("a client");
        let said = String::from_utf8_lossy(&output.stdout);
        Measured::read(said.trim()).unwrap_or_else(|| panic!("{name}: {}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Runs each client in turn, so often, and takes the least of each figure.
    fn least<const N: usize>(&self, names: [&str; N], job: Job, runs: usize) -> [Measured; N] {
        let mut least = names.map(|_| None::<Measured>);
        for _ in 0..runs {
            for (name, least) in names.iter().zip(&mut least) {
                let one = self.run(name, job);
                let before = least.take().unwrap_or_else(|| one.clone());
                *least = Some(Measured {
                    events: one.events,
                    cpu: one.cpu.min(before.cpu),
                    peak: one.peak.min(before.peak),
                    p50: one.p50.min(before.p50),
                    p99: one.p99.min(before.p99),
                });
            }
        }
        least.map(Option::unwrap_or_default)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn compare() -> ExitCode {
    let server = Server::start();
    let mut figures = Figures::default();
    one_per_chunk(&server, &mut figures);
    many_per_chunk(&server, &mut figures);
    latency(&server, &mut figures);
    memory(&server, &mut figures);
    let missed: Vec<_> = figures.list.iter().filter(|figure| figure.is_missed()).collect();
    println!("\n{} of {} goals missed", missed.len(), figures.with_goal().count());
    missed.iter().for_each(|figure| println!("{figure}"));
    if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn burst(per_chunk: usize, streams: usize, runtime: Runtime) -> Job {
    Job { stream: Stream::Burst { events: 300_000, per_chunk }, streams, at_once: 1, runtime }
}

/// Adds the processor's time of each client, and returns it.
fn processor<const N: usize>(
    server: &Server,
    figures: &mut Figures,
    names: [&str; N],
    per_chunk: usize,
    runtime: Runtime,
) -> [f64; N] {
    let measured = server.least(names, burst(per_chunk, if per_chunk == 1 { 1 } else { 4 }, runtime), RUNS);
    let cpu = measured.map(|measured| measured.cpu_of_100k());
    for (client, cpu) in names.iter().zip(cpu) {
        let name = format!("CPU s per 100,000 events, {per_chunk} per HTTP chunk, {}, {client}", runtime.name());
        figures.add(Figure::new(name, cpu, 4));
    }
    cpu
}

/// The processor's time where each event is an HTTP chunk, as providers send them: beside the same HTTP library's own pooled
/// client, which reads and discards, and beside whole clients.
fn one_per_chunk(server: &Server, figures: &mut Figures) {
    for (runtime, goal) in Runtime::ALL.into_iter().zip([0.6, 1.0, 0.55]) {
        let names = ["hyper", "hyper alone", "reqwest", "async-openai", "genai"];
        let [ours, alone, reqwest, openai, _] = processor(server, figures, names, 1, runtime);
        let mut beside = |whom: &str, other: f64, goal: Option<f64>| {
            let name = format!("CPU, 1 per HTTP chunk, {}, hyper / {whom}", runtime.name());
            figures.add(Figure::new(name, ours / other, 3).goal(goal.map(Goal::Times)));
        };
        let is_main = runtime == Runtime::BlockOn;
        beside("hyper alone", alone, Some(goal));
        beside("reqwest, reading only", reqwest, is_main.then_some(0.5));
        beside("async-openai", openai, is_main.then_some(0.2));
    }
    let [ours, alone] = processor(server, figures, ["ureq", "ureq alone"], 1, Runtime::BlockOn);
    above(figures, "1 per HTTP chunk, ureq", ours - alone, 0.004);
}

/// The processor's time where an HTTP chunk has 16 events: what is above the library is the core's.
fn many_per_chunk(server: &Server, figures: &mut Figures) {
    let names = ["hyper", "hyper alone", "ureq", "ureq alone"];
    let [hyper, hyper_alone, ureq, ureq_alone] = processor(server, figures, names, 16, Runtime::BlockOn);
    above(figures, "16 per HTTP chunk, hyper", hyper - hyper_alone, 0.006);
    above(figures, "16 per HTTP chunk, ureq", ureq - ureq_alone, 0.004);
}

fn above(figures: &mut Figures, name: &str, value: f64, goal: f64) {
    let name = format!("CPU s per 100,000 events, {name} above the library alone");
    figures.add(Figure::new(name, value, 4).goal(Goal::Times(goal)));
}

/// How much later than it was sent a token is there.
fn latency(server: &Server, figures: &mut Figures) {
    let job =
        Job { stream: Stream::Paced { events: 4_000, pause: 500 }, streams: 1, at_once: 1, runtime: Runtime::BlockOn };
    let names = ["hyper", "ureq", "async-openai", "genai"];
    let measured = server.least(names, job, RUNS);
    for (client, measured) in names.iter().zip(&measured) {
        let name = format!("latency at a token each 0.5 ms, {client}, p50 µs");
        figures.add(Figure::new(name, measured.p50, 1).note(format!("p99 {:.1}", measured.p99)));
    }
    let [hyper, ureq, openai, _] = &measured;
    let goal = Goal::Times(0.75);
    figures.add(Figure::new("latency p50, hyper / async-openai", hyper.p50 / openai.p50, 2).goal(goal));
    figures.add(Figure::new("latency p50, ureq / async-openai", ureq.p50 / openai.p50, 2).goal(goal));
}

/// What a client holds at most, above what it held before its first stream.
fn memory(server: &Server, figures: &mut Figures) {
    let goal = Goal::AtMost(4.0);
    let job = Job {
        stream: Stream::Burst { events: 300_000, per_chunk: 16 },
        streams: 1,
        at_once: 1,
        runtime: Runtime::BlockOn,
    };
    for client in ["hyper", "ureq", "async-openai", "genai"] {
        let peak = server.run(client, job).peak;
        let figure = Figure::new(format!("peak memory of a stream of 300,000 events, {client}, MiB"), peak, 1);
        figures.add(figure.goal(Some(goal).filter(|_| ["hyper", "ureq"].contains(&client))));
    }
    let job = Job { stream: Stream::Large { mib: 1024 }, streams: 1, at_once: 1, runtime: Runtime::BlockOn };
    let peak = server.run("hyper slowly", job).peak;
    figures.add(Figure::new("peak memory of 1 GiB and a slow reader, hyper, MiB", peak, 1).goal(goal));
    let peak = server.run("ureq slowly", job).peak;
    figures.add(Figure::new("peak memory of 1 GiB and a slow reader, ureq, MiB", peak, 1).goal(goal));

    let job = Job {
        stream: Stream::Paced { events: 20, pause: 100_000 },
        streams: 1_000,
        at_once: 1_000,
        runtime: Runtime::BlockOn,
    };
    let names = ["hyper", "hyper alone", "async-openai", "genai"];
    let held = server.least(names, job, RUNS).map(|measured| measured.peak * 1024.0 / 1_000.0);
    for (client, held) in names.iter().zip(held) {
        figures.add(Figure::new(format!("memory of one of 1,000 streams at once, {client}, KiB"), held, 1));
    }
    let name = "memory of one of 1,000 streams at once, hyper above hyper alone, KiB";
    figures.add(Figure::new(name, held[0] - held[1], 1).goal(Goal::AtMost(12.0)));
}
