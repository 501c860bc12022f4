//! The view of a stream: the same events in every family.

use std::time::Duration;

use requesty_core::agent::{Action, CallView, Conversation, Loop, Spending, StreamEvent, StreamItem, StreamView};
use requesty_core::{Call, Dialect, End, Reply, Step, chat, messages, responses};

use super::families::{Family, tools};
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
    assert!(view.refusal().is_empty() && view.calls()[0].is_done());
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

/// Lets a view see a stream, and returns the view.
fn seen<R: Reply>(call: &Call<R>, body: &str, mut show: impl FnMut(StreamEvent<'_>)) -> StreamView
where
    for<'a> <R::Dialect as Dialect>::Item<'a>: StreamItem,
{
    let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(body.as_bytes(), Duration::ZERO);
    let mut view = StreamView::new();
    while machine.advance().unwrap() == Step::Ready {
        view.see(&machine.item(), &mut show);
    }
    view
}

/// A stream that ends each call by itself shows its end there, before the next call begins.
#[test]
fn a_call_is_done_where_the_stream_ends_it() {
    fn shown<R: Reply>(call: &Call<R>, body: &str) -> Vec<String>
    where
        for<'a> <R::Dialect as Dialect>::Item<'a>: StreamItem,
    {
        let mut shown = Vec::new();
        let view = seen(call, body, |event| match event {
            StreamEvent::CallStarted(call) => shown.push(format!("{} begins", call.name())),
            StreamEvent::CallDone(call) => shown.push(format!("{}({})", call.name(), call.arguments())),
            _ => {}
        });
        assert!(view.calls().iter().all(CallView::is_done));
        shown
    }
    use crate::support::{chat as chats, messages as blocks, responses as items};
    let block = |index: u32, name: &str| {
        let tool = format!(r#"{{"type":"tool_use","id":"{name}","name":"{name}","input":{{}}}}"#);
        let input = r#"{"type":"input_json_delta","partial_json":"[1]"}"#;
        [blocks::block_start(index, &tool), blocks::delta(index, input), blocks::block_stop(index)]
    };
    let one_by_one = ["f begins", "f([1])", "g begins", "g([1])"];
    let body = blocks::finished(&[block(0, "f"), block(1, "g")].concat(), "tool_use");
    assert_eq!(shown(&blocks::stream_call(), &body), one_by_one);
    let item = |index: u32, name: &str| {
        let begin = format!(r#"{{"type":"function_call","call_id":"{name}","name":"{name}","arguments":""}}"#);
        [
            format!(r#"{{"type":"response.output_item.added","output_index":{index},"item":{begin}}}"#),
            format!(r#"{{"type":"response.function_call_arguments.delta","output_index":{index},"delta":"[1]"}}"#),
            format!(r#"{{"type":"response.function_call_arguments.done","output_index":{index},"arguments":"[1]"}}"#),
        ]
    };
    let end = [r#"{"type":"response.completed","response":{"status":"completed"}}"#.to_owned()];
    let body = items::events(&[&item(0, "f")[..], &item(1, "g"), &end].concat());
    assert_eq!(shown(&items::stream_call(), &body), one_by_one);
    // A completion ends its calls together.
    let call = |index: u32, name: &str| {
        format!(r#""tool_calls":[{{"index":{index},"id":"{name}","function":{{"name":"{name}","arguments":"[1]"}}}}]"#)
    };
    let body = chats::finished(&[&call(0, "f"), &call(1, "g")], "tool_calls");
    assert_eq!(shown(&chats::stream_call(), &body), ["f begins", "g begins", "f([1])", "g([1])"]);
}

#[test]
fn sources_are_shown_as_they_come() {
    let asked = [chat::Message::user("hi")];
    let chat_call = router().chat_stream(&chat::Request::new(&asked).n(2)).unwrap();
    let asked = [messages::Message::user("hi")];
    let messages_call = router().messages_stream(&messages::Request::new(&asked, 64).model("m")).unwrap();
    let responses_call = router().responses_stream(&responses::Request::new("hi")).unwrap();
    let expected = ["https://a.example A", "https://b.example B"];
    for piece in [1, 7, usize::MAX] {
        assert_eq!(sources(&chat_call, CHAT_SOURCES, piece), expected);
        assert_eq!(sources(&messages_call, MESSAGES_SOURCES, piece), expected);
        assert_eq!(sources(&responses_call, RESPONSES_SOURCES, piece), expected);
    }
}

const CHAT_SOURCES: &str = r#"data: {"choices":[{"delta":{"content":"It "}}]}

data: {"choices":[{"delta":{"content":"is ","annotations":[{"type":"url_citation","url_citation":{"url":"https://a.example","title":"A"}}]}},{"index":1,"delta":{"content":"x","annotations":[{"url":"https://another.example"}]}}]}

data: {"choices":[{"delta":{"annotations":[{"type":"url_citation","url":"https://b.example","title":"B"}]},"finish_reason":"stop"},{"index":1,"finish_reason":"stop"}]}

data: [DONE]

"#;

const MESSAGES_SOURCES: &str = r#"data: {"type":"message_start","message":{"role":"assistant","content":[]}}

data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":[]}}

data: {"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","cited_text":"x","url":"https://a.example","title":"A"}}}

data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"It is."}}

data: {"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","cited_text":"y","url":"https://b.example","title":"B"}}}

data: {"type":"content_block_stop","index":0}

data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}

data: {"type":"message_stop"}

"#;

const RESPONSES_SOURCES: &str = r#"data: {"type":"response.output_text.annotation.added","output_index":0,"content_index":0,"annotation":{"type":"url_citation","url":"https://a.example","title":"A"}}

data: {"type":"response.output_text.annotation.added","output_index":0,"content_index":0,"annotation":{"type":"url_citation","url":"https://b.example","title":"B"}}

data: {"type":"response.completed","response":{"status":"completed","output":[]}}

"#;

/// Plays a body in pieces, and returns the sources that were shown.
fn sources<R: Reply>(call: &Call<R>, body: &str, piece: usize) -> Vec<String>
where
    for<'a> <R::Dialect as Dialect>::Item<'a>: StreamItem,
{
    let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
    let mut pieces = body.as_bytes().chunks(piece);
    let (mut view, mut shown) = (StreamView::new(), Vec::new());
    loop {
        match machine.advance().unwrap() {
            Step::Ready => view.see(&machine.item(), &mut |event| {
                if let StreamEvent::Citation(citation) = event {
                    shown.push(format!("{} {}", citation.url.unwrap_or_default(), citation.title.unwrap_or_default()));
                }
            }),
            Step::NeedBytes => match pieces.next() {
                Some(bytes) => machine.push(bytes, Duration::ZERO),
                None => machine.end(End::Clean),
            },
            Step::Done => return shown,
        }
    }
}

/// Wherever a provider puts them, and however often: what a view shows of a stream are the sources of its total.
#[test]
fn a_view_shows_each_source_of_a_completion_once() {
    let url = |name: &str| format!(r#"{{"url":"https://{name}.example","title":"{name}"}}"#);
    let (a, b) = (url("a"), url("b"));
    let delta = |members: &str| format!(r#"{{"choices":[{{"index":0,"delta":{{{members}}}}}]}}"#);
    let text = r#""content":"x""#;
    let bodies = [
        // The whole list at the root of every chunk, and one more source later.
        vec![format!(r#"{{"citations":[{a}],"choices":[{{"index":0,"delta":{{{text}}}}}]}}"#); 6],
        vec![
            format!(r#"{{"citations":["https://c.example"],"search_results":[{a}],"choices":[]}}"#),
            format!(r#"{{"citations":["https://c.example"],"search_results":[{a},{b}],"choices":[]}}"#),
            delta(text),
        ],
        vec![delta(&format!(r#"{text},"annotations":[{a}]"#)); 5],
        vec![
            delta(&format!(r#"{text},"web_search":{{"results":[{a}]}}"#)),
            delta(&format!(r#""annotations":[{a},{b}]"#)),
        ],
        vec![format!(
            r#"{{"choices":[{{"index":0,"delta":{{{text}}},"grounding_metadata":{{"grounding_chunks":[{{"web":{b}}}]}}}}]}}"#
        )],
        // Of two deltas the last one counts.
        vec![format!(
            r#"{{"choices":[{{"index":0,"delta":{{"annotations":[{a}]}},"delta":{{{text},"annotations":[{b}]}}}}]}}"#
        )],
        // A message beside a delta, and one alone.
        vec![format!(
            r#"{{"choices":[{{"index":0,"delta":{{{text}}},"message":{{"content":"x","annotations":[{a},{b}]}}}}]}}"#
        )],
        vec![format!(r#"{{"choices":[{{"index":3,"message":{{"content":"x","annotations":[{a},{b}]}}}}]}}"#)],
        // An event that is cut, and the same member again.
        vec![
            format!(r#"{{"citations":[{a}],"choices":[{{"index":0,"delta":{{{text}}}"#),
            format!(r#"{{"citations":[{a}],"choices":[{{"index":0,"delta":{{{text}}}}}]}}"#),
        ],
    ];
    let asked = [chat::Message::user("hi")];
    let call = router().chat_stream(&chat::Request::new(&asked)).unwrap();
    for body in bodies {
        let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
        let (mut view, mut shown) = (StreamView::new(), Vec::new());
        for event in &body {
            machine.push(format!("data: {event}\n\n").as_bytes(), Duration::ZERO);
            while let Ok(Step::Ready) = machine.advance() {
                view.see(&machine.item(), &mut |event| {
                    if let StreamEvent::Citation(citation) = event {
                        shown.push((citation.url, citation.title));
                    }
                });
            }
        }
        let total = machine.total();
        let completion = total.as_ref().unwrap_or_else(|incomplete| incomplete.partial());
        let named = completion.citations().into_iter().map(|citation| (citation.url, citation.title));
        let mut named: Vec<_> = named.collect();
        assert!(!named.is_empty(), "{body:?}");
        named.sort();
        shown.sort();
        assert_eq!(shown, named, "{body:?}");
    }
}

#[test]
fn a_refusal_is_shown_as_it_comes() {
    let chat = crate::support::chat::finished(&[r#""refusal":"I can""#, r#""refusal":"not.""#], "stop");
    let delta = |text: &str| format!(r#"{{"type":"response.refusal.delta","item_id":"m","delta":"{text}"}}"#);
    let responses = crate::support::responses::events(&[delta("I can"), delta("not.")]);
    fn refused<R: Reply>(call: &Call<R>, body: &str) -> (String, Vec<String>)
    where
        for<'a> <R::Dialect as Dialect>::Item<'a>: StreamItem,
    {
        let mut shown = Vec::new();
        let view = seen(call, body, |event| {
            if let StreamEvent::Refusal { delta, so_far } = event {
                shown.push(format!("{delta} of {so_far}"));
            }
        });
        assert!(view.text().is_empty());
        (view.refusal().to_owned(), shown)
    }
    let expected = ("I cannot.".to_owned(), ["I can of I can", "not. of I cannot."].map(str::to_owned).to_vec());
    assert_eq!(refused(&crate::support::chat::stream_call(), &chat), expected);
    assert_eq!(refused(&crate::support::responses::stream_call(), &responses), expected);
}

/// Whoever drives a loop needs only its family: it asks, and shows the stream.
#[test]
fn a_loop_is_driven_by_its_family_alone() {
    fn driven<F: Family>(whole: &str, body: &str) {
        let history = Conversation::from([F::user_text("Hello".to_owned())]);
        let agent = Loop::<F>::new(history, tools(), F::settings());
        let Action::Send(request) = agent.next() else { panic!("nothing to send") };
        let router = router();
        let asked = F::whole(&router, &request).unwrap().request();
        assert!(asked.uri().path().ends_with(whole), "{}", asked.uri());
        assert_eq!(asked.body(), F::body(&request).as_bytes());
        let call = F::stream(&router, &request).unwrap();
        assert!(String::from_utf8_lossy(call.request().body()).contains(r#""stream":true"#));
        let mut machine = call.open(head(200, "text/event-stream"), Duration::ZERO);
        machine.push(body.as_bytes(), Duration::ZERO);
        let mut view = StreamView::new();
        while machine.advance().unwrap() == Step::Ready {
            F::see(&machine.item(), &mut view, &mut |_| ());
        }
        assert_eq!((view.text(), view.calls()[0].arguments()), ("Hello", r#"{"x":1}"#));
    }
    driven::<chat::Message>("/chat/completions", CHAT);
    driven::<messages::Message>("/messages", MESSAGES);
    driven::<responses::InputItem>("/responses", RESPONSES);
}
