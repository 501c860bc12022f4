//! The loop: whatever is answered, its history can be sent, no cut call is run, and it ends.

use std::time::Duration;

use requesty_core::agent::{Action, BadCalls, Bounds, Continuation, Conversation, Entry, Loop, RunnableCall, Stop};
use requesty_core::agent::{StreamEvent, StreamView, Tools};
use requesty_core::sse::Step;
use requesty_core::{ApiKey, Call, End, Incomplete, Router, chat, http, messages, responses};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::Pieces;

#[path = "../../core/tests/it/agent/well_formed.rs"]
mod well_formed;

/// Any answers, streamed and in any split, leave a history that can be sent; the loop stays in its bounds and ends; and the texts
/// that the event view shows are the text of the answer.
///
/// The first byte chooses the family, the second one seeds the split, the third one has flags, the rest is answers, divided by
/// the byte 0xff.
pub fn agent(input: &[u8]) {
    let [family, seed, flags, bodies @ ..] = input else { return };
    let play = Play { seed: *seed, flags: *flags, bodies };
    match family % 3 {
        0 => play.run::<chat::Message>(chat::Request::new(&[]), |request| request.whole_body().ok(), well_formed::chat),
        1 => play.run::<messages::Message>(
            messages::Request::new(&[], 64).model("m"),
            |request| request.whole_body().ok(),
            well_formed::messages,
        ),
        _ => play.run::<responses::InputItem>(
            responses::Request::new(""),
            |request| request.whole_body().ok(),
            well_formed::responses,
        ),
    }
}

struct Play<'a> {
    seed: u8,
    flags: u8,
    bodies: &'a [u8],
}

enum Next {
    Send,
    Call(Vec<RunnableCall>),
    Approve(Vec<RunnableCall>),
    Stopped(Stop),
    Done,
}

impl Play<'_> {
    fn has(&self, flag: u8) -> bool {
        self.flags & (1 << flag) != 0
    }

    fn run<E>(
        &self,
        settings: E::Request<'static>,
        body: impl Fn(&E::Request<'_>) -> Option<bytes::Bytes>,
        wrong: impl Fn(&Value) -> Option<String>,
    ) where
        E: Entry,
    {
        let router = Router::new(ApiKey::new("rqsty-sk-fuzz").expect("a key"));
        let tools = || Tools::new().function("f", "", &json!({"type": "object"})).expect("a schema");
        let bad_calls = if self.has(0) { BadCalls::Answer } else { BadCalls::Stop };
        let asks = self.has(1);
        let make = |conversation| {
            Loop::<E>::new(conversation, tools(), settings.clone())
                .with_bounds(Bounds::default().turns(6).continuations(2))
                .with_bad_calls(bad_calls)
                .with_approval(move |_| asks)
        };
        let mut agent = make(Conversation::from([E::user_text("hi".to_owned())]));
        let mut answers = self.bodies.split(|byte| *byte == 0xff);
        let mut requests = 0;
        for step in 0.. {
            assert!(step < 10_000, "the loop does not end");
            if self.has(2) {
                let kept = serde_json::to_string(agent.conversation()).expect("a conversation can be written");
                agent = make(serde_json::from_str(&kept).expect("and read"));
            }
            let mut call = None;
            let next = match agent.next() {
                Action::Send(request) => {
                    let body = body(&request).expect("a request that can be sent");
                    match serde_json::from_slice(&body) {
                        Ok(body) => assert_eq!(wrong(&body), None, "{body}"),
                        // Unknown members are sent as they came: half a surrogate pair is JSON, and is no text.
                        Err(_) => drop(serde_json::from_slice::<&RawValue>(&body).expect("a body")),
                    }
                    call = Some(E::stream(&router, &request).expect("a request that can be sent"));
                    Next::Send
                }
                Action::Call(calls) => Next::Call(calls),
                Action::Approve(calls) => Next::Approve(calls),
                Action::Stopped(stop) => Next::Stopped(stop),
                _ => Next::Done,
            };
            match next {
                Next::Send => {
                    let (Some(call), Some(answer)) = (call, answers.next()) else { return };
                    requests += 1;
                    assert!(requests <= 6, "a request beyond the bound");
                    match self.answer::<E>(&call, answer) {
                        Ok(answer) => agent.answered(answer).expect("an answer is waited for"),
                        Err(incomplete) => agent.cut(incomplete).expect("an answer is waited for"),
                    }
                }
                Next::Call(calls) => {
                    assert!(!calls.is_empty(), "no calls to run");
                    for call in calls {
                        assert_eq!(call.name(), "f");
                        call.arguments_as::<Value>().expect("arguments that are JSON");
                        agent.result(call.id(), "ok").expect("an open call");
                    }
                }
                Next::Approve(calls) => {
                    for (place, call) in calls.iter().enumerate() {
                        let settled =
                            if place % 2 == 0 { agent.approve(call.id()) } else { agent.refuse(call.id(), "") };
                        settled.expect("a call that asks");
                    }
                }
                Next::Stopped(Stop::Cut { .. } | Stop::Early { .. } | Stop::BadCall { .. }) if self.has(3) => {
                    let how = if self.has(4) { Continuation::Prefix } else { Continuation::Ask };
                    if agent.continue_cut(how).is_err() {
                        return;
                    }
                }
                Next::Done | Next::Stopped(_) => return,
            }
        }
    }

    fn answer<E: Entry>(&self, call: &Call<E::StreamReply>, body: &[u8]) -> Result<E::Answer, Incomplete<E::Answer>> {
        let kind = if self.has(5) { "application/json" } else { "text/event-stream" };
        let head = http::Response::builder().header("content-type", kind).body(()).expect("a head").into_parts().0;
        let mut machine = call.open(head, Duration::ZERO);
        let mut pieces = Pieces::new(self.seed, body);
        let (mut view, mut shown) = (StreamView::new(), String::new());
        loop {
            match machine.advance() {
                Ok(Step::Ready) => E::see(&machine.item(), &mut view, &mut |event| {
                    if let StreamEvent::Text { delta, so_far } = event {
                        shown += delta;
                        assert_eq!(shown, so_far);
                    }
                }),
                Ok(Step::NeedBytes) => match pieces.next() {
                    Some(piece) => machine.push(piece, Duration::ZERO),
                    None => machine.end(End::Clean),
                },
                Ok(Step::Done) | Err(_) => break,
            }
        }
        let total = machine.total();
        let answer = total.as_ref().unwrap_or_else(Incomplete::partial);
        assert_eq!(E::text(answer), shown);
        total
    }
}
