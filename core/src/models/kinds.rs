//! The kind of endpoint of a model, and where it runs.

use crate::json::names;

names! {
    /// The kind of endpoint that serves a model. A kind that this crate does not know is [`Other`](Self::Other).
    ///
    /// The router's page: [list models](https://docs.requesty.ai/api-reference/endpoint/models-list).
    pub enum ApiKind {
        /// `chat`: completions.
        Chat = "chat",
        /// `embedding`: vectors.
        Embedding = "embedding",
        /// `image`: images.
        Image = "image",
        /// `speech`: text to audio.
        Speech = "speech",
        /// `transcription`: audio to text.
        Transcription = "transcription",
        _ => Other: "Any other kind.",
    }

    /// Where a model runs. A place that this crate does not know is [`Other`](Self::Other).
    ///
    /// The router's page: [EU routing](https://docs.requesty.ai/features/eu-routing).
    pub enum Geolocation {
        /// `global`: anywhere in the world.
        Global = "global",
        /// `eu`: the European Union.
        Eu = "eu",
        /// `us`: the United States.
        Us = "us",
        /// `sg`: Singapore.
        Sg = "sg",
        _ => Other: "Any other place.",
    }
}
