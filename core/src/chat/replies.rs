//! The two kinds of reply of a chat completion: one value, and a stream of chunks.

use bytes::Bytes;

use super::chunk_reader::ChunkReader;
use super::completion::{Completion, Offered};
use super::template::Template;
use crate::observe::Summary;
use crate::reply::{Context, EventStream, Reply, TextDialect, Value, read_whole};
use crate::{Call, Incomplete};

/// The reply is one completion.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug)]
pub struct WholeCompletion {
    wanted: Wanted,
}

/// The reply is a stream of chunks.
///
/// The router's page: [streaming](https://docs.requesty.ai/features/streaming).
#[derive(Clone, Debug)]
pub struct Chunks {
    wanted: Wanted,
    without_template: bool,
}

/// Reads a stream of chunks.
pub type ChunkStream = EventStream<ChunkReader>;

/// The parts of the request that affect how the reply is read.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// The number of choices.
    pub(super) answers: u32,
    /// The functions that the request offered. `None` if it offered no tool: the router may then have added functions
    /// that are not known here.
    pub(super) offered: Offered,
    /// Whether a choice without a finish reason counts as complete.
    pub(super) accepts_unfinished: bool,
}

impl Wanted {
    fn of(request: &super::Request<'_>) -> Self {
        Wanted {
            answers: request.choices(),
            offered: request.offers_any_tool().then(|| request.offered_tools().into()),
            accepts_unfinished: false,
        }
    }
}

impl WholeCompletion {
    pub(crate) fn of(request: &super::Request<'_>) -> Self {
        WholeCompletion { wanted: Wanted::of(request) }
    }
}

impl Call<WholeCompletion> {
    /// Accepts a completion as complete even if a choice has no finish reason. The tool calls of such a choice still
    /// cannot be run.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        let wanted = Wanted { accepts_unfinished: true, ..self.reply().wanted.clone() };
        self.with_reply(WholeCompletion { wanted })
    }
}

impl Value for WholeCompletion {
    type Total = Completion;
    type Partial = Completion;
    const MENDS: bool = true;

    fn read(&self, context: &Context, body: Bytes) -> Result<Completion, Incomplete<Completion>> {
        read_whole(ChunkReader::new(context, self.wanted.clone(), Template::off()), context, &body)
    }

    fn summary(read: Result<&Completion, &Completion>) -> Summary {
        read.unwrap_or_else(|partial| partial).summary()
    }

    fn answer(read: Result<&Completion, &Completion>) -> Option<String> {
        serde_json::to_string(read.unwrap_or_else(|partial| partial)).ok()
    }
}

impl Chunks {
    pub(crate) fn of(request: &super::Request<'_>) -> Self {
        Chunks { wanted: Wanted::of(request), without_template: false }
    }
}

impl Call<Chunks> {
    /// Accepts `[DONE]` as a complete end even if a choice has no finish reason. By default this is an error, because
    /// some servers also send `[DONE]` when the stream behind them failed; others never send a finish reason. The tool
    /// calls of such a choice still cannot be run.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        let mut reply = self.reply().clone();
        reply.wanted.accepts_unfinished = true;
        self.with_reply(reply)
    }

    /// Reads every chunk in full, instead of by its difference from the chunk before. The results are the same, but
    /// slower: use it to measure the difference, or to search for one.
    #[must_use]
    pub fn without_template(self) -> Self {
        let reply = Chunks { without_template: true, ..self.reply().clone() };
        self.with_reply(reply)
    }
}

impl Reply for Chunks {
    type Dialect = ChunkStream;

    fn start(&self, context: Context) -> ChunkStream {
        let template = if self.without_template { Template::off() } else { Template::default() };
        let reader = ChunkReader::new(&context, self.wanted.clone(), template);
        EventStream::new(context, reader)
    }
}

impl TextDialect for EventStream<ChunkReader> {
    fn text<'a>(item: &'a super::Chunk<'_>) -> &'a str {
        item.text()
    }
}
