//! Draws the races that matter most as bars: how long each takes for an event.

use std::fmt::Write as _;

use requesty_benches::feed::Cut;

use crate::machine::Machine;
use crate::race::Times;
use crate::speed::{PACKET, Races};

const WIDTH: f64 = 860.0;
const NAMES: f64 = 180.0;
const BAR: f64 = 18.0;
const STEP: f64 = 25.0;
const OURS: &str = "#0b6e4f";
const FLOOR: &str = "#c9a227";
const OTHER: &str = "#8d99ae";

/// Writes the picture.
pub(crate) fn write(machine: &Machine, races: &Races) -> String {
    let at = |list: &'static str, cut: Cut| {
        let list = if list == "framing" { &races.framing } else { &races.by_cut };
        list.iter().find(|times| times.cut == cut)
    };
    let panels = [
        ("Bytes to a completion: text, pieces of 1,400 bytes", at("decoding", PACKET)),
        ("Bytes to a completion: text, one event at a time", at("decoding", Cut::Event)),
        ("Framing alone: text, pieces of 1,400 bytes", at("framing", PACKET)),
    ];
    let mut body = String::new();
    let mut y = 34.0;
    for (title, times) in panels {
        if let Some(times) = times {
            y = panel(&mut body, title, times, y);
        }
    }
    let _ = writeln!(
        body,
        r##"<text x="10" y="{y:.0}" font-size="11" fill="#6b7280">Nanoseconds per event, less is better. {machine}</text>"##
    );
    format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w:.0}" height="{h:.0}" viewBox="0 0 {w:.0} {h:.0}" "#,
            r#"font-family="sans-serif" role="img" aria-label="Nanoseconds per event">"#,
            "\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
        ),
        w = WIDTH,
        h = y + 14.0,
        body = body,
    )
}

/// Draws one race from the fastest to the slowest, and returns where the next one goes.
fn panel(body: &mut String, title: &str, times: &Times, top: f64) -> f64 {
    let mut rows = times.rows.clone();
    rows.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let most = rows.last().map_or(1.0, |(_, ns)| *ns);
    let _ = writeln!(
        body,
        r##"<text x="10" y="{top:.0}" font-size="15" font-weight="bold" fill="#111827">{title}</text>"##
    );
    let mut y = top + 14.0;
    for (contestant, ns) in &rows {
        let name = contestant.name;
        let fill = match name {
            _ if name.starts_with("requesty") => OURS,
            _ if name.starts_with("mem") => FLOOR,
            _ => OTHER,
        };
        let length = (WIDTH - NAMES - 90.0) * ns / most;
        let (text, end) = (y + 13.0, NAMES + length + 6.0);
        let _ = writeln!(
            body,
            concat!(
                r##"<text x="{x:.0}" y="{text:.0}" font-size="12" text-anchor="end" fill="#374151">{name}</text>"##,
                r##"<rect x="{left:.0}" y="{y:.0}" width="{length:.1}" height="{bar:.0}" rx="2" fill="{fill}"/>"##,
                r##"<text x="{end:.1}" y="{text:.0}" font-size="12" fill="#374151">{ns:.1}</text>"##
            ),
            x = NAMES - 8.0,
            left = NAMES,
            bar = BAR,
            text = text,
            name = name,
            y = y,
            length = length.max(1.0),
            fill = fill,
            end = end,
            ns = ns,
        );
        y += STEP;
    }
    y + 28.0
}
