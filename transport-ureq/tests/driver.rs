//! The driver over plain readers: no HTTP library takes part.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::time::Duration;

use requesty_ureq::chat::{Chunks, Message, Request};
use requesty_ureq::error::Phase;
use requesty_ureq::requesty_core::http::{self, Response, response::Parts};
use requesty_ureq::{ApiKey, Call, Error, ItemIter, Router, Timeouts};

const STREAM: &[u8] = b": hello\n\n\
    data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n\
    data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\n\
    data: [DONE]\n\n";

fn call() -> Call<Chunks> {
    let router = Router::new(ApiKey::new("rqsty-sk-test").unwrap());
    router.chat_stream(&Request::new(&[Message::user("Hi")])).unwrap()
}

fn head(status: u16) -> Parts {
    let response = Response::builder().status(status).header(http::header::CONTENT_TYPE, "text/event-stream");
    response.body(()).unwrap().into_parts().0
}

/// Plays one answer to `read` after the other; then the end.
struct Played(std::vec::IntoIter<io::Result<&'static [u8]>>);

fn played(reads: Vec<io::Result<&'static [u8]>>) -> Played {
    Played(reads.into_iter())
}

impl Read for Played {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.next() {
            Some(Ok(bytes)) => {
                buffer[..bytes.len()].copy_from_slice(bytes);
                Ok(bytes.len())
            }
            Some(Err(error)) => Err(error),
            None => Ok(0),
        }
    }
}

fn first_delta() -> &'static [u8] {
    let end = STREAM.windows(2).enumerate().filter(|(_, pair)| pair == b"\n\n").nth(1).unwrap().0 + 2;
    &STREAM[..end]
}

#[test]
fn items_are_lent_and_add_up() {
    let mut stream = ItemIter::open(&call(), head(200), STREAM);
    assert_eq!(stream.head().status(), 200);
    assert_eq!(stream.next_item().unwrap().unwrap().text(), "Hel");
    assert_eq!(stream.dialect().so_far().text(), "Hel");
    assert_eq!(stream.next_item().unwrap().unwrap().text(), "lo");
    assert!(stream.next_item().unwrap().is_none());
    assert!(stream.next_item().unwrap().is_none());
    assert_eq!(stream.finish().unwrap().text(), "Hello");
}

#[test]
fn lending_and_iterating_mix() {
    let mut stream = ItemIter::new(call().open(head(200), Duration::ZERO), STREAM);
    assert_eq!(stream.next_item().unwrap().unwrap().text(), "Hel");
    let rest: Vec<_> = stream.by_ref().collect::<Result<_, _>>().unwrap();
    assert_eq!(rest.iter().map(|chunk| chunk.text()).collect::<String>(), "lo");
    assert!(stream.next().is_none());
    assert_eq!(stream.finish().unwrap().text(), "Hello");
}

#[test]
fn every_size_of_read_gives_the_same() {
    for size in 1..STREAM.len() {
        let reader = played(STREAM.chunks(size).map(Ok).collect());
        let stream = ItemIter::open(&call(), head(200), reader);
        let texts: Vec<_> = stream.map(|chunk| chunk.unwrap().text().to_owned()).collect();
        assert_eq!(texts, ["Hel", "lo"], "{size}");
    }
}

#[test]
fn an_item_that_was_waited_for_is_the_next_one() {
    let mut stream = ItemIter::open(&call(), head(200), STREAM);
    assert!(stream.wait().unwrap() && stream.wait().unwrap());
    assert_eq!(stream.next_item().unwrap().unwrap().text(), "Hel");
    assert!(stream.wait().unwrap());
    assert_eq!(stream.next().unwrap().unwrap().text(), "lo");
    assert!(!stream.wait().unwrap());
    assert!(stream.next().is_none());
}

#[test]
fn finish_reads_what_is_left() {
    let stream = ItemIter::open(&call(), head(200), STREAM);
    assert_eq!(stream.finish().unwrap().text(), "Hello");
}

#[test]
fn an_interrupted_read_is_made_again() {
    let interrupted = || Err(io::ErrorKind::Interrupted.into());
    let reader = played(vec![interrupted(), Ok(first_delta()), interrupted(), Ok(&STREAM[first_delta().len()..])]);
    assert_eq!(ItemIter::open(&call(), head(200), reader).finish().unwrap().text(), "Hello");
}

#[test]
fn a_broken_connection_is_one_error_with_its_cause_and_the_partial() {
    let reader = played(vec![Ok(first_delta()), Err(io::ErrorKind::ConnectionReset.into())]);
    let mut stream = ItemIter::open(&call(), head(200), reader);
    assert_eq!(stream.next_item().unwrap().unwrap().text(), "Hel");
    let error = stream.next_item().unwrap_err();
    assert!(matches!(&error, Error::Truncated(cut) if cut.is_cut()), "{error:?}");
    let cause = std::error::Error::source(&error).unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(cause.kind(), io::ErrorKind::ConnectionReset);
    assert!(stream.next_item().is_err(), "an error never turns into an end");
    assert!(stream.next().is_none(), "the iterator is over");

    let incomplete = stream.finish().unwrap_err();
    assert_eq!(incomplete.partial().text(), "Hel");
    assert!(matches!(incomplete.error(), Error::Truncated(_)));
}

#[test]
fn an_end_in_good_order_but_too_early_is_an_error_too() {
    let mut stream = ItemIter::open(&call(), head(200), first_delta());
    assert!(stream.next_item().unwrap().is_some());
    assert!(matches!(stream.next_item().unwrap_err(), Error::Truncated(cut) if !cut.is_cut()));
}

#[test]
fn a_time_out_of_the_reader_is_one_of_the_stream() {
    for kind in [io::ErrorKind::TimedOut, io::ErrorKind::WouldBlock] {
        let reader = played(vec![Ok(first_delta()), Err(kind.into())]);
        let incomplete = ItemIter::open(&call(), head(200), reader).finish().unwrap_err();
        let Error::Timeout(timeout) = incomplete.error() else { panic!("{incomplete:?}") };
        assert_eq!(timeout.phase(), Phase::IdleBytes);
        assert_eq!(incomplete.partial().text(), "Hel");
    }
}

#[test]
fn keep_alives_are_no_progress() {
    struct Pings;
    impl Read for Pings {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            std::thread::sleep(Duration::from_millis(5));
            buffer[..3].copy_from_slice(b":\n\n");
            Ok(3)
        }
    }
    let limit = Duration::from_millis(50);
    let call = call().with_timeouts(Timeouts::default().with_idle_progress(limit));
    let error = ItemIter::open(&call, head(200), Pings).next_item().unwrap_err();
    let Error::Timeout(timeout) = error else { panic!("{error:?}") };
    assert_eq!((timeout.phase(), timeout.limit()), (Phase::IdleProgress, limit));
}

#[test]
fn a_slow_caller_never_times_out() {
    let limit = Duration::from_millis(20);
    let timeouts = Timeouts::default().with_idle_bytes(limit).with_idle_progress(limit);
    let reader = played(STREAM.chunks(16).map(Ok).collect());
    let mut stream = ItemIter::open(&call().with_timeouts(timeouts), head(200), reader);
    while stream.next_item().unwrap().is_some() {
        std::thread::sleep(2 * limit);
    }
    stream.finish().unwrap();
}

#[test]
fn the_reader_goes_as_soon_as_the_answer_is_there() {
    struct Held(Rc<Cell<bool>>, &'static [u8]);
    impl Read for Held {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            assert!(!self.1.is_empty(), "read on after the end");
            self.1.read(buffer)
        }
    }
    impl Drop for Held {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let dropped = Rc::new(Cell::new(false));
    let mut stream = ItemIter::open(&call(), head(200), Held(dropped.clone(), STREAM));
    while stream.next_item().unwrap().is_some() {
        assert!(!dropped.get());
    }
    assert!(dropped.get());

    let dropped = Rc::new(Cell::new(false));
    drop(ItemIter::open(&call(), head(200), Held(dropped.clone(), STREAM)));
    assert!(dropped.get());
}

#[test]
fn an_error_reply_is_the_error_of_the_first_item() {
    let body = br#"{"error":{"origin":"router","message":"Unauthorized"}}"#;
    let mut stream = ItemIter::open(&call(), head(401), &body[..]);
    assert_eq!(stream.head().status(), 401);
    assert_eq!(stream.next_item().unwrap_err().status().unwrap(), 401);
    assert_eq!(stream.next_item().unwrap_err().status().unwrap(), 401);
}

#[test]
fn debug_shows_no_data() {
    let mut stream = ItemIter::open(&call(), head(200), STREAM);
    stream.next_item().unwrap();
    let shown = format!("{stream:?} {stream:#?}");
    assert!(shown.contains("200") && !shown.contains("Hel"), "{shown}");
}

#[test]
fn it_goes_to_other_threads() {
    fn all<T: Send + Sync + 'static>(_: &T) {}
    all(&ItemIter::open(&call(), head(200), STREAM));
}
