//! Answers and conversations of an unusual form.

use requesty_core::agent::{BadCalls, Bounds, Continuation, Conversation, Loop, Misuse, Stop};
use serde_json::{Value, json};

use super::families::{Family, Next, Spec, calls, next, text, tools};
use super::scripted::{agent, ask, ids, sent};

#[test]
fn a_refusal_is_no_answer() {
    fn refused<F: Family>(answer: Value) {
        let mut agent = agent::<F>();
        agent.answered(serde_json::from_value(answer).unwrap()).unwrap();
        assert_eq!(next(&agent), Next::Stopped(Stop::Refused));
        assert_eq!(agent.continue_cut(Continuation::Ask), Err(Misuse::NothingToContinue));
        agent.conversation_mut().push(F::user_text("Why?".to_owned()));
        assert!(sent(&agent).contains("Why?"));
    }
    let message = json!({"role": "assistant", "content": null, "refusal": "I cannot."});
    refused::<requesty_core::chat::Message>(json!({"choices": [{"message": message, "finish_reason": "stop"}]}));
    let content = json!([{"type": "text", "text": "I cannot."}]);
    refused::<requesty_core::messages::Message>(json!({"content": content, "stop_reason": "refusal"}));
    let content = json!([{"type": "refusal", "refusal": "I cannot."}]);
    let output = json!([{"type": "message", "role": "assistant", "content": content}]);
    refused::<requesty_core::responses::InputItem>(json!({"status": "completed", "output": output}));
}

#[test]
fn a_completion_without_a_choice_stops_the_loop() {
    let mut agent = agent::<requesty_core::chat::Message>();
    agent.answered(serde_json::from_str(r#"{"choices":[]}"#).unwrap()).unwrap();
    assert_eq!(next(&agent), Next::Stopped(Stop::Early { reason: None }));
}

/// What is no list of calls cannot be answered, and does not go back.
#[test]
fn calls_of_another_form_are_bad_calls() {
    for member in ["tool_calls", "function_call"] {
        let mut message = json!({"role": "assistant", "content": "Hm."});
        message[member] = json!("f()");
        let answer = json!({"choices": [{"message": message, "finish_reason": "stop"}]});
        let mut stopped = agent::<requesty_core::chat::Message>();
        stopped.answered(serde_json::from_value(answer.clone()).unwrap()).unwrap();
        assert!(matches!(next(&stopped), Next::Stopped(Stop::BadCall { .. })), "{:?}", next(&stopped));
        let mut answered = agent::<requesty_core::chat::Message>().with_bad_calls(BadCalls::Answer);
        answered.answered(serde_json::from_value(answer).unwrap()).unwrap();
        let body = sent(&answered);
        assert!(body.contains("Hm.") && !body.contains("f()"), "{body}");
    }
}

/// A beginning is put in front of whatever form the rest has.
#[test]
fn a_beginning_is_joined_with_parts_and_with_nothing() {
    fn joined<F: Family>(rest: Value) -> Value {
        let mut agent = agent::<F>();
        ask(&mut agent, &Spec { early: true, ..text("One, two,") });
        agent.continue_cut(Continuation::Prefix).unwrap();
        agent.answered(serde_json::from_value(rest).unwrap()).unwrap();
        agent.conversation_mut().push(F::user_text("And?".to_owned()));
        let Next::Send(body) = next(&agent) else { panic!("nothing to send") };
        let messages = body["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 3, "{body:#}");
        messages[1]["content"].clone()
    }
    let choice = |content: Value| json!({"choices": [{"message": {"content": content}, "finish_reason": "stop"}]});
    let parts = json!([{"type": "text", "text": " three."}]);
    let all = json!([{"type": "text", "text": "One, two,"}, {"type": "text", "text": " three."}]);
    assert_eq!(joined::<requesty_core::chat::Message>(choice(parts)), all);
    assert_eq!(joined::<requesty_core::chat::Message>(choice(json!(" three."))), json!("One, two, three."));
}

/// The provider runs the tool: a call of it that shows through is not handed out.
#[test]
fn a_tool_of_the_provider_is_offered_and_never_called() {
    let search = requesty_core::chat::Tool::function("search");
    let tools = tools().provider_tool(search);
    assert_eq!((tools.as_slice().len(), tools.names().collect::<Vec<_>>()), (3, vec!["f", "g"]));
    let history = Conversation::from([requesty_core::chat::Message::user("Hello")]);
    let mut agent = Loop::new(history, tools, requesty_core::chat::Request::new(&[]).model("a/b"));
    assert!(sent(&agent).contains(r#""name":"search""#));
    ask(&mut agent, &calls([("c1", "search", "{}"), ("c2", "f", "{}")]));
    assert_eq!(ids(&agent), ["c2"]);
}

#[test]
fn a_loop_shows_its_bounds() {
    let bounds = Bounds::default().turns(3);
    let agent = agent::<requesty_core::chat::Message>().with_bounds(bounds);
    assert_eq!(agent.bounds(), &bounds);
    assert!(format!("{agent:?}").starts_with("Loop { conversation: Conversation {"));
}

/// A conversation that another program wrote needs its history only.
#[test]
fn a_history_alone_is_a_conversation() {
    let kept = r#"{"history":[{"role":"user","content":"Hello"}],"ended":"Done"}"#;
    let conversation: Conversation<requesty_core::chat::Message> = serde_json::from_str(kept).unwrap();
    assert_eq!((conversation.history().len(), conversation.answer()), (1, None));
    let mut agent = Loop::new(conversation, tools(), requesty_core::chat::Request::new(&[]).model("a/b"));
    assert!(matches!(next(&agent), Next::Stopped(Stop::Cut { .. })));
    agent.conversation_mut().push(requesty_core::chat::Message::user("Again"));
    assert!(sent(&agent).contains("Again"));
}

/// Where the call after it is left out, a thought is left out too, also one without its text.
#[test]
fn a_thought_of_another_form_does_not_stand_last() {
    for kind in ["thinking", "redacted_thinking"] {
        let content =
            json!([{"type": kind, "id": "c1", "name": "f", "input": {}}, {"type": "tool_use", "input": {"x": 1}}]);
        let mut agent = agent::<requesty_core::messages::Message>().with_bad_calls(BadCalls::Answer);
        agent
            .answered(serde_json::from_value(json!({"content": content, "stop_reason": "tool_use"})).unwrap())
            .unwrap();
        let Next::Send(body) = next(&agent) else { panic!("nothing to send") };
        let roles: Vec<&str> =
            body["messages"].as_array().unwrap().iter().filter_map(|it| it["role"].as_str()).collect();
        assert!(!roles.contains(&"assistant"), "{body:#}");
    }
}

/// Providers refuse a failed result that is empty.
#[test]
fn a_failure_without_words_gets_some() {
    fn failed<F: Family>() {
        let mut agent = agent::<F>();
        ask(&mut agent, &calls([("c1", "f", "{}")]));
        agent.failure("c1", " ").unwrap();
        assert!(sent(&agent).contains("The call failed."));
    }
    failed::<requesty_core::chat::Message>();
    failed::<requesty_core::messages::Message>();
    failed::<requesty_core::responses::InputItem>();
}

#[test]
fn the_calls_of_a_refusal_are_not_run() {
    fn refused<F: Family>(answer: Value) {
        let mut agent = agent::<F>();
        agent.answered(serde_json::from_value(answer).unwrap()).unwrap();
        assert_eq!(next(&agent), Next::Stopped(Stop::Refused));
        agent.conversation_mut().push(F::user_text("Why?".to_owned()));
        assert!(sent(&agent).contains("This call was not run: the model refused."));
    }
    let call = json!({"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let message = json!({"role": "assistant", "content": null, "refusal": "I cannot.", "tool_calls": [call]});
    refused::<requesty_core::chat::Message>(json!({"choices": [{"message": message, "finish_reason": "stop"}]}));
    let content = json!([{"type": "tool_use", "id": "c1", "name": "f", "input": {}}, {"type": "text", "text": "No."}]);
    refused::<requesty_core::messages::Message>(json!({"content": content, "stop_reason": "refusal"}));
    let message = json!({"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]});
    let call = json!({"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"});
    refused::<requesty_core::responses::InputItem>(json!({"status": "completed", "output": [message, call]}));
}

/// A search whose result did not come is refused in a history; a paused turn goes on with it.
#[test]
fn a_search_without_its_result_goes_back_in_a_paused_turn_only() {
    let search = |id: &str| json!({"type": "server_tool_use", "id": id, "name": "web_search", "input": {}});
    let found = json!({"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []});
    let content = json!([search("srvtoolu_1"), found, {"type": "text", "text": "Well."}, search("srvtoolu_2")]);
    for (reason, goes_back) in [("max_tokens", false), ("refusal", false), ("end_turn", false), ("pause_turn", true)] {
        let mut agent = agent::<requesty_core::messages::Message>();
        agent.answered(serde_json::from_value(json!({"content": content, "stop_reason": reason})).unwrap()).unwrap();
        if !goes_back {
            agent.conversation_mut().push(requesty_core::messages::Message::user("Go on"));
        }
        let body = sent(&agent);
        assert!(body.contains("srvtoolu_1") && body.contains("srvtoolu_2") == goes_back, "{reason}: {body}");
    }
}

/// A paused turn that something else follows does not go on, wherever the loop stopped and however it was kept.
#[test]
fn a_message_after_a_paused_turn_leaves_no_search_without_its_result() {
    use requesty_core::messages::Message;
    let search = json!({"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}});
    let thought = json!({"type": "thinking", "thinking": "hm", "signature": "s"});
    let text = json!({"type": "text", "text": "Well."});
    for (content, stays) in [(json!([text, thought, search]), true), (json!([thought, search]), false)] {
        for is_kept in [false, true] {
            let mut agent = agent::<Message>().with_bounds(Bounds::default().turns(1));
            agent
                .answered(serde_json::from_value(json!({"content": content, "stop_reason": "pause_turn"})).unwrap())
                .unwrap();
            assert_eq!(next(&agent), Next::Stopped(Stop::Turns { limit: 1 }));
            let mut conversation = agent.into_conversation();
            if is_kept {
                conversation = serde_json::from_str(&serde_json::to_string(&conversation).unwrap()).unwrap();
            }
            assert!(serde_json::to_string(conversation.history()).unwrap().contains("srvtoolu_1"));
            conversation.push(Message::user("Go on"));
            let history = serde_json::to_string(conversation.history()).unwrap();
            assert!(!history.contains("srvtoolu_1") && !history.contains("thinking"), "{history}");
            assert_eq!(history.contains("Well."), stays, "{history}");
            assert!(!history.contains(r#""content":[]"#), "{history}");
        }
    }
}

#[test]
fn a_text_of_white_space_does_not_go_back() {
    let tool_use = json!({"type": "tool_use", "id": "c1", "name": "f", "input": {}});
    let content = json!([{"type": "text", "text": "\n\n"}, tool_use]);
    let mut agent = agent::<requesty_core::messages::Message>();
    agent.answered(serde_json::from_value(json!({"content": content, "stop_reason": "tool_use"})).unwrap()).unwrap();
    agent.result("c1", "").unwrap();
    assert!(!sent(&agent).contains("\\n"));
}
