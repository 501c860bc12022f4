//! Streams as servers send them, made up from a seed.
//!
//! ```text
//! Manner (how this server writes) ─▶ generate: the chunks of an answer ─▶ mutate: chunks that are odd
//!                                      ─▶ frame: a body ─▶ mutate: bytes that are odd ─▶ cuts ─▶ Sample
//! ```
//!
//! Most streams hold one shape for long, as real ones do, so that what is learnt from one chunk is tried on the next; and
//! most mutations are near misses of that shape.

mod delta;
mod frame;
mod member;
mod mutate;
mod words;

use crate::differential::Sample;
use crate::random::Random;
use delta::DeltaKind;
use words::Words;

/// Makes the stream of one round, and says how it arrives.
pub fn sample(random: &mut Random) -> Sample {
    let mut chunks = chunks(random);
    mutate::chunks(random, &mut chunks);
    let mut body = frame::body(random, &chunks);
    mutate::body(random, &mut body);
    let cuts = frame::cuts(random, &body);
    let limits = random.percent(2).then(|| (random.between(1, 600), random.between(1, 2_000)));
    Sample { body, cuts, breaks: random.percent(10), closely: random.percent(6), limits }
}

/// How a server writes its chunks.
struct Manner {
    layout: Layout,
    /// As Python's `json.dumps` does it.
    spaced: bool,
    id_changes: bool,
    created_changes: bool,
    obfuscated: bool,
    usage_grows: bool,
    /// Members that say nothing: `"usage":null`, `"logprobs":null`.
    nulls: bool,
    logprobs: bool,
    answers: usize,
    role_always: bool,
    /// `delta`, or `message` as in a reply that is not streamed.
    delta: &'static str,
    /// A message with all of the text so far stands beside each delta, or follows the last.
    snapshots: bool,
    /// The text of the first answer so far, as it is spelled.
    text: String,
    /// A choice is cut in two: the text apart from the rest.
    apart: bool,
    id: String,
    created: u64,
    prompt: usize,
    completion: usize,
    cost: Cost,
}

/// How a price is written.
#[derive(Clone, Copy)]
enum Cost {
    Plain,
    Scientific,
    Text,
    /// Each time in another way.
    Mixed,
}

/// In which order, and with which members.
#[derive(Clone, Copy)]
enum Layout {
    OpenAi,
    Minimal,
    /// Sorted keys, the role and the usage so far on every chunk.
    Requesty,
    /// Usage in front, extra members at both ends.
    Other,
}

impl Manner {
    fn draw(random: &mut Random) -> Self {
        let layout =
            [Layout::OpenAi, Layout::Minimal, Layout::Requesty, Layout::Other, Layout::OpenAi][random.below(5)];
        Manner {
            layout,
            spaced: random.percent(15),
            id_changes: random.percent(10),
            created_changes: random.percent(15),
            obfuscated: random.percent(20),
            usage_grows: random.percent(20) || matches!(layout, Layout::Requesty),
            nulls: random.percent(40),
            logprobs: random.percent(3),
            answers: if random.percent(6) { 2 } else { 1 },
            role_always: random.percent(20) || matches!(layout, Layout::Requesty),
            delta: if random.percent(3) { "message" } else { "delta" },
            snapshots: random.percent(5),
            text: String::new(),
            apart: random.percent(2),
            id: format!("chatcmpl-{:x}", random.draw()),
            created: 1_752_192_130 + random.draw() % 100_000_000,
            prompt: random.between(1, 9_000),
            completion: random.below(120),
            cost: match random.below(10) {
                0..=5 => Cost::Plain,
                6 | 7 => Cost::Scientific,
                8 => Cost::Text,
                _ => Cost::Mixed,
            },
        }
    }

    /// Writes a chunk: the choices are written, the rest is this server's way.
    fn chunk(&mut self, random: &mut Random, choices: &str, usage: bool) -> String {
        if self.id_changes {
            self.id = format!("gen-{}-{:x}", random.below(100_000), random.draw());
        }
        if self.created_changes {
            self.created += random.draw() % 3;
        }
        self.completion += random.below(4);
        let usage = if usage || self.usage_grows { self.usage(random) } else { "null".to_owned() };
        let with_usage = if usage != "null" || self.nulls { format!(r#","usage":{usage}"#) } else { String::new() };
        let Manner { id, created, .. } = self;
        let mut json = match self.layout {
            Layout::OpenAi => format!(
                r#"{{"id":"{id}","object":"chat.completion.chunk","created":{created},"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_9","choices":[{choices}]{with_usage}"#
            ),
            Layout::Minimal => format!(r#"{{"choices":[{choices}]{with_usage}"#),
            Layout::Requesty => format!(
                r#"{{"choices":[{choices}],"created":{created},"id":"{id}","model":"gemini-2.5-pro","object":"chat.completion.chunk"{with_usage}"#
            ),
            Layout::Other => format!(
                r#"{{"x_provider":{{"region":"eu","tries":{{"n":2}}}}{with_usage},"model":"zai/glm-4.6","choices":[{choices}],"id":"{id}","created":{created},"provider":"Z.AI""#
            ),
        };
        if self.obfuscated {
            let length = random.between(2, 14);
            json.push_str(&format!(r#","obfuscation":"{}""#, words::base64(random, length)));
        }
        json.push('}');
        if self.spaced { space_out(&json) } else { json }
    }

    fn usage(&self, random: &mut Random) -> String {
        let Manner { prompt, completion, .. } = self;
        let total = prompt + completion;
        let cost = match self.cost {
            Cost::Mixed => [Cost::Plain, Cost::Plain, Cost::Plain, Cost::Scientific, Cost::Text][random.below(5)],
            cost => cost,
        };
        let cost = match cost {
            Cost::Scientific => format!("{}.{}e-0{}", random.between(1, 9), random.below(99), random.between(3, 6)),
            Cost::Text => format!("\"0.{completion:05}\""),
            _ if *completion % 17 == 0 => "0".to_owned(),
            _ => format!("0.{completion:05}"),
        };
        match self.layout {
            Layout::Minimal => {
                format!(r#"{{"prompt_tokens":{prompt},"completion_tokens":{completion},"total_tokens":{total}}}"#)
            }
            Layout::Requesty => format!(
                r#"{{"completion_tokens":{completion},"prompt_tokens":{prompt},"total_tokens":{total},"cost":{cost}}}"#
            ),
            _ => format!(
                r#"{{"prompt_tokens":{prompt},"completion_tokens":{completion},"total_tokens":{total},"cost":{cost},"prompt_tokens_details":{{"cached_tokens":0,"caching_tokens":{total},"caching_token_details":{{"caching_5m_tokens":{total},"caching_1h_tokens":0,"caching_1d_tokens":2}},"audio_tokens":0}},"completion_tokens_details":{{"reasoning_tokens":{completion},"image_tokens":1}}}}"#
            ),
        }
    }

    /// Writes a choice around the members of its delta.
    fn choice(&self, random: &mut Random, index: usize, delta: &str, reason: Option<&str>) -> String {
        let reason = match reason {
            Some(reason) => format!(r#","finish_reason":"{reason}""#),
            None if self.nulls || matches!(self.layout, Layout::OpenAi) => r#","finish_reason":null"#.to_owned(),
            None => String::new(),
        };
        let logprobs = match (self.logprobs, self.nulls) {
            (true, _) => format!(
                r#","logprobs":{{"content":[{{"token":"{}","logprob":-0.{},"bytes":[72,{}],"top_logprobs":[]}}],"refusal":null}}"#,
                words::base64(random, 3),
                random.below(99_999),
                random.below(255),
            ),
            (false, true) => r#","logprobs":null"#.to_owned(),
            (false, false) => String::new(),
        };
        let mut delta = format!(r#""{}":{{{delta}}}"#, self.delta);
        if self.snapshots && random.percent(40) {
            let more = random.pick(&["", "", " and more", "\u{1f30d}", r"\ud83d", r"\ude00"]);
            let text = if random.percent(80) { format!("{}{more}", self.text) } else { more.to_owned() };
            let message = format!(r#""message":{{"role":"assistant","content":"{text}"}}"#);
            delta = match random.below(3) {
                0 => message,
                1 => format!("{message},{delta}"),
                _ => format!("{delta},{message}"),
            };
        }
        let choice = match self.layout {
            Layout::OpenAi => format!(r#"{{"index":{index},{delta}{logprobs}{reason}}}"#),
            Layout::Minimal if index == 0 => format!("{{{delta}{reason}}}"),
            Layout::Minimal | Layout::Requesty => format!(r#"{{{delta}{reason},"index":{index}}}"#),
            Layout::Other => format!(r#"{{"index":{index}{reason},{delta}{logprobs},"native":"STOP"}}"#),
        };
        if self.apart {
            let rest = random.pick(&["", r#""role":"assistant""#, r#""refusal":null"#, r#""reasoning":"r""#]);
            return format!(r#"{choice},{{"index":{index},"delta":{{{rest}}}}}"#);
        }
        choice
    }
}

/// Makes the chunks of an answer, and of what comes with it.
fn chunks(random: &mut Random) -> Vec<Vec<u8>> {
    let mut manner = Manner::draw(random);
    let answers = manner.answers;
    let mut words: Vec<Words> = (0..answers).map(|_| Words::draw(random)).collect();
    let mut chunks = Vec::new();
    let phases = [1, 1, 1, 2, 2, 3][random.below(6)];
    for phase in 0..phases {
        let mut voices: Vec<DeltaKind> = (0..answers).map(|_| DeltaKind::draw(random)).collect();
        for step in 0..random.between(3, 48) {
            let mut choices = Vec::new();
            let both = random.percent(20);
            for (index, (voice, words)) in voices.iter_mut().zip(&mut words).enumerate() {
                if both || (step + index) % answers == 0 {
                    let mut delta = voice.delta(random, words);
                    if manner.role_always || (phase == 0 && step == 0) {
                        let comma = if delta.is_empty() { "" } else { "," };
                        delta = match manner.layout {
                            Layout::Requesty => format!(r#"{delta}{comma}"role":"assistant""#),
                            _ => format!(r#""role":"assistant"{comma}{delta}"#),
                        };
                    }
                    if let (0, Some(text)) = (index, delta.split(r#""content":""#).nth(1)) {
                        manner.text.push_str(inside(text));
                    }
                    choices.push(manner.choice(random, index, &delta, None));
                }
            }
            chunks.push(manner.chunk(random, &choices.join(","), false));
        }
    }
    finish(random, &mut manner, &mut chunks);
    chunks.into_iter().map(String::into_bytes).collect()
}

/// Ends the answer in one of the many ways; or, seldom, not at all.
fn finish(random: &mut Random, manner: &mut Manner, chunks: &mut Vec<String>) {
    let reasons = ["stop", "stop", "length", "tool_calls", "content_filter", "end_turn", "", "error"];
    if random.percent(90) {
        let many = if random.percent(80) { 5 } else { 8 };
        let reason = reasons[random.below(many)];
        let finished: Vec<String> =
            (0..manner.answers).map(|index| manner.choice(random, index, "", Some(reason))).collect();
        chunks.push(manner.chunk(random, &finished.join(","), false));
    }
    match random.below(10) {
        0 => {}
        1 => chunks.push(r#"{"error":{"message":"upstream failed","code":502,"type":"server_error"}}"#.to_owned()),
        2 => {
            let choice = manner.choice(random, 0, "", None);
            chunks.push(manner.chunk(random, &choice, true));
        }
        _ => chunks.push(manner.chunk(random, "", true)),
    }
    if random.percent(85) {
        chunks.push("[DONE]".to_owned());
    }
}

/// Returns the inside of a string that goes on like this.
fn inside(rest: &str) -> &str {
    let mut escaped = false;
    let end = rest.find(|char| {
        let ends = char == '"' && !escaped;
        escaped = char == '\\' && !escaped;
        ends
    });
    rest.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// Puts a space after each comma and colon between the tokens.
fn space_out(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 5 / 4);
    let (mut in_string, mut escaped) = (false, false);
    for char in json.chars() {
        out.push(char);
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            ',' | ':' if !in_string => out.push(' '),
            _ => {}
        }
    }
    out
}
