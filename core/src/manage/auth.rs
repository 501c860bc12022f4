//! Checking a key.

use bytes::Bytes;
use http::Method;

use crate::reply::{Json, Reply};
use crate::{Acknowledgement, Call, Error, Host, Router};

impl Router {
    /// Checks whether the key is valid: `GET /v1/auth/check` on the management host. A successful reply means that it
    /// is.
    ///
    /// [`ErrorKind::Unauthorized`](crate::ErrorKind::Unauthorized) and
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) mean that it is not; any other error means nothing about
    /// the key. The check is free. Listing the models does not check a key, because it needs no key.
    ///
    /// The router's own command line uses this endpoint; the body of the reply is not described.
    ///
    /// # Errors
    /// [`Error::Build`] if the key would be sent unencrypted.
    pub fn check_auth(&self) -> Result<Call<Json<Acknowledgement>>, Error> {
        self.endpoint(Host::Management, Method::GET, &["v1", "auth", "check"], Bytes::new(), Json::acknowledged())
    }

    /// Creates a call to an endpoint below `/v1/manage`.
    pub(super) fn manage<R: Reply>(
        &self,
        method: Method,
        path: &[&str],
        body: Bytes,
        reply: R,
    ) -> Result<Call<R>, Error> {
        self.endpoint(Host::Management, method, &[&["v1", "manage"], path].concat(), body, reply)
    }
}
