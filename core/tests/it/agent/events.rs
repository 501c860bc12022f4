//! The view of a stream: the same events in every family.

use std::time::Duration;

use requesty_core::agent::{Spending, StreamEvent, StreamItem, StreamView};
use requesty_core::{Call, Dialect, End, Reply, Step, chat, messages, responses};

use crate::support::{head, router};

const CHAT: &str = r#"data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}

data: {"choices":[{"delta":{"content":"Hel"}}]}

data: {"choices":[{"delta":{"content":"lo"}},{"index":1,"delta":{"content":"another"}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":""}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]}

data: {"choices":[{"delta":{},"finish_reason":"tool_calls"},{"index":1,"delta":{},"finish_reason":"stop"}]}

data: {"choices":[],"usage":{"prompt_tokens":8,"completion_tokens":4,"cost":0.1}}

data: [DONE]

"#;

const MESSAGES: &str = r#"data: {"type":"message_start","message":{"role":"assistant","content":[],"usage":{"input_tokens":8}}}

data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}

data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

data: {"type":"content_block_stop","index":0}

data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hel"}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"lo"}}

data: {"type":"content_block_stop","index":1}

data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"c1","name":"f","input":{}}}

data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"x\""}}

data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}}

data: {"type":"content_block_stop","index":2}

data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"input_tokens":8,"output_tokens":4,"cost":0.1}}

data: {"type":"message_stop"}

"#;

const RESPONSES: &str = r#"data: {"type":"response.created","response":{"status":"in_progress","output":[]}}

data: {"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","summary":[]}}

data: {"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"hm"}

data: {"type":"response.output_item.added","output_index":1,"item":{"type":"message","role":"assistant","content":[]}}

data: {"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"Hel"}

data: {"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"lo"}

data: {"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","call_id":"c1","name":"f","arguments":""}}

data: {"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"x\""}

data: {"type":"response.function_call_arguments.delta","output_index":2,"delta":":1}"}

data: {"type":"response.function_call_arguments.done","output_index":2,"arguments":"{\"x\":1}"}

data: {"type":"response.completed","response":{"status":"completed","output":[],"usage":{"input_tokens":8,"output_tokens":4,"cost":0.1}}}

"#;

/// Plays a body in pieces, and returns what was shown: what adds up; the last usage; the reason of the end.
fn play<R: Reply>(call: &Call<R>, body: &str, piece: usize) -> (Vec<String>, Option<Spending>, String)
where
    for<'a> <R::Dialect as Dialect>::Item<'a>: StreamItem,
{
    let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
    let mut pieces = body.as_bytes().chunks(piece);
    let (mut view, mut shown, mut usage, mut end) = (StreamView::new(), Vec::new(), None, String::new());
    loop {
        match machine.advance().unwrap() {
            Step::Ready => view.see(&machine.item(), &mut |event| match event {
                StreamEvent::Text { delta, so_far } => shown.push(format!("text {delta} of {so_far}")),
                StreamEvent::Reasoning { delta, so_far } => shown.push(format!("reasoning {delta} of {so_far}")),
                StreamEvent::CallStarted(call) => shown.push(format!("call {} {}", call.name(), call.id().unwrap())),
                StreamEvent::Arguments { delta, call } => {
                    shown.push(format!("arguments {delta} of {}", call.arguments()));
                }
                StreamEvent::CallDone(call) => shown.push(format!("done {}", call.arguments())),
                StreamEvent::Usage(spending) => usage = Some(spending),
                StreamEvent::Finished(reason) => end = reason.into_owned(),
                other => panic!("not in the sample: {other:?}"),
            }),
            Step::NeedBytes => match pieces.next() {
                Some(bytes) => machine.push(bytes, Duration::ZERO),
                None => machine.end(End::Clean),
            },
            Step::Done => break,
        }
    }
    assert_eq!((view.text(), view.reasoning(), view.calls().len()), ("Hello", "hm", 1));
    (shown, usage, end)
}

#[test]
fn every_family_shows_the_same() {
    let asked = [chat::Message::user("hi")];
    let chat_call = router().chat_stream(&chat::Request::new(&asked).n(2)).unwrap();
    let asked = [messages::Message::user("hi")];
    let messages_call = router().messages_stream(&messages::Request::new(&asked, 64).model("m")).unwrap();
    let responses_call = router().responses_stream(&responses::Request::new("hi")).unwrap();
    let expected = [
        "reasoning hm of hm",
        "text Hel of Hel",
        "text lo of Hello",
        "call f c1",
        r#"arguments {"x" of {"x""#,
        r#"arguments :1} of {"x":1}"#,
        r#"done {"x":1}"#,
    ];
    for piece in [1, 7, usize::MAX] {
        let played = [
            (play(&chat_call, CHAT, piece), "tool_calls"),
            (play(&messages_call, MESSAGES, piece), "tool_use"),
            (play(&responses_call, RESPONSES, piece), "completed"),
        ];
        for ((shown, usage, end), reason) in played {
            assert_eq!(shown, expected);
            let usage = usage.unwrap();
            assert_eq!((usage.tokens(), usage.cost.to_string().as_str()), (12, "0.1"));
            assert_eq!(end, reason);
        }
    }
}

#[test]
fn sources_are_shown_as_they_come() {
    let body = r#"data: {"type":"response.output_text.annotation.added","output_index":0,"content_index":0,"annotation":{"type":"url_citation","url":"https://a.example","title":"A"}}

"#;
    let call = router().responses_stream(&responses::Request::new("hi")).unwrap();
    let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(body.as_bytes(), Duration::ZERO);
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    let mut urls = Vec::new();
    StreamView::new().see(&machine.item(), &mut |event| {
        if let StreamEvent::Citation(citation) = event {
            urls.extend(citation.url);
        }
    });
    assert_eq!(urls, ["https://a.example"]);
}
