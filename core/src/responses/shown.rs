//! The additions of the current event, and their places.

use super::item_sum::PartKind;

/// The index of a part in its item, and the kind of its text.
pub(super) type PartKey = (u64, PartKind);

/// Start and end of the addition to a text.
pub(super) type Added = (usize, usize);

/// An addition of the current event: the sum, and the start and the end in it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shown {
    pub(super) part: Option<ShownPart>,
    pub(super) call: Option<ShownCall>,
}

/// The addition of the current event to a part.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShownPart {
    /// The indexes of the item in [`Accumulator::items`](super::accumulator::Accumulator::items) and of the part in its item.
    pub(super) at: (usize, usize),
    pub(super) output_index: u64,
    pub(super) key: PartKey,
    pub(super) added: Added,
}

/// The addition of the current event to the arguments of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShownCall {
    /// The index of the item in [`Accumulator::items`](super::accumulator::Accumulator::items).
    pub(super) at: usize,
    pub(super) output_index: u64,
    pub(super) added: Added,
}
