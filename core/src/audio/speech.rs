//! A text to speak.

use serde::{Serialize, Serializer};

use crate::BuildError;
use crate::json::{Number, ObjectWriter};
use crate::request::{Additions, fail};

/// A text to speak. Fields that are not set are left out of the request.
///
/// ```
/// use requesty_core::audio::Speech;
///
/// let speech = Speech::new("openai/gpt-4o-mini-tts", "coral", "The train leaves at noon.").response_format("wav");
/// assert_eq!(
///     serde_json::to_string(&speech)?,
///     concat!(
///         r#"{"model":"openai/gpt-4o-mini-tts","input":"The train leaves at noon.","voice":"coral","#,
///         r#""response_format":"wav"}"#,
///     ),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create speech](https://docs.requesty.ai/api-reference/endpoint/audio-speech-create).
#[derive(Clone, Debug)]
pub struct Speech<'a> {
    pub(super) model: String,
    input: &'a str,
    voice: String,
    instructions: Option<String>,
    response_format: Option<String>,
    speed: Option<f64>,
    /// The value of `stream_format`, which the kind of call sets.
    stream_format: Option<&'static str>,
    extra: Additions,
}

impl<'a> Speech<'a> {
    /// Creates a request with a model, a voice and a text, which is borrowed.
    ///
    /// The router's documentation lists the voices `alloy`, `ash`, `ballad`, `coral`, `echo`, `fable`, `onyx`, `nova`,
    /// `sage`, `shimmer` and `verse`.
    pub fn new(model: impl Into<String>, voice: impl Into<String>, input: &'a str) -> Self {
        Speech {
            model: model.into(),
            input,
            voice: voice.into(),
            instructions: None,
            response_format: None,
            speed: None,
            stream_format: None,
            extra: Additions::default(),
        }
    }

    /// Sets how the text should be spoken, described in words. Some models ignore it.
    #[must_use]
    pub fn instructions(mut self, instructions: impl Into<String>) -> Self {
        self.instructions = Some(instructions.into());
        self
    }

    /// Sets the format of the audio: `mp3` (the default), `opus`, `aac`, `flac`, `wav` or `pcm`.
    #[must_use]
    pub fn response_format(mut self, response_format: impl Into<String>) -> Self {
        self.response_format = Some(response_format.into());
        self
    }

    /// Sets the speed as a factor; 1 is normal speed.
    ///
    /// A number that is not finite is an error when the request is built.
    #[must_use]
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = Some(speed);
        self
    }

    /// Sets any other member of the request. It replaces a field of the same name.
    ///
    /// A value that cannot be written as JSON is an error when the request is built. The key `stream_format` is an
    /// error too, because the kind of call sets it.
    #[must_use]
    pub fn extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Self {
        self.extra.set(key, value);
        self
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.extra.check()?;
        let empty = |text: &str| text.trim().is_empty();
        let problem = if empty(&self.model) {
            "the model is named by an empty text: name one, such as openai/gpt-4o-mini-tts"
        } else if empty(&self.voice) {
            "the voice is named by an empty text: name one, such as alloy"
        } else if empty(self.input) {
            "the text to speak is empty"
        } else if self.speed.is_some_and(|speed| !speed.is_finite()) {
            "`speed` is not a finite number"
        } else if self.extra.contains("stream_format") {
            "`stream_format` is set by the kind of call: use Router::speech_stream for events"
        } else {
            return Ok(());
        };
        fail(problem)
    }

    /// Returns the same request with `"stream_format":"sse"`.
    #[cfg(feature = "base64")]
    pub(super) fn streamed(&self) -> Self {
        Speech { stream_format: Some("sse"), ..self.clone() }
    }
}

impl Serialize for Speech<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("model", &self.model)?;
        object.field("input", self.input)?;
        object.field("voice", &self.voice)?;
        object.optional("instructions", self.instructions.as_ref())?;
        object.optional("response_format", self.response_format.as_ref())?;
        object.optional("speed", self.speed.map(Number).as_ref())?;
        object.optional("stream_format", self.stream_format.as_ref())?;
        object.end()
    }
}
