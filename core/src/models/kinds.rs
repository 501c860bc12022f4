//! The kind of endpoint of a model, and where it runs.

use std::fmt;

use serde::{Serialize, Serializer};

/// The kind of endpoint that serves a model. A kind that this crate does not know is [`Other`](Self::Other).
///
/// The router's page: [list models](https://docs.requesty.ai/api-reference/endpoint/models-list).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiKind {
    /// `chat`: completions.
    Chat,
    /// `embedding`: vectors.
    Embedding,
    /// `image`: images.
    Image,
    /// `speech`: text to audio.
    Speech,
    /// `transcription`: audio to text.
    Transcription,
    /// Any other kind.
    Other(Box<str>),
}

impl ApiKind {
    /// Returns the kind as it is spelled on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            ApiKind::Chat => "chat",
            ApiKind::Embedding => "embedding",
            ApiKind::Image => "image",
            ApiKind::Speech => "speech",
            ApiKind::Transcription => "transcription",
            ApiKind::Other(kind) => kind,
        }
    }
}

impl From<&str> for ApiKind {
    fn from(kind: &str) -> Self {
        match kind {
            "chat" => ApiKind::Chat,
            "embedding" => ApiKind::Embedding,
            "image" => ApiKind::Image,
            "speech" => ApiKind::Speech,
            "transcription" => ApiKind::Transcription,
            other => ApiKind::Other(other.into()),
        }
    }
}

impl fmt::Display for ApiKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ApiKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Where a model runs. A place that this crate does not know is [`Other`](Self::Other).
///
/// The router's page: [EU routing](https://docs.requesty.ai/features/eu-routing).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Geolocation {
    /// `global`: anywhere in the world.
    Global,
    /// `eu`: the European Union.
    Eu,
    /// `us`: the United States.
    Us,
    /// `sg`: Singapore.
    Sg,
    /// Any other place.
    Other(Box<str>),
}

impl Geolocation {
    /// Returns the place as it is spelled on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Geolocation::Global => "global",
            Geolocation::Eu => "eu",
            Geolocation::Us => "us",
            Geolocation::Sg => "sg",
            Geolocation::Other(place) => place,
        }
    }
}

impl From<&str> for Geolocation {
    fn from(place: &str) -> Self {
        match place {
            "global" => Geolocation::Global,
            "eu" => Geolocation::Eu,
            "us" => Geolocation::Us,
            "sg" => Geolocation::Sg,
            other => Geolocation::Other(other.into()),
        }
    }
}

impl fmt::Display for Geolocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Geolocation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
