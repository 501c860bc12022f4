//! The two kinds of reply that a response has: whole, and as a stream of events.

use bytes::Bytes;

use super::reader::{Accepts, ResponseReader};
use super::response::Offered;
use super::{Request, Response};
use crate::observe::Summary;
use crate::reply::{Context, EventStream, Reply, TextDialect, Value, read_whole};
use crate::{Call, Incomplete};

/// The reply is one response.
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
    /// Takes a response for complete whose status is missing or says that it is still being made. Without this, that is an
    /// error, unless the request asked for a response in the background. Its calls cannot be run all the same.
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
        read_whole(ResponseReader::new(context, self.offered.clone(), self.accepts), context, &body)
    }

    fn summary(read: Result<&Response, &Response>) -> Summary {
        read.unwrap_or_else(|partial| partial).summary()
    }
}

/// The reply is a stream of events.
#[derive(Clone, Debug)]
pub struct ResponseEvents {
    offered: Offered,
    accepts: Accepts,
}

impl ResponseEvents {
    pub(super) fn of(request: &Request<'_>) -> Self {
        ResponseEvents { offered: request.offered().map(Into::into), accepts: Accepts::of(request) }
    }
}

impl Call<ResponseEvents> {
    /// Takes `[DONE]` for a complete end also where the response did not come to its own end before it. Some servers that
    /// convert other answers never send that; others end this way when what they stream from fails, which is why it is an
    /// error unless asked for. Calls of such a response cannot be run.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        let offered = self.reply().offered.clone();
        self.with_reply(ResponseEvents { offered, accepts: Accepts::Anything })
    }
}

impl Reply for ResponseEvents {
    type Dialect = EventStream<ResponseReader>;

    fn start(&self, context: Context) -> EventStream<ResponseReader> {
        let reader = ResponseReader::new(&context, self.offered.clone(), self.accepts);
        EventStream::new(context, reader)
    }
}

impl TextDialect for EventStream<ResponseReader> {
    fn text<'a>(item: &'a super::Event<'_>) -> &'a str {
        item.text()
    }
}
