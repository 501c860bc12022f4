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
    /// Speaks a text, and hands the bytes of the audio out as they come: `POST /v1/audio/speech`, documented. The total is
    /// their number. A body without a byte is an [`Error::Truncated`].
    ///
    /// # Errors
    /// [`Error::Build`] where model, voice or text is empty, or something could not be written as JSON.
    #[doc(alias("tts", "text to speech"))]
    pub fn speech(&self, speech: &Speech<'_>) -> Result<Call<RawBody>, Error> {
        speech.check()?;
        let path = ["v1", "audio", "speech"];
        let call =
            self.endpoint(Host::Inference, Method::POST, &path, request::json(speech)?, RawBody::never_empty())?;
        Ok(call.with_model(Some(&speech.model)))
    }

    /// Speaks a text, and hands the audio out event by event, with its usage at the end: `POST /v1/audio/speech` with
    /// `stream_format` as `sse`, documented. Not all models know it.
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

    /// Writes down what is said in a file: `POST /v1/audio/transcriptions`, documented.
    ///
    /// The file is copied once, into the body, which all attempts share.
    ///
    /// # Errors
    /// [`Error::Build`] where the file is empty or larger than [`MAX_FILE_BYTES`], where its name or the model is empty, or
    /// something could not be written as JSON.
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
