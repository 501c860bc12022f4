//! One stream, read in every way there is, value for value the same.
//!
//! ```text
//!            ┌▶ in full, every chunk     ◀── what the others are compared with
//!            ├▶ in full, cut             ─┐
//! one body ──┼▶ with the template        ─┼▶ every accessor of every chunk, the owned chunks, the snapshots, the end
//!            ├▶ with the template, cut   ─┘
//!            └▶ by the reference reader  ──▶ every value, but the two things below
//! ```
//!
//! The reference does not repeat to which call a fragment belongs, nor how members without a field add up: it takes the
//! first from the crate and leaves the second alone. Both are compared between the readings with and without template.

mod same;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use requesty_core::chat::{ChunkStream, Chunks, Completion, Message, Request};
use requesty_core::{ApiKey, Call, End, Error, Incomplete, Limits, Machine, Router, Step, http};

use crate::reference::stream::is_stream;
use crate::tally::Tally;
use walk::Walk;

/// A body, and how it arrives.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// The bytes.
    pub body: Vec<u8>,
    /// Where it is cut, in ascending order.
    pub cuts: Vec<usize>,
    /// The connection breaks after it.
    pub breaks: bool,
    /// Look at what costs time too.
    pub closely: bool,
    /// How many bytes an event and the whole answer may have, if not as many as by default. The reference knows no limits,
    /// and is left out then.
    pub limits: Option<(usize, usize)>,
}

/// The readers that are compared.
#[derive(Debug)]
pub struct Differential {
    with_template: Call<Chunks>,
    in_full: Call<Chunks>,
}

impl Default for Differential {
    fn default() -> Self {
        Differential::new()
    }
}

impl Differential {
    /// Creates the readers.
    ///
    /// # Panics
    /// Never: the request is in order.
    pub fn new() -> Self {
        let messages = [Message::user("hi")];
        let router = Router::new(ApiKey::new("rqsty-sk-fuzz").expect("a key"));
        // The limits have tests of their own; the reference knows none.
        let limits = Limits::default().with_tool_calls(usize::MAX);
        let call = router.chat_stream(&Request::new(&messages)).expect("a request").with_limits(limits);
        Differential { with_template: call.clone(), in_full: call.without_template() }
    }

    /// Reads a sample in every way.
    ///
    /// # Panics
    /// Where two of them differ.
    pub fn check(&self, sample: &Sample) -> Tally {
        let Sample { body, cuts, breaks, closely, limits } = sample;
        let limited = |call: &Call<Chunks>| match *limits {
            Some((event, total)) => call.clone().with_limits(call.limits().with_event(event).with_total(total)),
            None => call.clone(),
        };
        let (in_full, with_template) = (limited(&self.in_full), limited(&self.with_template));
        let mut full = Player::new(&in_full, body, &[], *breaks);
        let mut others =
            vec![Player::new(&with_template, body, &[], *breaks), Player::new(&with_template, body, cuts, *breaks)];
        if *closely {
            others.push(Player::new(&in_full, body, cuts, *breaks));
        }
        let known = limits.is_none() && is_stream(body);
        let mut walk = known.then(|| Walk::new(body, cuts, !*breaks));
        let mut kept = Vec::new();
        while full.next() {
            let chunk = full.machine.item();
            if let Some(walk) = &mut walk {
                walk.item(&chunk);
            }
            for other in &mut others {
                assert!(other.next(), "an item is missing");
                same::chunks(&chunk, &other.machine.item());
            }
            if *closely {
                let other = &mut others[0].machine;
                let owned = other.owned();
                same::owned(&chunk, &owned);
                kept.push((format!("{owned:?}"), owned));
                let snapshots = [full.machine.dialect().so_far(), other.dialect().so_far()];
                assert_eq!(snapshots[0], snapshots[1], "what there is so far");
            }
        }
        let hits = others[0].machine.dialect().template_hits();
        let tally = Tally { streams: 1, bytes: body.len() as u64, ..Tally::default() };
        // What is owned stays what it was, whatever came after it.
        kept.iter().for_each(|(shown, owned)| assert_eq!(shown, &format!("{owned:?}")));
        let total = full.total();
        let shown = show(&total);
        for mut other in others {
            assert!(!other.next(), "an item too many");
            let other = other.total();
            match (&total, &other) {
                (Ok(total), Ok(other)) if !closely => assert_eq!(total, other, "the completion"),
                (Err(total), Err(other)) if !closely => {
                    assert_eq!(total.partial(), other.partial(), "the partial completion");
                    assert_eq!(format!("{:?}", total.error()), format!("{:?}", other.error()), "the error");
                }
                _ => assert_eq!(shown, show(&other), "the end"),
            }
        }
        match walk {
            Some(walk) => Tally { hits, ..tally } + walk.end(&total),
            None => tally,
        }
    }
}

/// A machine, and the bytes that it has not got yet.
struct Player<'a> {
    machine: Machine<ChunkStream>,
    rest: &'a [u8],
    /// How far the rest is from the beginning of the body.
    at: usize,
    cuts: &'a [usize],
    end: Option<End>,
}

impl<'a> Player<'a> {
    fn new(call: &Call<Chunks>, body: &'a [u8], cuts: &'a [usize], breaks: bool) -> Self {
        let head = http::Response::builder().header("content-type", "text/event-stream").body(());
        let machine = call.open(head.expect("a head").into_parts().0, Duration::ZERO);
        let end = if breaks { End::Cut(Arc::new(std::io::Error::other("cut"))) } else { End::Clean };
        Player { machine, rest: body, at: 0, cuts, end: Some(end) }
    }

    /// Moves to the next item; returns whether there is one.
    fn next(&mut self) -> bool {
        loop {
            match self.machine.advance() {
                Ok(Step::Ready) => return true,
                Ok(Step::NeedBytes) if self.rest.is_empty() => {
                    let end = self.end.take().expect("bytes are wanted after the end");
                    self.machine.end(end);
                }
                Ok(Step::NeedBytes) => self.feed(),
                Ok(Step::Done) | Err(_) => return false,
            }
        }
    }

    /// Gives the machine the bytes up to the next cut: by copy, or into its own room.
    fn feed(&mut self) {
        let (cut, later) = self.cuts.split_first().map_or((usize::MAX, self.cuts), |(&cut, later)| (cut, later));
        self.cuts = later;
        let mut length = cut.saturating_sub(self.at).min(self.rest.len());
        if length % 2 == 0 {
            self.machine.push(&self.rest[..length], Duration::ZERO);
        } else {
            let room = self.machine.room();
            length = length.min(room.len());
            room[..length].copy_from_slice(&self.rest[..length]);
            self.machine.commit(length, Duration::ZERO);
        }
        self.rest = &self.rest[length..];
        self.at += length;
    }

    fn total(self) -> Total {
        self.machine.total()
    }
}

/// What a whole stream gives.
type Total = Result<Completion, Incomplete<Completion>>;

/// Shows everything that can be seen of the end of a stream.
fn show(total: &Total) -> String {
    let (completion, error) = match total {
        Ok(completion) => (completion, None),
        Err(incomplete) => (incomplete.partial(), Some(incomplete.error())),
    };
    let body = error.and_then(|error| match error {
        Error::Api(error) => Some(error.body()),
        Error::Decode(error) => Some(error.body()),
        _ => None,
    });
    let json = serde_json::to_string(completion).map_err(|error| error.to_string());
    format!("{completion:?}\n{}\n{json:?}\n{error:?} {body:?}", completion.clean_end())
}
