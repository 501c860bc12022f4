//! Values of messages: read from anything, written as they came, and shown without what is large in them.

use std::time::Duration;

use requesty_core::Error;
use requesty_core::messages::{AssistantMessage, Block, Content, Message, Role, Source, StopReason, ToolUse, Usage};
use serde_json::json;

use crate::support::head;
use crate::support::messages::{clean, play_whole, texts};

#[test]
fn odd_members_never_cost_the_rest() {
    let reply: AssistantMessage = serde_json::from_str(
        r#"{"id":7,"type":"completion","role":"oracle","model":null,"content":"Hi","stop_reason":"new_reason","stop_sequence":"END","usage":{"input_tokens":"12","output_tokens":3.0,"cost":{}},"container":{"id":"c"},"x":1.50}"#,
    )
    .unwrap();
    assert_eq!((reply.id.as_deref(), reply.model.as_deref(), &*reply.text()), (None, None, "Hi"));
    assert_eq!(reply.role, Role::Other("oracle".into()));
    assert_eq!(reply.stop_reason, Some(StopReason::Other("new_reason".into())));
    assert_eq!(reply.stop_sequence.as_deref(), Some("END"));
    let usage = reply.usage.as_ref().unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.cost), (Some(12), Some(3), None));
    assert_eq!((usage.extra.get("cost"), reply.extra.get("x")), (Some("{}"), Some("1.50")));
    let written = serde_json::to_value(&reply).unwrap();
    assert_eq!(
        (&written["id"], &written["type"], &written["container"]),
        (&json!(7), &json!("completion"), &json!({"id": "c"}))
    );
    assert_eq!(written["content"], json!([{"type": "text", "text": "Hi"}]));
    for odd in
        [r#"{"content":null}"#, r#"{"content":[],"usage":null,"role":null,"stop_reason":""}"#, r#"{"content":{"a":1}}"#]
    {
        let incomplete = play_whole(200, odd).unwrap_err();
        assert!(matches!(incomplete.error(), Error::Unfinished(_)), "{odd}");
        let reply = incomplete.partial();
        assert_eq!((reply.content.len(), &reply.role, &reply.stop_reason), (0, &Role::Assistant, &None), "{odd}");
    }
    assert_eq!(
        play_whole(200, r#"{"content":{"a":1},"stop_reason":"end_turn"}"#).unwrap().extra.get("content"),
        Some(r#"{"a":1}"#)
    );
    let odd = r#"[7,"x",null,{},{"type":"text"},{"type":"text","text":7},{"type":"thinking"},{"type":"redacted_thinking"},{"type":"image"},{"type":"document","source":null}]"#;
    let reply = play_whole(200, &format!(r#"{{"content":{odd},"stop_reason":"end_turn"}}"#)).unwrap();
    assert_eq!(serde_json::to_string(&reply.content).unwrap(), odd);
    assert!(reply.content.iter().all(|block| matches!(block, Block::Other(_))));
    let reply = play_whole(
        200,
        r#"{"stop_reason":"end_turn","content":[{"type":"thinking","thinking":"h"},{"type":"redacted_thinking","data":"d"}]}"#,
    );
    let marked = reply.unwrap().content.into_iter().map(|block| {
        assert!(["thinking", "redacted_thinking"].contains(&&*block.kind().unwrap()));
        serde_json::to_value(block.with_extra("x", &1).unwrap()).unwrap()["x"].clone()
    });
    assert_eq!(marked.collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn a_turn_that_was_read_is_written_as_it_came() {
    let turn = r#"{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"cG5n","x":1}},{"type":"image","source":{"type":"file","file_id":"f"}},{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"a"}],"is_error":false},{"type":"tool_result","tool_use_id":"t"},{"type":"tool_use","id":"t","name":"f","input":{"n":1.0},"caller":null},{"type":"thinking","thinking":"h","signature":"s","y":2},{"type":"redacted_thinking","data":"d","z":3},{"type":"text","text":"t","citations":null}],"id":"x"}"#;
    let message: Message = serde_json::from_str(turn).unwrap();
    assert_eq!(serde_json::to_string(&message).unwrap(), turn);
    assert_eq!((&*message.text(), message.role.clone()), ("t", Role::User));
    let Block::Image(image) = &message.content.blocks()[0] else { panic!() };
    assert!(matches!(image.source, Source::Other(_)));
    let Block::ToolResult(result) = &message.content.blocks()[2] else { panic!() };
    assert_eq!((result.is_error, result.content.as_ref().unwrap().text().as_ref()), (Some(false), "a"));
    for odd in [r#"{"role":"user","content":7}"#, r#"{"role":"user","content":"x"}"#] {
        let message: Message = serde_json::from_str(odd).unwrap();
        assert_eq!(serde_json::to_string(&message).unwrap(), odd);
    }
    let contents = [Content::from("x"), Content::from("x".to_owned())];
    assert_eq!((&contents[0], contents[1].text().as_ref(), contents[1].blocks().len()), (&contents[1], "x", 0));
    let empty: Message = serde_json::from_str(r#"{"role":"user"}"#).unwrap();
    assert_eq!((empty.text().as_ref(), empty.content.blocks().len()), ("", 0));
    let result = r#"{"role":"user","content":[{"type":"tool_result","content":7}]}"#;
    let message: Message = serde_json::from_str(result).unwrap();
    let Block::ToolResult(result) = &message.content.blocks()[0] else { panic!() };
    assert_eq!(
        (result.tool_use_id.as_str(), result.content.is_none(), result.extra.get("content")),
        ("", true, Some("7"))
    );
}

/// An input that came as the text of an object, as converters write it, is the object.
#[test]
fn an_input_in_a_string_is_what_the_string_says() {
    let reply = play_whole(
        200,
        r#"{"stop_reason":"tool_use","content":[{"type":"tool_use","id":"t","name":"f","input":"{\"a\":1}"}]}"#,
    )
    .unwrap();
    assert_eq!(reply.tool_uses().next().unwrap().input_json(), r#"{"a":1}"#);
    assert_eq!(serde_json::to_value(&reply.content).unwrap()[0]["input"], json!({"a": 1}));
    assert_eq!(ToolUse::new("t", "f", "{}").finished().unwrap().tool_use().id.as_deref(), Some("t"));
}

#[test]
fn stop_reasons_are_their_names_both_ways() {
    for (reason, name, early) in [
        (StopReason::EndTurn, "end_turn", false),
        (StopReason::MaxTokens, "max_tokens", true),
        (StopReason::StopSequence, "stop_sequence", false),
        (StopReason::ToolUse, "tool_use", false),
        (StopReason::PauseTurn, "pause_turn", true),
        (StopReason::Refusal, "refusal", true),
        (StopReason::Other("model_context_window_exceeded".into()), "model_context_window_exceeded", true),
        (StopReason::Other("length".into()), "length", true),
        (StopReason::Other("content_filter".into()), "content_filter", true),
        (StopReason::Other("stop".into()), "stop", false),
    ] {
        assert_eq!((reason.as_str(), reason.to_string().as_str(), reason.is_early()), (name, name, early));
        assert_eq!(StopReason::from(name), reason);
        let streamed = clean(&texts(&["x"], name)).total.unwrap();
        assert_eq!(streamed.stop_reason.as_ref(), Some(&reason));
        assert_eq!(serde_json::to_value(&streamed).unwrap()["stop_reason"], name);
    }
}

#[test]
fn what_is_shown_names_its_kind_and_no_file() {
    let data = "A".repeat(1000);
    let long = format!("data:image/png;base64,{data}");
    let blocks = [
        (Block::text("t"), "TextBlock {"),
        (Block::image_url(&long).unwrap(), "ImageBlock {"),
        (Block::document_url(&long).unwrap(), "DocumentBlock {"),
        (Block::tool_result("t", "r"), "ToolResult {"),
        (Block::ToolUse(ToolUse::new("t", "f", "{}")), "ToolUse {"),
        (Block::ServerToolUse(ToolUse::new("t", "f", "{}")), "ServerToolUse(ToolUse {"),
        (Block::raw(&json!({"type": "x", "data": data})).unwrap(), "Other("),
    ];
    for (block, shown) in &blocks {
        let debug = format!("{block:?}");
        assert!(debug.starts_with(shown) && debug.len() < 500, "{debug}");
    }
    let reply =
        play_whole(200, r#"{"stop_reason":"end_turn","content":[{"type":"thinking","thinking":"h"},{"type":"redacted_thinking","data":"d"}]}"#)
            .unwrap();
    assert!(format!("{:?}", reply.content).starts_with("[ThinkingBlock {"));
    assert!(format!("{:?}", reply.content[1]).starts_with("RedactedThinkingBlock {"));
    assert_eq!(format!("{:?}", Message::user("x").content), "Text(\"x\")");
    assert!(format!("{:?}", Message::user([Block::text("x")]).content).starts_with("Blocks([TextBlock"));
    let machine = crate::support::messages::whole_call().open(head(200, ""), Duration::ZERO);
    assert!(format!("{:?}", machine.dialect()).starts_with("OneValue { outcome: None"));
    assert_eq!(Usage::default().all_input_tokens(), None);
    assert!(matches!(machine.total().unwrap_err().error(), Error::Truncated(_)));
}

#[test]
fn a_text_is_content_and_a_block_whatever_holds_it() {
    let text = "Hi".to_owned();
    assert_eq!(Content::from(&text), Content::from("Hi"));
    assert_eq!(Content::from(text.clone()), Content::from("Hi"));
    assert_eq!(Block::from(text), Block::text("Hi"));
}
