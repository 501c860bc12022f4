//! What was said.

use serde::{Serialize, Serializer};

use super::Usage;
use crate::Extra;
use crate::json::{self, Members, ObjectWriter};
use crate::reply::Json;

/// What was said in a file.
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transcript {
    /// The text; empty where nothing was said. Where `text`, `srt` or `vtt` was asked for, all that came.
    pub text: String,
    /// What it took.
    pub usage: Option<Usage>,
    /// Further members, such as `language` or `segments`.
    pub extra: Extra,
}

impl Transcript {
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        let text = members.string("text")?;
        Some(Transcript { text, usage: members.take_with("usage", Usage::read), extra: members.rest() })
    }
}

impl Json<Transcript> {
    /// For a transcript that is to come as a text. Servers that know JSON only send that all the same.
    pub(super) fn of_text() -> Self {
        Json::read_by(|_, body| {
            let text = || Transcript { text: String::from_utf8_lossy(&body).into_owned(), ..Transcript::default() };
            Ok(Transcript::read(&body).unwrap_or_else(text))
        })
    }
}

impl Serialize for Transcript {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("text", &self.text)?;
        object.optional("usage", self.usage.as_ref())?;
        object.end()
    }
}

json::received! {
    Transcript, "a transcript";
}
