//! One item of the output as it adds up.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json::TextSum;

/// What kind of item an event is about: servers that give no index tell several at the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

    pub(super) fn voice(self) -> Voice {
        match self {
            PartKind::Text | PartKind::Other => Voice::Text,
            PartKind::Refusal => Voice::Refusal,
            PartKind::Summary | PartKind::Reasoning => Voice::Reasoning,
        }
    }
}

/// The texts of a response that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    Text,
    Reasoning,
    Refusal,
}

impl Voice {
    pub(super) const ALL: [Voice; 3] = [Voice::Text, Voice::Reasoning, Voice::Refusal];
}

/// One item as it adds up.
#[derive(Debug, Default)]
pub(super) struct ItemSum {
    /// The item as a server told it as a whole: when it began, and then when it was done.
    pub(super) snapshot: Option<Vec<u8>>,
    /// It is whole.
    pub(super) done: bool,
    /// It was told whole, and said something: what is told in pieces after that is no part of it.
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

/// One part as it adds up.
#[derive(Debug, Default)]
pub(super) struct PartSum {
    pub(super) text: TextSum,
    /// The part as a server told it as a whole.
    pub(super) snapshot: Option<Vec<u8>>,
    /// The JSON of sources that were told one by one.
    pub(super) annotations: Vec<Vec<u8>>,
}
