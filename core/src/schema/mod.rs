//! Structured output: schemas in the strict form that providers accept, and answers read as a type.
//!
//! ```text
//! a schema by hand ─┐                   ┌─▶ the form of an answer: `answer_schema`, `answer_as` of a request
//!                   ├─▶ StrictSchema ───┤
//! a type ───────────┘   or BuildError   └─▶ the arguments of a tool: `strict`, `typed`, `variants_of` of the tools
//!
//! an answer ──parse()──▶ a value of the type, or an AnswerError: refused, cut, filtered, empty, not JSON, of another form
//! ```
//!
//! It is the same for chat completions, messages and responses. What strict mode refuses is an error before anything is sent,
//! and names the place of the member in the schema.
//!
//! # Examples
//! ```
//! use requesty_core::chat::{Completion, Message, Request};
//! use requesty_core::schema::AnswerError;
//! use serde_json::json;
//!
//! #[derive(serde::Deserialize)]
//! struct Invoice { number: String, total: Option<f64> }
//!
//! let schema = json!({
//!     "type": "object",
//!     "properties": {"number": {"type": "string"}, "total": {"type": "number"}},
//!     "required": ["number"],
//! });
//! let history = [Message::user("Invoice 17: 119.00 euros.")];
//! let request = Request::new(&history).answer_schema("invoice", &schema);
//! let body = String::from_utf8_lossy(&request.whole_body()?).into_owned();
//! assert!(body.contains(r#""total":{"type":["number","null"]}"#)); // it may be missing, so it may be null
//!
//! let completion: Completion = serde_json::from_str(
//!     r#"{"choices":[{"finish_reason":"stop","message":{"content":"{\"number\":\"17\",\"total\":119.0}"}}]}"#,
//! )?;
//! let invoice: Invoice = completion.parse()?;
//! assert_eq!((&*invoice.number, invoice.total), ("17", Some(119.0)));
//!
//! let cut: Completion = serde_json::from_str(
//!     r#"{"choices":[{"finish_reason":"length","message":{"content":"{\"number\":\"1"}}]}"#,
//! )?;
//! assert!(matches!(cut.parse::<Invoice>(), Err(AnswerError::Length(_))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod answer_error;
mod bounds;
mod keywords;
mod named;
#[cfg(feature = "schemars")]
mod of_type;
mod ordered;
mod references;
mod strict;
mod strict_schema;
mod values;
mod walk;

pub(crate) use answer::Answer;
pub use answer_error::{AnswerError, FailedAnswer};
pub(crate) use named::NamedSchema;
pub use strict_schema::StrictSchema;
