//! The two kinds of reply for responses: one value, and a stream of events.

use bytes::Bytes;

use super::reader::{Accepts, ResponseReader};
use super::response::Offered;
use super::{Request, Response};
use crate::observe::Summary;
use crate::reply::{Context, EventStream, Reply, TextDialect, TextTemplate, Value, read_whole};
use crate::{Call, Incomplete};

/// The reply is one response.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug)]
pub struct WholeResponse {
    offered: Offered,
    accepts: Accepts,
}

impl WholeResponse {
    pub(super) fn of(request: &Request<'_>) -> Self {
        WholeResponse { offered: request.offered().map(Into::into), accepts: Accepts::of(request) }
    }
}

impl Call<WholeResponse> {
    /// Accepts a response as complete even if its status is missing or means that it is still being generated. By
    /// default this is an error, unless the request asked for a response in the background. The calls of such a
    /// response still cannot be run.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        let offered = self.reply().offered.clone();
        self.with_reply(WholeResponse { offered, accepts: Accepts::Anything })
    }
}

impl Value for WholeResponse {
    type Total = Response;
    type Partial = Response;
    const MENDS: bool = true;

    fn read(&self, context: &Context, body: Bytes) -> Result<Response, Incomplete<Response>> {
        let reader = ResponseReader::new(context, self.offered.clone(), self.accepts, TextTemplate::off());
        read_whole(reader, context, &body)
    }

    fn summary(read: Result<&Response, &Response>) -> Summary {
        read.unwrap_or_else(|partial| partial).summary()
    }

    fn answer(read: Result<&Response, &Response>) -> Option<String> {
        serde_json::to_string(read.unwrap_or_else(|partial| partial)).ok()
    }
}

/// The reply is a stream of events.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug)]
pub struct ResponseEvents {
    offered: Offered,
    accepts: Accepts,
    without_template: bool,
}

impl ResponseEvents {
    pub(super) fn of(request: &Request<'_>) -> Self {
        let offered = request.offered().map(Into::into);
        ResponseEvents { offered, accepts: Accepts::of(request), without_template: false }
    }
}

impl Call<ResponseEvents> {
    /// Accepts `[DONE]` as a complete end even if no event ended the response before it. By default this is an error,
    /// because some servers also end this way when the stream behind them failed; servers that convert other formats
    /// may never send that event. The calls of such a response still cannot be run.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        let reply = ResponseEvents { accepts: Accepts::Anything, ..self.reply().clone() };
        self.with_reply(reply)
    }

    /// Reads every event in full, instead of by its difference from the event before. The results are the same, but
    /// slower: use it to measure the difference, or to search for one.
    #[must_use]
    pub fn without_template(self) -> Self {
        let reply = ResponseEvents { without_template: true, ..self.reply().clone() };
        self.with_reply(reply)
    }
}

impl Reply for ResponseEvents {
    type Dialect = EventStream<ResponseReader>;

    fn start(&self, context: Context) -> EventStream<ResponseReader> {
        let template = if self.without_template { TextTemplate::off() } else { TextTemplate::default() };
        let reader = ResponseReader::new(&context, self.offered.clone(), self.accepts, template);
        EventStream::new(context, reader)
    }
}

impl TextDialect for EventStream<ResponseReader> {
    fn text<'a>(item: &'a super::Event<'_>) -> &'a str {
        item.text()
    }
}
