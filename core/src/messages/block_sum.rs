//! One block that is being accumulated.

use std::borrow::Cow;
use std::sync::Arc;

use super::scan::Delta;
use super::tool_use::whole_object;
use super::{Block, citation};
use crate::Extra;
use crate::json::partial::{Origin, Written};
use crate::json::{self, Element, Members, TextSum};

/// One block that is being accumulated: its beginning, and the additions of its deltas.
#[derive(Debug, Default)]
pub(super) struct BlockSum {
    /// The block at its beginning, byte for byte; of a block of a whole message, only its input.
    start: String,
    pub(super) kind: BlockKind,
    /// Where in `start` the input is that the block began with, unless that is the usual empty one.
    begun_input: Option<(usize, usize)>,
    /// For a block with an input: the id and the name of the tool use.
    pub(super) tool: Option<Arc<ToolHead>>,
    pub(super) text: TextSum,
    pub(super) thinking: TextSum,
    pub(super) signature: TextSum,
    pub(super) input: TextSum,
    /// The citations that were added, joined by commas.
    citations: String,
    /// Whether a delta added something, so that the block differs from its beginning.
    touched: bool,
    /// Whether the end of the block came.
    pub(super) stopped: bool,
}

/// The kind of block, which decides what its deltas add to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum BlockKind {
    Text,
    Thinking,
    ToolUse,
    ServerToolUse,
    /// A block of any other kind; every delta may add to it.
    #[default]
    Other,
}

/// The id and the name of a tool use.
#[derive(Debug, Default)]
pub(super) struct ToolHead {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
}

/// The field that an event adds to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Field {
    /// The event adds nothing that is shown.
    #[default]
    None,
    Text,
    Thinking,
    Signature,
    Input,
    Citation,
}

impl BlockSum {
    /// Begins a block.
    pub(super) fn new(block: Element<'_>) -> Self {
        let mut sum = BlockSum { start: json::lossy(block.json), ..BlockSum::default() };
        if let Some(members) = &block.members {
            sum.begin(members);
            if sum.tool.is_some() && members.has("input") {
                sum.begun_input = sum.find_input();
            }
        }
        sum
    }

    /// Reads a block of a whole message, to which nothing is added.
    pub(super) fn whole(block: &Element<'_>) -> Self {
        let mut sum = BlockSum { stopped: true, ..BlockSum::default() };
        if let Some(members) = &block.members {
            sum.begin(members);
            let input = sum.tool.as_ref().and_then(|_| members.peek("input")).map(json::lossy);
            if let Some(input) = input.filter(|input| is_begun(input)) {
                sum.begun_input = Some((0, input.len()));
                sum.start = input;
            }
        }
        sum
    }

    fn begin(&mut self, members: &Members<'_>) {
        let string = |name| members.peek(name).and_then(json::string);
        self.kind = match string("type").as_deref() {
            Some("text") => BlockKind::Text,
            Some("thinking") => BlockKind::Thinking,
            Some("tool_use") => BlockKind::ToolUse,
            Some("server_tool_use") => BlockKind::ServerToolUse,
            _ => BlockKind::Other,
        };
        let texts = [("text", &mut self.text), ("thinking", &mut self.thinking), ("signature", &mut self.signature)];
        for (name, text) in texts {
            if let Some(came) = string(name) {
                text.text = came;
                text.seen = true;
            }
        }
        if self.kind != BlockKind::Text && self.kind != BlockKind::Thinking {
            self.tool = Some(Arc::new(ToolHead { id: string("id"), name: string("name") }));
        }
    }

    /// Begins a block whose start event is missing, by the field of its first delta.
    pub(super) fn of(field: Field) -> Self {
        BlockSum::new(Element::read(match field {
            Field::Thinking | Field::Signature => br#"{"type":"thinking","thinking":""}"#,
            Field::Input => br#"{"type":"tool_use","input":{}}"#,
            _ => br#"{"type":"text","text":""}"#,
        }))
    }

    /// Returns whether the block has this field.
    pub(super) fn takes(&self, field: Field) -> bool {
        match self.kind {
            BlockKind::Text => matches!(field, Field::Text | Field::Citation),
            BlockKind::Thinking => matches!(field, Field::Thinking | Field::Signature),
            BlockKind::ToolUse | BlockKind::ServerToolUse => field == Field::Input,
            BlockKind::Other => true,
        }
    }

    /// Adds the value of a delta to a field; returns start and end of the new part.
    #[inline]
    pub(super) fn add(&mut self, json: &[u8], delta: &Delta, field: Field) -> (usize, usize) {
        let (sum, span) = match field {
            Field::Text => (&mut self.text, delta.text),
            Field::Thinking => (&mut self.thinking, delta.thinking),
            Field::Signature => (&mut self.signature, delta.signature),
            Field::Input => (&mut self.input, delta.partial_json),
            Field::Citation => return self.add_citation(delta.citation.map_or(&[], |citation| citation.of(json))),
            Field::None => return (0, 0),
        };
        let Some(span) = span else { return (0, 0) };
        self.touched = true;
        // There is one signature, whole or in pieces; some servers repeat it.
        if field == Field::Signature && !sum.text.is_empty() && json::to_cow(json, span) == sum.text {
            return (sum.text.len(), sum.text.len());
        }
        sum.push(json, span)
    }

    /// Returns the text of a field.
    #[inline(always)]
    pub(super) fn text_of(&mut self, field: Field) -> Option<&mut TextSum> {
        match field {
            Field::Text => Some(&mut self.text),
            Field::Thinking => Some(&mut self.thinking),
            Field::Signature => Some(&mut self.signature),
            Field::Input => Some(&mut self.input),
            Field::Citation | Field::None => None,
        }
    }

    fn add_citation(&mut self, json: &[u8]) -> (usize, usize) {
        let before = self.citations.len();
        self.touched = true;
        if before > 0 {
            self.citations.push(',');
        }
        json::push_lossy(json, &mut self.citations);
        (before, self.citations.len())
    }

    /// Ends the block. If a pending half of a character was replaced, returns its field and its place.
    pub(super) fn stop(&mut self) -> (Field, usize, usize) {
        self.stopped = true;
        let fields = [
            (Field::Text, &mut self.text),
            (Field::Thinking, &mut self.thinking),
            (Field::Signature, &mut self.signature),
            (Field::Input, &mut self.input),
        ];
        let mut flushed = (Field::None, 0, 0);
        for (field, sum) in fields {
            let before = sum.text.len();
            sum.flush();
            if sum.text.len() > before {
                flushed = (field, before, sum.text.len());
            }
        }
        flushed
    }

    /// Returns the text of a field so far.
    pub(super) fn field(&self, field: Field) -> &str {
        match field {
            Field::Text => &self.text.text,
            Field::Thinking => &self.thinking.text,
            Field::Signature => &self.signature.text,
            Field::Input => &self.input.text,
            Field::Citation | Field::None => "",
        }
    }

    /// Returns the text of the block, or its input, as it is so far, for the block's place; `None` if it has neither.
    pub(super) fn written(&self, place: usize) -> Option<Written<'_>> {
        let (index, part) = (place as u64, 0);
        if self.kind == BlockKind::Text {
            let text = Some(&*self.text.text).filter(|text| !text.is_empty())?;
            return Some(Written::new(Origin::Text { index, part }, 0, text));
        }
        let name = self.tool.as_deref()?.name.as_deref();
        let begun = self.begun_input.and_then(|(from, to)| self.start.get(from..to));
        // What deltas bring counts instead of what the block began with.
        let (edition, input) = match begun {
            Some(begun) if self.input.text.trim_ascii().is_empty() => (0, begun),
            begun => (u32::from(begun.is_some()), &*self.input.text),
        };
        Some(Written::new(Origin::Arguments { index, part }, edition, input).named(name)).filter(|_| !input.is_empty())
    }

    fn find_input(&self) -> Option<(usize, usize)> {
        let input = Members::read(self.start.as_bytes()).ok()?.raw("input")?;
        let input = std::str::from_utf8(input).ok()?;
        let from = input.as_ptr() as usize - self.start.as_ptr() as usize;
        is_begun(input).then_some((from, from + input.len()))
    }

    /// Returns the block.
    pub(super) fn block(&self) -> Block {
        Block::read(Element::read(self.json().as_bytes()))
    }

    fn json(&self) -> Cow<'_, str> {
        if !self.touched {
            return Cow::Borrowed(&self.start);
        }
        let mut members = Members::read(self.start.as_bytes()).map_or_else(|_| Extra::new(), Members::rest);
        for (name, sum) in [("text", &self.text), ("thinking", &self.thinking), ("signature", &self.signature)] {
            if sum.seen {
                members.put_raw(name.to_owned(), json::quoted(&sum.text));
            }
        }
        if !self.input.text.trim_ascii().is_empty() {
            // An input that is not an object is written as a string.
            let input = whole_object(&self.input.text).map_or_else(|| json::quoted(&self.input.text), str::to_owned);
            members.put_raw("input".to_owned(), input);
        }
        if !self.citations.is_empty() {
            let before = members.get(citation::KEY).and_then(|list| list.strip_prefix('[')?.strip_suffix(']'));
            let before = before.map(str::trim_ascii).filter(|list| !list.is_empty());
            let list = match before {
                Some(before) => format!("[{before},{}]", self.citations),
                None => format!("[{}]", self.citations),
            };
            members.put_raw(citation::KEY.to_owned(), list);
        }
        Cow::Owned(serde_json::to_string(&members).unwrap_or_default())
    }
}

/// Returns whether an input at the beginning of a block is one: most servers begin with an empty object, and add to it.
fn is_begun(input: &str) -> bool {
    input.strip_prefix('{').is_some_and(|rest| !rest.trim_start().starts_with('}'))
}
