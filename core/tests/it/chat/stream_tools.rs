//! Tool calls in a stream: every way to number, name and identify them, and none that runs what was cut.

use std::time::Duration;

use requesty_core::chat::{Completion, Message, Request, Tool, Unfinished};
use requesty_core::{End, Step};

use crate::support::chat::{clean, delta, events, finished, play, play_as, stream_call};
use crate::support::{cut, head, router};

/// Plays fragments, each the inside of a `tool_calls` array, and shows the calls.
fn calls(fragments: &[&str]) -> Vec<String> {
    let deltas: Vec<String> = fragments.iter().map(|fragment| format!(r#""tool_calls":[{fragment}]"#)).collect();
    let deltas: Vec<&str> = deltas.iter().map(String::as_str).collect();
    show(&clean(&finished(&deltas, "tool_calls")).total.unwrap())
}

fn show(completion: &Completion) -> Vec<String> {
    let calls = completion.message().unwrap().tool_calls.iter();
    calls
        .map(|call| {
            let function = &call.function;
            let id = call.id.as_deref().unwrap_or("-");
            format!("{id} {}({})", function.name.as_deref().unwrap_or("-"), function.arguments.as_str())
        })
        .collect()
}

#[test]
fn fragments_find_their_call() {
    let table: &[(&[&str], &[&str])] = &[
        // In order, as documented.
        (
            &[
                r#"{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}"#,
                r#"{"index":0,"function":{"arguments":"{\"x\""}}"#,
                r#"{"index":0,"function":{"arguments":":1}"}}"#,
            ],
            &[r#"a f({"x":1})"#],
        ),
        // No index anywhere.
        (
            &[r#"{"id":"a","function":{"name":"f","arguments":"{\"x\""}}"#, r#"{"function":{"arguments":":1}"}}"#],
            &[r#"a f({"x":1})"#],
        ),
        // Two ids on one index, with different names.
        (
            &[
                r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}"#,
                r#"{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}"#,
            ],
            &["a f({})", "b g({})"],
        ),
        // Two ids on one index, with the same name, the first call being whole.
        (
            &[
                r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}"#,
                r#"{"index":0,"id":"b","function":{"name":"f","arguments":"{\"x\":2}"}}"#,
            ],
            &[r#"a f({"x":1})"#, r#"b f({"x":2})"#],
        ),
        // An id made up for each fragment, without a name.
        (
            &[
                r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}"#,
                r#"{"index":0,"id":"b","function":{"name":"","arguments":"\"x\":1"}}"#,
                r#"{"index":0,"id":"c","function":{"arguments":"}"}}"#,
            ],
            &[r#"a f({"x":1})"#],
        ),
        // The second call begins on the first one's index and goes on under its own.
        (
            &[
                r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}"#,
                r#"{"index":0,"id":"b","function":{"name":"g","arguments":"{\"y\""}}"#,
                r#"{"index":1,"function":{"arguments":":2}"}}"#,
            ],
            &["a f({})", r#"b g({"y":2})"#],
        ),
        // The id alone first, then the index alone.
        (
            &[
                r#"{"id":"a","function":{"name":"f","arguments":""}}"#,
                r#"{"index":0,"function":{"arguments":"{\"x\""}}"#,
                r#"{"index":0,"function":{"arguments":":1}"}}"#,
            ],
            &[r#"a f({"x":1})"#],
        ),
        // Arguments before the id.
        (
            &[
                r#"{"index":0,"function":{"arguments":"{\"x\""}}"#,
                r#"{"index":0,"id":"a","function":{"name":"f","arguments":":1}"}}"#,
            ],
            &[r#"a f({"x":1})"#],
        ),
        // Never an id.
        (
            &[
                r#"{"index":0,"function":{"name":"f","arguments":"{}"}}"#,
                r#"{"index":1,"id":"","function":{"name":"g","arguments":"{}"}}"#,
            ],
            &["call_0 f({})", "call_1 g({})"],
        ),
        // Never an id, and always the same index.
        (
            &[
                r#"{"index":0,"function":{"name":"f","arguments":"{}"}}"#,
                r#"{"index":0,"function":{"name":"g","arguments":"{}"}}"#,
            ],
            &["call_0 f({})", "call_1 g({})"],
        ),
        // Id, type and name again on each fragment.
        (
            &[
                r#"{"index":0,"id":"a","type":"function","function":{"name":"read_file","arguments":"{\"p\""}}"#,
                r#"{"index":0,"id":"a","type":"function","function":{"name":"read_file","arguments":":1"}}"#,
                r#"{"index":0,"id":"a","type":"function","function":{"name":"read_file","arguments":"}"}}"#,
                r#"{"index":0,"id":"a","type":"function","function":{"name":"read_file","arguments":""}}"#,
            ],
            &[r#"a read_file({"p":1})"#],
        ),
        // A name in two pieces, then nothing.
        (
            &[
                r#"{"index":0,"id":"a","function":{"name":"edit_ex"}}"#,
                r#"{"index":0,"function":{"name":"isting_file"}}"#,
                r#"{"index":0,"function":{"name":""}}"#,
                r#"{"index":0,"function":{"name":null,"arguments":"{}"}}"#,
            ],
            &["a edit_existing_file({})"],
        ),
        // Two entries of one index in one chunk, and two calls in one chunk.
        (
            &[
                r#"{"index":0,"id":"a","function":{"name":"f","arguments":""}},{"index":0,"function":{"arguments":"{}"}},{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}"#,
            ],
            &["a f({})", "b g({})"],
        ),
        // Indices that are none.
        (
            &[
                r#"{"index":4294967295,"id":"a","function":{"name":"f","arguments":"{"}}"#,
                r#"{"index":-1,"id":"a","function":{"arguments":"}"}}"#,
                r#"{"index":1.0,"id":"b","function":{"name":"g","arguments":"{}"}}"#,
                r#"{"index":"0","id":"c","function":{"name":"h","arguments":"{}"}}"#,
                r#"{"index":1e30,"id":"d","function":{"name":"i","arguments":"{}"}}"#,
            ],
            &["a f({})", "b g({})", "c h({})", "d i({})"],
        ),
        // The first index is 1.
        (&[r#"{"index":1,"id":"a","function":{"name":"f","arguments":"{}"}}"#], &["a f({})"]),
        // Arguments that are a value.
        (&[r#"{"index":0,"id":"a","function":{"name":"f","arguments":{"x":1.50}}}"#], &[r#"a f({"x":1.50})"#]),
    ];
    for (fragments, wanted) in table {
        assert_eq!(calls(fragments), *wanted, "{fragments:#?}");
    }
}

#[test]
fn three_calls_interleaved_letter_by_letter() {
    let texts = [r#"{"a":"one"}"#, r#"{"b":["two"]}"#, r#"{"c":{"d":3}}"#];
    let mut fragments: Vec<String> = (0..3)
        .map(|i| format!(r#"{{"index":{i},"id":"id{i}","function":{{"name":"f{i}","arguments":""}}}}"#))
        .collect();
    for at in 0..texts.iter().map(|text| text.len()).max().unwrap() {
        for (i, text) in texts.iter().enumerate() {
            if let Some(letter) = text.get(at..=at) {
                let letter = serde_json::to_string(letter).unwrap();
                fragments.push(format!(r#"{{"index":{i},"function":{{"arguments":{letter}}}}}"#));
            }
        }
    }
    let fragments: Vec<&str> = fragments.iter().map(String::as_str).collect();
    let wanted: Vec<String> = texts.iter().enumerate().map(|(i, text)| format!("id{i} f{i}({text})")).collect();
    assert_eq!(calls(&fragments), wanted);
}

#[test]
fn what_was_cut_cannot_be_run() {
    let begun = delta(
        r#""tool_calls":[{"index":0,"id":"a","function":{"name":"sh","arguments":"{\"c\":\"rm -r /tmp/x\"}"}},{"index":1,"id":"b","function":{"name":"sh","arguments":"{\"c\":\"pri"}}]"#,
    );
    for end in [End::Clean, cut()] {
        let played = play(events([&*begun]).as_bytes(), &end);
        let partial = played.total.unwrap_err().into_parts().0;
        assert_eq!(partial.tool_calls().count(), 0, "no finish reason, nothing to run");
        let cut: Vec<_> = partial.unfinished_calls().map(|call| call.why()).collect();
        assert_eq!(cut, [Unfinished::Cut, Unfinished::Cut]);
    }
    let length = r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#;
    let completion = clean(&(events([&*begun, length]) + "data: [DONE]\n\n")).total.unwrap();
    assert_eq!(completion.tool_calls().map(|call| call.id().to_owned()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(completion.unfinished_calls().next().unwrap().why(), Unfinished::InvalidArguments);
}

#[test]
fn calls_count_whatever_the_finish_reason_says() {
    let body = finished(&[r#""tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]"#], "stop");
    let completion = clean(&body).total.unwrap();
    let call = completion.tool_calls().next().unwrap();
    assert_eq!((call.name(), &*call.arguments_json()), ("f", "{}"));
}

#[test]
fn what_the_provider_ran_is_not_the_callers_to_run() {
    let messages = [Message::user("news?")];
    let tools = [Tool::function("get_weather"), Tool::web_search()];
    let call = router().chat_stream(&Request::new(&messages).tools(&tools)).unwrap();
    let body = finished(
        &[
            r#""content":"done","tool_calls":[{"index":0,"id":"srvtoolu_1","function":{"name":"web_search","arguments":"{}"}},{"index":1,"id":"x","function":{"name":"not_offered","arguments":"{}"}},{"index":2,"id":"y","function":{"name":"get_weather","arguments":"{}"}}]"#,
        ],
        "tool_calls",
    );
    let played = play_as(&call, head(200, "text/event-stream"), body.as_bytes(), 40, End::Clean);
    let completion = played.total.unwrap();
    assert_eq!(completion.tool_calls().map(|call| call.name().to_owned()).collect::<Vec<_>>(), ["get_weather"]);
    assert_eq!(completion.message().unwrap().tool_calls.len(), 3, "all of them go back");
}

#[test]
fn the_number_of_calls_is_limited() {
    use requesty_core::error::Limit;
    use requesty_core::{Error, Limits};
    let fragment =
        |n: usize| delta(&format!(r#""tool_calls":[{{"id":"id{n}","function":{{"name":"f","arguments":"{{}}"}}}}]"#));
    let call = stream_call().with_limits(Limits::default().with_tool_calls(3));
    for n in [3, 4] {
        let body: String = (0..n).map(|n| format!("data: {}\n\n", fragment(n))).collect();
        let played =
            play_as(&call, head(200, "text/event-stream"), (body + &finished(&[], "stop")).as_bytes(), 99, End::Clean);
        assert_eq!(show(played.completion()).len(), 3);
        match played.error() {
            None => assert_eq!(n, 3),
            Some(Error::TooLarge(large)) => assert_eq!((n, large.what(), large.limit()), (4, Limit::ToolCalls, 3)),
            Some(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn fragments_are_lent_with_their_place() {
    use requesty_core::Step;
    use std::time::Duration;
    let body = finished(
        &[
            r#""tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}]"#,
            r#""tool_calls":[{"index":0,"function":{"arguments":":1}"}}]"#,
        ],
        "tool_calls",
    );
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(body.as_bytes(), Duration::ZERO);
    let mut seen = Vec::new();
    while let Ok(Step::Ready) = machine.advance() {
        for delta in machine.item().deltas() {
            for call in delta.tool_calls() {
                let owned = machine.item().into_owned();
                let owned_call = owned.deltas().next().unwrap().tool_calls().next().unwrap();
                assert_eq!(owned_call.arguments(), call.arguments());
                seen.push((
                    call.position(),
                    call.id().unwrap().to_owned(),
                    call.arguments_offset(),
                    call.arguments().to_owned(),
                ));
            }
        }
    }
    assert_eq!(seen, [(0, "a".to_owned(), 0, "{\"x\"".to_owned()), (0, "a".to_owned(), 4, ":1}".to_owned())]);
}

/// A name or a bracket after arguments that are whole begins another call; after some that are not, it goes on.
#[test]
fn arguments_are_whole_when_their_brackets_outside_texts_are_closed() {
    let call = |name: &str, arguments: &str| {
        serde_json::json!({"index": 0, "function": {"name": name, "arguments": arguments}}).to_string()
    };
    let table: [(&str, &str, &str, &[&str]); 6] = [
        (r#"{"a":1}"#, "f", r#"{"b":2}"#, &[r#"call_0 f({"a":1})"#, r#"call_1 f({"b":2})"#]),
        // The text is still open: its quote is escaped, and the bracket is in it.
        (r#"{"a":"\"}"#, "f", r#"{"}"#, &[r#"call_0 f({"a":"\"}{"})"#]),
        // Two brackets are open, and one is closed.
        (r#"{"a":{"b":1}"#, "g", "}", &[r#"call_0 fg({"a":{"b":1}})"#]),
        (r#"{"a":"}"#, "f", r#"{"}"#, &[r#"call_0 f({"a":"}{"})"#]),
        // A bracket in a text opens nothing.
        (r#"{"a":"{["}"#, "f", r#"{"b":2}"#, &[r#"call_0 f({"a":"{["})"#, r#"call_1 f({"b":2})"#]),
        ("{\"a\":1} \n", "f", "{}", &["call_0 f({\"a\":1} \n)", "call_1 f({})"]),
    ];
    for (first, name, second, shown) in table {
        assert_eq!(calls(&[&call("f", first), &call(name, second)]), shown, "{first} and {second}");
    }
}

#[test]
fn a_signature_comes_in_pieces_or_again() {
    let signed = |pieces: [&str; 2]| {
        let deltas = pieces.map(|piece| format!(r#""reasoning_signature":"{piece}""#));
        let played = clean(&finished(&[&deltas[0], &deltas[1]], "stop"));
        played.completion().message().unwrap().reasoning_signature.clone().unwrap()
    };
    assert_eq!(signed(["Eq", "QB"]), "EqQB");
    assert_eq!(signed(["EqQB", "EqQB"]), "EqQB");
}

/// Arguments are a text; where they also come as a value, the text is what the model wrote.
#[test]
fn arguments_as_a_text_go_before_those_as_a_value() {
    let value = r#"{"index":0,"function":{"name":"f","arguments":{"b":2}}}"#;
    let text = r#"{"index":0,"function":{"arguments":"{}"}}"#;
    assert_eq!(calls(&[value, text]), ["call_0 f({})"]);
    let named = r#"{"index":0,"function":{"name":"f"}}"#;
    let nameless = r#"{"index":0,"function":{"arguments":{"b":2}}}"#;
    assert_eq!(calls(&[named, text, nameless]), ["call_0 f({})"]);
    let empty = r#"{"index":0,"function":{"arguments":""}}"#;
    assert_eq!(calls(&[empty, value]), [r#"call_0 f({"b":2})"#]);
}

#[test]
fn a_source_is_known_by_any_of_its_words() {
    let annotations = r#""annotations":[{"url":"u"},{"title":"t"},{"cited_text":"c"},{"start_index":1},{"uri":"v"}]"#;
    let played = clean(&finished(&[annotations], "stop"));
    let citations = played.completion().citations();
    let words =
        citations.iter().map(|it| [&it.url, &it.title, &it.cited_text].into_iter().flatten().next().unwrap().as_str());
    assert_eq!(words.collect::<Vec<_>>(), ["u", "t", "c", "v"]);
}

/// 127 is the last number that is an index; a larger one is no number at all.
#[test]
fn the_largest_index_is_one() {
    let fragments = |index: u32| {
        calls(&[
            &format!(r#"{{"index":{index},"id":"a","function":{{"name":"f","arguments":"1"}}}}"#),
            r#"{"index":0,"id":"b","function":{"name":"g","arguments":"2"}}"#,
            &format!(r#"{{"index":{index},"function":{{"arguments":"3"}}}}"#),
        ])
    };
    assert_eq!(fragments(126), ["a f(13)", "b g(2)"]);
    assert_eq!(fragments(127), fragments(126));
    assert_eq!(fragments(128), ["a f(1)", "b g(23)"]);
}

/// An owned chunk shows of its fragments what the chunk showed, without the stream.
#[test]
fn an_owned_fragment_shows_the_same() {
    let body = finished(
        &[
            r#""tool_calls":[{"index":0,"id":"a","function":{"name":"loo","arguments":"{\"x\""}},{"index":1,"function":{"name":"\u0067"}}]"#,
            r#""tool_calls":[{"index":0,"function":{"name":"kup","arguments":":1}"}}]"#,
        ],
        "tool_calls",
    );
    // Lent and owned fragments are two types with the same methods.
    macro_rules! parts {
        ($it:expr) => {{
            let (id, name) = ($it.id().map(str::to_owned), $it.name().to_owned());
            let fragment = $it.name_fragment().map(|name| name.into_owned());
            ($it.position(), id, name, fragment, $it.arguments().to_owned(), $it.arguments_offset())
        }};
    }
    let mut machine = stream_call().open(head(200, "text/event-stream"), Duration::ZERO);
    machine.push(body.as_bytes(), Duration::ZERO);
    let mut seen = Vec::new();
    while machine.advance().unwrap() == Step::Ready {
        let shown: Vec<_> = machine.item().deltas().flat_map(|delta| delta.tool_calls()).map(|it| parts!(it)).collect();
        let owned = machine.owned();
        let again: Vec<_> = owned
            .deltas()
            .flat_map(|delta| delta.tool_calls())
            .map(|it| {
                assert!(format!("{it:?}").starts_with("OwnedCallFragment { position: "), "{it:?}");
                parts!(it)
            })
            .collect();
        assert_eq!(again, shown);
        seen.extend(shown);
    }
    let id = Some("a".to_owned());
    let text = str::to_owned;
    let expected = [
        (0, id.clone(), text("loo"), Some(text("loo")), text(r#"{"x""#), 0),
        (1, None, text("g"), Some(text("g")), String::new(), 0),
        (0, id, text("lookup"), Some(text("kup")), text(":1}"), 4),
    ];
    assert_eq!(seen, expected);
}
