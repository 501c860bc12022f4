//! Machines that read replies.

mod compression;
mod dialects;
mod ends;
mod keep_alive;
mod liveness;
mod machine;
mod mended;
mod own;
mod progress;
mod relay;
mod sniffing;
mod text_template;
