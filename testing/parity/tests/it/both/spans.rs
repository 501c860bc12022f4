//! The span of a call.

use requesty_mock::Mock;
use requesty_parity::spans::Spans;

use super::{Client, KEY, each, streamed, whole};

#[test]
fn a_span_says_what_the_conventions_ask_for_and_no_content() {
    each(|transport| {
        let spans = Spans::default();
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        let answer = tracing::subscriber::with_default(spans.clone(), || {
            let answer = client.send(&streamed(&mock, "mock/text")).unwrap();
            client.send(&whole(&mock, "mock/429-once")).unwrap();
            client.send(&whole(&mock, "mock/status-401")).unwrap_err();
            answer
        });
        let [first, second, third] = &spans.take()[..] else { panic!("a span for each call") };
        let port = mock.addr().port().to_string();
        for (name, value) in [
            ("otel.name", "chat mock/text"),
            ("otel.kind", "client"),
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", "requesty"),
            ("gen_ai.request.model", "mock/text"),
            ("gen_ai.request.stream", "true"),
            ("gen_ai.response.model", "text"),
            ("gen_ai.response.finish_reasons", r#"["stop"]"#),
            ("gen_ai.response.id", answer.id.as_deref().unwrap()),
            ("gen_ai.usage.input_tokens", &*answer.usage.as_ref().unwrap().prompt_tokens.unwrap().to_string()),
            ("gen_ai.usage.output_tokens", &*answer.usage.as_ref().unwrap().completion_tokens.unwrap().to_string()),
            ("requesty.cost", &*answer.cost().unwrap().to_string()),
            ("server.address", "127.0.0.1"),
            ("server.port", &*port),
            ("http.response.status_code", "200"),
        ] {
            assert_eq!(first.get(name).map(String::as_str), Some(value), "{name}: {first:?}");
        }
        assert!(first["gen_ai.response.time_to_first_chunk"].parse::<f64>().unwrap() > 0.0);
        assert_eq!(second["http.request.resend_count"], "1");
        assert!(!second.contains_key("error.type"));
        assert_eq!((&*third["error.type"], &*third["otel.status_code"]), ("401", "ERROR"));

        let all = spans.all();
        assert!(
            !all.contains(KEY) && !all.contains("LLM gateway") && !all.contains(answer.text().get(..20).unwrap()),
            "{all}"
        );
    });
}
