//! Calls whose reply is passed on.

use super::Call;
use crate::reply::{Relay, Reply};

impl<R: Reply> Call<R> {
    /// Hands out the bytes of the reply, as they came, in place of its items. What it adds up to stays the same, so that a gateway
    /// passes an answer on and accounts for it in one loop; see [`RelayDialect`](crate::reply::RelayDialect) for which bytes.
    ///
    /// The key is not taken out of the bytes, should the server echo it. It is taken out of errors, as ever.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use requesty_core::{ApiKey, Error, Router, Step, http};
    ///
    /// let router = Router::new(ApiKey::new("rqsty-sk-tenant-1")?);
    /// let body = r#"{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"Hi"}],"stream":true}"#;
    /// let call = router.chat_stream_raw(body)?.relaying();
    ///
    /// let (head, body) = http::Response::new(concat!(
    ///     ": keep-alive\n\n",
    ///     "data: {\"choices\":[{\"delta\":{\"content\":\"Hi!\"},\"finish_reason\":\"stop\"}],\"usage\":{\"cost\":0.01}}\n\n",
    ///     "data: [DONE]\n\n",
    ///     "what follows the answer",
    /// ))
    /// .into_parts();
    /// let mut machine = call.open(head, Duration::ZERO);
    /// machine.push(body.as_bytes(), Duration::ZERO);
    /// assert_eq!(machine.advance()?, Step::Ready);
    /// assert_eq!(machine.item(), body.strip_suffix("what follows the answer").unwrap().as_bytes());
    /// assert_eq!(machine.advance()?, Step::Done);
    /// assert_eq!(machine.total()?.cost().unwrap().to_string(), "0.01");
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    #[doc(alias("proxy", "passthrough", "gateway", "next_bytes"))]
    pub fn relaying(self) -> Call<Relay<R>> {
        self.replied_by(Relay::new)
    }
}
