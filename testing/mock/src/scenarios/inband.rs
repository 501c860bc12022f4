//! Errors inside a 200 answer, in every shape that has been seen.

use serde_json::{Value, json};

use super::{Outcome, Scenario};
use crate::answer::Answer;
use crate::ask::Ask;
use crate::script::Script;

/// The shapes by name, with what they are.
const SHAPES: [(&str, &str); 12] = [
    ("1", "A bare error object"),
    ("2", "An error beside empty `choices`"),
    ("3", "An error beside a choice with finish reason `error`"),
    ("4", "An error inside a choice"),
    ("5", "An event named `error` with code and details"),
    ("6", "`type: error` around an object with a null code"),
    ("7", "A flat `type: error`"),
    ("8", "`success: false` with status and code"),
    ("string", "An error that is a text"),
    ("vllm", "VLLM's `object: error`"),
    ("requesty", "Requesty's origin and message"),
    ("terminal", "A bare error with code 400, not to be tried again"),
];

pub(super) fn table() -> Vec<Scenario> {
    let mut table = Vec::new();
    for (shape, what) in SHAPES {
        for (place, when) in [("first", "before the first delta"), ("after", "after a delta")] {
            for (end, how) in [("", "then the end"), ("-done", "then `[DONE]`")] {
                let name = format!("mock/inband-{shape}-{place}{end}");
                table.push(Scenario::new(name, format!("{what}, {when}, {how}."), Outcome::InBandError, inband));
            }
        }
    }
    table
}

fn inband(ask: &Ask) -> Script {
    let shape = SHAPES.iter().map(|(shape, _)| *shape).find(|shape| ask.has(shape)).unwrap_or("1");
    let answer = Answer::gateway(ask);
    let (name, body) = error(shape, &answer);
    let mut script = Script::sse();
    if ask.has("after") {
        script = script.events(&answer.delta_chunks()[..2]);
    }
    if let Some(name) = name {
        script = script.send(format!("event: {name}\ndata: {body}\n\n"));
    } else {
        script = script.event(&body);
    }
    if ask.has("done") {
        script = script.done();
    }
    Script::by_mode(script, Script::json(200, &body))
}

/// Returns the event's name, if it has one, and its data.
fn error(shape: &str, answer: &Answer) -> (Option<&'static str>, Value) {
    let message = "upstream died";
    let plain = json!({"code": 502, "message": message});
    let body = match shape {
        "2" => {
            let mut chunk = answer.chunk(json!([]));
            chunk["error"] = plain;
            chunk
        }
        "3" => {
            let mut chunk = answer.chunk(json!([{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]));
            chunk["error"] = plain;
            chunk
        }
        "4" => answer.chunk(json!([{"index": 0, "delta": {}, "finish_reason": "error", "error": plain}])),
        "5" => return (Some("error"), json!({"code": 400, "details": "Requested sample logprobs of 21"})),
        "6" => {
            json!({"type": "error",
                "error": {"type": "server_error", "code": null, "message": message, "param": null}})
        }
        "7" => json!({"type": "error", "code": "server_error", "message": message, "param": null}),
        "8" => {
            json!({"success": false,
                "error": {"code": "INTERNAL_SERVER_ERROR", "status": 500, "message": message}})
        }
        "string" => json!({"error": message}),
        "vllm" => json!({"object": "error", "message": message, "type": "InternalServerError", "param": null,
            "code": 500}),
        "requesty" => {
            json!({"error": {"origin": "router", "message": "There was a problem with the provider stream"}})
        }
        "terminal" => {
            json!({"error": {"message": "prompt is too long: 1284668 tokens", "type": "invalid_request_error",
                "code": 400}})
        }
        _ => json!({"error": {"message": message, "type": "server_error", "code": 502}}),
    };
    (None, body)
}
