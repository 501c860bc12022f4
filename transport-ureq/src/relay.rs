//! The bytes of an answer that is passed on.

use std::io::Read;

use bytes::Bytes;
use requesty_core::reply::RelayDialect;
use requesty_core::{Dialect, Error};

use crate::ItemIter;

impl<D: Dialect, R: Read> ItemIter<RelayDialect<D>, R> {
    /// Waits for the next bytes of a reply that is [relayed](requesty_core::Call::relaying), exactly as they came; `None` after a
    /// complete answer. The last bytes end with the event that ends the answer; nothing after it is read.
    ///
    /// The whole answer and its cost are in the total that [`finish`](Self::finish) returns. As an [`Iterator`], this
    /// gives the same bytes.
    ///
    /// # Errors
    /// Whatever ended the answer before it was complete, after all bytes were handed out. Calling again returns the same error.
    ///
    /// # Examples
    ///
    #[cfg_attr(feature = "ureq", doc = "```no_run")]
    #[cfg_attr(not(feature = "ureq"), doc = "```ignore")]
    /// # fn relay(body: Vec<u8>, mut out: impl std::io::Write) -> Result<(), Box<dyn std::error::Error>> {
    /// use requesty_ureq::{Client, router_from_env};
    ///
    /// let call = router_from_env()?.chat_stream_raw(body)?.relaying();
    /// let mut stream = Client::new().stream(&call)?;
    /// while let Some(bytes) = stream.next_bytes()? {
    ///     out.write_all(&bytes)?;
    /// }
    /// println!("{} dollars", stream.finish()?.cost().unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("proxy", "passthrough", "gateway"))]
    pub fn next_bytes(&mut self) -> Result<Option<Bytes>, Error> {
        self.next_owned()
    }
}
