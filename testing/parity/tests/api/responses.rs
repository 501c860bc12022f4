//! The endpoints of responses.

use requesty_core::Error;
use requesty_core::chat::{ReasoningEffort, Requesty, Tool};
use requesty_core::responses::{EventKind, InputItem, OutputItem, Request, Status};

use crate::support::endpoint;

endpoint!(responds, |router| router.responses(&Request::new("hi")), |bench| {
    let request = Request::new("What is an LLM gateway?")
        .model("openai-responses/gpt-4.1")
        .instructions("Be brief.")
        .requesty(Requesty::new().trace_id("exec-1"));
    let response = bench.send(bench.router.responses(&request));
    assert!(response.whole_text().unwrap().starts_with("An LLM gateway"));
    assert_eq!((response.model.as_deref(), &response.status), (Some("gpt-4.1"), &Some(Status::Completed)));
    assert!(response.id.as_ref().is_some_and(|id| id.starts_with("rqsty-cmpl-")) && response.cost().is_some());
    bench.saw("POST /v1/responses");

    // The key may be sent in the other header, too.
    let call = bench.router.responses(&request).unwrap().with_x_api_key().unwrap();
    bench.send(Ok(call));
    assert!(bench.saw("POST /v1/responses").header("authorization").is_none());

    // What was thought goes back as it came, and the result of a call with it.
    let request = Request::new("hi").model("mock/reasoning").reasoning_effort(ReasoningEffort::LOW);
    let response = bench.send(bench.router.responses(&request.include("reasoning.encrypted_content")));
    assert_eq!(response.reasoning(), "They ask about gateways.");
    let OutputItem::Reasoning(thought) = &response.output[0] else { panic!("{:?}", response.output) };
    let encrypted = thought.encrypted_content.clone().unwrap();
    let history: Vec<InputItem> = response.into_input().collect();
    bench.send(bench.router.responses(&Request::new(&history)));
    let sent = bench.saw("POST /v1/responses").body;
    assert!(String::from_utf8_lossy(&sent).contains(&encrypted));

    let request = Request::new("hi").model("mock/incomplete");
    let response = bench.send(bench.router.responses(&request));
    assert_eq!(response.whole_text().unwrap_err().reason(), Some("max_output_tokens"));
    let failed = bench.try_send(&bench.router.responses(&Request::new("hi").model("mock/failed")).unwrap());
    let Err(failed) = failed else { panic!("a failed response is none") };
    assert!(matches!(failed.error(), Error::Api(error) if error.code() == Some("server_error")));
});

endpoint!(streams_a_response, |router| router.responses_stream(&Request::new("hi")), |bench| {
    let request = Request::new("What is an LLM gateway?").model("openai/gpt-4.1");
    let (mut text, mut kinds) = (String::new(), Vec::new());
    let streamed = bench.stream(bench.router.responses_stream(&request), |event| {
        text += event.text();
        kinds.push(event.kind());
    });
    let streamed = streamed.unwrap_or_else(|incomplete| panic!("{}", incomplete.error()));
    assert_eq!((streamed.text(), kinds[0]), (text.into(), EventKind::Created));
    assert_eq!(kinds.last(), Some(&EventKind::Completed));
    assert!(kinds.iter().filter(|kind| **kind == EventKind::TextDelta).count() > 50);
    assert!(streamed.cost().is_some());
    bench.saw("POST /v1/responses");
    let whole = bench.send(bench.router.responses(&request));
    assert_eq!((whole.output, whole.model), (streamed.output, streamed.model));

    let request = Request::new("hi").model("mock/failed");
    let failed = bench.stream(bench.router.responses_stream(&request), |_| {});
    let Err(failed) = failed else { panic!("a failed response is none") };
    assert!(matches!(failed.error(), Error::Api(error) if error.is_in_stream()));
    assert_eq!(failed.partial().status, Some(Status::Failed));
    let incomplete = bench.stream(bench.router.responses_stream(&Request::new("hi").model("mock/incomplete")), |_| {});
    let incomplete = incomplete.unwrap_or_else(|incomplete| panic!("{}", incomplete.error()));
    assert_eq!(incomplete.stop_reason(), Some("max_output_tokens"));
    assert_eq!(incomplete.status, Some(Status::Incomplete));
});

endpoint!(calls_functions, |router| router.responses(&Request::new("hi")), |bench| {
    let tools = [Tool::function("now"), Tool::web_search()];
    let mut items = vec![InputItem::user("What time is it in Rome?")];
    let mut arguments = String::new();
    let request = Request::new(&items).tools(&tools);
    let streamed = bench.stream(bench.router.responses_stream(&request), |event| {
        arguments += event.call().map_or("", |call| call.arguments());
    });
    let response = streamed.unwrap_or_else(|incomplete| panic!("{}", incomplete.error()));
    let results: Vec<InputItem> = response.function_calls().map(|call| call.output("12:07")).collect();
    assert_eq!((results.len(), arguments.as_str()), (1, "{}"));
    items.extend(response.into_input());
    items.extend(results);
    let request = Request::new(&items).tools(&tools);
    let response = bench.send(bench.router.responses(&request));
    assert_eq!(response.whole_text().unwrap(), "It is 12:07.");
    bench.saw("POST /v1/responses");
});

endpoint!(searches_the_web, |router| router.responses(&Request::new("hi")), |bench| {
    let tools = [Tool::web_search().search_context_size("low")];
    let request = Request::new("When did Rust 1.0 come out?").model("openai/gpt-4.1").tools(&tools);
    let whole = bench.send(bench.router.responses(&request));
    assert_eq!(whole.citations().len(), 1);
    assert_eq!(whole.output[0].kind().as_deref(), Some("web_search_call"));
    let streamed = bench.stream(bench.router.responses_stream(&request), |_| {});
    let streamed = streamed.unwrap_or_else(|incomplete| panic!("{}", incomplete.error()));
    assert_eq!(streamed.citations(), whole.citations());
    bench.saw("POST /v1/responses");
});
