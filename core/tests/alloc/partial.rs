//! What unfinished JSON costs: no allocation for a delta once there is room, and memory in proportion to the text.

use requesty_core::json::partial::{Elements, Follow, Partial, PartialEvent, PartialOptions, State, Watch};

use crate::counting::cost;

fn items(count: usize) -> String {
    let items: Vec<_> = (0..count)
        .map(|item| format!("{{\"id\":{item},\"name\":\"item \\\"{item}\\\"\",\"price\":{item}.25,\"in_stock\":true}}"))
        .collect();
    format!("{{\"items\":[{}]}}", items.join(","))
}

/// Reads a text in pieces of 25 bytes, with events, a snapshot and two places after each; returns how many allocations that took.
fn read(partial: &mut Partial, text: &str) -> usize {
    let (mut watch, mut list) = (Watch::new("/items/0/name").unwrap(), Elements::new("/items").unwrap());
    watch.state(&*partial);
    let mut allocations = 0;
    for piece in text.as_bytes().chunks(25) {
        let ((), cost) = cost(|| {
            partial.feed(piece);
            while let Some(event) = partial.next().unwrap() {
                assert!(!matches!(event, PartialEvent::Text { text: "", .. }));
            }
            assert!(partial.value().is_some());
        });
        allocations += cost.calls;
        // The first time they find their place they make room for its steps.
        watch.state(&*partial);
        while list.next_view(&*partial).is_some() {}
    }
    assert!(partial.is_complete() && watch.state(&*partial) <= State::Complete);
    allocations
}

#[test]
fn a_delta_allocates_nothing_once_there_is_room() {
    for text in [items(500), format!("[\"{}\"]", "x".repeat(100_000)), format!("[\"{}\"]", "a\\n".repeat(30_000))] {
        let mut partial = Partial::default();
        let first = read(&mut partial, &text);
        assert!(first < 80, "{first} allocations in {} pieces", text.len() / 25);
        partial.clear();
        assert_eq!(read(&mut partial, &text), 0, "{:.20}", text);
    }
}

/// What a reader over a text of someone else holds beside it, in bytes for each byte of the text.
fn held(text: &str) -> f64 {
    let mut follow = Follow::default();
    let (_, cost) = cost(|| follow.read(text).is_ok());
    cost.peak as f64 / text.len() as f64
}

#[test]
fn memory_is_in_proportion_to_the_text() {
    let keys: String = (0..30_000).map(|key| format!("\"{key:x}\":0,")).collect();
    let cases = [
        (items(2_000), 8.0),
        (format!("[\"{}", "x".repeat(200_000)), 0.1),
        (format!("[{}", "0,".repeat(100_000)), 18.0),
        (format!("[{}", "[],".repeat(100_000)), 18.0),
        (format!("[{}", "\"\\n\",".repeat(50_000)), 18.0),
        (format!("[{}", "{\"\":0},".repeat(50_000)), 18.0),
        (format!("[{}", "{\"\\u0000\":{}},".repeat(50_000)), 18.0),
        (format!("{{{keys}"), 18.0),
        (format!("[{}", "[".repeat(126)), 200.0),
    ];
    for (text, most) in cases {
        let held = held(&text);
        assert!(held <= most, "{:.12}: {held:.1} bytes held for each of the text", text);
    }
}

/// The limit in bytes bounds what is kept, the text among it.
#[test]
fn memory_is_bounded_by_the_limit() {
    let mut options = PartialOptions::default();
    options.max_bytes = 100_000;
    for element in ["0,", "[],", "{\"\":0},", "\"\\n\",", "{\"\\n\":{}},"] {
        let mut partial = Partial::new(options);
        let ((), cost) = cost(|| {
            partial.push(b"[").unwrap();
            while partial.push(element.as_bytes()).is_ok() {}
        });
        let held = cost.peak;
        assert!(held <= 20 * 100_000 + 10_000, "{element}: {held} bytes for a limit of 100,000");
        assert!(partial.raw().len() == 100_000);
    }
}
