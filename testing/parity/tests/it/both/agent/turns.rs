//! Good calls and bad ones: what is run, what is answered, and what is sent.

use requesty_core::agent::{Action, BadCall, BadCalls, Stop};

use super::super::Transport;
use super::{Family, Stage, agent, each, every_family, goes_on, restored, stop};

every_family! {
    every_kind_of_call_is_answered_once,
    step_by_step_and_restored_it_is_the_same,
    a_call_that_was_cut_stops_the_loop,
    a_refusal_is_no_answer,
}

const MODEL: &str = "mock/agent";

/// What the tools are asked for: not the search of the provider, nor the unknown function, nor the call that was cut, nor what
/// is refused.
const RUN: [&str; 5] =
    ["call_1 get_weather", "call_2 get_weather", "call_3 get_time", "call_5 get_weather", "call_6 get_weather"];

fn every_kind_of_call_is_answered_once<F: Family>(transport: Transport) {
    let stage = Stage::new(transport);
    let mut agent = agent::<F>(MODEL).with_bad_calls(BadCalls::Answer);
    stage.run(&mut agent).unwrap();
    assert_eq!(stage.sent::<F>().len(), 4, "nothing is sent while something is to be approved");
    let Action::Approve(calls) = agent.next() else { panic!("{:?}", agent.next()) };
    for call in &calls {
        agent.refuse(call.id(), "Not today.").unwrap();
    }
    assert_eq!(stage.run(&mut agent).unwrap(), "All done.");
    assert!(matches!(agent.next(), Action::Done(_)), "{:?}", agent.next());
    assert_eq!(*stage.ran.borrow(), RUN);
    assert_all_answered::<F>(&stage);
    assert_eq!(agent.conversation().spending().cost.to_string(), "0.5");
}

/// Looks at the last request, which has all calls that were made.
fn assert_all_answered<F: Family>(stage: &Stage) {
    let sent = stage.sent::<F>();
    assert_eq!((sent.len(), stage.mock.hits(MODEL)), (5, 5));
    let last = &sent[4];
    let expected = [
        ("call_1", "18 °C in Paris"),
        ("call_2", "18 °C in Tokyo"),
        ("call_3", "the clock stands still"),
        ("call_4", "This call was not run: there is no function of that name."),
        ("call_5", "18 °C in Oslo"),
        ("call_6", "18 °C in Lima"),
        ("call_7", "This call was not run: it was cut"),
        ("call_8", "This call was not approved, and not run. Not today."),
        ("call_9", "This call was not approved, and not run. Not today."),
    ];
    // In messages and responses an input that was cut cannot stand in a history: the model reads of it in words of the user.
    let cut_stands = F::PATH == "/v1/chat/completions";
    let expected: Vec<_> = expected.into_iter().filter(|(id, _)| cut_stands || *id != "call_7").collect();
    assert_eq!(F::sent_calls(last), expected.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    let results = F::sent_results(last);
    assert_eq!(results.len(), expected.len());
    for ((id, result), (expected_id, expected)) in results.iter().zip(&expected) {
        assert!(id == expected_id && result.starts_with(expected), "{id}: {result}");
    }
    let said = last.to_string();
    assert_eq!(said.contains("Your call of `get_time` was not run"), !cut_stands, "{said}");
    assert!(!said.contains("\"id\":\"srvtoolu_1\",\"type\":\"function\""), "{said}");
}

fn step_by_step_and_restored_it_is_the_same<F: Family>(transport: Transport) {
    let stage = Stage::new(transport);
    let mut agent = agent::<F>(MODEL).with_bad_calls(BadCalls::Answer);
    loop {
        let kept = serde_json::to_string(agent.conversation()).unwrap();
        agent = restored(serde_json::from_str(&kept).unwrap(), MODEL).with_bad_calls(BadCalls::Answer);
        let (mut request, mut ready, mut asked) = (None, Vec::new(), Vec::new());
        match agent.next() {
            Action::Send(asks) => request = Some(F::whole(&stage.router, &asks).unwrap()),
            Action::Call(calls) => ready = calls,
            Action::Approve(calls) => asked = calls,
            Action::Done(answer) => break assert_eq!(F::text(answer), "All done."),
            other => panic!("{other:?}"),
        }
        if let Some(request) = request {
            match stage.client.send(&request) {
                Ok(answer) => agent.answered(answer.into_inner()).unwrap(),
                Err(incomplete) => agent.cut(incomplete).unwrap(),
            }
        }
        // One at a time, the last one first, with the conversation kept in between.
        if let Some(call) = ready.last() {
            match stage.tool(call) {
                Ok(output) => agent.result(call.id(), output).unwrap(),
                Err(error) => agent.failure(call.id(), error).unwrap(),
            }
        }
        if let Some(call) = asked.last() {
            agent.refuse(call.id(), "Not today.").unwrap();
        }
    }
    let mut ran = stage.ran.take();
    ran.sort();
    assert_eq!(ran, RUN);
    assert_all_answered::<F>(&stage);
}

fn a_call_that_was_cut_stops_the_loop<F: Family>(transport: Transport) {
    let stage = Stage::new(transport);
    let mut agent = agent::<F>("mock/agent-length");
    stage.run(&mut agent).unwrap();
    assert_eq!(stop(&agent), Stop::BadCall { name: "get_weather".to_owned(), why: BadCall::Cut });
    assert_eq!(stage.sent::<F>().len(), 1);
    assert!(stage.ran.borrow().is_empty());
    goes_on(&stage, agent, "mock/agent-length");
}

fn a_refusal_is_no_answer<F: Family>(transport: Transport) {
    let stage = Stage::new(transport);
    let mut agent = agent::<F>("mock/agent-refusal");
    stage.run(&mut agent).unwrap();
    assert_eq!(stop(&agent), Stop::Refused);
    assert_eq!(stage.sent::<F>().len(), 1);
    goes_on(&stage, agent, "mock/agent-refusal");
}
