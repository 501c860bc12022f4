//! Which endings are whole, in all families; and that a call without an ending cannot be run.

use requesty_core::chat::{Completion, FinishReason, Message, Request};
use requesty_core::messages::{AssistantMessage, StopReason};
use requesty_core::responses::Response;
use requesty_core::{End, Error};

use crate::support::chat::{clean, finished, play_as, stream_call};
use crate::support::{head, messages, responses, router, whole};

const WHOLE: [&str; 13] = [
    "stop",
    "stop_sequence",
    "end_turn",
    "end",
    "eos",
    "eos_token",
    "complete",
    "completed",
    "done",
    "tool_calls",
    "tool_call",
    "tool_use",
    "function_call",
];

const EARLY: [&str; 19] = [
    "length",
    "max_tokens",
    "max_output_tokens",
    "content_filter",
    "abort",
    "aborted",
    "network_error",
    "cancelled",
    "canceled",
    "pause_turn",
    "refusal",
    "safety",
    "recitation",
    "model_context_window_exceeded",
    "incomplete",
    "unknown",
    "stopped",
    "tool",
    " stop",
];

/// A word as servers spell it: as it is, in capitals, and with one.
fn spellings(word: &str) -> [String; 3] {
    let capital = word[..1].to_uppercase() + &word[1..];
    [word.to_owned(), word.to_uppercase(), capital]
}

#[test]
fn one_list_says_which_endings_are_whole() {
    let reasons = WHOLE.iter().map(|word| (word, true)).chain(EARLY.iter().map(|word| (word, false)));
    for (word, is_whole) in reasons {
        for reason in spellings(word) {
            let json =
                format!(r#"{{"choices":[{{"message":{{"content":"half an ans"}},"finish_reason":"{reason}"}}]}}"#);
            let completion: Completion = serde_json::from_str(&json).unwrap();
            assert_eq!(completion.whole_text().is_ok(), is_whole, "{reason}");
            assert_eq!(FinishReason::from(&*reason).is_early(), !is_whole, "{reason}");
            let streamed = clean(&finished(&[r#""content":"half an ans""#], &reason));
            assert_eq!(streamed.completion().whole_text().is_ok(), is_whole, "{reason}");

            let json = format!(r#"{{"content":[{{"type":"text","text":"half"}}],"stop_reason":"{reason}"}}"#);
            let reply: AssistantMessage = serde_json::from_str(&json).unwrap();
            assert_eq!((reply.whole_text().is_ok(), StopReason::from(&*reason).is_early()), (is_whole, !is_whole));
            let streamed = messages::clean(&messages::texts(&["half"], &reason));
            assert_eq!(streamed.reply().whole_text().is_ok(), is_whole, "{reason}");
            if !is_whole {
                let early = reply.whole_text().unwrap_err();
                assert_eq!(early.to_string(), format!("the answer was stopped early: {reason}"));
                assert_eq!(early.reason().unwrap().as_str(), reason);
            }

            let output = r#"[{"type":"message","content":[{"type":"output_text","text":"half"}]}]"#;
            let read = |members: &str| -> Response {
                serde_json::from_str(&format!(r#"{{"output":{output},{members}}}"#)).unwrap()
            };
            assert_eq!(read(&format!(r#""status":"{reason}""#)).whole_text().is_ok(), is_whole, "{reason}");
            let detailed = read(&format!(r#""status":"completed","incomplete_details":{{"reason":"{reason}"}}"#));
            assert_eq!(detailed.whole_text().is_ok(), is_whole, "{reason}");
        }
    }
}

/// A reason that is in no list makes no call unrunnable whose arguments are whole.
#[test]
fn a_call_is_run_for_its_arguments() {
    for word in WHOLE.iter().chain(&["abort", "network_error", "pause_turn", "of its own", "length", "max_tokens"]) {
        for reason in spellings(word) {
            let call = r#""tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]"#;
            let played = clean(&finished(&[call], &reason));
            assert_eq!(played.completion().tool_calls().count(), 1, "{reason}");
            let cut = call.replace("1}", "1");
            assert_eq!(clean(&finished(&[&cut], &reason)).completion().tool_calls().count(), 0, "{reason}");

            let block = messages::block_start(0, r#"{"type":"tool_use","id":"t","name":"f","input":{}}"#);
            let input = messages::delta(0, r#"{"type":"input_json_delta","partial_json":"{\"x\":1}"}"#);
            let body = messages::finished(&[block, input, messages::block_stop(0)], &reason);
            // Of these it is known that they cut the last block, whatever came of it.
            let cuts = matches!(*word, "length" | "max_tokens");
            assert_eq!(messages::once(&body).reply().tool_uses().count(), usize::from(!cuts), "{reason}");
        }
    }
}

#[test]
fn a_call_of_an_answer_without_a_reason_cannot_be_run() {
    let call = r#""tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]"#;
    for reason in ["", r#","finish_reason":null"#, r#","finish_reason":"""#, r#","finish_reason":7"#] {
        let body = format!("data: {{\"choices\":[{{\"delta\":{{{call}}}{reason}}}]}}\n\ndata: [DONE]\n\n");
        let played = play_as(
            &stream_call().accepting_unfinished(),
            head(200, "text/event-stream"),
            body.as_bytes(),
            9,
            End::Clean,
        );
        let completion = played.total.unwrap();
        assert_eq!((completion.tool_calls().count(), completion.unfinished_calls().count()), (0, 1), "{reason}");
        assert!(completion.whole_text().is_err());
        let whole: Completion =
            serde_json::from_str(&format!(r#"{{"choices":[{{"message":{{{call}}}{reason}}}]}}"#)).unwrap();
        assert_eq!((whole.tool_calls().count(), whole.whole_text().is_err()), (0, true), "{reason}");
        assert_eq!(whole.whole_text().unwrap_err().to_string(), "the answer was stopped early: no finish reason came");
    }
    for reason in ["", r#","stop_reason":null"#, r#","stop_reason":"""#] {
        let tool = r#"{"type":"tool_use","id":"t","name":"f","input":{"x":1}}"#;
        let reply: AssistantMessage = serde_json::from_str(&format!(r#"{{"content":[{tool}]{reason}}}"#)).unwrap();
        assert_eq!((reply.tool_uses().count(), reply.unfinished_tool_uses().count()), (0, 1), "{reason}");
        assert_eq!(reply.whole_text().unwrap_err().to_string(), "the answer was stopped early: no stop reason came");
    }
    for status in ["in_progress", "queued"] {
        let call = r#"{"type":"function_call","call_id":"c","name":"f","arguments":"{}","status":"completed"}"#;
        let response: Response =
            serde_json::from_str(&format!(r#"{{"status":"{status}","output":[{call}]}}"#)).unwrap();
        assert_eq!((response.function_calls().count(), response.whole_text().is_err()), (0, true));
    }
}

#[test]
fn a_refusal_is_no_whole_text() {
    let refused = clean(&finished(&[r#""refusal":"no""#], "stop"));
    assert_eq!((refused.text().as_str(), refused.completion().whole_text().is_err()), ("", true));
    let both = clean(&finished(&[r#""content":"but","refusal":"no""#], "stop"));
    assert_eq!(both.completion().whole_text().unwrap(), "but");
    let refusal = responses::output(r#"[{"type":"message","content":[{"type":"refusal","refusal":"no"}]}]"#);
    assert!(refusal.whole_text().is_err());
}

/// A caller that knows its server takes an answer without an ending as whole; nothing at all is no answer even then.
#[test]
fn an_answer_without_an_ending_can_be_accepted() {
    let chat = router().chat(&Request::new(&[Message::user("hi")])).unwrap();
    let body = r#"{"choices":[{"message":{"content":"Hel"}}]}"#;
    assert!(matches!(whole(&chat, 200, body), Err(Error::Unfinished(_))));
    let accepted = whole(&chat.accepting_unfinished(), 200, body).unwrap();
    assert_eq!((accepted.text(), accepted.whole_text().is_err()), ("Hel".into(), true));

    let message = messages::whole_call();
    let body = r#"{"type":"message","role":"assistant","content":[{"type":"text","text":"Hel"}]}"#;
    assert!(matches!(whole(&message, 200, body), Err(Error::Unfinished(_))));
    assert_eq!(whole(&message.accepting_unfinished(), 200, body).unwrap().text(), "Hel");

    let response = responses::whole_call();
    let output = r#"[{"type":"message","content":[{"type":"output_text","text":"Hel"}]}]"#;
    for body in [format!(r#"{{"output":{output}}}"#), format!(r#"{{"status":"in_progress","output":{output}}}"#)] {
        assert!(matches!(whole(&response, 200, &body), Err(Error::Unfinished(_))), "{body}");
        let accepted = whole(&response.clone().accepting_unfinished(), 200, &body).unwrap();
        assert_eq!((accepted.text(), accepted.whole_text().is_err()), ("Hel".into(), accepted.status.is_some()));
    }
    assert!(matches!(whole(&response.accepting_unfinished(), 200, r#"{"output":[]}"#), Err(Error::Unfinished(_))));
    // In the background it may be under way, and says so.
    let background =
        router().responses(&requesty_core::responses::Request::new("hi").extra("background", &true)).unwrap();
    assert!(whole(&background, 200, &format!(r#"{{"status":"queued","output":{output}}}"#)).is_ok());
    assert!(whole(&background, 200, &format!(r#"{{"output":{output}}}"#)).is_err());

    let stream = responses::stream_call();
    let delta = responses::events(&[r#"{"type":"response.output_text.delta","item_id":"m","delta":"Hel"}"#]);
    let done = "data: [DONE]\n\n";
    let played = responses::play_as(&stream, (delta.clone() + done).as_bytes(), &End::Clean);
    assert!(matches!(played.failure(), Error::Unfinished(_)));
    let accepting = stream.accepting_unfinished();
    let played = responses::play_as(&accepting, (delta.clone() + done).as_bytes(), &End::Clean);
    assert_eq!((played.complete().text(), played.complete().clean_end()), ("Hel".into(), true));
    for (body, end) in [(done, End::Clean), (&*delta, End::Clean)] {
        let played = responses::play_as(&accepting, body.as_bytes(), &end);
        assert!(!played.response().clean_end());
        assert!(matches!(played.failure(), Error::Unfinished(_) | Error::Truncated(_)), "{body}");
    }
}
