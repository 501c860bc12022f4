//! The bytes of an answer that is passed on.

use std::error::Error as StdError;
use std::future::poll_fn;

use bytes::Bytes;
use http_body::Body;
use requesty_core::reply::RelayDialect;
use requesty_core::{Dialect, Error};

use super::ItemStream;

impl<D, B> ItemStream<RelayDialect<D>, B>
where
    D: Dialect,
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    /// Waits for the next bytes of a reply that is [relayed](requesty_core::Call::relaying), exactly as they came; `None` is a
    /// complete end. The last bytes end with the event that ends the answer; nothing after it is read.
    ///
    /// The whole answer and its cost are in the total that [`finish`](Self::finish) returns. Dropping the wait loses
    /// nothing: call again. As a [`Stream`](futures_core::Stream), this gives the same bytes.
    ///
    /// # Errors
    /// Whatever ended the answer before it was complete, after all bytes were handed out. Calling again returns the same error.
    ///
    /// # Examples
    ///
    #[cfg_attr(feature = "hyper", doc = "```no_run")]
    #[cfg_attr(not(feature = "hyper"), doc = "```ignore")]
    /// # async fn example(client: requesty_hyper::Client, router: requesty_hyper::Router, key: requesty_hyper::ApiKey, body: bytes::Bytes)
    /// # -> Result<(), requesty_hyper::Error> {
    /// # let relay = |_: bytes::Bytes| {};
    /// let call = router.chat_stream_raw(body)?.with_key(&key)?.relaying();
    /// let mut stream = client.stream(&call).await?;
    /// while let Some(bytes) = stream.next_bytes().await? {
    ///     relay(bytes);
    /// }
    /// println!("{} dollars", stream.finish().await?.cost().unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("proxy", "passthrough", "gateway"))]
    pub async fn next_bytes(&mut self) -> Result<Option<Bytes>, Error> {
        let ready = poll_fn(|cx| self.poll_advance(cx)).await?;
        Ok(ready.then(|| self.machine.owned()))
    }
}
