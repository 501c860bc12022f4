//! Texts that are JSON, nearly JSON, and made of JSON's words.

use proptest::collection::vec;
use proptest::prelude::*;

/// Words of JSON, and what is nearly one. Keys are few, so that some are repeated.
const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"b\":",
    "\"a\":",
    "\"\\u0061\":",
    "\"\":",
    "true",
    "false",
    "null",
    "tru",
    "0",
    "-0",
    "-",
    "12",
    ".5",
    "1.",
    "e",
    "E+",
    "1e5",
    "e400",
    "18446744073709551616",
    " ",
    "\n",
    "\t",
    "\\",
    "\\n",
    "\\u",
    "\\u00e9",
    "\\ud83d",
    "\\ude00",
    "\\udd",
    "d8",
    "\\\"",
    "x",
    "é",
    "字",
    "😀",
    "\u{7f}",
    "\u{1}",
    "\u{a0}",
    "/",
    "~",
    "`",
];

/// Any of the words, one after the other.
pub(crate) fn soup() -> impl Strategy<Value = Vec<u8>> {
    vec(prop::sample::select(WORDS), 0..14).prop_map(|words| words.concat().into_bytes())
}

/// JSON of all kinds, with escapes, white space and repeated keys.
pub(crate) fn json() -> impl Strategy<Value = String> {
    let number = prop::sample::select(
        &["0", "-0", "7", "-12", "1.25", "0.1e1", "3E-2", "1e+5", "9007199254740993", "18446744073709551616", "1e200"]
            [..],
    );
    let literal = prop::sample::select(&["true", "false", "null"][..]);
    let leaf = prop_oneof![
        number.prop_map(str::to_owned),
        literal.prop_map(str::to_owned),
        string(),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let space = prop::sample::select(&["", "", "", " ", "\n\t", "\r"][..]);
        let key = prop_oneof![
            string(),
            prop::sample::select(&["\"a\"", "\"b\"", "\"\\u0061\"", "\"a/b~\""][..]).prop_map(str::to_owned)
        ];
        let element = (space.clone(), inner.clone(), space.clone()).prop_map(|(a, value, b)| format!("{a}{value}{b}"));
        let member =
            (space.clone(), key, space, inner).prop_map(|(a, key, b, value)| format!("{a}{key}{b}:{b}{value}{a}"));
        prop_oneof![
            vec(element, 0..6).prop_map(|elements| format!("[{}]", elements.join(","))),
            vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

fn string() -> impl Strategy<Value = String> {
    let part = prop::sample::select(
        &[
            "a",
            "text of some length",
            " ",
            "\\n",
            "\\\"",
            "\\\\",
            "\\/",
            "\\u00e9",
            "\\uD83D\\uDE00",
            "é",
            "字",
            "😀",
            "\u{2028}",
            "\\u0000",
        ][..],
    );
    vec(part, 0..6).prop_map(|parts| format!("\"{}\"", parts.concat()))
}

/// The same, with a byte changed, put in or left out.
pub(crate) fn mutated() -> impl Strategy<Value = Vec<u8>> {
    (json(), any::<prop::sample::Index>(), any::<u8>(), 0..3).prop_map(|(json, at, byte, how)| {
        let mut bytes = json.into_bytes();
        let at = at.index(bytes.len());
        match how {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => drop(bytes.remove(at)),
        }
        bytes
    })
}

/// Cuts a text at a few places.
pub(crate) fn pieces<'a>(text: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}
