//! Failures that pass, and what the server says about trying again.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::{Outcome, Scenario, ms};
use crate::answer::Answer;
use crate::ask::Ask;
use crate::script::{Ending, Script};

pub(super) fn table() -> Vec<Scenario> {
    use Outcome::{HttpError, RetryThenOk};
    let again = |name: &str, about: &str, make| Scenario::new(name, about, RetryThenOk, make);
    vec![
        again("mock/429-once", "429 without advice, then success.", |ask| then_ok(ask, [busy()])),
        again("mock/503-twice", "503 twice, then success.", |ask| {
            let down = Script::error(503, "router", "The provider timed out, please try again");
            then_ok(ask, [down.clone(), down])
        }),
        again("mock/529-once", "529, then success.", |ask| {
            then_ok(ask, [Script::error(529, "provider", "Overloaded")])
        }),
        again("mock/retry-after-seconds", "429 with `retry-after: 0.05`, then success.", |ask| {
            then_ok(ask, [busy().header("retry-after", "0.05")])
        }),
        again("mock/retry-after-one", "429 with `retry-after: 1`, then success.", |ask| {
            then_ok(ask, [busy().header("retry-after", "1")])
        }),
        again("mock/retry-after-ms", "429 with `retry-after-ms: 50`, then success.", |ask| {
            then_ok(ask, [busy().header("retry-after-ms", "50")])
        }),
        again("mock/retry-after-date", "429 with a date at most one second ahead, then success.", |ask| {
            then_ok(ask, [busy().header("retry-after", &date(SystemTime::now() + Duration::from_secs(1)))])
        }),
        again("mock/retry-after-past", "429 with a date in the past, then success.", |ask| {
            then_ok(ask, [busy().header("retry-after", &date(SystemTime::UNIX_EPOCH))])
        }),
        again("mock/retry-after-bad", "429 with advice that is no time, three kinds of it, then success.", |ask| {
            then_ok(ask, ["NaN", "-5", "soon"].map(|value| busy().header("retry-after", value)))
        }),
        again("mock/should-retry-true", "400 with `x-should-retry: true`, then success.", |ask| {
            let odd = Script::error(400, "provider", "Try me again").header("x-should-retry", "true");
            then_ok(ask, [odd])
        }),
        again("mock/close-then-ok", "The connection closed without a response, then success.", |ask| {
            then_ok(ask, [Script::close_before_head()])
        }),
        again("mock/reset-then-ok", "The connection reset without a response, then success.", |ask| {
            then_ok(ask, [Script::new(200).ending(Ending::ResetBeforeHead)])
        }),
        again("mock/die-then-ok", "A 200 stream that dies before its first event, then success.", |ask| {
            then_ok(ask, [Script::sse().send(": starting\n\n").pause(ms(2)).ending(Ending::Cut)])
        }),
        again("mock/inband-then-ok", "A 200 stream whose first event is a passing error, then success.", |ask| {
            let error = json!({"error": {"code": 502, "message": "upstream died"}});
            then_ok(ask, [Script::by_mode(Script::sse().event(&error).done(), Script::json(200, &error))])
        }),
        again("mock/stall-then-ok", "A 200 stream that stalls before its first event, then success.", |ask| {
            then_ok(ask, [Script::sse().ending(Ending::Hold)])
        }),
        Scenario::new(
            "mock/retry-after-long",
            "429 with `retry-after: 3600`; success if asked again.",
            HttpError,
            |ask| then_ok(ask, [busy().header("retry-after", "3600")]),
        ),
        Scenario::new(
            "mock/should-retry-false",
            "503 that says not to retry; success if asked again.",
            HttpError,
            |ask| {
                let down = Script::error(503, "router", "Gone for good").header("x-should-retry", "false");
                then_ok(ask, [down])
            },
        ),
        Scenario::new(
            "mock/delta-then-die",
            "Dies after a delta; success if asked again.",
            Outcome::Truncated,
            |ask| {
                let chunks = Answer::gateway(ask).delta_chunks();
                let died = Script::sse().events(&chunks[..3]).pause(ms(2)).ending(Ending::Cut);
                then_ok(ask, [Script::by_mode(died, Script::close_before_head())])
            },
        ),
    ]
}

fn busy() -> Script {
    Script::error(429, "provider", "Too many requests")
}

fn then_ok(ask: &Ask, first: impl IntoIterator<Item = Script>) -> Script {
    Script::sequence(first.into_iter().chain([Answer::gateway(ask).script()]))
}

fn date(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)
}
