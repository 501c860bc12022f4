//! Speech and transcriptions.
//!
//! ```text
//! Speech ─┬─ Router::speech ────────▶ RawBody, as they come
//!         └─ Router::speech_stream ─▶ SpeechEvents ─▶ SpeechEvent: a piece of audio, decoded
//! Transcription ─ Router::transcribe ─▶ Transcript: the text
//! ```

mod speech;
#[cfg(feature = "base64")]
mod speech_stream;
mod transcript;
mod transcription;
mod usage;

use http::Method;

use crate::reply::{Json, RawBody};
use crate::{Call, Error, Host, Router, request};

pub use speech::Speech;
#[cfg(feature = "base64")]
pub use speech_stream::{SpeechEvent, SpeechEvents, SpeechReader, Spoken};
pub use transcript::Transcript;
pub use transcription::{MAX_FILE_BYTES, Transcription};
pub use usage::{DurationUsage, TokenUsage, Usage};

impl Router {
    /// Creates a call that speaks a text and hands out the bytes of the audio as they come: `POST /v1/audio/speech`.
    /// The total is the number of bytes. A body without a byte is an [`Error::Truncated`].
    ///
    /// # Errors
    /// [`Error::Build`] if the model, the voice or the text is empty, or if a value cannot be written as JSON.
    #[doc(alias("tts", "text to speech"))]
    pub fn speech(&self, speech: &Speech<'_>) -> Result<Call<RawBody>, Error> {
        speech.check()?;
        let path = ["v1", "audio", "speech"];
        let call =
            self.endpoint(Host::Inference, Method::POST, &path, request::json(speech)?, RawBody::never_empty())?;
        Ok(call.with_model(Some(&speech.model)))
    }

    /// Creates a call that speaks a text and hands out the audio event by event, with its usage at the end: `POST
    /// /v1/audio/speech` with `"stream_format":"sse"`. Not all models support it.
    ///
    /// # Errors
    /// As [`speech`](Self::speech).
    #[cfg(feature = "base64")]
    pub fn speech_stream(&self, speech: &Speech<'_>) -> Result<Call<SpeechEvents>, Error> {
        speech.check()?;
        let path = ["v1", "audio", "speech"];
        let body = request::json(&speech.streamed())?;
        let call = self.endpoint(Host::Inference, Method::POST, &path, body, SpeechEvents::new())?;
        Ok(call.with_model(Some(&speech.model)))
    }

    /// Creates a call that transcribes the speech in a file: `POST /v1/audio/transcriptions`.
    ///
    /// The file is copied once, into the request body, which all attempts share.
    ///
    /// # Errors
    /// [`Error::Build`] if the file is empty or larger than [`MAX_FILE_BYTES`], if its name or the model is empty, or
    /// if a value cannot be written as JSON.
    #[doc(alias("whisper", "speech to text", "stt"))]
    pub fn transcribe(&self, transcription: &Transcription<'_>) -> Result<Call<Json<Transcript>>, Error> {
        transcription.check()?;
        let (body, media) = transcription.form()?;
        let path = ["v1", "audio", "transcriptions"];
        let reply = if transcription.expects_text() { Json::of_text() } else { Json::received() };
        let call = self.endpoint(Host::Inference, Method::POST, &path, body, reply)?;
        Ok(call.with_content_type(media).with_model(Some(&transcription.model)))
    }
}
