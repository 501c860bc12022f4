//! How reported errors are made: from the error that was read, with the key removed, and from what is known of the
//! call.

use bytes::Bytes;

use super::Context;
use crate::error::{ApiError, Reported, Unexpected, looks_like_error};
use crate::json::{self, Kind};
use crate::sse::{Decoder, Step};

impl ApiError {
    /// Reads a whole error reply, or a reply under a success status whose JSON is an error.
    pub(crate) fn from_reply(context: &Context, body: Bytes) -> Self {
        ApiError::from_error_body(context, body, false)
    }

    /// Reads an error reply. `cut` is true if the body is longer than the limit for error bodies.
    pub(crate) fn from_error_body(context: &Context, body: Bytes, cut: bool) -> Self {
        ApiError::new(context, read(&body), body, false, cut)
    }

    /// Reads the data of an event that is an error.
    pub(crate) fn from_event(context: &Context, data: &[u8]) -> Self {
        ApiError::in_event(context, read(data), data)
    }

    /// Returns the error for a choice whose finish reason is `error`, without any further information.
    pub(crate) fn finished_with_error(context: &Context) -> Self {
        let message = "the provider ended the answer with the finish reason \"error\"".to_owned();
        ApiError::in_event(context, Reported { message: Some(message), ..Reported::default() }, &[])
    }

    /// Returns the error for a response that failed. Its member `error` holds the details, if the server gave any.
    pub(crate) fn failed_response(context: &Context, response: &[u8], in_stream: bool) -> Self {
        let mut reported = read(response);
        reported.message.get_or_insert_with(|| "the response failed, and does not say why".to_owned());
        let mut error = ApiError::in_event(context, reported, response);
        error.in_stream = in_stream;
        error
    }

    fn in_event(context: &Context, reported: Reported, data: &[u8]) -> Self {
        let kept = data.get(..context.limits.error_body).unwrap_or(data);
        ApiError::new(context, reported, Bytes::copy_from_slice(kept), true, kept.len() < data.len())
    }

    /// Makes an error from a reported one. This is the one place where a server's words become text that is shown.
    fn new(context: &Context, reported: Reported, body: Bytes, in_stream: bool, cut: bool) -> Self {
        /// How many bytes of the body are its message, if the body has no message.
        const SNIPPET: usize = 300;
        let scrub = &context.scrub;
        let status = Some(context.head.status()).filter(|status| !in_stream && !status.is_success());
        let kind = reported.kind(status);
        let shown = |text: Option<String>| text.map(|text| scrub.text(&text, cut));
        let is_snippet = reported.is_snippet;
        let message =
            reported.message.map(|text| scrub.brief(&text, if is_snippet { SNIPPET } else { usize::MAX }, cut));
        ApiError {
            head: context.head.clone(),
            status: status.or(reported.status),
            kind,
            code: shown(reported.code),
            error_type: shown(reported.error_type),
            status_name: shown(reported.status_name),
            param: shown(reported.param),
            origin: shown(reported.origin),
            message,
            wait: reported.wait,
            body: scrub.body(body, context.limits.error_body, cut),
            target: context.target.clone(),
            in_stream,
        }
    }
}

impl Unexpected {
    /// Returns the error for a reply that is not a reply of this API. `cut` is true if the body is longer.
    pub(crate) fn new(context: &Context, hint: Option<&str>, body: Bytes, cut: bool) -> Self {
        let Context { head, scrub, target, limits, .. } = context;
        Unexpected {
            head: head.clone(),
            content_type: head.header("content-type").map(|value| scrub.text(value, false)),
            hint: hint.map(|hint| scrub.text(hint, cut)),
            target: target.clone(),
            body: scrub.body(body, limits.error_body, cut),
        }
    }
}

/// Returns the error that an event reports: by its name, by a member, or by its whole data.
pub(crate) fn event_error(context: &Context, name: &[u8], data: &[u8]) -> Option<ApiError> {
    (name == b"error" || looks_like_error(data)).then(|| ApiError::from_event(context, data))
}

fn read(body: &[u8]) -> Reported {
    match first_event(json::trim(json::unmarked(body))) {
        Some(data) => Reported::read(&data),
        None => Reported::read(body),
    }
}

/// Returns the data of the first event, if an error reply is framed as events.
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
