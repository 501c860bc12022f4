//! One rule of keep-alives, played over every family of events.

use requesty_core::reply::is_keep_alive;
use requesty_core::{End, Error};

use crate::support::families::{Family, families};

/// Every way in which servers were seen to say that they are still there.
fn keep_alives() -> Vec<String> {
    let mut all: Vec<String> = [
        ": OPENROUTER PROCESSING\n\n",
        ": ping\n\n",
        "id: 7\n\n: ping\n\n",
        "retry: 3000\n\n",
        "event: ping\n\n",
        "data: \n\n",
        "data\n\n",
        "data: : keepalive\n\n",
        "data: : OPENROUTER PROCESSING\n\n",
        "data:  null \n\n",
        "data: {\"\\u0074ype\":\"p\\u0069ng\"}\n\n",
    ]
    .map(str::to_owned)
    .into();
    for name in ["ping", "keepalive", "keep-alive", "heartbeat"] {
        all.push(format!("event: {name}\ndata: {{}}\n\n"));
        all.push(format!("event: {name}\ndata: 2026-11-28T04:00:00Z\n\n"));
        all.push(format!("event: {name}\ndata: {{\"error\":null}}\n\n"));
        all.push(format!("event: {name}\ndata: {{\"type\":\"{name}\"}}\n\n"));
        all.push(format!("data: {{\"type\":\"{name}\"}}\n\n"));
        all.push(format!("data: {{ \"cost\" : 1, \"type\" : \"{name}\" }}\n\n"));
    }
    all
}

/// Whether an event is dispatched at all, and so handed out by raw events.
fn is_dispatched(block: &str) -> bool {
    block.lines().any(|line| line.starts_with("data"))
}

fn is_raw(family: &Family) -> bool {
    family.name.starts_with("raw")
}

#[test]
fn a_keep_alive_is_neither_an_item_nor_an_end_nor_progress() {
    for family in families() {
        for alive in keep_alives() {
            let body = [&alive, family.item, &alive, family.finish, &alive].concat();
            let played = family.play(&body, End::Clean);
            played.total.unwrap_or_else(|error| panic!("{}: {alive:?}: {error}", family.name));
            let mut expected = 1 + usize::from(!family.finish.contains("[DONE]") || is_raw(&family));
            if is_raw(&family) && is_dispatched(&alive) {
                // The last one comes after the end where `[DONE]` is one.
                expected += if family.ends_with_body { 3 } else { 2 };
            }
            assert_eq!(played.items.len(), expected, "{}: {alive:?}: {:?}", family.name, played.items);

            let alone = family.play(&alive, End::Clean);
            assert!(alone.stalled, "{}: {alive:?} is no progress", family.name);
            assert_eq!(alone.items.len(), usize::from(is_raw(&family) && is_dispatched(&alive)), "{}", family.name);
            assert!(!family.play(family.item, End::Clean).stalled, "{}: an item is progress", family.name);
        }
    }
}

/// The last one may lack its blank line: that is no event that was cut.
#[test]
fn a_keep_alive_without_its_blank_line_is_no_half_event() {
    for family in families().iter().filter(|family| family.ends_with_body) {
        for alive in
            ["data: null\n", "data: : ping\n", "event: ping\ndata: {}\n", ": ping", "data: {\"type\":\"ping\"}"]
        {
            let played = family.play(&[family.item, alive].concat(), End::Clean);
            assert_eq!((played.total.is_ok(), played.items.len()), (true, 1), "{}: {alive:?}", family.name);
        }
    }
}

/// A name is no cover for an error, or for an answer.
#[test]
fn what_carries_an_error_or_an_answer_is_no_keep_alive() {
    for family in families() {
        let error = "event: ping\ndata: {\"error\":{\"message\":\"gone\",\"code\":503}}\n\n";
        let played = family.play(error, End::Clean);
        match is_raw(&family) {
            true => assert_eq!(played.items.len(), 1),
            false => assert!(matches!(played.total, Err(Error::Api(_))), "{}: {:?}", family.name, played.total),
        }
    }
    let family = families().into_iter().find(|family| family.name == "chat").unwrap();
    for block in ["event: ping\n", "event: heartbeat\n"] {
        let played = family.play(&[block, family.item, family.finish].concat(), End::Clean);
        assert_eq!((played.items.len(), played.total.is_ok()), (2, true));
    }
}

#[test]
fn the_rule_itself() {
    for (name, data, expected) in [
        ("", "", true),
        ("error", "", false),
        ("error", "{\"type\":\"ping\"}", false),
        ("Ping", "{}", false),
        ("", "{}", false),
        ("", "nul", false),
        ("", "\"ping\"", false),
        ("", "{\"type\":\"pong\"}", false),
        ("", "{\"type\":[\"ping\"]}", false),
        ("", "{\"type\":\"ping\",\"choices\":[]}", false),
        ("", "{\"type\":\"ping\",\"error\":{}}", false),
        ("", "{\"type\":\"ping\",\"error\":false}", true),
        ("ping", "{\"choices\":[]}", false),
        ("ping", "{\"error\":\"x\"}", false),
        ("ping", "{\"broken\":", true),
        ("ping", "[1]", true),
    ] {
        assert_eq!(is_keep_alive(name.as_bytes(), data.as_bytes()), expected, "{name} {data}");
    }
    let padded = |length: usize| format!("{{\"type\":\"ping\",\"x\":\"{}\"}}", "x".repeat(length - 22));
    assert!(is_keep_alive(b"", padded(256).as_bytes()) && !is_keep_alive(b"", padded(257).as_bytes()));
    assert!(is_keep_alive(b"ping", padded(257).as_bytes()));
}
