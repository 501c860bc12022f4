//! The contents of a recording.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::limits::Timeout;

/// One response, as it came over the network.
///
/// It prints as JSON lines, and is parsed from them: the head, a line for each piece, and the end. The docs of the
/// [module](super) say what is not in it.
///
/// ```text
/// {"recording":1,"target":"https://router.requesty.ai/v1/chat/completions","status":200,"headers":[["content-type","text/event-stream"]]}
/// {"at_us":210342,"length":18,"text":"data: {\"choices\":["}
/// {"at_us":340113,"length":3,"hex":"22c3a4"}
/// {"end":"clean"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recording {
    /// The URL of the request, without its query.
    pub target: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers of the response, in lower case; control characters in the values are escaped.
    pub headers: Vec<(String, String)>,
    /// The body, piece by piece.
    pub pieces: Vec<Piece>,
    /// How the body ended; `None` where nobody read so far, as after `[DONE]`, or where the reading was dropped.
    pub end: Option<RecordedEnd>,
}

impl Recording {
    /// Returns the length of the body, in bytes.
    pub fn length(&self) -> usize {
        self.pieces.iter().map(|piece| piece.length).sum()
    }
}

/// A piece of a body, as one read gave it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece {
    /// When it came: the time since the start of the call, its earlier attempts included, to the microsecond.
    pub at: Duration,
    /// Its length, in bytes.
    pub length: usize,
    /// Its bytes, where the recorder keeps [content](super::Recorder::with_content).
    pub bytes: Option<Bytes>,
}

impl fmt::Debug for Piece {
    /// Shows no content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").field("at", &self.at).field("length", &self.length).finish_non_exhaustive()
    }
}

/// How a recorded body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordedEnd {
    /// In good order.
    Clean,
    /// The connection broke, or closed too early.
    Cut,
    /// A time limit passed.
    TimedOut(Timeout),
    /// The caller did not want any more of it.
    Cancelled,
}
