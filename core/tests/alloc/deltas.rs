//! In the steady state a text delta costs no allocation: only the answer itself grows, by doubling.

use std::time::Duration;

use requesty_core::Step;

use crate::counting::cost;

#[test]
fn a_text_delta_allocates_nothing() {
    let chunk = |delta: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1748200000,\"model\":\"gpt\",\
             \"service_tier\":\"default\",\"system_fingerprint\":\"fp\",\"choices\":[{{\"index\":0,\"delta\":{{{delta}}},\
             \"logprobs\":null,\"finish_reason\":null}}]}}\n\n"
        )
    };
    for delta in [
        r#""content":" word""#,
        r#""content":"esc\n\u00e9aped""#,
        r#""content":"字""#,
        r#""reasoning_content":" thought""#,
        r#""tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]"#,
    ] {
        let chunk = chunk(delta);
        let mut machine =
            crate::support::chat::stream_call().open(crate::support::head(200, "text/event-stream"), Duration::ZERO);
        let mut feed = |count: usize| {
            let ((), cost) = cost(|| {
                let mut seen = 0;
                for _ in 0..count {
                    machine.push(chunk.as_bytes(), Duration::ZERO);
                    while let Ok(Step::Ready) = machine.advance() {
                        seen += machine.item().text().len() + machine.item().reasoning().len() + 1;
                    }
                }
                assert!(seen >= count);
            });
            cost.calls
        };
        feed(1000);
        // 4,000 more deltas double the answer a few times.
        let allocations = feed(4000);
        assert!(allocations <= 4, "{delta}: {allocations} allocations in 4,000 deltas");
    }
    for (kind, delta) in [
        ("output_text", " word"),
        ("output_text", r"esc\n\u00e9aped"),
        ("reasoning_summary_text", "字"),
        ("function_call_arguments", r#"{\"a\":"#),
    ] {
        // The number and the padding differ from event to event.
        let events = [(7, "Xk2"), (12, "p9qLmT"), (138, "")].map(|(number, padding)| {
            format!(
                "event: response.{kind}.delta\ndata: {{\"type\":\"response.{kind}.delta\",\"sequence_number\":{number},\
                 \"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"{delta}\",\
                 \"obfuscation\":\"{padding}\"}}\n\n"
            )
        });
        let call = crate::support::responses::stream_call();
        let mut machine = call.open(crate::support::head(200, "text/event-stream"), Duration::ZERO);
        let mut feed = |count: usize| {
            let ((), cost) = cost(|| {
                let mut seen = 0;
                for event in events.iter().cycle().take(count) {
                    machine.push(event.as_bytes(), Duration::ZERO);
                    while let Ok(Step::Ready) = machine.advance() {
                        let item = machine.item();
                        let call = item.call().map_or(0, |call| call.arguments().len());
                        seen += usize::from(item.text().len() + item.reasoning().len() + call > 0);
                    }
                }
                assert_eq!(seen, count);
            });
            cost.calls
        };
        feed(1000);
        let allocations = feed(4000);
        assert!(allocations <= 4, "{kind} {delta}: {allocations} allocations in 4,000 deltas");
    }
}
