//! Reads a reply with embeddings, which is one JSON value.

use bytes::Bytes;

use super::reply::{Embeddings, Problem};
use super::request::{Request, Wanted};
use crate::error::DecodeError;
use crate::observe::Summary;
use crate::reply::{Context, Value};
use crate::{Error, Incomplete};

/// The reply is embeddings, one per input.
///
/// The router's page: [create embedding](https://docs.requesty.ai/api-reference/endpoint/embeddings-create).
#[derive(Clone, Debug)]
pub struct WholeEmbeddings {
    expected: Option<usize>,
    wanted: Wanted,
}

impl WholeEmbeddings {
    pub(super) fn of(request: &Request<'_>) -> Self {
        WholeEmbeddings { expected: request.expected(), wanted: request.wanted() }
    }
}

/// The total is an error if a vector cannot be read, or if the number of vectors differs from the number of inputs,
/// because a missing vector would shift all that follow. The partial reply has the vectors that could be read, and the
/// cost.
impl Value for WholeEmbeddings {
    type Total = Embeddings;
    type Partial = Embeddings;

    fn read(&self, context: &Context, body: Bytes) -> Result<Embeddings, Incomplete<Embeddings>> {
        match Embeddings::read_all(&body, self.expected, self.wanted) {
            (embeddings, None) => Ok(embeddings),
            (embeddings, Some(problem)) => Err(Incomplete::new(embeddings, self.error(problem, context, body))),
        }
    }

    fn summary(read: Result<&Embeddings, &Embeddings>) -> Summary {
        read.unwrap_or_else(|partial| partial).summary()
    }
}

impl WholeEmbeddings {
    fn error(&self, problem: Problem, context: &Context, body: Bytes) -> Error {
        let what = match problem {
            Problem::Shape => "the reply, which is not a list of embeddings,".to_owned(),
            Problem::Vector(place, odd) => format!("embedding {place}, {}, in a reply", odd.as_str()),
            Problem::Count(count) => {
                let expected = self.expected.unwrap_or_default();
                let count = if count > expected { "more".to_owned() } else { count.to_string() };
                format!("the reply, which has {count} embeddings for {expected} inputs,")
            }
            Problem::TooMany(error) => return error.into(),
        };
        DecodeError { what: what.into(), at: None, head: Some(context.head.clone()), body }.into()
    }
}
