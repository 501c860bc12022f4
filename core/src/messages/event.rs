//! One event of a stream, as a view.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::block_sum::{BlockSum, Field, ToolHead};
use super::scan::Table;
use super::{Block, Citation, OwnedEvent, StopReason, Usage, citation};
use crate::error::DecodeError;
use crate::json;
use crate::json::partial::Written;

/// One event of a stream of messages: what it says, and what it added to the answer.
///
/// A view that is valid until the next one; [`into_owned`](Self::into_owned) keeps it. Keep-alives are not handed out, and
/// errors end the stream. Any other event is, also one that this crate does not know: see [`name`](Self::name) and
/// [`raw`](Self::raw). The texts of all events together are the [text](super::AssistantMessage::text) of the answer.
///
/// Where a server answers with a whole message instead of a stream, that is the only event: with its text and what the model
/// thought, while its tool uses are in the total only.
///
/// `Debug` shows lengths only.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    pub(super) name: &'a [u8],
    pub(super) raw: &'a [u8],
    /// What was read in place of the raw data, where that is no JSON.
    pub(super) mended: Option<&'a [u8]>,
    pub(super) table: &'a Table,
    pub(super) shown: Fragments<'a>,
    /// The blocks that the event added to, and the place of the first.
    pub(super) blocks: (usize, &'a [BlockSum]),
    pub(super) problem: Option<&'a Arc<DecodeError>>,
}

/// What an event added.
#[derive(Clone, Copy, Default)]
pub(super) struct Fragments<'a> {
    pub(super) field: Field,
    pub(super) place: Option<usize>,
    pub(super) text: &'a str,
    pub(super) thinking: &'a str,
    pub(super) signature: &'a str,
    pub(super) input: &'a str,
    /// Where in its field the fragment begins.
    pub(super) offset: usize,
    pub(super) tool: Option<&'a Arc<ToolHead>>,
    pub(super) server_side: bool,
}

impl<'a> Event<'a> {
    /// Returns the type of the event, such as `content_block_delta`: as its data says, or else its name; empty where
    /// neither does.
    pub fn name(&self) -> Cow<'a, str> {
        match self.table.kind {
            Some(kind) => json::to_cow(self.json(), kind),
            None => String::from_utf8_lossy(self.name),
        }
    }

    /// Returns the name in the event's `event:` field, byte for byte; empty if the event has no such field.
    pub fn raw_name(&self) -> &'a [u8] {
        self.name
    }

    /// Returns the data of the event, byte for byte.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Returns whether the data was no JSON, and was read as what became of it when it was
    /// [mended](crate::reply::Protocol::MENDS).
    pub fn is_mended(&self) -> bool {
        self.mended.is_some()
    }

    /// Returns the JSON that the spans are of.
    fn json(&self) -> &'a [u8] {
        self.mended.unwrap_or(self.raw)
    }

    /// Returns what the event added to the text of the answer.
    #[inline]
    pub fn text(&self) -> &'a str {
        self.shown.text
    }

    /// Returns what the event added to what the model thinks.
    #[inline]
    pub fn thinking(&self) -> &'a str {
        self.shown.thinking
    }

    /// Returns what the event added to the signature of what the model thought.
    pub fn signature(&self) -> &'a str {
        self.shown.signature
    }

    /// Returns what the event added to the input of a tool, where it is about one: nothing yet where it begins.
    pub fn input(&self) -> Option<InputFragment<'a>> {
        let Fragments { field: Field::Input, place: Some(position), input, offset, tool, server_side, .. } = self.shown
        else {
            return None;
        };
        Some(InputFragment { position, tool, input, offset, server_side })
    }

    /// Returns which block of the answer's content the event is about.
    pub fn position(&self) -> Option<usize> {
        self.shown.place
    }

    /// Walks the texts and the inputs of tools that the event added to, each with all that came of it so far: for
    /// [reading JSON](crate::json::partial::Follow) that is still being written. An event that was
    /// [kept](Self::into_owned) has none.
    ///
    /// An input that a block begins with is lent, too, unless it is the usual `{}`; deltas after it replace it.
    pub fn written(&self) -> impl Iterator<Item = Written<'a>> + use<'a> {
        let (first, blocks) = self.blocks;
        blocks.iter().zip(first..).filter_map(|(block, place)| block.written(place))
    }

    /// Returns the block that the event begins, as it begins: the results of a web search are whole in it.
    pub fn content_block(&self) -> Option<Block> {
        Some(Block::read(self.table.content_block?.of(self.json())))
    }

    /// Returns the source that the event says the text cites.
    pub fn citation(&self) -> Option<Citation> {
        citation::read(self.table.delta?.citation?.of(self.json()))
    }

    /// Returns why the answer ended, where the event says so.
    pub fn stop_reason(&self) -> Option<StopReason> {
        let reason = self.table.delta.and_then(|delta| delta.stop_reason).or(self.table.stop_reason)?;
        Some(StopReason::from(&*json::to_cow(self.json(), reason)))
    }

    /// Returns the tokens and the cost that the event reports, which are those so far. What a stream begins with reports
    /// some, too; they are in the total.
    pub fn usage(&self) -> Option<Usage> {
        Usage::read(self.table.usage?.of(self.json()))
    }

    /// Returns why the event could not be read. The stream goes on after it, but its total will be an error.
    pub fn problem(&self) -> Option<&'a DecodeError> {
        self.problem.map(|problem| &**problem)
    }

    /// Returns the event as a value of its own.
    pub fn into_owned(self) -> OwnedEvent {
        OwnedEvent::of(&self)
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("name", &self.name())
            .field("raw_len", &self.raw.len())
            .field("text_len", &self.text().len())
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

/// A piece of the input of a tool: it may end anywhere in its JSON. What can be run is in the
/// [total](super::AssistantMessage::tool_uses).
#[derive(Clone, Copy)]
pub struct InputFragment<'a> {
    position: usize,
    tool: Option<&'a Arc<ToolHead>>,
    input: &'a str,
    offset: usize,
    server_side: bool,
}

impl<'a> InputFragment<'a> {
    /// Returns which block of the answer's content the tool use is.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Returns the id of the tool use.
    pub fn id(&self) -> Option<&'a str> {
        self.tool?.id.as_deref()
    }

    /// Returns the name of the tool.
    pub fn name(&self) -> Option<&'a str> {
        self.tool?.name.as_deref()
    }

    /// Returns the piece of JSON.
    pub fn json(&self) -> &'a str {
        self.input
    }

    /// Returns where in the input the piece begins.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Returns whether the provider runs the tool itself.
    pub fn is_server_side(&self) -> bool {
        self.server_side
    }
}

impl fmt::Debug for InputFragment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputFragment")
            .field("position", &self.position)
            .field("name", &self.name())
            .field("json_len", &self.input.len())
            .finish_non_exhaustive()
    }
}
