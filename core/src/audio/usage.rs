//! The tokens or the time that audio requests use.

use serde::{Serialize, Serializer};

use crate::json::{self, Members, ObjectWriter};
use crate::{Decimal, Extra};

/// What an audio request used: tokens or time, depending on the model.
///
/// The router's page: [create transcription](https://docs.requesty.ai/api-reference/endpoint/audio-transcriptions-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Usage {
    /// `tokens`. Also a usage without a kind and without a time.
    Tokens(TokenUsage),
    /// `duration`. Also a usage without a kind, but with a time.
    Duration(DurationUsage),
    /// A usage of another kind, with all its members.
    Other(Extra),
}

impl Usage {
    pub(crate) fn read(mut members: Members<'_>) -> Option<Self> {
        let kind = members.peek("type").and_then(json::string);
        let timed = members.has("seconds");
        if matches!(kind.as_deref(), Some("tokens" | "duration")) {
            members.raw("type");
        }
        Some(match kind.as_deref() {
            Some("tokens") => Usage::Tokens(TokenUsage::of(members)),
            Some("duration") => Usage::Duration(DurationUsage::read(members)?),
            None if timed => Usage::Duration(DurationUsage::read(members)?),
            None => Usage::Tokens(TokenUsage::of(members)),
            Some(_) => Usage::Other(members.rest()),
        })
    }

    /// Returns the price in US dollars; `None` if the reply does not report it. The router's documentation does not
    /// mention it for audio.
    pub fn cost(&self) -> Option<Decimal> {
        match self {
            Usage::Tokens(usage) => usage.cost,
            Usage::Duration(usage) => usage.cost,
            Usage::Other(members) => members.get_as("cost"),
        }
    }
}

impl Serialize for Usage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Usage::Tokens(usage) => {
                let mut object = ObjectWriter::new(serializer, &usage.extra)?;
                object.field("type", "tokens")?;
                usage.write(object)
            }
            Usage::Duration(usage) => usage.serialize(serializer),
            Usage::Other(members) => members.serialize(serializer),
        }
    }
}

/// The tokens of an audio request.
///
/// The router's page: [create transcription](https://docs.requesty.ai/api-reference/endpoint/audio-transcriptions-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenUsage {
    /// Tokens of the request.
    pub input_tokens: Option<u64>,
    /// Tokens of the reply.
    pub output_tokens: Option<u64>,
    /// All tokens.
    pub total_tokens: Option<u64>,
    /// Price in US dollars. The router's documentation does not mention it for audio.
    pub cost: Option<Decimal>,
    /// Members without a field, such as `input_token_details`.
    pub extra: Extra,
}

impl TokenUsage {
    pub(crate) fn read(members: Members<'_>) -> Option<Self> {
        Some(TokenUsage::of(members))
    }

    fn of(mut members: Members<'_>) -> Self {
        TokenUsage {
            input_tokens: members.uint("input_tokens"),
            output_tokens: members.uint("output_tokens"),
            total_tokens: members.uint("total_tokens"),
            cost: members.decimal("cost"),
            extra: members.rest(),
        }
    }

    fn write<M: serde::ser::SerializeMap>(&self, mut object: ObjectWriter<'_, M>) -> Result<M::Ok, M::Error> {
        object.optional("input_tokens", self.input_tokens.as_ref())?;
        object.optional("output_tokens", self.output_tokens.as_ref())?;
        object.optional("total_tokens", self.total_tokens.as_ref())?;
        object.optional("cost", self.cost.as_ref())?;
        object.end()
    }
}

impl Serialize for TokenUsage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write(ObjectWriter::new(serializer, &self.extra)?)
    }
}

/// The time of the audio in a request.
///
/// The router's page: [create transcription](https://docs.requesty.ai/api-reference/endpoint/audio-transcriptions-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DurationUsage {
    /// The length of the audio, in seconds.
    pub seconds: Option<Decimal>,
    /// Price in US dollars. The router's documentation does not mention it for audio.
    pub cost: Option<Decimal>,
    /// Members without a field.
    pub extra: Extra,
}

json::fields! {
    DurationUsage as "duration" { seconds: decimal, cost: decimal }
}

json::received! {
    Usage, "usage of audio";
    TokenUsage, "usage of audio in tokens";
}
