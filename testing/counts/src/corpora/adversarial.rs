//! The corpus in which nothing stays the same: whoever bets on the next chunk being like the last one loses each time.

use super::Stream;
use super::plain::{finish, full};
use super::script::Script;
use super::words::{english, escape};
use crate::random::Random;

/// Members that chunks have in common, without the choices.
const KNOWN: &[&str] = &[
    r#""id":"chatcmpl-C3nTqW8xYzLmVbKdRfHsJgPuEoAi7""#,
    r#""object":"chat.completion.chunk""#,
    r#""created":1748200000"#,
    r#""model":"gpt-4o-mini-2024-07-18""#,
    r#""system_fingerprint":"fp_34a54ae93c""#,
];

/// Members that no client knows.
const UNKNOWN: &[&str] = &[
    r#""provider":"openai""#,
    r#""latency_ms":12"#,
    r#""cached":false"#,
    r#""region":{"zone":"eu"}"#,
    r#""trace":[1,2]"#,
    r#""native":null"#,
];

/// Members of which each chunk has another one than the chunk before, first or last among its members.
const CHANGING: &[&str] =
    &[r#""seq_a":0"#, r#""seq_b":0"#, r#""seq_c":0"#, r#""seq_d":0"#, r#""seq_e":0"#, r#""seq_f":0"#, r#""seq_g":0"#];

/// `adversarial`: each chunk has a member that the one before did not have, either first or last, so that a comparison
/// fails at once or goes on for as long as it can before it does. Every third chunk, drawn by lot, also has all its other
/// members in another order, with other unknown ones among them. The names come from a short list, as a server's do.
pub(super) fn adversarial(events: usize) -> Stream {
    let mut random = Random::new(6);
    let mut script = Script::new();
    script.chunk(&full(r#""role":"assistant","content":"","refusal":null"#));
    let mut order = draw(&mut random);
    let mut changing = "";
    for _ in 3..events {
        let word = english(&mut random);
        let last = changing;
        while changing == last {
            changing = random.pick(CHANGING);
        }
        if random.one_in(3) {
            order = draw(&mut random);
        }
        let mut members: Vec<String> = order.iter().map(|member| write(member, word)).collect();
        let place = if random.one_in(2) { 0 } else { members.len() };
        members.insert(place, changing.to_owned());
        script.text(&format!("{{{}}}", members.join(",")), word);
    }
    script.chunk(&finish("stop"));
    script.done("stop")
}

/// Draws an order of the known members, with one or two unknown ones among them; `None` stands for the choices.
fn draw(random: &mut Random) -> Vec<Member> {
    let mut members: Vec<Member> = KNOWN.iter().map(|json| Member::Plain(json)).collect();
    for _ in 0..=random.below(2) {
        let json = random.pick(UNKNOWN);
        // The same member twice would be another thing than a new order.
        if !members.contains(&Member::Plain(json)) {
            members.push(Member::Plain(json));
        }
    }
    let mut parts = vec![r#""index":0"#, "", r#""logprobs":null"#, r#""finish_reason":null"#];
    random.shuffle(&mut parts);
    members.push(Member::Choices(parts));
    random.shuffle(&mut members);
    members
}

/// A member at the top of a chunk.
#[derive(Clone, PartialEq)]
enum Member {
    Plain(&'static str),
    /// The members of the only choice; the empty one is the delta.
    Choices(Vec<&'static str>),
}

fn write(member: &Member, word: &str) -> String {
    match member {
        Member::Plain(json) => (*json).to_owned(),
        Member::Choices(parts) => {
            let delta = format!(r#""delta":{{"content":"{}"}}"#, escape(word));
            let parts: Vec<&str> = parts.iter().map(|part| if part.is_empty() { &*delta } else { part }).collect();
            format!(r#""choices":[{{{}}}]"#, parts.join(","))
        }
    }
}
