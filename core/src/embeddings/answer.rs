//! The dialect of embeddings: one JSON value, whose vectors are read from where they stand.

use bytes::Bytes;

use super::reply::{Embeddings, Problem};
use super::request::Request;
use crate::error::DecodeError;
use crate::observe::Summary;
use crate::reply::{Context, Dialect, End, Media, Reply, Step};
use crate::{Error, Incomplete};

/// The reply is embeddings, one for each input.
#[derive(Clone, Debug)]
pub struct Answer {
    expected: Option<usize>,
}

impl Answer {
    pub(super) fn of(request: &Request<'_>) -> Self {
        Answer { expected: request.expected() }
    }
}

impl Reply for Answer {
    type Dialect = AnswerDecoder;

    fn start(&self, context: Context) -> AnswerDecoder {
        AnswerDecoder {
            context,
            expected: self.expected,
            embeddings: Embeddings::default(),
            outcome: Err(End::Clean.into_error()),
        }
    }
}

/// Reads embeddings. There are no items: all of them are the total.
///
/// A vector that cannot be read fails the total, and so does a reply with another number of vectors than there were inputs:
/// one that is missing would shift all that follow. The partial has what could be read, and what it cost.
pub struct AnswerDecoder {
    context: Context,
    expected: Option<usize>,
    embeddings: Embeddings,
    outcome: Result<(), Error>,
}

impl Dialect for AnswerDecoder {
    type Item<'a> = ();
    type Owned = ();
    type Total = Embeddings;
    type Partial = Embeddings;
    const MEDIA: Media = Media::Json;

    /// There is none: the machine collects the body of [`Media::Json`], and nothing comes after it.
    fn room(&mut self) -> &mut [u8] {
        &mut []
    }

    fn commit(&mut self, _n: usize) {}

    fn push(&mut self, _bytes: &[u8]) {}

    fn whole(&mut self, body: Bytes) -> Result<(), Error> {
        let (embeddings, problem) = Embeddings::read_all(&body, self.expected);
        self.embeddings = embeddings;
        self.outcome = problem.map_or(Ok(()), |problem| Err(self.error(problem, body)));
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
        self.embeddings.summary()
    }

    fn partial(self, error: Error) -> Incomplete<Embeddings> {
        Incomplete::new(self.embeddings, error)
    }

    fn total(self) -> Result<Embeddings, Incomplete<Embeddings>> {
        match self.outcome {
            Ok(()) => Ok(self.embeddings),
            Err(error) => Err(Incomplete::new(self.embeddings, error)),
        }
    }
}

impl AnswerDecoder {
    fn error(&self, problem: Problem, body: Bytes) -> Error {
        let what = match problem {
            Problem::Shape => "the reply, which is no list of embeddings,".to_owned(),
            Problem::Vector(place, odd) => format!("embedding {place}, {}, in a reply", odd.as_str()),
            Problem::Count(count) => {
                let expected = self.expected.unwrap_or_default();
                let count = if count > expected { "more".to_owned() } else { count.to_string() };
                format!("the reply, which has {count} embeddings for {expected} inputs,")
            }
            Problem::TooMany(error) => return error.into(),
        };
        DecodeError { what: what.into(), at: None, status: Some(self.context.head().status()), body }.into()
    }
}

impl std::fmt::Debug for AnswerDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnswerDecoder").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
