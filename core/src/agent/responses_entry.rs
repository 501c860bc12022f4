//! Histories of responses.

use super::entry::alike_in_every_family;
use super::entry::sealed::Sealed;
use super::turn::{CallResult, Ending, Judge, Seen, Turn};
use super::{Entry, Tools};
use crate::chat::Tool;
use crate::json::Members;
use crate::responses::{Event, InputItem, OutputItem, Request, Response, ResponseEvents, Status, WholeResponse};

impl Sealed for InputItem {}

impl Entry for InputItem {
    alike_in_every_family!(Response, WholeResponse: responses, ResponseEvents: responses_stream, Event, parameters);

    const TAKES_PREFIX: bool = false;

    fn strict(tool: Tool) -> Tool {
        tool.strict(true)
    }

    fn tool_name(tool: &Tool) -> Option<String> {
        tool.name()
    }

    fn turn(answer: &Response, tools: &Tools<Self>) -> Turn<Self> {
        let early = answer.whole_text().is_err();
        let ending = if answer.text().is_empty() && !answer.refusal().is_empty() {
            Ending::Refused
        } else if early {
            let reason = answer.stop_reason().or(answer.status.as_ref().map(Status::as_str));
            Ending::Early(reason.map(str::to_owned))
        } else {
            Ending::Whole
        };
        let mut judge = Judge::new(tools, false, early);
        let mut entries: Vec<OutputItem> = Vec::new();
        for item in &answer.output {
            let keeps = match item {
                OutputItem::FunctionCall(call) => {
                    let finished = call.finished();
                    judge.keeps(Seen {
                        id: call.call_id.as_deref(),
                        name: call.name.as_deref(),
                        raw: &call.arguments,
                        arguments: finished
                            .as_ref()
                            .map(|finished| finished.arguments_json())
                            .map_err(|unfinished| unfinished.why()),
                    })
                }
                OutputItem::Message(message) => !message.content.is_empty(),
                // Calls that want an answer of their own kind have the id that it must name.
                OutputItem::Other(json) => {
                    let wants_answer = Members::read(json.as_bytes()).is_ok_and(|members| members.has("call_id"));
                    if wants_answer {
                        judge.leaves_out(&item.kind().unwrap_or_default());
                    }
                    !wants_answer
                }
                OutputItem::Reasoning(_) => true,
            };
            if keeps {
                entries.push(item.clone());
            } else {
                drop_last_reasoning(&mut entries);
            }
        }
        drop_last_reasoning(&mut entries);
        let calls = judge.calls;
        Turn { entries: entries.into_iter().map(InputItem::Output).collect(), calls, ending }
    }

    fn results(results: Vec<CallResult>, notes: Vec<String>) -> Vec<Self> {
        let results = results.into_iter().map(|result| InputItem::function_call_output(result.id, result.output));
        results.chain(notes.into_iter().map(InputItem::user)).collect()
    }

    fn entry_text(&self) -> String {
        // Only beginnings of answers are read back, and there are none here.
        String::new()
    }

    fn join(prefix: Self, continued: &mut Vec<Self>) {
        continued.insert(0, prefix);
    }
}

/// Drops what was thought before an item that is left out: providers refuse it without what followed it.
fn drop_last_reasoning(entries: &mut Vec<OutputItem>) {
    while matches!(entries.last(), Some(OutputItem::Reasoning(_))) {
        entries.pop();
    }
}
