//! How much a decoder takes, how much memory it holds, and that it is never slower than the bytes are many.

use requesty_core::error::Limit;
use requesty_core::sse::{Decoder, Step};

/// What a decoder may hold with nothing buffered.
const STATE: usize = 32 << 10;

#[test]
fn data_at_the_limit_passes_and_one_byte_more_does_not() {
    for limit in [0, 1, 100, 70_000] {
        for field in ["data:", "data: "] {
            let mut lines = vec![format!("{field}{}\n", "x".repeat(limit))];
            if limit >= 3 {
                // The LF that joins counts.
                lines.push(format!("{field}{}\nevent: e\n: comment\n{field}y\n", "x".repeat(limit - 2)));
            }
            for block in lines {
                for size in [1, 13, usize::MAX] {
                    assert_eq!(longest(&format!("{block}\n"), limit, size), Ok(limit), "{limit} in {size}");
                    let more = format!("{}x\n\n", block.trim_end_matches('\n'));
                    assert_eq!(longest(&more, limit, size), Err(limit), "{limit} + 1 in {size}");
                    let unterminated = more.trim_end_matches('\n');
                    assert_eq!(longest(unterminated, limit, size), Err(limit), "{limit} + 1, cut, in {size}");
                }
            }
        }
    }
}

#[test]
fn the_default_limit_is_64_mib() {
    for more in [0, 1] {
        let mut decoder = Decoder::new();
        decoder.push(b"data: ");
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..64 {
            decoder.push(&piece);
            assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
        }
        decoder.push(&piece[..more]);
        decoder.push(b"\n\n");
        match (more, decoder.advance()) {
            (0, step) => {
                assert_eq!(step, Ok(Step::Ready));
                assert_eq!(decoder.event().data().len(), Decoder::DEFAULT_LIMIT);
                assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
            }
            (_, step) => assert_eq!(step.map_err(|error| error.limit()), Err(64 << 20)),
        }
        assert!(decoder.capacity() < STATE, "{}", decoder.capacity());
    }
}

#[test]
fn a_line_of_any_kind_is_limited() {
    for start in [":", "event: ", "id: ", "retry: ", "unknown: ", "data: "] {
        let mut decoder = Decoder::with_limit(10_000);
        decoder.push(start.as_bytes());
        let mut pushed = start.len();
        let error = loop {
            match decoder.advance() {
                Ok(step) => assert_eq!(step, Step::NeedBytes),
                Err(error) => break error,
            }
            decoder.push(&[b'1'; 10]);
            pushed += 10;
            assert!(pushed <= 10_100, "{start}");
        };
        assert_eq!((error.what(), error.limit()), (Limit::Event, 10_000));
        // In one piece, and with a line end, it is the same.
        let line = format!("{start}{}\n", "1".repeat(10_100));
        assert_eq!(longest(&line, 10_000, usize::MAX), Err(10_000), "{start}");
    }
}

#[test]
fn after_an_error_it_is_the_same_for_ever() {
    let mut decoder = Decoder::with_limit(3);
    decoder.push(b"id: 1\ndata: abc\n\ndata: abcd\n\ndata: e\n\n");
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    let error = decoder.advance().unwrap_err();
    assert_eq!(error.to_string(), "an event exceeds the limit of 3 bytes; Limits::event changes it");
    for _ in 0..1_000 {
        assert_eq!(decoder.advance(), Err(error));
        decoder.push(b"data: x\n\n");
        assert!(!decoder.room().is_empty());
        decoder.commit(1);
    }
    decoder.end();
    assert_eq!(decoder.advance(), Err(error));
    assert_eq!((decoder.buffered(), decoder.unterminated()), (0, None));
    assert_eq!(decoder.event().data(), b"");
    assert!(decoder.capacity() < STATE);
}

#[test]
fn a_long_line_in_small_pieces() {
    const LEN: usize = 16 << 20;
    let piece = [b'x'; 1 << 10];
    let mut decoder = Decoder::new();
    decoder.push(b"data: ");
    for count in 1..=LEN / piece.len() {
        decoder.push(&piece);
        assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
        assert_eq!(decoder.buffered(), 6 + count * piece.len());
        assert!(decoder.capacity() <= 2 * decoder.buffered() + STATE);
    }
    decoder.push(b"\n\n");
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.event().data().len(), LEN);
    assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
    assert!(decoder.capacity() < STATE, "{}", decoder.capacity());
}

#[test]
fn a_long_line_through_the_room() {
    const LEN: usize = 16 << 20;
    let mut decoder = Decoder::new();
    decoder.push(b"data: ");
    let mut left = LEN;
    while left > 0 {
        let room = decoder.room();
        let n = room.len().min(left).min(1_400);
        room[..n].fill(b'x');
        decoder.commit(n);
        left -= n;
        assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
        assert!(decoder.capacity() <= 2 * decoder.buffered() + STATE);
    }
    decoder.push(b"\n\n");
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.event().data().len(), LEN);
    assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
    assert!(decoder.capacity() < STATE);
}

#[test]
fn many_events_in_one_piece() {
    const COUNT: usize = 200_000;
    let input = b"event: e\ndata: {\"some\":\"json\"}\ndata: more\n\n".repeat(COUNT);
    let mut decoder = Decoder::new();
    decoder.push(&input);
    let mut count = 0;
    while decoder.advance() == Ok(Step::Ready) {
        count += 1;
        // The memory goes with the events.
        assert!(decoder.capacity() <= 4 * (decoder.buffered() + 100) + 2 * STATE);
    }
    assert_eq!(count, COUNT);
    assert!(decoder.capacity() < STATE);
}

#[test]
fn many_lines_of_one_event() {
    let mut decoder = Decoder::new();
    let lines = b"data: line\r\n: comment\r\n".repeat(100);
    for _ in 0..5_000 {
        decoder.push(&lines);
        assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
        assert!(decoder.capacity() <= 4 * decoder.buffered() + STATE);
    }
    decoder.push(b"\r\n");
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.event().data().len(), 500_000 * 5 - 1);
}

#[test]
fn comments_cost_no_memory_not_even_within_an_event() {
    let mut decoder = Decoder::new();
    decoder.push(b"data: begun\n");
    for _ in 0..100_000 {
        decoder.push(b": keep-alive, and quite a long one, to fill the buffer sooner or later\n");
        assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
        assert!(decoder.capacity() < STATE);
    }
    decoder.push(b"data: done\n\n");
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.event().data(), b"begun\ndone");
}

#[test]
fn large_names_are_not_kept() {
    let mut decoder = Decoder::new();
    decoder.push(format!("event: {}\ndata: x\n\nid\n\n", "n".repeat(1 << 20)).as_bytes());
    assert_eq!(decoder.advance(), Ok(Step::Ready));
    assert_eq!(decoder.event().raw_name().len(), 1 << 20);
    assert_eq!(decoder.advance(), Ok(Step::NeedBytes));
    assert!(decoder.capacity() < STATE, "{}", decoder.capacity());
}

#[test]
fn a_steady_stream_needs_no_new_memory() {
    let event = format!("event: e\nid: 12345\ndata: {}\n\n", "x".repeat(300));
    let mut decoder = Decoder::new();
    decoder.push(event.repeat(4).as_bytes());
    while decoder.advance() == Ok(Step::Ready) {}
    let capacity = decoder.capacity();
    for size in [7, 300, 1_400, 4_096] {
        for piece in event.repeat(500).as_bytes().chunks(size) {
            decoder.push(piece);
            while decoder.advance() == Ok(Step::Ready) {}
            assert_eq!(decoder.capacity(), capacity, "{size}");
        }
    }
}

/// Returns the length of the longest data, or the limit that was exceeded.
fn longest(input: &str, limit: usize, size: usize) -> Result<usize, usize> {
    let mut decoder = Decoder::with_limit(limit);
    let mut pieces = input.as_bytes().chunks(size);
    let mut longest = 0;
    loop {
        match decoder.advance().map_err(|error| error.limit())? {
            Step::Ready => longest = longest.max(decoder.event().data().len()),
            Step::NeedBytes => match pieces.next() {
                Some(piece) => decoder.push(piece),
                None => decoder.end(),
            },
            Step::Done => return Ok(longest),
        }
    }
}
