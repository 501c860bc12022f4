//! One event of a stream: a view that is valid until the next event.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::block_sum::{BlockSum, Field, ToolHead};
use super::scan::Table;
use super::{Block, Citation, OwnedEvent, StopReason, Usage, citation};
use crate::error::DecodeError;
use crate::json::partial::Written;
use crate::json::{self, Element, Members, Received};
use crate::reply::TextTemplate;

/// One event of a stream of messages, with what it added to the answer.
///
/// It is a view that is valid until the next event; [`into_owned`](Self::into_owned) makes an owned value. Keep-alives
/// are not handed out, and errors end the stream. Every other event is handed out, also of a kind that this crate does
/// not know: see [`name`](Self::name) and [`raw`](Self::raw). The texts of all events joined are the
/// [text](super::AssistantMessage::text) of the answer.
///
/// If a server answers with a whole message instead of a stream, that message is the only event. It has the text and
/// the thinking; the tool uses are in the total only.
///
/// `Debug` shows lengths only.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Copy)]
pub struct Event<'a> {
    pub(super) name: &'a [u8],
    pub(super) raw: &'a [u8],
    /// The data that was read instead of the raw data, if that was invalid JSON.
    pub(super) mended: Option<&'a [u8]>,
    pub(super) table: &'a Table,
    /// If it is set, the spans of the table are places in the event that the template learned.
    pub(super) template: Option<&'a TextTemplate>,
    pub(super) shown: Fragments<'a>,
    /// The blocks that the event added to, and the place of the first.
    pub(super) blocks: (usize, &'a [BlockSum]),
    pub(super) problem: Option<&'a Arc<DecodeError>>,
}

/// The additions of an event to the answer.
#[derive(Clone, Copy, Default)]
pub(super) struct Fragments<'a> {
    pub(super) field: Field,
    pub(super) place: Option<usize>,
    /// The text that was added to the field; without a field, the text of a whole message.
    pub(super) added: &'a str,
    /// The thinking of a whole message.
    pub(super) thinking: &'a str,
    /// The offset of the fragment in its field, in bytes.
    pub(super) offset: usize,
    pub(super) tool: Option<&'a Arc<ToolHead>>,
    pub(super) server_side: bool,
}

impl<'a> Event<'a> {
    /// Returns the type of the event, such as `content_block_delta`: the `type` in its data, else its name; empty if it
    /// has neither.
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

    /// Returns whether the data was invalid JSON, and was read after it was [mended](crate::reply::Protocol::MENDS).
    pub fn is_mended(&self) -> bool {
        self.mended.is_some()
    }

    /// Returns the JSON that the spans refer to.
    fn json(&self) -> &'a [u8] {
        match self.template {
            // The members that are read here have the same bytes in both.
            Some(template) => template.learned(),
            None => self.mended.unwrap_or(self.raw),
        }
    }

    /// Returns the table with places in this event.
    pub(super) fn own_table(&self) -> Table {
        match self.template {
            Some(template) => self.table.map(|span| template.now(span)),
            None => *self.table,
        }
    }

    /// Returns the text that the event adds to the answer; empty if it adds none.
    #[inline]
    pub fn text(&self) -> &'a str {
        if matches!(self.shown.field, Field::Text | Field::None) { self.shown.added } else { "" }
    }

    /// Returns the thinking that the event adds; empty if it adds none.
    #[inline]
    pub fn thinking(&self) -> &'a str {
        if self.shown.field == Field::Thinking { self.shown.added } else { self.shown.thinking }
    }

    /// Returns the part of the signature of the thinking that the event adds; empty if it adds none.
    pub fn signature(&self) -> &'a str {
        if self.shown.field == Field::Signature { self.shown.added } else { "" }
    }

    /// Returns what the event adds to the input of a tool use; `None` if the event is not about a tool use. At its
    /// beginning the input is empty.
    #[inline]
    pub fn input(&self) -> Option<InputFragment<'a>> {
        let Fragments { field: Field::Input, place: Some(position), added, offset, tool, server_side, .. } = self.shown
        else {
            return None;
        };
        Some(InputFragment { position, tool, input: added, offset, server_side })
    }

    /// Returns the position of the event's block in the content of the answer, from 0; `None` if the event has no
    /// block.
    pub fn position(&self) -> Option<usize> {
        self.shown.place
    }

    /// Returns the texts and the inputs of tools that the event added to, each from its beginning, for [reading
    /// incomplete JSON](crate::json::partial::Follow). It is empty for an event that was made an [owned
    /// value](Self::into_owned).
    ///
    /// An input at the beginning of a block is returned too, unless it is the usual `{}`; later deltas replace it.
    pub fn written(&self) -> impl Iterator<Item = Written<'a>> + use<'a> {
        let (first, blocks) = self.blocks;
        blocks.iter().zip(first..).filter_map(|(block, place)| block.written(place))
    }

    /// Returns the block that the event begins, as it is at its beginning. The results of a web search are whole in it.
    pub fn content_block(&self) -> Option<Block> {
        Some(Block::read(Element::read(self.table.content_block?.of(self.json()))))
    }

    /// Returns the citation that the event adds to a text.
    pub fn citation(&self) -> Option<Citation> {
        citation::read(Members::read(self.table.delta?.citation?.of(self.json())).ok()?)
    }

    /// Returns the stop reason of the answer; `None` if this event has none.
    pub fn stop_reason(&self) -> Option<StopReason> {
        let reason = self.table.delta.and_then(|delta| delta.stop_reason).or(self.table.stop_reason)?;
        Some(StopReason::from(&*json::to_cow(self.json(), reason)))
    }

    /// Returns the tokens and the cost that the event reports; they are cumulative. The first event of a stream may
    /// report some too; those are in the total.
    pub fn usage(&self) -> Option<Usage> {
        Usage::from_json(self.table.usage?.of(self.json()))
    }

    /// Returns the reason why the event could not be read; `None` if it could. The stream goes on, but its total will
    /// be an error.
    pub fn problem(&self) -> Option<&'a DecodeError> {
        self.problem.map(|problem| &**problem)
    }

    /// Returns the event as an owned value.
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

/// A piece of the input of a tool use. It may end at any byte of its JSON. Tool uses that can be run are in the
/// [total](super::AssistantMessage::tool_uses).
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Copy)]
pub struct InputFragment<'a> {
    position: usize,
    tool: Option<&'a Arc<ToolHead>>,
    input: &'a str,
    offset: usize,
    server_side: bool,
}

impl<'a> InputFragment<'a> {
    /// Returns the position of the tool use in the content of the answer, from 0.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Returns the id of the tool use; `None` while it is not known.
    pub fn id(&self) -> Option<&'a str> {
        self.tool?.id.as_deref()
    }

    /// Returns the name of the tool; `None` while it is not known.
    pub fn name(&self) -> Option<&'a str> {
        self.tool?.name.as_deref()
    }

    /// Returns the piece of the input's JSON.
    pub fn json(&self) -> &'a str {
        self.input
    }

    /// Returns the offset of the piece in the input, in bytes.
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
