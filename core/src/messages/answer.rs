//! The dialect of a message that comes whole: one JSON value, added up as a stream of one event.

use bytes::Bytes;

use super::Reply;
use super::fold::Fold;
use crate::observe::Summary;
use crate::reply::{Context, Dialect, End, Media, Step};
use crate::{Error, Incomplete};

/// The reply is one message.
#[derive(Clone, Debug, Default)]
pub struct Answer {}

impl crate::Reply for Answer {
    type Dialect = AnswerDecoder;

    fn start(&self, context: Context) -> AnswerDecoder {
        AnswerDecoder { fold: Fold::new(context), outcome: Err(End::Clean.into_error()) }
    }
}

/// Reads one message. There are no items: the message is the total.
pub struct AnswerDecoder {
    fold: Fold,
    outcome: Result<(), Error>,
}

impl Dialect for AnswerDecoder {
    type Item<'a> = ();
    type Owned = ();
    type Total = Reply;
    type Partial = Reply;
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

    fn total(self) -> Result<Reply, Incomplete<Reply>> {
        match self.outcome {
            Ok(()) => Ok(self.fold.reply(true)),
            Err(error) => Err(Incomplete::new(self.fold.reply(false), error)),
        }
    }

    fn summary(&self) -> Summary {
        self.fold.reply(true).summary()
    }

    fn partial(self, error: Error) -> Incomplete<Reply> {
        Incomplete::new(self.fold.reply(false), error)
    }
}

impl std::fmt::Debug for AnswerDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnswerDecoder").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
