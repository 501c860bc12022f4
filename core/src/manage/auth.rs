//! Whether a key works.

use bytes::Bytes;
use http::Method;

use crate::reply::Json;
use crate::{Acknowledgement, Call, Error, Host, Router};

impl Router {
    /// Asks whether the key works: `GET /v1/auth/check` on the management host. A success says yes.
    ///
    /// [`ErrorKind::Unauthorized`](crate::ErrorKind::Unauthorized) and
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) say no; any other error says nothing about the key. It costs
    /// nothing. The list of models is no check: it needs no key.
    ///
    /// Sent by the router's own command line; the body is not documented.
    ///
    /// # Errors
    /// [`Error::Build`] if the key would travel unencrypted.
    pub fn check_auth(&self) -> Result<Call<Json<Acknowledgement>>, Error> {
        self.endpoint(Host::Management, Method::GET, &["v1", "auth", "check"], Bytes::new(), Json::acknowledged())
    }
}
