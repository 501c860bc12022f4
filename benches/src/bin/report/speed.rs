//! How many times as fast as others: the goals by corpus and cut, and the races that tell.

use requesty_benches::callgrind::feeds;
use requesty_benches::contestants::{
    self, ASYNC_OPENAI, EVENTSOURCE_STREAM, FRAME, MEMCHR, OURS, OURS_OWNED, OURS_PLAIN, SSE_STREAM, SSE_STREAM_TYPES,
};
use requesty_benches::corpora::{self, Corpus, NAMES};
use requesty_benches::feed::{CUTS, Cut};
use requesty_benches::ours;

use crate::figure::{Figure, Figures, Goal};
use crate::race::{Times, race};

/// The cut of a network's packets, at which corpora are compared.
pub(crate) const PACKET: Cut = Cut::Every(1_400);
const EVENTS: usize = 3_000;
/// With pieces of one byte, and with one piece for everything, some peers take a hundred times as long for an event.
const FEW_EVENTS: usize = 300;

/// How many times as fast as async-openai's path, and as sse-stream with the same types, by corpus at [`PACKET`].
const BY_CORPUS: &[(&str, f64, f64)] = &[
    ("text", 18.0, 9.0),
    ("tool", 18.0, 9.0),
    ("reason", 15.0, 7.5),
    ("zh", 15.0, 7.5),
    ("zh_esc", 9.0, 4.5),
    ("requesty", 11.0, 5.5),
    ("mixed", 12.0, 6.0),
    ("recorded", 8.0, 4.0),
    ("adversarial", 5.0, 2.5),
];

/// The same, by cut on `text`.
const BY_CUT: &[(Cut, f64, f64)] = &[(Cut::Every(1), 20.0, 3.0), (Cut::Event, 24.0, 12.0)];

/// What the races gave.
#[derive(Debug, Default)]
pub(crate) struct Races {
    pub(crate) by_corpus: Vec<Times>,
    pub(crate) by_cut: Vec<Times>,
    pub(crate) framing: Vec<Times>,
}

/// Runs every race.
pub(crate) fn run(figures: &mut Figures) -> Races {
    let mut races = Races::default();
    for name in NAMES {
        let Some(corpus) = corpora::named(name, EVENTS) else {
            println!("# no {name}: REQUESTY_CONFORMANCE is not set to a folder with recordings");
            let goals = BY_CORPUS.iter().filter(|(corpus, ..)| corpus == name);
            for (peer, goal) in goals.flat_map(|(_, first, second)| peers(*first, *second)) {
                let figure = Figure::unknown(format!("ratio {name} {PACKET} {}", peer.name), "no recordings");
                figures.add(figure.goal(Goal::AtLeast(goal)));
            }
            continue;
        };
        let times = race(&corpus, PACKET, contestants::DECODING);
        print_times(figures, "ns", &times);
        if let Some((_, first, second)) = BY_CORPUS.iter().find(|(corpus, ..)| corpus == name) {
            ratios(figures, &times, "", OURS, *first, *second);
        }
        if *name == "text" {
            ratios(figures, &times, "owned ", OURS_OWNED, 7.0, 3.5);
        }
        plain(figures, &times);
        hits(figures, &corpus);
        races.by_corpus.push(times);
    }
    for cut in CUTS {
        if *cut == PACKET {
            races.by_cut.extend(races.by_corpus.iter().find(|times| times.corpus == "text").cloned());
            continue;
        }
        let times = race(&text(*cut), *cut, contestants::DECODING);
        print_times(figures, "ns", &times);
        if let Some((_, first, second)) = BY_CUT.iter().find(|(known, ..)| known == cut) {
            ratios(figures, &times, "", OURS, *first, *second);
        }
        races.by_cut.push(times);
    }
    for cut in CUTS {
        let times = race(&text(*cut), *cut, contestants::FRAMING);
        print_times(figures, "frame-ns", &times);
        if *cut == PACKET {
            framing(figures, &times);
        }
        races.framing.push(times);
    }
    races
}

fn text(cut: Cut) -> Corpus {
    let few = matches!(cut, Cut::Every(1) | Cut::Whole);
    corpora::named("text", if few { FEW_EVENTS } else { EVENTS }).expect("a corpus")
}

fn peers(first: f64, second: f64) -> [(contestants::Contestant, f64); 2] {
    [(ASYNC_OPENAI, first), (SSE_STREAM_TYPES, second)]
}

fn ratios(figures: &mut Figures, times: &Times, what: &str, ours: contestants::Contestant, first: f64, second: f64) {
    for (peer, goal) in peers(first, second) {
        let ratio = times.ratio(peer, ours).expect("both ran");
        let name = format!("ratio {what}{} {} {}", times.corpus, times.cut, peer.name);
        figures.add(Figure::new(name, ratio, 1).goal(Goal::AtLeast(goal)));
    }
}

/// A template may cost what it cannot win: little where it never hits, and little on any stream.
fn plain(figures: &mut Figures, times: &Times) {
    let ratio = times.ratio(OURS, OURS_PLAIN).expect("both ran");
    let name = format!("slowdown {} {} plain-scan", times.corpus, times.cut);
    let goal = Goal::AtMost(if times.corpus == "adversarial" { 1.1 } else { 1.15 });
    figures.add(Figure::new(name, ratio, 2).goal(goal));
}

/// How many of the chunks the template read.
fn hits(figures: &mut Figures, corpus: &Corpus) {
    let hits: u64 = feeds(corpus, PACKET).iter().map(ours::hits).sum();
    let chunks: usize = corpus.streams.iter().map(|stream| stream.expected.chunks).sum();
    let share = 100.0 * hits as f64 / chunks as f64;
    figures.add(Figure::new(format!("template-hits {} {PACKET}", corpus.name), share, 1).note("percent"));
}

fn framing(figures: &mut Figures, times: &Times) {
    for (peer, goal) in [(EVENTSOURCE_STREAM, 20.0), (SSE_STREAM, 3.0)] {
        let ratio = times.ratio(peer, FRAME).expect("both ran");
        let name = format!("ratio framing {} {} {}", times.corpus, times.cut, peer.name);
        figures.add(Figure::new(name, ratio, 1).goal(Goal::AtLeast(goal)));
    }
    let ratio = times.ratio(FRAME, MEMCHR).expect("both ran");
    let name = format!("slowdown framing {} {} {}", times.corpus, times.cut, MEMCHR.name);
    figures.add(Figure::new(name, ratio, 2).goal(Goal::AtMost(1.6)));
}

fn print_times(figures: &mut Figures, kind: &str, times: &Times) {
    for (contestant, ns) in &times.rows {
        let name = format!("{kind} {} {} {}", times.corpus, times.cut, contestant.name);
        figures.add(Figure::new(name, *ns, 1));
    }
    for (who, share) in &times.lost {
        figures.add(Figure::new(format!("lost-text {} {} {who}", times.corpus, times.cut), *share, 1).note("percent"));
    }
    for (who, refused, chunks) in &times.refused {
        let name = format!("refused-chunks {} {} {who}", times.corpus, times.cut);
        figures.add(Figure::new(name, *refused as f64, 0).note(format!("of {chunks}")));
    }
}
