//! Each bound reached: what is requested, what is run, and what the loop says.

use requesty_core::Decimal;
use requesty_core::agent::{Bound, Bounds, Stop};
use requesty_core::models::Model;

use super::super::Transport;
use super::{Family, Stage, agent, each, every_family, goes_on, stop};

every_family! {
    turns_are_bounded,
    calls_in_all_are_bounded,
    calls_of_a_turn_are_bounded,
    identical_calls_are_bounded,
    tokens_are_bounded,
    money_is_bounded,
    a_reply_without_cost_stops_a_loop_with_a_bound_of_money,
}

/// Runs a loop into its bound; returns why it stopped, and how many requests and calls that took.
fn reached<F: Family>(transport: Transport, model: &str, bounds: Bounds) -> (Stop, usize, usize) {
    let stage = Stage::new(transport);
    let mut agent = agent::<F>(model).with_bounds(bounds);
    stage.run(&mut agent).unwrap();
    let (stop, ran) = (stop(&agent), stage.ran.take().len());
    let requests = stage.sent::<F>().len();
    // Asked once more, it sends nothing.
    stage.run(&mut agent).unwrap();
    assert_eq!((self::stop(&agent), stage.mock.requests().len()), (stop.clone(), requests));
    goes_on(&stage, agent, model);
    (stop, requests, ran)
}

fn turns_are_bounded<F: Family>(transport: Transport) {
    let bounds = Bounds::default();
    let (stop, requests, ran) = reached::<F>(transport, "mock/agent-forever", bounds);
    assert_eq!((stop, requests, ran), (Stop::Turns { limit: 16 }, 16, 16));
    let (stop, requests, ran) = reached::<F>(transport, "mock/agent-forever", bounds.turns(3));
    assert_eq!((stop, requests, ran), (Stop::Turns { limit: 3 }, 3, 3));
}

fn calls_in_all_are_bounded<F: Family>(transport: Transport) {
    let (stop, requests, ran) = reached::<F>(transport, "mock/agent-forever", Bounds::default().calls(2));
    assert_eq!((stop, requests, ran), (Stop::Calls { limit: 2 }, 3, 2));
}

fn calls_of_a_turn_are_bounded<F: Family>(transport: Transport) {
    let bounds = Bounds::default().identical_calls(100).turns(2);
    let (stop, requests, ran) = reached::<F>(transport, "mock/agent-many", bounds.calls_per_turn(4));
    assert_eq!((stop, requests, ran), (Stop::CallsPerTurn { calls: 5, limit: 4 }, 1, 0));
    let (stop, requests, ran) = reached::<F>(transport, "mock/agent-many", bounds.calls_per_turn(5));
    assert_eq!((stop, requests, ran), (Stop::Turns { limit: 2 }, 2, 10));
}

fn identical_calls_are_bounded<F: Family>(transport: Transport) {
    let (stop, requests, ran) = reached::<F>(transport, "mock/agent-same", Bounds::default());
    assert_eq!((stop, requests, ran), (Stop::IdenticalCalls { limit: 4 }, 5, 4));
    let (stop, requests, ran) = reached::<F>(transport, "mock/agent-same", Bounds::default().identical_calls(2));
    assert_eq!((stop, requests, ran), (Stop::IdenticalCalls { limit: 2 }, 3, 2));
}

fn tokens_are_bounded<F: Family>(transport: Transport) {
    for (limit, requests, used) in [(300, 3, 300), (301, 4, 400)] {
        let bounds = Bounds::default().tokens(limit);
        let stop = Stop::Tokens { used, limit };
        assert_eq!(reached::<F>(transport, "mock/agent-forever", bounds), (stop, requests, requests));
    }
}

fn money_is_bounded<F: Family>(transport: Transport) {
    for (limit, requests, spent) in [("0.3", 3, "0.3"), ("0.25", 3, "0.3"), ("0.31", 4, "0.4")] {
        let bounds = Bounds::default().cost(dollars(limit));
        // At most one request goes over it, and the stop says by how much.
        let stop = Stop::Cost { spent: dollars(spent), limit: dollars(limit) };
        assert_eq!(reached::<F>(transport, "mock/agent-forever", bounds), (stop, requests, requests));
    }
}

fn a_reply_without_cost_stops_a_loop_with_a_bound_of_money<F: Family>(transport: Transport) {
    let bounds = Bounds::default().cost(dollars("1"));
    let (stop, requests, ran) = reached::<F>(transport, "mock/agent-free", bounds);
    assert_eq!((stop, requests, ran), (Stop::Unmeasured { bound: Bound::Cost }, 1, 1));
    // By these prices each request costs 90 · 0.003 and 10 · 0.013 dollars.
    let model: Model = serde_json::from_str(r#"{"id":"a/b","input_price":0.003,"output_price":0.013}"#).unwrap();
    let (stop, requests, ran) = reached::<F>(transport, "mock/agent-free", bounds.prices(model.prices()));
    let spent = Stop::Cost { spent: dollars("1.2"), limit: dollars("1") };
    assert_eq!((stop, requests, ran), (spent, 3, 3));
}

fn dollars(text: &str) -> Decimal {
    text.parse().unwrap()
}
