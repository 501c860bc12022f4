//! The dialect of a response that comes whole: one JSON value.

use bytes::Bytes;

use super::fold::Fold;
use super::response::Offered;
use super::{Request, Response};
use crate::observe::Summary;
use crate::reply::{Context, Dialect, End, Media, Reply, Step};
use crate::{Error, Incomplete};

/// The reply is one response.
#[derive(Clone, Debug)]
pub struct Answer {
    offered: Offered,
}

impl Answer {
    pub(super) fn of(request: &Request<'_>) -> Self {
        Answer { offered: request.offered().map(Into::into) }
    }
}

impl Reply for Answer {
    type Dialect = AnswerDecoder;

    fn start(&self, context: Context) -> AnswerDecoder {
        AnswerDecoder { fold: Fold::new(context, self.offered.clone()), outcome: Err(End::Clean.into_error()) }
    }
}

/// Reads one response. There are no items: the response is the total.
pub struct AnswerDecoder {
    fold: Fold,
    outcome: Result<(), Error>,
}

impl Dialect for AnswerDecoder {
    type Item<'a> = ();
    type Owned = ();
    type Total = Response;
    type Partial = Response;
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

    fn summary(&self) -> Summary {
        self.fold.sum.response().summary()
    }

    fn partial(self, error: Error) -> Incomplete<Response> {
        Incomplete::new(self.fold.sum.response(), error)
    }

    fn total(self) -> Result<Response, Incomplete<Response>> {
        match self.outcome.clone() {
            Ok(()) => Ok(self.fold.sum.response()),
            Err(error) => Err(self.partial(error)),
        }
    }
}

impl std::fmt::Debug for AnswerDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnswerDecoder").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
