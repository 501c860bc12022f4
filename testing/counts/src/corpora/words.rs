//! What the models of the corpora say, a token at a time.

use crate::random::Random;

/// English, as tokens of a language model: a space before each word, endings and marks on their own. Their mean length is
/// that of English tokens, a little under five bytes.
const ENGLISH: &[&str] = &[
    " the",
    " a",
    " of",
    " and",
    " to",
    " in",
    " is",
    " that",
    " it",
    " for",
    " on",
    " with",
    " as",
    " are",
    " this",
    " be",
    " by",
    " an",
    " or",
    " from",
    " which",
    " can",
    " have",
    " not",
    " more",
    " also",
    " their",
    " when",
    " one",
    " each",
    " model",
    " models",
    " request",
    " answer",
    " router",
    " gateway",
    " language",
    " system",
    " data",
    " through",
    " provider",
    " because",
    " between",
    " different",
    " response",
    " stream",
    " example",
    " number",
    " small",
    " large",
    ",",
    ",",
    ",",
    ".",
    ".",
    ".",
    "'s",
    "ing",
    "ed",
    "ly",
    "er",
    "s",
    ":",
    " -",
];

/// Chinese, as tokens: mostly a word of two characters, with single ones, longer ones and marks between them.
const CHINESE: &[&str] = &[
    "模型",
    "请求",
    "网关",
    "语言",
    "系统",
    "数据",
    "我们",
    "可以",
    "不同",
    "因为",
    "使用",
    "服务",
    "回答",
    "问题",
    "一个",
    "的",
    "是",
    "在",
    "和",
    "了",
    "，",
    "。",
    "人工智能",
    "大语言模型",
    "开发者",
    "提供商",
    "应用程序",
    "对于这个",
    "与此同时",
    "换句话说",
    "越来越多",
    "更重要的是",
];

/// Words of which keys and values of a call's arguments consist.
const ARGUMENTS: &[&str] = &[
    "city",
    "unit",
    "query",
    " San",
    " Francisco",
    "weather",
    "limit",
    " of",
    " the",
    " next",
    "days",
    "_",
    "2025",
    "-06",
];

/// Returns the next token of an English text. Now and then a paragraph ends.
pub(super) fn english(random: &mut Random) -> &'static str {
    if random.one_in(100) { ".\n\n" } else { random.pick(ENGLISH) }
}

/// Returns the next token of a Chinese text.
pub(super) fn chinese(random: &mut Random) -> &'static str {
    random.pick(CHINESE)
}

/// Returns the next word of a call's arguments.
pub(super) fn argument(random: &mut Random) -> &'static str {
    random.pick(ARGUMENTS)
}

/// Returns the next token of a text with everything that needs an escape in JSON: quotes, line ends, code, control
/// characters, and characters beyond the basic plane.
pub(super) fn rich(random: &mut Random) -> &'static str {
    const RICH: &[&str] = &["\n", "\n\n", " \"", "\"", "\\n", "\t", " 👍", " é", "你好", " —", "\u{1b}[0m"];
    // About one token in eight, as in an answer with lists and code.
    if random.one_in(8) { random.pick(RICH) } else { english(random) }
}

/// Writes text as the inside of a JSON string, with only the escapes that JSON asks for.
pub(super) fn escape(text: &str) -> String {
    escape_where(text, |_| false)
}

/// Writes text as the inside of a JSON string in ASCII, as many servers do: everything else becomes `\uXXXX`, and a pair of
/// those beyond the basic plane.
pub(super) fn escape_to_ascii(text: &str) -> String {
    escape_where(text, |c| !c.is_ascii())
}

fn escape_where(text: &str, by_number: impl Fn(char) -> bool) -> String {
    let mut json = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\t' => json.push_str("\\t"),
            _ if c < ' ' || by_number(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    json.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ => json.push(c),
        }
    }
    json
}
