//! Chat completions.

mod conformance;
mod hostile;
mod memos;
mod message;
mod message_round_trip;
mod nulls;
mod parts;
mod request_errors;
mod request_golden;
mod samples;
mod snapshots;
mod stream_end;
mod stream_tools;
mod surface;
mod template;
mod tolerance;
mod tolerance_property;
mod tool_calls;
mod unary_is_streamed;
