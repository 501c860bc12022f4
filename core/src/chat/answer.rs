//! The dialect of a completion that comes whole: one JSON value, folded as a stream of one chunk.

use bytes::Bytes;

use super::completion::{Completion, Offered};
use super::fold::{Fold, offered};
use super::template::Template;
use crate::reply::{Context, Dialect, End, Media, Reply, Step};
use crate::{Error, Incomplete};

/// The reply is one completion.
#[derive(Clone, Debug)]
pub struct Answer {
    offered: Offered,
}

impl Answer {
    pub(crate) fn of(request: &super::Request<'_>) -> Self {
        Answer { offered: offered(request) }
    }
}

impl Reply for Answer {
    type Dialect = AnswerDecoder;

    fn start(&self, context: Context) -> AnswerDecoder {
        AnswerDecoder {
            fold: Fold::new(context, self.offered.clone(), Template::off()),
            outcome: Err(End::Clean.into_error()),
        }
    }
}

/// Reads one completion. There are no items: the completion is the total.
pub struct AnswerDecoder {
    fold: Fold,
    outcome: Result<(), Error>,
}

impl Dialect for AnswerDecoder {
    type Item<'a> = ();
    type Owned = ();
    type Total = Completion;
    type Partial = Completion;
    const MEDIA: Media = Media::Json;

    /// There is none: the machine collects the body of [`Media::Json`], and nothing comes after it.
    fn room(&mut self) -> &mut [u8] {
        &mut []
    }

    fn commit(&mut self, _n: usize) {}

    fn push(&mut self, _bytes: &[u8]) {}

    fn whole(&mut self, body: Bytes) -> Result<(), Error> {
        self.outcome = self.fold.whole(&body);
        Ok(())
    }

    /// The machine knows whether the body came to its end; saying more of it after the value was read changes nothing.
    fn end(&mut self, _how: End) {}

    fn advance(&mut self) -> Result<Step, Error> {
        self.outcome.clone().map(|()| Step::Done)
    }

    fn item(&self) {}

    fn owned(&mut self) {}

    fn total(self) -> Result<Completion, Incomplete<Completion>> {
        match self.outcome {
            Ok(()) => Ok(self.fold.completion(true)),
            Err(error) => Err(Incomplete::new(self.fold.completion(false), error)),
        }
    }

    fn summary(&self) -> crate::observe::Summary {
        self.fold.completion(true).summary()
    }

    fn partial(self, error: Error) -> Incomplete<Completion> {
        Incomplete::new(self.fold.completion(false), error)
    }
}

impl std::fmt::Debug for AnswerDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnswerDecoder").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
