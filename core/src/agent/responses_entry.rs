//! Histories of responses.

use super::entry::sealed::Sealed;
use super::turn::{CallResult, Ending, Judge, Seen, Turn};
use super::{Entry, Spending, StreamEvent, StreamView, Tools};
use crate::chat::Tool;
use crate::json::{Members, RawText};
use crate::responses::{Event, InputItem, OutputItem, Request, Response, ResponseEvents, Status, WholeResponse};
use crate::{Call, Error, Router};

impl Sealed for InputItem {}

impl Entry for InputItem {
    type Request<'a> = Request<'a>;
    type Tool = Tool;
    type Answer = Response;
    type WholeReply = WholeResponse;
    type StreamReply = ResponseEvents;
    const TAKES_PREFIX: bool = false;

    fn user_text(text: String) -> Self {
        InputItem::user(text)
    }

    fn whole(router: &Router, request: &Request<'_>) -> Result<Call<WholeResponse>, Error> {
        router.responses(request)
    }

    fn stream(router: &Router, request: &Request<'_>) -> Result<Call<ResponseEvents>, Error> {
        router.responses_stream(request)
    }

    fn spending(answer: &Response) -> Spending {
        Spending::from(answer)
    }

    fn text(answer: &Response) -> String {
        answer.text().into_owned()
    }

    fn see(item: &Event<'_>, view: &mut StreamView, show: &mut dyn FnMut(StreamEvent<'_>)) {
        view.see(item, show);
    }

    fn request<'a>(settings: &Request<'static>, history: &'a [Self], tools: &'a [Tool]) -> Request<'a> {
        settings.over(history, tools)
    }

    fn function(name: &str, description: &str, schema: String, is_strict: bool) -> Tool {
        let tool = Tool::function(name).description(description);
        let tool = if is_strict { tool.strict(true) } else { tool };
        // What serde_json wrote is written again as it is.
        tool.clone().parameters(&RawText(&schema)).unwrap_or(tool)
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

    fn assistant_text(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| InputItem::assistant(text))
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
