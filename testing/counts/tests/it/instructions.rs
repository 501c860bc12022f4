//! An event of each family costs no more instructions than it should.

use requesty_counts::callgrind;
use requesty_counts::feed::Cut;

/// What is let through beyond what was reached: another compiler may choose other instructions.
const SLACK: f64 = 1.2;

const PACKET: Cut = Cut::Every(1_400);

/// What was reached; the report of `benches` says what the goals are, and how far it is to them.
const REACHED: &[(&str, &str, Cut, f64)] = &[
    ("requesty", "text", PACKET, 780.0),
    ("requesty", "text", Cut::Event, 870.0),
    ("requesty", "text", Cut::Every(64), 2_220.0),
    ("requesty", "text", Cut::Every(1), 41_000.0),
    ("requesty", "tool", PACKET, 991.0),
    ("requesty", "adversarial", PACKET, 4_942.0),
    ("requesty-plain", "text", PACKET, 2_633.0),
    ("requesty-events", "text", PACKET, 513.0),
    ("requesty-typed", "text", PACKET, 4_630.0),
    ("requesty-messages", "messages", PACKET, 800.0),
    ("requesty-messages-plain", "messages", PACKET, 3_654.0),
    ("requesty-responses", "responses", PACKET, 1_264.0),
    ("requesty-responses-plain", "responses", PACKET, 5_485.0),
    ("requesty-mcp", "mcp", PACKET, 4_000.0),
];

#[test]
fn an_event_takes_few_instructions() {
    let Some(program) = super::program() else { return };
    let mut over = Vec::new();
    for &(who, corpus, cut, reached) in REACHED {
        let count = callgrind::count(program, who, corpus, cut).expect("a count");
        println!("{who} {corpus} {cut}: {count:.0} instructions per event, {reached} when last looked at");
        if count > reached * SLACK {
            over.push(format!("{who} {corpus} {cut}: {count:.0}, once {reached}"));
        }
    }
    assert!(over.is_empty(), "instructions per event: {}", over.join("; "));
}
