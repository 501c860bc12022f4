//! Which end of a stream of unknown events is complete.

use serde::de::DeserializeOwned;

use super::Call;
use crate::reply::{EventsAs, RawEvents};

impl Call<RawEvents> {
    /// Accepts a clean end of the body as the end of the stream, for protocols without `[DONE]`.
    #[must_use]
    pub fn ending_with_body(self) -> Self {
        self.with_reply(RawEvents::ending_with_body())
    }
}

impl<T: DeserializeOwned + Send + Sync + Unpin + 'static> Call<EventsAs<T>> {
    /// Accepts a clean end of the body as the end of the stream, for protocols without `[DONE]`.
    #[must_use]
    pub fn ending_with_body(self) -> Self {
        self.with_reply(EventsAs::ending_with_body())
    }
}
