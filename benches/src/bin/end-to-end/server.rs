//! What every client is measured against: a server of raw sockets that sends the same bytes to all.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a stream is like; the model's name says it: `kind/events/number`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    /// So many events, so many to an HTTP chunk, as fast as they are taken.
    Burst { events: usize, per_chunk: usize },
    /// So many events, so many microseconds between two; each says when it was sent.
    Paced { events: usize, pause: u64 },
    /// Events of 4 KiB, so many MiB of them.
    Large { mib: usize },
}

impl Stream {
    pub(crate) fn model(self) -> String {
        match self {
            Stream::Burst { events, per_chunk } => format!("burst/{events}/{per_chunk}"),
            Stream::Paced { events, pause } => format!("paced/{events}/{pause}"),
            Stream::Large { mib } => format!("large/{mib}/0"),
        }
    }

    fn named(request: &str) -> Option<Stream> {
        let name = request.split("\"model\":\"").nth(1)?.split('"').next()?;
        let mut parts = name.split('/');
        let (kind, first, second) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(match kind {
            "burst" => Stream::Burst { events: first, per_chunk: second },
            "paced" => Stream::Paced { events: first, pause: second as u64 },
            _ => Stream::Large { mib: first },
        })
    }
}

/// Serves until the process is ended; prints its port first.
pub(crate) fn serve() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    for connection in listener.incoming() {
        let connection = connection?;
        // A client that leaves ends its thread, and nothing else.
        std::thread::Builder::new().stack_size(64 * 1024).spawn(move || answer(connection))?;
    }
    Ok(())
}

fn answer(mut connection: TcpStream) -> Option<()> {
    connection.set_nodelay(true).ok()?;
    let mut request = Vec::new();
    loop {
        request.clear();
        read_request(&mut connection, &mut request)?;
        let stream = Stream::named(std::str::from_utf8(&request).ok()?)?;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        connection.write_all(head.as_bytes()).ok()?;
        match stream {
            Stream::Burst { events, per_chunk } => {
                // Whole HTTP chunks, a few hundred events to a write.
                let chunk = framed(&event("token ").repeat(per_chunk));
                let count = (512 / per_chunk).max(1);
                let block = chunk.repeat(count);
                for _ in 0..events / per_chunk / count {
                    connection.write_all(&block).ok()?;
                }
                for _ in 0..events / per_chunk % count {
                    connection.write_all(&chunk).ok()?;
                }
            }
            Stream::Paced { events, pause } => {
                for _ in 0..events {
                    std::thread::sleep(Duration::from_micros(pause));
                    connection.write_all(&framed(&event(&format!("{} ", now())))).ok()?;
                }
            }
            Stream::Large { mib } => {
                let block = framed(&event(&"x".repeat(3800))).repeat(16);
                for _ in 0..mib * 1024 * 1024 / block.len() {
                    connection.write_all(&block).ok()?;
                }
            }
        }
        let last = framed(
            b"data: {\"id\":\"chatcmpl-8fK2mP0q\",\"object\":\"chat.completion.chunk\",\"created\":1747933971,\
            \"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        );
        connection.write_all(&[&last[..], b"0\r\n\r\n"].concat()).ok()?;
    }
}

fn read_request(connection: &mut TcpStream, request: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 4096];
    loop {
        let read = connection.read(&mut buffer).ok().filter(|read| *read > 0)?;
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length = lower.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
            if body.len() >= length {
                return Some(());
            }
        }
    }
}

/// One event, of the size that the usual provider sends.
fn event(content: &str) -> Vec<u8> {
    format!(
        "data: {{\"id\":\"chatcmpl-8fK2mP0qRs7TuVwXyZ1a2b3c\",\"object\":\"chat.completion.chunk\",\"created\":1747933971,\
         \"model\":\"openai/gpt-4o-mini\",\"system_fingerprint\":\"fp_62a23a81ef\",\"choices\":[{{\"index\":0,\"delta\":{{\
         \"content\":\"{content}\"}},\"logprobs\":null,\"finish_reason\":null}}]}}\n\n"
    )
    .into_bytes()
}

fn framed(data: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", data.len()).as_bytes(), data, b"\r\n"].concat()
}

/// Returns the time in nanoseconds, by the clock that all processes share.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
}
