//! Embeddings: `POST /v1/embeddings`.
//!
//! ```text
//! Input, Request ─▶ (Router) ─▶ Call ─▶ Embeddings: one vector of f32 for each input, in the order of the inputs
//! ```

mod input;
mod reply;
mod request;
mod vector;
mod whole;

use http::Method;

pub use input::Input;
pub use reply::{Embedding, Embeddings, Usage};
pub use request::{EncodingFormat, Request};
pub use whole::WholeEmbeddings;

use crate::{Call, Error, Host, Router};

impl Router {
    /// Creates a call for the embeddings of texts or tokens: `POST /v1/embeddings`; see the router's
    /// [documentation](https://docs.requesty.ai/api-reference/endpoint/embeddings-create).
    ///
    /// # Errors
    /// [`Error::Build`] if there is no input, no model is set, or a value cannot be written as JSON; [`Request::body`]
    /// has the full list.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::{ApiKey, Router, embeddings};
    ///
    /// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
    /// let texts = ["A text.", "Another one."];
    /// let call = router.embeddings(&embeddings::Request::new(&texts).model("openai/text-embedding-3-small"))?;
    /// assert_eq!(call.request().uri(), "https://router.requesty.ai/v1/embeddings");
    /// # Ok::<(), requesty_core::Error>(())
    /// ```
    #[doc(alias("embed", "vector"))]
    pub fn embeddings(&self, request: &Request<'_>) -> Result<Call<WholeEmbeddings>, Error> {
        let (path, body) = (&["v1", "embeddings"], request.body()?);
        let call = self.endpoint(Host::Inference, Method::POST, path, body, WholeEmbeddings::of(request))?;
        Ok(call.with_model(request.asked_model()))
    }
}
