//! The list of models.

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::{Model, Selection};
use crate::Extra;
use crate::json::{self, Kind, List, Members, ObjectWriter, RawText};

/// A list of models. The router sends it in a different order each time.
///
/// ```
/// use requesty_core::models::{Capability, Models};
///
/// let mut models: Models = serde_json::from_str(
///     r#"{"object":"list","data":[
///         {"id":"b/large","context_window":1000000,"supports_vision":true,"input_price":0.000003,"output_price":0.000015},
///         {"id":"a/small","context_window":128000,"supports_vision":true,"input_price":1e-7,"output_price":4e-7}
///     ]}"#,
/// )?;
/// models.sort_by_id();
/// assert_eq!(models.data[0].id, "a/small");
///
/// let seeing = models.select().supporting(Capability::Vision);
/// assert_eq!(seeing.cheapest(10_000, 1_000).unwrap().id, "a/small");
/// assert_eq!(seeing.min_context(200_000).cheapest(10_000, 1_000).unwrap().id, "b/large");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [list models](https://docs.requesty.ai/api-reference/endpoint/models-list).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Models {
    /// The models, in the order in which they came.
    pub data: Vec<Model>,
    /// The JSON text of each entry that is not a model or has no id. Such an entry does not affect the others.
    pub unread: Vec<Box<str>>,
    /// Members without a field.
    pub extra: Extra,
}

impl Models {
    /// Reads the list, with or without the object around it.
    pub(crate) fn read_json(json: &[u8]) -> Option<Self> {
        let mut models = Models::default();
        if json::kind(json)? == Kind::Array {
            models.take(json)?;
            return Some(models);
        }
        let mut members = Members::read(json).ok()?;
        let data = members.raw_or_null("data")?;
        if !json::is_null(data) {
            models.take(data)?;
        }
        models.extra = members.rest();
        Some(models)
    }

    fn take(&mut self, list: &[u8]) -> Option<()> {
        for entry in json::elements(list)?.with_members() {
            match entry.members.and_then(Model::read) {
                Some(model) => self.data.push(model),
                None => self.unread.push(json::lossy(entry.json).into()),
            }
        }
        Some(())
    }

    /// Returns the model with this id; `None` if the list does not have it.
    pub fn get(&self, id: &str) -> Option<&Model> {
        self.data.iter().find(|model| model.id == id)
    }

    /// Returns the models in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Model> {
        self.data.iter()
    }

    /// Returns the number of models.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Returns whether there are no models.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Returns a selection of all models, which can be narrowed down.
    pub fn select(&self) -> Selection<'_> {
        self.iter().collect()
    }

    /// Sorts by id, which gives the same order each time.
    pub fn sort_by_id(&mut self) {
        self.data.sort_by(|a, b| a.id.cmp(&b.id));
    }

    /// Sorts by the price of a prompt and an answer with so many tokens, then by id. Models without a known price come
    /// last.
    pub fn sort_by_cost(&mut self, input_tokens: u64, output_tokens: u64) {
        self.data.sort_by_cached_key(|model| {
            let cost = model.cost(input_tokens, output_tokens);
            (cost.is_none(), cost, model.id.clone())
        });
    }
}

impl IntoIterator for Models {
    type Item = Model;
    type IntoIter = std::vec::IntoIter<Model>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.into_iter()
    }
}

impl<'a> IntoIterator for &'a Models {
    type Item = &'a Model;
    type IntoIter = std::slice::Iter<'a, Model>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Models {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("data", &Entries(self))?;
        object.end()
    }
}

/// The models, and the entries that are not models.
struct Entries<'a>(&'a Models);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Models { data, unread, .. } = self.0;
        let mut list = serializer.serialize_seq(Some(data.len() + unread.len()))?;
        for model in data {
            list.serialize_element(model)?;
        }
        for entry in unread {
            list.serialize_element(&RawText(entry))?;
        }
        list.end()
    }
}

json::received! {
    Models, "a list of models", by read_json, lists [List::with("data", &[List::of("pricing")])];
}
