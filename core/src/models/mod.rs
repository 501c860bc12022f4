//! Models: their names, prices, limits and capabilities.
//!
//! ```text
//! Router::models ──────────┐
//! Router::public_models ───┼─▶ Models ─┬▶ Model: prices, limits, capabilities
//! Router::managed_models ──┘           └▶ Selection: some of them, in an order
//! ModelName: the parts of a name, as far as they mean anything
//! ```
//!
//! Prices are in US dollars per token, as exact decimals. [`Prices::per_million`] converts them to prices per million
//! tokens, which price lists show.

mod capability;
mod kinds;
mod list;
mod model;
mod name;
mod prices;
mod selection;

use bytes::Bytes;
use http::Method;

use crate::reply::Json;
use crate::{Call, Error, Host, Router};

pub use capability::Capability;
pub use kinds::{ApiKind, Geolocation};
pub use list::Models;
pub use model::Model;
pub use name::{ModelName, policy};
pub use prices::{PriceTier, Prices};
pub use selection::Selection;

impl Router {
    /// Lists the models that this key may use, including the policies of its organization: `GET /v1/models`; see the
    /// router's [documentation](https://docs.requesty.ai/api-reference/endpoint/models-list). They come in a different
    /// order each time; see [`Models::sort_by_id`].
    ///
    /// A successful reply does not prove that the key is valid: reportedly the endpoint accepts an invalid key. To
    /// check a key, call [`check_auth`](Self::check_auth).
    ///
    /// # Errors
    /// [`Error::Build`] if the key would be sent unencrypted.
    #[doc(alias = "list_models")]
    pub fn models(&self) -> Result<Call<Json<Models>>, Error> {
        self.endpoint(Host::Inference, Method::GET, &["v1", "models"], Bytes::new(), Json::received())
    }

    /// Lists all models, without sending a key: `GET /v1/models`. By the router's documentation the endpoint needs no
    /// key.
    ///
    /// # Errors
    /// As [`models`](Self::models), because a key may be set on the call.
    pub fn public_models(&self) -> Result<Call<Json<Models>>, Error> {
        Ok(self.models()?.without_key())
    }

    /// Lists the models that the router manages, whose names have no provider, such as `claude-sonnet-4-5@eu`: `GET
    /// /v1/models/managed`. Another client of the router uses this endpoint; the router's documentation does not
    /// mention it.
    ///
    /// # Errors
    /// As [`models`](Self::models).
    pub fn managed_models(&self) -> Result<Call<Json<Models>>, Error> {
        self.endpoint(Host::Inference, Method::GET, &["v1", "models", "managed"], Bytes::new(), Json::received())
    }
}
