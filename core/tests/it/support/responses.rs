//! Drives calls for responses, whole and streamed.

use std::time::Duration;

use requesty_core::responses::{Event, EventKind, OwnedEvent, Request, Response, ResponseEvents, WholeResponse};
use requesty_core::{Call, Dialect, End, Error, Incomplete, Limits, Step};
use serde_json::Value;

use super::{drive, head, router};

/// What a stream gave.
pub type Played = super::Played<Response, OwnedEvent>;

impl Played {
    pub fn response(&self) -> &Response {
        self.so_far()
    }

    #[track_caller]
    pub fn complete(&self) -> &Response {
        match &self.total {
            Ok(response) => response,
            Err(incomplete) => panic!("{}", incomplete.error()),
        }
    }

    #[track_caller]
    pub fn failure(&self) -> &Error {
        self.error().expect("an error")
    }

    pub fn kinds(&self) -> Vec<EventKind> {
        self.items.iter().map(|item| item.as_event().kind()).collect()
    }

    pub fn texts(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.as_event().text()).collect()
    }

    /// All that was lent of text, reasoning and refusal.
    pub fn told(&self) -> [String; 3] {
        let all = |of: fn(&OwnedEvent) -> &str| self.items.iter().map(of).collect::<String>();
        [all(|it| it.as_event().text()), all(|it| it.as_event().reasoning()), all(|it| it.as_event().refusal())]
    }
}

pub fn stream_call() -> Call<ResponseEvents> {
    router().responses_stream(&Request::new("hi")).unwrap()
}

/// Plays a body in the given pieces and ends it as `end` says.
pub fn play_pieces<'a>(call: &Call<ResponseEvents>, pieces: impl IntoIterator<Item = &'a [u8]>, end: End) -> Played {
    let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
    let (items, last) = drive(&mut machine, pieces, end, |machine| {
        let owned = machine.owned();
        assert_eq!(shown(&owned.as_event()), shown(&machine.item()));
        owned
    });
    // After the end, nothing is lent.
    let item = machine.item();
    assert_eq!((item.text(), item.kind(), item.raw().len()), ("", EventKind::Other, 0));
    let (so_far, summary) = (machine.dialect().so_far(), machine.dialect().summary());
    let total = machine.total();
    let played = Played { total, items, last };
    assert_eq!(summary, played.response().summary());
    assert_eq!(&so_far, played.response());
    played
}

/// Plays a body whole, and in pieces of several sizes; the outcome must be the same.
pub fn play_as(call: &Call<ResponseEvents>, body: &[u8], end: &End) -> Played {
    let whole = play_pieces(call, [body], end.clone());
    for piece in [1, 3, 64] {
        same(&whole, &play_pieces(call, body.chunks(piece), end.clone()), &format!("pieces of {piece}"));
    }
    whole
}

pub fn play(body: &str) -> Played {
    play_as(&stream_call(), body.as_bytes(), &End::Clean)
}

pub fn with_limits(body: &str, limits: Limits) -> Played {
    play_as(&stream_call().with_limits(limits), body.as_bytes(), &End::Clean)
}

#[track_caller]
pub fn same(one: &Played, other: &Played, what: &str) {
    assert_eq!(one.response(), other.response(), "{what}");
    assert_eq!(one.items.len(), other.items.len(), "{what}");
    for (one, other) in one.items.iter().zip(&other.items) {
        assert_eq!(shown(&one.as_event()), shown(&other.as_event()), "{what}");
    }
    let error = |played: &Played| format!("{:?}", played.error());
    assert_eq!(error(one), error(other), "{what}");
}

/// All that an event shows.
type Shown<'a> = (EventKind, &'a [u8], [&'a str; 3], Option<(u64, [Option<&'a str>; 2], &'a str, usize)>, bool);

fn shown<'a>(event: &Event<'a>) -> Shown<'a> {
    let call = event
        .call()
        .map(|call| (call.output_index(), [call.call_id(), call.name()], call.arguments(), call.arguments_offset()));
    let texts = [event.text(), event.reasoning(), event.refusal()];
    (event.kind(), event.raw(), texts, call, event.problem().is_some())
}

/// Frames events with their names, as the router does.
pub fn events<T: AsRef<str>>(data: &[T]) -> String {
    data.iter().map(|data| event(data.as_ref())).collect()
}

pub fn event(data: &str) -> String {
    // Halves of characters are no JSON to a strict reader.
    let halved = data.replace("\\ud83d", "").replace("\\ude00", "");
    let value: Value = serde_json::from_str(&halved).unwrap();
    format!("event: {}\ndata: {data}\n\n", value["type"].as_str().unwrap())
}

/// A request as it is written.
pub fn body(request: &Request<'_>) -> String {
    String::from_utf8(request.whole_body().unwrap().to_vec()).unwrap()
}

/// A request as a server reads it.
pub fn sent(request: &Request<'_>) -> Value {
    serde_json::from_str(&body(request)).unwrap()
}

pub fn whole_call() -> Call<WholeResponse> {
    router().responses(&Request::new("hi").model("openai/gpt-4.1")).unwrap()
}

/// Plays a whole reply in pieces; its total and what it says of itself must agree.
pub fn read_as(
    call: &Call<WholeResponse>,
    status: u16,
    body: &str,
    end: End,
) -> Result<Response, Incomplete<Response>> {
    let mut machine = call.open(head(status, "application/json"), Duration::ZERO);
    let (_, last) = drive(&mut machine, body.as_bytes().chunks(9), end, |_| ());
    machine.item();
    machine.owned();
    let summary = machine.dialect().summary();
    let total = machine.total();
    assert_eq!(matches!(last, Ok(Step::Done)), total.is_ok());
    assert_eq!(summary, total.as_ref().unwrap_or_else(Incomplete::partial).summary());
    total
}

pub fn read(body: &str) -> Result<Response, Incomplete<Response>> {
    read_as(&whole_call(), 200, body, End::Clean)
}

/// Reads a whole reply with these items.
pub fn output(items: &str) -> Response {
    read(&format!(r#"{{"status":"completed","output":{items}}}"#)).unwrap()
}
