//! The insides of strings: what a model says, in pieces.

use crate::random::Random;

/// What one answer says, piece by piece.
pub(super) struct Words {
    kind: Kind,
    /// The half of a character that the next piece must bring.
    owed: Option<&'static str>,
}

#[derive(Clone, Copy)]
enum Kind {
    Plain,
    Chinese,
    /// Every character above ASCII as `\u…`.
    Escaped,
    Code,
    Odd,
}

const PLAIN: &[&str] = &[
    " the",
    "Hello",
    ",",
    " world",
    ".",
    " a",
    " gateway",
    " of",
    " language",
    " models",
    "!",
    " is",
    " 42",
    " and",
    " routing",
    " to",
    " providers",
    ":",
    " it",
    "'s",
    " fallback",
    " (",
    ")",
    " e",
    ".g",
    "-",
    "data",
    " [DONE]",
];
const CHINESE: &[&str] = &["你", "好，", "世界", "。", "网关", "模型", "是", "🌍", "é", "данные", "の"];
const ESCAPED: &[&str] =
    &[r"\u4f60", r"\u597d\uff0c", r"\u4e16\u754c", r"\ud83c\udf0d", r"\u00e9", "a", r"\u3002", r"\u000a", r"\uFFFD"];
const CODE: &[&str] = &[
    r"\n",
    r"\n\n",
    r#"\""#,
    r"\\",
    r"\t",
    "fn main() {",
    "}",
    r#"println!(\"hi\");"#,
    "    ",
    r"\/",
    "// x",
    r"\r\n",
    r#"{\"a\": [1, 2]}"#,
    "<b>",
    r"\\n",
    "`",
];
const ODD: &[&str] = &[
    r"\ud83d",
    r"\ude00",
    r"\ud83d\ud83d",
    r"\udc00\ud800",
    r"\u0000",
    "\u{7f}",
    "\u{feff}",
    "\u{2028}",
    r"\b\f",
    r#"\u0022"#,
    r"\u005c",
    "data: x",
    "\u{10ffff}",
    r"\uD83D\u0041",
    " ",
    "",
];
/// First and second halves of characters.
const HALVES: &[(&str, &str)] = &[(r"\ud83d", r"\ude00"), (r"\uD83C", r"\uDF0D"), (r"a\ud83d", r"\ude00b")];

impl Words {
    pub(super) fn draw(random: &mut Random) -> Self {
        let kind = match random.below(12) {
            0..=6 => Kind::Plain,
            7 => Kind::Chinese,
            8 => Kind::Escaped,
            9 | 10 => Kind::Code,
            _ => Kind::Odd,
        };
        Words { kind, owed: None }
    }

    /// Makes the next piece.
    pub(super) fn piece(&mut self, random: &mut Random) -> String {
        if let Some(owed) = self.owed.take() {
            return if random.percent(80) { owed.to_owned() } else { String::new() };
        }
        if random.below(8_000) == 0 {
            return "long text, ".repeat(random.between(2_000, 7_000));
        }
        if random.percent(3) {
            return String::new();
        }
        if random.percent(if matches!(self.kind, Kind::Odd | Kind::Escaped) { 10 } else { 1 }) {
            let (first, second) = HALVES[random.below(HALVES.len())];
            self.owed = Some(second);
            return first.to_owned();
        }
        let mut piece = String::new();
        let many = if random.percent(5) { 30 } else { 3 };
        for _ in 0..random.between(1, many) {
            let from = match self.kind {
                Kind::Chinese if random.percent(80) => CHINESE,
                Kind::Escaped if random.percent(80) => ESCAPED,
                Kind::Code if random.percent(50) => CODE,
                Kind::Odd if random.percent(40) => ODD,
                _ => PLAIN,
            };
            piece.push_str(random.pick(from));
        }
        piece
    }
}

/// Makes letters that mean nothing.
pub(super) fn base64(random: &mut Random, length: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (0..length).map(|_| char::from(LETTERS[random.below(LETTERS.len())])).collect()
}
