//! Chat completions: `POST /v1/chat/completions`, whole and streamed.

mod content;
mod message;
mod request;
mod response_format;
mod router_options;
mod tool;
