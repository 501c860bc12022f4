//! Why an answer ended: which reasons mean that it is whole, for all families of endpoints.

/// Returns whether an answer that ended for this reason is all that the model had to say. Case does not matter. A reason that
/// is not listed may be a cut.
pub(crate) fn is_whole(reason: &str) -> bool {
    is_listed(WHOLE, reason)
}

/// Returns whether the reason is one of a limit, a filter or a failure, which may cut the last call of an answer. Case does
/// not matter.
pub(crate) fn is_cut(reason: &str) -> bool {
    is_listed(CUT, reason)
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
