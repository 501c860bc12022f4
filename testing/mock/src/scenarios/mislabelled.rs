//! 200 answers that are not what was asked for, or not what they say they are.

use bytes::Bytes;
use serde_json::json;

use super::{Outcome, Scenario};
use crate::answer::Answer;
use crate::ask::Ask;
use crate::script::Script;

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n";

pub(super) fn table() -> Vec<Scenario> {
    use Outcome::{Complete, HttpError, InBandError, Unexpected};
    vec![
        Scenario::new("mock/json-completion", "A plain completion although a stream was asked for.", Complete, |ask| {
            Answer::gateway(ask).whole_script()
        }),
        Scenario::new("mock/json-completion-as-sse", "The same, labelled as an event stream.", Complete, |ask| {
            Script::text(200, "text/event-stream", Answer::gateway(ask).whole().to_string())
        }),
        Scenario::new("mock/sse-for-unary", "A stream although a plain completion was asked for.", Unexpected, |ask| {
            Script::sse().send(Answer::gateway(ask).sse_text())
        }),
        Scenario::new("mock/json-error-200", "A JSON error body under 200.", InBandError, |_| {
            error_under_200("application/json")
        }),
        Scenario::new("mock/json-error-as-sse", "A bare JSON error labelled as an event stream.", InBandError, |_| {
            error_under_200("text/event-stream")
        }),
        Scenario::new("mock/json-error-unlabelled", "A JSON error without a content type.", InBandError, |_| {
            error_under_200("application/json").unlabelled()
        }),
        Scenario::new("mock/html-200", "A sign-in page under 200.", Unexpected, |_| page(200, "text/html")),
        Scenario::new("mock/html-as-sse", "A sign-in page labelled as an event stream.", Unexpected, |_| {
            page(200, "text/event-stream")
        }),
        Scenario::new("mock/html-unlabelled", "A sign-in page without a content type.", Unexpected, |_| {
            page(200, "text/html").unlabelled()
        }),
        Scenario::new("mock/html-403", "A page under 403.", HttpError, |_| page(403, "text/html; charset=utf-8")),
        Scenario::new("mock/html-502", "A page under 502.", HttpError, |_| page(502, "text/html")),
        Scenario::new("mock/empty-200", "An empty body under 200.", Unexpected, |_| {
            Script::new(200).header("content-type", "application/json")
        }),
        Scenario::new("mock/status-204", "No content.", Unexpected, |_| Script::new(204)),
        Scenario::new("mock/text-plain-sse", "An event stream labelled text/plain.", Complete, |ask| {
            labelled(ask, "text/plain")
        }),
        Scenario::new("mock/json-labelled-sse", "An event stream labelled application/json.", Complete, |ask| {
            labelled(ask, "application/json")
        }),
        Scenario::new("mock/latin1-sse", "An event stream whose label claims ISO-8859-1.", Complete, |ask| {
            labelled(ask, "text/event-stream; charset=ISO-8859-1")
        }),
        Scenario::new("mock/upper-case-sse", "The media type in capitals.", Complete, |ask| {
            labelled(ask, "Text/Event-Stream; Charset=UTF-8")
        }),
        Scenario::new("mock/unlabelled-sse", "An event stream without a content type.", Complete, |ask| {
            labelled(ask, "text/event-stream").unlabelled()
        }),
        Scenario::new("mock/content-encoding", "Labelled gzip although nobody asked for it.", Unexpected, |ask| {
            let gzip: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            let label = if ask.stream() { "text/event-stream" } else { "application/json" };
            Script::text(200, label, Bytes::from_static(gzip)).header("content-encoding", "gzip")
        }),
        Scenario::new("mock/choices-empty", "A completion whose `choices` is empty.", Unexpected, |ask| {
            let mut whole = Answer::gateway(ask).whole();
            whole["choices"] = json!([]);
            let answer = Answer::gateway(ask);
            Script::by_mode(Script::sse().event(&answer.usage_chunk()).done(), Script::json(200, &whole))
        }),
        Scenario::new("mock/choices-missing", "A completion without `choices`.", Unexpected, |ask| {
            let mut whole = Answer::gateway(ask).whole();
            whole.as_object_mut().map(|members| members.remove("choices"));
            Script::by_mode(Script::sse().event(&json!({"id": "x"})).done(), Script::json(200, &whole))
        }),
        Scenario::new("mock/choices-null", "A completion whose `choices` is null.", Unexpected, |ask| {
            let mut whole = Answer::gateway(ask).whole();
            whole["choices"] = json!(null);
            Script::by_mode(Script::sse().event(&json!({"choices": null})).done(), Script::json(200, &whole))
        }),
        Scenario::new(
            "mock/json-truncated",
            "A JSON body that ends too early, under a clean end.",
            Unexpected,
            |ask| {
                let whole = Answer::gateway(ask).whole().to_string();
                Script::text(200, "application/json", whole[..whole.len() / 2].to_owned())
            },
        ),
    ]
}

fn page(status: u16, content_type: &str) -> Script {
    Script::text(status, content_type, PAGE)
}

fn error_under_200(content_type: &str) -> Script {
    let body = json!({"error": {"message": "upstream died", "type": "server_error", "code": 502}});
    Script::text(200, content_type, body.to_string())
}

/// Streams a text with letters that are read wrongly as Latin-1, under this label.
fn labelled(ask: &Ask, content_type: &str) -> Script {
    let answer = Answer::text(ask, "Grüße ✅ from the gateway.");
    answer.streamed_as(Script::sse().header("content-type", content_type).send(answer.sse_text()))
}
