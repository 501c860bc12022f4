//! Responses, OpenAI's newer shape.

mod ends;
mod limits;
mod merge;
mod request;
mod stream;
mod tolerance;
mod whole;
