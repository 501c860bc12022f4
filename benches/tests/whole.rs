//! Every corpus comes out whole, however it is cut: of the core, and of the peers as far as they go.

use requesty_benches::contestants::{self, Contestant};
use requesty_benches::corpora::{self, Corpus};
use requesty_benches::feed::{CUTS, Cut, Feed};

const EVENTS: usize = 300;

/// The name of the corpus that is not everywhere.
const RECORDED: &str = "recorded";

#[test]
fn every_corpus_comes_out_whole_however_it_is_cut() {
    corpora::all(EVENTS).iter().filter(|corpus| corpus.name != RECORDED).for_each(check_ours);
}

#[test]
fn the_peers_give_what_they_can() {
    corpora::all(EVENTS).iter().filter(|corpus| corpus.name != RECORDED).for_each(check_peers);
}

mod conformance {
    use super::*;

    #[test]
    #[ignore = "needs REQUESTY_CONFORMANCE, the folder of the recordings"]
    fn recorded_streams_come_out_whole_however_they_are_cut() {
        let recorded = corpora::named(RECORDED, EVENTS).expect("REQUESTY_CONFORMANCE is the folder of the recordings");
        check_ours(&recorded);
        check_peers(&recorded);
    }
}

fn check_ours(corpus: &Corpus) {
    for cut in CUTS {
        for contestant in [contestants::OURS, contestants::OURS_PLAIN, contestants::OURS_OWNED, contestants::FRAME] {
            check(contestant, corpus, *cut);
        }
    }
}

fn check_peers(corpus: &Corpus) {
    for contestant in contestants::DECODING.iter().chain(contestants::FRAMING) {
        // One of the recordings has a line whose field name starts with a space: eventsource-client ends the stream there.
        // sse-frame counts one event more than the standard gives.
        if matches!(contestant.name, "eventsource-client" | "sse-frame") && corpus.name == RECORDED {
            continue;
        }
        let refused = check(*contestant, corpus, Cut::Every(1_400));
        assert!(refused == 0 || corpus.name == RECORDED, "{} refuses {refused} of {}", contestant.name, corpus.name);
    }
}

#[test]
fn the_other_families_come_out_whole_however_they_are_cut() {
    for &(contestant, name) in contestants::FAMILIES {
        let corpus = corpora::named(name, EVENTS).unwrap();
        assert!(corpus.events().abs_diff(EVENTS) < 3, "{name}");
        for cut in CUTS {
            check(contestant, &corpus, *cut);
        }
    }
}

#[test]
fn the_peers_read_messages_and_responses_whole() {
    for (name, peers) in [("messages", contestants::OF_MESSAGES), ("responses", contestants::OF_RESPONSES)] {
        let corpus = corpora::named(name, EVENTS).unwrap();
        for peer in peers {
            let refused = check(*peer, &corpus, Cut::Every(1_400));
            assert_eq!(refused, 0, "{} on {name}", peer.name);
        }
    }
}

#[test]
fn one_large_event_comes_out_whole() {
    let stream = corpora::huge(1 << 20);
    let corpus = Corpus { name: "huge", streams: vec![stream] };
    check(contestants::OURS, &corpus, Cut::Every(1_400));
}

/// The tables give nanoseconds and instructions for an event of about this size.
#[test]
fn the_text_corpora_have_the_sizes_that_are_claimed() {
    for (name, size) in [("text", 297.0), ("text_min", 206.0), ("reason", 257.0)] {
        let corpus = corpora::named(name, 3_000).unwrap();
        let mean = corpus.bytes() as f64 / corpus.events() as f64;
        assert!((mean - size).abs() < 2.0, "{name}: {mean} bytes an event");
    }
}

#[test]
fn no_two_chunks_of_the_adversary_have_the_same_shape() {
    let corpus = corpora::named("adversarial", EVENTS).unwrap();
    let body = String::from_utf8(corpus.streams[0].body.to_vec()).unwrap();
    let shapes: Vec<String> = body.split("\n\n").map(shape).collect();
    for pair in shapes.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
}

/// What is left of an event without its text.
fn shape(event: &str) -> String {
    let Some((front, rest)) = event.split_once("\"content\":\"") else { return event.to_owned() };
    // No token of the corpus has a quote.
    let (_, back) = rest.split_once('"').expect("the end of the text");
    format!("{front}{back}")
}

fn check(contestant: Contestant, corpus: &Corpus, cut: Cut) -> usize {
    let mut refused = 0;
    for stream in &corpus.streams {
        let outcome = (contestant.read)(&Feed::new(stream, cut));
        let who = format!("{} on {} at {cut}", contestant.name, corpus.name);
        outcome.check(&who, contestant.gives, &stream.expected, stream.events);
        refused += outcome.refused();
    }
    refused
}
