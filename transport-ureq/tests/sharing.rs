//! Connections that one call leaves to another: neither is harmed by what becomes of the other, and no call takes an answer
//! that it did not ask for.
#![cfg(feature = "ureq")]

mod raw;
mod support;

use std::net::Shutdown;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread::{self, sleep};
use std::time::Instant;

use raw::{EVENTS, JSON, Raw, Wire, reply, request, say};
use requesty_mock::Mock;
use requesty_ureq::{CancelHandle, Client};
use support::{ms, streamed};

/// Answers as the path asks: what comes first is the answer to call A, and B is answered after a while.
fn serve(wire: &mut dyn Wire) {
    while let Ok(head) = request(wire) {
        let kind = head.split("x-kind: ").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap_or("b");
        match kind {
            "value" => say(wire, &reply("200 OK", JSON)),
            "large" => say(wire, &reply("200 OK", &LARGE)),
            "error" => say(wire, &reply("401 Unauthorized", r#"{"error":{"message":"no"}}"#)),
            "stream" => {
                let stream = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
                say(wire, &format!("{stream}{:x}\r\n{EVENTS}\r\n0\r\n\r\n", EVENTS.len()));
            }
            _ => {
                sleep(ms(3));
                say(wire, &reply("200 OK", JSON));
            }
        }
    }
}

/// An answer that takes a while to be read.
static LARGE: LazyLock<String> = LazyLock::new(|| {
    let members: String = (0..3_000).map(|number| format!("\"x{number}\":[1,2,3],")).collect();
    format!("{{{members}{}", &JSON[1..])
});

/// Makes the call A and returns when all of its answer is there, which is before it has been looked at.
fn call_a(client: &Client, server: &Raw, kind: &str) {
    if kind == "large" {
        let _ = client.send(&server.whole().with_header("x-kind", kind).unwrap());
        return;
    }
    let call = server.streamed().with_header("x-kind", kind).unwrap();
    let Ok(mut stream) = client.stream(&call) else { return };
    while let Ok(Some(_)) = stream.next_item() {}
}

#[test]
fn cancelling_a_call_never_ends_another_that_has_its_connection_now() {
    let server = Raw::plain(serve);
    let client = server.client();
    // A holds the one item of its answer, whose end was read together with it.
    for _ in 0..5 {
        let cancel = CancelHandle::new();
        let call = server.streamed().with_header("x-kind", "value").unwrap();
        let mut held = client.with_cancel(&cancel).stream(&call).unwrap();
        assert!(held.next_item().unwrap().is_some());
        let other = thread::spawn({
            let (client, call) = (client.clone(), server.whole().with_header("x-kind", "b").unwrap());
            move || client.send(&call)
        });
        // B's answer takes 3 ms.
        sleep(ms(1));
        cancel.cancel();
        other.join().unwrap().unwrap();
    }
}

#[test]
fn a_race_of_cancelled_calls_and_others_over_one_client_harms_no_other() {
    let server = &Raw::plain(serve);
    let client = &server.client();
    let over = &AtomicBool::new(false);
    thread::scope(|scope| {
        let others = scope.spawn(|| {
            let (call, mut count) = (server.whole(), 0);
            while !over.load(Ordering::Relaxed) {
                client.send(&call).unwrap_or_else(|error| panic!("after {count} calls: {error:?}"));
                count += 1;
            }
            count
        });
        for kind in ["value", "large", "stream", "error"] {
            let start = Instant::now();
            call_a(client, server, kind);
            let usual = start.elapsed();
            for round in (0..25).take_while(|_| !others.is_finished()) {
                let cancel = CancelHandle::new();
                let cancelled = client.with_cancel(&cancel);
                let call = scope.spawn(move || call_a(&cancelled, server, kind));
                // From the beginning of the call to a bit after its end.
                sleep(usual * round / 20);
                cancel.cancel();
                call.join().unwrap();
            }
        }
        over.store(true, Ordering::Relaxed);
        assert!(others.join().unwrap() > 50);
    });
}

/// What a server does 4 ms after each of its answers.
#[derive(Clone, Copy, Debug)]
enum Then {
    Closes,
    Answers,
}

/// Counts how often the server did it.
fn and_then(then: Then, done: Arc<AtomicUsize>) -> impl Fn(&mut dyn Wire) + Send + Sync {
    move |wire: &mut dyn Wire| {
        while request(wire).is_ok() {
            say(wire, &reply("200 OK", JSON));
            sleep(ms(4));
            match then {
                Then::Closes => {
                    wire.notify();
                    wire.socket().shutdown(Shutdown::Both).unwrap();
                }
                Then::Answers => say(wire, &reply("200 OK", &JSON.replace("Hi", "nobody asked"))),
            }
            done.fetch_add(1, Ordering::Release);
        }
    }
}

#[test]
fn what_came_while_the_thread_was_busy_is_no_answer_and_no_failure() {
    for then in [Then::Closes, Then::Answers] {
        let done = Arc::new(AtomicUsize::new(0));
        for server in [Raw::plain(and_then(then, done.clone())), Raw::tls(and_then(then, done.clone()))] {
            let (client, call) = (server.client(), server.whole());
            for round in 0..30 {
                let before = done.load(Ordering::Acquire);
                let sent = client.send(&call).unwrap_or_else(|error| panic!("{then:?} {round}: {error:?}"));
                assert_eq!(sent.text(), "Hi", "{then:?} {round}");
                // Busy until the server did it, which on a busy machine takes longer than its 4 ms, and some more.
                let start = Instant::now();
                let mut busy_until = None;
                while busy_until.is_none_or(|until| Instant::now() < until) && start.elapsed() < ms(5000) {
                    if busy_until.is_none() && done.load(Ordering::Acquire) > before {
                        busy_until = Some(Instant::now() + ms(8));
                    }
                    std::hint::spin_loop();
                }
            }
        }
    }
}

#[test]
fn an_answer_that_came_together_with_another_is_no_answer() {
    let twice = |wire: &mut dyn Wire| {
        while request(wire).is_ok() {
            let unasked = JSON.replace("Hi", "nobody asked");
            say(wire, &format!("{}{}", reply("200 OK", JSON), reply("200 OK", &unasked)));
        }
    };
    for server in [Raw::plain(twice), Raw::tls(twice)] {
        let (client, call) = (server.client(), server.whole());
        for _ in 0..10 {
            assert_eq!(client.send(&call).unwrap().text(), "Hi");
        }
    }
}

/// Counts the threads of this process.
#[cfg(target_os = "linux")]
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
#[cfg(target_os = "linux")]
fn a_stream_has_no_task_or_thread_of_its_own() {
    let mock = Mock::start().unwrap();
    let client = Client::new();
    // Other tests start and end threads meanwhile; so it is the fewest of many looks that counts.
    let fewest = || (0..50).map(|_| (threads(), sleep(ms(2))).0).min().unwrap();
    let before = fewest();
    let mut streams: Vec<_> = (0..40).map(|_| client.stream(&streamed(&mock, "mock/endless")).unwrap()).collect();
    for stream in &mut streams {
        stream.next_item().unwrap();
    }
    assert!(fewest() < before + 40, "no thread for each");
}
