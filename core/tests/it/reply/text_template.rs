//! Events of messages and responses that are read by their difference from the event before are read as if in full.

mod random;

use std::fmt::Debug;
use std::time::Duration;

use proptest::prelude::*;
use requesty_core::messages::MessageEvents;
use requesty_core::responses::ResponseEvents;
use requesty_core::{Call, Dialect, End, Limits, Machine, Reply, Step};
use serde::Serialize;

use self::random::{
    Draw, MESSAGE_DELTAS, MESSAGE_EXTRAS, MESSAGE_OTHERS, RESPONSE_DELTAS, RESPONSE_EXTRAS, RESPONSE_OTHERS,
    write_events,
};
use crate::support::{cut, head};

/// What can be seen of a stream: every item, the total, and how many events were read by their difference.
#[derive(Debug, PartialEq)]
struct Seen {
    items: Vec<String>,
    total: String,
    hits: u64,
}

/// A family whose events are read in both ways.
trait Family: Reply {
    fn in_full(call: &Call<Self>) -> Call<Self>;
    fn hits(dialect: &Self::Dialect) -> u64;
    fn show(machine: &mut Machine<Self::Dialect>) -> String;
}

impl Family for MessageEvents {
    fn in_full(call: &Call<Self>) -> Call<Self> {
        call.clone().without_template()
    }

    fn hits(dialect: &Self::Dialect) -> u64 {
        dialect.template_hits()
    }

    fn show(machine: &mut Machine<Self::Dialect>) -> String {
        let owned = machine.owned();
        let [event, again] = [machine.item(), owned.as_event()].map(|event| {
            let texts = (event.text(), event.thinking(), event.signature(), event.position());
            let input =
                event.input().map(|input| (input.position(), input.json(), input.id(), input.name(), input.offset()));
            let rest = (event.content_block(), event.citation(), event.stop_reason(), event.usage(), event.is_mended());
            let name = (event.name(), event.raw_name().escape_ascii().to_string(), event.problem());
            format!("{name:?} {texts:?} {input:?} {rest:?} {}", event.raw().escape_ascii())
        });
        assert_eq!(event, again);
        event + &format!("{:?}", machine.item().written().collect::<Vec<_>>())
    }
}

impl Family for ResponseEvents {
    fn in_full(call: &Call<Self>) -> Call<Self> {
        call.clone().without_template()
    }

    fn hits(dialect: &Self::Dialect) -> u64 {
        dialect.template_hits()
    }

    fn show(machine: &mut Machine<Self::Dialect>) -> String {
        let owned = machine.owned();
        let [event, again] = [machine.item(), owned.as_event()].map(|event| {
            let texts = (event.text(), event.reasoning(), event.refusal(), event.call());
            let places = (event.output_index(), event.part_index(), event.item_id(), event.is_mended());
            let whole = (event.item(), event.response(), event.annotation(), event.problem());
            let members = ["sequence_number", "obfuscation", "delta"].map(|name| event.member(name));
            let raw = event.raw().escape_ascii();
            format!("{:?} {:?} {texts:?} {places:?} {whole:?} {members:?} {raw}", event.name(), event.kind())
        });
        assert_eq!(event, again);
        event + &format!("{:?}", machine.item().written().collect::<Vec<_>>())
    }
}

/// Reads a body in pieces of these lengths, over and over.
fn see<R: Family>(call: &Call<R>, mut body: &[u8], pieces: &[usize], end: &End) -> Seen
where
    <R::Dialect as Dialect>::Total: Debug + Serialize,
    <R::Dialect as Dialect>::Partial: Debug + Serialize,
{
    let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
    let (mut lengths, mut items) = (pieces.iter().cycle(), Vec::new());
    loop {
        match machine.advance() {
            Ok(Step::Ready) => {
                let dialect = machine.dialect();
                let mut shown = format!("{} {} ", dialect.progressed(), dialect.has_text());
                shown += &R::show(&mut machine);
                items.push(shown);
            }
            Ok(Step::NeedBytes) if body.is_empty() => machine.end(end.clone()),
            Ok(Step::NeedBytes) => {
                let (piece, rest) = body.split_at(body.len().min(*lengths.next().unwrap()));
                machine.push(piece, Duration::ZERO);
                body = rest;
            }
            Ok(Step::Done) | Err(_) => break,
        }
    }
    let hits = R::hits(machine.dialect());
    let total = match machine.total() {
        Ok(total) => format!("{total:?} {}", serde_json::to_string(&total).unwrap()),
        Err(incomplete) => {
            let json = serde_json::to_string(incomplete.partial()).unwrap();
            format!("{:?} {:?} {json}", incomplete.error(), incomplete.partial())
        }
    };
    Seen { items, total, hits }
}

/// Reads a body in several splits, with and without the template; all must show the same. Returns the hits of reading it
/// at once.
fn compare<R: Family>(call: &Call<R>, body: &[u8], splits: &[&[usize]], end: &End) -> u64
where
    <R::Dialect as Dialect>::Total: Debug + Serialize,
    <R::Dialect as Dialect>::Partial: Debug + Serialize,
{
    let plain = see(&R::in_full(call), body, &[usize::MAX], end);
    assert_eq!(plain.hits, 0);
    for split in splits {
        let seen = see(call, body, split, end);
        assert_eq!(
            (&seen.items, &seen.total),
            (&plain.items, &plain.total),
            "split at {split:?}: {}",
            body.escape_ascii()
        );
    }
    see(call, body, &[usize::MAX], end).hits
}

const SPLITS: &[&[usize]] = &[&[1], &[2], &[3], &[7], &[64], &[150], &[1_400], &[usize::MAX]];

fn messages() -> Call<MessageEvents> {
    crate::support::messages::stream_call()
}

fn responses() -> Call<ResponseEvents> {
    crate::support::responses::stream_call()
}

/// The values that stand for `~` in one event after the other.
const VALUES: [&str; 8] = ["a", "", "longer than that", r#"\"\\\n"#, "é字", r"\ud83d", r"\ude00", "z"];

/// A stream of an event that differs in what stands for `~` and for `#`, a number that grows.
fn like(name: &str, data: &str) -> String {
    let event = |(at, value): (usize, &&str)| {
        let data = data.replace('~', value).replace('#', &(8 + at).to_string());
        format!("event: {name}\ndata: {data}\n\n")
    };
    VALUES.iter().enumerate().map(event).collect()
}

#[test]
fn a_delta_of_a_message_is_read_by_its_text() {
    let name = "content_block_delta";
    for (hits, data) in [
        (7, r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"~"}}"#),
        (7, r#"{"type":"content_block_delta","index":3,"delta":{"type":"thinking_delta","thinking":"~"}}"#),
        (7, r#"{"delta":{"partial_json":"~","type":"input_json_delta"},"index":1,"type":"content_block_delta"}"#),
        (7, r#"{"delta":{"text":"~"}}"#),
        (7, r#"{"delta":{"text":"x"},"delta":{"text":"y","text":"~"}}"#),
        // What varies is known after two events.
        (6, r#"{"delta":{"text":"~"},"p":"~~"}"#),
        (6, r#"{"n":#,"delta":{"text":"~"},"p":"~~"}"#),
        // The text decides, or there is more than one.
        (0, r#"{"delta":{"type":"signature_delta","signature":"~"}}"#),
        (0, r#"{"delta":{"text":"~","thinking":"x"}}"#),
        (0, r#"{"delta":{"text":"~"},"usage":{"output_tokens":#}}"#),
        // What varies is neither a string nor a whole number.
        (0, r#"{"delta":{"text":"~"},"n":-#}"#),
    ] {
        assert_eq!(compare(&messages(), like(name, data).as_bytes(), SPLITS, &End::Clean), hits, "{data}");
    }
}

#[test]
fn a_delta_of_a_response_is_read_by_its_text() {
    for (hits, kind, members) in [
        (7, "output_text", r#""item_id":"m","output_index":0,"content_index":0,"delta":"~""#),
        (7, "output_text", r#""delta":"~""#),
        (7, "refusal", r#""delta":"~","item_id":"m""#),
        (7, "function_call_arguments", r#""item_id":"m","output_index":2,"delta":"~""#),
        (6, "output_text", r#""sequence_number":#,"output_index":1,"delta":"~","logprobs":[],"obfuscation":"~~""#),
        (6, "reasoning_summary_text", r#""sequence_number":#,"summary_index":1,"delta":"~""#),
        (6, "reasoning_text", r#""sequence_number":#,"delta":"x","delta":"~""#),
        // The text is not all that varies.
        (0, "output_text", r#""delta":"~","content_index":#"#),
        (0, "output_text", r##""delta":"~","item_id":"#""##),
        (0, "output_text", r#""delta":"~","text":"x""#),
    ] {
        let name = format!("response.{kind}.delta");
        let data = format!(r#"{{"type":"{name}",{members}}}"#);
        assert_eq!(compare(&responses(), like(&name, &data).as_bytes(), SPLITS, &End::Clean), hits, "{data}");
    }
}

/// The longest event that is learned has 4 KiB.
#[test]
fn long_events_are_read_in_full() {
    let around = r#"{"delta":{"text":""}}"#.len();
    for (length, hits) in [(4_096, 2), (4_097, 0)] {
        let text = "x".repeat(length - around);
        let event = format!("event: content_block_delta\ndata: {{\"delta\":{{\"text\":\"{text}\"}}}}\n\n");
        assert_eq!(compare(&messages(), event.repeat(3).as_bytes(), SPLITS, &End::Clean), hits, "{length}");
    }
}

#[test]
fn line_ends_and_spaces_of_the_frame_do_not_matter() {
    let data = r#"{"delta":{"text":"a"}}"#;
    for (hits, frame) in [
        (5, "event: content_block_delta\ndata: ~\n\n"),
        (5, "event:content_block_delta\ndata:~\n\n"),
        (5, "event:content_block_delta\r\ndata: ~\r\n\r\n"),
        // An id keeps an event from being compared with bytes, but not from being compared with its data.
        (5, "id: 7\nevent: content_block_delta\ndata: ~\n\n"),
        (5, "event: content_block_delta\n: ping\ndata: ~\n\n"),
        (5, "event: content_block_delta\ndata:  ~\n\n"),
        // No event has a name that begins with a space.
        (0, "event:  content_block_delta\ndata: ~\n\n"),
    ] {
        let body = frame.replace('~', data).repeat(6);
        assert_eq!(compare(&messages(), body.as_bytes(), SPLITS, &End::Clean), hits, "{frame}");
    }
}

#[test]
fn a_limit_is_an_error_at_the_same_event() {
    let event = "event: content_block_delta\ndata: {\"delta\":{\"text\":\"\\u5b57\\u5b57\"}}\n\n";
    let body = event.repeat(400);
    for limits in [
        Limits::default().with_total(2_000),
        Limits::default().with_event(30),
        Limits::default().with_event(31),
        Limits::default().with_event(35),
    ] {
        compare(&messages().with_limits(limits), body.as_bytes(), SPLITS, &End::Clean);
        let body = body.replace("content_block_delta", "response.output_text.delta").replace("{\"text\":", "");
        compare(&responses().with_limits(limits), body.replace("}}", "}").as_bytes(), SPLITS, &End::Clean);
    }
}

/// The framing takes one space away, and no more.
#[test]
fn a_space_of_the_data_stays_its_own() {
    let [none, one, two] = ["", " ", "  "]
        .map(|space| format!("event: content_block_delta\ndata:{space}{}\n\n", r#"{"delta":{"text":"a"}}"#));
    for body in [[&none, &two, &one, &two], [&none, &two, &two, &one], [&two, &none, &one, &two]] {
        compare(&messages(), body.map(String::as_str).concat().as_bytes(), SPLITS, &End::Clean);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_message_is_read_as_if_in_full(
        seeds in prop::collection::vec(any::<u8>(), 0..300),
        split in prop::collection::vec(1_usize..90, 1..8),
    ) {
        let (mut draw, mut body) = (Draw(seeds.iter()), Vec::new());
        while draw.has_more() {
            write_events(&mut draw, MESSAGE_DELTAS, MESSAGE_OTHERS, MESSAGE_EXTRAS, &mut body);
        }
        let end = if seeds.len() % 3 == 0 { cut() } else { End::Clean };
        compare(&messages(), &body, &[&[1], &split, &[usize::MAX]], &end);
    }

    #[test]
    fn any_response_is_read_as_if_in_full(
        seeds in prop::collection::vec(any::<u8>(), 0..300),
        split in prop::collection::vec(1_usize..90, 1..8),
    ) {
        let (mut draw, mut body) = (Draw(seeds.iter()), Vec::new());
        while draw.has_more() {
            write_events(&mut draw, RESPONSE_DELTAS, RESPONSE_OTHERS, RESPONSE_EXTRAS, &mut body);
        }
        let end = if seeds.len() % 3 == 0 { cut() } else { End::Clean };
        compare(&responses(), &body, &[&[1], &split, &[usize::MAX]], &end);
    }
}
