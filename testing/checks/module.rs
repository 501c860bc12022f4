//! Reads a stream by requesty-core where there is no IO, no clock and no environment: in a module that imports nothing.

use std::time::Duration;

use requesty_core::chat::{Message, Request};
use requesty_core::{ApiKey, End, Error, Router, Step, http};

const BODY: &[u8] = b"data: {\"choices\":[{\"delta\":{\"content\":\"One API, \"}}]}\n\n\
data: {\"choices\":[{\"delta\":{\"content\":\"many models.\"},\"finish_reason\":\"stop\"}]}\n\n\
data: {\"choices\":[],\"usage\":{\"total_tokens\":9,\"cost\":0.000038}}\n\ndata: [DONE]\n\n";

/// Returns the length of the completion's text in bytes, or 0 after an error. The network cuts the reply into pieces of `size`
/// bytes.
#[unsafe(no_mangle)]
pub extern "C" fn text_length(size: usize) -> usize {
    read(size.max(1)).map_or(0, |text| text.len())
}

fn read(size: usize) -> Result<String, Error> {
    let router = Router::new(ApiKey::new("rqsty-sk-example")?);
    let call = router.chat_stream(&Request::new([Message::user("What is an LLM gateway?")]).model("openai/gpt-4o-mini"))?;
    let mut head = http::Response::new(()).into_parts().0;
    head.headers.insert("content-type", http::HeaderValue::from_static("text/event-stream"));
    let mut machine = call.open(head, Duration::ZERO);
    let mut pieces = BODY.chunks(size);
    loop {
        match machine.advance()? {
            Step::Ready => {}
            Step::NeedBytes => match pieces.next() {
                Some(bytes) => machine.push(bytes, Duration::ZERO),
                None => machine.end(End::Clean),
            },
            Step::Done => return Ok(machine.total()?.text().into_owned()),
        }
    }
}
