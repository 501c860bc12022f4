//! Reads JSON from bytes that may be partly invalid, and keeps all that is readable. serde_json cannot do this.
//!
//! ```text
//! bytes ──▶ Reader ──▶ spans of the members a schema knows      (chat::scan: the hot path, no tree, no allocation)
//!              └─────▶ Members ──▶ lenient scalars + Extra      (whole objects: messages, usage, errors)
//! Span ──▶ text::… ──▶ &str / String, lossy: a lone surrogate or a bad byte is U+FFFD and nothing else is lost
//! ```
//!
//! The grammar is that of RFC 8259. It differs from serde_json in these ways, each a named test in
//! `tests/it/json/reader.rs`: lone surrogates and invalid UTF-8 inside strings are accepted, and replaced when the
//! string is handed out; numbers of any size and repeated keys are accepted, and the last key counts; nesting is
//! limited to 127 levels also in skipped values.

mod blob;
mod conversions;
mod decimal;
mod empty_members;
mod extra;
mod fields;
mod lists;
mod members;
mod mend;
mod merge;
mod names;
pub mod partial;
mod path_at;
mod reader;
mod received;
mod span;
mod swar;
mod text;
mod text_sum;
mod writing;

pub use blob::Blob;
pub(crate) use conversions::{conversions, joined, text_or_list};
pub use decimal::{Decimal, DecimalError, DecimalString};
pub(crate) use empty_members::EmptyMembers;
pub use extra::Extra;
pub(crate) use extra::{Abbreviated, ObjectWriter};
pub(crate) use fields::{Field, fields};
pub(crate) use lists::{ANY, List, MOST_ELEMENTS, check_reply};
pub(crate) use members::{
    Element, Elements, Members, elements, find_element, first_element, is_null, kind, lenient_uint, string,
};
pub(crate) use mend::mended;
pub(crate) use merge::{Merged, completed, is_blank};
pub(crate) use names::names;
pub(crate) use path_at::path_at;
pub(crate) use reader::{Kind, Reader, Syntax, text_length};
pub(crate) use received::{Received, received};
pub(crate) use span::{Span, part};
pub(crate) use text::{
    HighSurrogate, MARK, append, is_same_key, lossy, push_lossy, quoted, strict, to_cow, to_string, trim, unmarked,
};
pub(crate) use text_sum::TextSum;
pub(crate) use writing::{Number, RawText};
