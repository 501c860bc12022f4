//! The decoder against a reader that follows the words of the standard and nothing else.

use proptest::prelude::*;
use requesty_core::sse::{Decoder, Step};

#[allow(unreachable_pub, reason = "public where the fuzz targets use it")]
#[path = "../../../../fuzz/src/whatwg.rs"]
mod whatwg;

use whatwg::{Outcome, read as reference};

fn decode(body: &[u8], cuts: &[usize], through_room: bool) -> Outcome {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (body.len() + 1)).chain([0, body.len()]).collect();
    cuts.sort_unstable();
    let mut pieces = cuts.windows(2).map(|cut| &body[cut[0]..cut[1]]);
    let mut decoder = Decoder::new();
    let mut outcome = Outcome::default();
    loop {
        match decoder.advance().unwrap() {
            Step::Ready => {
                let event = decoder.event();
                outcome.events.push((event.name().into(), event.text().into(), event.id().into()));
            }
            Step::NeedBytes => match pieces.next() {
                Some(piece) if through_room && piece.len() <= 4096 => {
                    decoder.room()[..piece.len()].copy_from_slice(piece);
                    decoder.commit(piece.len());
                }
                Some(piece) => decoder.push(piece),
                None => decoder.end(),
            },
            Step::Done => break,
        }
    }
    outcome.retry = decoder.retry();
    outcome.last_event_id = decoder.last_event_id().into();
    outcome
}

/// Bytes that mean something, in an order that mostly does not.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        4 => Just(&b"\n"[..]),
        3 => Just(&b"\r"[..]),
        2 => Just(&b"\r\n"[..]),
        4 => Just(&b"data: "[..]),
        2 => Just(&b"data:"[..]),
        1 => Just(&b"data"[..]),
        2 => Just(&b"event: "[..]),
        2 => Just(&b"id: "[..]),
        1 => Just(&b"id"[..]),
        1 => Just(&b"retry: "[..]),
        1 => Just(&b": "[..]),
        1 => Just(&b"0"[..]),
        1 => Just(&b"\0"[..]),
        1 => Just(&b" "[..]),
        1 => Just(&b"\xEF\xBB\xBF"[..]),
        1 => Just(&b"\xEF"[..]),
        1 => Just(&b"\xF0\x9F"[..]),
        1 => Just(&b"\x8C\x8D"[..]),
        3 => Just(&b"abc"[..]),
        1 => Just(&[b'x'; 3000][..]),
    ];
    prop::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equals_the_reference_however_it_is_split(
        body in body(),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
        through_room in any::<bool>(),
    ) {
        let expected = reference(&body);
        prop_assert_eq!(&decode(&body, &cuts, through_room), &expected);
        prop_assert_eq!(&decode(&body, &[], through_room), &expected);
    }

    #[test]
    fn equals_the_reference_on_any_bytes(body in prop::collection::vec(any::<u8>(), 0..200), cut in any::<usize>()) {
        prop_assert_eq!(decode(&body, &[cut], false), reference(&body));
    }

    #[test]
    fn a_limit_is_exceeded_or_not_however_it_is_split(
        body in body(),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
        limit in 0_usize..40,
    ) {
        prop_assert_eq!(limited(&body, &cuts, limit), limited(&body, &[], limit));
    }

    #[test]
    fn what_events_write_decodes_to_the_same_events(body in body()) {
        let (mut decoder, mut out) = (Decoder::new(), Vec::new());
        decoder.push(&body);
        while decoder.advance() == Ok(Step::Ready) {
            decoder.event().write_to(&mut out);
        }
        prop_assert_eq!(decode(&out, &[], false).events, reference(&body).events);
    }
}

/// Returns the data of the events before the end or the error, and whether it was an error.
fn limited(body: &[u8], cuts: &[usize], limit: usize) -> (Vec<Vec<u8>>, bool) {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (body.len() + 1)).chain([0, body.len()]).collect();
    cuts.sort_unstable();
    let mut pieces = cuts.windows(2).map(|cut| &body[cut[0]..cut[1]]);
    let mut decoder = Decoder::with_limit(limit);
    let mut events = Vec::new();
    loop {
        match decoder.advance() {
            Ok(Step::Ready) => events.push(decoder.event().data().to_vec()),
            Ok(Step::NeedBytes) => match pieces.next() {
                Some(piece) => decoder.push(piece),
                None => decoder.end(),
            },
            Ok(Step::Done) => return (events, false),
            Err(_) => return (events, true),
        }
    }
}
