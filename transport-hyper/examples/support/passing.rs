//! An answer on its way to the client of a gateway.

use std::sync::Arc;

use axum::body::Bytes;
use requesty_hyper::requesty_core::reply::RelayDialect;
use requesty_hyper::{Dialect, Error, ItemStream, ResponseBody};

use super::Gateway;

/// Passes an answer on. A client that leaves drops it in the middle, and no other code runs then: so it accounts for what came
/// when it is dropped, too.
pub(crate) struct Passing<D: Dialect> {
    /// Empty once the answer was accounted for.
    stream: Option<ItemStream<RelayDialect<D>, ResponseBody>>,
    gateway: Arc<Gateway>,
    token: String,
}

impl<D: Dialect> Passing<D> {
    pub(crate) fn new(stream: ItemStream<RelayDialect<D>, ResponseBody>, gateway: &Arc<Gateway>, token: &str) -> Self {
        Passing { stream: Some(stream), gateway: gateway.clone(), token: token.to_owned() }
    }

    /// Returns the next bytes; `None` after the end, which the caller accounts for.
    pub(crate) async fn next_bytes(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(stream) = &mut self.stream else { return Ok(None) };
        stream.next_bytes().await
    }

    /// Accounts for the answer, once.
    pub(crate) fn account(&mut self, end: Option<&Error>) {
        if let Some(stream) = self.stream.take() {
            (self.gateway.account)(&self.token, &stream.into_machine().summary(), end);
        }
    }
}

impl<D: Dialect> Drop for Passing<D> {
    fn drop(&mut self) {
        self.account(Some(&Error::Cancelled(().into())));
    }
}
