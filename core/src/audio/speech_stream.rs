//! Speech, event by event.
//!
//! ```text
//! event ─┬▶ keep-alive, [DONE]    passed over
//!        ├▶ speech.audio.delta    audio, decoded from base64
//!        ├▶ speech.audio.done     usage; the end
//!        ├▶ an error              an item without audio; then Err
//!        └▶ anything else         an item without audio
//! body ends before speech.audio.done ─▶ Err
//! ```

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::TokenUsage;
use crate::error::DecodeError;
use crate::json::{self, Kind, Reader, Span};
use crate::observe::Summary;
use crate::reply::{Context, Dialect, End, EventSource, Media, Reply, Step, base64, is_done, is_keep_alive};
use crate::sse::Event;
use crate::{Error, Incomplete};

/// The reply is speech, event by event.
#[derive(Clone, Debug, Default)]
pub struct SpeechEvents {}

impl SpeechEvents {
    pub(crate) fn new() -> Self {
        SpeechEvents::default()
    }
}

impl Reply for SpeechEvents {
    type Dialect = SpeechDecoder;

    fn start(&self, context: Context) -> SpeechDecoder {
        SpeechDecoder {
            source: EventSource::new(context, true),
            at: At::Nothing,
            audio: Vec::new(),
            problem: None,
            first_problem: None,
            spoken: Spoken::default(),
            done: false,
            over: None,
        }
    }
}

/// Reads speech, event by event.
pub struct SpeechDecoder {
    source: EventSource,
    at: At,
    /// The audio of the current event.
    audio: Vec<u8>,
    /// Why the current event could not be read.
    problem: Option<Arc<DecodeError>>,
    first_problem: Option<Arc<DecodeError>>,
    spoken: Spoken,
    /// `speech.audio.done` came.
    done: bool,
    over: Option<Result<(), Error>>,
}

/// Which event is the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Nothing,
    Event,
    /// The last one, whose blank line is missing.
    Unterminated,
}

/// What speech added up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spoken {
    /// How many bytes of audio came.
    pub bytes: u64,
    /// What it took, which is said at the end.
    pub usage: Option<TokenUsage>,
}

/// One event of speech.
pub struct SpeechEvent<'a> {
    raw: &'a [u8],
    audio: &'a [u8],
    problem: Option<&'a DecodeError>,
}

impl<'a> SpeechEvent<'a> {
    /// Returns the audio, decoded; empty where the event carries none.
    pub fn audio(&self) -> &'a [u8] {
        self.audio
    }

    /// Returns the data of the event, byte for byte.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Returns why the event could not be read. The speech has a hole then, and its total is an error.
    pub fn problem(&self) -> Option<&'a DecodeError> {
        self.problem
    }
}

impl fmt::Debug for SpeechEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpeechEvent").field("audio_len", &self.audio.len()).field("problem", &self.problem).finish()
    }
}

impl Dialect for SpeechDecoder {
    type Item<'a> = SpeechEvent<'a>;
    /// The audio; empty where the event carries none.
    type Owned = Bytes;
    type Total = Spoken;
    type Partial = Spoken;
    const MEDIA: Media = Media::Events;

    fn room(&mut self) -> &mut [u8] {
        self.source.decoder.room()
    }

    fn commit(&mut self, n: usize) {
        self.source.decoder.commit(n);
    }

    fn push(&mut self, bytes: &[u8]) {
        self.source.decoder.push(bytes);
    }

    fn whole(&mut self, _body: Bytes) -> Result<(), Error> {
        Err(self.source.not_events())
    }

    fn end(&mut self, how: End) {
        self.source.end(how);
    }

    fn advance(&mut self) -> Result<Step, Error> {
        self.audio.clear();
        self.problem = None;
        while self.over.is_none() {
            if self.done {
                self.over = Some(Ok(()));
                break;
            }
            match self.source.advance() {
                Ok(Step::Ready) => self.at = At::Event,
                Ok(Step::NeedBytes) => return Ok(Step::NeedBytes),
                Ok(Step::Done) if self.at != At::Unterminated && self.unterminated_is_whole() => {
                    self.at = At::Unterminated;
                }
                Ok(Step::Done) => self.over = Some(Err(End::Clean.into_error())),
                Err(error) => self.over = Some(Err(error)),
            }
            if self.over.is_none() && self.take() {
                return Ok(Step::Ready);
            }
        }
        self.at = At::Nothing;
        self.over.clone().unwrap_or(Ok(())).map(|()| Step::Done)
    }

    fn item(&self) -> SpeechEvent<'_> {
        SpeechEvent { raw: self.data(), audio: &self.audio, problem: self.problem.as_deref() }
    }

    fn owned(&mut self) -> Bytes {
        Bytes::copy_from_slice(&self.audio)
    }

    fn summary(&self) -> Summary {
        let usage = self.spoken.usage.as_ref();
        Summary {
            input_tokens: usage.and_then(|usage| usage.input_tokens),
            output_tokens: usage.and_then(|usage| usage.output_tokens),
            cost: usage.and_then(|usage| usage.cost),
            ..Summary::default()
        }
    }

    fn partial(self, error: Error) -> Incomplete<Spoken> {
        Incomplete::new(self.spoken, error)
    }

    fn total(self) -> Result<Spoken, Incomplete<Spoken>> {
        match (self.over.unwrap_or_else(|| Err(End::Clean.into_error())), self.first_problem) {
            (Ok(()), None) => Ok(self.spoken),
            (Ok(()), Some(problem)) => Err(Incomplete::new(self.spoken, Error::Decode(problem))),
            (Err(error), _) => Err(Incomplete::new(self.spoken, error)),
        }
    }
}

impl SpeechDecoder {
    fn event(&self) -> Option<Event<'_>> {
        match self.at {
            At::Nothing => None,
            At::Event => Some(self.source.decoder.event()),
            At::Unterminated => self.source.decoder.unterminated(),
        }
    }

    fn data(&self) -> &[u8] {
        self.event().map_or(&[], |event| event.data())
    }

    fn name(&self) -> &[u8] {
        self.event().map_or(&[], |event| event.raw_name())
    }

    /// Returns whether the last event lacks nothing but its blank line.
    fn unterminated_is_whole(&self) -> bool {
        self.source.decoder.unterminated().is_some_and(|event| Parts::of(event.data()).is_ok())
    }

    /// Takes the current event; returns whether it is an item.
    fn take(&mut self) -> bool {
        let data = self.data();
        if is_done(data) || is_keep_alive(data) {
            return false;
        }
        let mut audio = std::mem::take(&mut self.audio);
        let name = self.name();
        let taken = Parts::of(self.data()).and_then(|parts| parts.read(name, self.data(), &mut audio));
        self.audio = audio;
        match taken {
            Ok(Taken::Audio) => self.spoken.bytes += self.audio.len() as u64,
            Ok(Taken::Done(usage)) => {
                self.done = true;
                self.spoken.usage = usage.or(self.spoken.usage.take());
            }
            Ok(Taken::Nothing) => {}
            Err(at) => {
                self.audio.clear();
                let body = Bytes::copy_from_slice(self.data());
                let problem = Arc::new(base64::failed("an event of speech", at, body));
                self.first_problem.get_or_insert_with(|| problem.clone());
                self.problem = Some(problem);
            }
        }
        true
    }
}

/// What an event is.
enum Taken {
    Audio,
    Done(Option<TokenUsage>),
    Nothing,
}

/// Where in an event is what is looked for.
#[derive(Default)]
struct Parts {
    kind: Option<Span>,
    audio: Option<Span>,
    usage: Option<Span>,
}

impl Parts {
    /// Finds the parts of an object without keeping any of it.
    fn of(data: &[u8]) -> Result<Self, Option<usize>> {
        let mut reader = Reader::new(data);
        let mut parts = Parts::default();
        let read = reader.object(|reader, key| {
            let part = match key.of(data) {
                b"type" => &mut parts.kind,
                // The second name is that of other events of this kind.
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

    /// Reads what they say of an event that has a type, or else of that name; audio is appended to `out`.
    fn read(&self, name: &[u8], data: &[u8], out: &mut Vec<u8>) -> Result<Taken, Option<usize>> {
        match self.kind.map_or(name, |kind| kind.of(data)) {
            b"speech.audio.delta" => {
                let audio = self.audio.ok_or(None)?;
                let text = json::to_cow(data, audio);
                let start = audio.start as usize;
                base64::decode(text.as_bytes(), out).map_err(|at| at.map(|at| start + at))?;
                Ok(Taken::Audio)
            }
            b"speech.audio.done" => Ok(Taken::Done(self.usage.and_then(|usage| TokenUsage::read(usage.of(data))))),
            _ => Ok(Taken::Nothing),
        }
    }
}

impl fmt::Debug for SpeechDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpeechDecoder")
            .field("spoken", &self.spoken)
            .field("done", &self.done)
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}
