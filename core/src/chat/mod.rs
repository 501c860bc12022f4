//! Chat completions: `POST /v1/chat/completions`, whole and streamed.
//!
//! ```text
//! Message, Part, Tool ─▶ Request ─▶ (Router) ─▶ Call
//!
//! event ─┬▶ scan ────▶ Table ─┬▶ accumulator ─▶ Chunk, lent
//!        │  (all of it) (spans)│  (sums, calls,  └▶ Completion, at the end: its Message goes into the next request
//!        └▶ template ──▶ slots ┘   merge)
//!           (what differs from the event before)
//! ```

mod accumulator;
mod answer;
pub(crate) mod blank;
mod blob;
mod cache_control;
mod calls;
mod choice_sum;
mod chunk;
mod citation;
mod completion;
mod content;
mod decoder;
mod finish_reason;
mod finished_call;
mod fold;
mod merge;
mod message;
mod owned;
mod part;
mod part_kinds;
pub(crate) mod raw;
mod reader;
mod reasoning;
mod request;
mod request_body;
mod request_check;
mod response_format;
mod role;
mod router_options;
mod summary;
mod template;
pub(crate) mod text;
mod text_alone;
mod tool;
mod tool_call;
mod tool_choice;
mod usage;

pub use answer::{Answer, AnswerDecoder};
pub use blob::Blob;
pub use cache_control::CacheControl;
pub use chunk::{CallFragment, Chunk, Delta};
pub use citation::Citation;
pub use completion::{Choice, Completion, StoppedEarly};
pub use content::Content;
pub use decoder::{Chunks, Decoder};
pub use finish_reason::FinishReason;
pub(crate) use finished_call::whole_arguments;
pub use finished_call::{ArgumentsError, FinishedCall, Unfinished, UnfinishedCall};
pub use message::{Message, ReasoningNames};
pub use owned::{OwnedCallFragment, OwnedChunk, OwnedDelta};
pub use part::Part;
pub use part_kinds::{FilePart, ImagePart, TextPart};
pub use reasoning::{ReasoningEffort, Thinking};
pub use request::Request;
pub(crate) use response_format::FlatFormat;
pub use response_format::{JsonSchema, ResponseFormat};
pub use role::Role;
pub use router_options::Requesty;
pub(crate) use tool::FlatTool;
pub use tool::Tool;
pub use tool_call::{Arguments, Function, ToolCall};
pub(crate) use tool_choice::FlatChoice;
pub use tool_choice::ToolChoice;
pub use usage::Usage;
