//! The errors that a reply reports: what is read of them, and what is known of the call.

use bytes::Bytes;

use super::Context;
use crate::error::{ApiError, ErrorKind, looks_like_error};
use crate::json::{self, Kind};
use crate::sse::{Decoder, Step};

impl ApiError {
    /// Reads an error reply, or a successful one whose JSON is an error.
    pub(crate) fn from_reply(context: &Context, body: Bytes) -> Self {
        let body = context.scrub.bytes(body);
        let status = context.head.status();
        let mut error = read(context, &body);
        if !status.is_success() {
            error.status = Some(status);
        }
        error.finish(body)
    }

    /// Reads the data of an event that is an error.
    pub(crate) fn from_event(context: &Context, data: &[u8]) -> Self {
        let body = context.scrub.bytes(Bytes::copy_from_slice(data));
        let mut error = read(context, &body);
        error.in_stream = true;
        error.finish(body)
    }

    /// Reports a choice whose finish reason is `error` but which says no more.
    pub(crate) fn finished_with_error(context: &Context) -> Self {
        let mut error = blank(context);
        error.in_stream = true;
        error.message = Some("the provider ended the answer with the finish reason \"error\"".to_owned());
        error
    }

    /// Reads a response that failed: the error is a member of it, if it says why.
    pub(crate) fn failed_response(context: &Context, response: &[u8], in_stream: bool) -> Self {
        let body = context.scrub.bytes(Bytes::copy_from_slice(response));
        let mut error = read(context, &body);
        error.in_stream = in_stream;
        error.message.get_or_insert_with(|| "the response failed, and does not say why".to_owned());
        error.finish(body)
    }
}

/// Returns whether an event is an error: by its name, by a member, or by being one as a whole.
pub(crate) fn event_error(context: &Context, name: &[u8], data: &[u8]) -> Option<ApiError> {
    (name == b"error" || looks_like_error(data)).then(|| ApiError::from_event(context, data))
}

fn read(context: &Context, body: &[u8]) -> ApiError {
    let mut error = blank(context);
    match first_event(json::trim(json::unmarked(body))) {
        Some(data) => error.read(&data),
        None => error.read(body),
    }
    error
}

fn blank(context: &Context) -> ApiError {
    let request_id = context.head.request_id().map(|id| context.scrub.text(id));
    ApiError {
        http_status: Some(context.head.status()),
        status: None,
        kind: ErrorKind::Other,
        code: None,
        error_type: None,
        param: None,
        origin: None,
        message: None,
        request_id,
        headers: context.head.headers().clone(),
        body: Bytes::new(),
        target: context.target.clone(),
        in_stream: false,
    }
}

/// Returns the data of the first event, where an error reply is framed as a stream.
fn first_event(body: &[u8]) -> Option<Vec<u8>> {
    if !body.starts_with(b"data:") && !body.starts_with(b"event:") {
        return None;
    }
    let mut decoder = Decoder::new();
    decoder.push(body);
    decoder.end();
    let event = match decoder.advance() {
        Ok(Step::Ready) => decoder.event(),
        _ => decoder.unterminated()?,
    };
    (json::kind(event.data()) == Some(Kind::Object)).then(|| event.data().to_vec())
}
