//! One odd field never costs the answer.

use requesty_core::End;
use requesty_core::chat::{Completion, Content, FinishReason, Message, ReasoningNames};

use crate::support::chat::{clean, delta, events, finished};

#[test]
fn odd_fields_cost_nothing() {
    for chunk in [
        r#"{"id":"c","object":"chat.completion.chunk","created":1763205513,"model":"q","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":""}]}"#,
        r#"{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}"#,
        r#"{"choices":[{"delta":{"content":"Hello"}}]}"#,
        r#"{"id":null,"model":null,"created":null,"object":null,"choices":[{"index":null,"delta":{"role":null,"content":"Hello","tool_calls":null,"refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}"#,
        r#"{"id":7,"created":234234234.0,"choices":[{"index":0,"delta":{"role":"","content":"Hello"}}],"usage":{}}"#,
        r#"{"created":1752978879176,"service_tier":"on_demand","choices":[{"index":0,"delta":{"content":"Hello","function_call":null}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"Hel"},{"type":"reference","reference_ids":[1]},{"type":"text","text":"lo"}]}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"Hello","tool_calls":{"odd":1},"reasoning_content":5}}],"usage":[]}"#,
        r#" { "choices" : [ null , 3 , { "index" : 0 , "delta" : { "content" : "Hello" } } ] } "#,
        r#"{"\u0063hoices":[{"index":0,"d\u0065lta":{"content":"no","content":"Hello"}}]}"#,
    ] {
        let played = clean(&(events([chunk]) + &finished(&[], "stop")));
        assert_eq!(played.problems(), 0, "{chunk}");
        assert_eq!(played.total.unwrap().text(), "Hello", "{chunk}");
    }
}

#[test]
fn created_is_lenient() {
    for (value, wanted) in [
        ("1", Some(1)),
        ("1.9", Some(1)),
        ("\"12\"", Some(12)),
        ("1752978879176", Some(1_752_978_879_176)),
        ("-1", None),
        ("1e30", None),
        ("true", None),
        ("{}", None),
    ] {
        let chunk =
            format!(r#"{{"created":{value},"choices":[{{"delta":{{"content":"x"}},"finish_reason":"stop"}}]}}"#);
        assert_eq!(clean(&events([&*chunk])).total.unwrap().created, wanted, "{value}");
    }
}

#[test]
fn an_event_that_is_no_chunk_is_an_item_and_the_end_is_an_error() {
    for odd in ["{unparsable}", "[1,2]", "42", "\"text\"", "{\"choices\":[}", "[DONE]malicious"] {
        let body = events([&delta(r#""content":"a""#), odd, &delta(r#""content":"b""#)]) + &finished(&[], "stop");
        let played = clean(&body);
        assert_eq!(played.problems(), 1, "{odd}");
        assert_eq!(played.texts().concat(), "ab");
        assert!(
            matches!(played.last, Err(requesty_core::Error::Decode(_))),
            "the stream goes on to its end, which says so"
        );
        let incomplete = played.total.unwrap_err();
        assert_eq!(incomplete.partial().text(), "ab");
        assert!(matches!(incomplete.error(), requesty_core::Error::Decode(_)));
        assert!(!format!("{incomplete:?} {incomplete}").contains(odd));
    }
}

#[test]
fn keep_alives_of_every_dialect_are_neither_items_nor_ends() {
    let quiet = [
        ": OPENROUTER PROCESSING\n\n",
        ": ping\n\n",
        "retry: 3000\n\n",
        "data: \n\n",
        "data:\n\n",
        "data: : keepalive\n\n",
        "data: : OPENROUTER PROCESSING\n\n",
        "data: null\n\n",
        "event: keepalive\ndata: {\"type\":\"ping\"}\n\n",
        "event: ping\ndata: {\"type\": \"ping\"}\n\n",
        "event: ping\ndata: {}\n\n",
        "id: 1\n\n",
    ];
    for line in quiet {
        let body = line.to_owned()
            + &events([&delta(r#""content":"a""#)])
            + line
            + &finished(&[r#""content":"b""#], "stop")
            + line;
        let played = clean(&body);
        assert_eq!(played.texts(), ["a", "b", ""], "{line:?}");
        assert_eq!(played.total.unwrap().text(), "ab");
    }
}

#[test]
fn a_character_cut_between_deltas_is_whole() {
    let pair = finished(&[r#""content":"\ud83c""#, r#""content":"\udf0d!""#], "stop");
    let played = clean(&pair);
    assert_eq!(played.texts(), ["", "🌍!", ""]);
    let lone = finished(&[r#""content":"\ud83d""#, r#""content":"x""#], "stop");
    assert_eq!(clean(&lone).total.unwrap().text(), "\u{fffd}x");
    let last = finished(&[r#""content":"x\ud83d""#], "stop");
    let played = clean(&last);
    assert_eq!(played.texts().concat(), "x\u{fffd}");
    let empty_between = finished(&[r#""content":"\ud83c""#, r#""content":"""#, r#""content":"\udf0d""#], "stop");
    assert_eq!(clean(&empty_between).total.unwrap().text(), "🌍");
    // Parts without a text may follow it.
    let before_parts = finished(&[r#""content":"\ud83d""#, r#""content":[{"type":"unknown"}]"#], "stop");
    assert_eq!(clean(&before_parts).total.unwrap().text(), "\u{fffd}");
}

#[test]
fn a_bad_byte_costs_itself_only() {
    let mut body = events([&delta(r#""content":"a""#)]).into_bytes();
    body.extend_from_slice(b"data: {\"choices\":[{\"delta\":{\"content\":\"<\xff>\"}}]}\n\n");
    body.extend_from_slice(finished(&[r#""content":"b""#], "stop").as_bytes());
    let played = crate::support::chat::play(&body, &End::Clean);
    assert_eq!(played.total.unwrap().text(), "a<\u{fffd}>b");
}

#[test]
fn reasoning_is_read_under_each_name_once() {
    let reasoning = |deltas: &[&str]| clean(&finished(deltas, "stop")).total.unwrap();
    let documented = reasoning(&[r#""reasoning_content":"a""#, r#""reasoning_content":"b","reasoning_signature":"s""#]);
    assert_eq!(documented.reasoning(), Some("ab"));
    let message = serde_json::to_string(documented.message().unwrap()).unwrap();
    assert!(message.contains(r#""reasoning_content":"ab","reasoning_signature":"s""#), "{message}");
    let alias = reasoning(&[r#""reasoning":"a""#, r#""reasoning":"b""#]);
    assert_eq!(alias.reasoning(), Some("ab"));
    assert_eq!(alias.message().unwrap().reasoning_names, ReasoningNames::Reasoning);
    let both = reasoning(&[r#""reasoning":"a","reasoning_content":"a""#, r#""reasoning":"b","reasoning_content":"b""#]);
    assert_eq!(both.reasoning(), Some("ab"));
    assert_eq!(both.message().unwrap().reasoning_names, ReasoningNames::Both);
    let object = reasoning(&[r#""reasoning":{"effort":1}"#]);
    assert_eq!(object.reasoning(), None);
    assert_eq!(object.message().unwrap().extra.get("reasoning"), Some(r#"{"effort":1}"#));
}

#[test]
fn thinking_parts_are_reasoning_and_go_back_as_they_came() {
    let streamed = clean(&finished(
        &[
            r#""content":[{"type":"thinking","thinking":[{"type":"text","text":"Let "}]}]"#,
            r#""content":[{"type":"thinking","thinking":[{"type":"text","text":"me see"}]}]"#,
            r#""content":"The answer""#,
            r#""content":[{"type":"reference","reference_ids":[1,2]},{"type":"text","text":" is 4."}]"#,
        ],
        "stop",
    ))
    .total
    .unwrap();
    assert_eq!(streamed.reasoning(), Some("Let me see"));
    assert_eq!(streamed.text(), "The answer is 4.");
    let message = serde_json::to_string(streamed.message().unwrap()).unwrap();
    let content = r#"[{"type":"thinking","thinking":[{"type":"text","text":"Let me see"}]},{"type":"text","text":"The answer"},{"type":"reference","reference_ids":[1,2]},{"type":"text","text":" is 4."}]"#;
    assert_eq!(message, format!(r#"{{"role":"assistant","content":{content}}}"#));
}

#[test]
fn usage_is_the_last_one_field_by_field() {
    let chunk = |usage: &str| format!(r#"{{"choices":[{{"delta":{{"content":"x"}}}}],"usage":{usage}}}"#);
    let body = events([
        &chunk(r#"{"prompt_tokens":6,"completion_tokens":1,"total_tokens":7}"#),
        &chunk(
            r#"{"prompt_tokens":6,"completion_tokens":8,"total_tokens":1251,"cost":"0.30","prompt_tokens_details":{"cached_tokens":null,"caching_tokens":5,"more":1,"caching_token_details":{"caching_5m_tokens":5,"caching_1d_tokens":7,"caching_1h_tokens":"x"}}}"#,
        ),
        &chunk(r#"{"prompt_tokens_details":{"caching_token_details":{"caching_1h_tokens":6,"caching_2d_tokens":8}}}"#),
        &chunk("{}"),
        &chunk("null"),
    ]) + &finished(&[], "stop");
    let usage = clean(&body).total.unwrap().usage.unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (Some(6), Some(8), Some(1251)));
    assert_eq!(usage.cost.unwrap().to_string(), "0.3");
    assert_eq!((usage.cached_tokens, usage.caching_tokens), (None, Some(5)));
    assert_eq!(usage.prompt_details.get("more"), Some("1"));
    assert_eq!((usage.caching_5m_tokens, usage.caching_1h_tokens), (Some(5), Some(6)));
    let further: Vec<_> = usage.caching_details.iter().collect();
    assert_eq!(further, [("caching_1d_tokens", "7"), ("caching_2d_tokens", "8")]);
    let sent = serde_json::to_value(&usage).unwrap();
    assert_eq!(
        sent["prompt_tokens_details"]["caching_token_details"],
        serde_json::json!({"caching_5m_tokens": 5, "caching_1h_tokens": 6, "caching_1d_tokens": 7, "caching_2d_tokens": 8})
    );
}

#[test]
fn unknown_members_are_kept_at_every_level_and_sent_back() {
    let body = finished(
        &[
            r#""role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]"#,
            r#""reasoning_details":[{"type":"reasoning.text","index":0,"text":"th"}]"#,
            r#""reasoning_details":[{"type":"reasoning.text","index":0,"text":"ink","signature":"s"}]"#,
            r#""tool_calls":[{"extra_content":{"google":{"thought_signature":"CiQ="}}}]"#,
            r#""precise":1.50e+2"#,
        ],
        "tool_calls",
    );
    let message = clean(&body).total.unwrap().into_message().unwrap();
    let json = serde_json::to_string(&message).unwrap();
    assert_eq!(
        json,
        r#"{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"CiQ="}}}],"reasoning_details":[{"type":"reasoning.text","index":0,"text":"think","signature":"s"}],"precise":1.50e+2}"#
    );
    let again: Message = serde_json::from_str(&json).unwrap();
    assert_eq!(again, message);
}

/// However many members one event has, each is kept, and of two with one key the last one.
#[test]
fn of_many_members_the_last_with_a_key_counts() {
    for count in [3, 62, 63, 64, 65, 200] {
        let members: String = (0..count).map(|number| format!(r#""m{number}":{number},"#)).collect();
        let played = clean(&finished(&[&format!(r#"{members}"m1":"last","content":"x""#)], "stop"));
        let completion = played.total.unwrap();
        let extra = &completion.message().unwrap().extra;
        assert_eq!((extra.len(), extra.get("m1")), (count, Some(r#""last""#)));
        for number in (0..count).filter(|number| *number != 1) {
            assert_eq!(extra.get(&format!("m{number}")), Some(&*number.to_string()), "of {count}");
        }
    }
}

#[test]
fn citations_are_found_wherever_they_stand_each_once() {
    let body = finished(
        &[
            r#""content":"x","annotations":[{"type":"url_citation","url_citation":{"url":"https://a.example","title":"A","start_index":0,"end_index":9999}}]"#,
            r#""annotations":[{"type":"url_citation","url_citation":{"url":"https://a.example","title":"A","start_index":0,"end_index":9999}},{"type":"url_citation","url":"https://b.example"}]"#,
            r#""web_search":{"content":[{"url":"https://c.example","title":"C"}],"results":[{"uri":"https://d.example"}]}"#,
            r#""grounding_metadata":{"grounding_chunks":[{"web":{"uri":"https://e.example","title":"E"}}]}"#,
        ],
        "stop",
    );
    let root = r#"{"choices":[],"citations":["https://f.example",{"url":"https://g.example"}],"search_results":[{"url":"https://h.example"}]}"#;
    let citations = clean(&(events([root]) + &body)).total.unwrap().citations();
    let urls: Vec<_> = citations.iter().map(|citation| citation.url.as_deref().unwrap()).collect();
    let wanted = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|name| format!("https://{name}.example"));
    assert_eq!(urls, wanted);
}

#[test]
fn refusals_and_reasons_are_kept_apart_from_text() {
    let played = clean(&finished(&[r#""content":null,"refusal":"I ""#, r#""refusal":"can't""#], "stop"));
    let completion = played.total.unwrap();
    assert_eq!(completion.refusal(), Some("I can't"));
    assert_eq!(completion.text(), "");
    assert_eq!(completion.message().unwrap().content, Content::Null);
    let cut = clean(&finished(&[r#""content":"half a""#], "length")).total.unwrap();
    assert_eq!(cut.finish_reason(), Some(&FinishReason::Length));
    assert!(cut.whole_text().is_err());
    let other = clean(&finished(&[r#""content":"x""#], "eos_token")).total.unwrap();
    assert_eq!(other.finish_reason().unwrap().as_str(), "eos_token");
    assert_eq!(other.whole_text().unwrap(), "x");
}

#[test]
fn a_whole_completion_is_what_its_stream_adds_up_to() {
    let whole = r#"{"id":"c-1","object":"chat.completion","created":5,"model":"m","system_fingerprint":"fp","choices":[{"index":0,"message":{"role":"assistant","content":"Hello 🌍","reasoning_content":"hm","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}],"annotations":[{"url":"https://a.example"}]},"logprobs":{"content":[{"token":"a"},{"token":"a"}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"cost":0.1}}"#;
    let streamed = events([
        r#"{"id":"c-1","object":"chat.completion","created":5,"model":"m","system_fingerprint":"fp","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"logprobs":{"content":[{"token":"a"}]}}]}"#,
        r#"{"id":"c-1","choices":[{"index":0,"delta":{"content":"lo \ud83c","reasoning_content":"hm"}}]}"#,
        r#"{"id":"c-1","choices":[{"index":0,"delta":{"content":"\udf0d","tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\""}}]},"logprobs":{"content":[{"token":"a"}]}}]}"#,
        r#"{"id":"c-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}],"annotations":[{"url":"https://a.example"}]},"finish_reason":"stop"}]}"#,
        r#"{"id":"c-1","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"cost":0.1}}"#,
    ]) + "data: [DONE]\n\n";
    let whole: Completion = serde_json::from_str(whole).unwrap();
    let streamed = clean(&streamed).total.unwrap();
    assert_eq!(serde_json::to_string(&streamed).unwrap(), serde_json::to_string(&whole).unwrap());
    let again: Completion = serde_json::from_str(&serde_json::to_string(&streamed).unwrap()).unwrap();
    assert_eq!(again, whole);
}

#[test]
fn log_probabilities_add_up_element_by_element() {
    const BRACKETS: &str = r#"{"token":"]}","logprob":-1.5e-6,"bytes":[93,125],"top_logprobs":[{"token":"\"["}]}"#;
    let content = |elements: &str| format!(r#"{{"content":[{elements}],"refusal":null}}"#);
    let cases = [
        // The same token twice; tokens with brackets, quotes and commas.
        (vec![content(BRACKETS), content(BRACKETS), content(r#"{"token":" , "}"#)], {
            content(&[BRACKETS, BRACKETS, r#"{"token":" , "}"#].join(","))
        }),
        // White space around elements, and several in one event.
        (vec![content("1"), content(" 2 "), r#"{ "content" : [ ] }"#.to_owned(), content("3, 4")], content("1,2,3,4")),
        // A repeated key counts once, with its last value.
        (vec![content("1"), content("2"), r#"{"content":[8],"content":[3]}"#.to_owned()], content("1,2,3")),
        // An escaped key, and a nested object.
        (vec![content("1"), content("2"), r#"{"c\u006fntent":[3],"o":{"p":[4]}}"#.to_owned()], {
            r#"{"content":[1,2,3],"refusal":null,"o":{"p":[4]}}"#.to_owned()
        }),
        // Many members.
        (vec![content("1"), content("2"), r#"{"a":1,"b":2,"c":3,"d":4,"content":[3]}"#.to_owned()], {
            r#"{"content":[1,2,3],"refusal":null,"a":1,"b":2,"c":3,"d":4}"#.to_owned()
        }),
        // Another list begins later.
        (vec![content("1"), content("2"), r#"{"content":null,"refusal":[3]}"#.to_owned()], {
            r#"{"content":[1,2],"refusal":[3]}"#.to_owned()
        }),
    ];
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for (events_of, expected) in cases {
        let chunk = |value: &String| {
            events([&*format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"a"}},"logprobs":{value}}}]}}"#)])
        };
        let body = events_of.iter().map(chunk).collect::<String>() + &finished(&[], "stop");
        let completion = clean(&body).total.unwrap();
        assert_eq!(json(completion.choices[0].extra.get("logprobs").unwrap()), json(&expected), "{events_of:?}");
    }
}

#[test]
fn long_encoded_data_is_shown_by_its_beginning() {
    let image = "A".repeat(5000);
    let body = finished(
        &[&format!(
            r#""content":"see data:image/png;base64,{image}","images":[{{"type":"image_url","image_url":{{"url":"data:image/png;base64,{image}"}}}}]"#
        )],
        "stop",
    );
    let completion = clean(&body).total.unwrap();
    assert!(completion.text().len() > 5000);
    let shown = format!("{completion:?}");
    assert!(shown.len() < 2000 && shown.contains("see data:image/png"), "{} bytes", shown.len());

    let mut machine =
        crate::support::chat::stream_call().open(crate::support::head(200, ""), std::time::Duration::ZERO);
    machine.push(body.as_bytes(), std::time::Duration::ZERO);
    assert!(matches!(machine.advance(), Ok(requesty_core::Step::Ready)));
    let shown = format!("{:?} {:?}", machine.item(), machine.item().into_owned());
    assert!(shown.len() < 2000 && shown.contains("see data:image/png"), "{} bytes", shown.len());
}

/// A text part with more than its text is a text of the answer all the same, and goes into the next request as it came.
#[test]
fn parts_with_members_of_their_own_keep_their_text() {
    for (part, sent) in [
        (r#"{"type":"text","text":"a","annotations":[]}"#, r#"{"type":"text","text":"a","annotations":[]}"#),
        (r#"{"type":"output_text","text":"a","n":1}"#, r#"{"text":"a","n":1,"type":"output_text"}"#),
        (
            r#"{"text":"\ud83d","type":"text","n":1},{"text":"\ude00","type":"text","n":2}"#,
            r#"{"type":"text","text":"","n":1},{"type":"text","text":"😀","n":2}"#,
        ),
    ] {
        let body =
            format!(r#"data: {{"choices":[{{"delta":{{"content":[{part}]}},"finish_reason":"stop"}}]}}"#) + "\n\n";
        let played = crate::support::chat::play(body.as_bytes(), &End::Clean);
        assert_eq!(played.texts().concat(), played.text(), "{part}");
        assert!(!played.text().is_empty());
        let message = serde_json::to_string(played.completion().message().unwrap()).unwrap();
        assert!(message.contains(sent), "{message}");
    }
}

#[test]
fn thinking_may_be_a_text_instead_of_a_list() {
    let body = br#"data: {"choices":[{"delta":{"content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"a"}]},"finish_reason":"stop"}]}"#;
    let played = crate::support::chat::play(&[&body[..], b"\n\n"].concat(), &End::Clean);
    let message = played.completion().message().unwrap();
    assert_eq!((message.reasoning.as_deref(), played.text().as_str()), (Some("hm"), "a"));
    assert!(serde_json::to_string(message).unwrap().contains(r#"{"type":"thinking","thinking":"hm"}"#));
}

#[test]
fn half_a_character_at_the_end_of_arguments_is_in_the_last_fragment() {
    let chunk = r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"x\ud83d"}}]},"finish_reason":"tool_calls"}]}"#;
    let mut machine = crate::support::chat::stream_call()
        .open(crate::support::head(200, "text/event-stream"), std::time::Duration::ZERO);
    machine.push(format!("data: {chunk}\n\n").as_bytes(), std::time::Duration::ZERO);
    assert!(matches!(machine.advance(), Ok(requesty_core::Step::Ready)));
    let delta = machine.item().deltas().next().unwrap();
    assert_eq!(delta.tool_calls().next().unwrap().arguments(), "x\u{FFFD}");
    let completion = machine.dialect().so_far();
    assert_eq!(completion.message().unwrap().tool_calls[0].function.arguments.as_str(), "x\u{FFFD}");
}

/// Nor is a string one that has a wrong escape after an escape, or no end; only a control character is mended.
#[test]
fn an_escape_makes_no_bad_string_good() {
    let good = delta(r#""content":"a\nb""#);
    for bad in [good.replace(r#"b"}"#, "b"), good.replace("nb", "xb"), good.replace("nb\"", "nb\u{1}")] {
        let played = clean(&(events([&bad]) + &finished(&[r#""content":"c""#], "stop")));
        assert_eq!((played.problems(), played.text().as_str()), (1, "c"), "{bad:?}");
    }
    let played = clean(&(events([&good.replace("nb", "n\u{1}b")]) + &finished(&[r#""content":"c""#], "stop")));
    assert_eq!((played.problems(), played.text().as_str()), (0, "a\n\u{1}bc"));
}

#[test]
fn a_thought_may_be_a_text_or_several() {
    for (part, expected) in [
        (r#"{"type":"thinking","text":"hm"}"#, "hm"),
        (r#"{"type":"reasoning","text":"hm"}"#, "hm"),
        (r#"{"type":"thinking","thinking":[{"type":"text","text":"h"},{"type":"text","text":"m"},7]}"#, "hm"),
        (r#"{"type":"thinking","thinking":7}"#, ""),
        (r#"{"type":"text","text":"x","thinking":"hm"}"#, ""),
    ] {
        let played = clean(&finished(&[&format!(r#""content":[{part}]"#), r#""content":"Yes""#], "stop"));
        let completion = played.completion();
        assert_eq!((completion.reasoning().unwrap_or_default(), &*completion.text()), (expected, "Yes"), "{part}");
    }
}
