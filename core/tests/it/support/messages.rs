//! Drives calls for messages.

use std::time::Duration;

use requesty_core::messages::{AssistantMessage, Message, MessageEvents, Request, WholeMessage};
use requesty_core::{Call, End, Incomplete};

use super::{drive, head, router};

pub const MODEL: &str = "anthropic/claude-sonnet-4-20250514";

/// What a stream gave.
pub type Played = super::Played<AssistantMessage, Seen>;

/// What a test keeps of an event.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    pub name: String,
    /// Text, thoughts, signature and input.
    pub texts: [String; 4],
    /// Whether the event could not be read.
    pub problem: bool,
}

impl Played {
    pub fn reply(&self) -> &AssistantMessage {
        self.so_far()
    }

    pub fn names(&self) -> Vec<&str> {
        self.items.iter().map(|seen| seen.name.as_str()).collect()
    }

    /// How many events could not be read.
    pub fn problems(&self) -> usize {
        self.items.iter().filter(|seen| seen.problem).count()
    }

    /// Returns what all items added of a kind: text, thoughts, signature, input.
    pub fn joined(&self, kind: usize) -> String {
        self.items.iter().map(|seen| seen.texts[kind].as_str()).collect()
    }
}

pub fn whole_call() -> Call<WholeMessage> {
    router().messages(&Request::new(&[Message::user("hi")], 64).model(MODEL)).unwrap()
}

pub fn stream_call() -> Call<MessageEvents> {
    router().messages_stream(&Request::new(&[Message::user("hi")], 64).model(MODEL)).unwrap()
}

/// Plays a whole reply.
pub fn play_whole(status: u16, body: &str) -> Result<AssistantMessage, Incomplete<AssistantMessage>> {
    let mut machine = whole_call().open(head(status, "application/json"), Duration::ZERO);
    let (_, last) = drive(&mut machine, [body.as_bytes()], End::Clean, |_| ());
    let total = machine.total();
    assert_eq!(last.is_ok(), total.is_ok());
    total
}

/// Plays pieces of a body, which is labelled as a stream, and ends it as `end` says.
pub fn play_pieces<'a>(call: &Call<MessageEvents>, pieces: impl IntoIterator<Item = &'a [u8]>, end: End) -> Played {
    let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
    let (items, last) = drive(&mut machine, pieces, end, |machine| {
        let owned = machine.owned();
        let event = machine.item();
        let input = event.input().map_or("", |input| input.json());
        let added = [event.text(), event.thinking(), event.signature(), input];
        // An owned event shows the same.
        let kept = owned.as_event();
        let kept_input = kept.input().map_or("", |input| input.json());
        assert_eq!([kept.text(), kept.thinking(), kept.signature(), kept_input], added);
        assert_eq!((owned.text(), owned.thinking()), (event.text(), event.thinking()));
        assert_eq!((kept.raw_name(), kept.raw()), (event.raw_name(), event.raw()));
        assert_eq!((kept.name(), kept.position()), (event.name(), event.position()));
        assert_eq!(kept.problem().is_some(), event.problem().is_some());
        assert_eq!(format!("{owned:?}"), format!("{event:?}"));
        let name = event.name().into_owned();
        Seen { name, texts: added.map(str::to_owned), problem: event.problem().is_some() }
    });
    // After the end, nothing is lent.
    assert_eq!((machine.item().text(), machine.item().position()), ("", None));
    Played { total: machine.total(), items, last }
}

/// Plays a body whole, byte by byte and in odd pieces; the outcome must be the same.
pub fn play(body: &[u8], end: &End) -> Played {
    let call = stream_call();
    let whole = play_pieces(&call, [body], end.clone());
    for piece in [1, 3, 7, 64] {
        same(&play_pieces(&call, body.chunks(piece), end.clone()), &whole, &format!("pieces of {piece}"));
    }
    whole
}

/// As [`play`], and cut in two anywhere.
pub fn play_everywhere(body: &[u8], end: &End) -> Played {
    let whole = play(body, end);
    for at in 1..body.len() {
        let (first, second) = body.split_at(at);
        same(&play_pieces(&stream_call(), [first, second], end.clone()), &whole, &format!("cut at {at}"));
    }
    whole
}

fn same(split: &Played, whole: &Played, how: &str) {
    assert_eq!(split.reply(), whole.reply(), "{how}");
    assert_eq!(split.items, whole.items, "{how}");
    assert_eq!(format!("{:?}", split.error()), format!("{:?}", whole.error()), "{how}");
}

pub fn clean(body: &str) -> Played {
    play(body.as_bytes(), &End::Clean)
}

/// As [`clean`], for bodies that are too long to be cut everywhere.
pub fn once(body: &str) -> Played {
    play_pieces(&stream_call(), [body.as_bytes()], End::Clean)
}

/// Frames JSON texts as events, each named by its type.
pub fn events<T: AsRef<str>>(events: impl IntoIterator<Item = T>) -> String {
    events.into_iter().map(|event| frame(event.as_ref())).collect()
}

/// Returns a JSON text as a server-sent event, whose name is the `type` of the JSON.
pub fn frame(event: &str) -> String {
    let name = event.split('"').nth(3).unwrap_or_default();
    format!("event: {name}\ndata: {event}\n\n")
}

pub const START: &str = r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-20250514","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":1}}}"#;
pub const STOP: &str = r#"{"type":"message_stop"}"#;

/// A block as it begins.
pub fn block_start(index: u32, block: &str) -> String {
    format!(r#"{{"type":"content_block_start","index":{index},"content_block":{block}}}"#)
}

/// A delta of a block.
pub fn delta(index: u32, delta: &str) -> String {
    format!(r#"{{"type":"content_block_delta","index":{index},"delta":{delta}}}"#)
}

pub fn text(index: u32, text: &str) -> String {
    delta(index, &format!(r#"{{"type":"text_delta","text":"{text}"}}"#))
}

pub fn block_stop(index: u32) -> String {
    format!(r#"{{"type":"content_block_stop","index":{index}}}"#)
}

/// The end of a message, but for the last event.
pub fn end(stop_reason: &str) -> String {
    format!(
        r#"{{"type":"message_delta","delta":{{"stop_reason":"{stop_reason}","stop_sequence":null}},"usage":{{"output_tokens":15}}}}"#
    )
}

/// A stream of these events between a beginning and an end.
pub fn finished(inner: &[String], stop_reason: &str) -> String {
    let mut all = vec![START.to_owned()];
    all.extend_from_slice(inner);
    all.extend([end(stop_reason), STOP.to_owned()]);
    events(all)
}

/// A stream of one text, in these pieces.
pub fn texts(pieces: &[&str], stop_reason: &str) -> String {
    let mut inner = vec![block_start(0, r#"{"type":"text","text":""}"#)];
    inner.extend(pieces.iter().map(|piece| text(0, piece)));
    inner.push(block_stop(0));
    finished(&inner, stop_reason)
}
