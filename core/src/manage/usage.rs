//! Usage, period by period.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::json::{ANY, List, Members, ObjectWriter, received};
use crate::{Decimal, Extra};

/// Usage, period by period.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsageReport {
    /// The periods, in the order in which they came.
    pub periods: Vec<Period>,
    /// Members without a field.
    pub extra: Extra,
}

impl UsageReport {
    fn read(mut members: Members<'_>) -> Option<Self> {
        let there = members.has("usage");
        let mut periods = Vec::new();
        members.take_with("usage", |usage| {
            let usage = Members::read(usage).ok()?.rest();
            periods.extend(usage.iter().filter_map(|(start, period)| Period::read(start, period.as_bytes())));
            // A period that cannot be read stays among the members, together with the others.
            (periods.len() == usage.len()).then_some(())
        });
        let unreadable = periods.is_empty() && members.has("usage");
        (there && !unreadable).then(|| UsageReport { periods, extra: members.rest() })
    }

    /// Returns the exact usage of all periods together.
    ///
    /// A counter that no period reports is `None`; so is an amount with more than 38 digits, and any other counter
    /// beyond 64 bits.
    pub fn total(&self) -> Counters {
        let counters = self.periods.iter().map(|period| &period.counters);
        let count = |of: fn(&Counters) -> Option<u64>| sum(counters.clone().filter_map(of), u64::checked_add);
        Counters {
            completions_requests: count(|counters| counters.completions_requests),
            embedding_requests: count(|counters| counters.embedding_requests),
            image_requests: count(|counters| counters.image_requests),
            speech_requests: count(|counters| counters.speech_requests),
            transcription_requests: count(|counters| counters.transcription_requests),
            total_requests: count(|counters| counters.total_requests),
            spend: sum(counters.clone().filter_map(|counters| counters.spend), Decimal::checked_add),
            input_tokens: count(|counters| counters.input_tokens),
            output_tokens: count(|counters| counters.output_tokens),
            total_tokens: count(|counters| counters.total_tokens),
        }
    }
}

impl Serialize for UsageReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("usage", &Periods(&self.periods))?;
        object.end()
    }
}

/// The usage of one period.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Period {
    /// The start of the period, as it came: an instant, or a day.
    pub start: String,
    /// The usage of the whole period.
    pub counters: Counters,
    /// The same usage, split by the dimensions of the query (`grouped_data`).
    pub groups: Vec<GroupedUsage>,
    /// Members without a field.
    pub extra: Extra,
}

impl Period {
    fn read(start: &str, json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        let counters = Counters::take(&mut members);
        let groups = members.objects("grouped_data", GroupedUsage::read);
        Some(Period { start: start.to_owned(), counters, groups, extra: members.rest() })
    }
}

impl Serialize for Period {
    /// Writes the members. The start is the key of the period, and not a member.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        self.counters.write(&mut object)?;
        object.optional("grouped_data", (!self.groups.is_empty()).then_some(&self.groups))?;
        object.end()
    }
}

/// The usage of one group of a period.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupedUsage {
    /// The group: each dimension of the query with its value, which may be any JSON (`group_by_values`).
    pub values: Extra,
    /// The usage of the group.
    pub counters: Counters,
    /// Members without a field.
    pub extra: Extra,
}

impl GroupedUsage {
    fn read(mut members: Members<'_>) -> Option<Self> {
        let values = members.object("group_by_values").map(Members::rest).unwrap_or_default();
        let counters = Counters::take(&mut members);
        Some(GroupedUsage { values, counters, extra: members.rest() })
    }
}

impl Serialize for GroupedUsage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("group_by_values", (!self.values.is_empty()).then_some(&self.values))?;
        self.counters.write(&mut object)?;
        object.end()
    }
}

/// Requests, tokens and money. A counter that is `None` was not reported, which is not zero.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Requests for completions.
    pub completions_requests: Option<u64>,
    /// Requests for embeddings.
    pub embedding_requests: Option<u64>,
    /// Requests for images.
    pub image_requests: Option<u64>,
    /// Requests for speech.
    pub speech_requests: Option<u64>,
    /// Requests for transcriptions.
    pub transcription_requests: Option<u64>,
    /// All requests.
    pub total_requests: Option<u64>,
    /// The cost, in US dollars.
    pub spend: Option<Decimal>,
    /// Tokens of prompts.
    pub input_tokens: Option<u64>,
    /// Tokens of answers.
    pub output_tokens: Option<u64>,
    /// All tokens.
    pub total_tokens: Option<u64>,
}

impl Counters {
    fn take(members: &mut Members<'_>) -> Self {
        Counters {
            completions_requests: members.uint("completions_requests"),
            embedding_requests: members.uint("embedding_requests"),
            image_requests: members.uint("image_requests"),
            speech_requests: members.uint("speech_requests"),
            transcription_requests: members.uint("transcription_requests"),
            total_requests: members.uint("total_requests"),
            spend: members.decimal("spend"),
            input_tokens: members.uint("input_tokens"),
            output_tokens: members.uint("output_tokens"),
            total_tokens: members.uint("total_tokens"),
        }
    }

    fn write<M: SerializeMap>(&self, object: &mut ObjectWriter<'_, M>) -> Result<(), M::Error> {
        object.optional("completions_requests", self.completions_requests.as_ref())?;
        object.optional("embedding_requests", self.embedding_requests.as_ref())?;
        object.optional("image_requests", self.image_requests.as_ref())?;
        object.optional("speech_requests", self.speech_requests.as_ref())?;
        object.optional("transcription_requests", self.transcription_requests.as_ref())?;
        object.optional("total_requests", self.total_requests.as_ref())?;
        object.optional("spend", self.spend.map(Decimal::as_string).as_ref())?;
        object.optional("input_tokens", self.input_tokens.as_ref())?;
        object.optional("output_tokens", self.output_tokens.as_ref())?;
        object.optional("total_tokens", self.total_tokens.as_ref())
    }
}

received! {
    UsageReport, "a usage report", lists [List::with("usage", &[List::with(ANY, &[List::of("grouped_data")])])];
    GroupedUsage, "usage of one kind";
}

/// Adds up the values; `None` if there are none, or if the sum does not fit.
fn sum<T>(mut values: impl Iterator<Item = T>, add: fn(T, T) -> Option<T>) -> Option<T> {
    let first = values.next()?;
    values.try_fold(first, add)
}

/// Writes periods with their starts as keys, as on the wire.
struct Periods<'a>(&'a [Period]);

impl Serialize for Periods<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|period| (&period.start, period)))
    }
}
