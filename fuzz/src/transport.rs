//! The body of the fuzz target `transport`: both drivers over a body that behaves as the input says.
//!
//! ```text
//!         ┌▶ the core alone, the body in one piece ─▶ items, total
//! Plan ───┼▶ ItemStream over a mock `Body` ─────────▶ items, total   all three the same
//!         └▶ ItemIter over a mock `Read` ───────────▶ items, total
//! ```

pub mod drivers;
pub mod mock;

use std::fmt::Debug;
use std::io::ErrorKind;

use requesty_core::chat::{Chunk, ChunkStream, Message, OwnedChunk, Request, WholeCompletion};
use requesty_core::reply::{EventStream, OneValue, RawEvent, RawReader};
use requesty_core::sse::Event;
use requesty_core::{ApiKey, Call, Dialect, Reply, Router, http};

use drivers::Manner;

/// What a body does, one turn after the other, and then how it ends.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// The turns.
    pub turns: Vec<Turn<'a>>,
    /// What comes after the last of them.
    pub ending: Ending,
}

/// One turn of a body.
#[derive(Clone, Copy, Debug)]
pub enum Turn<'a> {
    /// These bytes come.
    Data(&'a [u8]),
    /// Nothing is there yet: the body is pending, the read is interrupted.
    Wait,
    /// A frame without a byte in it.
    Empty,
    /// A frame of trailers.
    Trailers,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// In good order.
    Clean,
    /// With an error.
    Broken(ErrorKind),
    /// Not at all: nothing comes for so long that the call's limit is over.
    Silent,
}

/// Kinds of error that both drivers take for a broken connection. For a read, others say "again" or "too late".
pub const BREAKS: [ErrorKind; 14] = [
    ErrorKind::ConnectionReset,
    ErrorKind::UnexpectedEof,
    ErrorKind::BrokenPipe,
    ErrorKind::ConnectionAborted,
    ErrorKind::ConnectionRefused,
    ErrorKind::NotConnected,
    ErrorKind::InvalidData,
    ErrorKind::InvalidInput,
    ErrorKind::PermissionDenied,
    ErrorKind::NotFound,
    ErrorKind::OutOfMemory,
    ErrorKind::Unsupported,
    ErrorKind::WriteZero,
    ErrorKind::Other,
];

impl<'a> Plan<'a> {
    /// A body that comes in pieces, with a wait before each.
    pub fn pieces(body: &'a [u8], size: usize, ending: Ending) -> Self {
        let turns = body.chunks(size).flat_map(|piece| [Turn::Wait, Turn::Data(piece)]).collect();
        Plan { turns, ending }
    }

    /// Reads a plan from the bytes that say what the turns are, over and over as long as there is a body.
    fn read(script: &[u8], mut body: &'a [u8], ending: Ending) -> Self {
        let mut turns = Vec::new();
        'body: for round in 0..=body.len() {
            for &op in script {
                let length = usize::from(op >> 3) + 1;
                turns.push(match op & 7 {
                    0 => Turn::Wait,
                    1 => Turn::Empty,
                    2 if length > 24 => Turn::Trailers,
                    // An end that the rest of the body does not live to see.
                    3 if length > 31 => {
                        body = &[];
                        break 'body;
                    }
                    4 | 5 => Turn::Data(split(&mut body, length * length)),
                    _ => Turn::Data(split(&mut body, length)),
                });
            }
            // Without a turn that brings a byte, it comes in one.
            let came = turns.iter().any(|turn| matches!(turn, Turn::Data(_)));
            if body.is_empty() || !came || round > 512 {
                break;
            }
        }
        turns.push(Turn::Data(body));
        // An empty read would be the end.
        turns.retain(|turn| !matches!(turn, Turn::Data([])));
        Plan { turns, ending }
    }

    /// Returns all bytes that come.
    pub fn body(&self) -> Vec<u8> {
        let data = self.turns.iter().filter_map(|turn| match turn {
            Turn::Data(data) => Some(*data),
            _ => None,
        });
        data.collect::<Vec<_>>().concat()
    }
}

fn split<'a>(body: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (piece, rest) = body.split_at(length.min(body.len()));
    *body = rest;
    piece
}

/// What a driver shows of the items of a dialect.
pub trait Shown: Dialect {
    /// Shows an item that is lent.
    fn show(item: &Self::Item<'_>) -> String;
    /// Shows one that is owned.
    fn show_owned(item: &Self::Owned) -> String;
}

impl Shown for ChunkStream {
    fn show(item: &Chunk<'_>) -> String {
        format!("{:?} {:?} {}", item.text(), item.problem().is_some(), String::from_utf8_lossy(item.raw()))
    }

    fn show_owned(item: &OwnedChunk) -> String {
        format!("{:?} {:?} {}", item.text(), item.problem().is_some(), String::from_utf8_lossy(item.raw()))
    }
}

impl Shown for OneValue<WholeCompletion> {
    fn show((): &()) -> String {
        String::new()
    }

    fn show_owned((): &()) -> String {
        String::new()
    }
}

impl Shown for EventStream<RawReader> {
    fn show(item: &Event<'_>) -> String {
        format!("{} {:?} {}", item.name(), String::from_utf8_lossy(item.data()), item.id())
    }

    fn show_owned(item: &RawEvent) -> String {
        format!("{} {:?} {}", item.name(), String::from_utf8_lossy(item.data()), item.id())
    }
}

/// Both drivers give what the core gives, whatever the body does between two bytes.
///
/// The first byte says which call and how it is read, the second one how the body ends, the third one the status and the
/// length of the script, which follows; the rest is the body.
///
/// # Panics
/// Where they differ.
pub fn transport(input: &[u8]) {
    let [how, end, head, rest @ ..] = input else { return };
    let (script, body) = rest.split_at(usize::from(head >> 3).min(rest.len()));
    let ending = match end % 4 {
        0 | 1 => Ending::Clean,
        2 => Ending::Broken(BREAKS[usize::from(end >> 2) % BREAKS.len()]),
        _ => Ending::Silent,
    };
    let plan = Plan::read(script, body, ending);
    let status = [200, 200, 200, 200, 206, 401, 429, 502][usize::from(head & 7)];
    let messages = [Message::user("hi")];
    let request = Request::new(&messages);
    let router = Router::new(ApiKey::new("rqsty-sk-fuzz").expect("a key"));
    let manner = Manner::read(how >> 2);
    match how % 4 {
        0 | 1 => compare(&router.chat_stream(&request).expect("a request"), status, &plan, manner),
        2 => compare(&router.chat(&request).expect("a request"), status, &plan, manner),
        _ => compare(&router.events(&request).expect("a request"), status, &plan, manner),
    }
}

fn compare<R>(call: &Call<R>, status: u16, plan: &Plan<'_>, manner: Manner)
where
    R: Reply,
    R::Dialect: Shown,
    <R::Dialect as Dialect>::Total: Debug + PartialEq,
    <R::Dialect as Dialect>::Partial: Debug + PartialEq,
{
    let head = || http::Response::builder().status(status).body(()).expect("a head").into_parts().0;
    let call = &drivers::with_limits(call);
    let core = drivers::core(call, head(), plan);
    for driven in [drivers::hyper(call, head(), plan, manner), drivers::ureq(call, head(), plan, manner)] {
        assert_eq!(driven.items, core.items[..driven.items.len()], "other items");
        assert!(driven.items.len() == core.items.len() || manner.leaves_early(), "an item is missing");
        match (&driven.total, &core.total) {
            (Ok(driven), Ok(core)) => assert_eq!(driven, core),
            (Err(driven), Err(core)) => {
                assert_eq!(drivers::shown(driven.error()), drivers::shown(core.error()));
                assert_eq!(driven.partial(), core.partial());
            }
            (driven, core) => panic!("driven: {driven:?}\ncore: {core:?}"),
        }
    }
}
