//! Which finish reasons mean that an answer is whole, for all families of endpoints.

/// Returns whether an answer with this finish reason is complete. Case does not matter. `false` for a reason that is
/// not listed: the answer may be cut.
pub(crate) fn is_whole(reason: &str) -> bool {
    is_listed(WHOLE, reason)
}

/// Returns whether the finish reason names a limit, a filter or a failure, which may cut the last tool call of an
/// answer. Case does not matter.
pub(crate) fn is_cut(reason: &str) -> bool {
    is_listed(CUT, reason)
}

/// The meaning of a finish reason for a caller that needs a whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Whole,
    /// A limit on tokens.
    Length,
    Filter,
    Refusal,
    Other,
}

/// Returns what a reason means. Case does not matter.
pub(crate) fn cause(reason: &str) -> Cause {
    let lists =
        [(Cause::Whole, WHOLE), (Cause::Length, LENGTH), (Cause::Filter, FILTER), (Cause::Refusal, &["refusal"])];
    let found = lists.into_iter().find(|(_, list)| is_listed(list, reason));
    found.map_or(Cause::Other, |(cause, _)| cause)
}

fn is_listed(list: &[&str], reason: &str) -> bool {
    list.iter().any(|listed| listed.eq_ignore_ascii_case(reason))
}

const WHOLE: &[&str] = &[
    "stop",
    "stop_sequence",
    "end_turn",
    "end",
    "eos",
    "eos_token",
    "complete",
    "completed",
    "done",
    "tool_calls",
    "tool_call",
    "tool_use",
    "function_call",
];

const CUT: &[&str] = &[
    "length",
    "max_tokens",
    "max_output_tokens",
    "model_context_window_exceeded",
    "content_filter",
    "refusal",
    "incomplete",
    "error",
];

const LENGTH: &[&str] = &["length", "max_tokens", "max_output_tokens", "model_context_window_exceeded"];

const FILTER: &[&str] = &[
    "content_filter",
    "content_filtered",
    "safety",
    "recitation",
    "blocklist",
    "prohibited_content",
    "spii",
    "image_safety",
];
