//! What the size of the input buffer costs: CPU time of the reading thread, and memory of each open stream.
//!
//! `cargo bench -p requesty-ureq --bench input_buffer`, on Linux. The server is another process, so that its time and its
//! memory do not count.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

use requesty_ureq::chat::{Message, Request};
use requesty_ureq::{ApiKey, ItemIter, Router};

const SIZES: [usize; 6] = [4, 8, 16, 32, 64, 128];
const EVENTS: usize = 100_000;
const WHOLE: usize = 64 * 1024 * 1024;
const STREAMS: usize = 200;
const ROUNDS: usize = 9;

fn main() {
    match std::env::args().collect::<Vec<_>>().as_slice() {
        [_, command] if command == "serve" => return serve(),
        [_, command, base, size] if command == "hold" => return println!("{}", hold(base, size.parse().unwrap())),
        _ => {}
    }
    let server = Server::start();
    println!("Milliseconds of CPU: the least of {ROUNDS} runs, taken in turns.\n");
    println!("| input buffer | 100,000 events, 1 a chunk | 16 a chunk | 64 MiB whole | KiB a stream |");
    println!("|--:|--:|--:|--:|--:|");
    let mut least = [[f64::MAX; 3]; SIZES.len()];
    for _ in 0..ROUNDS {
        for (least, size) in least.iter_mut().zip(SIZES) {
            for (least, path) in least.iter_mut().zip(["1", "16", "whole"]) {
                *least = least.min(server.cpu(path, size));
            }
        }
    }
    for ([one, sixteen, whole], size) in least.into_iter().zip(SIZES) {
        let memory = server.memory(size);
        println!("| {size} KiB | {one:.1} | {sixteen:.1} | {whole:.1} | {memory:.1} |");
    }
}

/// The server in its process, and how to ask it.
struct Server {
    process: Child,
    base: String,
}

impl Server {
    fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut process = command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Server { process, base: format!("http://{}", line.trim()) }
    }

    /// Reads it all and returns the milliseconds that this thread took.
    fn cpu(&self, path: &str, size: usize) -> f64 {
        let (head, body) = open(&self.base, path, size).into_parts();
        let mut body = body.into_reader();
        let start = on_cpu();
        if path == "whole" {
            let (mut read, mut buffer) = (0, vec![0; 64 * 1024]);
            while read < WHOLE {
                read += body.read(&mut buffer).unwrap();
            }
        } else {
            let router = Router::new(ApiKey::new("rqsty-sk-example").unwrap());
            let call = router.chat_stream(&Request::new(&[Message::user("Hi")])).unwrap();
            let mut stream = ItemIter::open(&call, head, body);
            let mut events = 0;
            while stream.next_item().unwrap().is_some() {
                events += 1;
            }
            assert_eq!(events, EVENTS + 1);
        }
        (on_cpu() - start) as f64 / 1e6
    }

    /// Returns how many KiB each open stream takes, in a process that has freed no memory yet.
    fn memory(&self, size: usize) -> f64 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let output = command.args(["hold", &self.base, &size.to_string()]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn open(base: &str, path: &str, size: usize) -> http::Response<ureq::Body> {
    let config = ureq::Agent::config_builder().input_buffer_size(size * 1024).output_buffer_size(16 * 1024);
    let agent = ureq::Agent::new_with_config(config.proxy(None).build());
    agent.get(format!("{base}/{path}")).call().unwrap()
}

/// Opens streams and returns how many KiB each of them takes.
fn hold(base: &str, size: usize) -> f64 {
    let open = || {
        let mut body = open(base, "held", size).into_body().into_reader();
        body.read_exact(&mut [0; 100]).unwrap();
        body
    };
    // What is made once for all.
    let first = open();
    let before = resident();
    let streams: Vec<_> = (0..STREAMS).map(|_| open()).collect();
    let each = (resident() - before) / STREAMS as f64;
    drop((first, streams));
    each
}

/// The nanoseconds that this thread was on a CPU.
fn on_cpu() -> u64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse().unwrap()
}

/// The KiB of this process that are in memory.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    for stream in listener.incoming().flatten() {
        thread::spawn(move || answer(stream));
    }
}

/// Answers one request. That the client goes is no matter.
fn answer(mut stream: TcpStream) -> Option<()> {
    let mut request = [0; 4096];
    let read = stream.read(&mut request).ok()?;
    let path = String::from_utf8_lossy(&request[..read]).split(' ').nth(1)?.to_owned();
    if path == "/whole" {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: {WHOLE}\r\n\r\n");
        stream.write_all(head.as_bytes()).ok()?;
        let block = vec![b'x'; 1024 * 1024];
        return (0..WHOLE / block.len()).try_for_each(|_| stream.write_all(&block)).ok();
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).ok()?;
    let chunk = |data: &str| format!("{:x}\r\n{data}\r\n", data.len());
    let event = |delta: &str, reason: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741569952,\
             \"model\":\"gpt-4o-2024-08-06\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_90d33c15d4\",\"choices\":\
             [{{\"index\":0,\"delta\":{{{delta}}},\"logprobs\":null,\"finish_reason\":{reason}}}],\"usage\":null}}\n\n"
        )
    };
    let text = event("\"content\":\" word\"", "null");
    if path == "/held" {
        stream.write_all(chunk(&text).as_bytes()).ok()?;
        return stream.read(&mut request).map(drop).ok();
    }
    let each: usize = path.trim_start_matches('/').parse().ok()?;
    // Many chunks at once, so that the server is never what is waited for.
    let block = chunk(&text.repeat(each)).repeat(1024 / each);
    for _ in 0..EVENTS / 1024 {
        stream.write_all(block.as_bytes()).ok()?;
    }
    let rest = chunk(&text).repeat(EVENTS % 1024);
    let end = chunk(&format!("{}data: [DONE]\n\n", event("", "\"stop\"")));
    stream.write_all(format!("{rest}{end}0\r\n\r\n").as_bytes()).ok()
}
