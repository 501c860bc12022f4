//! Every scenario the mock can play, in one table per theme.
//!
//! To add one, add an entry to the `table` function of the theme it belongs to:
//!
//! ```text
//! Scenario::new("mock/my-case", "Says what it shows, in one line.", Outcome::Complete, |ask| {
//!     Answer::gateway(ask).script()                         // a good answer, streamed or whole as asked
//!     // or byte by byte: Script::sse().send("data: {}\n\n").pause(ms(5)).ending(Ending::Cut)
//!     // or per attempt:  Script::sequence([Script::error(429, "provider", "Too many requests"), ok])
//! }),
//! ```
//!
//! That is all: the entry is routed, listed by `GET /v1/models` and covered by the tests that go over all scenarios. A
//! name that ends in `-N` stands for every number in that place; [`Ask::number`] returns the number in the request. A
//! closure cannot capture; scenarios made in a loop read their parameters from the name with [`Ask::has`].

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use crate::ask::Ask;
use crate::script::Script;

pub(crate) mod agent;
mod content;
mod ends;
mod fields;
mod framing;
mod inband;
mod mislabelled;
mod retry;
mod stalls;
mod status;
mod text;
mod tools;

/// The outcome of a scenario for a client that does everything right and does not retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// A whole answer with the finish reason `stop` or `tool_calls`.
    Complete,
    /// A whole answer that ended early: with `length`, `content_filter`, or a refusal.
    Stopped,
    /// A stream that ends without a finish reason.
    Truncated,
    /// An error inside a reply with status 200.
    InBandError,
    /// A reply with status 200 that is not a completion: another media type, no choices, cut JSON.
    Unexpected,
    /// A status of 300 or more.
    HttpError,
    /// No response.
    Transport,
    /// No more bytes come, and the connection stays open.
    Stall,
    /// A failure at first, and success at the next attempt.
    RetryThenOk,
}

/// A behaviour of the mock, chosen by the model in the request.
#[derive(Clone)]
pub struct Scenario {
    name: String,
    about: String,
    outcome: Outcome,
    make: fn(&Ask) -> Script,
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scenario").field("name", &self.name).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl Scenario {
    fn new(name: impl Into<String>, about: impl Into<String>, outcome: Outcome, make: fn(&Ask) -> Script) -> Self {
        Self { name: name.into(), about: about.into(), outcome, make }
    }

    /// Returns the model name that chooses the scenario.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the scenario shows, in one line.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// Returns the outcome of the scenario.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Creates the script for a request.
    pub fn script(&self, ask: &Ask) -> Script {
        (self.make)(ask)
    }

    fn answers_to(&self, model: &str) -> bool {
        if self.name == model {
            return true;
        }
        let Some(stem) = self.name.strip_suffix('N') else { return false };
        model.strip_prefix(stem).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

/// Model names of Requesty's own samples; they answer what fits the request.
pub(crate) const ALIASES: [&str; 4] =
    ["openai/gpt-4o-mini", "openai/gpt-4o", "openai/gpt-4", "anthropic/claude-sonnet-4-20250514"];

static ALL: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    let themes = [
        text::table(),
        content::table(),
        tools::table(),
        agent::table(),
        ends::table(),
        stalls::table(),
        framing::table(),
        fields::table(),
        inband::table(),
        mislabelled::table(),
        status::table(),
        retry::table(),
    ];
    themes.into_iter().flatten().collect()
});

static FITTING: LazyLock<Scenario> =
    LazyLock::new(|| Scenario::new("", "Answers what fits the request.", Outcome::Complete, fitting));

/// Returns every built-in scenario.
pub fn scenarios() -> &'static [Scenario] {
    &ALL
}

/// Returns the scenario a model name chooses.
pub fn find(model: &str) -> Option<&'static Scenario> {
    if ALIASES.contains(&model) {
        return Some(&FITTING);
    }
    ALL.iter().find(|scenario| scenario.answers_to(model))
}

/// Answers with plain text.
pub(crate) fn text(ask: &Ask) -> Script {
    text::lively(ask)
}

/// Answers what the request calls for, as a real model would: where tools and a form are asked for, first the calls.
fn fitting(ask: &Ask) -> Script {
    let may_call = !ask.tools().is_empty() && ask.body()["tool_choice"] != "none";
    let wants_json = ask.body()["response_format"]["type"].as_str().is_some_and(|kind| kind.starts_with("json"));
    if !ask.files().is_empty() {
        content::pdf(ask)
    } else if ask.offers("web_search") {
        content::citations(ask)
    } else if wants_json && (!may_call || !ask.tool_results().is_empty()) {
        content::structured(ask)
    } else if may_call {
        tools::parallel(ask)
    } else {
        text::lively(ask)
    }
}

/// A duration in milliseconds; scenarios are full of them.
fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}
