//! The texts of an answer, without the rest.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use http_body::Body;
use requesty_core::reply::TextDialect;
use requesty_core::{Dialect, Error, Incomplete};

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

    /// Returns the same as [`texts`](Self::texts), and owns the stream: for a function that returns it, or a field.
    /// [`IntoTexts::finish`] returns the total.
    ///
    /// # Examples
    ///
    #[cfg_attr(feature = "hyper", doc = "```no_run")]
    #[cfg_attr(not(feature = "hyper"), doc = "```ignore")]
    /// use futures_util::Stream;
    /// use requesty_hyper::{Client, Error, Router, chat};
    ///
    /// async fn ask(client: &Client, router: &Router) -> Result<impl Stream<Item = Result<String, Error>>, Error> {
    ///     let request = chat::Request::user("Why is the sky blue?").model("openai/gpt-4o-mini");
    ///     Ok(client.stream(&router.chat_stream(&request)?).await?.into_texts())
    /// }
    /// ```
    pub fn into_texts(self) -> IntoTexts<D, B> {
        IntoTexts { stream: self }
    }

    /// Moves to the next text. After an error there is no further text.
    fn poll_text(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<String, Error>>> {
        if self.over == Over::Failed {
            return Poll::Ready(None);
        }
        loop {
            match ready!(self.poll_advance(cx)) {
                Ok(true) => match D::text(&self.machine.item()) {
                    "" => {}
                    text => return Poll::Ready(Some(Ok(text.to_owned()))),
                },
                Ok(false) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
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
        self.stream.poll_text(cx)
    }
}

/// The texts of an answer, and its stream; see [`ItemStream::into_texts`]. It ends as [`Texts`] does.
#[derive(Debug)]
pub struct IntoTexts<D: Dialect, B> {
    stream: ItemStream<D, B>,
}

impl<D, B> IntoTexts<D, B>
where
    D: Dialect,
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    /// Reads the rest and returns the sum of the whole reply, as [`ItemStream::finish`] does.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial answer, unless the reply is complete.
    pub async fn finish(self) -> Result<D::Total, Incomplete<D::Partial>> {
        self.stream.finish().await
    }
}

impl<D, B> Stream for IntoTexts<D, B>
where
    D: TextDialect,
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Item = Result<String, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.poll_text(cx)
    }
}
