//! Instructions per event: goals of our own, and a watch over the peers' wiring. Counted, not timed, so the same each time.

use std::path::Path;

use requesty_benches::callgrind;
use requesty_benches::contestants::FAMILIES;
use requesty_benches::feed::Cut;

use crate::figure::{Figure, Figures, Goal};
use crate::speed::PACKET;

/// What the peers took when the goals were set, by corpus and cut. One that takes much more is wired worse than it
/// deserves, and a comparison with it would flatter us; one that takes much less is another program.
const PEERS: &[(&str, Cut, &str, f64)] = &[
    ("text", PACKET, "eventsource-stream", 10_013.5),
    ("text", PACKET, "sseer", 1_461.8),
    ("text", PACKET, "sse-stream", 969.8),
    ("text", PACKET, "eventsource-client", 5_369.3),
    ("text", PACKET, "async-openai", 18_029.2),
    ("text", PACKET, "sseer+types", 9_275.5),
    ("text", PACKET, "sse-stream+types", 8_880.9),
    ("text", SMALL, "eventsource-stream", 27_085.0),
    ("text", SMALL, "sseer", 2_489.3),
    ("text", SMALL, "sse-stream", 2_694.5),
    ("text", SMALL, "async-openai", 35_111.0),
    ("text", SMALL, "sse-stream+types", 10_493.0),
    ("text", Cut::Event, "async-openai", 17_306.0),
    ("text", Cut::Event, "sse-stream+types", 8_718.0),
    ("tool", PACKET, "async-openai", 20_792.4),
    ("reason", PACKET, "async-openai", 14_095.0),
    ("mixed", PACKET, "async-openai", 18_754.5),
    ("zh", PACKET, "async-openai", 18_657.3),
    ("tool", PACKET, "sse-stream+types", 10_601.9),
    ("reason", PACKET, "sse-stream+types", 6_832.7),
    ("mixed", PACKET, "sse-stream+types", 9_243.1),
    ("zh", PACKET, "sse-stream+types", 8_893.1),
];

/// Pieces small enough that handing them over shows.
const SMALL: Cut = Cut::Every(64);

/// The same for the borrowed chunk, which is this crate's own: only more would be wrong.
const OWN_READERS: &[(&str, &str, f64)] =
    &[("text", "serde-borrowed", 8_531.1), ("text", "sonic-rs-borrowed", 7_473.3)];

const SHARE: f64 = 0.15;

/// The most that ours may take on `text`.
const GOALS: &[(Cut, &str, f64)] =
    &[(PACKET, "requesty", 740.0), (Cut::Event, "requesty", 890.0), (PACKET, "requesty-plain", 2_750.0)];

/// What is counted of ours beside the goals.
const OURS: &[(&str, &str)] = &[
    ("text", "requesty-frame"),
    ("text", "memchr"),
    ("text", "requesty-owned"),
    ("text_rand", "requesty"),
    ("tool", "requesty"),
    ("reason", "requesty"),
    ("mixed", "requesty"),
    ("zh", "requesty"),
    ("zh_esc", "requesty"),
    ("requesty", "requesty"),
    ("adversarial", "requesty"),
];

/// Counts, by starting this program again. Without valgrind there is nothing to count, which is only missed where it is
/// `required`.
pub(crate) fn run(figures: &mut Figures, program: &Path, required: bool) {
    if !callgrind::is_there() {
        println!("# no valgrind: instructions are not counted");
        if required {
            for (cut, who, goal) in GOALS {
                let figure = Figure::unknown(format!("instr text {cut} {who}"), "no valgrind");
                figures.add(figure.goal(Goal::AtMost(*goal)));
            }
        }
        return;
    }
    let mut add = |corpus: &str, cut: Cut, who: &str, goal: Option<Goal>| {
        let name = format!("instr {corpus} {cut} {who}");
        let figure = match callgrind::count(program, who, corpus, cut) {
            Ok(count) => Figure::new(name, count, 0),
            Err(error) => Figure::unknown(name, error.to_string()),
        };
        figures.add(figure.goal(goal));
    };
    for (cut, who, goal) in GOALS {
        add("text", *cut, who, Some(Goal::AtMost(*goal)));
    }
    for (corpus, who) in OURS {
        add(corpus, PACKET, who, None);
    }
    for (family, corpus) in FAMILIES {
        add(corpus, PACKET, family.name, None);
    }
    for (corpus, cut, who, expected) in PEERS {
        add(corpus, *cut, who, Some(Goal::Within { expected: *expected, share: SHARE }));
    }
    for (corpus, who, expected) in OWN_READERS {
        add(corpus, PACKET, who, Some(Goal::NotAbove { expected: *expected, share: SHARE }));
    }
}
