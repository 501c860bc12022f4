//! An answer that was cut is continued where that is asked for, and as often as the bounds allow.

use requesty_core::agent::{Action, BadCalls, Bounds, Continuation, Misuse, Stop};

use super::super::Transport;
use super::{Family, Stage, agent, each, every_family, goes_on, stop};

every_family! {
    nothing_is_continued_by_itself,
    the_user_asks_to_go_on,
    a_beginning_is_sent_where_the_family_takes_one,
    continuations_are_bounded,
}

fn nothing_is_continued_by_itself<F: Family>(transport: Transport) {
    let stage = Stage::new(transport);
    let mut agent = agent::<F>("mock/agent-broken");
    assert_eq!(stage.run(&mut agent).unwrap(), "One, two, ");
    assert!(matches!(stop(&agent), Stop::Cut { .. }), "{:?}", stop(&agent));
    assert_eq!(stage.run(&mut agent).unwrap(), "");
    assert_eq!(stage.sent::<F>().len(), 1);
    assert!(stage.ran.borrow().is_empty(), "what broke off is not run");
    goes_on(&stage, agent, "mock/agent-broken");
}

fn the_user_asks_to_go_on<F: Family>(transport: Transport) {
    for model in ["mock/agent-broken", "mock/agent-length"] {
        goes_on_as_asked::<F>(transport, model);
    }
}

fn goes_on_as_asked<F: Family>(transport: Transport, model: &str) {
    let stage = Stage::new(transport);
    let mut agent = agent::<F>(model);
    stage.run(&mut agent).unwrap();
    agent.continue_cut(Continuation::Ask).unwrap();
    assert_eq!(stage.run(&mut agent).unwrap(), " three.");
    let Action::Done(answer) = agent.next() else { panic!("{:?}", agent.next()) };
    assert_eq!(F::text(answer), " three.");
    let sent = stage.sent::<F>();
    assert_eq!(sent.len(), 2);
    let (said, is_last) = F::last_said(&sent[1]);
    assert_eq!((said.as_str(), is_last), ("One, two, ", false));
    // The call that was cut is left out.
    assert_eq!(F::sent_calls(&sent[1]), [""; 0]);
    assert_eq!(agent.conversation().spending().replies, 2);
    goes_on(&stage, agent, model);
}

fn a_beginning_is_sent_where_the_family_takes_one<F: Family>(transport: Transport) {
    let stage = Stage::new(transport);
    let mut agent = agent::<F>("mock/agent-broken");
    stage.run(&mut agent).unwrap();
    let continued = agent.continue_cut(Continuation::Prefix);
    if F::PATH == "/v1/responses" {
        assert_eq!(continued, Err(Misuse::NothingToContinue));
        return;
    }
    continued.unwrap();
    assert_eq!(stage.run(&mut agent).unwrap(), " three.");
    let sent = stage.sent::<F>();
    let (said, is_last) = F::last_said(&sent[1]);
    assert_eq!((said.as_str(), is_last), ("One, two,", true));
    goes_on(&stage, agent, "mock/agent-broken");
    // In the history it is one answer.
    let said = stage.sent::<F>()[2]["messages"].to_string();
    assert!(said.contains("One, two, three.") && said.matches("One").count() == 1, "{said}");
}

fn continuations_are_bounded<F: Family>(transport: Transport) {
    for (bounds, most) in [(Bounds::default(), 3), (Bounds::default().continuations(1), 1)] {
        let stage = Stage::new(transport);
        let mut agent = agent::<F>("mock/agent-endless").with_bounds(bounds).with_bad_calls(BadCalls::Answer);
        for _ in 0..most {
            stage.run(&mut agent).unwrap();
            assert!(matches!(stop(&agent), Stop::Early { .. }), "{:?}", stop(&agent));
            agent.continue_cut(Continuation::Ask).unwrap();
        }
        stage.run(&mut agent).unwrap();
        assert_eq!(agent.continue_cut(Continuation::Ask), Err(Misuse::TooManyContinuations));
        assert!(matches!(stop(&agent), Stop::Early { .. }), "{:?}", stop(&agent));
        assert_eq!(stage.sent::<F>().len(), most + 1);
        // The usage of all parts adds up.
        let spending = agent.conversation().spending();
        assert_eq!((spending.replies, spending.tokens()), (most as u64 + 1, 100 * (most as u64 + 1)));
        goes_on(&stage, agent, "mock/agent-endless");
    }
}
