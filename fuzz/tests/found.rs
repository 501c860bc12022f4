//! What the differential test found once, each by name, in the smallest stream that shows it.

use requesty_fuzz::differential::{Differential, Sample};

/// Checks a body in one piece, byte by byte, and cut after each line; with a clean end and a broken one.
fn check(body: &str) {
    let differential = Differential::new();
    let lines = (1..body.len()).filter(|&at| body.as_bytes()[at - 1] == b'\n').collect();
    for cuts in [Vec::new(), (1..body.len()).collect(), lines] {
        for breaks in [false, true] {
            differential.check(&Sample { body: body.into(), cuts: cuts.clone(), breaks, closely: true, limits: None });
        }
    }
}

/// A line end in the data of an event came of two lines; in the bytes it is the end of one.
#[test]
fn a_line_end_in_the_data_is_not_one_in_the_bytes() {
    let two = "data: {\"id\":\"c\",\ndata: \"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    let one = "data: {\"id\":\"c\",\n\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    check(&format!("{two}{two}{two}{one}{two}"));
}

#[test]
fn a_time_that_is_no_number_is_no_chunk() {
    check("data: {\"created\":4.}\n\n");
    check("data: {\"created\":4.,\"id\":\"a\"}\n\n");
    check("data: {\"created\":\"\\x\"}\n\n");
}

fn part(members: &str) -> String {
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":[{{{members}}}]}}}}]}}\n\n")
}

/// The second text of what is no thinking part was reasoning.
#[test]
fn what_is_no_thinking_part_has_no_thoughts() {
    let two = r#""thinking":[{"type":"text","text":"a"},{"type":"text","text":"b"}]"#;
    check(&part(&format!(r#""type":"other",{two}"#)));
    check(&part(&format!(r#""type":"text","text":"c",{two}"#)));
}

#[test]
fn in_a_part_too_null_is_absent_and_the_last_counts() {
    check(&part(r#""type":"text","text":"a","text":null"#));
    check(&part(r#""type":"text","text":"a","type":null"#));
    let thoughts = r#""type":"thinking","thinking":[{"type":"text","text":"a"},{"type":"text","text":"b"}]"#;
    check(&part(&format!(r#"{thoughts},"thinking":null"#)));
    check(&part(&format!(r#"{thoughts},"thinking":[{{"type":"text","text":"c"}}]"#)));
}

/// What `type` says decides whether a chunk is an error, however it is spelled.
#[test]
fn an_escaped_type_is_looked_at() {
    let chunk = |kind: &str| {
        format!("data: {{\"typ\\u0065\":\"{kind}\",\"choices\":[{{\"delta\":{{\"content\":\"a\"}}}}]}}\n\n")
    };
    check(&["a", "b", "c", "d", "error", "e"].map(chunk).concat());
}
