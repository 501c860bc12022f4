//! Every list of an event, filled by a server that means harm, in one event or spread over many: what a stream takes is bounded
//! by the bytes that came, however its items are used.

use std::time::Duration;

use requesty_core::error::Limit;
use requesty_core::{Call, End, Error, Reply, Step};

use crate::counting::cost;
use crate::support::{chat, head, messages, responses};

/// Length of each hostile stream in bytes.
const LENGTH: usize = 2 << 20;
/// The most bytes that a stream may take, whatever its length, beside [`PER_BYTE`] for each of its bytes. 64 MiB are promised;
/// streams of this length would hide in them whatever they take.
const ANY_STREAM: usize = 8 << 20;
const PER_BYTE: usize = 8;

type Read = fn(&str) -> Result<(), Error>;

/// A list: the family that reads it, what comes before, the event around an element that is repeated, and what comes after.
struct List {
    read: Read,
    start: &'static str,
    before: &'static str,
    element: &'static str,
    after: &'static str,
}

impl List {
    /// Writes a stream whose events have so many elements each.
    fn stream(&self, elements: usize) -> String {
        let elements = elements.min(LENGTH / (self.element.len() + 1));
        let list = format!("{},", self.element).repeat(elements);
        let event = format!("data: {}{}{}\n\n", self.before, list.trim_end_matches(','), self.after);
        self.start.to_owned() + &event.repeat((LENGTH / event.len()).max(1))
    }
}

/// Reads all of it, each item as an owned one, and the total.
fn read<R: Reply>(call: &Call<R>, body: &str) -> Result<(), Error> {
    let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
    let mut pieces = body.as_bytes().chunks(16 << 10);
    loop {
        match machine.advance() {
            Ok(Step::Ready) => drop(machine.owned()),
            Ok(Step::NeedBytes) => match pieces.next() {
                Some(piece) => machine.push(piece, Duration::ZERO),
                None => machine.end(End::Clean),
            },
            Ok(Step::Done) => break,
            Err(error) => return Err(error),
        }
    }
    machine.total().map(drop).map_err(|incomplete| incomplete.into_parts().1)
}

fn read_chat(body: &str) -> Result<(), Error> {
    read(&chat::stream_call(), body)
}

fn read_message(body: &str) -> Result<(), Error> {
    read(&messages::stream_call(), body)
}

fn read_response(body: &str) -> Result<(), Error> {
    read(&responses::stream_call(), body)
}

const fn list(read: Read, before: &'static str, element: &'static str, after: &'static str) -> List {
    List { read, start: "", before, element, after }
}

/// A list of an event of Anthropic's shape, after the start of its message.
const fn block(before: &'static str, element: &'static str, after: &'static str) -> List {
    const START: &str = "data: {\"type\":\"message_start\",\"message\":{\"type\":\"message\",\"role\":\"assistant\",\
                         \"content\":[]}}\n\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":\
                         {\"type\":\"text\",\"text\":\"\"}}\n\n";
    List { read: read_message, start: START, before, element, after }
}

const LISTS: &[List] = &[
    list(read_chat, r#"{"choices":["#, "{}", "]}"),
    list(read_chat, r#"{"choices":["#, r#"{"delta":{}}"#, "]}"),
    list(read_chat, r#"{"choices":["#, r#"{"index":7,"delta":{"content":"a"}}"#, "]}"),
    list(read_chat, r#"{"choices":[{"delta":{"tool_calls":["#, "{}", "]}}]}"),
    list(read_chat, r#"{"choices":[{"delta":{"tool_calls":["#, r#"{"index":0,"function":{"arguments":"{"}}"#, "]}}]}"),
    list(read_chat, r#"{"choices":[{"delta":{"tool_calls":["#, r#"{"index":0,"a":1}"#, "]}}]}"),
    list(read_chat, r#"{"choices":[{"delta":{"reasoning_details":["#, "{}", "]}}]}"),
    list(
        read_chat,
        r#"{"choices":[{"delta":{"reasoning_details":["#,
        r#"{"type":"reasoning.text","text":"a"}"#,
        "]}}]}",
    ),
    list(read_chat, r#"{"choices":[{"delta":{"reasoning_details":["#, r#"{"index":0,"text":"a"}"#, "]}}]}"),
    list(read_chat, r#"{"choices":[{"delta":{"images":["#, "{}", "]}}]}"),
    list(read_chat, r#"{"choices":[{"delta":{"annotations":["#, "{}", "]}}]}"),
    list(read_chat, r#"{"choices":[{"delta":{"content":["#, "{}", "]}}]}"),
    list(read_chat, r#"{"choices":[{"delta":{"content":["#, r#"{"type":"text","text":"a"}"#, "]}}]}"),
    list(read_chat, r#"{"choices":[{"delta":{"more":["#, "1", "]}}]}"),
    list(read_chat, r#"{"choices":[{"delta":{},"logprobs":{"content":["#, "{}", "]}}]}"),
    list(
        read_chat,
        r#"{"choices":[{"delta":{},"logprobs":{"content":["#,
        r#"{"token":"a","top_logprobs":[{}]}"#,
        "]}}]}",
    ),
    list(read_chat, r#"{"choices":[{"message":{"content":["#, "{}", "]}}]}"),
    list(read_chat, r#"{"choices":[],"citations":["#, "1", "]}"),
    list(read_chat, "[", "{}", "]"),
    list(read_chat, "[", "1", "]"),
    block(r#"{"type":"message_start","message":{"content":["#, "{}", "]}}"),
    block(
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":["#,
        "{}",
        "]}}",
    ),
    block(r#"{"type":"content_block_start","index":1,"content_block":{"type":"tool_result","content":["#, "{}", "]}}"),
    block(r#"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":["#, "{}", "]}}"),
    block(
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"a":["#,
        "1",
        "]}}}",
    ),
    block(r#"{"type":"content_block_delta","index":0,"delta":{"type":"odd_delta","odd":["#, "{}", "]}}"),
    block(r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","more":["#, "{}", r#"]},"usage":{"more":[1]}}"#),
    list(read_response, r#"{"type":"response.completed","response":{"status":"completed","output":["#, "{}", "]}}"),
    list(
        read_response,
        r#"{"type":"response.completed","response":{"status":"completed","output":[{"type":"message","content":["#,
        "{}",
        "]}]}}",
    ),
    list(read_response, r#"{"type":"response.created","response":{"output":["#, "{}", "]}}"),
    list(
        read_response,
        r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"message","content":["#,
        "{}",
        "]}}",
    ),
    list(
        read_response,
        r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","summary":["#,
        "{}",
        "]}}",
    ),
    list(
        read_response,
        r#"{"type":"response.content_part.done","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":["#,
        "{}",
        "]}}",
    ),
    list(
        read_response,
        r#"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a","logprobs":["#,
        "{}",
        "]}",
    ),
    list(
        read_response,
        r#"{"type":"response.output_text.annotation.added","output_index":0,"content_index":0,"annotation":["#,
        "{}",
        "]}",
    ),
];

#[test]
fn no_stream_takes_more_than_8_times_its_bytes_and_8_mib() {
    let mut over = Vec::new();
    for list in LISTS {
        for elements in [usize::MAX, 64, 1] {
            let body = list.stream(elements);
            let (read, cost) = cost(|| (list.read)(&body));
            let (most, times) = (PER_BYTE * body.len() + ANY_STREAM, cost.peak as f64 / body.len() as f64);
            if cost.peak > most {
                let name = format!("{}{},…{} × {elements}", list.before, list.element, list.after);
                over.push(format!(
                    "{name}: {times:.1} times {} bytes: {:?}",
                    body.len(),
                    read.map_err(|error| error.to_string())
                ));
            }
        }
    }
    assert!(over.is_empty(), "{}", over.join("\n"));
}

#[test]
fn of_parts_that_came_in_many_events_65_536_are_read_and_one_more_is_too_large() {
    let parts = |count: usize| {
        let event = format!("data: {}\n\n", chat::delta(r#""content":[{}]"#));
        event.repeat(count) + &chat::finished(&[], "stop")
    };
    assert!(read_chat(&parts(65_536)).is_ok());
    let error = read_chat(&parts(65_537));
    assert!(matches!(&error, Err(Error::TooLarge(error)) if error.what() == Limit::Elements), "{error:?}");
}
