//! Whatever is answered: no cut call is run, no malformed history is sent, no bound is exceeded, and the loop ends; and a
//! conversation that is kept as JSON at every step goes the same way.

use std::collections::HashMap;

use proptest::prelude::*;
use requesty_core::Decimal;
use requesty_core::agent::{BadCalls, Bound, Bounds, Continuation, Conversation, Loop, RunnableCall, Stop};
use requesty_core::{Error, Incomplete};
use serde_json::Value;

use super::families::{Family, Next, Spec, SpecCall, next, tools};

#[derive(Clone, Debug)]
struct Play {
    /// Each answer, and whether it came whole.
    answers: Vec<(Spec, bool)>,
    turns: u32,
    calls: u32,
    calls_per_turn: u32,
    identical_calls: u32,
    tokens: u64,
    /// In tenths of a US dollar.
    cost: Option<u64>,
    answers_bad_calls: bool,
    asks: bool,
    continues: bool,
    prefixes: bool,
}

/// How often a cut answer may be continued.
const CONTINUATIONS: u32 = 4;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn chat_completions(play in play()) {
        run_both_ways::<requesty_core::chat::Message>(&play);
    }

    #[test]
    fn messages(play in play()) {
        run_both_ways::<requesty_core::messages::Message>(&play);
    }

    #[test]
    fn responses(play in play()) {
        run_both_ways::<requesty_core::responses::InputItem>(&play);
    }
}

fn play() -> impl Strategy<Value = Play> {
    let call = (
        prop::sample::select(vec!["c1", "c2", "c3", "c4", "", "srvtoolu_1"]),
        prop::sample::select(vec!["f", "g", "f", "g", "nowhere", "web_search", ""]),
        prop::sample::select(vec!["{}", r#"{"x":1}"#, r#"{"x":2}"#, r#"{"x":"#, "", "7", "[1", "null", r#"{}{"x":1}"#]),
    );
    let call = call.prop_map(|(id, name, arguments)| SpecCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    });
    let text = prop::sample::select(vec!["", " ", "One, two, ", "Hello"]);
    let flags = (prop::bool::weighted(0.2), prop::bool::weighted(0.1));
    let used = (prop::option::weighted(0.9, 2_u64..50), prop::option::weighted(0.9, Just("0.1")));
    let spec = (text, prop::collection::vec(call, 0..5), flags, used);
    let spec = spec.prop_map(|(text, calls, (early, odd), (tokens, cost))| Spec {
        text: text.to_owned(),
        calls,
        early,
        odd,
        cost,
        tokens,
    });
    let answers = prop::collection::vec((spec, prop::bool::weighted(0.9)), 1..6);
    let bounds = (1_u32..8, 1_u32..20, 1_u32..6, 1_u32..4, 40_u64..400, prop::option::weighted(0.3, 1_u64..8));
    (answers, bounds, any::<[bool; 4]>()).prop_map(|(answers, bounds, flags)| {
        let (turns, calls, calls_per_turn, identical_calls, tokens, cost) = bounds;
        let [answers_bad_calls, asks, continues, prefixes] = flags;
        Play {
            answers,
            turns,
            calls,
            calls_per_turn,
            identical_calls,
            tokens,
            cost,
            answers_bad_calls,
            asks,
            continues,
            prefixes,
        }
    })
}

/// Runs a play as it is, and with the conversation written and read again before each step.
fn run_both_ways<F: Family>(play: &Play) {
    assert_eq!(run::<F>(play, false), run::<F>(play, true));
}

fn setup<F: Family>(play: &Play, conversation: Conversation<F>) -> Loop<F> {
    let mut bounds = Bounds::default().turns(play.turns).calls(play.calls).calls_per_turn(play.calls_per_turn);
    bounds = bounds.identical_calls(play.identical_calls).tokens(play.tokens).continuations(CONTINUATIONS);
    if let Some(tenths) = play.cost {
        bounds = bounds.cost(dollars(tenths));
    }
    let bad_calls = if play.answers_bad_calls { BadCalls::Answer } else { BadCalls::Stop };
    let asks = play.asks;
    Loop::new(conversation, tools(), F::settings())
        .with_bounds(bounds)
        .with_bad_calls(bad_calls)
        .with_approval(move |call| asks && call.name() == "g")
}

/// Runs a play to its end, and returns all that the loop said to do.
fn run<F: Family>(play: &Play, restores: bool) -> Vec<Next> {
    let mut agent = setup(play, Conversation::from([F::user_text("Hello".to_owned())]));
    let (mut requests, mut tokens, mut tenths, mut continued) = (0, 0, 0, 0);
    let mut unmeasured = Vec::new();
    let mut ran: HashMap<(String, String), u32> = HashMap::new();
    let mut last: Option<&(Spec, bool)> = None;
    let mut steps = Vec::new();
    let ends = loop {
        assert!(steps.len() < 1000, "the loop does not end");
        if restores {
            let kept = serde_json::to_string(agent.conversation()).unwrap();
            agent = setup(play, serde_json::from_str(&kept).unwrap());
        }
        // What is to be sent is checked there.
        let step = next(&agent);
        match &step {
            Next::Send(_) => {
                assert!(tokens < play.tokens, "a request beyond the bound of tokens");
                assert!(play.cost.is_none_or(|most| tenths < most), "a request beyond the bound of money");
                assert!(!unmeasured.contains(&Bound::Tokens), "a request though tokens are not known");
                assert!(
                    play.cost.is_none() || !unmeasured.contains(&Bound::Cost),
                    "a request though money is not known"
                );
                let answer = &play.answers[requests % play.answers.len()];
                requests += 1;
                tokens += answer.0.tokens.unwrap_or_default();
                tenths += u64::from(answer.0.cost.is_some());
                unmeasured.extend(answer.0.tokens.is_none().then_some(Bound::Tokens));
                unmeasured.extend(answer.0.cost.is_none().then_some(Bound::Cost));
                last = Some(answer);
                let reply = F::answer(&answer.0);
                match answer.1 {
                    true => agent.answered(reply).unwrap(),
                    false => agent.cut(Incomplete::new(reply, Error::Cancelled(().into()))).unwrap(),
                }
            }
            Next::Call(calls) => {
                assert!(!calls.is_empty() && calls.len() <= play.calls_per_turn as usize);
                for (place, call) in calls.iter().enumerate() {
                    assert_runnable(call, last.unwrap());
                    *ran.entry((call.name().to_owned(), call.arguments_json().to_owned())).or_default() += 1;
                    match place % 2 {
                        0 => agent.result(call.id(), "ok").unwrap(),
                        _ => agent.failure(call.id(), "failed").unwrap(),
                    }
                }
            }
            Next::Approve(calls) => {
                assert!(!calls.is_empty() && play.asks && calls.iter().all(|call| call.name() == "g"));
                for (place, call) in calls.iter().enumerate() {
                    match place % 2 {
                        0 => agent.refuse(call.id(), "").unwrap(),
                        _ => agent.approve(call.id()).unwrap(),
                    }
                }
            }
            Next::Stopped(Stop::Cut { .. } | Stop::Early { .. } | Stop::BadCall { .. }) if play.continues => {
                let how = if play.prefixes { Continuation::Prefix } else { Continuation::Ask };
                if agent.continue_cut(how).is_err() {
                    break step;
                }
                continued += 1;
            }
            Next::Done(_) | Next::Stopped(_) => break step,
        }
        steps.push(step);
    };
    if let Next::Done(_) = ends {
        let (spec, whole) = last.unwrap();
        assert!(*whole && !spec.early, "done with an answer that was cut");
    }
    steps.push(ends);
    assert!(requests <= play.turns as usize, "{requests} requests");
    assert!(ran.values().sum::<u32>() <= play.calls, "{ran:?}");
    assert!(ran.values().all(|times| *times <= play.identical_calls), "{ran:?}");
    assert!(continued <= CONTINUATIONS);
    let spending = agent.conversation().spending();
    assert_eq!((spending.tokens(), spending.cost, spending.replies), (tokens, dollars(tenths), requests as u64));
    // Wherever it ended, the history can be sent.
    agent.conversation_mut().push(F::user_text("Go on".to_owned()));
    agent.conversation_mut().reset_used();
    steps.push(next(&agent));
    assert!(matches!(steps.last(), Some(Next::Send(_))));
    steps
}

/// Looks for a call among those of the last answer, which must be whole.
fn assert_runnable(call: &RunnableCall, (spec, whole): &(Spec, bool)) {
    assert!(*whole, "calls of an answer that was cut");
    assert!(["f", "g"].contains(&call.name()));
    assert!(call.arguments_as::<Value>().is_ok(), "arguments that are not JSON: {call:?}");
    // Chat completions join calls that share an id, and take one without a name for a piece of another.
    let is_piece = |made: &SpecCall| made.id.is_empty() || made.name.is_empty();
    let joins = spec.calls.iter().any(is_piece);
    let made: Vec<&SpecCall> = spec.calls.iter().filter(|made| joins || made.id == call.id()).collect();
    assert!(made.iter().any(|made| made.name == call.name()), "a call that the model did not make");
    let is_cut = |made: &&SpecCall| made.arguments.ends_with(':') || made.arguments.starts_with("[1");
    assert!(!made.iter().all(is_cut), "a call that was cut: {call:?}");
    let is_object = made.iter().any(|made| made.arguments.ends_with('}'));
    assert!(!spec.early || is_object, "a call that may be cut: {call:?}");
}

fn dollars(tenths: u64) -> Decimal {
    format!("{}.{}", tenths / 10, tenths % 10).parse().unwrap()
}
