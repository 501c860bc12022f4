//! Chat completions: `POST /v1/chat/completions`, whole and streamed.

mod blank;
mod blob;
mod cache_control;
mod content;
mod finished_call;
mod message;
mod part;
mod part_kinds;
mod raw;
mod reasoning;
mod request;
mod request_body;
mod request_check;
mod response_format;
mod role;
mod router_options;
mod tool;
mod tool_call;
mod tool_choice;

pub use blob::Blob;
pub use cache_control::CacheControl;
pub use content::Content;
pub use finished_call::{ArgumentsError, FinishedCall, Unfinished, UnfinishedCall};
pub use message::{Message, ReasoningNames};
pub use part::Part;
pub use part_kinds::{FilePart, ImagePart, TextPart};
pub use reasoning::{ReasoningEffort, Thinking};
pub use request::Request;
pub use response_format::{JsonSchema, ResponseFormat};
pub use role::Role;
pub use router_options::Requesty;
pub use tool::Tool;
pub use tool_call::{Arguments, Function, ToolCall};
pub use tool_choice::ToolChoice;
