//! Calls whose reply is events of which nothing is known: what counts as their end.

use serde::de::DeserializeOwned;

use super::Call;
use crate::reply::{EventsAs, RawEvents};

impl Call<RawEvents> {
    /// Takes the end of the body, if it is in good order, for the end of the stream: for protocols without `[DONE]`.
    #[must_use]
    pub fn ending_with_body(self) -> Self {
        self.with_reply(RawEvents::ending_with_body())
    }
}

impl<T: DeserializeOwned + Send + Sync + Unpin + 'static> Call<EventsAs<T>> {
    /// Takes the end of the body, if it is in good order, for the end of the stream: for protocols without `[DONE]`.
    #[must_use]
    pub fn ending_with_body(self) -> Self {
        self.with_reply(EventsAs::ending_with_body())
    }
}
