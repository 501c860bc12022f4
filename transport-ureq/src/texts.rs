//! The texts of an answer, without the rest.

use std::io::Read;

use requesty_core::reply::TextDialect;
use requesty_core::{Dialect, Error, Incomplete};

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

    /// Returns the same as [`texts`](Self::texts), and owns the stream: for a function that returns it, or a field.
    /// [`IntoTexts::finish`] returns the total.
    ///
    /// # Examples
    ///
    #[cfg_attr(feature = "ureq", doc = "```no_run")]
    #[cfg_attr(not(feature = "ureq"), doc = "```ignore")]
    /// use requesty_ureq::{Client, Error, Router, chat};
    ///
    /// fn ask(client: &Client, router: &Router) -> Result<impl Iterator<Item = Result<String, Error>>, Error> {
    ///     let request = chat::Request::user("Why is the sky blue?").model("openai/gpt-4o-mini");
    ///     Ok(client.stream(&router.chat_stream(&request)?)?.into_texts())
    /// }
    /// ```
    pub fn into_texts(self) -> IntoTexts<D, R> {
        IntoTexts { stream: self }
    }

    /// Moves to the next text. After an error there is no further text.
    fn next_text(&mut self) -> Option<Result<String, Error>> {
        if self.is_over() {
            return None;
        }
        loop {
            match self.next_item() {
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

/// The texts of an answer; see [`ItemIter::texts`]. It ends with `None` after a complete answer, and with one error after any
/// other.
#[derive(Debug)]
pub struct Texts<'a, D: Dialect, R> {
    stream: &'a mut ItemIter<D, R>,
}

impl<D: TextDialect, R: Read> Iterator for Texts<'_, D, R> {
    type Item = Result<String, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.stream.next_text()
    }
}

impl<D: TextDialect, R: Read> std::iter::FusedIterator for Texts<'_, D, R> {}

/// The texts of an answer, and its stream; see [`ItemIter::into_texts`]. It ends as [`Texts`] does.
#[derive(Debug)]
pub struct IntoTexts<D: Dialect, R> {
    stream: ItemIter<D, R>,
}

impl<D: Dialect, R: Read> IntoTexts<D, R> {
    /// Reads the rest and returns the sum of the whole reply, as [`ItemIter::finish`] does.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial answer, unless the reply is complete.
    pub fn finish(self) -> Result<D::Total, Incomplete<D::Partial>> {
        self.stream.finish()
    }
}

impl<D: TextDialect, R: Read> Iterator for IntoTexts<D, R> {
    type Item = Result<String, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.stream.next_text()
    }
}

impl<D: TextDialect, R: Read> std::iter::FusedIterator for IntoTexts<D, R> {}
