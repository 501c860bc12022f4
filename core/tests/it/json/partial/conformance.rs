//! Prefixes of JSON, and what three other readers show of them, from the folder that `REQUESTY_CONFORMANCE` names; passed over
//! where it names none.

use std::path::Path;

use base64::Engine;
use requesty_core::json::partial::{Partial, PartialOptions, Show};
use serde_json::Value;

/// How many cases come out as their source has it with all shown that is certain, and by which rule the others differ.
const RULES: &[(&str, usize)] = &[
    ("the same", 88),
    ("with unfinished numbers hidden, as the source hides them", 4),
    ("with unfinished strings hidden, as the source hides them", 5),
    // No option does that: what is open is shown.
    ("the source hides arrays and objects that are open", 4),
    // `12.e` and `" \x12`: nothing is repaired.
    ("the source takes what is no JSON", 2),
];

#[test]
fn prefixes_show_what_others_show() {
    let Ok(folder) = std::env::var("REQUESTY_CONFORMANCE") else {
        println!("REQUESTY_CONFORMANCE is not set: the conformance cases are passed over");
        return;
    };
    let json = std::fs::read(Path::new(&folder).join("json_partial.json")).unwrap();
    let file: Value = serde_json::from_slice(&json).unwrap();
    let cases = file["cases"].as_array().unwrap();
    let mut counts = vec![0; RULES.len()];
    let mut wrong = Vec::new();
    for case in cases {
        let input = base64::engine::general_purpose::STANDARD.decode(case["input_b64"].as_str().unwrap()).unwrap();
        match RULES.iter().position(|(rule, _)| follows(rule, &input, case)) {
            Some(rule) => counts[rule] += 1,
            None => wrong.push(case["name"].to_string()),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let counted: Vec<_> = RULES.iter().zip(counts).map(|((rule, _), count)| (*rule, count)).collect();
    assert_eq!(counted, RULES);
}

fn follows(rule: &str, input: &[u8], case: &Value) -> bool {
    let mut options = PartialOptions::default();
    (options.numbers, options.literals) = (Show::Begun, Show::Begun);
    match rule {
        "the same" => {}
        "with unfinished numbers hidden, as the source hides them" => options.numbers = Show::Final,
        "with unfinished strings hidden, as the source hides them" => options.strings = Show::Final,
        "the source hides arrays and objects that are open" => {
            let allowed = case["allow"].as_str().unwrap_or_default();
            return case["expect"]["absent"] == true && matches!((allowed, input), ("STR", [b'[' | b'{', ..]));
        }
        _ => return matches!(input, b"12.e" | b"\" \\x12") && Partial::new(options).push(input).is_err(),
    }
    let mut partial = Partial::new(options);
    let expect = &case["expect"];
    match partial.push(input) {
        Err(_) => expect["error"] == true,
        Ok(()) if expect["absent"] == true => partial.value().is_none(),
        Ok(()) => expect.get("value").is_some_and(|expected| partial.value().is_some_and(|value| value == *expected)),
    }
}
