//! Streamed speech, event by event.
//!
//! ```text
//! event ─┬▶ keep-alive            passed over
//!        ├▶ speech.audio.delta    audio, decoded from base64
//!        ├▶ speech.audio.done     usage; the end
//!        ├▶ an error              an item without audio; then Err
//!        └▶ anything else         an item without audio
//! [DONE] or the end of the body before speech.audio.done ─▶ Err
//! ```

use std::fmt;

use bytes::Bytes;

use super::TokenUsage;
use crate::error::DecodeError;
use crate::json::{self, Kind, Reader, Received, Span};
use crate::observe::Summary;
use crate::reply::{Context, Ended, EventStream, Outcome, Protocol, Reply, Seen, Standing, base64, is_keep_alive};
use crate::{Call, Error};

/// The reply is speech as a stream of events.
///
/// The router's page: [create speech](https://docs.requesty.ai/api-reference/endpoint/audio-speech-create).
#[derive(Clone, Debug, Default)]
pub struct SpeechEvents {
    accepts_unfinished: bool,
}

impl SpeechEvents {
    pub(crate) fn new() -> Self {
        SpeechEvents::default()
    }
}

impl Reply for SpeechEvents {
    type Dialect = EventStream<SpeechReader>;

    fn start(&self, context: Context) -> EventStream<SpeechReader> {
        let accepts_unfinished = self.accepts_unfinished;
        EventStream::new(context, SpeechReader { accepts_unfinished, audio: Vec::new(), spoken: Spoken::default() })
    }
}

impl Call<SpeechEvents> {
    /// Accepts `[DONE]` as a complete end even if no `speech.audio.done` came before it. By default this is an error,
    /// because some servers also end this way when the stream behind them failed; others never send
    /// `speech.audio.done`.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        self.with_reply(SpeechEvents { accepts_unfinished: true })
    }
}

/// Reads speech as a stream of events.
pub struct SpeechReader {
    accepts_unfinished: bool,
    /// The decoded audio of the current event.
    audio: Vec<u8>,
    spoken: Spoken,
}

/// The total of streamed speech.
///
/// The router's page: [create speech](https://docs.requesty.ai/api-reference/endpoint/audio-speech-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spoken {
    /// The number of bytes of audio.
    pub bytes: u64,
    /// The tokens and the cost, which come at the end.
    pub usage: Option<TokenUsage>,
}

/// One event of streamed speech.
///
/// The router's page: [create speech](https://docs.requesty.ai/api-reference/endpoint/audio-speech-create).
pub struct SpeechEvent<'a> {
    raw: &'a [u8],
    audio: &'a [u8],
    mended: bool,
    problem: Option<&'a DecodeError>,
}

impl<'a> SpeechEvent<'a> {
    /// Returns the decoded audio; empty if the event has no audio.
    pub fn audio(&self) -> &'a [u8] {
        self.audio
    }

    /// Returns the data of the event, byte for byte.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Returns whether the data was invalid JSON, and was read after it was [mended](Protocol::MENDS).
    pub fn is_mended(&self) -> bool {
        self.mended
    }

    /// Returns the reason why the event could not be read; `None` if it could. The speech then has a gap, and its total
    /// is an error.
    pub fn problem(&self) -> Option<&'a DecodeError> {
        self.problem
    }
}

impl fmt::Debug for SpeechEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpeechEvent").field("audio_len", &self.audio.len()).field("problem", &self.problem).finish()
    }
}

impl Protocol for SpeechReader {
    type Item<'a> = SpeechEvent<'a>;
    /// The decoded audio; empty if the event has no audio.
    type Owned = Bytes;
    type Total = Spoken;

    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome {
        if is_keep_alive(name, data) {
            return Outcome::Skipped;
        }
        let part = Parts::of(data).and_then(|parts| parts.read(name, data, &mut self.audio));
        if part.is_err() {
            self.audio.clear();
        }
        if let Some(error) = context.error_in(name, data) {
            return Outcome::Last(Err(error));
        }
        match part {
            Ok(Part::Audio) => self.spoken.bytes += self.audio.len() as u64,
            Ok(Part::Done(usage)) => {
                self.spoken.usage = usage.or(self.spoken.usage.take());
                return Outcome::Last(Ok(()));
            }
            Ok(Part::Nothing) => {}
            Err(at) => {
                let problem = base64::failed("an event of speech", at, Bytes::copy_from_slice(data));
                return Outcome::Unreadable(problem.into());
            }
        }
        if self.audio.is_empty() { Outcome::Idle } else { Outcome::Item }
    }

    fn judge(&self, ended: Ended<'_>) -> Result<(), Error> {
        let accepted = self.accepts_unfinished && ended.is_declared() && self.spoken.bytes > 0;
        if accepted { Ok(()) } else { Err(ended.into_error()) }
    }

    fn clear(&mut self) {
        self.audio.clear();
    }

    fn item<'a>(&'a self, seen: Seen<'a>) -> SpeechEvent<'a> {
        let problem = seen.problem().map(|problem| &**problem);
        SpeechEvent { raw: seen.event().data(), audio: &self.audio, mended: seen.is_mended(), problem }
    }

    fn owned(&mut self, _seen: Seen<'_>) -> Bytes {
        Bytes::copy_from_slice(&self.audio)
    }

    fn total(&self, _standing: Standing) -> Spoken {
        self.spoken.clone()
    }

    fn summary(total: &Spoken) -> Summary {
        let usage = total.usage.as_ref();
        Summary {
            input_tokens: usage.and_then(|usage| usage.input_tokens),
            output_tokens: usage.and_then(|usage| usage.output_tokens),
            cost: usage.and_then(|usage| usage.cost),
            ..Summary::default()
        }
    }
}

/// The kind of an event.
enum Part {
    Audio,
    Done(Option<TokenUsage>),
    Nothing,
}

/// The places of the known members in an event.
#[derive(Default)]
struct Parts {
    kind: Option<Span>,
    audio: Option<Span>,
    usage: Option<Span>,
}

impl Parts {
    /// Finds the members of an object without copying them.
    fn of(data: &[u8]) -> Result<Self, Option<usize>> {
        let mut reader = Reader::new(data);
        let mut parts = Parts::default();
        let read = reader.object(|reader, key| {
            let part = match json::to_cow(data, key).as_bytes() {
                b"type" => &mut parts.kind,
                // Other events of this kind use the second name.
                b"audio" | b"delta" => &mut parts.audio,
                b"usage" => &mut parts.usage,
                _ => return reader.skip().map(drop),
            };
            *part = match reader.kind()? {
                Kind::String => Some(reader.string()?),
                kind => Some(reader.skip_of(kind)?).filter(|_| kind == Kind::Object),
            };
            Some(())
        });
        read.and_then(|()| reader.end()).ok_or(Some(reader.pos()))?;
        Ok(parts)
    }

    /// Returns the kind of an event by its type, or else by its name, and appends its audio to `out`.
    fn read(&self, name: &[u8], data: &[u8], out: &mut Vec<u8>) -> Result<Part, Option<usize>> {
        let kind = self.kind.map(|kind| json::to_cow(data, kind));
        match kind.as_ref().map_or(name, |kind| kind.as_bytes()) {
            b"speech.audio.delta" => {
                let audio = self.audio.ok_or(None)?;
                let text = json::to_cow(data, audio);
                let start = audio.start as usize;
                base64::decode(text.as_bytes(), out).map_err(|at| at.map(|at| start + at))?;
                Ok(Part::Audio)
            }
            b"speech.audio.done" => Ok(Part::Done(self.usage.and_then(|usage| TokenUsage::from_json(usage.of(data))))),
            _ => Ok(Part::Nothing),
        }
    }
}

impl fmt::Debug for SpeechReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpeechReader").field("spoken", &self.spoken).finish_non_exhaustive()
    }
}
