//! Conversations, tools and the loop, over every family.

mod events;
mod families;
mod late_calls;
mod property;
mod scripted;
mod shown;
mod spending;
mod unusual;
mod variants;
mod well_formed;
