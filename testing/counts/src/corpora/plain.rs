//! The corpora whose chunks all have one shape.

use super::Stream;
use super::script::Script;
use super::words::{argument, chinese, english, escape, escape_to_ascii};
use crate::random::Random;

/// What stands before the choices in a full chunk of OpenAI's.
pub(super) const HEAD: &str = concat!(
    r#"{"id":"chatcmpl-C3nTqW8xYzLmVbKdRfHsJgPuEoAi7Q29d","object":"chat.completion.chunk","created":1748200000,"#,
    r#""model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_34a54ae93c""#,
);
const HEAD_MIN: &str = concat!(
    r#"{"id":"chatcmpl-C3nTqW8xYzLmVbKdRfHsJgPuEoAi7Q2","object":"chat.completion.chunk","created":1748200000,"#,
    r#""model":"gpt-4o-mini""#,
);
const HEAD_REASON: &str = concat!(
    r#"{"id":"chatcmpl-C3nTqW8xYzLmVbKdRfHsJgPuEoAi7Q2","object":"chat.completion.chunk","created":1748200000,"#,
    r#""model":"deepseek-reasoner","system_fingerprint":"fp_34a54ae93c""#,
);

/// Writes a full chunk around a delta.
pub(super) fn full(delta: &str) -> String {
    format!(r#"{HEAD},"choices":[{{"index":0,"delta":{{{delta}}},"logprobs":null,"finish_reason":null}}]}}"#)
}

/// Writes the chunk that ends an answer.
pub(super) fn finish(reason: &str) -> String {
    format!(r#"{HEAD},"choices":[{{"index":0,"delta":{{}},"logprobs":null,"finish_reason":"{reason}"}}]}}"#)
}

/// A stream of text: the chunk that says who speaks, `events` in all, the finish reason, the end.
fn stream(events: usize, mut step: impl FnMut(&mut Script, &mut Random)) -> Stream {
    let mut random = Random::new(1);
    let mut script = Script::new();
    script.chunk(&full(r#""role":"assistant","content":"","refusal":null"#));
    for _ in 3..events {
        step(&mut script, &mut random);
    }
    script.chunk(&finish("stop"));
    script.done("stop")
}

/// `text`.
pub(super) fn text(events: usize) -> Stream {
    stream(events, |script, random| {
        let word = english(random);
        script.text(&full(&format!(r#""content":"{}""#, escape(word))), word);
    })
}

/// `text` without any text: whatever memory is held while it is read is the parser's and not the answer's.
pub fn silent(events: usize) -> Stream {
    stream(events, |script, _| script.text(&full(r#""content":"""#), ""))
}

/// `text_min`.
pub(super) fn text_min(events: usize) -> Stream {
    stream(events, |script, random| {
        let word = english(random);
        let delta = format!(r#"{{"index":0,"delta":{{"content":"{}"}},"finish_reason":null}}"#, escape(word));
        script.text(&format!(r#"{HEAD_MIN},"choices":[{delta}]}}"#), word);
    })
}

/// `text_obf`.
pub(super) fn text_obf(events: usize) -> Stream {
    stream(events, |script, random| {
        let word = english(random);
        script.text(&obfuscated(word, random), word);
    })
}

/// Writes a full chunk with text and an obfuscation.
pub(super) fn obfuscated(word: &str, random: &mut Random) -> String {
    let mut json = full(&format!(r#""content":"{}""#, escape(word)));
    json.pop();
    let length = 3 + random.below(16);
    json + &format!(r#","obfuscation":"{}"}}"#, random.letters(length))
}

/// `text_rand`.
pub(super) fn text_rand(events: usize) -> Stream {
    let mut created = 1_748_200_000;
    stream(events, |script, random| {
        let word = english(random);
        created += 1 + random.below(9);
        let json = full(&format!(r#""content":"{}""#, escape(word)))
            .replacen("C3nTqW8xYzLmVbKdRfHsJgPuEoAi7Q29d", &random.letters(33), 1)
            .replacen("1748200000", &created.to_string(), 1);
        script.text(&json, word);
    })
}

/// `zh`.
pub(super) fn zh(events: usize) -> Stream {
    stream(events, |script, random| {
        let word = chinese(random);
        script.text(&full(&format!(r#""content":"{word}""#)), word);
    })
}

/// `zh_esc`.
pub(super) fn zh_esc(events: usize) -> Stream {
    stream(events, |script, random| {
        let word = chinese(random);
        script.text(&full(&format!(r#""content":"{}""#, escape_to_ascii(word))), word);
    })
}

/// `reason`: all but the end is thought.
pub(super) fn reason(events: usize) -> Stream {
    stream(events, |script, random| {
        let word = english(random);
        let delta = format!(r#"{{"reasoning_content":"{}"}}"#, escape(word));
        let choice = format!(r#"{{"index":0,"delta":{delta},"finish_reason":null}}"#);
        script.reasoning(&format!(r#"{HEAD_REASON},"choices":[{choice}]}}"#), word);
    })
}

/// Writes the fragments of one call, `fragments` of them. The arguments are a JSON object of strings.
pub(super) fn call(script: &mut Script, random: &mut Random, index: usize, fragments: usize) {
    let id = random.letters(24);
    let function = r#""function":{"name":"get_weather","arguments":""}"#;
    script
        .chunk(&full(&format!(r#""tool_calls":[{{"index":{index},"id":"call_{id}","type":"function",{function}}}]"#)));
    let mut in_value = false;
    for i in 1..fragments {
        let piece = match (i, in_value) {
            (1, _) => "{\"",
            (_, true) if i + 1 == fragments => "\"}",
            (_, false) if i + 1 == fragments => "\":\"\"}",
            _ if i % 3 != 0 => argument(random),
            (_, true) => "\",\"",
            (_, false) => "\":\"",
        };
        in_value ^= i > 1 && i % 3 == 0;
        let arguments = format!(r#""function":{{"arguments":"{}"}}"#, escape(piece));
        script.arguments(&full(&format!(r#""tool_calls":[{{"index":{index},{arguments}}}]"#)), piece);
    }
}

/// `tool`: calls of a thousand fragments.
pub(super) fn tool(events: usize) -> Stream {
    let mut random = Random::new(2);
    let mut script = Script::new();
    script.chunk(&full(r#""role":"assistant","content":null"#));
    let mut left = events.saturating_sub(3);
    for index in 0.. {
        let fragments = left.min(1_000);
        if fragments < 8 {
            break;
        }
        call(&mut script, &mut random, index, fragments);
        left -= fragments;
    }
    script.chunk(&finish("tool_calls"));
    script.done("tool_calls")
}

/// `requesty`.
pub(super) fn requesty(events: usize) -> Stream {
    let mut random = Random::new(3);
    let mut script = Script::new();
    let last = events.saturating_sub(2);
    let mut tokens = 0;
    for i in 0..=last {
        let word = english(&mut random);
        tokens += 1 + random.below(7);
        let finish = if i == last { r#""finish_reason":"stop","# } else { "" };
        let json = format!(
            concat!(
                r#"{{"choices":[{{"delta":{{"content":"{}","role":"assistant"}},{}"index":0}}],"created":1752192130,"#,
                r#""id":"rqsty-cmpl-10412e26-abc3-474f-83ad-54cc0a35e365","model":"gemini-2.5-pro","#,
                r#""object":"chat.completion.chunk","usage":{{"completion_tokens":{},"prompt_tokens":11,"#,
                r#""total_tokens":{}}}}}"#
            ),
            escape(word),
            finish,
            tokens,
            tokens + 1_244,
        );
        script.text(&json, word);
    }
    script.done("stop")
}

/// `long4` and `long40`: events of about `bytes` bytes each.
pub(super) fn long(events: usize, bytes: usize) -> Stream {
    stream(events, |script, random| {
        let mut text = String::with_capacity(bytes);
        while text.len() < bytes {
            text.push_str(english(random));
        }
        script.text(&full(&format!(r#""content":"{}""#, escape(&text))), &text);
    })
}

/// Two short events, and after them two that differ in nothing but a text of about `bytes` bytes each.
pub(super) fn slots(bytes: usize) -> Stream {
    let mut script = Script::new();
    for length in [4, 8, bytes, bytes] {
        let text = "one line\n".repeat(length.div_ceil(9));
        script.text(&full(&format!(r#""content":"{}""#, escape(&text))), &text);
    }
    script.chunk(&finish("stop"));
    script.done("stop")
}

/// One event of about `bytes` bytes, one character in sixteen of which is escaped, as in a long answer with line ends.
pub fn huge(bytes: usize) -> Stream {
    let mut random = Random::new(4);
    let mut script = Script::new();
    let mut text = String::with_capacity(bytes);
    while text.len() < bytes {
        text.push_str(english(&mut random));
        if random.one_in(4) {
            text.push_str("\n\"");
        }
    }
    script.text(&full(&format!(r#""content":"{}""#, escape(&text))), &text);
    script.chunk(&finish("stop"));
    script.done("stop")
}
