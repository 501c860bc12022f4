//! The body of the fuzz target `partial`.

use requesty_core::json::partial::{
    Elements, Follow, Leading, Partial, PartialError, PartialEvent, PartialOptions, Show, State, Watch,
};
use serde_json::Value;

use crate::Pieces;

const PLACES: [&str; 6] = ["", "/a", "/0", "/a/0", "/a/b", "/1/a"];

/// Any bytes in any split are the JSON that serde_json reads, or are refused at the same place; what is final never changes.
///
/// The first byte says what is shown and taken, the second one seeds the split, the rest is the text.
///
/// # Panics
/// Where a promise is broken.
pub fn partial(input: &[u8]) {
    let [how, seed, text @ ..] = input else { return };
    let options = options(*how);
    let whole = read(options, Pieces::new(0, text));
    assert_eq!(read(options, Pieces::new(*seed, text)), whole);
    look(options, Pieces::new(*seed, text));

    let is_plain = options.leading == Leading::Refuse && !options.refuse_repeated;
    let theirs = serde_json::from_slice::<Value>(text);
    match (&whole.error, &theirs) {
        (None, Ok(theirs)) => assert_eq!(whole.value.as_ref(), Some(theirs)),
        (None, Err(_)) => assert!(options.leading != Leading::Refuse, "{theirs:?}"),
        (Some(error), Ok(_)) => assert!(!is_plain || options.max_depth < 127, "{error}"),
        (Some(_), Err(_)) => {}
    }
}

fn options(how: u8) -> PartialOptions {
    let show = |bit| if how & bit == 0 { Show::Final } else { Show::Begun };
    let mut options = PartialOptions::default();
    (options.strings, options.numbers, options.literals) = (show(1), show(2), show(4));
    options.leading = [Leading::Refuse, Leading::Refuse, Leading::Fence, Leading::Prose][usize::from(how >> 3 & 3)];
    options.refuse_repeated = how & 32 != 0;
    if how & 64 != 0 {
        options.max_depth = 3;
    }
    options
}

#[derive(Debug, PartialEq)]
struct Reading {
    /// Kind, place and content of each event; the texts of one string joined.
    events: Vec<(u8, String, String)>,
    error: Option<PartialError>,
    value: Option<Value>,
}

fn read(options: PartialOptions, pieces: Pieces<'_>) -> Reading {
    let mut partial = Partial::new(options);
    let mut events = Vec::new();
    let mut error = None;
    for piece in pieces {
        partial.feed(piece);
        error = error.or(drain(&mut partial, &mut events));
    }
    partial.end();
    error = error.or(drain(&mut partial, &mut events));
    let value = partial.value().map(|value| value.to_value());
    Reading { events, error, value }
}

fn drain(partial: &mut Partial, events: &mut Vec<(u8, String, String)>) -> Option<PartialError> {
    loop {
        let event = match partial.next() {
            Ok(Some(event)) => event,
            Ok(None) => return None,
            Err(error) => return Some(error),
        };
        let place = event.path().to_string();
        let (kind, content) = match event {
            PartialEvent::Open { kind, .. } => (0, format!("{kind:?}")),
            PartialEvent::Key { key, is_repeated, .. } => (1, format!("{key:?} {is_repeated}")),
            PartialEvent::Text { text, .. } => (2, text.to_owned()),
            PartialEvent::Value { value, .. } => (3, format!("{:?} {value:?}", value.raw())),
            PartialEvent::Close { value, .. } => (4, format!("{:?} {value:?}", value.raw())),
            _ => unreachable!("an event of an unknown kind"),
        };
        match events.last_mut() {
            Some((2, same, text)) if kind == 2 && *same == place => text.push_str(&content),
            _ => events.push((kind, place, content)),
        }
    }
}

/// Looks at everything after each piece, through a text that is followed.
fn look(options: PartialOptions, pieces: Pieces<'_>) {
    let mut follow = Follow::new(options);
    let mut partial = Partial::new(options);
    let mut watches = PLACES.map(|place| Watch::new(place).expect("a JSON Pointer"));
    let mut list = Elements::new("/a").expect("a JSON Pointer");
    let mut before = [State::Pending; PLACES.len()];
    for piece in pieces {
        let kept = partial.push(piece);
        let text = partial.raw();
        if follow.read(text).map(|_| ()) != kept {
            // It knows only what was UTF-8.
            assert!(kept.is_err());
        }
        let snapshot = follow.snapshot(text);
        assert_eq!(snapshot.value().map(|value| value.to_value()), partial.value().map(|value| value.to_value()));
        for ((place, watch), before) in PLACES.iter().zip(&mut watches).zip(&mut before) {
            let state = partial.state(place);
            assert_eq!(watch.state(&partial), state, "{place}");
            assert!(
                !options.refuse_repeated || state >= *before || state == State::Absent,
                "{place}: {before:?} {state:?}"
            );
            *before = state;
        }
        while list.next::<Value>(&partial).is_some_and(|element| element.is_ok()) {}
        partial.snapshot_as::<Vec<Option<String>>>().ok();
    }
}
