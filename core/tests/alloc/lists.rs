//! Every list of every whole reply, filled by a server that means harm: what it takes is bounded by the bytes that came.

use requesty_core::chat::{self, Message as ChatMessage};
use requesty_core::embeddings;
use requesty_core::error::Limit;
use requesty_core::images::Generation;
use requesty_core::manage::{SELF, UsageQuery};
use requesty_core::{Error, messages, responses};

use crate::counting::cost;
use crate::support::{router, whole};

/// Length of each hostile reply in bytes.
const LENGTH: usize = 4 << 20;
/// The most bytes that a reply may take, whatever its length, beside [`PER_BYTE`] for each of its bytes.
const ANY_REPLY: usize = 64 << 20;
const PER_BYTE: usize = 8;
/// Most elements of a kind.
const MOST: usize = 65_536;

type Read = fn(&str) -> Result<(), Error>;

/// A list: how it is read, and the reply around an element that is repeated.
struct List {
    read: Read,
    before: &'static str,
    element: &'static str,
    after: &'static str,
}

impl List {
    fn reply(&self, elements: usize) -> String {
        let list = format!("{},", self.element).repeat(elements);
        format!("{}{}{}", self.before, list.trim_end_matches(','), self.after)
    }

    /// Reads a reply with so many elements, and checks what that took.
    fn read(&self, elements: usize) -> Result<(), Error> {
        let body = self.reply(elements);
        let (read, cost) = cost(|| (self.read)(&body));
        let most = PER_BYTE * body.len() + ANY_REPLY;
        let name = format!("{}{},…{}", self.before, self.element, self.after);
        assert!(cost.peak <= most, "{name}: {} bytes for {}: {read:?}", cost.peak, body.len());
        read
    }
}

fn is_too_many(read: &Result<(), Error>) -> bool {
    matches!(read, Err(Error::TooLarge(error)) if error.what() == Limit::Elements)
}

fn read_chat(body: &str) -> Result<(), Error> {
    let request = [ChatMessage::user("hi")];
    whole(&router().chat(&chat::Request::new(&request).model("m"))?, 200, body).map(drop)
}

fn read_message(body: &str) -> Result<(), Error> {
    let request = [messages::Message::user("hi")];
    whole(&router().messages(&messages::Request::new(&request, 64).model("m"))?, 200, body).map(drop)
}

fn read_response(body: &str) -> Result<(), Error> {
    whole(&router().responses(&responses::Request::new("hi").model("m"))?, 200, body).map(drop)
}

fn read_embeddings(body: &str) -> Result<(), Error> {
    let request = embeddings::Request::new("").extra("input", &[[1]]).model("m");
    whole(&router().embeddings(&request)?, 200, body).map(drop)
}

fn read_models(body: &str) -> Result<(), Error> {
    whole(&router().models()?, 200, body).map(drop)
}

fn read_images(body: &str) -> Result<(), Error> {
    whole(&router().generate_images(&Generation::new("m", "a cat"))?, 200, body).map(drop)
}

fn read_keys(body: &str) -> Result<(), Error> {
    whole(&router().keys()?, 200, body).map(drop)
}

fn read_groups(body: &str) -> Result<(), Error> {
    whole(&router().groups()?, 200, body).map(drop)
}

fn read_group(body: &str) -> Result<(), Error> {
    whole(&router().group("a")?, 200, body).map(drop)
}

fn read_access_lists(body: &str) -> Result<(), Error> {
    whole(&router().access_lists()?, 200, body).map(drop)
}

fn read_access_list(body: &str) -> Result<(), Error> {
    whole(&router().access_list("a")?, 200, body).map(drop)
}

fn read_usage(body: &str) -> Result<(), Error> {
    let day = "2026-08-07T00:00:00Z".parse().unwrap();
    whole(&router().key_usage(SELF, &UsageQuery::new(day))?, 200, body).map(drop)
}

fn read_members(body: &str) -> Result<(), Error> {
    let members = whole(&router().organization_members()?, 200, body)?;
    drop(members.members());
    Ok(())
}

fn read_mcp(body: &str) -> Result<(), Error> {
    whole(&router().mcp(&())?, 200, body).map(drop)
}

const fn list(read: Read, before: &'static str, element: &'static str, after: &'static str) -> List {
    List { read, before, element, after }
}

const LISTS: &[List] = &[
    list(read_chat, r#"{"choices":["#, "{}", "]}"),
    list(read_chat, r#"{"choices":[{"message":{"content":["#, "{}", r#"]},"finish_reason":"stop"}]}"#),
    list(read_message, r#"{"type":"message","content":["#, "{}", r#"],"stop_reason":"end_turn"}"#),
    list(read_message, r#"{"type":"message","content":["#, "1", r#"],"stop_reason":"end_turn"}"#),
    list(
        read_message,
        r#"{"type":"message","content":[{"type":"tool_result","content":["#,
        "{}",
        r#"]}],"stop_reason":"end_turn"}"#,
    ),
    list(
        read_message,
        r#"{"type":"message","content":[{"type":"text","text":"","citations":["#,
        "{}",
        r#"]}],"stop_reason":"end_turn"}"#,
    ),
    list(read_response, r#"{"status":"completed","output":["#, "{}", "]}"),
    list(read_response, r#"{"status":"completed","output":[{"type":"message","content":["#, "{}", "]}]}"),
    list(read_response, r#"{"status":"completed","output":[{"type":"reasoning","summary":["#, "{}", "]}]}"),
    list(
        read_response,
        r#"{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"","annotations":["#,
        "{}",
        "]}]}]}",
    ),
    list(read_embeddings, r#"{"data":["#, "{}", "]}"),
    list(read_embeddings, r#"{"data":["#, "1", "]}"),
    list(read_models, r#"{"data":["#, r#"{"id":"a"}"#, "]}"),
    list(read_models, r#"{"data":["#, "1", "]}"),
    list(read_models, "[", "1", "]"),
    list(read_models, "[", r#"{"id":"a"}"#, "]"),
    list(read_models, r#"{"data":[{"id":"a","pricing":["#, "{}", "]}]}"),
    list(read_models, r#"{"data":["#, r#"{"id":"a","pricing":[{}]}"#, "]}"),
    list(read_images, r#"{"data":["#, "{}", "]}"),
    list(read_keys, r#"{"keys":["#, r#"{"id":"a"}"#, "]}"),
    list(read_keys, r#"{"keys":["#, "1", "]}"),
    list(read_groups, r#"{"groups":["#, r#"{"id":"a"}"#, "]}"),
    list(read_groups, r#"{"groups":[{"id":"a","members":["#, "{}", "]}]}"),
    list(read_group, r#"{"group":{"id":"a","members":["#, "{}", "]}}"),
    list(read_access_lists, r#"{"access_lists":["#, r#"{"id":"a"}"#, "]}"),
    list(read_access_list, r#"{"access_list":{"id":"a","chat":["#, r#""""#, "]}}"),
    list(read_usage, r#"{"usage":{"a":{"grouped_data":["#, "{}", "]}}}"),
    list(read_members, "[", r#"{"id":"a"}"#, "]"),
    list(read_members, r#"{"members":["#, r#"{"id":"a"}"#, "]}"),
    list(read_mcp, "[", "{}", "]"),
    list(read_mcp, "[", "1", "]"),
];

#[test]
fn of_every_list_65_536_elements_are_read_and_one_more_is_too_large() {
    for list in LISTS {
        let name = format!("{}{},…{}", list.before, list.element, list.after);
        let read = list.read(MOST);
        assert!(!matches!(read, Err(Error::TooLarge(_))), "{name}: {read:?}");
        let read = list.read(MOST + 1);
        assert!(is_too_many(&read), "{name}: {read:?}");
    }
}

#[test]
fn no_reply_takes_more_than_8_times_its_bytes_and_64_mib() {
    for list in LISTS {
        let read = list.read(LENGTH / (list.element.len() + 1));
        assert!(is_too_many(&read), "{}{},…{}: {read:?}", list.before, list.element, list.after);
    }
    // An array where an object belongs, and lists that are kept as they came.
    for (read, before, after) in [
        (read_chat as Read, "[", "]"),
        (read_message, "[", "]"),
        (read_response, "[", "]"),
        (read_embeddings, "[", "]"),
        (read_images, r#"{"data":[],"more":["#, "]}"),
        (read_chat, r#"{"choices":[],"more":["#, "]}"),
        (read_message, r#"{"type":"message","content":[],"stop_reason":"end_turn","more":["#, "]}"),
        (read_embeddings, r#"{"data":[{"embedding":["#, "]}]}"),
    ] {
        let _ = list(read, before, "1", after).read(LENGTH / 2);
    }
}

#[test]
fn members_without_a_field_take_no_more_than_that() {
    let members = |count: usize| (0..count).map(|n| format!(r#""{n:x}":1"#)).collect::<Vec<_>>().join(",");
    for (read, before, after) in [
        (read_models as Read, r#"{"data":[],"#, "}"),
        (read_models, r#"{"data":[{"id":"a","#, "}]}"),
        (read_keys, r#"{"keys":[{"id":"a","#, "}]}"),
        (read_usage, r#"{"usage":{"#, "}}"),
        (read_response, r#"{"status":"completed","output":[{"type":"message","#, "}]}"),
        (read_message, r#"{"type":"message","stop_reason":"end_turn","content":[{"type":"text","text":"","#, "}]}"),
    ] {
        let body = format!("{before}{}{after}", members(LENGTH / 16));
        let (read, cost) = cost(|| read(&body));
        assert!(cost.peak <= PER_BYTE * body.len() + ANY_REPLY, "{before}: {} bytes for {}", cost.peak, body.len());
        assert!(is_too_many(&read), "{before}: {read:?}");
    }
    // Few in each of many objects: they are all kept.
    let object = format!(
        r#"{{"id":"a",{}}}"#,
        (b'a'..=b'z').map(|key| format!(r#""{}":1"#, char::from(key))).collect::<Vec<_>>().join(",")
    );
    let models = list(read_models, r#"{"data":["#, "", "]}");
    let body = format!("{}{}{}", models.before, vec![&*object; 60_000].join(","), models.after);
    let (read, cost) = cost(|| read_models(&body));
    assert!(read.is_ok(), "{read:?}");
    assert!(cost.peak <= PER_BYTE * body.len() + ANY_REPLY, "{} bytes for {}", cost.peak, body.len());
}
