//! A family of events and a value of a user's own, through nothing but what is public.

use std::time::Duration;

use requesty_core::error::DecodeError;
use requesty_core::observe::{Observers, Summary};
use requesty_core::reply::{
    Context, Ended, EventStream, Observed, OneValue, Outcome, Protocol, Seen, Standing, TextDialect, Value,
    is_keep_alive,
};
use requesty_core::{Call, Dialect, End, Error, Incomplete, Machine, Reply, Step};

use crate::support::{cut, head, router};

/// Events `data: <number>`, of which `data: 0` is the last.
#[derive(Clone, Debug, Default)]
struct Countdown {
    sum: u64,
    last: u64,
}

impl Protocol for Countdown {
    type Item<'a> = (u64, &'a [u8]);
    type Owned = u64;
    type Total = u64;

    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome {
        if is_keep_alive(name, data) {
            return Outcome::Skipped;
        }
        if let Some(error) = context.error_in(name, data) {
            return Outcome::Over(Err(error));
        }
        match std::str::from_utf8(data).unwrap_or_default().parse() {
            Ok(0) => Outcome::Last(Ok(())),
            Ok(number) => {
                (self.last, self.sum) = (number, self.sum + number);
                Outcome::Item
            }
            Err(_) => Outcome::Unreadable(DecodeError::new("a number", Some(0), data).into()),
        }
    }

    fn judge(&self, ended: Ended<'_>) -> Result<(), Error> {
        Err(ended.into_error())
    }

    fn item<'a>(&'a self, seen: Seen<'a>) -> (u64, &'a [u8]) {
        (self.last, seen.event().data())
    }

    fn owned(&mut self, _seen: Seen<'_>) -> u64 {
        self.last
    }

    fn total(&self, _standing: Standing) -> u64 {
        self.sum
    }
}

impl Reply for Countdown {
    type Dialect = EventStream<Countdown>;

    fn start(&self, context: Context) -> EventStream<Countdown> {
        EventStream::new(context, self.clone())
    }
}

/// A body of digits.
#[derive(Clone)]
struct Digits;

impl Value for Digits {
    type Total = u64;
    type Partial = ();

    fn read(&self, _context: &Context, body: bytes::Bytes) -> Result<u64, Incomplete<()>> {
        let number = std::str::from_utf8(&body).ok().and_then(|text| text.trim().parse().ok());
        number.ok_or_else(|| Incomplete::new((), DecodeError::new("digits", None, &body).into()))
    }
}

fn play<D: Dialect>(mut machine: Machine<D>, body: &[u8], end: End) -> (Machine<D>, usize) {
    machine.push(body, Duration::ZERO);
    let mut items = 0;
    loop {
        match machine.advance() {
            Ok(Step::Ready) => items += 1,
            Ok(Step::NeedBytes) => machine.end(end.clone()),
            Ok(Step::Done) | Err(_) => return (machine, items),
        }
    }
}

#[test]
fn a_family_of_ones_own_has_all_that_the_others_have() {
    let call = router().post_events("countdown", "from 2").unwrap().reading(Countdown::default());
    let open = || call.open(head(200, "text/event-stream"), Duration::ZERO);
    let (machine, items) = play(open(), b"data: 2\n\n: ping\n\ndata: null\n\ndata: 1\n\ndata: 0\n\n", End::Clean);
    assert_eq!((machine.total().unwrap(), items), (3, 3));
    let (machine, _) = play(open(), b"data: 2\n\ndata: [DONE]\n\n", End::Clean);
    assert!(matches!(machine.total().unwrap_err().error(), Error::Unfinished(_)));
    let (machine, items) = play(open(), b"data: 2\n\ndata: two\n\ndata: 0\n\n", End::Clean);
    let incomplete = machine.total().unwrap_err();
    assert_eq!((*incomplete.partial(), items), (2, 3));
    assert_eq!(incomplete.error().to_string(), "cannot decode a number of 3 bytes: stopped at byte 0");
    let (machine, _) = play(open(), b"data: 2\n\ndata: {\"error\":{\"message\":\"gone\"}}\n\n", End::Clean);
    assert_eq!(machine.total().unwrap_err().error().api().unwrap().message(), Some("gone"));
    let (machine, _) = play(open(), b"data: 2\n\ndata: 1", cut());
    assert!(matches!(machine.total(), Err(cut) if *cut.partial() == 2));
    let (machine, _) = play(open(), b"{\"a\":1}", End::Clean);
    assert!(matches!(machine.total().unwrap_err().error(), Error::Unexpected(_)));
    let mut machine = open();
    machine.push(b"data: 2\n\n", Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    assert_eq!((machine.item(), machine.dialect().so_far()), ((2, &b"2"[..]), 2));
    assert_eq!(machine.owned(), 2);
}

#[test]
fn a_value_of_ones_own_is_a_reply() {
    let call = router().post_events("countdown", "from 2").unwrap().reading(Digits);
    assert_eq!(call.request().headers()["accept"], "application/json");
    let (machine, _) = play(call.open(head(200, "text/plain"), Duration::ZERO), b" 42\n", End::Clean);
    let dialect: &OneValue<Digits> = machine.dialect();
    assert_eq!(format!("{dialect:?}"), "OneValue { outcome: Some(Ok(())), .. }");
    assert_eq!(machine.total().unwrap(), 42);
    let (machine, _) = play(call.open(head(200, "text/plain"), Duration::ZERO), b"many", End::Clean);
    assert_eq!(machine.total().unwrap_err().error().to_string(), "cannot decode digits of 4 bytes");
    let (machine, _) = play(call.open(head(403, "text/plain"), Duration::ZERO), b"no", End::Clean);
    assert_eq!(machine.total().unwrap_err().error().status().unwrap(), 403);
}

/// What a family or a value of one's own does not define is empty: it has no text, no metadata and nothing mended.
#[test]
fn what_a_reply_of_ones_own_does_not_define_is_empty() {
    let events = router().post_events("countdown", "from 2").unwrap().reading(Countdown::default());
    let mut machine = Observed::new(events.open(head(200, "text/event-stream"), Duration::ZERO));
    machine.observe(Observers::new(&events, &[], Duration::ZERO));
    machine.push(b"data: 2\n\n", Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    machine.came(|| Duration::from_secs(1));
    assert_eq!((machine.timings().first_item, machine.timings().first_text), (Some(Duration::from_secs(1)), None));
    assert_eq!((machine.summary(), machine.mended()), (Summary::default(), 0));
    assert_eq!(format!("{machine:?}"), format!("{:?}", &*machine));
    let value = router().post_events("countdown", "from 2").unwrap().reading(Digits);
    let (machine, _) = play(value.open(head(200, "text/plain"), Duration::ZERO), b"42", End::Clean);
    assert_eq!((machine.summary(), machine.mended()), (Summary::default(), 0));
}

#[test]
fn the_text_of_an_item_is_the_same_in_every_family() {
    fn texts<R: Reply<Dialect: TextDialect>>(call: &Call<R>, body: &str) -> Vec<String> {
        let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
        machine.push(body.as_bytes(), Duration::ZERO);
        let mut texts = Vec::new();
        while machine.advance().unwrap() == Step::Ready {
            texts.push(R::Dialect::text(&machine.item()).to_owned());
        }
        texts
    }
    use crate::support::{chat, messages, responses};
    let body = chat::finished(&[r#""reasoning":"hm""#, r#""content":"Hel""#, r#""content":"lo""#], "stop");
    assert_eq!(texts(&chat::stream_call(), &body), ["", "Hel", "lo", ""]);
    assert_eq!(texts(&messages::stream_call(), &messages::texts(&["Hel", "lo"], "end_turn")).concat(), "Hello");
    let delta = |text: &str| format!(r#"{{"type":"response.output_text.delta","item_id":"m","delta":"{text}"}}"#);
    assert_eq!(texts(&responses::stream_call(), &responses::events(&[delta("Hel"), delta("lo")])), ["Hel", "lo"]);
}
