//! When a call is tried again, and after how long.

mod attempts;
mod policy;
mod wait;
