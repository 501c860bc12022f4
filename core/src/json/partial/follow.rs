//! The reader over a text that someone else keeps.

use std::fmt;

use super::event::{PartialEvent, Step};
use super::frame::Frame;
use super::machine::{Escape, Mode};
use super::tape::Tape;
use super::written::Source;
use super::{PartialError, PartialOptions, Snapshot, Written};

/// Reads JSON that is still being written, out of a text that someone else keeps and only appends to: the total of a stream,
/// as its items lend it with `written()`, or a text of the caller's.
///
/// The text is given anew with each call, and what was read before is not read again. Where it became shorter, where a server
/// replaced it, or where it is another of the stream's texts, everything begins anew, events too. So use one `Follow` for one
/// text: one tool call, one block, one answer; for several side by side, [`Follows`](super::Follows).
///
/// ```
/// use requesty_core::json::partial::Follow;
///
/// let mut arguments = String::from(r#"{"city":"Par"#);
/// let mut follow = Follow::default();
/// assert_eq!(follow.read(&arguments)?.value().unwrap(), serde_json::json!({"city": "Par"}));
///
/// arguments.push_str(r#"is"}"#);
/// assert!(follow.read(&arguments)?.is_complete());
/// # Ok::<(), requesty_core::json::partial::PartialError>(())
/// ```
///
/// Over a stream of any of the three families:
///
/// ```no_run
/// # use requesty_core::json::partial::{Follow, PartialError};
/// # fn next_item() -> Option<requesty_core::chat::Chunk<'static>> { None }
/// let mut follow = Follow::default();
/// while let Some(chunk) = next_item() {
///     for written in chunk.written() {
///         println!("{:?}", follow.read(written)?.value());
///     }
/// }
/// # Ok::<(), PartialError>(())
/// ```
#[derive(Clone)]
pub struct Follow {
    pub(super) options: PartialOptions,
    pub(super) tape: Tape,
    pub(super) frames: Vec<Frame>,
    pub(super) mode: Mode,
    /// The number of bytes of the text that were read.
    pub(super) read: u32,
    /// The end of what events showed of the open string: a place in the text, or in the unescaped text.
    pub(super) given: u32,
    /// The place where the open escape, or the first half of a surrogate pair, begins.
    pub(super) escape_start: u32,
    pub(super) escape: Escape,
    /// The digits of a `\u` escape so far.
    pub(super) unit: u16,
    /// The first half of a surrogate pair, or 0.
    pub(super) high: u16,
    /// Whether a fence was opened before the value.
    pub(super) is_fenced: bool,
    pub(super) is_ended: bool,
    pub(super) failed: Option<PartialError>,
    /// The error in the bytes after the text. It is returned once all of the text is read.
    pub(super) late: Option<PartialError>,
    /// The number of times that everything began anew.
    pub(super) epoch: u32,
    /// The text of a stream that is followed.
    source: Option<Source>,
}

impl Follow {
    /// Begins to read.
    pub fn new(mut options: PartialOptions) -> Self {
        // The largest number stands for no node and no place.
        options.max_bytes = options.max_bytes.min(u32::MAX - 1);
        Follow {
            options,
            tape: Tape::default(),
            frames: Vec::new(),
            mode: Mode::Lead,
            read: 0,
            given: 0,
            escape_start: 0,
            escape: Escape::Outside,
            unit: 0,
            high: 0,
            is_fenced: false,
            is_ended: false,
            failed: None,
            late: None,
            epoch: 0,
            source: None,
        }
    }

    /// Reads on to the next event; `None` where the text has no more so far.
    ///
    /// Call it again until it returns `None`, and then when the text has grown.
    ///
    /// # Errors
    /// The text is no JSON, or beyond a limit. What stands before the place of the error came in events before; after that it
    /// is the same error for ever.
    #[inline]
    pub fn next<'a>(&'a mut self, text: impl Into<Written<'a>>) -> Result<Option<PartialEvent<'a>>, PartialError> {
        let text = self.text(text.into());
        match self.step::<true>(text) {
            Ok(Some(step)) => Ok(Some(self.event(step, text))),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads all there is, without events, and shows it.
    ///
    /// # Errors
    /// As [`next`](Self::next). The text before the place of the error is in [`snapshot`](Self::snapshot).
    #[inline]
    pub fn read<'a>(&'a mut self, text: impl Into<Written<'a>>) -> Result<Snapshot<'a>, PartialError> {
        let text = self.text(text.into());
        self.read_all(text)?;
        Ok(Snapshot { follow: self, text })
    }

    /// Takes note that the text is whole: a number that is the whole value becomes final, and [`next`](Self::next) gives its
    /// event. A value that is not whole is from then on [`Fault::Unfinished`](super::Fault::Unfinished).
    pub fn end(&mut self) {
        self.is_ended = true;
    }

    /// Returns whether the value is whole. White space may still come.
    pub fn is_complete(&self) -> bool {
        matches!(self.mode, Mode::Done | Mode::Fence(_) | Mode::Rest)
    }

    /// Looks at what was read, without work. `text` is the text that was read.
    #[inline]
    pub fn snapshot<'a>(&'a self, text: impl Into<Written<'a>>) -> Snapshot<'a> {
        Snapshot { follow: self, text: text.into().text }
    }

    /// Begins anew. Buffers are kept.
    pub fn clear(&mut self) {
        self.tape.clear();
        self.frames.clear();
        self.mode = Mode::Lead;
        self.read = 0;
        self.given = 0;
        self.escape = Escape::Outside;
        self.high = 0;
        self.is_fenced = false;
        self.is_ended = false;
        self.failed = None;
        self.late = None;
        self.epoch = self.epoch.wrapping_add(1);
        self.source = None;
    }

    #[inline]
    pub(super) fn read_all(&mut self, text: &str) -> Result<(), PartialError> {
        if text.len() > self.read as usize && self.goes_on_with_text(text, self.readable(text)) {
            return Ok(());
        }
        self.step::<false>(text).map(|_| ())
    }

    /// Takes note which text it is; begins anew where it is another.
    #[inline]
    fn text<'a>(&mut self, written: Written<'a>) -> &'a str {
        if written.source.is_some() && written.source != self.source {
            if self.source.is_some() {
                self.clear();
            }
            self.source = written.source;
        }
        written.text
    }

    /// Returns whether the text may be so much longer.
    #[inline]
    pub(super) fn takes(&self, text: usize, more: usize) -> bool {
        self.late.is_none() && !self.is_ended && text + more <= self.options.max_bytes as usize
    }

    #[inline]
    fn step<const EVENTS: bool>(&mut self, text: &str) -> Result<Option<Step>, PartialError> {
        if text.len() < self.read as usize {
            self.clear();
        }
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        let step = self.advance::<EVENTS>(text, self.readable(text));
        if let Err(error) = step {
            self.failed = Some(error);
        }
        step
    }

    /// Returns the bytes that the limit lets through, in whole characters.
    #[inline]
    fn readable<'a>(&self, text: &'a str) -> &'a [u8] {
        let most = self.options.max_bytes as usize;
        if text.len() <= most {
            return text.as_bytes();
        }
        let most = (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
        text.as_bytes().get(..most).unwrap_or_default()
    }
}

impl Default for Follow {
    fn default() -> Self {
        Follow::new(PartialOptions::default())
    }
}

/// Shows nothing of the text.
impl fmt::Debug for Follow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow")
            .field("read", &self.read)
            .field("is_complete", &self.is_complete())
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
