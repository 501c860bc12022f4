//! The two kinds of reply that a chat completion has: whole, and as a stream of chunks.

use bytes::Bytes;

use super::chunk_reader::ChunkReader;
use super::completion::{Completion, Offered};
use super::template::Template;
use crate::observe::Summary;
use crate::reply::{Context, EventStream, Reply, TextDialect, Value, read_whole};
use crate::{Call, Incomplete};

/// The reply is one completion.
#[derive(Clone, Debug)]
pub struct WholeCompletion {
    wanted: Wanted,
}

/// The reply is a stream of chunks.
#[derive(Clone, Debug)]
pub struct Chunks {
    wanted: Wanted,
    without_template: bool,
}

/// Reads a stream of chunks.
pub type ChunkStream = EventStream<ChunkReader>;

/// What the request asked for, as far as it decides on the reply.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// How many answers.
    pub(super) answers: u32,
    /// Which functions were offered. Where none was, whatever offered some is not this request, and nothing is known.
    pub(super) offered: Offered,
    /// An answer without a finish reason counts as complete.
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
    /// Takes a completion for complete also where an answer has no finish reason. Its calls cannot be run all the same.
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
}

impl Chunks {
    pub(crate) fn of(request: &super::Request<'_>) -> Self {
        Chunks { wanted: Wanted::of(request), without_template: false }
    }
}

impl Call<Chunks> {
    /// Takes `[DONE]` for a complete end also where an answer has no finish reason. Some servers never send one; others say
    /// `[DONE]` when what they stream from fails, which is why it is an error unless asked for. Calls of such an answer
    /// cannot be run.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        let mut reply = self.reply().clone();
        reply.wanted.accepts_unfinished = true;
        self.with_reply(reply)
    }

    /// Reads every chunk in full, instead of by its difference from the one before. What comes out is the same, only later:
    /// this is for those who measure the difference, or look for one.
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
