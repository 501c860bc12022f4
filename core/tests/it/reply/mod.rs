//! Machines that read replies.

mod compression;
mod dialects;
mod liveness;
mod machine;
mod sniffing;
