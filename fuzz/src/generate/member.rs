//! Members that are there twice, that should not be there, or that are more than usual.

use crate::random::Random;

/// Gives every chunk a member whose value changes, mostly from one of a kind to the next.
pub(super) fn always(random: &mut Random, chunks: &mut [Vec<u8>]) {
    let owner = random.pick(OWNERS);
    let key = random.pick(KEYS);
    let letter = random.below(key.len());
    let key = match key.split_at_checked(letter + 1) {
        // The same name, spelled in another way.
        Some((head, tail)) if random.percent(30) => {
            format!("{}\\u{:04x}{tail}", &head[..letter], key.as_bytes()[letter])
        }
        _ => key.to_owned(),
    };
    let kind = [0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6][random.below(11)];
    let in_front = random.percent(50);
    for chunk in chunks {
        let value = match random.below(40) {
            0 => random.pick(DECISIVE),
            1 => {
                let other = random.below(VALUES.len());
                random.pick(VALUES[other])
            }
            _ => random.pick(VALUES[kind]),
        };
        put(chunk, owner, &format!("\"{key}\":{value}"), in_front);
    }
}

/// Gives an object of every chunk more members than is usual, all of them new, or nearly.
pub(super) fn crowd(random: &mut Random, chunks: &mut [Vec<u8>]) {
    let owner = random.pick(OWNERS);
    let (count, stays) = (random.between(20, 70), random.percent(50));
    for (place, chunk) in chunks.iter_mut().enumerate() {
        let from = if stays { 0 } else { place * 3 };
        let members: Vec<String> = (from..from + count).map(|name| format!("\"m{name}\":{place}")).collect();
        put(chunk, owner, &members.join(","), false);
    }
}

const OWNERS: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    r#""delta":{"#,
    r#""choices":[{"#,
    r#""function":{"#,
    r#""tool_calls":[{"#,
    r#""usage":{"#,
    r#""prompt_tokens_details":{"#,
];
const KEYS: &[&str] = &[
    "id",
    "created",
    "model",
    "type",
    r"type",
    "object",
    r"object",
    "error",
    "usage",
    "content",
    "reasoning",
    r"reasoning",
    "reasoning_content",
    "reasoning_signature",
    "refusal",
    "role",
    "index",
    "name",
    "arguments",
    "finish_reason",
    "cost",
    "total_cost",
    r"cost",
    "total_tokens",
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens_details",
    "text",
    "data",
    "transcript",
    "obfuscation",
    "x",
    "",
];
/// What means something other than itself somewhere.
const DECISIVE: &[&str] = &["\"error\"", "\"ping\"", "\"stop\"", "\"\"", "null", "{\"message\":\"m\"}"];
const VALUES: &[&[&str]] = &[
    &["\"a\"", "\"b\"", "\"c d\"", "\"e\"", "\"\\u00e9\"", "\"length of it\"", "\"7\""],
    &["1", "2", "17", "0", "105", "99999999999999", "123456789012345678"],
    &["0.1", "1.5", "2e-5", "0.00012", "0", "1E+2", "12345.678901234567890123456789012345678901"],
    &["\"1\"", "\"22\"", "\"0.5\"", "\" 7 \"", "\"x\"", "\"-1\""],
    &["null", "true", "false"],
    &["{}", "{\"a\":1}", "{\"a\":2}", "{\"reasoning_tokens\":3}", "{\"total_tokens\":4}"],
    &["[]", "[1]", "[{\"type\":\"text\",\"text\":\"p\"}]"],
];

/// A member that is there twice, or should not be there.
#[derive(Clone, Copy)]
pub(super) struct Oddity {
    /// Where the object begins that it is put into; empty for the chunk itself.
    owner: &'static str,
    member: &'static str,
    /// In front of the members, or after them.
    in_front: bool,
}

const ODDITIES: &[(&str, &str)] = &[
    ("", r#""choices":[{"delta":{"content":"twice"}}]"#),
    ("", r#""choices":[{"index":0,"delta":{"reasoning":"t"}},{"index":1,"delta":{"content":"u"}}]"#),
    ("", r#""choices":null"#),
    ("", r#""choices":[]"#),
    ("", r#""choices":"none""#),
    ("", r#""usage":null"#),
    ("", r#""usage":{"total_tokens":7,"total_tokens":8,"cost":1.5}"#),
    ("", r#""id":"other""#),
    ("", r#""id":null"#),
    ("", r#""id":12"#),
    ("", r#""created":"1700000000""#),
    ("", r#""created":1.7e9"#),
    ("", r#""model":"again""#),
    ("", r#""error":null"#),
    ("", r#""error":"""#),
    ("", r#""type":"ping""#),
    ("", r#""obfuscation":"abc","obfuscation":"d""#),
    (r#""delta":{"#, r#""content":"twice""#),
    (r#""delta":{"#, r#""content":null"#),
    (r#""delta":{"#, r#""content":7"#),
    (r#""delta":{"#, r#""content":[{"type":"text","text":"part"}]"#),
    (r#""delta":{"#, r#""reasoning":"aside""#),
    (r#""delta":{"#, r#""reasoning_content":"aside""#),
    (r#""delta":{"#, r#""role":"user""#),
    (r#""delta":{"#, r#""role":"""#),
    (r#""delta":{"#, r#""refusal":"no""#),
    (r#""delta":{"#, r#""tool_calls":[{"index":1,"function":{"name":"f","arguments":"{}"}}]"#),
    (r#""delta":{"#, r#""tool_calls":null"#),
    (r#""function":{"#, r#""arguments":"x""#),
    (r#""function":{"#, r#""arguments":null"#),
    (r#""function":{"#, r#""arguments":{"a":1}"#),
    (r#""function":{"#, r#""name":"g""#),
    (r#""choices":[{"#, r#""delta":{"content":"other"}"#),
    (r#""choices":[{"#, r#""delta":null"#),
    (r#""choices":[{"#, r#""message":{"content":"whole"}"#),
    (r#""choices":[{"#, r#""message":{"content":"","reasoning":"","refusal":null}"#),
    (
        r#""choices":[{"#,
        r#""message":{"role":"assistant","content":[{"type":"text","text":"w"},{"type":"thinking","thinking":"t"}]}"#,
    ),
    (
        r#""choices":[{"#,
        r#""message":{"tool_calls":[{"id":"call_0","function":{"name":"look_up","arguments":"{}"}},{"id":"z","function":{"name":"z"}}]}"#,
    ),
    (r#""choices":[{"#, r#""message":{"annotations":[{"u":1}],"reasoning":"t"},"message":null"#),
    (r#""choices":[{"#, r#""message":7"#),
    (r#""choices":[{"#, r#""logprobs":null,"native":null"#),
    ("", r#""created":0"#),
    ("", r#""x_provider":{},"provider":null"#),
    ("", r#""x_provider":{"region":null,"tries":[2,2]}"#),
    (r#""delta":{"#, r#""annotations":[{"u":1},{"u":1}],"reasoning_details":null"#),
    (r#""delta":{"#, r#""name":null"#),
    (r#""choices":[{"#, r#""finish_reason":null"#),
    (r#""choices":[{"#, r#""index":2"#),
    (r#""choices":[{"#, r#""index":999"#),
    (r#""tool_calls":[{"#, r#""index":null"#),
    (r#""tool_calls":[{"#, r#""id":7"#),
    (r#""tool_calls":[{"#, r#""function":null"#),
    (r#""tool_calls":[{"#, r#""function":{"arguments":"y"}"#),
    (r#""usage":{"#, r#""cost":"0.5""#),
    (r#""usage":{"#, r#""total_tokens":null"#),
    (r#""usage":{"#, r#""extra":1,"extra":[2]"#),
];

impl Oddity {
    pub(super) fn draw(random: &mut Random) -> Self {
        let (owner, member) = ODDITIES[random.below(ODDITIES.len())];
        Oddity { owner, member, in_front: random.percent(50) }
    }

    pub(super) fn apply(self, chunk: &mut Vec<u8>) {
        put(chunk, self.owner, self.member, self.in_front);
    }
}

/// Puts a member into the first object that `owner` begins, in front of the others or after them.
fn put(chunk: &mut Vec<u8>, owner: &str, member: &str, in_front: bool) {
    let inside = match owner {
        "" if chunk.first() == Some(&b'{') => 1,
        "" => return,
        owner => match find(chunk, owner.as_bytes()) {
            Some(at) => at + owner.len(),
            None => return,
        },
    };
    let end = object_end(chunk, inside);
    let empty = chunk.get(inside..end).is_none_or(|members| members.trim_ascii().is_empty());
    let (at, text) = match (empty, in_front) {
        (true, _) => (inside, member.to_owned()),
        (false, true) => (inside, format!("{member},")),
        (false, false) => (end, format!(",{member}")),
    };
    chunk.splice(at..at, text.into_bytes());
}

/// Returns where the object ends whose members begin at `from`.
fn object_end(json: &[u8], from: usize) -> usize {
    let (mut depth, mut in_string, mut escaped) = (0, false, false);
    for (at, &byte) in json.iter().enumerate().skip(from) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string && depth == 0 => return at,
            b'}' | b']' if !in_string => depth -= 1,
            _ => {}
        }
    }
    json.len()
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}
