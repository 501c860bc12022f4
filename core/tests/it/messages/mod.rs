//! Messages, in Anthropic's shape.

mod limits;
mod request_errors;
mod stream;
mod tolerance;
mod tool_use;
mod values;
mod whole;
