//! The embeddings of a reply.

use std::fmt;

use serde::{Serialize, Serializer};

use super::request::Wanted;
use super::vector::{self, Encoding, VectorProblem};
use crate::json::{Element, Members, ObjectWriter, elements, fields, lossy, received};
use crate::limits::{Limit, TooLarge};
use crate::observe::Summary;
use crate::{Decimal, Extra};

/// The limit for embeddings in a reply if the number of inputs is not known.
const MOST: usize = 1 << 16;

/// The embeddings of the inputs.
///
/// ```
/// use requesty_core::embeddings::Embeddings;
///
/// let reply: Embeddings = serde_json::from_str(r#"{"data":[{"index":0,"embedding":[0.6,-0.8]}],"model":"m"}"#)?;
/// assert_eq!(reply.vectors().next(), Some(&[0.6, -0.8][..]));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create embedding](https://docs.requesty.ai/api-reference/endpoint/embeddings-create).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Embeddings {
    /// The embeddings, in the order of the inputs. They are sorted by their index if each input has exactly one;
    /// otherwise they are in the order of the reply.
    pub data: Vec<Embedding>,
    /// The model that generated the embeddings.
    pub model: Option<String>,
    /// Tokens and cost.
    pub usage: Option<Usage>,
    /// Members without a field.
    pub extra: Extra,
}

/// The embedding of one input.
///
/// The router's page: [create embedding](https://docs.requesty.ai/api-reference/endpoint/embeddings-create).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Embedding {
    /// The index of the input, from 0, as the server sent it; if it sent none, the position in the reply.
    pub index: u64,
    /// The numbers of the vector. It is never empty in a successful reply: a vector that cannot be read fails the call,
    /// and the partial reply has the vectors that could be read.
    pub vector: Vec<f32>,
    /// Members without a field. The JSON of a vector that could not be read is among them, as `embedding`.
    pub extra: Extra,
    /// The encoding in which the vector came, and in which it is written.
    encoding: Encoding,
}

/// Tokens and cost of embeddings, as the server reported them.
///
/// The router's page: [create embedding](https://docs.requesty.ai/api-reference/endpoint/embeddings-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the inputs.
    pub prompt_tokens: Option<u64>,
    /// All tokens.
    pub total_tokens: Option<u64>,
    /// Price in US dollars. The router's documentation does not mention it for embeddings.
    pub cost: Option<Decimal>,
    /// Members without a field.
    pub extra: Extra,
}

/// The faults of a reply. The parts that could be read are kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The reply is not an object with a list `data`.
    Shape,
    /// The embedding at this position in the reply could not be read.
    Vector(usize, VectorProblem),
    /// The reply has this number of embeddings, which is not the number of inputs.
    Count(usize),
    TooMany(TooLarge),
}

impl Embeddings {
    /// Returns the vectors, in the order of the inputs.
    pub fn vectors(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.data.iter().map(|embedding| &*embedding.vector)
    }

    /// Returns the vectors without copying them, in the order of the inputs.
    pub fn into_vectors(self) -> Vec<Vec<f32>> {
        self.data.into_iter().map(|embedding| embedding.vector).collect()
    }

    /// Returns the price in US dollars; `None` if the reply does not report it.
    pub fn cost(&self) -> Option<Decimal> {
        self.usage.as_ref()?.cost
    }

    /// Returns the metadata of the reply, without its content.
    pub fn summary(&self) -> Summary {
        Summary {
            model: self.model.clone(),
            input_tokens: self.usage.as_ref().and_then(|usage| usage.prompt_tokens),
            cost: self.cost(),
            ..Summary::default()
        }
    }

    /// Reads a reply with any number of embeddings.
    fn read_json(json: &[u8]) -> Option<Self> {
        let (embeddings, problem) = Embeddings::read_all(json, None, Wanted::default());
        problem.is_none().then_some(embeddings)
    }

    /// Reads all parts of a reply that can be read, and returns the first problem.
    pub(super) fn read_all(json: &[u8], expected: Option<usize>, wanted: Wanted) -> (Self, Option<Problem>) {
        let Ok(mut members) = Members::read(json) else { return (Embeddings::default(), Some(Problem::Shape)) };
        let (mut data, mut problem) = (Vec::new(), Some(Problem::Shape));
        members.take_with("data", |list| {
            (data, problem) = read_list(list, expected, wanted);
            (problem != Some(Problem::Shape)).then_some(())
        });
        if is_numbered(&data) {
            data.sort_by_key(|embedding| embedding.index);
        }
        let model = members.string("model");
        let usage = members.object_with("usage", Usage::read);
        (Embeddings { data, model, usage, extra: members.rest() }, problem)
    }
}

fn read_list(list: &[u8], expected: Option<usize>, wanted: Wanted) -> (Vec<Embedding>, Option<Problem>) {
    let (mut data, mut problem, mut length) = (Vec::new(), None, wanted.dimensions);
    let Some(elements) = elements(list) else { return (data, Some(Problem::Shape)) };
    // One embedding too many is enough to see that the number is wrong.
    for element in elements.with_members().take(expected.unwrap_or(MOST).saturating_add(1)) {
        let (embedding, odd) = Embedding::read(element, data.len(), wanted.is_int8);
        // All vectors of a reply must have the same length.
        let odd = odd.or_else(|| {
            let length = *length.get_or_insert(embedding.vector.len());
            (embedding.vector.len() != length).then_some(VectorProblem::Length)
        });
        problem = problem.take().or(odd.map(|odd| Problem::Vector(data.len(), odd)));
        data.push(embedding);
    }
    let problem = match expected {
        Some(expected) if data.len() != expected => Some(Problem::Count(data.len())),
        None if data.len() > MOST => Some(Problem::TooMany(TooLarge { what: Limit::Elements, limit: MOST })),
        _ => problem,
    };
    data.truncate(expected.unwrap_or(MOST));
    (data, problem)
}

/// Returns whether each input has exactly one index: some servers send the index 0 for each.
fn is_numbered(data: &[Embedding]) -> bool {
    let mut seen = vec![false; data.len()];
    data.iter().all(|embedding| {
        let place = usize::try_from(embedding.index).ok().and_then(|index| seen.get_mut(index));
        place.is_some_and(|seen| !std::mem::replace(seen, true))
    })
}

impl Embedding {
    /// Reads the embedding at `place`. If it cannot be read, its vector is empty.
    fn read(element: Element<'_>, place: usize, is_int8: bool) -> (Self, Option<VectorProblem>) {
        let (mut index, mut vector, mut extra) = (place as u64, Vec::new(), Extra::new());
        let (mut encoding, mut odd) = (Encoding::Float, Some(VectorProblem::Absent));
        if let Some(mut members) = element.members {
            index = members.uint("index").unwrap_or(index);
            members.take_with("embedding", |json| {
                let read = vector::read(json, is_int8);
                odd = read.as_ref().err().copied();
                (vector, encoding) = read.ok()?;
                Some(())
            });
            extra = members.rest();
        } else {
            extra.put_raw("embedding".to_owned(), lossy(element.json));
        }
        // No model returns an empty vector.
        let odd = odd.or(vector.is_empty().then_some(VectorProblem::Absent));
        (Embedding { index, vector, extra, encoding }, odd)
    }
}

impl fmt::Debug for Embedding {
    /// Shows only the length of the vector, which may have thousands of numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Embedding");
        f.field("index", &self.index).field("dimensions", &self.vector.len()).field("extra", &self.extra).finish()
    }
}

fields! {
    Usage { prompt_tokens: uint, total_tokens: uint, cost: decimal }
}

received! {
    Embeddings, "embeddings", by read_json;
    Usage, "a usage object";
}

impl Serialize for Embeddings {
    /// Writes the embeddings in the form of a reply, each vector in the encoding in which it came.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("data", &self.data)?;
        object.optional("model", self.model.as_ref())?;
        object.optional("usage", self.usage.as_ref())?;
        object.end()
    }
}

impl Serialize for Embedding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("index", &self.index)?;
        match self.encoding {
            #[cfg(feature = "base64")]
            Encoding::Base64 | Encoding::Int8 => {
                object.field("embedding", &vector::encoded(&self.vector, self.encoding))?;
            }
            _ => object.field("embedding", &self.vector)?,
        }
        object.end()
    }
}
