//! What a server may make of a message: what is just within a limit passes, and one more does not.

use requesty_core::error::Limit;
use requesty_core::{End, Error, Limits};

use crate::support::messages::{
    Played, START, block_start, block_stop, delta, end, events, finished, frame, play_pieces, stream_call, text, texts,
};

fn played(limits: Limits, body: &str) -> Played {
    play_pieces(&stream_call().with_limits(limits), body.as_bytes().chunks(4096), End::Clean)
}

fn limit(played: &Played) -> Option<(Limit, usize)> {
    match played.error()? {
        Error::TooLarge(large) => Some((large.what(), large.limit())),
        other => panic!("{other:?}"),
    }
}

/// Returns the least total that a stream fits into.
fn least_total(body: &str) -> usize {
    let fits = |total: usize| limit(&played(Limits::default().with_total(total), body)).is_none();
    let (mut no, mut yes) = (0, 1 << 20);
    assert!(fits(yes));
    while yes - no > 1 {
        let middle = (no + yes) / 2;
        if fits(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    yes
}

#[test]
fn texts_of_every_kind_count_to_the_byte() {
    let deltas = [
        (r#"{"type":"text","text":""}"#, "text_delta", "text", ""),
        (r#"{"type":"thinking","thinking":""}"#, "thinking_delta", "thinking", ""),
        (r#"{"type":"thinking","thinking":""}"#, "signature_delta", "signature", ""),
        (r#"{"type":"tool_use","input":{}}"#, "input_json_delta", "partial_json", ""),
        (r#"{"type":"text","text":""}"#, "citations_delta", "citation", r#"{"a":"#),
    ];
    for (block, kind, field, object) in deltas {
        let body = |length: usize| {
            let value = if object.is_empty() {
                format!("\"{}\"", "x".repeat(length))
            } else {
                format!("{object}\"{}\"}}", "x".repeat(length - 8))
            };
            let delta = delta(0, &format!(r#"{{"type":"{kind}","{field}":{value}}}"#));
            finished(&[block_start(0, block), delta, block_stop(0)], "end_turn")
        };
        let least = least_total(&body(100));
        assert_eq!(least_total(&body(1100)), least + 1000, "{field}");
        // What did not fit is there all the same, and was lent before the error.
        let played = played(Limits::default().with_total(least - 1), &body(100));
        assert_eq!(limit(&played), Some((Limit::Total, least - 1)));
        let place = ["text", "thinking", "signature", "partial_json"].iter().position(|name| *name == field);
        if let Some(place) = place {
            assert_eq!(played.joined(place).len(), 100, "{field}");
        }
        assert_eq!(played.reply().id.as_deref(), Some("msg_1"));
    }
}

/// What a server sends in ever new places, a little each time, counts as what it takes.
#[test]
fn whatever_else_is_kept_counts_towards_the_total() {
    let limits = Limits::default().with_total(100_000);
    let long = "x".repeat(1000);
    for event in [
        block_start(0, r#"{"type":"odd","n":#,"data":"LONG"}"#),
        delta(0, r#"{"type":"citations_delta","citation":{"n":#,"data":"LONG"}}"#),
        text(0, "LONG"),
    ] {
        let all: Vec<String> = (0..127).map(|n| event.replace('#', &n.to_string()).replace("LONG", &long)).collect();
        assert_eq!(limit(&played(limits, &finished(&all, "end_turn"))), Some((Limit::Total, 100_000)), "{event}");
    }
    // Members of the message and of its usage: those that stay count, those that are replaced do not.
    for event in [
        r#"{"type":"message_delta","delta":{"nKEY":"LONG"}}"#,
        r#"{"type":"message_delta","usage":{"nKEY":"LONG"}}"#,
        r#"{"type":"odd","usage":{"nKEY":"LONG"}}"#,
    ] {
        let all = |keys: usize| {
            (0..1000).map(|n| event.replace("KEY", &(n % keys).to_string()).replace("LONG", &long)).collect::<Vec<_>>()
        };
        assert_eq!(limit(&played(limits, &finished(&all(10), "end_turn"))), None, "{event}");
        assert_eq!(
            limit(&played(Limits::default().with_total(9_000), &finished(&all(10), "end_turn"))),
            Some((Limit::Total, 9_000))
        );
    }
    // Many small blocks are more than their bytes.
    let small: Vec<String> = (0..1000).map(|n| block_start(n, "{}")).collect();
    assert!(limit(&played(limits, &finished(&small, "end_turn"))).is_some());
    assert!(limit(&played(Limits::default().with_total(0), &texts(&[""], "end_turn"))).is_some());
}

#[test]
fn a_message_may_have_as_many_tool_uses_as_the_limit() {
    let body = |count: usize| {
        let uses = (0..count as u32).flat_map(|n| {
            [block_start(n, r#"{"type":"tool_use","id":"t","name":"f","input":{"a":1}}"#), block_stop(n)]
        });
        finished(&uses.collect::<Vec<_>>(), "tool_use")
    };
    for (limits, most) in [(Limits::default(), 128), (Limits::default().with_tool_calls(3), 3)] {
        assert_eq!(played(limits, &body(most)).total.unwrap().tool_uses().count(), most);
        let over = played(limits, &body(most + 1));
        assert_eq!(limit(&over), Some((Limit::ToolCalls, most)));
        assert_eq!(over.reply().content.len(), most);
    }
    // Those of the provider, and other blocks, are not the application's to run.
    let others: Vec<String> =
        (0..200).map(|n| block_start(n, r#"{"type":"server_tool_use","id":"s","name":"f","input":{}}"#)).collect();
    assert_eq!(limit(&played(Limits::default(), &finished(&others, "end_turn"))), None);
}

#[test]
fn a_message_may_have_65_536_blocks() {
    let body = |count: u32| {
        let blocks: Vec<String> = (0..count).map(|n| block_start(n, "{}")).collect();
        finished(&blocks, "end_turn")
    };
    let most = 1 << 16;
    assert_eq!(played(Limits::default(), &body(most)).total.unwrap().content.len(), most as usize);
    let over = played(Limits::default(), &body(most + 1));
    assert_eq!(limit(&over), Some((Limit::Elements, most as usize)));
    let whole = format!(r#"{{"content":[{}{{}}]}}"#, "{},".repeat(most as usize));
    assert!(matches!(crate::support::messages::play_whole(200, &whole).unwrap_err().error(), Error::TooLarge(_)));
}

#[test]
fn an_event_may_be_as_long_as_its_limit() {
    let body = |length: usize| {
        let frame_of = text(0, "").len();
        events([START.to_owned(), text(0, &"x".repeat(length - frame_of)), end("end_turn")])
    };
    let limits = Limits::default().with_event(2000);
    assert_eq!(limit(&played(limits, &body(2000))), None);
    assert_eq!(limit(&played(limits, &body(2001))), Some((Limit::Event, 2000)));
}

/// Would not end if any of it were looked through for each event.
#[test]
fn hostile_streams_cost_no_more_than_their_length() {
    // Blocks that take turns.
    let count = 20_000;
    let mut body = frame(START);
    for n in 0..count {
        body += &frame(&block_start(n, r#"{"type":"text","text":""}"#));
    }
    for n in 0..count {
        body += &frame(&text((n * 7919) % count, "x"));
    }
    assert_eq!(played(Limits::default(), &body).reply().text().len(), count as usize);
    // Very many members, and then many events with few.
    let many: Vec<String> = (0..50_000).map(|n| format!(r#""n{n}":{n}"#)).collect();
    let mut body = frame(&format!(r#"{{"type":"message_delta","delta":{{{0}}},"usage":{{{0}}}}}"#, many.join(",")));
    for n in 0..20_000 {
        body += &frame(&format!(r#"{{"type":"message_delta","usage":{{"output_tokens":{n}}}}}"#));
    }
    let played = played(Limits::default(), &body);
    assert_eq!(played.reply().usage.as_ref().unwrap().output_tokens, Some(19_999));
    assert_eq!(played.reply().extra.len(), 50_000);
}
