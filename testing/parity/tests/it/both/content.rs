//! Prompts and answers in the spans of calls: they are there where a client was asked for them, and nowhere else.

use std::collections::BTreeMap;

use requesty_core::{Call, Reply, messages, responses};
use requesty_hyper::{Options, Proxy};
use requesty_mock::Mock;
use requesty_parity::spans::Spans;
use serde_json::{Value, json};

use super::{Client, Transport, each, router, streamed, whole};

const CONTENT: [&str; 4] =
    ["gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions"];

const QUESTION: &str = "What is an LLM gateway?";

/// Makes each kind of call to `mock/text`, and returns their spans, and all that was recorded.
fn spans(transport: Transport, options: Options) -> (Vec<BTreeMap<String, String>>, String) {
    let mock = Mock::start().unwrap();
    let client = Client::with_options(transport, options.with_proxy(Proxy::none()));
    let spans = Spans::default();
    fn send<R: Reply>(client: &Client, call: Call<R>) {
        assert!(client.send(&call).is_ok());
    }
    tracing::subscriber::with_default(spans.clone(), || {
        let router = router(&mock);
        send(&client, streamed(&mock, "mock/text"));
        send(&client, whole(&mock, "mock/text"));
        let message = messages::Request::user(QUESTION, 1024).model("mock/text").system("Be brief.");
        send(&client, router.messages_stream(&message).unwrap());
        send(&client, router.messages(&message).unwrap());
        let response = responses::Request::user(QUESTION).model("mock/text").instructions("Be brief.");
        send(&client, router.responses_stream(&response).unwrap());
        send(&client, router.responses(&response).unwrap());
        client.send(&streamed(&mock, "mock/delta-then-die")).unwrap_err();
    });
    (spans.take(), spans.all())
}

#[test]
fn a_span_has_content_only_where_it_was_asked_for() {
    each(|transport| {
        let (plain, all) = spans(transport, Options::new());
        assert_eq!(plain.len(), 7);
        for span in &plain {
            assert!(CONTENT.iter().all(|name| !span.contains_key(*name)), "{span:?}");
        }
        for word in ["What is an LLM", "a service that sits", "Be brief"] {
            assert!(!all.contains(word), "{word} is in {all}");
        }

        let (asked, _) = spans(transport, Options::new().with_content_in_spans());
        let read =
            |span: &BTreeMap<String, String>, name: &str| -> Value { serde_json::from_str(&span[name]).unwrap() };
        let question = json!([{"role": "user", "parts": [{"type": "text", "content": QUESTION}]}]);
        for (number, span) in asked[..6].iter().enumerate() {
            assert_eq!(read(span, CONTENT[0]), question, "{span:?}");
            let answer = &read(span, CONTENT[1])[0];
            assert_eq!(answer["role"], "assistant");
            assert!(answer["parts"][0]["content"].as_str().unwrap().starts_with("An LLM gateway is"), "{answer}");
            assert!(answer["finish_reason"].is_string(), "{answer}");
            let instructions = (number >= 2).then(|| read(span, CONTENT[2]));
            assert_eq!(instructions, (number >= 2).then(|| json!([{"type": "text", "content": "Be brief."}])));
            assert_eq!(span.contains_key(CONTENT[2]), number >= 2, "{span:?}");
            assert!(!span.contains_key(CONTENT[3]), "{span:?}");
        }
        // The rest of the span is the same, but for times, and places that differ for each run.
        let names = |span: &BTreeMap<String, String>| {
            span.keys().filter(|name| !CONTENT.contains(&&***name) && !name.starts_with("requesty.")).cloned().collect()
        };
        let [plain, asked_names]: [Vec<Vec<String>>; 2] =
            [&plain, &asked].map(|spans| spans.iter().map(names).collect());
        assert_eq!(plain, asked_names);
        let broken = &read(&asked[6], CONTENT[1])[0];
        assert!(!broken["parts"][0]["content"].as_str().unwrap().is_empty() && broken["finish_reason"].is_null());
    });
}
