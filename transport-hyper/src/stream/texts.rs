//! The texts of an answer, without the rest.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use http_body::Body;
use requesty_core::reply::TextDialect;
use requesty_core::{Dialect, Error};

use super::{ItemStream, Over};

impl<D, B> ItemStream<D, B>
where
    D: TextDialect,
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    /// Returns the text of the answer as it comes, as a [`Stream`], without the items that have none. What else the items carry is
    /// in the total that [`finish`](Self::finish) returns.
    ///
    /// # Examples
    ///
    #[cfg_attr(feature = "hyper", doc = "```no_run")]
    #[cfg_attr(not(feature = "hyper"), doc = "```ignore")]
    /// # async fn example() -> Result<(), requesty_hyper::Error> {
    /// use futures_util::TryStreamExt as _;
    /// use requesty_hyper::{Client, chat, router_from_env};
    ///
    /// let request = chat::Request::user("Why is the sky blue?").model("openai/gpt-4o-mini");
    /// let mut stream = Client::new().stream(&router_from_env()?.chat_stream(&request)?).await?;
    /// let mut texts = stream.texts();
    /// while let Some(text) = texts.try_next().await? {
    ///     print!("{text}");
    /// }
    /// println!("\n{} dollars", stream.finish().await?.cost().unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "text_deltas")]
    pub fn texts(&mut self) -> Texts<'_, D, B> {
        Texts { stream: self }
    }
}

/// The texts of an answer; see [`ItemStream::texts`]. It ends with `None` after a complete answer, and with one error after any
/// other.
#[derive(Debug)]
pub struct Texts<'a, D: Dialect, B> {
    stream: &'a mut ItemStream<D, B>,
}

impl<D, B> Stream for Texts<'_, D, B>
where
    D: TextDialect,
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Item = Result<String, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.stream.over == Over::Failed {
            return Poll::Ready(None);
        }
        loop {
            match ready!(self.stream.poll_advance(cx)) {
                Ok(true) => match D::text(&self.stream.machine.item()) {
                    "" => {}
                    text => return Poll::Ready(Some(Ok(text.to_owned()))),
                },
                Ok(false) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}
