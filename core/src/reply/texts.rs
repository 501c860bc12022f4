//! The text of an answer, without the rest.

use super::Dialect;

/// A dialect whose items carry the text of an answer: chat, messages and responses.
///
/// By it the streams of both transports give texts alone.
pub trait TextDialect: Dialect {
    /// Returns the text that an item adds to the answer; empty where it adds none.
    fn text<'a>(item: &'a Self::Item<'_>) -> &'a str;
}
