//! The texts of an answer, without the rest.

use std::io::Read;

use requesty_core::reply::TextDialect;
use requesty_core::{Dialect, Error};

use crate::ItemIter;

impl<D: TextDialect, R: Read> ItemIter<D, R> {
    /// Returns the text of the answer as it comes, without the items that have none. What else the items carry is in the total
    /// that [`finish`](Self::finish) returns.
    ///
    /// # Examples
    ///
    #[cfg_attr(feature = "ureq", doc = "```no_run")]
    #[cfg_attr(not(feature = "ureq"), doc = "```ignore")]
    /// # fn main() -> Result<(), requesty_ureq::Error> {
    /// use requesty_ureq::{Client, chat, router_from_env};
    ///
    /// let request = chat::Request::user("Why is the sky blue?").model("openai/gpt-4o-mini");
    /// let mut stream = Client::new().stream(&router_from_env()?.chat_stream(&request)?)?;
    /// for text in stream.texts() {
    ///     print!("{}", text?);
    /// }
    /// println!("\n{} dollars", stream.finish()?.cost().unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "text_deltas")]
    pub fn texts(&mut self) -> Texts<'_, D, R> {
        Texts { stream: self }
    }
}

/// The texts of an answer; see [`ItemIter::texts`]. It ends with `None` after a complete answer, and with one error after any
/// other.
#[derive(Debug)]
pub struct Texts<'a, D: Dialect, R> {
    stream: &'a mut ItemIter<D, R>,
}

impl<D: TextDialect, R: Read> Iterator for Texts<'_, D, R> {
    type Item = Result<String, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.stream.is_over() {
            return None;
        }
        loop {
            match self.stream.next_item() {
                Ok(Some(item)) => match D::text(&item) {
                    "" => {}
                    text => return Some(Ok(text.to_owned())),
                },
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<D: TextDialect, R: Read> std::iter::FusedIterator for Texts<'_, D, R> {}
