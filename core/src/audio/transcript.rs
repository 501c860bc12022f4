//! The transcript of a file.

use super::Usage;
use crate::Extra;
use crate::json::{self, Received};
use crate::reply::Json;

/// The transcript of a file.
///
/// ```
/// use requesty_core::audio::{Transcript, Usage};
///
/// let transcript: Transcript =
///     serde_json::from_str(r#"{"text":"Hello.","usage":{"type":"duration","seconds":2}}"#)?;
/// assert_eq!(transcript.text, "Hello.");
/// assert!(matches!(transcript.usage, Some(Usage::Duration(time)) if time.seconds == Some(2_u64.into())));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create transcription](https://docs.requesty.ai/api-reference/endpoint/audio-transcriptions-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transcript {
    /// The text; empty if nothing was spoken. For the formats `text`, `srt` and `vtt` it is the whole reply.
    pub text: String,
    /// The tokens or the time that was billed.
    pub usage: Option<Usage>,
    /// Members without a field, such as `language` or `segments`.
    pub extra: Extra,
}

impl Json<Transcript> {
    /// For a transcript in a text format. Some servers send JSON nevertheless, which is read too.
    pub(super) fn of_text() -> Self {
        Json::read_by(|_, body| {
            let text = || Transcript { text: String::from_utf8_lossy(&body).into_owned(), ..Transcript::default() };
            Ok(Transcript::from_json(&body).unwrap_or_else(text))
        })
    }
}

json::fields! {
    Transcript { text: string, usage: object_with(Usage::read) }
}

json::received! {
    Transcript, "a transcript";
}
