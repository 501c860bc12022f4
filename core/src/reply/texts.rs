//! The text of an answer, without the rest.

use super::Dialect;

/// A dialect whose items carry the text of an answer: chat, messages and responses.
///
/// The streams of both transports use it to return only the texts.
pub trait TextDialect: Dialect {
    /// Returns the text that an item adds to the answer; empty if it adds none.
    fn text<'a>(item: &'a Self::Item<'_>) -> &'a str;
}
