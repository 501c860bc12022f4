//! One situation after the other, each in every family.

use requesty_core::agent::{BadCall, BadCalls, Bound, Bounds, Continuation, Conversation, Loop, Misuse, Stop};
use requesty_core::models::Model;
use requesty_core::{Error, Incomplete};
use serde_json::Value;

use super::families::{Family, Next, Spec, SpecCall, calls, every_family, next, text, tools};

every_family! {
    parallel_calls_are_answered_in_order,
    a_bad_call_stops_and_nothing_of_its_turn_runs,
    bad_calls_are_answered_on_request,
    searches_of_the_provider_are_never_handed_out,
    a_refused_call_is_not_run,
    turns_are_bounded,
    calls_are_bounded,
    identical_calls_are_bounded,
    tokens_are_bounded,
    money_is_bounded,
    a_reply_without_a_cost_stops_a_bounded_loop,
    a_cut_answer_stops_until_it_is_continued,
    an_early_end_is_no_answer,
    an_answer_that_a_limit_cut_within_a_call_is_continued,
    what_is_pushed_waits_for_open_calls,
    everything_survives_json,
    a_stop_of_the_caller_answers_open_calls,
    wrong_steps_are_errors,
}

pub(super) fn agent<F: Family>() -> Loop<F> {
    Loop::new(Conversation::from([F::user_text("Hello".to_owned())]), tools(), F::settings())
}

pub(super) fn ask<F: Family>(agent: &mut Loop<F>, spec: &Spec) {
    assert!(matches!(next(agent), Next::Send(_)), "{:?}", next(agent));
    agent.answered(F::answer(spec)).unwrap();
}

pub(super) fn sent<F: Family>(agent: &Loop<F>) -> String {
    match next(agent) {
        Next::Send(body) => body.to_string(),
        other => panic!("nothing to send: {other:?}"),
    }
}

pub(super) fn ids<F: Family>(agent: &Loop<F>) -> Vec<String> {
    match next(agent) {
        Next::Call(calls) | Next::Approve(calls) => calls.iter().map(|call| call.id().to_owned()).collect(),
        other => panic!("no calls: {other:?}"),
    }
}

fn parallel_calls_are_answered_in_order<F: Family>() {
    let mut agent = agent::<F>();
    ask(&mut agent, &calls([("c1", "f", r#"{"x":1}"#), ("c2", "g", "{}"), ("c3", "f", r#"{"x":2}"#)]));
    assert_eq!(ids(&agent), ["c1", "c2", "c3"]);
    assert_eq!(agent.conversation().history().len(), 1, "an open turn is not in the history");
    agent.result("c3", "third").unwrap();
    agent.failure("c1", "first failed").unwrap();
    assert_eq!(ids(&agent), ["c2"]);
    agent.result("c2", "second").unwrap();
    // The order is checked with every request.
    let body = sent(&agent);
    for came_back in ["first failed", "second", "third", "\"s\"", "\"unknown\":1"] {
        assert!(body.contains(came_back), "{came_back} in {body}");
    }
    ask(&mut agent, &text("Done."));
    assert_eq!(next(&agent), Next::Done("Done.".to_owned()));
}

fn a_bad_call_stops_and_nothing_of_its_turn_runs<F: Family>() {
    for (name, arguments, why) in
        [("f", r#"{"x":"#, BadCall::InvalidArguments), ("nowhere", "{}", BadCall::UnknownFunction)]
    {
        let mut agent = agent::<F>();
        ask(&mut agent, &calls([("c1", "f", "{}"), ("c2", name, arguments)]));
        assert_eq!(next(&agent), Next::Stopped(Stop::BadCall { name: name.to_owned(), why }));
        agent.conversation_mut().push(F::user_text("Again".to_owned()));
        assert!(sent(&agent).contains("was not run"));
    }
}

fn bad_calls_are_answered_on_request<F: Family>() {
    let mut agent = agent::<F>().with_bad_calls(BadCalls::Answer);
    let spec = calls([("c1", "f", "{}"), ("c2", "nowhere", "{}"), ("c2", "f", "{}"), ("c4", "g", r#"{"x":"#)]);
    ask(&mut agent, &spec);
    assert_eq!(ids(&agent), ["c1"]);
    agent.result("c1", "first").unwrap();
    let body = sent(&agent);
    for answer in ["there is no function of that name", "There are: f, g", "not valid JSON"] {
        assert!(body.contains(answer), "{answer} in {body}");
    }
    // Chat completions join calls that share an id.
    assert!(agent.conversation().used().calls >= 3);
}

fn searches_of_the_provider_are_never_handed_out<F: Family>() {
    let mut agent = agent::<F>();
    let spec = calls([("srvtoolu_1", "web_search", "{}"), ("srvtoolu_2", "f", "{}")]);
    ask(&mut agent, &Spec { text: "Found it.".to_owned(), ..spec });
    assert_eq!(next(&agent), Next::Done("Found it.".to_owned()));
    agent.conversation_mut().push(F::user_text("Thanks".to_owned()));
    assert!(!sent(&agent).contains("srvtoolu_"));
}

fn a_refused_call_is_not_run<F: Family>() {
    let mut agent = agent::<F>().with_approval(|call| call.name() == "g");
    ask(&mut agent, &calls([("c1", "f", "{}"), ("c2", "g", "{}"), ("c3", "g", r#"{"x":1}"#)]));
    assert_eq!(ids(&agent), ["c2", "c3"]);
    assert!(matches!(next(&agent), Next::Approve(_)));
    assert_eq!(agent.result("c2", "forced"), Err(Misuse::NoSuchCall), "it is not approved");
    agent.refuse("c2", "Ask the owner.").unwrap();
    agent.approve("c3").unwrap();
    assert_eq!(ids(&agent), ["c1", "c3"]);
    agent.result("c1", "first").unwrap();
    agent.result("c3", "third").unwrap();
    assert!(sent(&agent).contains("not approved, and not run. Ask the owner."));
}

fn turns_are_bounded<F: Family>() {
    for (bounds, limit) in [(Bounds::default(), 16), (Bounds::default().turns(2), 2)] {
        let mut agent = agent::<F>().with_bounds(bounds);
        let mut requests = 0;
        while matches!(next(&agent), Next::Send(_)) {
            requests += 1;
            ask(&mut agent, &calls([("c", "f", &format!(r#"{{"x":{requests}}}"#))]));
            agent.result("c", "more").unwrap();
        }
        assert_eq!((next(&agent), requests), (Next::Stopped(Stop::Turns { limit }), limit));
        // A wider bound, and it goes on.
        assert!(matches!(next(&agent.with_bounds(Bounds::default().turns(17))), Next::Send(_)));
    }
}

fn calls_are_bounded<F: Family>() {
    let three = calls([("c1", "f", "{}"), ("c2", "f", r#"{"x":1}"#), ("c3", "g", "{}")]);
    let mut in_turn = agent::<F>().with_bounds(Bounds::default().calls_per_turn(2));
    ask(&mut in_turn, &three);
    assert_eq!(next(&in_turn), Next::Stopped(Stop::CallsPerTurn { calls: 3, limit: 2 }));

    let mut in_all = agent::<F>().with_bounds(Bounds::default().calls(4));
    ask(&mut in_all, &three);
    for id in ["c1", "c2", "c3"] {
        in_all.result(id, "").unwrap();
    }
    ask(&mut in_all, &calls([("c1", "f", r#"{"x":7}"#), ("c2", "f", r#"{"x":8}"#)]));
    assert_eq!(next(&in_all), Next::Stopped(Stop::Calls { limit: 4 }));
    in_all.conversation_mut().push(F::user_text("Well?".to_owned()));
    assert!(sent(&in_all).contains("was not run"));
}

fn identical_calls_are_bounded<F: Family>() {
    let mut agent = agent::<F>().with_bounds(Bounds::default().identical_calls(2));
    ask(&mut agent, &calls([("c1", "f", r#"{"x":1,"y":2}"#), ("c2", "f", r#"{"y":2, "x":1}"#)]));
    agent.result("c1", "").unwrap();
    agent.result("c2", "").unwrap();
    ask(&mut agent, &calls([("c1", "f", r#"{"x":1,"y":2}"#)]));
    assert_eq!(next(&agent), Next::Stopped(Stop::IdenticalCalls { limit: 2 }));
}

fn tokens_are_bounded<F: Family>() {
    let mut agent = agent::<F>().with_bounds(Bounds::default().tokens(100));
    ask(&mut agent, &Spec { tokens: Some(60), ..calls([("c1", "f", "{}")]) });
    agent.result("c1", "").unwrap();
    ask(&mut agent, &Spec { tokens: Some(60), ..calls([("c1", "f", "{}")]) });
    agent.result("c1", "").unwrap();
    assert_eq!(next(&agent), Next::Stopped(Stop::Tokens { used: 120, limit: 100 }));
}

fn money_is_bounded<F: Family>() {
    let mut agent = agent::<F>().with_bounds(Bounds::default().cost("0.25".parse().unwrap()));
    for _ in 0..3 {
        ask(&mut agent, &Spec { cost: Some("0.1"), ..calls([("c1", "f", "{}")]) });
        agent.result("c1", "").unwrap();
    }
    // At most one request over, and it says so.
    let stop = Stop::Cost { spent: "0.3".parse().unwrap(), limit: "0.25".parse().unwrap() };
    assert_eq!(stop.to_string(), "0.3 US dollars are spent: 0.25 are allowed");
    assert_eq!(next(&agent), Next::Stopped(stop));
}

fn a_reply_without_a_cost_stops_a_bounded_loop<F: Family>() {
    let bounds = Bounds::default().cost("0.25".parse().unwrap());
    let spec = Spec { tokens: Some(11), ..calls([("c1", "f", "{}")]) };
    let mut unpriced = agent::<F>().with_bounds(bounds);
    ask(&mut unpriced, &spec);
    unpriced.result("c1", "").unwrap();
    assert_eq!(next(&unpriced), Next::Stopped(Stop::Unmeasured { bound: Bound::Cost }));

    let model: Model = serde_json::from_str(r#"{"id":"a/b","input_price":0.01,"output_price":0.02}"#).unwrap();
    let mut priced = agent::<F>().with_bounds(bounds.prices(model.prices()));
    ask(&mut priced, &spec);
    priced.result("c1", "").unwrap();
    assert!(matches!(next(&priced), Next::Send(_)));
    assert_eq!(priced.conversation().spending().cost.to_string(), "0.12");
}

fn a_cut_answer_stops_until_it_is_continued<F: Family>() {
    let mut agent = agent::<F>();
    let partial = Spec { text: "One, two, ".to_owned(), tokens: Some(5), ..calls([("c1", "f", "{}")]) };
    agent.cut(Incomplete::new(F::answer(&partial), Error::Cancelled(().into()))).unwrap();
    assert!(matches!(next(&agent), Next::Stopped(Stop::Cut { .. })));

    agent.continue_cut(Continuation::Ask).unwrap();
    let body = sent(&agent);
    assert!(body.contains("One, two, ") && body.contains("Go on exactly") && !body.contains("c1"), "{body}");
    ask(&mut agent, &Spec { tokens: Some(7), ..text("three.") });
    assert_eq!(next(&agent), Next::Done("three.".to_owned()));
    assert_eq!(agent.conversation().spending().tokens(), 12);

    let mut bounded = self::agent::<F>().with_bounds(Bounds::default().continuations(1));
    for allowed in [true, false] {
        bounded.cut(Incomplete::new(F::answer(&partial), Error::Cancelled(().into()))).unwrap();
        let continued = bounded.continue_cut(Continuation::Ask);
        assert_eq!(continued, if allowed { Ok(()) } else { Err(Misuse::TooManyContinuations) });
    }
}

fn an_early_end_is_no_answer<F: Family>() {
    let mut agent = agent::<F>();
    ask(&mut agent, &Spec { early: true, ..text("One, two, ") });
    assert!(matches!(next(&agent), Next::Stopped(Stop::Early { reason: Some(_) })));
    // No argument came before the limit: that is not a call without arguments.
    let mut agent = self::agent::<F>();
    ask(&mut agent, &Spec { early: true, ..calls([("c1", "f", "")]) });
    assert!(matches!(next(&agent), Next::Stopped(Stop::BadCall { .. })), "{:?}", next(&agent));
}

fn an_answer_that_a_limit_cut_within_a_call_is_continued<F: Family>() {
    let mut agent = agent::<F>();
    let cut = calls([("c1", "g", "{}"), ("c2", "f", r#"{"x":"#)]);
    ask(&mut agent, &Spec { text: "One, two, ".to_owned(), early: true, tokens: Some(5), ..cut });
    assert_eq!(next(&agent), Next::Stopped(Stop::BadCall { name: "f".to_owned(), why: BadCall::Cut }));
    agent.continue_cut(Continuation::Ask).unwrap();
    let body = sent(&agent);
    assert!(body.contains("One, two, ") && !body.contains("c1") && !body.contains("c2"), "{body}");
    ask(&mut agent, &Spec { tokens: Some(7), ..text("three.") });
    assert_eq!(next(&agent), Next::Done("three.".to_owned()));
    assert_eq!(agent.conversation().spending().tokens(), 12);

    // A bad call of an answer that came to its end is no reason to continue it.
    let mut agent = self::agent::<F>();
    ask(&mut agent, &calls([("c1", "nowhere", "{}")]));
    assert_eq!(agent.continue_cut(Continuation::Ask), Err(Misuse::NothingToContinue));
}

#[test]
fn a_beginning_is_continued_where_it_stopped() {
    fn continued<F: Family>() -> String {
        let mut agent = agent::<F>();
        ask(&mut agent, &Spec { early: true, ..text("One, two, ") });
        agent.continue_cut(Continuation::Prefix).unwrap();
        let Next::Send(body) = next(&agent) else { panic!("nothing to send") };
        let last = body["messages"].as_array().and_then(|messages| messages.last()).unwrap();
        assert_eq!((&last["role"], &last["content"]), (&Value::from("assistant"), &Value::from("One, two,")));
        ask(&mut agent, &text(" three."));
        agent.conversation_mut().push(F::user_text("And?".to_owned()));
        sent(&agent)
    }
    assert!(continued::<requesty_core::chat::Message>().contains("One, two, three."));
    assert!(continued::<requesty_core::messages::Message>().contains("One, two, three."));

    let mut agent = agent::<requesty_core::responses::InputItem>();
    ask(&mut agent, &Spec { early: true, ..text("One") });
    assert_eq!(agent.continue_cut(Continuation::Prefix), Err(Misuse::NothingToContinue));
}

/// Each default, by the call or the request at it and the one past it.
#[test]
fn the_default_bounds_are_as_documented() {
    type Message = requesty_core::chat::Message;
    let many = |count: usize, turn: usize| {
        let call = |number| SpecCall {
            id: format!("c{number}"),
            name: "f".to_owned(),
            arguments: format!("[{turn},{number}]"),
        };
        Spec { calls: (0..count).map(call).collect(), ..Spec::default() }
    };
    for (count, stop) in [(32, None), (33, Some(Stop::CallsPerTurn { calls: 33, limit: 32 }))] {
        let mut agent = agent::<Message>();
        ask(&mut agent, &many(count, 0));
        assert_eq!(matches!(next(&agent), Next::Call(_)), stop.is_none());
        assert!(stop.is_none_or(|stop| next(&agent) == Next::Stopped(stop)));
    }
    for (last, stop) in [(32, None), (33, Some(Stop::Calls { limit: 128 }))] {
        let mut agent = agent::<Message>().with_bounds(Bounds::default().calls_per_turn(33));
        for (turn, count) in [32, 32, 32, last].into_iter().enumerate() {
            ask(&mut agent, &many(count, turn));
            if let Next::Call(calls) = next(&agent) {
                calls.iter().for_each(|call| agent.result(call.id(), "").unwrap());
            }
        }
        assert_eq!(matches!(next(&agent), Next::Send(_)), stop.is_none());
        assert!(stop.is_none_or(|stop| next(&agent) == Next::Stopped(stop)));
    }
    let mut agent = agent::<Message>();
    for _ in 0..4 {
        ask(&mut agent, &many(1, 0));
        agent.result("c0", "").unwrap();
    }
    ask(&mut agent, &many(1, 0));
    assert_eq!(next(&agent), Next::Stopped(Stop::IdenticalCalls { limit: 4 }));
    let mut agent = self::agent::<Message>();
    for allowed in [true, true, true, false] {
        ask(&mut agent, &Spec { early: true, ..text("on and ") });
        assert_eq!(agent.continue_cut(Continuation::Ask).is_ok(), allowed);
    }
}

#[test]
fn a_paused_turn_goes_on() {
    let mut agent = agent::<requesty_core::messages::Message>();
    let paused = r#"{"role":"assistant","content":[{"type":"text","text":"Searching."}],"stop_reason":"pause_turn"}"#;
    agent.answered(serde_json::from_str(paused).unwrap()).unwrap();
    assert!(sent(&agent).contains("Searching."));
}

fn what_is_pushed_waits_for_open_calls<F: Family>() {
    let mut agent = agent::<F>();
    ask(&mut agent, &calls([("c1", "f", "{}")]));
    agent.conversation_mut().push(F::user_text("Be quick.".to_owned()));
    assert_eq!(ids(&agent), ["c1"]);
    agent.result("c1", "the result").unwrap();
    let body = sent(&agent);
    assert!(body.find("the result").unwrap() < body.find("Be quick.").unwrap(), "{body}");
}

fn everything_survives_json<F: Family>() {
    fn restored<F: Family>(agent: Loop<F>) -> Loop<F> {
        let kept = serde_json::to_string(&agent.into_conversation()).unwrap();
        let conversation = serde_json::from_str(&kept).unwrap();
        let bounds = Bounds::default().turns(2);
        Loop::new(conversation, tools(), F::settings()).with_approval(|_| true).with_bounds(bounds)
    }
    let mut agent = restored(agent::<F>());
    ask(&mut agent, &calls([("c1", "f", "{}"), ("c2", "f", r#"{"x":1}"#), ("c3", "g", "{}")]));
    agent.approve("c1").unwrap();
    agent.refuse("c2", "No.").unwrap();
    agent.conversation_mut().push(F::user_text("Be quick.".to_owned()));
    let mut agent = restored(agent);
    assert_eq!(ids(&agent), ["c3"]);
    agent.approve("c3").unwrap();
    agent.result("c1", "first").unwrap();
    let mut agent = restored(agent);
    assert_eq!(ids(&agent), ["c3"]);
    agent.result("c3", "third").unwrap();
    let before = sent(&agent);
    let mut agent = restored(agent);
    assert_eq!(sent(&agent), before);
    ask(&mut agent, &calls([("c1", "f", r#"{"y":1}"#)]));
    agent.approve("c1").unwrap();
    agent.result("c1", "").unwrap();
    assert_eq!(next(&restored(agent)), Next::Stopped(Stop::Turns { limit: 2 }));
}

fn a_stop_of_the_caller_answers_open_calls<F: Family>() {
    let mut agent = agent::<F>();
    ask(&mut agent, &calls([("c1", "f", "{}"), ("c2", "f", "{}")]));
    agent.result("c1", "first").unwrap();
    agent.stop();
    assert_eq!(next(&agent), Next::Stopped(Stop::ByCaller));
    agent.conversation_mut().push(F::user_text("Something else".to_owned()));
    let body = sent(&agent);
    assert!(body.contains("first") && body.contains("was not run"), "{body}");
}

fn wrong_steps_are_errors<F: Family>() {
    let mut agent = agent::<F>();
    assert_eq!(agent.result("c1", ""), Err(Misuse::NoSuchCall));
    assert_eq!(agent.continue_cut(Continuation::Ask), Err(Misuse::NothingToContinue));
    ask(&mut agent, &calls([("c1", "f", "{}")]));
    assert_eq!(agent.answered(F::answer(&text("early"))), Err(Misuse::NoRequest));
    agent.result("c1", "once").unwrap();
    assert_eq!(agent.result("c1", "twice"), Err(Misuse::NoSuchCall));
    assert_eq!(agent.approve("c1"), Err(Misuse::NoSuchCall));
}
