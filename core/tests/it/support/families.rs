//! Every family of events behind one face, to play the same to all of them.

use std::time::Duration;

#[cfg(feature = "base64")]
use requesty_core::audio::Speech;
use requesty_core::error::{Phase, Timeout};
use requesty_core::{Call, Dialect, End, Error, Reply, Step, chat, messages, responses};
use serde_json::{Map, Value};

use super::{head, router};

/// One family, with an event of its own of each kind.
pub struct Family {
    pub name: &'static str,
    /// An event that is an item, and takes the answer further.
    pub item: &'static str,
    /// The event that completes the answer.
    pub finish: &'static str,
    /// A body that ends in good order between two events is complete without it.
    pub ends_with_body: bool,
    /// `[DONE]` is an end of its own.
    pub ends_with_done: bool,
    /// An event that has no blank line, but is whole, is read.
    pub reads_unterminated: bool,
    play: Box<dyn Fn(Script<'_>) -> Played>,
}

/// What is played.
#[derive(Clone)]
pub struct Script<'a> {
    pub body: &'a [u8],
    /// How many bytes come at once.
    pub piece: usize,
    /// The ends that are given, one after the other.
    pub ends: Vec<End>,
}

/// What came of it.
#[derive(Debug)]
pub struct Played {
    /// The data of each item as it came, and whether it took the answer further.
    pub items: Vec<(Vec<u8>, bool)>,
    pub last: Result<Step, Error>,
    pub total: Result<(), Error>,
    pub mended: u64,
    /// Where all bytes came at once, after 6 seconds: the progress clock, which allows 10, passed after 11.
    pub stalled: bool,
}

impl Family {
    /// Plays a body in pieces, then an end.
    pub fn play(&self, body: &str, end: End) -> Played {
        self.play_ends(body, &[end])
    }

    /// Plays a body whole and byte by byte, then some ends; both must come to the same.
    pub fn play_ends(&self, body: &str, ends: &[End]) -> Played {
        let script = |piece| Script { body: body.as_bytes(), piece, ends: ends.to_vec() };
        let whole = (self.play)(script(body.len().max(1)));
        let bytes = (self.play)(script(1));
        assert_eq!((&whole.items, whole.mended), (&bytes.items, bytes.mended), "{}: {body:?}", self.name);
        assert_eq!(format!("{:?}", whole.total), format!("{:?}", bytes.total), "{}: {body:?}", self.name);
        whole
    }
}

/// Returns all families.
pub fn families() -> Vec<Family> {
    let router = router();
    let history = [chat::Message::user("hi")];
    let asked = [messages::Message::user("hi")];
    let request = chat::Request::new(&history);
    let message = messages::Request::new(&asked, 64).model("m");
    let response = responses::Request::new("hi").model("m");
    let raw = router.events(&request).unwrap();
    let typed = router.stream_as::<Map<String, Value>>(&request).unwrap();
    let n = "data: {\"n\":1}\n\n";
    let done = "data: [DONE]\n\n";
    vec![
        Family { reads_unterminated: false, ..family("raw", n, done, raw.clone(), |item| item.data().to_vec()) },
        Family {
            ends_with_body: true,
            reads_unterminated: false,
            ..family("raw with its body", n, n, raw.ending_with_body(), |item| item.data().to_vec())
        },
        family("typed", n, done, typed.clone(), |item| item.raw().to_vec()),
        Family {
            ends_with_body: true,
            ..family("typed with its body", n, n, typed.ending_with_body(), |item| item.raw().to_vec())
        },
        #[cfg(feature = "base64")]
        Family {
            ends_with_done: false,
            ..family(
                "speech",
                "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAAA\"}\n\n",
                "data: {\"type\":\"speech.audio.done\"}\n\n",
                router.speech_stream(&Speech::new("m", "v", "Hello")).unwrap(),
                |item| item.raw().to_vec(),
            )
        },
        Family {
            ends_with_done: false,
            ..family(
                "responses",
                "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"a\"}\n\n",
                "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[]}}\n\n",
                router.responses_stream(&response).unwrap(),
                |item| item.raw().to_vec(),
            )
        },
        Family {
            ends_with_done: false,
            ..family(
                "messages",
                "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n",
                "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n",
                router.messages_stream(&message).unwrap(),
                |item| item.raw().to_vec(),
            )
        },
        Family {
            ends_with_done: false,
            ..family(
                "chat",
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n",
                "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
                router.chat_stream(&request).unwrap(),
                |item| item.raw().to_vec(),
            )
        },
        Family {
            ends_with_body: true,
            ..family(
                "mcp",
                "data: {\"jsonrpc\":\"2.0\",\"method\":\"m\"}\n\n",
                "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n",
                router.mcp(&()).unwrap(),
                |item| item.raw().to_vec(),
            )
        },
    ]
}

fn family<R: Reply>(
    name: &'static str,
    item: &'static str,
    finish: &'static str,
    call: Call<R>,
    data: impl Fn(<R::Dialect as Dialect>::Item<'_>) -> Vec<u8> + 'static,
) -> Family {
    let timeouts = call.timeouts().with_idle_progress(Duration::from_secs(10));
    let call = call.with_timeouts(timeouts);
    let play = move |script: Script<'_>| {
        let at = Duration::from_secs;
        let mut machine = call.open(head(200, "text/event-stream"), at(0));
        let mut pieces = script.body.chunks(script.piece);
        let mut ends = script.ends.into_iter();
        let (mut items, mut stalled) = (Vec::new(), false);
        let last = loop {
            match machine.advance() {
                Ok(Step::Ready) => items.push((data(machine.item()), machine.dialect().progressed())),
                Ok(Step::NeedBytes) => match pieces.next() {
                    Some(piece) => {
                        machine.waiting(at(0));
                        machine.push(piece, at(6));
                    }
                    None => {
                        machine.waiting(at(6));
                        stalled = machine.check(at(11)).is_some();
                        machine.end(ends.next().expect("bytes are wanted after the end"));
                    }
                },
                last => break last,
            }
        };
        // What is said after the end changes nothing.
        for end in ends {
            machine.end(end);
            machine.push(b"data: {}\n\n", at(6));
        }
        for _ in 0..3 {
            assert_eq!(format!("{:?}", machine.advance()), format!("{last:?}"));
        }
        let mended = machine.mended();
        let total = machine.total().map(drop).map_err(Error::from);
        assert_eq!(format!("{:?}", total.as_ref().err()), format!("{:?}", last.as_ref().err()));
        Played { items, last, total, mended, stalled }
    };
    let play = Box::new(play);
    Family { name, item, finish, ends_with_body: false, ends_with_done: true, reads_unterminated: true, play }
}

/// Returns the end of a body that came too slowly.
pub fn timed_out() -> End {
    End::TimedOut(Timeout::new(Phase::IdleBytes, Duration::from_secs(1)))
}
