//! The chat dialect: events become chunks, chunks add up, and the end is told from a cut.
//!
//! ```text
//! event ─┬▶ keep-alive            passed over
//!        ├▶ [DONE]                the end: complete if every answer has a finish reason
//!        ├▶ not a chunk           an item with a problem; the total will not be complete
//!        ├▶ an error              what it carries besides is an item first; then Err
//!        └▶ a chunk               folded, then lent
//! body ends ─▶ a last event without its blank line counts, if the end is in good order
//!          └─▶ complete if every answer has a finish reason, however the connection ended; else Err
//! ```

use bytes::Bytes;

use super::chunk::Chunk;
use super::completion::{Completion, Offered};
use super::fold::{Fold, Taken, offered};
use super::owned::OwnedChunk;
use super::table::Table;
use super::template::Template;
use crate::reply::{Context, Dialect, End, Media, Reply, Step, is_done};
use crate::request::Call;
use crate::{Error, Incomplete, sse};

/// The reply is a stream of chunks.
#[derive(Clone, Debug)]
pub struct Chunks {
    expected: u32,
    offered: Offered,
    accepts_unfinished: bool,
    without_template: bool,
}

impl Chunks {
    pub(crate) fn of(request: &super::Request<'_>) -> Self {
        Chunks {
            expected: request.choices(),
            offered: offered(request),
            accepts_unfinished: false,
            without_template: false,
        }
    }
}

impl Reply for Chunks {
    type Dialect = Decoder;

    fn start(&self, context: Context) -> Decoder {
        let template = if self.without_template { Template::off() } else { Template::default() };
        Decoder {
            events: sse::Decoder::with_limit(context.limits.event),
            whole: None,
            fold: Fold::new(context, self.offered.clone(), template),
            missed: false,
            expected: self.expected,
            accepts_unfinished: self.accepts_unfinished,
            current: Current::None,
            end: None,
            pending: None,
            over: None,
        }
    }
}

impl Call<Chunks> {
    /// Takes `[DONE]` for a complete end also where an answer has no finish reason. Some servers never send one; others say
    /// `[DONE]` when what they stream from fails, which is why it is an error unless asked for.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        let reply = Chunks { accepts_unfinished: true, ..self.reply().clone() };
        self.with_reply(reply)
    }

    /// Reads every chunk in full, instead of by its difference from the one before. What comes out is the same, only later:
    /// this is for those who measure the difference, or look for one.
    #[must_use]
    pub fn without_template(self) -> Self {
        let reply = Chunks { without_template: true, ..self.reply().clone() };
        self.with_reply(reply)
    }
}

/// Reads a stream of chunks.
pub struct Decoder {
    events: sse::Decoder,
    /// The one value that the server sent instead of a stream.
    whole: Option<Bytes>,
    fold: Fold,
    /// The event that is coming did not match at first sight. It is looked at once more when it is whole: so each byte is
    /// compared twice at most, however they come.
    missed: bool,
    /// How many answers were asked for.
    expected: u32,
    accepts_unfinished: bool,
    current: Current,
    end: Option<End>,
    /// The error that follows the item which carried it.
    pending: Option<Error>,
    over: Option<Result<(), Error>>,
}

/// Where the bytes of the current chunk are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Current {
    None,
    Event,
    Unterminated,
    Whole,
}

impl Dialect for Decoder {
    type Item<'a> = Chunk<'a>;
    type Owned = OwnedChunk;
    type Total = Completion;
    type Partial = Completion;
    const MEDIA: Media = Media::Events;

    fn room(&mut self) -> &mut [u8] {
        self.events.room()
    }

    fn commit(&mut self, n: usize) {
        self.events.commit(n);
    }

    fn push(&mut self, bytes: &[u8]) {
        self.events.push(bytes);
    }

    fn whole(&mut self, body: Bytes) -> Result<(), Error> {
        self.whole = Some(body);
        Ok(())
    }

    fn end(&mut self, how: End) {
        if self.end.is_none() {
            self.events.end();
            self.end = Some(how);
        }
    }

    #[inline]
    fn advance(&mut self) -> Result<Step, Error> {
        if self.over.is_none() && self.pending.is_none() && self.whole.is_none() {
            self.fold.forget();
            if self.events.is_starved() {
                return Ok(Step::NeedBytes);
            }
            if !self.missed && self.follow() {
                return Ok(Step::Ready);
            }
            return self.advance_in_full();
        }
        self.advance_beside_events()
    }

    fn item(&self) -> Chunk<'_> {
        self.fold.chunk(self.data())
    }

    fn owned(&mut self) -> OwnedChunk {
        self.item().into_owned()
    }

    fn total(self) -> Result<Completion, Incomplete<Completion>> {
        let clean = self.fold.done || matches!(self.end, Some(End::Clean)) || self.whole.is_some();
        let over = self.over.clone().unwrap_or_else(|| Err(End::Clean.into_error()));
        let mut completion = self.fold.completion(over.is_ok());
        completion.set_clean_end(over.is_ok() && clean);
        match (over, self.fold.first_problem) {
            (Ok(()), None) => Ok(completion),
            (Ok(()), Some(problem)) => Err(Incomplete::new(completion, Error::Decode(problem))),
            (Err(error), _) => Err(Incomplete::new(completion, error)),
        }
    }

    fn summary(&self) -> crate::observe::Summary {
        self.so_far().summary()
    }

    fn partial(self, error: Error) -> Incomplete<Completion> {
        Incomplete::new(self.fold.completion(false), error)
    }
}

impl Decoder {
    /// Returns how many chunks were read by their difference from the one before.
    pub fn template_hits(&self) -> u64 {
        self.fold.template.hits()
    }

    /// Returns what the chunks so far add up to: a snapshot, at any time.
    pub fn so_far(&self) -> Completion {
        self.fold.completion(matches!(self.over, Some(Ok(()))))
    }

    fn data(&self) -> &[u8] {
        match self.current {
            Current::None => &[],
            Current::Event => self.events.event().data(),
            Current::Unterminated => self.events.unterminated().map_or(&[][..], |event| event.data()),
            Current::Whole => self.whole.as_deref().unwrap_or_default(),
        }
    }

    /// Reads events until one is an item.
    fn advance_in_full(&mut self) -> Result<Step, Error> {
        loop {
            match self.events.advance() {
                Ok(Step::Ready) => {
                    self.current = Current::Event;
                    if self.take_event() {
                        return Ok(Step::Ready);
                    }
                }
                Ok(Step::NeedBytes) => return Ok(Step::NeedBytes),
                Ok(Step::Done) => {
                    if self.take_end() {
                        return Ok(Step::Ready);
                    }
                }
                Err(error) => self.over = Some(Err(error.into())),
            }
            if let Some(over) = &self.over {
                return over.clone().map(|()| Step::Done);
            }
        }
    }

    /// Does what is left when no event is to be read: one whole value, an error that was announced, the end.
    #[cold]
    fn advance_beside_events(&mut self) -> Result<Step, Error> {
        self.fold.forget();
        if let (None, Some(error)) = (&self.over, self.pending.take()) {
            self.over = Some(Err(error));
        }
        if let (None, Some(body)) = (&self.over, &self.whole) {
            if self.current != Current::Whole {
                self.current = Current::Whole;
                match self.fold.whole(body) {
                    Ok(()) => return Ok(Step::Ready),
                    Err(error) => self.over = Some(Err(error)),
                }
            } else {
                self.over = Some(Ok(()));
            }
        }
        self.over.clone().unwrap_or(Ok(())).map(|()| Step::Done)
    }

    /// Takes the next event without looking for its end first, if it matches the chunk before; returns whether it did.
    fn follow(&mut self) -> bool {
        let Some((bytes, limit)) = self.events.upcoming() else { return false };
        if !self.fold.template.may_match(bytes.len()) {
            return false;
        }
        let Some(value) = bytes.strip_prefix(b"data:") else { return false };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let blank_line = |length| match value.get(length..)? {
            _ if length > limit => None,
            [b'\n', b'\n', ..] => Some(2),
            [b'\r', b'\n', b'\r', b'\n', ..] => Some(4),
            _ => None,
        };
        let Some((length, blank_line)) = self.fold.follow(value, blank_line) else {
            self.missed = true;
            return false;
        };
        let start = bytes.len() - value.len();
        self.events.take(start..start + length, start + length + blank_line);
        self.current = Current::Event;
        true
    }

    /// Takes the current event; returns whether it is an item.
    fn take_event(&mut self) -> bool {
        let event = match self.current {
            Current::Unterminated => self.events.unterminated(),
            _ => Some(self.events.event()),
        };
        let Some(event) = event else { return false };
        let data = event.data();
        self.missed = false;
        if event.raw_name().is_empty() && self.fold.template.may_match(data.len()) {
            let whole = |length| (length == data.len()).then_some(());
            if self.fold.follow(data, whole).is_some() {
                return true;
            }
        }
        if is_done(event.data()) {
            self.fold.done = true;
            self.over = Some(self.judge(End::Clean));
            return false;
        }
        match self.fold.event(event.raw_name(), event.data()) {
            Taken::Nothing => false,
            Taken::Item => true,
            Taken::ItemThen(error) => {
                self.pending = Some(error);
                true
            }
            Taken::Failed(error) => {
                self.over = Some(Err(error));
                false
            }
        }
    }

    /// Takes the end of the body; returns whether its last event, which lacks its blank line, is an item.
    fn take_end(&mut self) -> bool {
        let how = self.end.clone().unwrap_or(End::Clean);
        let clean = matches!(how, End::Clean);
        if clean && self.current != Current::Unterminated {
            self.current = Current::Unterminated;
            let mut table = Table::default();
            // One that is too large is taken, to fail: it did come.
            let mut whole = |data: &[u8]| is_done(data) || table.scan(data).is_ok() || table.too_large().is_some();
            if self.events.unterminated().is_some_and(|event| whole(event.data())) {
                return self.take_event();
            }
        }
        self.over = Some(self.judge(how));
        false
    }

    /// Decides whether the answer is complete.
    fn judge(&self, how: End) -> Result<(), Error> {
        let sum = &self.fold.sum;
        if self.fold.done {
            let accepted = self.accepts_unfinished && sum.choices() > 0;
            return if sum.all_finished() || accepted { Ok(()) } else { Err(Error::Unfinished) };
        }
        let all_came = sum.choices() as u64 >= u64::from(self.expected);
        if sum.all_finished() && all_came { Ok(()) } else { Err(how.into_error()) }
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut f = f.debug_struct("Decoder");
        f.field("choices", &self.fold.sum.choices()).field("done", &self.fold.done).field("over", &self.over);
        f.finish_non_exhaustive()
    }
}
