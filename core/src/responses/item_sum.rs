//! One item of the output as it adds up.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json::partial::Origin;
use crate::json::{self, Members, TextSum};

/// What kind of item an event is about: servers that give no index tell several at the same place.
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

/// What kind of text a part is.
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

/// One item as it adds up.
#[derive(Debug, Default)]
pub(super) struct ItemSum {
    /// The id of the item, where an event names it.
    pub(super) id: Option<String>,
    /// The item as a server told it as a whole: when it began, and then when it was done.
    pub(super) snapshot: Option<Snapshot>,
    /// It is whole.
    pub(super) done: bool,
    /// A snapshot with content came: deltas after it are ignored.
    pub(super) closed: bool,
    pub(super) parts: BTreeMap<(u64, PartKind), PartSum>,
    pub(super) arguments: TextSum,
    /// The arguments are whole.
    pub(super) arguments_done: bool,
    pub(super) call_id: Option<Arc<str>>,
    pub(super) name: Option<Arc<str>>,
    /// Which voices were handed out already.
    pub(super) told: [bool; 3],
    /// About how many bytes are kept.
    pub(super) size: usize,
}

impl ItemSum {
    /// Returns a text of the answer, or the arguments, as far as they came in pieces.
    pub(super) fn text_at(&self, origin: Origin) -> &str {
        match origin {
            Origin::Text { part, .. } => self.parts.get(&(part, PartKind::Text)).map_or("", |part| &part.text.text),
            Origin::Arguments { .. } => &self.arguments.text,
        }
    }
}

/// One part as it adds up.
#[derive(Debug, Default)]
pub(super) struct PartSum {
    pub(super) text: TextSum,
    /// The part as a server told it as a whole.
    pub(super) snapshot: Option<Snapshot>,
    /// The JSON of each annotation that came in an event of its own.
    pub(super) annotations: Vec<Vec<u8>>,
}

/// An item, or a part, as a server told it as a whole, more than once as a rule.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) json: Vec<u8>,
    /// How many events had it.
    times: u32,
}

impl Snapshot {
    /// Takes a telling of what `slot` holds. A later one takes nothing away from an earlier one, except the status of
    /// something that began, when that `is_done`.
    pub(super) fn take(slot: &mut Option<Self>, json: &[u8], is_done: bool) {
        /// Two are usual; each of them may be long.
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
