//! How far the value at a place is, and lists whose elements come one by one.

use proptest::prelude::*;
use requesty_core::json::partial::{Elements, Follow, Partial, State, Watch};
use serde_json::{Value, json};

use super::random::{json, pieces};

#[test]
fn a_place_is_absent_pending_incomplete_or_complete() {
    let mut partial = Partial::default();
    let places = ["", "/a", "/a/0", "/a/1", "/b", "/b/x", "/c", "no pointer"];
    let mut watches: Vec<_> = places.iter().map(|place| Watch::new(*place)).collect();
    assert!(watches.pop().unwrap().is_none());
    let mut look = |piece: &str| -> String {
        partial.push(piece.as_bytes()).ok();
        let states: Vec<_> = places.iter().map(|place| partial.state(place)).collect();
        let watched: Vec<_> = watches.iter_mut().map(|watch| watch.as_mut().unwrap().state(&partial)).collect();
        assert_eq!(states[..7], watched);
        states.iter().filter_map(|state| format!("{state:?}").chars().next()).collect()
    };
    // A for absent, P for pending, I for incomplete, C for complete.
    assert_eq!(look(""), "PPPPPPPA");
    assert_eq!(look("{"), "IPPPPPPA");
    assert_eq!(look("\"a\":["), "IIPPPPPA");
    assert_eq!(look("1"), "IIIPPPPA");
    assert_eq!(look(","), "IICPPPPA");
    assert_eq!(look("2]"), "ICCCPPPA");
    assert_eq!(look(",\"b\":tr"), "ICCCIAPA");
    assert_eq!(look("ue,"), "ICCCCAPA");
    assert_eq!(look("\"c\":\"x"), "ICCCCAIA");
    // A key that is given again keeps its state until the new value has something to show.
    assert_eq!(look("\",\"a\":"), "ICCCCACA");
    assert_eq!(look("["), "IIPPCACA");
    assert_eq!(look("3]}"), "CCCACACA");
    assert_eq!(look(" x"), "CCCACACA");
}

/// In an array that is open, a place that is no index cannot come.
#[test]
fn what_is_no_index_is_absent_from_an_array() {
    let mut partial = Partial::default();
    partial.push(br#"{"o":{"-":1,"01":2,"~":3,"/":4,"":5},"l":[1,2"#).unwrap();
    for (place, state) in [
        ("/l/0", State::Complete),
        ("/l/1", State::Incomplete),
        ("/l/2", State::Pending),
        ("/l/2/x", State::Pending),
        ("/l/-", State::Absent),
        ("/l/01", State::Absent),
        ("/l/+2", State::Absent),
        ("/l/x", State::Absent),
        ("/l/", State::Absent),
        ("/l/99999999999999999999", State::Absent),
        ("/o/-", State::Complete),
        ("/o/01", State::Complete),
        ("/o/~0", State::Complete),
        ("/o/~1", State::Complete),
        ("/o/", State::Complete),
    ] {
        assert_eq!(partial.state(place), state, "{place}");
        assert_eq!(Watch::new(place).unwrap().state(&partial), state, "{place}");
    }
    // These are no pointers.
    for place in ["l", "/new~", "/new~2", "/~~0"] {
        assert_eq!(partial.state(place), State::Absent, "{place}");
        assert!(Watch::new(place).is_none() && Elements::new(place).is_none(), "{place}");
    }
}

#[test]
fn after_an_error_nothing_is_pending() {
    let mut partial = Partial::default();
    partial.push(b"{\"a\":[1,}").unwrap_err();
    assert_eq!(
        (partial.state("/b"), partial.state("/a"), partial.state("/a/0")),
        (State::Absent, State::Incomplete, State::Complete)
    );
}

#[test]
fn elements_are_those_of_the_list_that_counts() {
    let mut partial = Partial::default();
    let mut items = Elements::new("/items").unwrap();
    let mut seen = Vec::new();
    let mut wrong = 0;
    for piece in ["{\"items\":[1,", "\"x\",2", "],\"items\":", "[3,4]", ",\"other\":[5]}"] {
        partial.push(piece.as_bytes()).unwrap();
        while let Some(item) = items.next::<u32>(&partial) {
            match item {
                Ok(item) => seen.push(item),
                Err(_) => wrong += 1,
            }
        }
    }
    assert_eq!((seen, wrong), (vec![1, 2, 3, 4], 1));
    assert!(Elements::new("other").is_none());
    partial.clear();
    partial.push(b"{\"items\":[[7],8").unwrap();
    assert_eq!(items.next_view(&partial).unwrap(), json!([7]));
    assert!(items.next_view(&partial).is_none());
    let mut nothing = Elements::new("/items/0/0").unwrap();
    assert!(nothing.next_view(&partial).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// A watch says what a search from the start says, whatever was asked before.
    #[test]
    fn a_watch_equals_a_search(text in json(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let places = ["", "/a", "/b", "/a/0", "/a/b", "/1", "/0/a", "/a~1b~0", "/a/a/a", "/b/2"];
        let mut watches: Vec<_> = places.iter().map(|place| Watch::new(*place).unwrap()).collect();
        let mut partial = Partial::default();
        for piece in pieces(text.as_bytes(), &cuts) {
            partial.push(piece).unwrap();
            for (place, watch) in places.iter().zip(&mut watches) {
                prop_assert_eq!(watch.state(&partial), partial.state(place), "{}", place);
                let shown = partial.value().and_then(|value| value.pointer(place)).map(|value| value.to_value());
                prop_assert_eq!(watch.value(&partial).map(|value| value.to_value()), shown, "{}", place);
            }
        }
    }

    #[test]
    fn elements_are_all_there_in_order(elements in prop::collection::vec(json(), 0..6), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let text = format!("[{}]", elements.join(","));
        let (mut follow, mut kept) = (Follow::default(), String::new());
        let mut list = Elements::new("").unwrap();
        let mut seen = Vec::new();
        for piece in pieces(text.as_bytes(), &cuts) {
            let Ok(piece) = std::str::from_utf8(piece) else { return Ok(()) };
            kept.push_str(piece);
            follow.read(&kept).unwrap();
            while let Some(element) = list.next::<Value>(follow.snapshot(&kept)) {
                seen.push(element.unwrap());
            }
        }
        prop_assert_eq!(Value::Array(seen), serde_json::from_str::<Value>(&text).unwrap());
    }
}
