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

/// `adversarial`: each chunk differs in shape from the one before in one of three ways, drawn by lot: all members in
/// another order with other unknown ones among them; the same but for a member of a new name at the front; the same but for
/// one at the very end, so that a comparison goes on for as long as it can before it fails.
pub(super) fn adversarial(events: usize) -> Stream {
    let mut random = Random::new(6);
    let mut script = Script::new();
    script.chunk(&full(r#""role":"assistant","content":"","refusal":null"#));
    let mut order = draw(&mut random);
    for i in 3..events {
        let word = english(&mut random);
        let (mut front, mut back) = (String::new(), String::new());
        match random.below(3) {
            0 => {
                let last = order.clone();
                while order == last {
                    order = draw(&mut random);
                }
            }
            1 => front = format!(r#""f{i:04}":0,"#),
            _ => {}
        }
        // Always another name at the end, whatever else differs: an order that comes again is no shape that does.
        if front.is_empty() {
            back = format!(r#","b{i:04}":0"#);
        }
        let members: Vec<String> = order.iter().map(|member| write(member, word)).collect();
        script.text(&format!("{{{front}{}{back}}}", members.join(",")), word);
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
