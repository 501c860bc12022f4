//! Models: what can be asked, what it can do, and what it costs.
//!
//! ```text
//! Router::models ──────────┐
//! Router::public_models ───┼─▶ Models ─┬▶ Model: prices, limits, capabilities
//! Router::managed_models ──┘           └▶ Selection: some of them, in an order
//! ModelName: the parts of a name, as far as they mean anything
//! ```
//!
//! Prices are in US dollars per token, as exact decimals. [`Prices::per_million`] makes the ones that price lists show.

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
    /// Lists the models that this key may use, its organization's policies among them: `GET /v1/models`, documented. They
    /// come in another order each time; see [`Models::sort_by_id`].
    ///
    /// That the list comes says nothing of the key: the endpoint is said to answer a bad one as it answers none. To check
    /// a key, ask the endpoint that is there for it.
    ///
    /// # Errors
    /// [`Error::Build`] where the key would travel unencrypted.
    #[doc(alias = "list_models")]
    pub fn models(&self) -> Result<Call<Json<Models>>, Error> {
        self.endpoint(Host::Inference, Method::GET, &["v1", "models"], Bytes::new(), Json::received())
    }

    /// Lists all models, and sends no key: `GET /v1/models`. The router documents that it needs none.
    ///
    /// # Errors
    /// As [`models`](Self::models): the call can be given a key.
    pub fn public_models(&self) -> Result<Call<Json<Models>>, Error> {
        Ok(self.models()?.without_key())
    }

    /// Lists the models that the router manages, under names without a provider such as `claude-sonnet-4-5@eu`:
    /// `GET /v1/models/managed`, reported by third parties and not documented.
    ///
    /// # Errors
    /// As [`models`](Self::models).
    pub fn managed_models(&self) -> Result<Call<Json<Models>>, Error> {
        self.endpoint(Host::Inference, Method::GET, &["v1", "models", "managed"], Bytes::new(), Json::received())
    }
}
