//! What both drivers of this client share: the call that they make, and how they read what comes.

use requesty_hyper::chat::{Chunk, Chunks, Completion, Request, Tool};
use requesty_hyper::{ApiKey, Call, Error, Incomplete, Router};

use crate::{Ask, QUESTION, Seen};

/// Makes the call that a driver streams.
pub fn call(ask: &Ask) -> Result<Call<Chunks>, Error> {
    let router = Router::new(ApiKey::new("key")?).with_inference_base(&ask.base)?;
    let tools =
        [Tool::function("weather").description("The weather.").parameters(&Ask::parameters()).expect("a schema")];
    let mut request = Request::user(QUESTION).model(&ask.model).n(ask.n);
    if ask.tools {
        request = request.tools(&tools);
    }
    router.chat_stream(&request)
}

/// Notes what a chunk brings.
pub fn chunk(chunk: &Chunk<'_>, seen: &mut Seen) {
    seen.text.push_str(chunk.text());
    seen.future |= chunk.member("x_future").is_some();
}

/// Notes what the answer adds up to, or what there is of it and the error.
pub fn end(total: Result<Completion, Incomplete<Completion>>, seen: &mut Seen) {
    match total {
        Ok(completion) => add(&completion, seen),
        Err(incomplete) => {
            add(incomplete.partial(), seen);
            seen.failed(incomplete.error());
        }
    }
}

fn add(completion: &Completion, seen: &mut Seen) {
    for choice in &completion.choices {
        for call in &choice.message.tool_calls {
            match call.finished() {
                Ok(call) => seen.calls.push((call.name().to_owned(), call.arguments_json().into_owned())),
                Err(_) => seen.marked += 1,
            }
        }
    }
    seen.finish = completion.finish_reason().map(|reason| reason.as_str().to_owned());
    seen.cost = completion.cost().map(|cost| cost.to_string().parse().expect("a number"));
}
