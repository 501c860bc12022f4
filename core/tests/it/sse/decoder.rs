//! What a decoder makes of bytes: the rules of the standard one by one, and each however the bytes are split.

use std::fmt::Write;

use requesty_core::sse::{Decoder, Step};

/// Name, data and last event id of an event.
type Seen = (String, String, String);

#[test]
fn every_fixture_however_it_is_split() {
    let message = |data: &str| event("message", data, "");
    let fixtures: [(&[u8], Vec<Seen>); 10] = [
        (
            include_bytes!("../../../testdata/sse/data-only.sse"),
            vec![
                message(r#"{"id":"a","choices":[{"index":0,"delta":{"content":"Hel"}}]}"#),
                message(r#"{"id":"a","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}"#),
                message("[DONE]"),
            ],
        ),
        (
            include_bytes!("../../../testdata/sse/named.sse"),
            vec![
                event("message_start", r#"{"type":"message_start"}"#, ""),
                event("ping", r#"{"type":"ping"}"#, ""),
                event("message_stop", r#"{"type":"message_stop"}"#, ""),
            ],
        ),
        (
            include_bytes!("../../../testdata/sse/multibyte.sse"),
            vec![message(r#"{"content":"你好 🌍"}"#), event("größe", "\u{2028}\u{85}\u{b}\u{c}\u{1c}end", "ключ")],
        ),
        (include_bytes!("../../../testdata/sse/heartbeat.sse"), vec![message("one"), message(""), message("two")]),
        (
            include_bytes!("../../../testdata/sse/line-ends.sse"),
            ["a\nb\nc", "d", "e", "f", "g", "h"].map(message).into(),
        ),
        (include_bytes!("../../../testdata/sse/byte-order-mark.sse"), vec![message("first"), message("\u{feff}kept")]),
        (
            include_bytes!("../../../testdata/sse/invalid-utf8.sse"),
            vec![
                message("a"),
                message("\u{fffd}"),
                message("\u{fffd}\n\u{fffd}\u{fffd}"),
                event("\u{fffd}", "b", ""),
                message("c"),
            ],
        ),
        (
            include_bytes!("../../../testdata/sse/multi-line.sse"),
            vec![
                event("json", "{\n  \"a\": 1,\n\n\n}", "7"),
                event("message", "", "7"),
                event("message", "\n", "7"),
                event("message", "", "7"),
            ],
        ),
        (
            include_bytes!("../../../testdata/sse/ids.sse"),
            [("a", "1"), ("b", "1"), ("c", "1"), ("d", ""), ("e", "2"), ("f", "4")]
                .map(|(data, id)| event("message", data, id))
                .into(),
        ),
        (include_bytes!("../../../testdata/sse/retry.sse"), vec![message("a")]),
    ];
    for (input, expected) in fixtures {
        assert_eq!(decode([input]), expected);
        assert_eq!(decode(input.chunks(1)), expected, "byte by byte");
        for at in 0..=input.len() {
            let (left, right) = input.split_at(at);
            assert_eq!(decode([left, right]), expected, "split at {at}");
            assert_eq!(decode([left, b"", right]), expected, "split at {at}, with an empty piece");
        }
    }
}

#[test]
fn each_rule_of_a_field() {
    for (line, expected) in [
        ("data:x", Some("x")),
        ("data: x", Some("x")),
        ("data:  x ", Some(" x ")),
        ("data:\tx", Some("\tx")),
        ("data: a:b", Some("a:b")),
        ("data", Some("")),
        ("data:", Some("")),
        ("data: ", Some("")),
        ("data:: OPENROUTER PROCESSING", Some(": OPENROUTER PROCESSING")),
        (" data: x", None),
        ("data : x", None),
        ("Data: x", None),
        ("datax: x", None),
        ("dat", None),
        (":data: x", None),
        ("event: x", None),
        ("id: x", None),
    ] {
        let seen: Vec<String> = decode([format!("{line}\n\n").as_bytes()]).into_iter().map(|event| event.1).collect();
        assert_eq!(seen, Vec::from_iter(expected), "{line:?}");
    }
}

#[test]
fn the_last_name_of_a_block_counts_and_is_gone_with_it() {
    let seen =
        decode([&b"event: a\nevent: b\ndata: 1\n\ndata: 2\n\nevent: c\n\ndata: 3\n\nevent: d\nevent\ndata: 4\n\n"[..]]);
    assert_eq!(
        seen,
        [event("b", "1", ""), event("message", "2", ""), event("message", "3", ""), event("message", "4", "")]
    );
}

#[test]
fn a_blank_line_that_is_a_lone_cr_dispatches_at_once() {
    let mut decoder = Decoder::new();
    decoder.push(b"data: x\r\r");
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.event().data(), b"x");
    assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
    // The LF belongs to the CR, so this is not one blank line more, and the next line is whole.
    decoder.push(b"\ndata: y\r");
    assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
    decoder.push(b"\n");
    assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
    decoder.push(b"\n");
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.event().data(), b"y");
}

#[test]
fn an_event_is_ready_as_soon_as_its_blank_line_is_there() {
    let mut decoder = Decoder::new();
    for (piece, data) in [("data: a\n\n", "a"), ("data: \u{fffd}\n\n", "\u{fffd}"), ("data: b\n\n", "b")] {
        decoder.push(piece.as_bytes());
        assert_eq!(decoder.advance(), Ok(Step::Ready));
        assert_eq!(decoder.event().text(), data);
        assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
    }
}

#[test]
fn a_byte_order_mark_in_pieces() {
    for pieces in [
        &[&b"\xEF"[..], b"\xBB", b"\xBFdata: a\n\n"][..],
        &[b"", b"\xEF\xBB\xBFdata: a\n\n"],
        &[b"\xEF\xBB", b"", b"\xBF", b"data: a\n\n"],
    ] {
        assert_eq!(decode(pieces.iter().copied()), [event("message", "a", "")]);
    }
    // One is taken away, the second is part of a field name; and half a mark is none.
    assert_eq!(decode([&b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\n\n"[..]]), []);
    assert_eq!(decode([&b"\xEF\xBBdata: a\n\ndata: b\n\n"[..]]), [event("message", "b", "")]);
    assert_eq!(decode([&b"\xEF\xBB"[..]]), []);
}

#[test]
fn retry_and_the_last_id_can_be_read() {
    let mut decoder = Decoder::new();
    assert_eq!((decoder.retry(), decoder.last_event_id().into_owned()), (None, String::new()));
    decoder.push(include_bytes!("../../../testdata/sse/retry.sse"));
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.retry(), Some(10));
    assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
    assert_eq!(decoder.retry(), Some(200));
    decoder.push(b"\nretry: 99999999999999999999999\nid: \xff\n");
    assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
    assert_eq!(decoder.retry(), Some(u64::MAX));
    assert_eq!(decoder.last_event_id(), "", "the block is not over");
    decoder.push(b"\nretry: 7");
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.last_event_id(), "\u{fffd}");
    decoder.end();
    assert_eq!(decoder.advance(), Ok(Step::Done));
    assert_eq!(decoder.retry(), Some(u64::MAX), "a line without its end counts for nothing");
}

#[test]
fn what_is_unterminated_can_be_asked_for() {
    for (input, expected) in [
        ("data: a\n\ndata: b\n", Some(event("message", "b", ""))),
        ("data: a\n\ndata: b", Some(event("message", "b", ""))),
        ("data: b\r", Some(event("message", "b", ""))),
        ("id: 1\ndata: a\n\nevent: e\ndata: b\ndata: c", Some(event("e", "b\nc", "1"))),
        ("id: 1\n\nid: 2\ndata: b", Some(event("message", "b", "2"))),
        ("data: b\nid: 2", Some(event("message", "b", "2"))),
        ("data: a\ndata", Some(event("message", "a\n", ""))),
        ("data", Some(event("message", "", ""))),
        ("data: a\n\n", None),
        ("data: a\n\nevent: e\n: comment", None),
        ("dat", None),
        ("", None),
    ] {
        for pieces in [vec![input.as_bytes()], input.as_bytes().chunks(1).collect()] {
            let mut decoder = Decoder::new();
            for piece in pieces {
                decoder.push(piece);
                while decoder.advance() == Ok(Step::Ready) {}
                assert_eq!(decoder.unterminated(), None, "more may come");
            }
            decoder.end();
            assert_eq!(decoder.advance(), Ok(Step::Done));
            let seen = decoder.unterminated().map(|event| event_of(&event));
            assert_eq!(seen, expected, "{input:?}");
            assert_eq!(decoder.advance(), Ok(Step::Done));
            assert_eq!(decoder.unterminated().map(|event| event_of(&event)), expected, "it stays");
        }
    }
}

#[test]
fn events_before_the_end_still_come_after_it_and_nothing_else_does() {
    let mut decoder = Decoder::new();
    decoder.push(b"data: a\n\ndata: b\n\n");
    decoder.end();
    decoder.push(b"data: too late\n\n");
    let room = decoder.room();
    room[..9].copy_from_slice(b"data: c\n\n");
    decoder.commit(9);
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.event().data(), b"b");
    for _ in 0..1_000 {
        assert_eq!(decoder.advance(), Ok(Step::Done));
    }
    assert_eq!(decoder.event().data(), b"", "there is no current event");
}

#[test]
fn room_takes_bytes_like_push() {
    let input = b"event: e\r\ndata: one\ndata: two\r\r: comment\nid: 4\ndata: three\n\n".repeat(400);
    let expected = decode([&input[..]]);
    for size in [1, 7, 100, 4_096, 9_999] {
        let mut decoder = Decoder::new();
        let mut rest = &input[..];
        let mut seen = Vec::new();
        loop {
            match decoder.advance().unwrap() {
                Step::Ready => seen.push(event_of(&decoder.event())),
                Step::NeedBytes if rest.is_empty() => decoder.end(),
                Step::NeedBytes => {
                    let room = decoder.room();
                    assert!(room.len() >= 4_096);
                    let n = size.min(room.len()).min(rest.len());
                    room[..n].copy_from_slice(&rest[..n]);
                    rest = &rest[n..];
                    // Asking twice and looking in between changes nothing.
                    assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
                    decoder.commit(n);
                }
                Step::Done => break,
            }
        }
        assert_eq!(seen, expected, "{size}");
    }
}

#[test]
fn more_than_the_room_is_not_committed() {
    let mut decoder = Decoder::new();
    decoder.commit(usize::MAX);
    assert_eq!(decoder.buffered(), 0, "no room was asked for");
    let room = decoder.room();
    room.fill(b':');
    let len = room.len();
    decoder.commit(usize::MAX);
    assert_eq!(decoder.buffered(), len);
    decoder.commit(1);
    assert_eq!(decoder.buffered(), len, "once for each room");
    let _ = decoder.room();
    decoder.push(b"x");
    decoder.commit(10);
    assert_eq!(decoder.buffered(), len + 1, "the push wrote over the room");
}

#[test]
fn the_current_event_outlives_more_bytes() {
    let mut decoder = Decoder::new();
    decoder.push(b"event: e\ndata: first\n\n");
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    for _ in 0..2_000 {
        decoder.push(b"data: the next one\ndata: and more\n\n");
        let _ = decoder.room();
        assert_eq!(event_of(&decoder.event()), event("e", "first", ""));
    }
    for _ in 0..2_000 {
        assert_eq!(decoder.advance(), Ok(Step::Ready));
        assert_eq!(decoder.event().data(), b"the next one\nand more");
    }
    assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
}

#[test]
fn events_write_themselves() {
    let inputs: [&[u8]; 6] = [
        include_bytes!("../../../testdata/sse/multi-line.sse"),
        include_bytes!("../../../testdata/sse/ids.sse"),
        include_bytes!("../../../testdata/sse/multibyte.sse"),
        include_bytes!("../../../testdata/sse/invalid-utf8.sse"),
        b"data:  leading space\nevent:  name\nid:  id\n\ndata: \xEF\xBB\xBF\n\n",
        // The id is taken back in a block of its own.
        b"id: 1\ndata: a\n\nid\n\ndata: b\n\ndata: c\n\n",
    ];
    for input in inputs {
        let (mut decoder, mut out) = (Decoder::new(), Vec::new());
        decoder.push(input);
        while decoder.advance() == Ok(Step::Ready) {
            let event = decoder.event();
            let start = out.len();
            event.write_to(&mut out);
            let mut again = Decoder::new();
            again.push(&out[start..]);
            assert_eq!(again.advance(), Ok(Step::Ready));
            assert_eq!(again.event(), event, "alone");
        }
        assert_eq!(decode([&out[..]]), decode([input]), "one after the other");
    }
}

#[test]
fn debug_shows_lengths_only() {
    let mut decoder = Decoder::new();
    decoder.push(b"event: secret-name\nid: secret-id\ndata: secret-data\n\ndata: secret-rest");
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    let mut shown = format!("{decoder:?} {:?}", decoder.event());
    let _ = decoder.advance();
    decoder.end();
    let _ = decoder.advance();
    write!(shown, "{decoder:?} {:?}", decoder.unterminated()).unwrap();
    assert!(!shown.contains("secret") && shown.contains("data_len: 11"), "{shown}");
}

#[test]
fn decoders_can_be_sent_to_threads() {
    fn check<T: Send + Sync + Unpin + 'static>(_: T) {}
    check(Decoder::default());
}

fn event(name: &str, data: &str, id: &str) -> Seen {
    (name.into(), data.into(), id.into())
}

fn event_of(event: &requesty_core::sse::Event<'_>) -> Seen {
    (event.name().into(), event.text().into(), event.id().into())
}

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Seen> {
    let mut decoder = Decoder::new();
    let mut events = Vec::new();
    let mut pieces = pieces.into_iter();
    loop {
        match decoder.advance().unwrap() {
            Step::Ready => events.push(event_of(&decoder.event())),
            Step::NeedBytes => match pieces.next() {
                Some(piece) => decoder.push(piece),
                None => decoder.end(),
            },
            Step::Done => return events,
        }
    }
}
