//! A stream of each family that carries the same JSON, and what its items lend.

use std::collections::BTreeMap;

use requesty_core::End;
use requesty_core::json::partial::{Follows, Origin, View, Written};
use serde_json::{Value, json};

use crate::json::partial::seen::{Seen, add};
use crate::support::{self, head};

/// What a test keeps of the texts that a stream lent.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) read: Follows,
    with_events: Follows,
    pub(super) seen: BTreeMap<Origin, (Option<String>, String, Vec<Seen>)>,
}

impl Texts {
    pub(super) fn take(&mut self, written: Written<'_>) {
        let origin = written.origin().unwrap();
        let snapshot = self.read.read(written).unwrap();
        let (name, text, seen) = self.seen.entry(origin).or_default();
        *name = written.name().map(str::to_owned);
        // The text grows with each item that lends it, unless it was replaced.
        assert_ne!(text, written.text(), "{origin:?} is lent without anything new");
        *text = written.text().to_owned();
        let follow = self.with_events.of(origin);
        while let Some(event) = follow.next(written).unwrap() {
            add(event, seen);
        }
        let shown = |value: Option<View<'_>>| value.map(|value| value.to_value());
        assert_eq!(shown(snapshot.value()), shown(follow.snapshot(written).value()));
    }

    /// The name and the text of each, in the order of their origins.
    pub(super) fn all(&self) -> Vec<(Option<&str>, &str)> {
        self.seen.values().map(|(name, text, _)| (name.as_deref(), text.as_str())).collect()
    }

    pub(super) fn events(&self) -> Vec<&[Seen]> {
        self.seen.values().map(|(_, _, seen)| seen.as_slice()).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Family {
    Chat,
    Messages,
    Responses,
}

pub(super) const FAMILIES: [Family; 3] = [Family::Chat, Family::Messages, Family::Responses];

impl Family {
    pub(super) fn play(self, pieces: &[&[u8]]) -> Texts {
        let mut texts = Texts::default();
        let head = || head(200, "text/event-stream");
        match self {
            Family::Chat => {
                let call = support::chat::stream_call();
                let see = |chunk: requesty_core::chat::Chunk<'_>| chunk.written().for_each(|it| texts.take(it));
                let (_, total) = support::play(&call, head(), pieces, End::Clean, see);
                let total = total.unwrap();
                let message = &total.choices[0].message;
                let calls = message.tool_calls.iter().map(|call| call.function.arguments.as_str());
                let totals: Vec<_> =
                    [message.text()].iter().map(AsRef::as_ref).chain(calls).map(str::to_owned).collect();
                texts.are(&totals);
            }
            Family::Messages => {
                let call = support::messages::stream_call();
                let see = |event: requesty_core::messages::Event<'_>| event.written().for_each(|it| texts.take(it));
                let (_, total) = support::play(&call, head(), pieces, End::Clean, see);
                let total = total.unwrap();
                let uses = total.tool_uses().map(|it| it.input_json().to_owned());
                let totals: Vec<_> = [total.text().into_owned()].into_iter().chain(uses).collect();
                texts.are(&totals);
            }
            Family::Responses => {
                let call = support::responses::stream_call();
                let see = |event: requesty_core::responses::Event<'_>| event.written().for_each(|it| texts.take(it));
                let (_, total) = support::play(&call, head(), pieces, End::Clean, see);
                let total = total.unwrap();
                let calls = total.function_calls().map(|call| call.arguments_json().to_owned());
                let totals: Vec<_> = [total.text().into_owned()].into_iter().chain(calls).collect();
                texts.are(&totals);
            }
        }
        texts
    }

    /// A stream with a text and with the arguments of parallel calls, in these pieces.
    pub(super) fn body(self, answer: &[&str], calls: &[Vec<&str>]) -> String {
        // One piece of each call, then the next of each: they come interleaved.
        let most = calls.iter().map(Vec::len).max().unwrap_or(0);
        let turns = (0..most).flat_map(|turn| (0..calls.len()).map(move |call| (call, turn)));
        let turns: Vec<_> = turns.filter_map(|(call, turn)| Some((call, *calls[call].get(turn)?, turn == 0))).collect();
        let name = |call: usize| format!("tool_{call}");
        match self {
            Family::Chat => {
                let mut deltas: Vec<_> = answer.iter().map(|piece| json!({"content": piece})).collect();
                deltas.extend(turns.iter().map(|&(call, piece, first)| {
                    let mut function = json!({"arguments": piece});
                    let mut fragment = json!({"index": call});
                    if first {
                        function["name"] = json!(name(call));
                        fragment["id"] = json!(format!("id_{call}"));
                    }
                    fragment["function"] = function;
                    json!({"tool_calls": [fragment]})
                }));
                let deltas: Vec<_> = deltas.iter().map(|delta| delta.to_string()).collect();
                let deltas: Vec<_> = deltas.iter().map(|delta| &delta[1..delta.len() - 1]).collect();
                support::chat::finished(&deltas, "stop")
            }
            Family::Messages => {
                let at = |call: usize| call as u32 + 1;
                let mut inner = vec![support::messages::block_start(0, r#"{"type":"text","text":""}"#)];
                let text = |piece: &str| json!({"type": "text_delta", "text": piece}).to_string();
                inner.extend(answer.iter().map(|piece| support::messages::delta(0, &text(piece))));
                inner.push(support::messages::block_stop(0));
                for &(call, piece, first) in &turns {
                    if first {
                        let block =
                            json!({"type": "tool_use", "id": format!("id_{call}"), "name": name(call), "input": {}});
                        inner.push(support::messages::block_start(at(call), &block.to_string()));
                    }
                    let delta = json!({"type": "input_json_delta", "partial_json": piece}).to_string();
                    inner.push(support::messages::delta(at(call), &delta));
                }
                inner.extend((0..calls.len()).map(|call| support::messages::block_stop(at(call))));
                support::messages::finished(&inner, "tool_use")
            }
            Family::Responses => {
                let item = |call: usize, status: &str, arguments: &str| {
                    json!({"id": format!("fc_{call}"), "type": "function_call", "status": status, "name": name(call),
                           "call_id": format!("id_{call}"), "arguments": arguments})
                };
                let message = |text: &str| {
                    json!({"id": "msg", "type": "message", "role": "assistant",
                           "content": [{"type": "output_text", "text": text, "annotations": []}]})
                };
                let event = |kind: &str, members: Value| {
                    let mut event = json!({"type": format!("response.{kind}")});
                    event.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
                    event.to_string()
                };
                let mut all = vec![event("created", json!({"response": {"id": "r", "output": []}}))];
                all.extend(answer.iter().map(|piece| {
                    event("output_text.delta", json!({"output_index": 0, "content_index": 0, "delta": piece}))
                }));
                let whole = message(&answer.concat());
                all.push(event("output_item.done", json!({"output_index": 0, "item": whole})));
                let mut output = vec![whole];
                for &(call, piece, first) in &turns {
                    let at = call + 1;
                    if first {
                        let item = item(call, "in_progress", "");
                        all.push(event("output_item.added", json!({"output_index": at, "item": item})));
                    }
                    let delta = json!({"item_id": format!("fc_{call}"), "output_index": at, "delta": piece});
                    all.push(event("function_call_arguments.delta", delta));
                }
                for (call, pieces) in calls.iter().enumerate() {
                    let item = item(call, "completed", &pieces.concat());
                    all.push(event("output_item.done", json!({"output_index": call + 1, "item": item})));
                    output.push(item);
                }
                let response = json!({"id": "r", "status": "completed", "output": output});
                all.push(event("completed", json!({"response": response})));
                support::responses::events(&all)
            }
        }
    }
}

impl Texts {
    /// Checks that what was lent last is what the total has.
    fn are(&self, totals: &[String]) {
        let lent: Vec<_> = self.seen.values().map(|(_, text, _)| text.as_str()).collect();
        let totals: Vec<_> =
            totals.iter().map(String::as_str).filter(|text| !text.is_empty() && *text != "{}").collect();
        assert_eq!(lent, totals);
    }
}

/// The texts that a body of that family lends.
pub(super) fn lent(family: Family, body: &str) -> Vec<String> {
    let mut lent = Vec::new();
    let mut keep = |written: Written<'_>| lent.push(format!("{:?} {}", written.origin().unwrap(), written.text()));
    let pieces = [body.as_bytes()];
    let head = head(200, if body.starts_with('{') { "application/json" } else { "text/event-stream" });
    match family {
        Family::Chat => {
            let see = |chunk: requesty_core::chat::Chunk<'_>| chunk.written().for_each(&mut keep);
            support::play(&support::chat::stream_call(), head, &pieces, End::Clean, see).1.unwrap();
        }
        Family::Messages => {
            let see = |event: requesty_core::messages::Event<'_>| event.written().for_each(&mut keep);
            support::play(&support::messages::stream_call(), head, &pieces, End::Clean, see).1.unwrap();
        }
        Family::Responses => {
            let see = |event: requesty_core::responses::Event<'_>| event.written().for_each(&mut keep);
            support::play(&support::responses::stream_call(), head, &pieces, End::Clean, see).1.unwrap();
        }
    }
    lent.iter().map(|it| it.replace("index: ", "").replace("part: ", "")).collect()
}
