//! Sums over replies, and estimates.

use requesty_core::agent::{Assumptions, Spending};
use requesty_core::chat::Completion;
use requesty_core::messages::AssistantMessage;
use requesty_core::models::Model;
use requesty_core::responses::Response;

#[test]
fn sums_are_exact_in_every_family() {
    let completion: Completion = serde_json::from_str(concat!(
        r#"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":20,"cost":0.1,"#,
        r#""prompt_tokens_details":{"cached_tokens":4,"caching_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}}"#,
    ))
    .unwrap();
    let reply: AssistantMessage = serde_json::from_str(concat!(
        r#"{"content":[],"usage":{"input_tokens":1,"cache_read_input_tokens":4,"cache_creation_input_tokens":5,"#,
        r#""output_tokens":7,"cost":"0.2"}}"#,
    ))
    .unwrap();
    let response: Response = serde_json::from_str(concat!(
        r#"{"output":[],"usage":{"input_tokens":3,"output_tokens":4,"cost":1e-18,"#,
        r#""output_tokens_details":{"reasoning_tokens":1}}}"#,
    ))
    .unwrap();
    let silent: Completion = serde_json::from_str(r#"{"choices":[]}"#).unwrap();
    let all = [Spending::from(&completion), Spending::from(&reply), Spending::from(&response), Spending::from(&silent)];
    let sum: Spending = all.into_iter().sum();
    assert_eq!((sum.replies, sum.replies_without_cost, sum.replies_without_tokens), (4, 1, 1));
    assert_eq!((sum.input_tokens, sum.output_tokens, sum.tokens()), (10 + 10 + 3, 5 + 7 + 4, 20 + 17 + 7));
    assert_eq!((sum.cached_tokens, sum.caching_tokens, sum.reasoning_tokens), (8, 8, 3));
    assert_eq!(sum.cost.to_string(), "0.300000000000000001");
}

#[test]
fn a_sum_that_is_not_exact_is_not_made() {
    let reply = |cost: &str| -> Spending {
        let json = format!(r#"{{"choices":[],"usage":{{"cost":{cost}}}}}"#);
        Spending::from(&serde_json::from_str::<Completion>(&json).unwrap())
    };
    let sum = reply("1") + reply("1e-5000");
    assert_eq!((sum.cost.to_string().as_str(), sum.replies_without_cost), ("1", 1));
    // A negative price is none.
    assert_eq!((reply("-1").cost.to_string().as_str(), reply("-1").replies_without_cost), ("0", 1));
}

#[test]
fn an_estimate_names_what_it_assumes() {
    let model: Model =
        serde_json::from_str(r#"{"id":"a/b","input_price":0.000001,"output_price":0.000004,"max_output_tokens":100}"#)
            .unwrap();
    let estimate = Assumptions::new(500).estimate(&model, 4001);
    assert_eq!((estimate.input_tokens, estimate.output_tokens), (1001, 100));
    assert_eq!(estimate.cost.unwrap().to_string(), "0.001401");
    assert_eq!(estimate.assumptions, Assumptions::new(500));
    let policy: Model = serde_json::from_str(r#"{"id":"policy/x","input_price":1,"output_price":1}"#).unwrap();
    assert_eq!(Assumptions::new(1).estimate(&policy, 1).cost, None);
}
