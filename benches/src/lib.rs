#![forbid(unsafe_code)]
//! What the benches have in common: streams made by rule, and one way through the core that checks what came out.

use std::time::Duration;

use requesty_core::chat::{Chunks, Message, Request};
use requesty_core::{ApiKey, Call, End, Router, Step, http};

/// A stream of one shape, with what must come out of it.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// What is in each delta.
    pub name: &'static str,
    /// The bytes on the wire.
    pub body: Vec<u8>,
    /// How many chunks it has, the last ones without text included.
    pub chunks: usize,
    /// How many bytes of text, reasoning and arguments it adds up to.
    pub text: usize,
}

/// Returns a stream of `events` chunks of OpenAI's full shape for each kind of delta.
pub fn corpora(events: usize) -> Vec<Corpus> {
    let kinds: [(&str, &str, usize); 5] = [
        ("text", r#""content":" word""#, 5),
        ("escapes", r#""content":"\"a\"\n""#, 4),
        ("chinese", r#""content":"你好""#, 6),
        ("reasoning", r#""reasoning_content":" think""#, 6),
        ("tool", r#""tool_calls":[{"index":0,"id":"call_1","function":{"name":"f","arguments":"{\"a\":"}}]"#, 5),
    ];
    kinds.into_iter().map(|(name, delta, text)| corpus(name, delta, events, text)).collect()
}

/// Returns the call whose reply the corpora are.
pub fn call() -> Call<Chunks> {
    let messages = [Message::user("hi")];
    let router = Router::new(ApiKey::new("rqsty-sk-bench").expect("a key"));
    router.chat_stream(&Request::new(&messages)).expect("a request")
}

/// Reads a corpus in pieces of `piece` bytes through the machine, its copy included, and adds it up.
///
/// # Panics
/// Panics where anything but the whole corpus comes out: a bench of the wrong result measures nothing.
pub fn decode(call: &Call<Chunks>, corpus: &Corpus, piece: usize) {
    let head = http::Response::builder().header("content-type", "text/event-stream").body(()).expect("a head");
    let mut machine = call.open(head.into_parts().0, Duration::ZERO);
    let mut pieces = corpus.body.chunks(piece);
    let (mut chunks, mut text) = (0, 0);
    loop {
        match machine.advance().expect("the corpus is a complete stream") {
            Step::Ready => {
                chunks += 1;
                for delta in machine.item().deltas() {
                    let calls: usize = delta.tool_calls().map(|call| call.arguments().len()).sum();
                    text += delta.text().len() + delta.reasoning().len() + calls;
                }
            }
            Step::NeedBytes => match pieces.next() {
                Some(piece) => machine.push(piece, Duration::ZERO),
                None => machine.end(End::Clean),
            },
            Step::Done => break,
        }
    }
    assert_eq!((chunks, text), (corpus.chunks, corpus.text), "{}", corpus.name);
    assert!(machine.total().is_ok());
}

fn corpus(name: &'static str, delta: &str, events: usize, text: usize) -> Corpus {
    let event = format!(
        "data: {{\"id\":\"chatcmpl-abc123def456ghi789jkl\",\"object\":\"chat.completion.chunk\",\"created\":1748200000,\
         \"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_abcdef1234\",\
         \"choices\":[{{\"index\":0,\"delta\":{{{delta}}},\"logprobs\":null,\"finish_reason\":null}}]}}\n\n"
    );
    let end = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    Corpus { name, body: (event.repeat(events) + end).into_bytes(), chunks: events + 1, text: events * text }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_corpus_comes_out_whole_however_it_is_fed() {
        let call = super::call();
        for corpus in super::corpora(50) {
            for piece in [1, 64, 1400, usize::MAX] {
                super::decode(&call, &corpus, piece);
            }
        }
    }
}
