//! The content of calls as JSON text, in the shape of OpenTelemetry's conventions for generative AI. It is written when an
//! observer asks for it, and not before.
//!
//! One reader serves all families, because a message has the same members in requests and replies, and the families name their
//! kinds of parts differently.

mod parts;

use std::fmt;

use bytes::Bytes;

use self::parts::Parts;
use super::{CallInfo, Report};
use crate::json::{Members, elements};
use crate::key::Scrub;

impl CallInfo {
    /// Returns the messages of the request, as `gen_ai.input.messages` holds them: the JSON text of an array, at most 64 KiB long,
    /// without the key. `None` for calls other than chats, and where the body has no messages.
    ///
    /// A text within it is at most 16 KiB long: a longer text ends with `…`, and a longer object becomes such a text. What does
    /// not fit into the 64 KiB is left out, the oldest first. Of images, sounds and documents that are sent within the body only
    /// the media type is kept.
    ///
    /// An observer gets content by this, by the methods beside it and by [`Report::output_messages`], and in no other way. Content often
    /// is about people: ask for it only where it may be kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_core::observe::{CallInfo, Observer};
    ///
    /// struct Prompts;
    ///
    /// impl Observer for Prompts {}
    ///
    /// let observe = |call: &CallInfo| {
    ///     // [{"role":"user","parts":[{"type":"text","content":"Hi"}]}]
    ///     println!("{:?}", call.input_messages());
    ///     Prompts
    /// };
    /// # let _ = observe;
    /// ```
    #[doc(alias("prompt", "content"))]
    pub fn input_messages(&self) -> Option<String> {
        let mut body = self.chat_body()?;
        let messages = body.raw("messages").or_else(|| body.raw("input"))?;
        let parts = self.content.parts();
        Some(match elements(messages) {
            // What is left out is not even read.
            Some(messages) => {
                let messages: Vec<&[u8]> = messages.collect();
                newest(messages.into_iter().rev().filter_map(|message| Message::read(message, &parts)))
            }
            None => newest([Message::of("user", parts.of(messages))]),
        })
    }

    /// Returns the instructions that stand beside the messages, as `gen_ai.system_instructions` holds them: `system` of messages
    /// and `instructions` of responses. `None` where the request has neither; chat has them among its messages.
    pub fn system_instructions(&self) -> Option<String> {
        let mut body = self.chat_body()?;
        let instructions = body.raw("system").or_else(|| body.raw("instructions"))?;
        Some(list(last(self.content.parts().of(instructions), &mut room())))
    }

    /// Returns the tools of the request with their schemas, as `gen_ai.tool.definitions` holds them; `None` where there are no
    /// tools.
    pub fn tool_definitions(&self) -> Option<String> {
        let mut body = self.chat_body()?;
        let parts = self.content.parts();
        let tools = elements(body.raw("tools")?)?.filter_map(|tool| parts.tool(tool)).collect();
        Some(list(last(tools, &mut room())))
    }

    fn chat_body(&self) -> Option<Members<'_>> {
        (self.operation == "chat").then(|| Members::read(&self.content.body).ok())?
    }
}

impl Report<'_> {
    /// Returns the messages of the answer as far as they came, as `gen_ai.output.messages` holds them: JSON text of at most 64 KiB,
    /// without the key, by the rules of [`CallInfo::input_messages`]. `None` where nothing came, for calls other than chats, and for
    /// calls that failed before their first item, as a whole reply does that is incomplete.
    #[doc(alias("completion", "content"))]
    pub fn output_messages(&self) -> Option<String> {
        let Answer { scrub, json } = self.answer.as_ref()?;
        let json = json()?;
        let mut reply = Members::read(json.as_bytes()).ok()?;
        let parts = Parts { scrub };
        let mut messages: Vec<Message> = if let Some(choices) = reply.raw("choices") {
            let message = |choice| Message::read(Members::read(choice).ok()?.raw("message")?, &parts);
            elements(choices)?.filter_map(message).collect()
        } else if let Some(items) = reply.raw("output") {
            let items = elements(items)?.filter_map(|item| Message::read(item, &parts));
            let items: Vec<String> = items.flat_map(|item| item.parts).collect();
            if items.is_empty() { Vec::new() } else { vec![Message::of("assistant", items)] }
        } else {
            Message::read(json.as_bytes(), &parts).filter(|message| !message.parts.is_empty()).into_iter().collect()
        };
        // A reason belongs to the answer at its place, so there must be one for each.
        if messages.len() == self.summary.finish_reasons.len() {
            for (message, reason) in messages.iter_mut().zip(&self.summary.finish_reasons) {
                message.finish_reason = Some(parts.text(reason));
            }
        }
        (!messages.is_empty()).then(|| newest(messages.into_iter().rev()))
    }
}

/// The body of a request, and what takes the key out of it; `Debug` shows neither.
#[derive(Clone)]
pub(crate) struct RequestContent {
    pub(crate) body: Bytes,
    pub(crate) scrub: Scrub,
}

impl RequestContent {
    fn parts(&self) -> Parts<'_> {
        Parts { scrub: &self.scrub }
    }
}

impl fmt::Debug for RequestContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContent").field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

/// Writes the answer as the JSON of a whole reply when it is asked, and takes the key out of it; `Debug` shows neither.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) scrub: &'a Scrub,
    pub(crate) json: &'a (dyn Fn() -> Option<String> + Send + Sync),
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}

/// A message; its members are JSON texts.
struct Message {
    role: String,
    name: Option<String>,
    parts: Vec<String>,
    finish_reason: Option<String>,
}

impl Message {
    fn of(role: &str, parts: Vec<String>) -> Self {
        Message { role: crate::json::quoted(role), name: None, parts, finish_reason: None }
    }

    /// Reads a message of any family, or an item of responses.
    fn read(json: &[u8], parts: &Parts<'_>) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        let kind = members.peek("type").and_then(crate::json::string);
        let role = members.string("role");
        let Some(role) = role.filter(|_| matches!(kind.as_deref(), None | Some("message"))) else {
            let role = if kind?.ends_with("_output") { "tool" } else { "assistant" };
            return Some(Message::of(role, parts.of(json)));
        };
        let name = members.string("name").map(|name| parts.text(&name));
        let read =
            if role == "tool" { vec![parts.tool_response(&mut members)] } else { parts.of_message(&mut members) };
        Some(Message { role: parts.text(&role), name, parts: read, finish_reason: None })
    }

    /// Writes the message with those of its parts that are given.
    fn write(&self, kept: Vec<String>) -> String {
        let members = [("role", Some(self.role.clone())), ("name", self.name.clone()), ("parts", Some(list(kept)))];
        parts::object(members.into_iter().chain([("finish_reason", self.finish_reason.clone())]))
    }
}

/// Longest JSON text of an attribute, in bytes.
const LONGEST: usize = 64 * 1024;

/// Returns how many bytes fit between the brackets of an attribute, and one more, because each element brings a comma.
fn room() -> usize {
    LONGEST - 1
}

/// Writes the newest messages that fit; of the oldest of them, its last parts. The newest message comes first.
fn newest(messages: impl IntoIterator<Item = Message>) -> String {
    let mut room = room();
    let mut kept = Vec::new();
    for mut message in messages {
        let parts = std::mem::take(&mut message.parts);
        let count = parts.len();
        // The first of its parts has no comma before it.
        let Some(left) = (room + usize::from(count > 0)).checked_sub(message.write(Vec::new()).len() + 1) else {
            break;
        };
        room = left;
        let parts = last(parts, &mut room);
        let whole = parts.len() == count;
        if whole || !parts.is_empty() {
            kept.push(message.write(parts));
        }
        if !whole {
            break;
        }
    }
    kept.reverse();
    list(kept)
}

/// Returns the last elements that fit into `room`, each with a comma.
fn last(mut elements: Vec<String>, room: &mut usize) -> Vec<String> {
    let fits = |element: &&String| {
        let left = room.checked_sub(element.len() + 1);
        *room = left.unwrap_or(*room);
        left.is_some()
    };
    let kept = elements.iter().rev().take_while(fits).count();
    elements.split_off(elements.len() - kept)
}

fn list(elements: Vec<String>) -> String {
    format!("[{}]", elements.join(","))
}
