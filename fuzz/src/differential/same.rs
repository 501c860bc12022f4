//! Two readings of one chunk, by everything that can be asked of it.

use requesty_core::chat::{CallFragment, Chunk, Delta, OwnedCallFragment, OwnedChunk, OwnedDelta};
use requesty_core::error::DecodeError;

/// Members that are asked for by name, known and unknown.
const MEMBERS: [&str; 4] = ["usage", "choices", "object", "obfuscation"];

/// Compares two views.
pub(super) fn chunks(left: &Chunk<'_>, right: &Chunk<'_>) {
    assert_eq!(left.raw(), right.raw());
    assert_eq!(left.id(), right.id());
    assert_eq!(left.model(), right.model());
    assert_eq!(left.created(), right.created());
    assert_eq!(left.usage(), right.usage());
    assert_eq!(left.text(), right.text());
    assert_eq!(left.reasoning(), right.reasoning());
    problems(left.problem(), right.problem());
    // Looked up in the data, which is the same; so one of them will do, each in its turn.
    let member = MEMBERS[left.raw().len() % MEMBERS.len()];
    assert_eq!(left.member(member), right.member(member));
    let (mut lefts, mut rights) = (left.deltas(), right.deltas());
    loop {
        match (lefts.next(), rights.next()) {
            (Some(left), Some(right)) => deltas(&left, &right),
            (None, None) => break,
            (left, right) => panic!("{left:?} is not {right:?}"),
        }
    }
}

fn deltas(left: &Delta<'_>, right: &Delta<'_>) {
    assert_eq!(left.index(), right.index());
    assert_eq!(left.role(), right.role());
    assert_eq!(left.text(), right.text());
    assert_eq!(left.text_offset(), right.text_offset());
    assert_eq!(left.reasoning(), right.reasoning());
    assert_eq!(left.refusal(), right.refusal());
    assert_eq!(left.finish_reason(), right.finish_reason());
    let (mut lefts, mut rights) = (left.tool_calls(), right.tool_calls());
    loop {
        match (lefts.next(), rights.next()) {
            (Some(left), Some(right)) => fragments(&left, &right),
            (None, None) => break,
            (left, right) => panic!("{left:?} is not {right:?}"),
        }
    }
}

fn fragments(left: &CallFragment<'_>, right: &CallFragment<'_>) {
    assert_eq!(left.position(), right.position());
    assert_eq!(left.id(), right.id());
    assert_eq!(left.name(), right.name());
    assert_eq!(left.name_fragment(), right.name_fragment());
    assert_eq!(left.arguments(), right.arguments());
    assert_eq!(left.arguments_offset(), right.arguments_offset());
}

fn problems(left: Option<&DecodeError>, right: Option<&DecodeError>) {
    let parts = |problem: &DecodeError| (problem.at(), problem.status(), problem.body().clone());
    assert_eq!(left.map(parts), right.map(parts));
}

/// Compares a view with a chunk that is a value of its own.
pub(super) fn owned(chunk: &Chunk<'_>, owned: &OwnedChunk) {
    assert_eq!(owned.raw(), chunk.raw());
    assert_eq!(owned.id(), chunk.id().as_deref());
    assert_eq!(owned.model(), chunk.model().as_deref());
    assert_eq!(owned.created(), chunk.created());
    assert_eq!(owned.usage().cloned(), chunk.usage());
    assert_eq!(owned.text(), chunk.text());
    assert_eq!(owned.reasoning(), chunk.reasoning());
    problems(owned.problem(), chunk.problem());
    assert_eq!(owned.deltas().len(), chunk.deltas().count());
    for (owned, delta) in owned.deltas().iter().zip(chunk.deltas()) {
        owned_delta(owned, &delta);
    }
}

fn owned_delta(owned: &OwnedDelta, delta: &Delta<'_>) {
    assert_eq!(owned.index, delta.index());
    assert_eq!(owned.role, delta.role());
    assert_eq!(owned.text, delta.text());
    assert_eq!(owned.text_offset, delta.text_offset());
    assert_eq!(owned.reasoning, delta.reasoning());
    assert_eq!(owned.refusal, delta.refusal());
    assert_eq!(owned.finish_reason, delta.finish_reason());
    let fragment = |call: CallFragment<'_>| {
        let mut owned = OwnedCallFragment::default();
        owned.position = call.position();
        owned.id = call.id().map(str::to_owned);
        owned.name = call.name().to_owned();
        owned.arguments = call.arguments().to_owned();
        owned.arguments_offset = call.arguments_offset();
        owned
    };
    assert_eq!(owned.tool_calls, delta.tool_calls().map(fragment).collect::<Vec<_>>());
}
