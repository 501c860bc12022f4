//! The reference reader of chunks: the rules of the crate's own scan, followed to the letter over a tree.
//!
//! ```text
//! data ─▶ json::read ─▶ Node (a tree) ─▶ ReferenceChunk (what each rule says) ─▶ stream::Stream (texts that add up)
//! ```
//!
//! Slow, whole and obvious, and none of the crate's code is in it. The rules, for whatever is not said otherwise below:
//!
//! * The last of several members with the same key counts; `null` is absent.
//! * A known member of a type that does not fit is an unknown member: the one before it, if there is one, still counts.
//! * A choice of a chunk is read from its `delta` if that has members, and its `message` is a snapshot then; without such a
//!   `delta` it is read from its `message`. Of several the last that is an object counts.
//! * Where an array of objects is expected, elements that are not objects are passed over.
//! * An error counts wherever a chunk says it, also where a later member with the same key takes it back.
//!
//! What it does not repeat: which call a fragment of a tool call belongs to, and how members without a field of their own
//! add up. For those, a stream that is read with the template is compared with the same stream read in full.

pub mod frames;
pub mod json;
pub mod mend;
pub mod stream;
pub mod text;
pub mod usage;

use json::{Inside, Member, Node, Shape};
use usage::Usage;

/// What one chunk says.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceChunk<'a> {
    /// The whole tree.
    pub root: Node<'a>,
    /// The id of the completion.
    pub id: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// When it was made.
    pub created: Option<u64>,
    /// Tokens and cost.
    pub usage: Option<Usage>,
    /// It says that it is, or holds, an error.
    pub is_error: bool,
    /// The answers that it adds to; `None` where it has no array of them.
    pub choices: Option<Vec<ReferenceChoice<'a>>>,
}

/// What a chunk says of one answer. Fragments are the insides of strings as they stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReferenceChoice<'a> {
    /// The number of the answer.
    pub index: Option<u8>,
    /// Why it ended.
    pub finish_reason: Option<String>,
    /// Who speaks.
    pub role: Option<String>,
    /// The fragments of the text.
    pub content: Vec<Inside<'a>>,
    /// The fragments of the reasoning: those among the parts of the content, then the member's.
    pub reasoning: Vec<Inside<'a>>,
    /// The fragment of the refusal.
    pub refusal: Option<Inside<'a>>,
    /// The fragments of tool calls.
    pub calls: Vec<ReferenceCall<'a>>,
    /// It was read from a `message`.
    pub from_message: bool,
    /// There is something in it.
    pub holds: bool,
    /// The content is a list of parts, and how many fragments of the reasoning come from them.
    pub parts: Option<usize>,
    /// The message that stands beside the delta.
    pub snapshot: Option<Box<ReferenceChoice<'a>>>,
}

/// A fragment of a tool call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReferenceCall<'a> {
    /// The number of the call.
    pub index: Option<u8>,
    /// Its id.
    pub id: Option<String>,
    /// The fragment of the name.
    pub name: Option<String>,
    /// The fragment of the arguments, where they are text.
    pub arguments: Option<Inside<'a>>,
}

impl<'a> ReferenceChunk<'a> {
    /// Reads a chunk.
    ///
    /// # Errors
    /// The offset of the first byte that does not fit, where the data is not one object.
    pub fn read(data: &'a [u8]) -> Result<Self, usize> {
        let root = json::read(data)?;
        let members = root.object().unwrap_or_default();
        let choices = last(members, "choices", is_list).and_then(Node::list);
        Ok(ReferenceChunk {
            id: last(members, "id", is_text_or_digits).and_then(spelled),
            model: last(members, "model", is_text_or_digits).and_then(spelled),
            // 0 is not known.
            created: last(members, "created", is_text_or_digits).and_then(usage::whole_number).filter(|at| *at > 0),
            usage: last(members, "usage", is_object).and_then(Node::object).map(Usage::read),
            is_error: is_error(members),
            choices: choices.map(|list| list.iter().filter_map(Node::object).map(ReferenceChoice::read).collect()),
            root,
        })
    }

    /// Returns the JSON of a member at the top.
    pub fn member(&self, name: &str) -> Option<&'a [u8]> {
        let value = &self.root.object()?.iter().rfind(|member| member.name == name)?.value;
        (!value.is_null()).then_some(value.raw)
    }

    /// Returns the strings that differ from chunk to chunk in every stream: texts, reasoning and arguments.
    pub fn slots(&self) -> impl Iterator<Item = Inside<'a>> {
        self.choices.iter().flatten().flat_map(|choice| {
            let arguments = choice.calls.iter().filter_map(|call| call.arguments);
            choice.content.iter().chain(&choice.reasoning).copied().chain(arguments)
        })
    }
}

impl<'a> ReferenceChoice<'a> {
    fn read(members: &[Member<'a>]) -> Self {
        let mut choice = ReferenceChoice {
            index: index(members),
            finish_reason: last(members, "finish_reason", is_text).and_then(spelled),
            ..ReferenceChoice::default()
        };
        let named = |name: &str| {
            let is_it = |member: &&Member<'_>| member.name == name && is_object(&member.value);
            members.iter().rfind(is_it).and_then(|member| member.value.object())
        };
        match (named("delta"), named("message")) {
            (Some(delta), message) if message.is_none() || !delta.is_empty() => {
                choice.read_message(delta);
                choice.snapshot = message.map(|message| {
                    let mut snapshot = ReferenceChoice::default();
                    snapshot.read_message(message);
                    Box::new(snapshot)
                });
            }
            (_, Some(message)) => {
                choice.from_message = true;
                choice.read_message(message);
            }
            _ => {}
        }
        choice
    }

    fn read_message(&mut self, delta: &[Member<'a>]) {
        let choice = self;
        choice.holds = holds(delta);
        choice.role = last(delta, "role", is_text).and_then(spelled);
        choice.refusal = last(delta, "refusal", is_text).and_then(Node::text);
        match last(delta, "content", |value| is_text(value) || is_list(value)).map(|content| &content.shape) {
            Some(Shape::Text(text)) => choice.content.push(*text),
            Some(Shape::List(parts)) => {
                parts.iter().for_each(|part| choice.read_part(part));
                choice.parts = Some(choice.reasoning.len());
            }
            _ => {}
        }
        // Both names, both with something: they say the same twice, or the older name is the one.
        let names = ["reasoning_content", "reasoning"];
        let mut named = names.iter().filter_map(|name| last(delta, name, is_text).and_then(Node::text));
        let first = named.next();
        let second = named.next();
        choice.reasoning.extend(if first.is_some_and(|text| text.bytes.is_empty()) { second.or(first) } else { first });
        let calls = last(delta, "tool_calls", is_list).and_then(Node::list).unwrap_or_default();
        choice.calls = calls.iter().filter_map(Node::object).map(ReferenceCall::read).collect();
    }

    /// Reads an element of a `content` array.
    fn read_part(&mut self, part: &Node<'a>) {
        match &part.shape {
            Shape::Text(text) => self.content.push(*text),
            Shape::Object(members) => match read_part(members) {
                Part::Text(text) => self.content.push(text),
                Part::Thinking(texts) => self.reasoning.extend(texts),
                Part::Other => {}
            },
            _ => {}
        }
    }
}

/// Returns whether a message holds anything: a member that counts and is not empty.
fn holds(message: &[Member<'_>]) -> bool {
    let texts = ["role", "reasoning_content", "reasoning", "reasoning_signature", "refusal"];
    let text =
        |name: &&str| last(message, name, is_text).and_then(Node::text).is_some_and(|text| !text.bytes.is_empty());
    let content =
        last(message, "content", |value| is_text(value) || is_list(value)).is_some_and(|content| !content.is_blank());
    let calls = last(message, "tool_calls", is_list).and_then(Node::list).unwrap_or_default();
    let function_call = last(message, "function_call", is_object).is_some();
    let fits = |member: &Member<'_>| match &*member.name {
        "content" => is_text(&member.value) || is_list(&member.value) || member.value.is_null(),
        "tool_calls" => is_list(&member.value) || member.value.is_null(),
        "function_call" => is_object(&member.value) || member.value.is_null(),
        name => texts.contains(&name) && (is_text(&member.value) || member.value.is_null()),
    };
    let unknown = message.iter().enumerate().any(|(at, member)| {
        let is_last = !message[at + 1..].iter().any(|later| later.name == member.name && !fits(later));
        is_last && !fits(member) && !member.value.is_blank()
    });
    texts.iter().any(text) || content || function_call || unknown || calls.iter().any(is_object)
}

enum Part<'a> {
    Text(Inside<'a>),
    Thinking(Vec<Inside<'a>>),
    Other,
}

/// Reads a part: a text part has a text and no thinking; a thinking part has a text
/// under either name, or a list of text parts.
fn read_part<'a>(members: &[Member<'a>]) -> Part<'a> {
    let kind = last(members, "type", is_text).and_then(spelled);
    let text = last(members, "text", is_text).and_then(Node::text);
    let thinking = last(members, "thinking", |value| is_list(value) || is_text(value));
    let in_list = |list: &[Node<'a>]| {
        let texts = list.iter().filter_map(|element| match read_part(element.object()?) {
            Part::Text(text) => Some(text),
            _ => None,
        });
        texts.collect()
    };
    let thinking: Vec<Inside<'_>> = match thinking {
        Some(thinking) => {
            thinking.text().map_or_else(|| in_list(thinking.list().unwrap_or_default()), |text| vec![text])
        }
        None => Vec::new(),
    };
    match (kind.as_deref(), text) {
        (Some("text" | "output_text"), Some(text)) if thinking.is_empty() => Part::Text(text),
        (Some("thinking" | "reasoning"), Some(text)) if thinking.is_empty() => Part::Thinking(vec![text]),
        (Some("thinking" | "reasoning"), None) if !thinking.is_empty() => Part::Thinking(thinking),
        _ => Part::Other,
    }
}

impl<'a> ReferenceCall<'a> {
    fn read(members: &[Member<'a>]) -> Self {
        let function = last(members, "function", is_object).and_then(Node::object).unwrap_or_default();
        ReferenceCall {
            index: index(members),
            id: last(members, "id", is_text_or_digits).and_then(spelled),
            name: last(function, "name", is_text).and_then(spelled),
            // Arguments that are no text are the arguments too.
            arguments: last(function, "arguments", |_| true).and_then(Node::text),
        }
    }
}

/// Returns the member that counts: the last one of that name that is `null` or fits, unless it is `null`.
fn last<'n, 'a>(members: &'n [Member<'a>], name: &str, fits: impl Fn(&Node<'a>) -> bool) -> Option<&'n Node<'a>> {
    let counts = |member: &&Member<'a>| member.name == name && (member.value.is_null() || fits(&member.value));
    members.iter().rfind(counts).map(|member| &member.value).filter(|value| !value.is_null())
}

fn is_text(value: &Node<'_>) -> bool {
    value.text().is_some()
}

fn is_text_or_digits(value: &Node<'_>) -> bool {
    value.text_or_digits().is_some()
}

fn is_list(value: &Node<'_>) -> bool {
    value.list().is_some()
}

fn is_object(value: &Node<'_>) -> bool {
    value.object().is_some()
}

fn spelled(value: &Node<'_>) -> Option<String> {
    value.text_or_digits().map(text::text)
}

/// Returns the index: the last member of that name, if it is one to three digits that make at most 127.
fn index(members: &[Member<'_>]) -> Option<u8> {
    let value = &members.iter().rfind(|member| member.name == "index")?.value;
    let digits = std::str::from_utf8(value.raw).ok()?;
    let plain = digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|index| plain && *index <= 127)
}

/// Returns whether a chunk is, or holds, an error: by a member of it or of a choice, or by what it says it is.
fn is_error(members: &[Member<'_>]) -> bool {
    let truthy = |members: &[Member<'_>]| {
        let mut errors = members.iter().filter(|member| member.name == "error");
        errors.any(|error| !matches!(error.value.raw, b"null" | b"false" | b"\"\"" | b"0"))
    };
    let said = members.iter().any(|member| {
        matches!(&*member.name, "type" | "object") && member.value.text().is_some_and(|text| text.bytes == b"error")
    });
    let choices = members.iter().filter(|member| member.name == "choices").filter_map(|member| member.value.list());
    said || truthy(members) || choices.flatten().filter_map(Node::object).any(truthy)
}
