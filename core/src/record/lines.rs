//! Recordings as JSON lines.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Piece, RecordedEnd, Recording};
use crate::limits::{Phase, Timeout};

/// The version of the form.
const VERSION: u32 = 1;

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = HeadLine {
            recording: VERSION,
            target: self.target.clone(),
            status: self.status,
            headers: self.headers.clone(),
        };
        writeln!(f, "{}", line(&head)?)?;
        for piece in &self.pieces {
            let text = piece.bytes.as_ref().map(|bytes| std::str::from_utf8(bytes).map_err(|_| bytes));
            let (text, hex) = match text {
                None => (None, None),
                Some(Ok(text)) => (Some(text.to_owned()), None),
                Some(Err(bytes)) => (None, Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())),
            };
            let at_us = piece.at.as_micros().try_into().unwrap_or(u64::MAX);
            writeln!(f, "{}", line(&PieceLine { at_us, length: piece.length, text, hex })?)?;
        }
        let Some(end) = self.end else { return Ok(()) };
        let (phase, limit_us) = match end {
            RecordedEnd::TimedOut(timeout) => {
                let name =
                    PHASES.iter().find(|(phase, _)| *phase == timeout.phase()).map(|(_, name)| (*name).to_owned());
                (name, Some(timeout.limit().as_micros().try_into().unwrap_or(u64::MAX)))
            }
            _ => (None, None),
        };
        let end = match end {
            RecordedEnd::Clean => Ending::Clean,
            RecordedEnd::Cut => Ending::Cut,
            RecordedEnd::TimedOut(_) => Ending::TimedOut,
            RecordedEnd::Cancelled => Ending::Cancelled,
        };
        writeln!(f, "{}", line(&EndLine { end, phase, limit_us })?)
    }
}

impl FromStr for Recording {
    type Err = RecordingError;

    /// Reads the lines of one recording; empty lines are passed over.
    ///
    /// # Errors
    /// [`RecordingError`] with the number of the line that is not part of a recording.
    fn from_str(lines: &str) -> Result<Self, RecordingError> {
        let wrong = |number: usize, why: &str| RecordingError { line: number, why: why.to_owned() };
        let mut lines = (1..).zip(lines.lines()).filter(|(_, line)| !line.trim().is_empty());
        let (number, first) = lines.next().ok_or_else(|| wrong(1, "there is no line"))?;
        let head: HeadLine = read(number, first)?;
        if head.recording != VERSION {
            return Err(wrong(number, "the form has another version"));
        }
        let HeadLine { target, status, headers, .. } = head;
        let mut recording = Recording { target, status, headers, pieces: Vec::new(), end: None };
        for (number, line) in lines {
            if recording.end.is_some() {
                return Err(wrong(number, "a line after the end"));
            }
            match read(number, line)? {
                BodyLine::Piece(piece) => recording.pieces.push(piece.piece().map_err(|why| wrong(number, why))?),
                BodyLine::End(end) => recording.end = Some(end.end()),
            }
        }
        Ok(recording)
    }
}

/// The lines are not those of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingError {
    line: usize,
    why: String,
}

impl RecordingError {
    /// Returns the number of the line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} is not part of a recording: {}", self.line, self.why)
    }
}

impl std::error::Error for RecordingError {}

#[derive(Serialize, Deserialize)]
struct HeadLine {
    recording: u32,
    target: String,
    status: u16,
    headers: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum BodyLine {
    Piece(PieceLine),
    End(EndLine),
}

#[derive(Serialize, Deserialize)]
struct PieceLine {
    at_us: u64,
    length: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Where the bytes are not UTF-8, as where a cut goes through a character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct EndLine {
    end: Ending,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phase: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit_us: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ending {
    Clean,
    Cut,
    TimedOut,
    Cancelled,
}

/// The limits that can end a body.
const PHASES: [(Phase, &str); 3] =
    [(Phase::IdleBytes, "idle_bytes"), (Phase::IdleProgress, "idle_progress"), (Phase::Total, "total")];

impl PieceLine {
    fn piece(self) -> Result<Piece, &'static str> {
        let bytes = match (self.text, self.hex) {
            (None, None) => None,
            (Some(text), None) => Some(Bytes::from(text)),
            (None, Some(hex)) => Some(from_hex(&hex).ok_or("its hex is not hex")?),
            (Some(_), Some(_)) => return Err("it has both text and hex"),
        };
        if bytes.as_ref().is_some_and(|bytes| bytes.len() != self.length) {
            return Err("its length is not that of its bytes");
        }
        Ok(Piece { at: Duration::from_micros(self.at_us), length: self.length, bytes })
    }
}

impl EndLine {
    fn end(&self) -> RecordedEnd {
        match self.end {
            Ending::Clean => RecordedEnd::Clean,
            Ending::Cut => RecordedEnd::Cut,
            Ending::Cancelled => RecordedEnd::Cancelled,
            Ending::TimedOut => {
                let phase = PHASES.iter().find(|(_, name)| self.phase.as_deref() == Some(name));
                let limit = Duration::from_micros(self.limit_us.unwrap_or_default());
                RecordedEnd::TimedOut(Timeout::new(phase.map_or(Phase::IdleBytes, |(phase, _)| *phase), limit))
            }
        }
    }
}

fn line(value: &impl Serialize) -> Result<String, fmt::Error> {
    serde_json::to_string(value).map_err(|_| fmt::Error)
}

fn read<'a, T: Deserialize<'a>>(number: usize, line: &'a str) -> Result<T, RecordingError> {
    serde_json::from_str(line).map_err(|error| RecordingError { line: number, why: error.to_string() })
}

fn from_hex(hex: &str) -> Option<Bytes> {
    let byte = |pair: &[u8]| match pair {
        [high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()
        }
        _ => None,
    };
    hex.as_bytes().chunks(2).map(byte).collect()
}
