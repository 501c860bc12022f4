//! The members of a delta, in the many ways in which servers write them.

use super::words::{Words, base64};
use crate::random::Random;

/// What an answer does for a while.
pub(super) enum DeltaKind {
    Text,
    /// With `role` and the other names there, but null or empty.
    TextAmongEmpty,
    /// Under which names.
    Reasoning(&'static [&'static str]),
    Signed,
    Refusal,
    Parts,
    Thinking,
    Annotated,
    Images,
    Tools(Tools),
    FunctionCall {
        begun: bool,
    },
    Anything,
}

/// How tool calls are written.
pub(super) struct Tools {
    style: Style,
    /// Pieces of the call so far.
    pieces: usize,
    call: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Id and name once, then index and arguments.
    OpenAi,
    /// The name and the id on every fragment.
    Repeats,
    /// No index at all.
    NoIndex,
    /// Every call is index 0, told apart by id.
    SameIndex,
    /// A new id for each fragment.
    NewIds,
    /// Whole calls, arguments as an object.
    Objects,
    /// Both calls in one chunk, one begun anew each time.
    Parallel,
    /// Both calls in one chunk, by index.
    Together,
    /// Both calls in one chunk, and nothing says which is which.
    TogetherUnnumbered,
    /// The name in pieces too.
    NameInPieces,
}

const STYLES: [Style; 12] = [
    Style::OpenAi,
    Style::Together,
    Style::TogetherUnnumbered,
    Style::OpenAi,
    Style::OpenAi,
    Style::Repeats,
    Style::NoIndex,
    Style::SameIndex,
    Style::NewIds,
    Style::Objects,
    Style::Parallel,
    Style::NameInPieces,
];

impl DeltaKind {
    pub(super) fn draw(random: &mut Random) -> Self {
        match random.below(52) {
            0..=21 | 44.. => DeltaKind::Text,
            22 => DeltaKind::TextAmongEmpty,
            23..=26 => DeltaKind::Reasoning(&["reasoning_content"]),
            27 | 28 => DeltaKind::Reasoning(&["reasoning"]),
            29 => DeltaKind::Reasoning(&["reasoning", "reasoning_content"]),
            30 => DeltaKind::Signed,
            31 | 32 => DeltaKind::Refusal,
            33 => DeltaKind::Parts,
            34 => DeltaKind::Thinking,
            35 => DeltaKind::Annotated,
            36 => DeltaKind::Images,
            37 => DeltaKind::FunctionCall { begun: false },
            38 => DeltaKind::Anything,
            39..=43 => DeltaKind::Tools(Tools { style: STYLES[random.below(STYLES.len())], pieces: 0, call: 0 }),
        }
    }

    /// Writes the members of the next delta.
    pub(super) fn delta(&mut self, random: &mut Random, words: &mut Words) -> String {
        let text = words.piece(random);
        match self {
            DeltaKind::Text => format!(r#""content":"{text}""#),
            DeltaKind::TextAmongEmpty => format!(
                r#""content":"{text}","reasoning_content":null,"reasoning":"","refusal":null,"tool_calls":null,"name":"x""#
            ),
            DeltaKind::Reasoning(names) => {
                let members: Vec<_> = names.iter().map(|name| format!(r#""{name}":"{text}""#)).collect();
                let content = if random.percent(50) { r#""content":"","# } else { "" };
                format!("{content}{}", members.join(","))
            }
            DeltaKind::Signed => format!(
                r#""reasoning_content":"{text}","reasoning_details":[{{"type":"reasoning.text","text":"{text}","index":0,"format":"v1"}}],"reasoning_signature":"{}""#,
                base64(random, 12)
            ),
            DeltaKind::Refusal => format!(r#""content":null,"refusal":"{text}""#),
            DeltaKind::Parts => match random.below(6) {
                0 => r#""content":[]"#.to_owned(),
                1 => format!(r#""content":["{text}",{{"type":"image_url","image_url":{{"url":"u"}}}}]"#),
                2 => format!(r#""content":[{{"type":"text","text":"{text}","annotations":[]}},7]"#),
                _ => format!(r#""content":[{{"type":"text","text":"{text}"}}]"#),
            },
            DeltaKind::Thinking => match random.below(4) {
                0 => format!(
                    r#""content":[{{"type":"thinking","thinking":[{{"type":"text","text":"{text}"}},{{"type":"text","text":"b"}}]}}]"#
                ),
                1 => format!(r#""content":[{{"type":"thinking","text":"{text}"}},{{"type":"text","text":"t"}}]"#),
                _ => format!(r#""content":[{{"type":"thinking","thinking":[{{"type":"text","text":"{text}"}}]}}]"#),
            },
            DeltaKind::Annotated => format!(
                r#""content":"{text}","annotations":[{{"type":"url_citation","url_citation":{{"url":"https://example.org/{}","title":"{text}"}}}}]"#,
                random.below(3)
            ),
            DeltaKind::Images => format!(
                r#""content":"{text}","images":[{{"type":"image_url","image_url":{{"url":"data:image/png;base64,{}"}}}}]"#,
                base64(random, 40)
            ),
            DeltaKind::Tools(tools) => tools.delta(random, &text),
            DeltaKind::FunctionCall { begun } => {
                let name = if std::mem::replace(begun, true) { "" } else { r#""name":"look_up","# };
                format!(r#""content":null,"function_call":{{{name}"arguments":"{text}"}}"#)
            }
            DeltaKind::Anything => match random.below(7) {
                0 => String::new(),
                1 => format!(r#""content":{}"#, random.pick(&["null", "7", "true", "{}", "[null]", "\"\""])),
                2 => format!(r#""reasoning_content":"{text}","reasoning":"other {text}""#),
                3 => format!(r#""audio":{{"id":"a","transcript":"{text}","data":"{}"}}"#, base64(random, 8)),
                4 => format!(r#""cont\u0065nt":"{text}""#),
                5 => format!(r#""tool_calls":[],"content":"{text}""#),
                _ => format!(r#""content":"{text}","unknown":[[{{"deep":[{}]}}]]"#, random.below(1_000)),
            },
        }
    }
}

impl Tools {
    fn delta(&mut self, random: &mut Random, text: &str) -> String {
        if self.pieces > 0 && random.percent(6) {
            self.pieces = 0;
            self.call += 1;
        }
        let first = self.pieces == 0;
        self.pieces += 1;
        let call = self.call;
        let piece = match random.below(3) {
            0 if first => String::new(),
            1 if first => r#"{\"q\": \""#.to_owned(),
            2 => r#"\"}"#.to_owned(),
            _ => text.to_owned(),
        };
        let name = if call % 2 == 0 { "get_weather" } else { "look_up" };
        let index = if self.style == Style::SameIndex { 0 } else { call };
        let begins = format!(r#""id":"call_{call}","type":"function","#);
        let one = match self.style {
            Style::OpenAi | Style::SameIndex if first => {
                format!(r#"{{"index":{index},{begins}"function":{{"name":"{name}","arguments":"{piece}"}}}}"#)
            }
            Style::OpenAi | Style::SameIndex => {
                format!(r#"{{"index":{index},"function":{{"arguments":"{piece}"}}}}"#)
            }
            Style::Repeats => {
                format!(r#"{{"index":{index},{begins}"function":{{"name":"{name}","arguments":"{piece}"}}}}"#)
            }
            Style::NoIndex if first => format!(r#"{{{begins}"function":{{"name":"{name}","arguments":"{piece}"}}}}"#),
            Style::NoIndex => format!(r#"{{"function":{{"arguments":"{piece}"}}}}"#),
            Style::NewIds => format!(
                r#"{{"index":{index},"id":"call_{}","function":{{"name":{},"arguments":"{piece}"}}}}"#,
                random.below(10_000),
                if first { format!("\"{name}\"") } else { "null".to_owned() },
            ),
            Style::Objects => {
                format!(r#"{{{begins}"function":{{"name":"{name}","arguments":{{"q":"{text}","n":{call}}}}}}}"#)
            }
            Style::Parallel => format!(
                r#"{{"index":0,"function":{{"arguments":"{piece}"}}}},{{"index":1,"id":"call_b","function":{{"name":"{name}","arguments":"{piece}"}}}}"#
            ),
            Style::Together if first => format!(
                r#"{{"index":0,"id":"a","function":{{"name":"f","arguments":""}}}},{{"index":1,"id":"b","function":{{"name":"g","arguments":"{piece}"}}}}"#
            ),
            Style::Together => format!(
                r#"{{"index":{index},"function":{{"arguments":"{piece}"}}}},{{"index":1,"function":{{"arguments":"{text}"}}}}"#
            ),
            Style::TogetherUnnumbered if first => format!(
                r#"{{"id":"a{call}","function":{{"name":"f","arguments":""}}}},{{"id":"b","function":{{"name":"g"}}}}"#
            ),
            Style::TogetherUnnumbered => format!(
                r#"{{"function":{{"arguments":"{piece}"}}}},{{"id":"a{call}","function":{{"arguments":"{text}"}}}}"#
            ),
            Style::NameInPieces => {
                let part = if first { "get_" } else { "weather" };
                format!(r#"{{"index":{index},"id":"","function":{{"name":"{part}","arguments":"{piece}"}}}}"#)
            }
        };
        let content = if random.percent(20) { r#""content":null,"# } else { "" };
        format!(r#"{content}"tool_calls":[{one}]"#)
    }
}
