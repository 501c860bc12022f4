#![forbid(unsafe_code)]
//! The bodies of the fuzz targets: plain functions over any bytes, which panic where a promise is broken.
//!
//! `cargo fuzz run framing --features libfuzzer` runs one on a nightly toolchain; `cargo test` replays them on any.

mod agent;
mod chunk;
pub mod differential;
mod families;
pub mod generate;
mod partial;
pub mod random;
pub mod reference;
mod request;
pub mod shrink;
pub mod tally;
pub mod transport;
pub mod whatwg;

pub use agent::agent;
pub use chunk::chunk;
pub use families::families;
pub use partial::partial;
pub use request::request;
pub use transport::transport;

use std::time::Duration;

use requesty_core::chat::{Completion, Message, Request};
use requesty_core::error::Incomplete;
use requesty_core::sse::{Decoder, Step};
use requesty_core::{ApiKey, End, Router, http};

/// Any bytes in any split frame to what the standard says.
///
/// The first byte seeds the split, the rest is the body.
pub fn framing(input: &[u8]) {
    let Some((&seed, body)) = input.split_first() else { return };
    let mut decoder = Decoder::new();
    let mut pieces = Pieces::new(seed, body);
    let mut got = whatwg::Outcome::default();
    loop {
        match decoder.advance().expect("the body is far below the limit") {
            Step::Ready => {
                let event = decoder.event();
                got.events.push((event.name().into(), event.text().into(), event.id().into()));
            }
            Step::NeedBytes => match pieces.next() {
                Some(piece) => decoder.push(piece),
                None => decoder.end(),
            },
            Step::Done => break,
        }
    }
    got.retry = decoder.retry();
    got.last_event_id = decoder.last_event_id().into();
    assert_eq!(got, whatwg::read(body));
}

/// Any stream in any split, ended in any way, has one outcome; its texts are the completion's text; and it is complete only
/// where a finish reason says so.
///
/// The first byte seeds the split, the second one says how the body ends, the rest is the body.
pub fn stream(input: &[u8]) {
    let [seed, end, body @ ..] = input else { return };
    let whole = play(200, body, 0, *end);
    let split = play(200, body, *seed, *end);
    assert_eq!(whole.shown(), split.shown());
    assert_eq!(whole.text, split.text);
    let completion = whole.completion();
    // The chunks show the choice that began first, and so does the completion, whatever its index.
    assert_eq!(whole.text, completion.text());
    if whole.total.is_ok() {
        assert!(!completion.choices.is_empty());
        let finished = completion.choices.iter().all(|choice| choice.finish_reason.is_some());
        assert!(finished || whole.was_one_value, "called complete without a finish reason");
    }
    // What came is what can be sent.
    if let Some(message) = completion.message() {
        let json = requesty_core_json(message);
        assert!(!json.is_empty());
    }
}

/// Whatever the body, an error status is an error with that status.
///
/// The first two bytes make the status, the third seeds the split, the rest is the body.
pub fn reply(input: &[u8]) {
    let [high, low, seed, body @ ..] = input else { return };
    let status = 300 + u16::from_be_bytes([*high, *low]) % 300;
    let played = play(status, body, *seed, *seed);
    let error = played.total.expect_err("an error status is no success").into_parts().1;
    let kept = error.api().and_then(|error| error.status()).map(|status| status.as_u16());
    assert_eq!(kept, Some(status));
    assert!(format!("{error} {error:?}").len() < 8 * 1024, "an error is shown in a few lines");
}

struct Played {
    total: Result<Completion, Incomplete<Completion>>,
    text: String,
    was_one_value: bool,
}

impl Played {
    fn completion(&self) -> &Completion {
        match &self.total {
            Ok(completion) => completion,
            Err(incomplete) => incomplete.partial(),
        }
    }

    fn shown(&self) -> String {
        format!("{:?} {:?}", self.completion(), self.total.as_ref().err())
    }
}

fn play(status: u16, body: &[u8], seed: u8, end: u8) -> Played {
    let messages = [Message::user("hi")];
    let router = Router::new(ApiKey::new("rqsty-sk-fuzz").expect("a key"));
    let call = router.chat_stream(&Request::new(&messages)).expect("a request");
    let head = http::Response::builder().status(status).body(()).expect("a head").into_parts().0;
    let mut machine = call.open(head, Duration::ZERO);
    let mut pieces = Pieces::new(seed, body);
    let mut text = String::new();
    let (mut items, mut whole_items) = (0, 0);
    loop {
        match machine.advance() {
            Ok(Step::Ready) => {
                let chunk = machine.item();
                items += 1;
                whole_items += usize::from(chunk.raw().len() == body.len());
                text.push_str(chunk.text());
            }
            Ok(Step::NeedBytes) => match pieces.next() {
                Some(piece) => machine.push(piece, Duration::ZERO),
                None if end % 2 == 0 => machine.end(End::Clean),
                None => machine.end(End::Cut(std::sync::Arc::new(std::io::Error::other("cut")))),
            },
            Ok(Step::Done) | Err(_) => break,
        }
    }
    let starts = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start().first();
    let was_one_value = items == 1 && (whole_items == 1 || matches!(starts, Some(b'{' | b'[')));
    Played { total: machine.total(), text, was_one_value }
}

fn requesty_core_json(message: &Message) -> Vec<u8> {
    let messages = [message.clone()];
    Request::new(&messages).whole_body().map(Vec::from).unwrap_or_else(|_| b"refused".to_vec())
}

/// Cuts a body by a seed: 0 not at all, 1 byte by byte, else in odd lengths.
struct Pieces<'a> {
    seed: u8,
    state: u32,
    rest: &'a [u8],
}

impl<'a> Pieces<'a> {
    fn new(seed: u8, rest: &'a [u8]) -> Self {
        Pieces { seed, state: u32::from(seed), rest }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let length = match self.seed {
            0 => self.rest.len(),
            1 => 1,
            _ => (self.state >> 24) as usize % (usize::from(self.seed) + 1) + 1,
        };
        let (piece, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    /// Small streams that reach deep; the fuzzer starts from them, and the tests mutate them.
    const SEEDS: &[&[u8]] = &[
        b"data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        b"\xEF\xBB\xBF: ping\r\n\r\nevent: x\rdata: {\"choices\":[{\"delta\":{\"content\":\"\\ud83c\"}}]}\r\rdata: {\"choices\":[{\"delta\":{\"content\":\"\\udf0d\"},\"finish_reason\":\"stop\"}],\"usage\":{\"cost\":0.1}}\n\n",
        b"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}},{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":{}}}]}}]}\n\ndata: {\"error\":{\"code\":502}}\n\n",
        b"data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"b\"}]}],\"reasoning\":\"r\",\"annotations\":[{\"url\":\"u\"}]},\"finish_reason\":\"length\"}]}",
        b" {\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"x\"}}]}",
        b"{\"error\":{\"message\":\"no\",\"code\":\"x\"}}",
        b"<html><title>t</title></html>",
    ];

    /// JSON that reaches all of what reads it while it is being written.
    const JSON: &[&[u8]] = &[
        br#"{"a":[1,{"b":"x\n\ud83d\ude00"},-0.5e+1],"c":null,"a":{"b":true},"\u0061":"y"}"#,
        br#"[[],{},"",[[[["deep"]]]],false,1e99,1e400]"#,
        b"```json\n{\"a\":[\"\xE5\xAD\x97\",12]}\n```",
        b"Here: {\"a\":\"b\"} and more",
        b" 12.50 ",
    ];

    /// Flips, cuts, doubles and joins the seeds by a plain generator, so that a failure repeats.
    fn mutations(check: impl FnMut(&[u8])) {
        mutations_of(SEEDS, |round, _| [round % 7, round % 2, round % 5], check);
    }

    /// The same of any bodies; `head` makes the three bytes before one from the round and the number of the body.
    fn mutations_of(bodies: &[&[u8]], head: impl Fn(usize, usize) -> [usize; 3], mut check: impl FnMut(&[u8])) {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap() % below.max(1)
        };
        for round in 0..6_000 {
            let which = next(bodies.len());
            let mut input: Vec<u8> = head(round, which).map(|byte| u8::try_from(byte).unwrap()).to_vec();
            input.extend_from_slice(bodies[which]);
            for _ in 0..next(4) {
                let at = 3 + next(input.len() - 3);
                match next(5) {
                    0 => input[at] ^= 1 << next(8),
                    1 => input.truncate(at),
                    2 => input.insert(at, b"\"\\{}[]:,\n\r 0\xFF"[next(13)]),
                    3 => input.extend_from_slice(bodies[next(bodies.len())]),
                    _ => drop(input.remove(at)),
                }
                if input.len() <= 4 {
                    break;
                }
            }
            check(&input);
        }
    }

    #[test]
    fn framing_follows_the_standard() {
        mutations(super::framing);
    }

    #[test]
    fn chunks_are_what_the_reference_reads() {
        // Without the bytes that say how the other targets are split, and as data alone.
        mutations(|input| super::chunk(&data_of(&input[3..])));
    }

    /// Makes of a stream the data of its events, a zero byte between them.
    fn data_of(body: &[u8]) -> Vec<u8> {
        let mut data = Vec::new();
        for line in body.split(|&byte| byte == b'\n') {
            match line.strip_prefix(b"data: ") {
                Some(line) => data.extend_from_slice(line),
                None => data.push(0),
            }
        }
        data
    }

    #[test]
    fn streams_have_one_outcome_for_any_split() {
        mutations(super::stream);
    }

    #[test]
    fn error_replies_keep_their_status() {
        mutations(super::reply);
    }

    #[test]
    fn replies_of_every_kind_have_one_outcome_for_any_split() {
        let seeds = format!("{}/seeds/families", env!("CARGO_MANIFEST_DIR"));
        let mut seeds: Vec<_> = std::fs::read_dir(&seeds).unwrap().map(|seed| seed.unwrap().path()).collect();
        seeds.sort();
        let seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| std::fs::read(seed).unwrap()).collect();
        let bodies: Vec<&[u8]> = seeds.iter().map(|seed| &seed[3..]).collect();
        mutations_of(&bodies, |round, which| [seeds[which][0].into(), round % 7, round % 2], super::families);
    }

    #[test]
    fn loops_send_histories_that_are_well_formed() {
        let seeds = ["chat", "messages", "responses"];
        let read = |name| std::fs::read(format!("{}/seeds/agent/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let seeds = seeds.map(read);
        let bodies: Vec<&[u8]> = seeds.iter().map(|seed| &seed[3..]).collect();
        mutations_of(&bodies, |round, which| [which, round % 7, round % 64], super::agent);
    }

    #[test]
    fn unfinished_json_is_what_serde_json_reads() {
        mutations_of(
            JSON,
            |round, which| [round % 7, round % 128, which + round % 9],
            |input| super::partial(&input[1..]),
        );
    }

    #[test]
    fn requests_are_sent_as_they_were_set() {
        noise(super::request);
    }

    #[test]
    fn drivers_give_what_the_core_gives() {
        mutations(|input| {
            let mut behaves = vec![input[0].wrapping_mul(37), input[1] + 2 * input[2], input[2] << 3 | input[0]];
            behaves.extend([0x16, 0x00, 0x3e, 0x04][..usize::from(input[2]).min(4)].iter());
            super::transport(&[&behaves, &input[3..]].concat());
        });
    }

    #[test]
    fn the_seeds_of_the_targets_pass() {
        let names = ["framing", "chunk", "stream", "reply", "families", "agent", "partial", "request", "transport"];
        let first = [super::framing, super::chunk, super::stream, super::reply];
        let others = [super::families, super::agent, super::partial, super::request, super::transport];
        for (target, body) in names.into_iter().zip(first.into_iter().chain(others)) {
            let folder = format!("{}/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
            let seeds: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
            assert!(!seeds.is_empty(), "{folder}");
            for seed in seeds {
                body(&std::fs::read(seed.unwrap().path()).unwrap());
            }
        }
    }

    /// Bytes of all lengths, small ones above all: what builds a request from them takes any.
    fn noise(check: impl Fn(&[u8])) {
        for round in 0..6_000 {
            let mut random = crate::random::Random::of_round(11, round);
            let length = random.below(160);
            let most = [8, 40, 256][random.below(3)];
            check(&(0..length).map(|_| u8::try_from(random.below(most)).unwrap()).collect::<Vec<u8>>());
        }
    }
}
