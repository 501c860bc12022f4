//! Every small scenario over both drivers and a mock body: cut, reset, silent and dropped at every byte, failed at every
//! read with every kind of error. The drivers give what the core gives, and close the body whatever happens.

use std::io::ErrorKind;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use std::future::Future;

use requesty_core::chat::{ChunkStream, Chunks, Message, Request};
use requesty_core::http::{Response, response::Parts};
use requesty_core::{ApiKey, Call, Error, Router};
use requesty_fuzz::transport::drivers::{self, Driven, Manner};
use requesty_fuzz::transport::mock::{Clock, Mock};
use requesty_fuzz::transport::{BREAKS, Ending, Plan, Turn};
use requesty_hyper::ItemStream;
use requesty_mock::{Ask, scenarios};
use requesty_ureq::ItemIter;

/// Longest body that is ended at every byte, unless `REQUESTY_TORTURE` is `all`. Longer ones tell the same in more words.
const SMALL: usize = 640;

/// How many bytes come at once.
const PIECE: usize = 41;

/// A reply of a scenario, and the call that it answers.
struct Played {
    name: &'static str,
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Played {
    fn head(&self) -> Parts {
        let mut head = Response::builder().status(self.status);
        for (name, value) in self.headers.iter().filter(|(name, _)| name.starts_with("content-")) {
            head = head.header(name, value);
        }
        head.body(()).unwrap().into_parts().0
    }
}

fn small_ones() -> Vec<Played> {
    let replies = scenarios().iter().map(|scenario| {
        let reply = scenario.script(&Ask::new(scenario.name(), true)).response(true, 0);
        let body = reply.body();
        Played { name: scenario.name(), status: reply.status, headers: reply.headers, body }
    });
    let all = std::env::var("REQUESTY_TORTURE").is_ok_and(|what| what == "all");
    let longest = if all { 64 * 1024 } else { SMALL };
    replies.filter(|played| played.body.len() <= longest).collect()
}

fn call() -> Call<Chunks> {
    let messages = [Message::user("hi")];
    let router = Router::new(ApiKey::new("rqsty-sk-torture").unwrap());
    drivers::with_limits(&router.chat_stream(&Request::new(&messages)).unwrap())
}

/// Compares what a driver gave with what the core gave.
fn same(driven: &Driven<ChunkStream>, core: &Driven<ChunkStream>, row: &str) {
    assert_eq!(driven.items, core.items, "{row}");
    match (&driven.total, &core.total) {
        (Ok(driven), Ok(core)) => assert_eq!(driven, core, "{row}"),
        (Err(driven), Err(core)) => {
            assert_eq!(drivers::shown(driven.error()), drivers::shown(core.error()), "{row}");
            assert_eq!(driven.partial(), core.partial(), "{row}");
        }
        (driven, core) => panic!("{row}\ndriven: {driven:?}\ncore: {core:?}"),
    }
}

/// What is called complete has a finish reason, and what arrived is the beginning of all there is.
fn sound(driven: &Driven<ChunkStream>, all: &str, row: &str) {
    let completion = match &driven.total {
        Ok(completion) => completion,
        Err(incomplete) => incomplete.partial(),
    };
    assert!(all.starts_with(&*completion.text()), "{row}: {:?}", completion.text());
    if driven.total.is_ok() {
        let finished = completion.choices.iter().all(|choice| choice.finish_reason.is_some());
        assert!(finished && !completion.choices.is_empty(), "{row}: complete without a finish reason");
    }
}

/// The plan's own checks are that the body is closed after the end, and that the end stays what it is.
#[test]
fn ended_anywhere_in_any_way_both_drivers_give_what_the_core_gives() {
    let (call, mut runs) = (call(), 0);
    for played in small_ones() {
        let whole = Plan::pieces(&played.body, usize::MAX, Ending::Clean);
        let all = text(&drivers::core(&call, played.head(), &whole));
        for at in 0..=played.body.len() {
            for ending in [Ending::Clean, Ending::Broken(BREAKS[at % BREAKS.len()]), Ending::Silent] {
                let row = format!("{} ended at {at}: {ending:?}", played.name);
                let plan = Plan::pieces(&played.body[..at], PIECE, ending);
                let core = drivers::core(&call, played.head(), &plan);
                sound(&core, &all, &row);
                let manner = [Manner::Lend, Manner::Own, Manner::Wait][at % 3];
                same(&drivers::hyper(&call, played.head(), &plan, manner), &core, &row);
                same(&drivers::ureq(&call, played.head(), &plan, manner), &core, &row);
                runs += 1;
            }
        }
    }
    println!("{runs} ends");
    assert!(runs > 30_000, "{runs}");
}

fn text(driven: &Driven<ChunkStream>) -> String {
    match &driven.total {
        Ok(completion) => completion.text().into_owned(),
        Err(incomplete) => incomplete.partial().text().into_owned(),
    }
}

/// All kinds that a read is likely to fail with; two of them say that it took too long, and one that it is to be made again.
const TIMES: [ErrorKind; 2] = [ErrorKind::TimedOut, ErrorKind::WouldBlock];

#[test]
fn failed_at_any_read_with_any_kind_of_error_it_is_a_typed_end() {
    let call = call();
    for played in small_ones() {
        for reads in 0..=played.body.len().div_ceil(PIECE) {
            let body = &played.body[..(reads * PIECE).min(played.body.len())];
            for kind in BREAKS {
                let row = format!("{}, read {reads}: {kind}", played.name);
                let plan = Plan::pieces(body, PIECE, Ending::Broken(kind));
                let core = drivers::core(&call, played.head(), &plan);
                same(&drivers::hyper(&call, played.head(), &plan, Manner::Lend), &core, &row);
                same(&drivers::ureq(&call, played.head(), &plan, Manner::Lend), &core, &row);
                if let Err(incomplete) = &core.total {
                    let broken = matches!(incomplete.error(), Error::Truncated(cut) if cut.is_cut());
                    assert!(broken || core_was_over(&call, &played, body), "{row}: {}", incomplete.error());
                }
            }
            for kind in TIMES {
                let row = format!("{}, read {reads}: {kind}", played.name);
                let silent = drivers::core(&call, played.head(), &Plan::pieces(body, PIECE, Ending::Silent));
                let plan = Plan::pieces(body, PIECE, Ending::Broken(kind));
                same(&drivers::ureq(&call, played.head(), &plan, Manner::Lend), &silent, &row);
            }
        }
    }
}

/// Returns whether a reply was over before it broke, so that its error is another one.
fn core_was_over(call: &Call<Chunks>, played: &Played, body: &[u8]) -> bool {
    let clean = drivers::core(call, played.head(), &Plan::pieces(body, PIECE, Ending::Clean));
    !matches!(&clean.total, Err(incomplete) if matches!(incomplete.error(), Error::Truncated(_)))
}

#[test]
fn dropped_after_any_step_the_body_is_closed() {
    let call = call();
    for played in small_ones() {
        let turns: Vec<Turn<'_>> = Plan::pieces(&played.body, PIECE, Ending::Silent).turns;
        for steps in 0..turns.len() + 2 {
            let plan = Plan { turns: turns.clone(), ending: Ending::Silent };
            let (body, state) = Mock::new(&plan);
            let response = Response::from_parts(played.head(), body);
            let mut stream = ItemStream::open(&call, response, Arc::new(Clock(state.clone())));
            for _ in 0..steps {
                poll(&mut stream);
            }
            drop(stream);
            assert!(state.closed.load(Ordering::Relaxed), "{} async, after {steps}", played.name);

            let (reader, state) = Mock::new(&plan);
            let mut stream = ItemIter::open(&call, played.head(), reader);
            for _ in 0..steps {
                drop(stream.next());
            }
            drop(stream);
            assert!(state.closed.load(Ordering::Relaxed), "{} blocking, after {steps}", played.name);
        }
    }
}

/// Waits once; the wait is dropped.
fn poll(stream: &mut ItemStream<ChunkStream, Mock<'_>>) {
    let polled = pin!(stream.next_item()).poll(&mut Context::from_waker(Waker::noop()));
    if let Poll::Ready(Err(error)) = polled {
        assert!(!error.to_string().is_empty());
    }
}
