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
