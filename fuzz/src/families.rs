//! The endpoints beside chat: any reply, in any split, comes out the same.

use std::fmt::Debug;
use std::time::Duration;

use requesty_core::audio::{Speech, Transcription};
use requesty_core::chat::{Message, Request};
use requesty_core::images::Generation;
use requesty_core::messages::MessageEvents;
use requesty_core::responses::ResponseEvents;
use requesty_core::sse::Step;
use requesty_core::{ApiKey, Call, Dialect, End, Error, Machine, Reply, Router, embeddings, http, messages, responses};
use serde_json::value::RawValue;

use crate::Pieces;

/// Any reply of any endpoint, in any split, ended in any way, has one outcome.
///
/// The first byte chooses the endpoint, the second one seeds the split, the third one says how the body ends, the rest is
/// the body.
pub fn families(input: &[u8]) {
    let [family, seed, end, body @ ..] = input else { return };
    let ended = Ended { body, seed: *seed, end: *end };
    let router = Router::new(ApiKey::new("rqsty-sk-fuzz").expect("a key"));
    let messages = [Message::user("hi")];
    let request = Request::new(&messages);
    let speech = Speech::new("m", "v", "Hello");
    let asked = [messages::Message::user("hi")];
    let message = messages::Request::new(&asked, 64).model("m");
    let response = responses::Request::new("hi");
    let vector = embeddings::Request::new("hi").model("m");
    match family % FAMILIES {
        0 => ended.check(router.events(&request)),
        1 => ended.check(router.stream_as::<Box<RawValue>>(&request)),
        2 => ended.check(router.post_bytes("x", &())),
        3 => ended.check(router.get::<Box<RawValue>>("x")),
        4 => ended.check(router.chat(&request)),
        5 => ended.compare(router.messages_stream(&message), Call::<MessageEvents>::without_template, show_message),
        6 => ended.check(router.messages(&message)),
        7 => ended.compare(router.responses_stream(&response), Call::<ResponseEvents>::without_template, show_response),
        8 => ended.check(router.responses(&response)),
        9 => ended.check(router.speech_stream(&speech)),
        10 => ended.check(router.mcp(&())),
        11 => ended.check(router.embeddings(&vector)),
        12 => ended.check(router.models()),
        13 => ended.check(router.keys()),
        14 => ended.check(router.organization()),
        15 => ended.check(router.groups()),
        16 => ended.check(router.access_lists()),
        17 => ended.check(router.organization_members()),
        18 => ended.check(router.generate_images(&Generation::new("m", "p"))),
        _ => ended.check(router.transcribe(&Transcription::new("m", "a.wav", b"RIFF"))),
    }
}

/// How many endpoints there are to choose from.
const FAMILIES: u8 = 20;

/// A body, how it is cut, and how it ends.
struct Ended<'a> {
    body: &'a [u8],
    seed: u8,
    end: u8,
}

impl Ended<'_> {
    fn check<R: Reply>(&self, call: Result<Call<R>, Error>)
    where
        <R::Dialect as Dialect>::Total: Debug,
        <R::Dialect as Dialect>::Partial: Debug,
    {
        let call = call.expect("a call");
        // The items of raw bytes are as many as the pieces.
        let total = |seed| self.play(&call, seed, |_| String::new()).1;
        assert_eq!(total(0), total(self.seed));
    }

    /// Does the same for a call that reads events by their difference from the event before, and reads them in full too:
    /// each event shows the same.
    fn compare<R: Reply>(
        &self,
        call: Result<Call<R>, Error>,
        in_full: fn(Call<R>) -> Call<R>,
        show: fn(&mut Machine<R::Dialect>) -> String,
    ) where
        <R::Dialect as Dialect>::Total: Debug,
        <R::Dialect as Dialect>::Partial: Debug,
    {
        let call = call.expect("a call");
        let plain = self.play(&in_full(call.clone()), 0, show);
        assert_eq!(plain, self.play(&call, 0, show));
        assert_eq!(plain, self.play(&call, self.seed, show));
    }

    /// Returns what `show` shows of each item, and what the reply adds up to, or how far it came and why.
    fn play<R: Reply>(
        &self,
        call: &Call<R>,
        seed: u8,
        show: impl Fn(&mut Machine<R::Dialect>) -> String,
    ) -> (Vec<String>, String)
    where
        <R::Dialect as Dialect>::Total: Debug,
        <R::Dialect as Dialect>::Partial: Debug,
    {
        let head = http::Response::builder().status(200).body(()).expect("a head").into_parts().0;
        let mut machine = call.open(head, Duration::ZERO);
        let mut pieces = Pieces::new(seed, self.body);
        let mut items = Vec::new();
        loop {
            match machine.advance() {
                Ok(Step::Ready) => {
                    machine.item();
                    machine.owned();
                    items.push(show(&mut machine));
                }
                Ok(Step::NeedBytes) => match pieces.next() {
                    Some(piece) => machine.push(piece, Duration::ZERO),
                    None if self.end % 2 == 0 => machine.end(End::Clean),
                    None => machine.end(End::Cut(std::sync::Arc::new(std::io::Error::other("cut")))),
                },
                Ok(Step::Done) | Err(_) => break,
            }
        }
        // After the end, the end stays the end.
        let over = machine.advance().is_ok();
        let summary = machine.dialect().summary();
        let total = machine.total();
        assert_eq!(over, total.is_ok(), "an end without a total, or the other way about");
        (items, format!("{total:?} {summary:?}"))
    }
}

fn show_message(machine: &mut Machine<<MessageEvents as Reply>::Dialect>) -> String {
    let (owned, progressed) = (machine.owned(), machine.dialect().progressed());
    let event = machine.item();
    let texts =
        (event.text(), event.thinking(), event.signature(), event.input().map(|input| (input.json(), input.offset())));
    let rest = (event.position(), event.stop_reason(), event.usage(), event.problem(), owned.text(), owned.thinking());
    format!("{progressed} {event:?} {owned:?} {texts:?} {rest:?} {}", event.raw().escape_ascii())
}

fn show_response(machine: &mut Machine<<ResponseEvents as Reply>::Dialect>) -> String {
    let (owned, progressed) = (machine.owned(), machine.dialect().progressed());
    let event = machine.item();
    let places = (event.output_index(), event.part_index(), event.item_id(), owned.as_event().item_id());
    format!("{progressed} {event:?} {owned:?} {places:?} {}", event.raw().escape_ascii())
}
