//! Streams of events of one shape with others between them, drawn from bytes.

/// Draws from bytes; 0 once there are no more.
pub(super) struct Draw<'a>(pub(super) std::slice::Iter<'a, u8>);

impl Draw<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % count
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// Once in a while one of the choices, else the usual one.
    fn seldom<'a>(&mut self, usual: &'a str, choices: &[&'a str]) -> &'a str {
        if self.below(8) == 7 { self.of(choices) } else { usual }
    }

    pub(super) fn has_more(&self) -> bool {
        !self.0.as_slice().is_empty()
    }
}

/// What a text may be: with escapes, halves of characters, and syntax errors.
const TEXTS: &[&str] = &[
    "a",
    "",
    " word",
    r"\n",
    r#"\""#,
    "é字",
    r"\ud83d",
    r"\ude00",
    r"\u00e9",
    "x\\",
    "longer than sixteen bytes",
    "\t",
    "\u{7f}",
];

/// Appends events of one shape, and other events between them.
pub(super) fn write_events(
    draw: &mut Draw<'_>,
    kinds: &[[&str; 2]],
    others: &[&str],
    extras: &[&str],
    body: &mut Vec<u8>,
) {
    let [name, members] = kinds[draw.below(kinds.len())];
    let (spaces, line_end) =
        ([draw.seldom(" ", &["", "  "]), draw.seldom(" ", &["", "  "])], draw.seldom("\n", &["\r\n", "\r"]));
    let extra = [draw.of(extras), draw.of(extras)];
    let shape = match draw.below(4) {
        0 => format!("{{{members}{}{}}}", extra[0], extra[1]),
        1 => format!("{{\"a\":1{},{members}{}}}", extra[0], extra[1]),
        2 => format!("{{ {members} , \"type\":\"{name}\"{}}}", extra[0]),
        _ => format!("{{\"type\":\"{name}\",{members}{}}}", extra[0]),
    };
    for at in 0..2 + draw.below(6) {
        if draw.below(6) == 5 {
            body.extend_from_slice(draw.of(others).as_bytes());
        }
        let data = shape
            .replace('~', draw.of(TEXTS))
            .replace('#', draw.seldom(&at.to_string(), &["0", "01", "1.5", "-1", "1e3"]));
        let field = match draw.below(8) {
            6 => String::new(),
            7 => format!("id: 7{line_end}event:{}{name}{line_end}", spaces[0]),
            _ => format!("event:{}{name}{line_end}", spaces[0]),
        };
        let from = body.len();
        body.extend_from_slice(format!("{field}data:{}{data}{line_end}{line_end}", spaces[1]).as_bytes());
        // A byte in a place of its own now and then.
        if draw.below(10) == 9 {
            let place = from + draw.below(body.len() - from);
            body[place] = *[b'"', b'\\', b' ', 0xFF, b'}', b'0', b'\n'].get(draw.below(7)).unwrap();
        }
    }
}

pub(super) const MESSAGE_DELTAS: &[[&str; 2]] = &[
    ["content_block_delta", r#""index":0,"delta":{"type":"text_delta","text":"~"}"#],
    ["content_block_delta", r#""index":1,"delta":{"type":"thinking_delta","thinking":"~"}"#],
    ["content_block_delta", r#""index":1,"delta":{"partial_json":"~"}"#],
    ["content_block_delta", r#""delta":{"text":"x","text":"~"}"#],
    ["content_block_delta", r#""delta":{"type":"signature_delta","signature":"~"}"#],
    ["content_block_delta", r#""index":0,"delta":{"type":"text_delta","text":"~"},"delta":{"text":"~"}"#],
];

pub(super) const MESSAGE_OTHERS: &[&str] = &[
    ": ping\n\n",
    "event: ping\ndata: {\"type\":\"ping\"}\n\n",
    "event: message_start\ndata: {\"message\":{\"id\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":1}}}\n\n",
    "event: content_block_start\ndata: {\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
    "event: content_block_start\ndata: {\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"n\",\"input\":{}}}\n\n",
    "event: content_block_start\ndata: {\"index\":1,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}}\n\n",
    "event: content_block_start\ndata: {\"index\":0,\"content_block\":{\"type\":\"new\"}}\n\n",
    "event: content_block_stop\ndata: {\"index\":0}\n\n",
    "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"y\"},\"usage\":{\"output_tokens\":7}}\n\n",
    "event: message_delta\ndata: {\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n",
];

pub(super) const MESSAGE_EXTRAS: &[&str] = &[
    "",
    "",
    r#","p":"~""#,
    r#","n":#"#,
    r#","\u0074ype":"ping""#,
    r#","error":null"#,
    r#","usage":null"#,
    r#","list":[#,"~"]"#,
];

pub(super) const RESPONSE_DELTAS: &[[&str; 2]] = &[
    [
        "response.output_text.delta",
        r#""sequence_number":#,"item_id":"m","output_index":0,"content_index":0,"delta":"~""#,
    ],
    ["response.output_text.delta", r#""item_id":"m2","delta":"~""#],
    ["response.refusal.delta", r#""delta":"x","delta":"~","content_index":1"#],
    ["response.reasoning_summary_text.delta", r#""sequence_number":#,"output_index":1,"summary_index":0,"delta":"~""#],
    ["response.function_call_arguments.delta", r#""item_id":"c","output_index":2,"delta":"~""#],
    ["response.function_call_arguments.delta", r#""item_id":"~","delta":"~""#],
];

pub(super) const RESPONSE_OTHERS: &[&str] = &[
    ": ping\n\n",
    "event: keepalive\ndata: {}\n\n",
    "event: response.created\ndata: {\"response\":{\"id\":\"r\",\"status\":\"in_progress\",\"output\":[]}}\n\n",
    "event: response.output_item.added\ndata: {\"output_index\":0,\"item\":{\"id\":\"m\",\"type\":\"message\",\"content\":[]}}\n\n",
    "event: response.output_item.added\ndata: {\"item\":{\"id\":\"c\",\"type\":\"function_call\",\"call_id\":\"i\",\"name\":\"n\"}}\n\n",
    "event: response.output_item.done\ndata: {\"output_index\":2,\"item\":{\"id\":\"c\",\"type\":\"function_call\",\"arguments\":\"{}\"}}\n\n",
    "event: response.output_text.done\ndata: {\"item_id\":\"m\",\"output_index\":0,\"content_index\":0,\"text\":\"whole\"}\n\n",
    "event: response.new\ndata: {\"delta\":\"y\"}\n\n",
    "data: {\"type\":\"response.output_text.delta\",\"delta\":\"y\",\"item_id\":\"m3\"}\n\n",
    "event: response.completed\ndata: {\"response\":{\"id\":\"r\",\"status\":\"completed\",\"output\":[]}}\n\n",
];

pub(super) const RESPONSE_EXTRAS: &[&str] = &[
    "",
    "",
    r#","obfuscation":"~""#,
    r#","n":#"#,
    r#","\u0064elta":"y""#,
    r#","error":"""#,
    r#","text":"y""#,
    r#","logprobs":[]"#,
];
