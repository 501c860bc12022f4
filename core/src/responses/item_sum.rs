//! One item of the output that is being accumulated.

use std::sync::Arc;

use super::ordered::Ordered;
use crate::json::partial::Origin;
use crate::json::{self, Members, TextSum};

/// The kind of an event's item. Servers without an index send several kinds at the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Family {
    Reasoning,
    Message,
    Call,
    Other,
}

impl Family {
    pub(super) fn of(kind: Option<&str>) -> Self {
        match kind {
            Some("reasoning") => Family::Reasoning,
            Some("message") => Family::Message,
            Some("function_call") => Family::Call,
            _ => Family::Other,
        }
    }
}

/// The kind of text in a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PartKind {
    Text,
    Refusal,
    Summary,
    Reasoning,
    Other,
}

impl PartKind {
    pub(super) fn of(kind: Option<&str>) -> Self {
        match kind {
            Some("output_text") => PartKind::Text,
            Some("refusal") => PartKind::Refusal,
            Some("summary_text") => PartKind::Summary,
            Some("reasoning_text") => PartKind::Reasoning,
            _ => PartKind::Other,
        }
    }

    pub(super) fn family(self) -> Family {
        match self {
            PartKind::Summary | PartKind::Reasoning => Family::Reasoning,
            PartKind::Text | PartKind::Refusal | PartKind::Other => Family::Message,
        }
    }

    pub(super) fn voice(self) -> TextKind {
        match self {
            PartKind::Text | PartKind::Other => TextKind::Text,
            PartKind::Refusal => TextKind::Refusal,
            PartKind::Summary | PartKind::Reasoning => TextKind::Reasoning,
        }
    }
}

/// The kinds of text in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextKind {
    Text,
    Reasoning,
    Refusal,
}

impl TextKind {
    pub(super) const ALL: [TextKind; 3] = [TextKind::Text, TextKind::Reasoning, TextKind::Refusal];
}

/// One item that is being accumulated.
#[derive(Debug, Default)]
pub(super) struct ItemSum {
    /// The id of the item, if an event has it.
    pub(super) id: Option<String>,
    /// The whole item as a server sent it, at its beginning and then at its end.
    pub(super) snapshot: Option<Snapshot>,
    /// Whether the item is whole.
    pub(super) done: bool,
    /// Whether a snapshot with content came: later deltas are ignored.
    pub(super) closed: bool,
    pub(super) parts: Ordered<(u64, PartKind), PartSum>,
    pub(super) arguments: TextSum,
    /// Whether the arguments are whole.
    pub(super) arguments_done: bool,
    pub(super) call_id: Option<Arc<str>>,
    pub(super) name: Option<Arc<str>>,
    /// Which kinds of text were handed out already.
    pub(super) told: [bool; 3],
    /// The size of the item, in bytes, approximately.
    pub(super) size: usize,
}

impl ItemSum {
    /// Returns the part of a text of the answer, or of the arguments, that came in pieces.
    pub(super) fn text_at(&self, origin: Origin) -> &str {
        match origin {
            Origin::Text { part, .. } => self.parts.get(&(part, PartKind::Text)).map_or("", |part| &part.text.text),
            Origin::Arguments { .. } => &self.arguments.text,
        }
    }
}

/// One part that is being accumulated.
#[derive(Debug, Default)]
pub(super) struct PartSum {
    pub(super) text: TextSum,
    /// The whole part as a server sent it.
    pub(super) snapshot: Option<Snapshot>,
    /// The JSON of each annotation that came in an event of its own.
    pub(super) annotations: Vec<Vec<u8>>,
}

/// A whole item or part as a server sent it, usually more than once.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) json: Vec<u8>,
    /// The number of events that had it.
    times: u32,
}

impl Snapshot {
    /// Adds a further snapshot of the item or part in `slot`. The members of earlier snapshots stay, except the status
    /// of an item that only began, if this snapshot `is_done`.
    pub(super) fn take(slot: &mut Option<Self>, json: &[u8], is_done: bool) {
        /// Two snapshots are usual; each may be long.
        const MOST: u32 = 16;
        let times = slot.as_ref().map_or(0, |earlier| earlier.times);
        let earlier = slot.take().filter(|_| times < MOST).map(|earlier| earlier.json);
        let completed = earlier.and_then(|earlier| {
            let mut members = Members::read(&earlier).ok()?;
            if is_done {
                members.raw_or_null("status");
            }
            let earlier = serde_json::to_string(&members.rest()).ok()?;
            json::completed(json, earlier.as_bytes())
        });
        *slot = Some(Snapshot { json: completed.map_or_else(|| json.to_vec(), String::into_bytes), times: times + 1 });
    }

    pub(super) fn len(slot: &Option<Self>) -> usize {
        slot.as_ref().map_or(0, |snapshot| snapshot.json.len())
    }
}
