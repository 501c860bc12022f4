//! The ways in which the core reads a stream, by the name that the tables use.

use crate::feed::Feed;
use crate::outcome::{Gives, Outcome};
use crate::{families, ours};

/// A way to read a stream.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// What it is called.
    pub name: &'static str,
    /// Reads a stream once, from its first byte to its total.
    pub read: fn(&Feed) -> Outcome,
    /// What it gives by design.
    pub gives: Gives,
}

impl Contestant {
    /// Names a way to read a stream.
    pub const fn new(name: &'static str, read: fn(&Feed) -> Outcome, gives: Gives) -> Self {
        Contestant { name, read, gives }
    }
}

const fn contestant(name: &'static str, read: fn(&Feed) -> Outcome) -> Contestant {
    Contestant::new(name, read, Gives::All)
}

/// Chat, items lent.
pub const OURS: Contestant = contestant("requesty", ours::decode);
/// Chat, items owned.
pub const OURS_OWNED: Contestant = contestant("requesty-owned", ours::decode_owned);
/// Chat, every chunk read in full.
pub const OURS_PLAIN: Contestant = contestant("requesty-plain", ours::decode_plain);
/// Framing alone.
pub const FRAME: Contestant = contestant("requesty-frame", ours::frame);
/// Messages.
pub const MESSAGES: Contestant = contestant("requesty-messages", families::messages);
/// Messages, every event read in full.
pub const MESSAGES_PLAIN: Contestant = contestant("requesty-messages-plain", families::messages_plain);
/// Responses.
pub const RESPONSES: Contestant = contestant("requesty-responses", families::responses);
/// Responses, every event read in full.
pub const RESPONSES_PLAIN: Contestant = contestant("requesty-responses-plain", families::responses_plain);

/// The families beside chat, each with the corpus that it reads.
pub const FAMILIES: &[(Contestant, &str)] = &[
    (contestant("requesty-events", families::events), "text"),
    (contestant("requesty-typed", families::typed), "text"),
    (MESSAGES, "messages"),
    (MESSAGES_PLAIN, "messages"),
    (RESPONSES, "responses"),
    (RESPONSES_PLAIN, "responses"),
    (contestant("requesty-mcp", families::mcp), "mcp"),
];

/// Finds one of the core's by its name.
pub fn named(name: &str) -> Option<Contestant> {
    let families = FAMILIES.iter().map(|(contestant, _)| contestant);
    [OURS, OURS_OWNED, OURS_PLAIN, FRAME].iter().chain(families).find(|contestant| contestant.name == name).copied()
}
