//! What a reply is made of: the trait that each kind of reply implements, the machine that drives it, and the kinds that
//! belong to no endpoint.

mod accepted;
#[cfg(feature = "base64")]
pub(crate) mod base64;
mod dialect;
mod events;
mod liveness;
mod machine;
mod octets;
mod reported;
mod typed;

pub use accepted::Acknowledgement;
pub use dialect::{Context, Dialect, End, Media, Reply, Step};
pub use events::{EventDialect, Events, OwnedEvent};
pub(crate) use events::{EventSource, is_done, is_keep_alive};
pub use liveness::Liveness;
pub use machine::Machine;
pub use octets::{OctetDialect, Octets};
pub(crate) use reported::event_error;
pub use typed::{EventsAs, EventsAsDialect, TypedEvent, Whole, WholeDialect};
