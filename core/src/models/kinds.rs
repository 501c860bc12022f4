//! The kind of endpoint of a model, and where it runs.

use crate::json::names;

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

names!(ApiKind {
    Chat = "chat",
    Embedding = "embedding",
    Image = "image",
    Speech = "speech",
    Transcription = "transcription",
});

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

names!(Geolocation {
    Global = "global",
    Eu = "eu",
    Us = "us",
    Sg = "sg",
});
