//! Whatever is answered: no cut call is run, no malformed history is sent, no bound is exceeded, and the loop ends.

use proptest::prelude::*;
use requesty_core::agent::{BadCalls, Bounds, Continuation, Conversation, Loop, Stop};
use requesty_core::{Error, Incomplete};

use super::families::{Family, Next, Spec, SpecCall, next, tools};

#[derive(Clone, Debug)]
struct Play {
    /// Each answer, and whether it came whole.
    answers: Vec<(Spec, bool)>,
    turns: u32,
    calls: u32,
    calls_per_turn: u32,
    tokens: u64,
    answers_bad_calls: bool,
    asks: bool,
    continues: bool,
    prefixes: bool,
    restores: bool,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn chat_completions(play in play()) {
        run::<requesty_core::chat::Message>(&play);
    }

    #[test]
    fn messages(play in play()) {
        run::<requesty_core::messages::Message>(&play);
    }

    #[test]
    fn responses(play in play()) {
        run::<requesty_core::responses::InputItem>(&play);
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
    let spec = (text, prop::collection::vec(call, 0..5), prop::bool::weighted(0.2), 2_u64..50);
    let spec = spec.prop_map(|(text, calls, early, tokens)| Spec {
        text: text.to_owned(),
        calls,
        early,
        cost: None,
        tokens: Some(tokens),
    });
    let answers = prop::collection::vec((spec, prop::bool::weighted(0.9)), 1..6);
    let bounds = (1_u32..8, 1_u32..20, 1_u32..6, 40_u64..400);
    (answers, bounds, any::<[bool; 5]>()).prop_map(|(answers, (turns, calls, calls_per_turn, tokens), flags)| Play {
        answers,
        turns,
        calls,
        calls_per_turn,
        tokens,
        answers_bad_calls: flags[0],
        asks: flags[1],
        continues: flags[2],
        prefixes: flags[3],
        restores: flags[4],
    })
}

fn run<F: Family>(play: &Play) {
    let setup = |conversation: Conversation<F>| {
        let bounds = Bounds::default().turns(play.turns).calls(play.calls).calls_per_turn(play.calls_per_turn);
        let bad_calls = if play.answers_bad_calls { BadCalls::Answer } else { BadCalls::Stop };
        let asks = play.asks;
        Loop::new(conversation, tools(), F::settings())
            .with_bounds(bounds.tokens(play.tokens).continuations(4))
            .with_bad_calls(bad_calls)
            .with_approval(move |call| asks && call.name() == "g")
    };
    let mut agent = setup(Conversation::from([F::user_text("Hello".to_owned())]));
    let (mut requests, mut runs, mut tokens, mut continued) = (0, 0, 0, 0);
    let mut last: Option<&(Spec, bool)> = None;
    for step in 0.. {
        assert!(step < 1000, "the loop does not end");
        if play.restores {
            let kept = serde_json::to_string(agent.conversation()).unwrap();
            agent = setup(serde_json::from_str(&kept).unwrap());
        }
        // What is to be sent is checked there.
        match next(&agent) {
            Next::Send(_) => {
                assert!(tokens < play.tokens, "a request beyond the bound of tokens");
                let answer = &play.answers[requests % play.answers.len()];
                requests += 1;
                tokens += answer.0.tokens.unwrap_or_default();
                last = Some(answer);
                let reply = F::answer(&answer.0);
                match answer.1 {
                    true => agent.answered(reply).unwrap(),
                    false => agent.cut(Incomplete::new(reply, Error::Cancelled(().into()))).unwrap(),
                }
            }
            Next::Call(calls) => {
                let (spec, whole) = last.unwrap();
                assert!(*whole, "calls of an answer that was cut");
                assert!(calls.len() <= play.calls_per_turn as usize);
                for (place, call) in calls.iter().enumerate() {
                    // Chat completions join calls that share an id, and take one without a name for a piece of another.
                    let is_piece = |made: &SpecCall| made.id.is_empty() || made.name.is_empty();
                    let joins = spec.calls.iter().any(is_piece);
                    let made = spec.calls.iter().filter(|made| joins || made.id == call.id());
                    let made: Vec<&SpecCall> = made.collect();
                    assert!(made.iter().any(|made| made.name == call.name()), "a call that the model did not make");
                    assert!(["f", "g"].contains(&call.name()));
                    let is_cut = |made: &&SpecCall| made.arguments.ends_with(':') || made.arguments.starts_with("[1");
                    assert!(!made.iter().all(is_cut), "a call that was cut: {call:?}");
                    let is_object = made.iter().any(|made| made.arguments.ends_with('}'));
                    assert!(!spec.early || is_object, "a call that may be cut: {call:?}");
                    runs += 1;
                    match place % 2 {
                        0 => agent.result(call.id(), "ok").unwrap(),
                        _ => agent.failure(call.id(), "failed").unwrap(),
                    }
                }
            }
            Next::Approve(calls) => {
                for (place, call) in calls.iter().enumerate() {
                    match place % 2 {
                        0 => agent.refuse(call.id(), "").unwrap(),
                        _ => agent.approve(call.id()).unwrap(),
                    }
                }
            }
            Next::Stopped(Stop::Cut { .. } | Stop::Early { .. }) if play.continues => {
                let how = if play.prefixes { Continuation::Prefix } else { Continuation::Ask };
                if agent.continue_cut(how).is_err() {
                    break;
                }
                continued += 1;
            }
            Next::Done(_) | Next::Stopped(_) => break,
        }
    }
    assert!(requests <= play.turns as usize, "{requests} requests");
    assert!(runs <= play.calls as usize, "{runs} calls");
    assert!(continued <= 4);
    assert_eq!(agent.conversation().spending().tokens(), tokens);
    // Wherever it ended, the history can be sent.
    agent.conversation_mut().push(F::user_text("Go on".to_owned()));
    agent.conversation_mut().reset_used();
    assert!(matches!(next(&agent), Next::Send(_)));
}
