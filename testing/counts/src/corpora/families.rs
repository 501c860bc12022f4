//! The corpora of the other families of events: messages, responses, and JSON-RPC messages.

use super::Stream;
use super::script::Script;
use super::words::{argument, english, escape};
use crate::random::Random;

/// `messages`: a long text, and after it a tool call of a quarter of the events, in the events of Anthropic's API.
pub(super) fn messages(events: usize) -> Stream {
    let mut random = Random::new(5);
    let mut script = Script::new();
    let message = concat!(
        r#"{"type":"message_start","message":{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","#,
        r#""content":[],"model":"claude-sonnet-4-5-20250929","stop_reason":null,"stop_sequence":null,"#,
        r#""usage":{"input_tokens":25,"output_tokens":1}}}"#,
    );
    script.named("message_start", message);
    let text = r#"{"type":"text","text":""}"#;
    let tool = r#"{"type":"tool_use","id":"toolu_01A09q90qw90lq917835lq9","name":"get_weather","input":{}}"#;
    let left = events.saturating_sub(7);
    for (index, block, deltas) in [(0, text, left - left / 4), (1, tool, left / 4)] {
        let start = format!(r#"{{"type":"content_block_start","index":{index},"content_block":{block}}}"#);
        script.named("content_block_start", &start);
        for at in 0..deltas {
            let (word, delta) = match (index, at) {
                (0, _) => (english(&mut random), "text_delta\",\"text"),
                (_, 0) => ("{\"place\":\"", "input_json_delta\",\"partial_json"),
                (_, _) if at + 1 == deltas => ("\"}", "input_json_delta\",\"partial_json"),
                _ => (argument(&mut random), "input_json_delta\",\"partial_json"),
            };
            let delta = format!(r#"{{"type":"{delta}":"{}"}}"#, escape(word));
            let json = format!(r#"{{"type":"content_block_delta","index":{index},"delta":{delta}}}"#);
            if index == 0 {
                script.expected.text.push_str(word);
            } else {
                script.expected.arguments.push_str(word);
            }
            script.named("content_block_delta", &json);
        }
        script.named("content_block_stop", &format!(r#"{{"type":"content_block_stop","index":{index}}}"#));
    }
    let delta = r#"{"stop_reason":"tool_use","stop_sequence":null}"#;
    script.named(
        "message_delta",
        &format!(r#"{{"type":"message_delta","delta":{delta},"usage":{{"output_tokens":1500}}}}"#),
    );
    script.named("message_stop", r#"{"type":"message_stop"}"#);
    script.end()
}

/// `responses`: a long text in the events of OpenAI's newer API, with its repetition in the last ones.
pub(super) fn responses(events: usize) -> Stream {
    let mut random = Random::new(6);
    let mut script = Script::new();
    let mut sequence = 0..;
    let mut event = |script: &mut Script, name: &str, members: &str| {
        let number = sequence.next().unwrap_or_default();
        script.named(name, &format!(r#"{{"type":"{name}","sequence_number":{number},{members}}}"#));
    };
    let head =
        r#""id":"resp_67c9fdcecf488190bdd9a0409de3a1ec07b8b0ad4e5eb654","object":"response","created_at":1741290958"#;
    let open = format!(r#""response":{{{head},"status":"in_progress","model":"gpt-4.1-2025-04-14","output":[]}}"#);
    event(&mut script, "response.created", &open);
    event(&mut script, "response.in_progress", &open);
    let id = "msg_67c9fdcf37fc8190ba82116e33fb28c507b8b0ad4e5eb654";
    let item = format!(r#""id":"{id}","type":"message","role":"assistant""#);
    let added = format!(r#""output_index":0,"item":{{{item},"status":"in_progress","content":[]}}"#);
    event(&mut script, "response.output_item.added", &added);
    let place = format!(r#""item_id":"{id}","output_index":0,"content_index":0"#);
    let part = |text: &str| format!(r#"{{"type":"output_text","text":"{}","annotations":[]}}"#, escape(text));
    event(&mut script, "response.content_part.added", &format!(r#"{place},"part":{}"#, part("")));
    for _ in 8..events {
        let word = english(&mut random);
        script.expected.text.push_str(word);
        let obfuscation = random.letters(12);
        let delta = format!(r#"{place},"delta":"{}","logprobs":[],"obfuscation":"{obfuscation}""#, escape(word));
        event(&mut script, "response.output_text.delta", &delta);
    }
    let text = script.expected.text.clone();
    event(&mut script, "response.output_text.done", &format!(r#"{place},"text":"{}""#, escape(&text)));
    event(&mut script, "response.content_part.done", &format!(r#"{place},"part":{}"#, part(&text)));
    let done = format!(r#"{{{item},"status":"completed","content":[{}]}}"#, part(&text));
    event(&mut script, "response.output_item.done", &format!(r#""output_index":0,"item":{done}"#));
    let details = r#""input_tokens_details":{"cached_tokens":0},"output_tokens_details":{"reasoning_tokens":0}"#;
    let usage = format!(r#""usage":{{"input_tokens":37,"output_tokens":11,"total_tokens":48,{details}}}"#);
    let whole = format!(r#"{{{head},"status":"completed","model":"gpt-4.1-2025-04-14","output":[{done}],{usage}}}"#);
    event(&mut script, "response.completed", &format!(r#""response":{whole}"#));
    script.end()
}

/// `mcp`: notifications of progress, and the result.
pub(super) fn mcp(events: usize) -> Stream {
    let mut random = Random::new(7);
    let mut script = Script::new();
    for at in 1..events {
        let params = format!(r#"{{"progressToken":7,"progress":{at},"message":"{}"}}"#, escape(english(&mut random)));
        script.named("message", &format!(r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{params}}}"#));
    }
    script.named("message", r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"sunny"}]}}"#);
    script.end()
}
