//! Events that are kept, with the texts of one string joined.

use requesty_core::json::partial::{Partial, PartialError, PartialEvent, PartialOptions, ViewKind};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    Open(String, ViewKind),
    Key(String, String, bool),
    Text(String, String),
    /// The place, the value, and its exact text.
    Value(String, Value, String),
    Close(String, Value, String),
}

impl Seen {
    fn of(event: PartialEvent<'_>) -> Self {
        let path = event.path().to_string();
        match event {
            PartialEvent::Open { kind, .. } => Seen::Open(path, kind),
            PartialEvent::Key { key, is_repeated, .. } => Seen::Key(path, key.to_owned(), is_repeated),
            PartialEvent::Text { text, .. } => {
                assert!(!text.is_empty());
                Seen::Text(path, text.to_owned())
            }
            PartialEvent::Value { value, .. } => Seen::Value(path, value.to_value(), value.raw().unwrap().to_owned()),
            PartialEvent::Close { value, .. } => Seen::Close(path, value.to_value(), value.raw().unwrap().to_owned()),
            _ => unreachable!("an event of an unknown kind"),
        }
    }
}

/// Keeps an event; a further text of the same string joins the one before.
pub(crate) fn add(event: PartialEvent<'_>, seen: &mut Vec<Seen>) {
    match (seen.last_mut(), Seen::of(event)) {
        (Some(Seen::Text(place, text)), Seen::Text(same, more)) if *place == same => text.push_str(&more),
        (_, other) => seen.push(other),
    }
}

/// Reads on until there are no more events.
pub(crate) fn drain(partial: &mut Partial, seen: &mut Vec<Seen>) -> Option<PartialError> {
    loop {
        match partial.next() {
            Ok(Some(event)) => add(event, seen),
            Ok(None) => return None,
            Err(error) => {
                // It stays the same.
                assert_eq!(partial.next().unwrap_err(), error);
                assert_eq!(partial.push(b"1").unwrap_err(), error);
                return Some(error);
            }
        }
    }
}

/// All events of the pieces and of their end, and the error that they came to.
pub(crate) fn play<'a>(
    options: PartialOptions,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Seen>, Option<PartialError>) {
    let mut partial = Partial::new(options);
    let mut seen = Vec::new();
    for piece in pieces {
        partial.feed(piece);
        if let Some(error) = drain(&mut partial, &mut seen) {
            return (seen, Some(error));
        }
    }
    partial.end();
    let error = drain(&mut partial, &mut seen);
    (seen, error)
}
