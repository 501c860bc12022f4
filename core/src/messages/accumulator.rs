//! The accumulator: it adds up the events of a stream, or reads the members of a whole message.

use std::collections::HashMap;

use super::block_sum::{BlockKind, BlockSum, Field};
use super::content::BLOCKS;
use super::scan::Delta;
use super::usage::UsageSum;
use super::{Block, Role, StopReason, Usage};
use crate::Extra;
use crate::json::{self, Element, Members, Merged, Span};
use crate::limits::{Limit, Limits, TooLarge};

/// The sum of the events so far.
#[derive(Debug)]
pub(super) struct Accumulator {
    pub(super) id: Option<String>,
    pub(super) model: Option<String>,
    pub(super) role: Option<Role>,
    pub(super) stop_reason: Option<StopReason>,
    pub(super) stop_sequence: Option<String>,
    pub(super) usage: Option<UsageSum>,
    extra: Merged,
    pub(super) blocks: Vec<BlockSum>,
    /// The blocks of a whole message, in the order of `blocks`.
    whole: Vec<Block>,
    /// Whether a content came, even an empty one.
    has_content: bool,
    /// The place of a block by its index.
    places: HashMap<u64, usize>,
    /// The index and the place of the block that was extended last.
    last: Option<(Option<u64>, usize)>,
    tool_uses: usize,
    /// The number of elements of the lists within blocks.
    nested: usize,
    limits: Limits,
    /// The size of the sums, in bytes, approximately.
    size: usize,
}

/// The limit for the blocks of one message. No answer has so many.
const MOST_BLOCKS: usize = 1 << 16;

/// The additions of an event to a block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Added {
    /// The place of the block; `None` if the event has no block.
    pub(super) place: Option<usize>,
    pub(super) field: Field,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Accumulator {
    pub(super) fn new(limits: Limits) -> Self {
        Accumulator {
            id: None,
            model: None,
            role: None,
            stop_reason: None,
            stop_sequence: None,
            usage: None,
            extra: Merged::of_members(),
            blocks: Vec::new(),
            whole: Vec::new(),
            has_content: false,
            places: HashMap::new(),
            last: None,
            tool_uses: 0,
            nested: 0,
            limits,
            size: 0,
        }
    }

    /// Adds a message: a whole one, or the beginning of a stream.
    pub(super) fn message(&mut self, message: Element<'_>, whole: bool) -> Result<(), TooLarge> {
        message.check(&[])?;
        let Some(mut members) = message.members else { return Ok(()) };
        // The type `message` is written anew; any other type is kept.
        members.take_with("type", |kind| (kind == b"\"message\"").then_some(()));
        let content = members.take_with("content", blocks);
        self.has_content |= content.is_some();
        let first = |said: &mut Option<String>, now: Option<String>| *said = said.take().or(now);
        let text = |text: Option<String>| text.filter(|text| !text.is_empty());
        first(&mut self.id, text(members.string("id")));
        first(&mut self.model, text(members.string("model")));
        let role = text(members.string("role"));
        self.role = self.role.take().or(role.map(|role| Role::from(role.as_str())));
        self.rest(members);
        let (text, list) = content.unzip();
        let text = text.iter().flatten().map(|block| Element::read(block));
        let list = list.flatten().into_iter().flat_map(json::Elements::with_members);
        for (index, block) in text.chain(list).enumerate() {
            if whole {
                // Neither a delta nor an event with an index follows.
                self.check_block(&block)?;
                self.open(None, BlockSum::whole(&block), block.json.len())?;
                self.whole.push(Block::read(block));
            } else {
                self.start(Some(index as u64), block)?;
            }
        }
        Ok(())
    }

    /// Adds the members of a `message_delta` event.
    pub(super) fn message_delta(&mut self, json: &[u8], delta: Option<Delta>) {
        if let Some(Ok(mut members)) = delta.map(|delta| Members::read(delta.raw.of(json))) {
            members.raw_or_null("type");
            self.rest(members);
        }
        self.beside(json);
    }

    /// Adds the usage of an event, and its members without a typed field.
    pub(super) fn beside(&mut self, json: &[u8]) {
        let Ok(mut members) = Members::read(json) else { return };
        for name in ["type", "delta", "error"] {
            members.raw_or_null(name);
        }
        self.rest(members);
    }

    fn rest(&mut self, mut members: Members<'_>) {
        if let Some(reason) = members.string("stop_reason").filter(|reason| !reason.is_empty()) {
            self.stop_reason = Some(StopReason::from(reason.as_str()));
        }
        let sequence =
            members.string("stop_sequence").filter(|sequence| !sequence.is_empty() || self.stop_sequence.is_none());
        self.stop_sequence = sequence.or(self.stop_sequence.take());
        if let Some(usage) = members.object_with("usage", Usage::read) {
            self.add_usage(usage);
        }
        self.size += self.extra.add_all(&members.rest());
    }

    /// Adds the tokens and the cost that an event reports; they are cumulative.
    pub(super) fn add_usage(&mut self, usage: Usage) {
        self.size += self.usage.get_or_insert_default().add(usage);
    }

    /// Returns the members without a typed field. Members of the wrong type are among them only if their field has no
    /// value.
    pub(super) fn extra(&self) -> Extra {
        let mut extra = self.extra.extra();
        for (field, has_value) in [
            ("id", self.id.is_some()),
            ("model", self.model.is_some()),
            ("role", self.role.is_some()),
            ("content", self.has_content),
            ("stop_reason", self.stop_reason.is_some()),
            ("stop_sequence", self.stop_sequence.is_some()),
            ("usage", self.usage.is_some()),
        ] {
            extra.give_way(field, has_value);
        }
        extra
    }

    /// Returns the blocks as they are so far.
    pub(super) fn content(&self) -> Vec<Block> {
        if self.whole.is_empty() { self.blocks.iter().map(BlockSum::block).collect() } else { self.whole.clone() }
    }

    /// Does the same as [`content`](Self::content), without copying the blocks of a whole message.
    pub(super) fn take_content(&mut self) -> Vec<Block> {
        let whole = std::mem::take(&mut self.whole);
        if whole.is_empty() { self.content() } else { whole }
    }

    /// Returns the text and the thinking of the blocks from `place` on.
    pub(super) fn texts_from(&self, place: usize) -> (String, String) {
        let all = |kind, field| {
            let blocks = self.blocks.iter().skip(place).filter(|block| block.kind == kind);
            blocks.map(|block| block.field(field)).collect::<String>()
        };
        (all(BlockKind::Text, Field::Text), all(BlockKind::Thinking, Field::Thinking))
    }

    /// Begins a new block, even if its index is known, because some servers number blocks anew.
    pub(super) fn start(&mut self, index: Option<u64>, block: Element<'_>) -> Result<Added, TooLarge> {
        self.check_block(&block)?;
        let bytes = block.json.len();
        let place = self.open(index, BlockSum::new(block), bytes)?;
        let block = self.blocks.get(place);
        let began = |field| block.map_or(0, |block| block.field(field).len());
        let field = match block.map(|block| block.kind) {
            Some(BlockKind::Text) => Field::Text,
            Some(BlockKind::Thinking) => Field::Thinking,
            Some(BlockKind::ToolUse | BlockKind::ServerToolUse) => Field::Input,
            _ => Field::None,
        };
        Ok(Added { place: Some(place), field, from: 0, to: began(field) })
    }

    /// Counts the elements of the lists in a block.
    fn check_block(&mut self, block: &Element<'_>) -> Result<(), TooLarge> {
        self.nested += block.check(&BLOCKS)?;
        if self.nested > MOST_BLOCKS {
            return Err(TooLarge { what: Limit::Elements, limit: MOST_BLOCKS });
        }
        Ok(())
    }

    /// Adds a delta to its block.
    #[inline]
    pub(super) fn delta(&mut self, index: Option<u64>, json: &[u8], delta: &Delta) -> Result<Added, TooLarge> {
        let field = field_of(json, delta);
        let place = match self.place(index) {
            Some(place) if field == Field::None || self.blocks.get(place).is_some_and(|block| block.takes(field)) => {
                place
            }
            _ if field == Field::None => return Ok(Added::default()),
            _ => self.open(index, BlockSum::of(field), 0)?,
        };
        let Some(block) = self.blocks.get_mut(place) else { return Ok(Added::default()) };
        let (from, to) = block.add(json, delta, field);
        self.size += to - from;
        // Text of a block of an unknown kind does not belong to the answer.
        let shown = block.kind != BlockKind::Other || field == Field::Input;
        Ok(Added { place: Some(place), field: if shown { field } else { Field::None }, from, to })
    }

    /// Adds a text to a field of the block at `place`, as [`delta`](Self::delta) did for the event before; returns start
    /// and end of the new part. The caller must have checked that there is [room](Self::has_room_for).
    #[inline(always)]
    pub(super) fn extend(&mut self, place: usize, field: Field, json: &[u8], text: Span) -> (usize, usize) {
        let sum = self.blocks.get_mut(place).and_then(|block| block.text_of(field));
        let (from, to) = sum.map_or((0, 0), |sum| sum.push(json, text));
        self.size += to - from;
        (from, to)
    }

    /// Returns whether so many bytes of an event certainly fit, however their escapes are decoded.
    #[inline]
    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        self.limits.has_room_for(bytes, self.size)
    }

    /// Ends the block with this index.
    pub(super) fn stop_at(&mut self, index: Option<u64>) -> Added {
        self.place(index).map(|place| self.stop(place)).unwrap_or_default()
    }

    fn stop(&mut self, place: usize) -> Added {
        let Some(block) = self.blocks.get_mut(place) else { return Added::default() };
        let (field, from, to) = block.stop();
        Added { place: Some(place), field, from, to }
    }

    /// Adds a block that came with so many bytes.
    fn open(&mut self, index: Option<u64>, block: BlockSum, bytes: usize) -> Result<usize, TooLarge> {
        let place = self.blocks.len();
        if place >= MOST_BLOCKS {
            return Err(TooLarge { what: Limit::Elements, limit: MOST_BLOCKS });
        }
        let limit = self.limits.tool_calls;
        if block.kind == BlockKind::ToolUse {
            if self.tool_uses >= limit {
                return Err(TooLarge { what: Limit::ToolCalls, limit });
            }
            self.tool_uses += 1;
        }
        self.size += size_of::<BlockSum>() + bytes;
        self.blocks.push(block);
        if let Some(index) = index {
            self.places.insert(index, place);
        }
        self.last = Some((index, place));
        Ok(place)
    }

    /// Returns the place of the block with this index; without an index, that of the last block.
    #[inline]
    fn place(&mut self, index: Option<u64>) -> Option<usize> {
        match self.last {
            Some((last, place)) if index.is_none() || last == index => Some(place),
            _ => {
                let place = *self.places.get(&index?)?;
                self.last = Some((index, place));
                Some(place)
            }
        }
    }

    /// Returns a value that changes with each addition to the answer.
    #[inline]
    pub(super) fn weight(&self) -> impl PartialEq + use<> {
        let usage = self.usage.as_ref().map(UsageSum::counts);
        let known = (self.id.is_some(), self.stop_reason.is_some(), self.stop_sequence.is_some());
        let stopped = self.blocks.last().is_some_and(|block| block.stopped);
        (self.size, self.blocks.len(), stopped, known, usage)
    }

    /// Checks the size of the sums against the limit.
    #[inline]
    pub(super) fn check_size(&self) -> Result<(), TooLarge> {
        let limit = self.limits.total;
        if self.size > limit { Err(TooLarge { what: Limit::Total, limit }) } else { Ok(()) }
    }
}

/// Returns the field that a delta adds to: by the type of the delta, or by its first known member if it has no type.
fn field_of(json: &[u8], delta: &Delta) -> Field {
    let fields = [
        ("text_delta", delta.text, Field::Text),
        ("thinking_delta", delta.thinking, Field::Thinking),
        ("signature_delta", delta.signature, Field::Signature),
        ("input_json_delta", delta.partial_json, Field::Input),
        ("citations_delta", delta.citation, Field::Citation),
    ];
    let kind = delta.kind.map(|kind| kind.of(json));
    let named = |name: &str| kind.is_none_or(|kind| kind == name.as_bytes());
    let found = fields.into_iter().find(|(name, span, _)| span.is_some() && named(name));
    found.map_or(Field::None, |(_, _, field)| field)
}

/// Returns the blocks of a content: one for a text, or those of the list.
fn blocks(json: &[u8]) -> Option<(Option<Vec<u8>>, Option<json::Elements<'_>>)> {
    if let Some(text) = json::string(json) {
        let block = format!(r#"{{"type":"text","text":{}}}"#, json::quoted(&text));
        return Some((Some(block.into_bytes()), None));
    }
    Some((None, Some(json::elements(json)?)))
}
