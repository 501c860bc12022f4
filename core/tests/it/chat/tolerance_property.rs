//! Tolerance as a property: whatever is deleted, nulled, retyped or given twice in an answer, what is there of its text, its
//! tool calls and its finish reason is read.
//!
//! The oracle walks the damaged JSON as a tree, with the obvious rules: a field that is there and of its type counts.

use proptest::prelude::*;
use requesty_core::chat::Completion;
use serde_json::Value;

use crate::support::chat::stream_call;

/// A JSON value whose objects may have a key twice, as a wire may.
#[derive(Clone, Debug)]
enum Node {
    Scalar(Value),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    fn of(value: &Value) -> Node {
        match value {
            Value::Array(list) => Node::List(list.iter().map(Node::of).collect()),
            Value::Object(object) => Node::Object(object.iter().map(|(k, v)| (k.clone(), Node::of(v))).collect()),
            scalar => Node::Scalar(scalar.clone()),
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Node::Scalar(value) => *out += &value.to_string(),
            Node::List(list) => {
                *out += "[";
                for (at, node) in list.iter().enumerate() {
                    *out += if at > 0 { "," } else { "" };
                    node.write(out);
                }
                *out += "]";
            }
            Node::Object(members) => {
                *out += "{";
                for (at, (key, node)) in members.iter().enumerate() {
                    *out += if at > 0 { "," } else { "" };
                    *out += &format!("{}:", Value::from(key.as_str()));
                    node.write(out);
                }
                *out += "}";
            }
        }
    }

    /// How many members it has, at all depths.
    fn count(&self) -> usize {
        match self {
            Node::Scalar(_) => 0,
            Node::List(list) => list.iter().map(Node::count).sum(),
            Node::Object(members) => members.iter().map(|(_, node)| 1 + node.count()).sum(),
        }
    }

    /// Does harm to the member of that number.
    fn harm(&mut self, number: &mut usize, harm: &Harm) {
        match self {
            Node::Scalar(_) => {}
            Node::List(list) => list.iter_mut().for_each(|node| node.harm(number, harm)),
            Node::Object(members) => {
                for at in 0..members.len() {
                    if *number == 0 {
                        *number = usize::MAX;
                        harm.apply(members, at);
                        return;
                    }
                    *number = number.wrapping_sub(1);
                    members[at].1.harm(number, harm);
                    if *number > usize::MAX / 2 {
                        return;
                    }
                }
            }
        }
    }

    /// The last member of that name whose type fits; null fits everywhere.
    fn get(&self, key: &str, fits: fn(&Node) -> bool) -> Option<&Node> {
        let Node::Object(members) = self else { return None };
        let fits = |node: &Node| fits(node) || matches!(node, Node::Scalar(Value::Null));
        members.iter().rev().find(|(name, node)| name == key && fits(node)).map(|(_, node)| node)
    }

    fn is_text(&self) -> bool {
        self.text().is_some()
    }

    fn is_list(&self) -> bool {
        matches!(self, Node::List(_))
    }

    fn is_object(&self) -> bool {
        matches!(self, Node::Object(_))
    }

    fn text(&self) -> Option<&str> {
        if let Node::Scalar(Value::String(text)) = self { Some(text) } else { None }
    }

    fn is_value(&self) -> bool {
        !matches!(self, Node::Scalar(Value::String(_) | Value::Null))
    }

    fn members(&self) -> &[(String, Node)] {
        if let Node::Object(members) = self { members } else { &[] }
    }

    fn is_blank(&self) -> bool {
        match self {
            Node::Scalar(value) => value.is_null() || value == "",
            Node::List(list) => list.is_empty(),
            Node::Object(members) => members.is_empty(),
        }
    }

    /// Whether a delta holds anything.
    fn holds(&self) -> bool {
        let text_or_list = |node: &Node| node.is_text() || node.is_list();
        type Fits = fn(&Node) -> bool;
        let known: [(&str, Fits); 5] = [
            ("role", Node::is_text),
            ("content", text_or_list),
            ("reasoning_content", Node::is_text),
            ("refusal", Node::is_text),
            ("tool_calls", Node::is_list),
        ];
        let holds = |(name, fits): &(&str, Fits)| match self.get(name, *fits) {
            Some(Node::List(calls)) if *name == "tool_calls" => calls.iter().any(Node::is_object),
            value => value.is_some_and(|value| !value.is_blank()),
        };
        let fits = |name: &str, node: &Node| {
            let known = known.iter().find(|(known, _)| *known == name);
            known.is_some_and(|(_, fits)| fits(node) || matches!(node, Node::Scalar(Value::Null)))
        };
        let odd: Vec<_> = self.members().iter().filter(|(name, node)| !fits(name, node)).collect();
        let last = |at: usize| !odd[at + 1..].iter().any(|later| later.0 == odd[at].0);
        known.iter().any(holds) || (0..odd.len()).any(|at| last(at) && !odd[at].1.is_blank())
    }

    fn list(&self) -> &[Node] {
        if let Node::List(list) = self { list } else { &[] }
    }
}

#[derive(Clone, Debug)]
enum Harm {
    Delete,
    Null,
    Retype(Value),
    /// The same again, after it.
    Twice,
    /// Something of another type before it, which the last one replaces.
    Before(Value),
    /// The same again, and after it nothing that counts.
    Blank(Value),
    /// Beside a delta a message, and beside a message a delta; before it or after it.
    Beside(Value, bool),
}

impl Harm {
    fn apply(&self, members: &mut Vec<(String, Node)>, at: usize) {
        let (key, node) = members[at].clone();
        match self {
            Harm::Delete => drop(members.remove(at)),
            Harm::Null => members[at].1 = Node::Scalar(Value::Null),
            Harm::Retype(value) => members[at].1 = Node::of(value),
            Harm::Twice => members.insert(at + 1, (key, node)),
            Harm::Before(value) => members.insert(at, (key, Node::of(value))),
            Harm::Blank(value) => members.insert(at + 1, (key, Node::of(value))),
            Harm::Beside(value, before) => {
                let other = match &*key {
                    "delta" => "message",
                    "message" => "delta",
                    _ => return,
                };
                members.insert(at + usize::from(!before), (other.to_owned(), Node::of(value)));
            }
        }
    }
}

fn harm() -> impl Strategy<Value = Harm> {
    // None is a text, a call or an error by itself.
    let odd = prop_oneof![
        Just(serde_json::json!(true)),
        Just(serde_json::json!(-1.5)),
        Just(serde_json::json!(4_294_967_295_u64)),
        Just(serde_json::json!([])),
        Just(serde_json::json!([null, 7])),
        Just(serde_json::json!({})),
        Just(serde_json::json!({"odd": [{"deep": null}]})),
    ];
    let blank = proptest::sample::select(vec![
        serde_json::json!(null),
        serde_json::json!(""),
        serde_json::json!([]),
        serde_json::json!({}),
    ]);
    let beside = proptest::sample::select(vec![
        serde_json::json!(null),
        serde_json::json!({}),
        serde_json::json!(7),
        serde_json::json!({"content": ""}),
        serde_json::json!({"role": "assistant", "content": null}),
        serde_json::json!({"content": "Hel"}),
        serde_json::json!({"content": "Hello, w\"\\"}),
        serde_json::json!({"content": "Hello, w\"\\orld \u{1f30d}!", "refusal": "no"}),
        serde_json::json!({"content": "else"}),
    ]);
    prop_oneof![
        Just(Harm::Delete),
        Just(Harm::Null),
        odd.clone().prop_map(Harm::Retype),
        Just(Harm::Twice),
        odd.prop_map(Harm::Before),
        blank.prop_map(Harm::Blank),
        (beside, any::<bool>()).prop_map(|(value, before)| Harm::Beside(value, before)),
    ]
}

/// A full chunk, or answer, whose one choice has these members in its delta or message.
fn full(place: &str, members: Value, reason: Option<&str>) -> Node {
    let mut choice =
        serde_json::json!({"index": 0, "logprobs": {"content": [{"token": "a"}]}, "finish_reason": reason});
    choice[place] = members;
    Node::of(&serde_json::json!({
        "id": "c-1", "object": "chat.completion", "created": 5, "model": "m", "service_tier": "default",
        "system_fingerprint": "fp", "choices": [choice], "x_router": {"a": [1, {"b": null}]},
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "cost": 0.1,
            "prompt_tokens_details": {"cached_tokens": 1}, "completion_tokens_details": {"reasoning_tokens": 2}},
    }))
}

fn call(number: usize, arguments: &str) -> Value {
    serde_json::json!({"index": number, "id": format!("id{number}"), "type": "function",
        "function": {"name": format!("f{number}"), "arguments": arguments}, "extra_content": {"s": "x"}})
}

/// What must be read: texts, names and arguments of calls in the order of the wire, the finish reason.
#[derive(Debug, Default, PartialEq)]
struct There {
    text: String,
    /// Each name of a call, and the fragment of arguments beside it.
    calls: Vec<(String, String)>,
    /// Arguments that are a value instead of its text: the last of a call is its arguments.
    values: bool,
    reason: Option<String>,
    /// A delta held something.
    held: bool,
}

impl There {
    fn see(&mut self, chunk: &Node, whole: bool) {
        let Some(choices) = chunk.get("choices", Node::is_list) else { return };
        for choice in choices.list() {
            let Node::Object(members) = choice else { continue };
            // Of several, the last that is an object counts.
            let named = |name: &str| members.iter().rev().find(|(key, node)| key == name && node.is_object());
            let (delta, message) = (named("delta").map(|(_, node)| node), named("message").map(|(_, node)| node));
            let text = |node: &Node| {
                let content = node.get("content", |node| node.is_text() || node.is_list());
                content.and_then(Node::text).unwrap_or_default().to_owned()
            };
            // A whole reply is its message; a chunk is its delta, beside which a message is a snapshot.
            let delta = delta.filter(|delta| message.is_none() || (!whole && !delta.members().is_empty()));
            let snapshot = message.filter(|_| delta.is_some() || self.held);
            let pieces = delta.or(message.filter(|_| snapshot.is_none()));
            self.text += &pieces.map(text).unwrap_or_default();
            if let Some(snapshot) = snapshot.map(text).filter(|snapshot| snapshot.starts_with(&self.text)) {
                self.text = snapshot;
            }
            self.held |= delta.is_some_and(|delta| delta.holds() || message.is_some());
            if let Some(message) = pieces {
                for call in message.get("tool_calls", Node::is_list).map(Node::list).unwrap_or_default() {
                    let Some(function) = call.get("function", Node::is_object) else { continue };
                    let (name, arguments) = (function.get("name", Node::is_text), function.get("arguments", |_| true));
                    self.values |= arguments.is_some_and(Node::is_value);
                    let name = name.and_then(Node::text).unwrap_or_default();
                    let arguments = arguments.and_then(Node::text).unwrap_or_default();
                    self.calls.push((name.to_owned(), arguments.to_owned()));
                }
            }
            // An empty one says nothing.
            let reason = choice.get("finish_reason", Node::is_text).and_then(Node::text);
            let reason = reason.filter(|reason| !reason.is_empty());
            self.reason = reason.map(str::to_owned).or(self.reason.take());
        }
    }

    fn check(&self, completion: &Completion, what: &str) {
        assert_eq!(completion.text(), self.text, "{what}");
        let reason = completion.finish_reason().map(|reason| reason.as_str().to_owned());
        assert_eq!(reason, self.reason, "{what}");
        let calls = completion.message().map(|message| &*message.tool_calls).unwrap_or_default();
        let names: Vec<_> = calls.iter().filter_map(|call| call.function.name.as_deref()).collect();
        let arguments: String = calls.iter().map(|call| call.function.arguments.as_str()).collect();
        for (name, fragment) in &self.calls {
            assert!(names.iter().any(|known| known.contains(&**name)) || name.is_empty(), "{name}: {names:?}\n{what}");
            assert!(arguments.contains(&**fragment), "{fragment}: {arguments}\n{what}");
        }
        // Nothing is made up.
        let length: usize = self.calls.iter().map(|(_, fragment)| fragment.len()).sum();
        assert!(self.values || arguments.len() == length, "{what}");
    }
}

/// A number of harms, each to some member of some chunk.
fn harmed(mut chunks: Vec<Node>, harms: Vec<(usize, usize, Harm)>) -> Vec<Node> {
    for (chunk, member, harm) in harms {
        let at = chunk % chunks.len();
        let count = chunks[at].count();
        if count > 0 {
            chunks[at].harm(&mut (member % count), &harm);
        }
    }
    chunks
}

fn written(node: &Node) -> String {
    let mut out = String::new();
    node.write(&mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_in_pieces_keeps_what_is_there(
        harms in proptest::collection::vec((any::<usize>(), any::<usize>(), harm()), 0..12),
    ) {
        let chunks = vec![
            full("delta", serde_json::json!({"role": "assistant", "content": "Hel", "refusal": null}), None),
            full("delta", serde_json::json!({"content": "lo, w\"\\", "reasoning_content": "hm"}), None),
            full("delta", serde_json::json!({"content": "orld \u{1f30d}", "annotations": [{"url": "u"}]}), None),
            full("delta", serde_json::json!({"tool_calls": [call(0, "{\"x\":"), call(1, "{}")]}), None),
            full("delta", serde_json::json!({"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]}), None),
            full("delta", serde_json::json!({"content": "!"}), Some("tool_calls")),
        ];
        let chunks = harmed(chunks, harms);
        let mut there = There::default();
        chunks.iter().for_each(|chunk| there.see(chunk, false));
        let body: String = chunks.iter().map(|chunk| format!("data: {}\n\n", written(chunk))).collect();
        let played = crate::support::chat::play_as(
            &stream_call(),
            crate::support::head(200, "text/event-stream"),
            (body.clone() + "data: [DONE]\n\n").as_bytes(),
            100,
            requesty_core::End::Clean,
        );
        prop_assert_eq!(played.problems(), 0, "{}", body);
        match played.total {
            Ok(completion) => {
                prop_assert!(there.reason.is_some());
                there.check(&completion, &body);
            }
            Err(incomplete) => {
                prop_assert_eq!(&there.reason, &None, "{}: {}", incomplete, body);
                there.check(incomplete.partial(), &body);
            }
        }
    }

    #[test]
    fn a_whole_answer_keeps_what_is_there(
        harms in proptest::collection::vec((any::<usize>(), any::<usize>(), harm()), 0..12),
    ) {
        let message = serde_json::json!({"role": "assistant", "content": "Hello", "reasoning_content": "hm",
            "refusal": null, "tool_calls": [call(0, "{\"x\":1}"), call(1, "[]")], "annotations": [{"url": "u"}]});
        let answer = harmed(vec![full("message", message, Some("stop"))], harms).remove(0);
        let mut there = There::default();
        there.see(&answer, true);
        let json = written(&answer);
        let completion: Completion = serde_json::from_str(&json).unwrap();
        there.check(&completion, &json);
    }
}
