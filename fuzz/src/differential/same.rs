//! Two readings of one chunk, by everything that can be asked of it.

use requesty_core::chat::{CallFragment, Chunk, Delta, OwnedCallFragment, OwnedChunk, OwnedDelta};
use requesty_core::error::DecodeError;

/// Members that are asked for by name, known and unknown.
const MEMBERS: [&str; 4] = ["usage", "choices", "object", "obfuscation"];

/// Compares what each of the named accessors returns.
macro_rules! agree {
    ($left:expr, $right:expr; $($accessor:ident),+) => {
        $(assert_eq!($left.$accessor(), $right.$accessor(), stringify!($accessor));)+
    };
}

/// Compares two views.
pub(super) fn chunks(left: &Chunk<'_>, right: &Chunk<'_>) {
    agree!(left, right; raw, is_mended, id, model, created, usage, text, reasoning);
    problems(left.problem(), right.problem());
    // Looked up in the data, which is the same; so one of them will do, each in its turn.
    let member = MEMBERS[left.raw().len() % MEMBERS.len()];
    assert_eq!(left.member(member), right.member(member), "{member}");
    pairs(left.deltas(), right.deltas(), |left, right| deltas(&left, &right));
}

fn deltas(left: &Delta<'_>, right: &Delta<'_>) {
    agree!(left, right; index, role, text, text_offset, reasoning, refusal, finish_reason);
    pairs(left.tool_calls(), right.tool_calls(), |left, right| fragments(&left, &right));
}

fn fragments(left: &CallFragment<'_>, right: &CallFragment<'_>) {
    agree!(left, right; position, id, name, name_fragment, arguments, arguments_offset);
}

/// Compares a view with a chunk that is a value of its own.
pub(super) fn owned(chunk: &Chunk<'_>, owned: &OwnedChunk) {
    agree!(chunk, owned; raw, is_mended, id, model, created, usage, text, reasoning);
    problems(chunk.problem(), owned.problem());
    MEMBERS.iter().for_each(|member| assert_eq!(chunk.member(member), owned.member(member), "{member}"));
    pairs(chunk.deltas(), owned.deltas(), |delta, owned| owned_deltas(&delta, &owned));
}

fn owned_deltas(delta: &Delta<'_>, owned: &OwnedDelta<'_>) {
    agree!(delta, owned; index, role, text, text_offset, reasoning, refusal, finish_reason);
    pairs(delta.tool_calls(), owned.tool_calls(), |call, owned| owned_fragments(&call, &owned));
}

fn owned_fragments(call: &CallFragment<'_>, owned: &OwnedCallFragment<'_>) {
    agree!(call, owned; position, id, name, name_fragment, arguments, arguments_offset);
}

fn problems(left: Option<&DecodeError>, right: Option<&DecodeError>) {
    let parts = |problem: &DecodeError| (problem.at(), problem.status(), problem.body().clone());
    assert_eq!(left.map(parts), right.map(parts), "problem");
}

/// Compares one by one what must be as many.
fn pairs<L, R>(lefts: impl Iterator<Item = L>, mut rights: impl Iterator<Item = R>, compare: impl Fn(L, R)) {
    for left in lefts {
        compare(left, rights.next().expect("one for each"));
    }
    assert!(rights.next().is_none(), "no more than one for each");
}
