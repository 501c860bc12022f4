//! How members without a field add up over the events of a stream, wherever they stand: what a later event leaves empty takes
//! nothing away, objects add up member by member, and arrays lose nothing.

mod wrong_types;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{chat, messages, responses};

/// An object of a stream whose members have no field, in one of the families.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Owner {
    Chunk,
    Choice,
    Message,
    Call,
    Function,
    FunctionCall,
    Usage,
    PromptDetails,
    CompletionDetails,
    /// Of messages: in the message that begins, in the delta of its end, and beside it.
    Began,
    Delta,
    Beside,
    MessagesUsage,
    Response,
    ResponsesUsage,
    Item,
    LastItem,
}

use Owner::*;

const CHAT: [Owner; 9] =
    [Chunk, Choice, Message, Call, Function, FunctionCall, Usage, PromptDetails, CompletionDetails];
const MESSAGES: [Owner; 4] = [Began, Delta, Beside, MessagesUsage];
const RESPONSES: [Owner; 4] = [Response, ResponsesUsage, Item, LastItem];

impl Owner {
    /// Objects that the server sends again as they grow: a later array in them replaces the earlier one.
    fn is_total(self) -> bool {
        matches!(self, Usage | PromptDetails | CompletionDetails | MessagesUsage) || RESPONSES.contains(&self)
    }

    /// Plays events that bring these members, each the inside of an object; returns the object in the total.
    fn play(self, events: &[String]) -> Value {
        match self {
            _ if CHAT.contains(&self) => self.play_chat(events),
            _ if MESSAGES.contains(&self) => self.play_messages(events),
            _ => self.play_responses(events),
        }
    }

    fn play_chat(self, events: &[String]) -> Value {
        let choice = |members: &str| format!(r#"{{"choices":[{{"index":0,{members}}}]}}"#);
        let delta = |members: &str| choice(&format!(r#""delta":{{"content":"x",{members}}}"#));
        let call = |members: &str| delta(&format!(r#""tool_calls":[{{"index":0,"id":"i",{members}}}]"#));
        let chunk = |members: &String| match self {
            Chunk => format!(r#"{{"choices":[],{members}}}"#),
            Choice => choice(&format!(r#""delta":{{}},{members}"#)),
            Message => delta(members),
            Call => call(&format!(r#""function":{{"name":"f"}},{members}"#)),
            Function => call(&format!(r#""function":{{"name":"f",{members}}}"#)),
            FunctionCall => delta(&format!(r#""function_call":{{"name":"f",{members}}}"#)),
            Usage => format!(r#"{{"choices":[],"usage":{{"total_tokens":1,{members}}}}}"#),
            PromptDetails => format!(r#"{{"choices":[],"usage":{{"prompt_tokens_details":{{{members}}}}}}}"#),
            _ => format!(r#"{{"choices":[],"usage":{{"completion_tokens_details":{{{members}}}}}}}"#),
        };
        let mut body: String = events.iter().map(|members| format!("data: {}\n\n", chunk(members))).collect();
        body += &format!("data: {}\n\ndata: [DONE]\n\n", choice(r#""delta":{},"finish_reason":"stop""#));
        let played = chat::clean(&body);
        assert!(played.error().is_none(), "{:?}: {body}", played.error());
        let total = serde_json::to_value(played.completion()).unwrap();
        let message = &total["choices"][0]["message"];
        let (object, fields): (&Value, &[&str]) = match self {
            Chunk => (&total, &["choices", "usage"]),
            Choice => (&total["choices"][0], &["index", "message", "finish_reason"]),
            Message => (message, &["role", "content"]),
            Call => (&message["tool_calls"][0], &["id", "type", "function", "index"]),
            Function => (&message["tool_calls"][0]["function"], &["name"]),
            FunctionCall => (&message["function_call"], &["name"]),
            Usage => (&total["usage"], &["total_tokens"]),
            PromptDetails => (&total["usage"]["prompt_tokens_details"], &[]),
            _ => (&total["usage"]["completion_tokens_details"], &[]),
        };
        without(object, fields)
    }

    fn play_messages(self, events: &[String]) -> Value {
        let event = |members: &String| match self {
            Began => format!(r#"{{"type":"message_start","message":{{"role":"assistant",{members}}}}}"#),
            Delta => format!(r#"{{"type":"message_delta","delta":{{{members}}}}}"#),
            Beside => format!(r#"{{"type":"message_delta","delta":{{}},{members}}}"#),
            _ => format!(r#"{{"type":"message_delta","delta":{{}},"usage":{{"output_tokens":1,{members}}}}}"#),
        };
        let mut body: String = events.iter().map(|members| format!("data: {}\n\n", event(members))).collect();
        body += "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n";
        body += "data: {\"type\":\"message_stop\"}\n\n";
        let played = messages::play(body.as_bytes(), &requesty_core::End::Clean);
        assert!(played.error().is_none(), "{:?}: {body}", played.error());
        let total = serde_json::to_value(played.reply()).unwrap();
        let usage = self == MessagesUsage;
        let fields = ["type", "role", "content", "stop_reason", "stop_sequence", "usage", "output_tokens"];
        without(if usage { &total["usage"] } else { &total }, &fields)
    }

    fn play_responses(self, events: &[String]) -> Value {
        let item = |members: &str| format!(r#"{{"type":"message","id":"m","content":[],{members}}}"#);
        let event = |(at, members): (usize, &String)| {
            let is_last = at + 1 == events.len();
            let response = match self {
                Response => format!(r#""id":"r",{members}"#),
                ResponsesUsage => format!(r#""id":"r","usage":{{"input_tokens":1,{members}}}"#),
                Item if !is_last => {
                    let kind = if at == 0 { "added" } else { "done" };
                    let item = item(members);
                    return format!(r#"{{"type":"response.output_item.{kind}","output_index":0,"item":{item}}}"#);
                }
                LastItem if at == 0 => {
                    return format!(
                        r#"{{"type":"response.output_item.done","output_index":0,"item":{}}}"#,
                        item(members)
                    );
                }
                _ => format!(r#""output":[{}]"#, item(members)),
            };
            let kind = if is_last { "completed" } else { "in_progress" };
            format!(r#"{{"type":"response.{kind}","response":{{{response}}}}}"#)
        };
        let body: Vec<String> = events.iter().enumerate().map(event).collect();
        let played = responses::play(&responses::events(&body));
        let total = serde_json::to_value(played.complete()).unwrap();
        let object = match self {
            Response => &total,
            ResponsesUsage => &total["usage"],
            _ => &total["output"][0],
        };
        without(object, &["id", "status", "output", "type", "content", "input_tokens", "role"])
    }
}

fn without(object: &Value, fields: &[&str]) -> Value {
    let mut object = object.as_object().cloned().unwrap_or_default();
    fields.iter().for_each(|field| drop(object.remove(*field)));
    Value::Object(object)
}

/// The inside of an object.
fn inside(object: &Map<String, Value>) -> String {
    let json = Value::Object(object.clone()).to_string();
    json[1..json.len() - 1].to_owned()
}

fn is_blank(value: &Value) -> bool {
    matches!(value, Value::Null) || *value == json!("") || *value == json!([]) || *value == json!({})
}

const BLANKS: [&str; 6] = ["null", "\"\"", "[]", "{}", "[ ]", "{ }"];

#[test]
fn what_a_later_event_leaves_empty_takes_nothing_away() {
    let values = [r#"7"#, r#""word""#, r#"false"#, r#"[1,1,2]"#, r#"{"a":{"b":1}}"#, r#"[{"token":"a"},null]"#];
    for owner in CHAT.into_iter().chain(MESSAGES).chain(RESPONSES) {
        for value in values {
            for blank in BLANKS {
                for depth in 0..4 {
                    let (before, after) = (r#"{"in":"#.repeat(depth), "}".repeat(depth));
                    let [full, empty] = [value, blank].map(|json| format!(r#""x":{before}{json}{after}"#));
                    let wanted: Value = serde_json::from_str(&format!("{{{full}}}")).unwrap();
                    for events in [vec![&full, &empty], vec![&empty, &full], vec![&empty, &full, &empty]] {
                        // These two are told twice, no more.
                        if events.len() > 2 && matches!(owner, Item | LastItem) {
                            continue;
                        }
                        let events: Vec<String> = events.into_iter().cloned().collect();
                        assert_eq!(owner.play(&events), wanted, "{owner:?}: {events:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn of_equal_keys_in_one_event_the_last_counts_whatever_it_is() {
    for owner in CHAT.into_iter().chain(MESSAGES) {
        for last in ["null", "\"\"", "[]", "{}", "5", "[1]", r#"{"b":2}"#] {
            let twice = format!(r#""x":[{{"a":1}}],"y":1,"x":{last}"#);
            let wanted: Value = serde_json::from_str(&format!(r#"{{"x":{last},"y":1}}"#)).unwrap();
            assert_eq!(owner.play(std::slice::from_ref(&twice)), wanted, "{owner:?}: {twice}");
            // Against another event it is that last one which counts.
            let events = [r#""x":3"#.to_owned(), twice];
            let x = if is_blank(&wanted["x"]) { json!(3) } else { wanted["x"].clone() };
            assert_eq!(owner.play(&events), json!({"x": x, "y": 1}), "{owner:?}: {events:?}");
            let nested = events.map(|members| format!(r#""o":{{{members}}}"#));
            assert_eq!(owner.play(&nested), json!({"o": {"x": x, "y": 1}}), "{owner:?}: {nested:?}");
        }
    }
}

#[test]
fn arrays_keep_what_is_equal() {
    let url = json!("https://example.org/a");
    let cases = [
        (json!([1, 1, 2]), json!([2, 1]), json!([1, 1, 2, 2, 1])),
        (json!(["a", "a"]), json!(["a"]), json!(["a", "a", "a"])),
        (json!([null, true, [1]]), json!([[1], null, true]), json!([null, true, [1], [1], null, true])),
        (
            json!([{"u": 1}, {"u": 1}]),
            json!([{"u": 1}, {"u": 2}, {"u": 2}]),
            json!([{"u": 1}, {"u": 1}, {"u": 2}, {"u": 2}]),
        ),
        (
            json!([url, url, "example.org"]),
            json!([url, "b://c", "example.org"]),
            json!([url, url, "example.org", "b://c", "example.org"]),
        ),
        (json!(["http://"]), json!(["http://"]), json!(["http://", "http://"])),
        (json!(["see https://a.b"]), json!(["see https://a.b"]), json!(["see https://a.b", "see https://a.b"])),
    ];
    for owner in CHAT.into_iter().chain(MESSAGES).filter(|owner| !owner.is_total()) {
        for (first, second, both) in &cases {
            for depth in 0..3 {
                let nested = |list: &Value| format!(r#""x":{}{list}{}"#, r#"{"in":"#.repeat(depth), "}".repeat(depth));
                let object = |members: String| serde_json::from_str::<Value>(&format!("{{{members}}}")).unwrap();
                let alone = owner.play(&[nested(first)]);
                assert_eq!(alone, object(nested(first)), "{owner:?}");
                let events = [nested(first), nested(second)];
                assert_eq!(owner.play(&events), object(nested(both)), "{owner:?}: {events:?}");
            }
            // Under log probabilities nothing is ever dropped.
            let events = [first, second].map(|list| format!(r#""logprobs":{{"content":{list}}}"#));
            let all: Vec<_> = [first, second].into_iter().flat_map(|list| list.as_array().unwrap().clone()).collect();
            assert_eq!(owner.play(&events), json!({"logprobs": {"content": all}}), "{owner:?}: {events:?}");
        }
    }
}

/// The rule, over trees. `earlier` is what earlier events brought.
fn merged(earlier: Option<&Value>, later: &Value, is_total: bool, in_logprobs: bool) -> Value {
    let is_url = |value: &Value| value.as_str().is_some_and(|text| text.starts_with("https://") && text.len() > 8);
    match (earlier, later) {
        (None, later) => later.clone(),
        (Some(earlier), later) if is_blank(later) && !is_blank(earlier) => earlier.clone(),
        (Some(Value::Object(earlier)), Value::Object(later)) => {
            let mut object = earlier.clone();
            for (key, value) in later {
                let value = merged(earlier.get(key), value, is_total, in_logprobs || (key == "logprobs" && !is_total));
                object.insert(key.clone(), value);
            }
            Value::Object(object)
        }
        (Some(Value::Array(earlier)), Value::Array(later)) if !is_total => {
            let is_new = |element: &&Value| {
                in_logprobs || !(element.is_object() || is_url(element)) || !earlier.contains(element)
            };
            Value::Array(earlier.iter().chain(later.iter().filter(is_new)).cloned().collect())
        }
        (_, later) => later.clone(),
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(json!("")),
        Just(json!([])),
        Just(json!({})),
        any::<bool>().prop_map(Value::from),
        (0_i32..4).prop_map(Value::from),
        "[a-b]{1,2}".prop_map(Value::from),
        "https://[a-b]".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            objects(inner).prop_map(Value::Object),
        ]
    })
}

fn objects(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let keys = prop_oneof![Just("x"), Just("y"), Just("é\""), Just("logprobs")].prop_map(str::to_owned);
    proptest::collection::btree_map(keys, values, 0..4).prop_map(|members| members.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn members_add_up_by_the_rule_wherever_they_stand(
        events in proptest::collection::vec(objects(values()), 1..5),
        at in 0_usize..CHAT.len() + MESSAGES.len() + RESPONSES.len(),
    ) {
        let owner = *CHAT.iter().chain(&MESSAGES).chain(&RESPONSES).nth(at).unwrap();
        // An object without members cannot stand behind a comma, and two of them are told at most twice.
        let mut events: Vec<_> = events.into_iter().filter(|members| !members.is_empty()).collect();
        if matches!(owner, Item | LastItem) {
            events.truncate(2);
        }
        if matches!(owner, Item | LastItem) && events.len() < 2 {
            events.clear();
        }
        prop_assume!(!events.is_empty());
        let mut wanted = Value::Object(events[0].clone());
        for later in &events[1..] {
            wanted = merged(Some(&wanted), &Value::Object(later.clone()), owner.is_total(), false);
        }
        let written: Vec<String> = events.iter().map(inside).collect();
        prop_assert_eq!(owner.play(&written), wanted, "{:?}: {:?}", owner, written);
    }
}
