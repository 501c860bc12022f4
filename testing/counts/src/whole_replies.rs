//! Whole replies whose lists a server filled to do harm, beside serde_json skipping the same bytes.
//!
//! Nobody who sends bytes should make us work much more than it takes to look at them. A list of 65,536 elements of two bytes each
//! takes more than that, as each becomes a value of its own; but it is all that a server can have, as one more is refused.

use std::hint::black_box;
use std::time::Duration;

use requesty_core::chat::{self, Message};
use requesty_core::images::Generation;
use requesty_core::{ApiKey, Call, End, Error, Reply, Router, Step, embeddings, http, messages, responses};
use serde::de::IgnoredAny;

/// The first argument of a process that is counted; the name of a reply, its [size](Size) and who reads it follow.
pub const FLAG: &str = "--whole-reply";

/// How large a reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// As many elements as are read, each as short as it can be.
    Most,
    /// 256 KiB, of elements of 64 bytes where they are objects.
    Long,
}

impl Size {
    /// What it is called among the arguments.
    pub fn name(self) -> &'static str {
        match self {
            Size::Most => "most",
            Size::Long => "long",
        }
    }
}

const MOST: usize = 65_536;
const LONG: usize = 256 << 10;
/// Length of an element of a long reply in bytes, its comma included.
const ELEMENT: usize = 65;

/// A reply: its name, how it is read, and what stands before, in and after its list.
struct Whole {
    name: &'static str,
    read: fn(&[u8]) -> Result<(), Error>,
    before: &'static str,
    element: &'static str,
    after: &'static str,
}

const fn whole(
    name: &'static str,
    read: fn(&[u8]) -> Result<(), Error>,
    [before, element, after]: [&'static str; 3],
) -> Whole {
    Whole { name, read, before, element, after }
}

const REPLIES: &[Whole] = &[
    whole("chat choices", chat, [r#"{"choices":["#, "{}", "]}"]),
    whole("chat parts", chat, [r#"{"choices":[{"message":{"content":["#, "{}", r#"]},"finish_reason":"stop"}]}"#]),
    whole("chat unknown numbers", chat, [r#"{"choices":[],"more":["#, "1", "]}"]),
    whole("chat nested", chat, [r#"{"choices":[],"more":["#, r#"[[[{"a":[]}]]]"#, "]}"]),
    whole("chat array", chat, ["[", "1", "]"]),
    whole("message blocks", message, [r#"{"type":"message","content":["#, "{}", r#"],"stop_reason":"end_turn"}"#]),
    whole(
        "message citations",
        message,
        [
            r#"{"type":"message","content":[{"type":"text","text":"","citations":["#,
            "{}",
            r#"]}],"stop_reason":"end_turn"}"#,
        ],
    ),
    whole("response items", response, [r#"{"status":"completed","output":["#, "{}", "]}"]),
    whole(
        "response parts",
        response,
        [r#"{"status":"completed","output":[{"type":"message","content":["#, "{}", "]}]}"],
    ),
    whole("embeddings", embeddings, [r#"{"data":["#, "{}", "]}"]),
    whole("embedding of numbers", embeddings, [r#"{"data":[{"index":0,"embedding":["#, "0.25", "]}]}"]),
    whole("models", models, [r#"{"data":["#, r#"{"id":"a"}"#, "]}"]),
    whole("model numbers", models, [r#"{"data":["#, "1", "]}"]),
    whole("images", images, [r#"{"data":["#, "{}", "]}"]),
    whole("keys", keys, [r#"{"keys":["#, r#"{"id":"a"}"#, "]}"]),
    whole("members", members, ["[", r#"{"id":"a"}"#, "]"]),
    whole("messages of MCP", mcp, ["[", "{}", "]"]),
];

impl Whole {
    fn body(&self, element: &str, count: usize) -> String {
        let list = format!("{element},").repeat(count);
        format!("{}{}{}", self.before, list.trim_end_matches(','), self.after)
    }

    fn long(&self) -> String {
        let element = match self.element.strip_prefix('{') {
            Some(rest) => {
                let comma = if rest == "}" { "" } else { "," };
                let filler = "x".repeat(ELEMENT.saturating_sub(rest.len() + comma.len() + 12));
                format!("{{\"more\":\"{filler}\"{comma}{rest}")
            }
            None => self.element.to_owned(),
        };
        self.body(&element, LONG / (element.len() + 1))
    }
}

/// Returns the names of all replies.
pub fn names() -> impl Iterator<Item = &'static str> {
    REPLIES.iter().map(|reply| reply.name)
}

/// Does what the process that is counted has to do: reads a reply once and prints its length. It is read by this crate, skipped by
/// serde_json, or read by serde_json into its own `Value`, which keeps all members as well.
///
/// # Panics
/// Panics where the arguments after the flag are not a name, a size, and `requesty`, `skipping` or `value`.
pub fn run(arguments: &[String]) {
    let [name, size, who] = arguments else { panic!("a name, a size, and who reads") };
    let reply = REPLIES.iter().find(|reply| reply.name == name).expect("a reply of that name");
    let body = if size == Size::Most.name() { reply.body(reply.element, MOST) } else { reply.long() };
    let skip = |json: &[u8]| serde_json::from_slice::<IgnoredAny>(json).map(drop).expect("JSON");
    match who.as_str() {
        "requesty" => region_of_interest(|| drop(black_box((reply.read)(body.as_bytes())))),
        "skipping" => region_of_interest(|| skip(body.as_bytes())),
        "value" => region_of_interest(|| drop(black_box(serde_json::from_slice::<serde_json::Value>(body.as_bytes())))),
        other => panic!("{other} reads nothing"),
    }
    println!("{}", body.len());
}

#[inline(never)]
fn region_of_interest(work: impl FnOnce()) {
    work();
}

fn chat(body: &[u8]) -> Result<(), Error> {
    read(&router().chat(&chat::Request::new(&[Message::user("hi")]))?, body)
}

fn message(body: &[u8]) -> Result<(), Error> {
    read(&router().messages(&messages::Request::new(&[messages::Message::user("hi")], 64).model("m"))?, body)
}

fn response(body: &[u8]) -> Result<(), Error> {
    read(&router().responses(&responses::Request::new("hi").model("m"))?, body)
}

fn embeddings(body: &[u8]) -> Result<(), Error> {
    read(&router().embeddings(&embeddings::Request::new("hi").model("m"))?, body)
}

fn models(body: &[u8]) -> Result<(), Error> {
    read(&router().models()?, body)
}

fn images(body: &[u8]) -> Result<(), Error> {
    read(&router().generate_images(&Generation::new("m", "a cat"))?, body)
}

fn keys(body: &[u8]) -> Result<(), Error> {
    read(&router().keys()?, body)
}

fn members(body: &[u8]) -> Result<(), Error> {
    read(&router().organization_members()?, body)
}

fn mcp(body: &[u8]) -> Result<(), Error> {
    read(&router().mcp("hi")?, body)
}

fn router() -> Router {
    Router::new(ApiKey::new("rqsty-sk-bench").expect("a key"))
}

/// Reads a reply as a transport hands it over, in pieces of 16 KiB.
fn read<R: Reply>(call: &Call<R>, body: &[u8]) -> Result<(), Error> {
    let head = http::Response::builder().header("content-type", "application/json").body(()).expect("a head");
    let mut machine = call.open(head.into_parts().0, Duration::ZERO);
    let mut pieces = body.chunks(16 << 10);
    loop {
        match machine.advance()? {
            Step::Ready => {}
            Step::NeedBytes => match pieces.next() {
                Some(piece) => machine.push(piece, Duration::ZERO),
                None => machine.end(End::Clean),
            },
            Step::Done => break,
        }
    }
    machine.total().map(drop).map_err(|incomplete| incomplete.into_parts().1)
}
