//! Models that an agent talks to: each request gets the next turn, in chat completions, messages and responses alike.
//!
//! A turn reports 90 tokens of input, 10 of output and a cost of 0.1 US dollars, so that sums are known in advance.

use serde_json::{Value, json};

use super::{Outcome, Scenario};
use crate::answer::Answer;
use crate::ask::Ask;
use crate::script::{Ending, Script};

pub(super) fn table() -> Vec<Scenario> {
    let scenarios = MODELS.iter().map(|&(name, about, outcome, _)| {
        Scenario::new(name, about, outcome, |ask| {
            let turns = turns(ask.model()).unwrap_or_default();
            Script::sequence(turns.iter().map(|turn| turn.completion(ask)))
        })
    });
    scenarios.collect()
}

/// Returns the turns of a model, in order; the last one repeats.
pub(crate) fn turns(model: &str) -> Option<Vec<Turn>> {
    MODELS.iter().find(|(name, ..)| *name == model).map(|(.., turns)| turns())
}

type Model = (&'static str, &'static str, Outcome, fn() -> Vec<Turn>);

const MODELS: &[Model] = &[
    ("mock/agent", "Good calls and bad ones, turn by turn, and then a text.", Outcome::Complete, || {
        vec![
            Turn::calls(&[WEATHER, ("call_2", "get_weather", r#"{"location":"Tokyo"}"#), ("call_3", "get_time", "{}")]),
            Turn { searches: true, ..Turn::calls(&[("call_4", "launch", "{}"), ("call_5", "get_weather", OSLO)]) },
            Turn {
                end: End::Length,
                ..Turn::calls(&[("call_6", "get_weather", r#"{"location":"Lima"}"#), ("call_7", "get_time", CUT)])
            },
            Turn::calls(&[("call_8", "send_mail", r#"{"to":"a"}"#), ("call_9", "send_mail", r#"{"to":"b"}"#)]),
            Turn::text("All done."),
        ]
    }),
    ("mock/agent-forever", "A call in every turn, each with other arguments.", Outcome::Complete, || {
        let places: Vec<String> = (1..=40).map(|number| format!(r#"{{"location":"Place {number}"}}"#)).collect();
        places.iter().map(|place| Turn::calls(&[("call_1", "get_weather", place)])).collect()
    }),
    ("mock/agent-same", "The same call in every turn.", Outcome::Complete, || vec![Turn::calls(&[WEATHER])]),
    ("mock/agent-many", "Five calls in every turn.", Outcome::Complete, || {
        let ids = ["call_1", "call_2", "call_3", "call_4", "call_5"];
        vec![Turn::calls(&ids.map(|id| (id, "get_weather", OSLO)))]
    }),
    ("mock/agent-free", "A call in every turn, and no cost in any.", Outcome::Complete, || {
        vec![Turn { reports_cost: false, ..Turn::calls(&[WEATHER]) }]
    }),
    (
        "mock/agent-length",
        "A text and a call that a limit cuts, and then the rest of the text.",
        Outcome::Stopped,
        || {
            let calls = Turn::calls(&[("call_1", "get_weather", CUT)]);
            vec![Turn { text: "One, two, ", end: End::Length, ..calls }, Turn::text(" three.")]
        },
    ),
    (
        "mock/agent-broken",
        "A text and a call that break off, and then the rest of the text.",
        Outcome::Truncated,
        || {
            let calls = Turn::calls(&[("call_1", "get_weather", CUT)]);
            vec![Turn { text: "One, two, ", end: End::Broken, ..calls }, Turn::text(" three.")]
        },
    ),
    ("mock/agent-endless", "A text that a limit cuts in every turn.", Outcome::Stopped, || {
        vec![Turn { end: End::Length, ..Turn::text("and on ") }]
    }),
    ("mock/agent-refusal", "A refusal instead of an answer.", Outcome::Stopped, || {
        vec![Turn { end: End::Refusal, ..Turn::text("") }]
    }),
];

/// A call: id, name and arguments as they come.
type Call<'a> = (&'a str, &'a str, &'a str);

const WEATHER: Call<'_> = ("call_1", "get_weather", r#"{"location":"Paris"}"#);
const OSLO: &str = r#"{"location":"Oslo"}"#;
const CUT: &str = r#"{"zone":"Eur"#;

/// What the model says when it refuses.
pub(crate) const REFUSAL: &str = "I cannot help with that.";

/// A turn of the model, in no family's form yet.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) text: &'static str,
    /// Ids, names and arguments.
    pub(crate) calls: Vec<[String; 3]>,
    /// The provider ran a search by itself, which shows.
    pub(crate) searches: bool,
    pub(crate) reports_cost: bool,
    pub(crate) end: End,
}

/// How a turn ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Whole,
    /// A limit of tokens cut it.
    Length,
    /// The connection broke in the middle; whole answers are not there at all.
    Broken,
    Refusal,
}

impl Turn {
    fn text(text: &'static str) -> Self {
        Turn { text, calls: Vec::new(), searches: false, reports_cost: true, end: End::Whole }
    }

    fn calls(calls: &[Call<'_>]) -> Self {
        let calls = calls.iter().map(|(id, name, arguments)| [id, name, arguments].map(|text| (*text).to_owned()));
        Turn { calls: calls.collect(), ..Turn::text("") }
    }

    /// Returns what the turn used, under a family's names of input and output.
    pub(crate) fn usage(&self, input: &str, output: &str) -> Value {
        let mut usage = json!({input: 90, output: 10, "total_tokens": 100});
        if self.reports_cost {
            usage["cost"] = json!(0.1);
        }
        usage
    }

    /// Tells the turn as a chat completion, in which a search of the provider leaks as a call.
    fn completion(&self, ask: &Ask) -> Script {
        let leaked = ["srvtoolu_1", "web_search", r#"{"query":"llm gateway"}"#].map(str::to_owned);
        let calls: Vec<&[String; 3]> = self.searches.then_some(&leaked).into_iter().chain(&self.calls).collect();
        let call = |[id, name, arguments]: &[String; 3]| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
        let mut message = json!({"role": "assistant", "content": self.text});
        let mut deltas = vec![json!({"content": self.text})];
        if self.end == End::Refusal {
            message["refusal"] = json!(REFUSAL);
            deltas.push(json!({"refusal": REFUSAL}));
        }
        if !calls.is_empty() {
            message["tool_calls"] = calls.iter().copied().map(call).collect();
        }
        for (index, [id, name, arguments]) in (0_u64..).zip(calls.iter().copied()) {
            let (front, back) = arguments.split_at(arguments.len() / 2);
            let function = json!({"name": name, "arguments": front});
            deltas.push(json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": function}]}));
            deltas.push(json!({"tool_calls": [{"index": index, "function": {"arguments": back}}]}));
        }
        let finish = match self.end {
            End::Length => "length",
            _ if self.calls.is_empty() => "stop",
            _ => "tool_calls",
        };
        let usage = self.usage("prompt_tokens", "completion_tokens");
        let answer = Answer::new(ask, message, deltas, finish).usage(usage);
        match self.end {
            End::Broken => {
                let broken = Script::sse().events(&answer.delta_chunks()).ending(Ending::Cut);
                Script::by_mode(broken, Script::close_before_head())
            }
            _ => answer.script(),
        }
    }
}
