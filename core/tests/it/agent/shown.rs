//! What a loop says in words, and what it shows of a conversation.

use requesty_core::agent::{BadCall, Bound, Conversation, Misuse, RunnableCall, Stop, Tools};
use requesty_core::chat::Message;
use serde_json::json;

fn stops() -> Vec<(Stop, &'static str)> {
    let bad = |why| Stop::BadCall { name: "Xyzzy".to_owned(), why };
    vec![
        (Stop::Turns { limit: 16 }, "the limit of 16 turns is reached"),
        (Stop::Calls { limit: 128 }, "the model made more than 128 calls"),
        (Stop::CallsPerTurn { calls: 33, limit: 32 }, "the model made 33 calls in one turn: 32 are allowed"),
        (Stop::IdenticalCalls { limit: 4 }, "the model made the same call more than 4 times"),
        (Stop::Tokens { used: 120, limit: 100 }, "120 tokens are used: 100 are allowed"),
        (
            Stop::Cost { spent: "0.30".parse().unwrap(), limit: "0.25".parse().unwrap() },
            "0.3 US dollars are spent: 0.25 are allowed",
        ),
        (Stop::Unmeasured { bound: Bound::Tokens }, "an answer did not report its tokens, which are bounded"),
        (Stop::Unmeasured { bound: Bound::Cost }, "an answer did not report its cost, which is bounded"),
        (
            bad(BadCall::Cut),
            "the model made a call that cannot be run: it was cut: the answer ended before the call did",
        ),
        (bad(BadCall::InvalidArguments), "the model made a call that cannot be run: its arguments are not valid JSON"),
        (bad(BadCall::NoName), "the model made a call that cannot be run: it names no function"),
        (bad(BadCall::NoId), "the model made a call that cannot be run: it has no id of its own"),
        (bad(BadCall::UnknownFunction), "the model made a call that cannot be run: there is no such function"),
        (Stop::Early { reason: Some("length".to_owned()) }, "the answer was stopped early: length"),
        (Stop::Early { reason: None }, "the answer was stopped early"),
        (Stop::Refused, "the model refused"),
        (Stop::Cut { error: "cancelled".to_owned() }, "the answer did not come whole: cancelled"),
        (Stop::ByCaller, "the caller stopped the loop"),
    ]
}

/// The model wrote the name of a function: no reason shows it.
#[test]
fn each_stop_has_its_words() {
    for (stop, words) in stops() {
        assert_eq!(stop.to_string(), words);
        let kept = serde_json::to_string(&stop).unwrap();
        assert_eq!(serde_json::from_str::<Stop>(&kept).unwrap(), stop, "{kept}");
    }
}

#[test]
fn each_misuse_has_its_words() {
    for (misuse, words) in [
        (Misuse::NoRequest, "the loop does not wait for an answer"),
        (Misuse::NoSuchCall, "the loop has no such call to be settled"),
        (Misuse::NothingToContinue, "the loop has no cut answer that can be continued so"),
        (Misuse::TooManyContinuations, "the answer was continued as often as the bounds allow"),
    ] {
        assert_eq!(misuse.to_string(), words);
    }
}

#[test]
fn a_call_shows_its_name_and_not_its_arguments() {
    let call = json!({"id": "c1", "name": "weather", "arguments": r#"{"city":"Xyzzy"}"#});
    let call: RunnableCall = serde_json::from_value(call).unwrap();
    assert_eq!(format!("{call:?}"), r#"RunnableCall { id: "c1", name: "weather", arguments_len: 16, .. }"#);
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Weather {
        city: String,
    }
    assert_eq!(call.arguments_as::<Weather>().unwrap(), Weather { city: "Xyzzy".to_owned() });
    let error = call.arguments_as::<Vec<String>>().unwrap_err();
    assert_eq!((error.raw(), format!("{error} {error:?}").contains("Xyzzy")), (call.arguments_json(), false));
}

#[test]
fn what_begins_empty_is_empty() {
    let conversation = Conversation::<Message>::default();
    assert_eq!((conversation.history().len(), conversation.has_open_calls()), (0, false));
    assert!(conversation.answer().is_none());
    assert_eq!(conversation.into_history(), Vec::new());
    let tools = Tools::<Message>::default();
    assert_eq!((tools.as_slice().len(), tools.names().count()), (0, 0));
}
