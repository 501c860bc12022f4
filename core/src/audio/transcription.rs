//! A file to transcribe.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use serde::{Serialize, Serializer};

use crate::BuildError;
use crate::json::{Number, ObjectWriter};
use crate::request::{Additions, Form, fail};

/// A file of speech to transcribe. Fields that are not set are left out of the request.
///
/// ```
/// use requesty_core::audio::Transcription;
/// use requesty_core::{ApiKey, Router};
///
/// let file = b"RIFF....WAVE";
/// let transcription = Transcription::new("openai/whisper-1", "note.wav", file).language("en");
/// let call = Router::new(ApiKey::new("rqsty-sk-example")?).transcribe(&transcription)?;
/// assert_eq!(call.request().uri().path(), "/v1/audio/transcriptions");
/// # Ok::<(), requesty_core::Error>(())
/// ```
///
/// The router's page: [create transcription](https://docs.requesty.ai/api-reference/endpoint/audio-transcriptions-create).
#[derive(Clone)]
pub struct Transcription<'a> {
    pub(super) model: String,
    filename: String,
    media_type: Option<String>,
    file: &'a [u8],
    language: Option<String>,
    prompt: Option<String>,
    temperature: Option<f64>,
    response_format: Option<String>,
    timestamp_granularities: Vec<String>,
    extra: Additions,
}

impl<'a> Transcription<'a> {
    /// Creates a request with a model, the name of a file, and its bytes, which are borrowed.
    ///
    /// The router's documentation lists the file types flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav and webm. Providers
    /// recognise the type by the end of the name.
    pub fn new(model: impl Into<String>, filename: impl Into<String>, file: &'a [u8]) -> Self {
        Transcription {
            model: model.into(),
            filename: filename.into(),
            media_type: None,
            file,
            language: None,
            prompt: None,
            temperature: None,
            response_format: None,
            timestamp_granularities: Vec::new(),
            extra: Additions::default(),
        }
    }

    /// Sets the media type of the file. The default follows from the file name.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// Sets the language of the speech, by its code of two letters.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Sets a text with words that may occur in the speech. The router's documentation does not mention this field.
    #[must_use]
    pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// Sets the sampling temperature. The router's documentation does not mention this field.
    ///
    /// A number that is not finite is an error when the request is built.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Sets the format of the reply: `json` (the default), `text`, `srt`, `verbose_json` or `vtt`. A reply in `text`,
    /// `srt` or `vtt` becomes the [`text`](super::Transcript::text) of the transcript. The router's documentation does
    /// not mention this field.
    #[must_use]
    pub fn response_format(mut self, response_format: impl Into<String>) -> Self {
        self.response_format = Some(response_format.into());
        self
    }

    /// Sets the times that `verbose_json` contains: `word`, `segment` or both. The router's documentation does not
    /// mention this field.
    #[must_use]
    pub fn timestamp_granularities<T: Into<String>>(mut self, granularities: impl IntoIterator<Item = T>) -> Self {
        self.timestamp_granularities = granularities.into_iter().map(Into::into).collect();
        self
    }

    /// Sets any other field of the form. A string is sent as its text, an array as one field per element, any other
    /// value as its JSON.
    ///
    /// A value that cannot be written as JSON is an error when the request is built.
    #[must_use]
    pub fn extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Self {
        self.extra.set(key, value);
        self
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.extra.check()?;
        let problem = if self.model.trim().is_empty() {
            "the model is named by an empty text: name one, such as openai/whisper-1"
        } else if self.filename.is_empty() {
            "the name of the file is empty: providers tell the kind of file by it"
        } else if self.file.is_empty() {
            "the file is empty: give its bytes"
        } else if self.file.len() > MAX_FILE_BYTES {
            "the file is larger than 32 MB: the router takes no more, cut it into parts"
        } else if self.temperature.is_some_and(|temperature| !temperature.is_finite()) {
            "`temperature` is not a finite number"
        } else {
            return Ok(());
        };
        fail(problem)
    }

    /// Returns whether the reply will be a text instead of JSON.
    pub(super) fn expects_text(&self) -> bool {
        let other = self.extra.get_as::<String>("response_format");
        let format = other.as_deref().or(self.response_format.as_deref());
        format.is_some_and(|format| !format.to_ascii_lowercase().contains("json"))
    }

    pub(super) fn form(&self) -> Result<(Bytes, HeaderValue), BuildError> {
        let mut form = Form::default();
        form.members(&Fields(self))?;
        // The fields come first, so that a server can read them before it streams the file.
        let media = self.media_type.as_deref().unwrap_or_else(|| media_type_of(&self.filename));
        form.file("file", &self.filename, media, self.file);
        Ok(form.write())
    }
}

impl fmt::Debug for Transcription<'_> {
    /// Shows the size of the file, and not its content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transcription")
            .field("model", &self.model)
            .field("file_len", &self.file.len())
            .finish_non_exhaustive()
    }
}

/// The fields of the form except the file.
struct Fields<'a>(&'a Transcription<'a>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Fields(transcription) = self;
        let mut object = ObjectWriter::new(serializer, &transcription.extra)?;
        object.field("model", &transcription.model)?;
        object.optional("language", transcription.language.as_ref())?;
        object.optional("prompt", transcription.prompt.as_ref())?;
        object.optional("temperature", transcription.temperature.map(Number).as_ref())?;
        object.optional("response_format", transcription.response_format.as_ref())?;
        if !transcription.timestamp_granularities.is_empty() {
            object.field("timestamp_granularities[]", &transcription.timestamp_granularities)?;
        }
        object.end()
    }
}

/// Returns the media type of a file by the end of its name.
fn media_type_of(filename: &str) -> &'static str {
    let ending = filename.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "flac" => "audio/flac",
        "mp3" | "mpeg" | "mpga" => "audio/mpeg",
        "mp4" | "m4a" => "audio/mp4",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "webm" => "audio/webm",
        _ => "application/octet-stream",
    }
}

/// The largest file that is sent: 32 MiB. The router's documentation gives 32 MB as the limit.
pub const MAX_FILE_BYTES: usize = 32 << 20;
