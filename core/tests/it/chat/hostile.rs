//! Streams that would cost the square of their length if anything were looked through, or copied, for each fragment. Each is
//! long enough that the square would take minutes; what they take of memory is in `limits.rs` and `linear.rs`.

use requesty_core::End;

use crate::support::chat::{Played, delta, play_as, stream_call};
use crate::support::head;

const MANY: usize = 40_000;

fn played(chunks: impl Iterator<Item = String>) -> Played {
    let mut body: String = chunks.map(|members| format!("data: {}\n\n", delta(&members))).collect();
    body += "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    play_as(&stream_call(), head(200, "text/event-stream"), body.as_bytes(), 16 << 10, End::Clean)
}

#[test]
fn white_space_in_arguments_is_not_looked_through_for_each_fragment() {
    let blank =
        format!(r#""tool_calls":[{{"id":"a","function":{{"name":"f","arguments":"{}"}}}}]"#, " ".repeat(4 << 20));
    let named = || r#""tool_calls":[{"function":{"name":"f","arguments":""}}]"#.to_owned();
    let completion = played(std::iter::once(blank).chain((0..MANY).map(|_| named()))).total.unwrap();
    assert_eq!(completion.message().unwrap().tool_calls.len(), 1);
}

#[test]
fn ever_new_members_of_one_detail_are_not_looked_through_for_each_other() {
    let detail = |n| format!(r#""reasoning_details":[{{"index":0,"type":"t","n{n}":{n},"text":"x"}}]"#);
    let completion = played((0..MANY).map(detail)).total.unwrap();
    let details = completion.message().unwrap().extra.get("reasoning_details").unwrap();
    assert!(details.starts_with(r#"[{"index":0,"type":"t","n0":0,"text":"xxx"#), "they add up in their order");
    assert!(details.ends_with(&format!(r#""n{0}":{0}}}]"#, MANY - 1)));
}

#[test]
fn ever_new_members_of_the_answer_are_not_looked_through_for_each_other() {
    let completion = played((0..MANY).map(|n| format!(r#""n{n}":{n}"#))).total.unwrap();
    assert_eq!(completion.message().unwrap().extra.len(), MANY);
}

#[test]
fn ever_new_elements_of_a_list_are_not_looked_through_for_each_other() {
    // Each chunk repeats an element of the one before.
    let annotations = |n: usize| format!(r#""annotations":[{{"n":{n}}},{{"n":{}}}]"#, n + 1);
    let completion = played((0..MANY).map(annotations)).total.unwrap();
    let annotations = completion.message().unwrap().extra.get("annotations").unwrap();
    assert_eq!(annotations.matches("\"n\"").count(), MANY + 1, "each once");
}

#[test]
fn white_space_before_a_reply_is_looked_at_once() {
    let call = stream_call().with_limits(requesty_core::Limits::default().with_error_body(1 << 20));
    let body = " ".repeat(1 << 20) + &format!("\ndata: {}\n\n", delta(r#""content":"x""#));
    let played = play_as(&call, head(200, "text/event-stream"), body.as_bytes(), 1, End::Clean);
    assert!(played.total.is_err());
}
