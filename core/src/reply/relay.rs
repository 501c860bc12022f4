//! Bytes that are passed on as they came, while they are read and added up.

use std::fmt;

use bytes::Bytes;

use crate::observe::Summary;
use crate::reply::{Context, Dialect, End, Media, Reply, Step};
use crate::{Error, Incomplete};

/// The reply is that of `R`, but its items are the bytes that came; see [`Call::relaying`](crate::Call::relaying).
#[derive(Clone, Debug)]
pub struct Relay<R> {
    reply: R,
}

impl<R: Reply> Relay<R> {
    pub(crate) fn new(reply: R) -> Self {
        Relay { reply }
    }
}

impl<R: Reply> Reply for Relay<R> {
    type Dialect = RelayDialect<R::Dialect>;

    fn start(&self, context: Context) -> RelayDialect<R::Dialect> {
        RelayDialect {
            hold: context.limits().event,
            inner: self.reply.start(context),
            room: Vec::new(),
            came: Vec::new(),
            whole: Bytes::new(),
            item: Bytes::new(),
            begun: false,
            progressed: false,
            over: None,
        }
    }
}

/// Hands out the bytes of a reply as they came, and has `D` read them.
///
/// ```text
/// bytes ─┬▶ D ─▶ its items, unseen ─▶ total
///        └▶ item: what came since the last one, up to the end of the answer
/// ```
///
/// An item is what came since the one before, comments and events that are not whole yet included. The last one ends with the event
/// that ends the answer: what came after that, such as anything after `[DONE]`, is not in it. (The blank line of that event may
/// end with CR and LF: then the LF is in it where it came together with the CR.) Where an error ends the
/// answer, the bytes that came are handed out first, and then it is the `Err`.
///
/// Until the answer has begun, only comments and blank lines are handed out. So a reply whose first event is an error, or that
/// is cut within its first event, is an `Err` without an item before it: the caller can still answer with a status, and a client
/// can try again. No more is held for that than one event may be long, which [`Limits::with_event`](crate::Limits::with_event) sets.
pub struct RelayDialect<D> {
    inner: D,
    /// How many bytes are held at most before the answer has begun.
    hold: usize,
    /// What is read into, where a transport reads into the room. Empty until the first time.
    room: Vec<u8>,
    /// What came and was not handed out.
    came: Vec<u8>,
    /// The same, where it is one whole value.
    whole: Bytes,
    item: Bytes,
    /// An item of the answer came, or bytes were handed out.
    begun: bool,
    progressed: bool,
    /// How the answer ended, once it has.
    over: Option<Result<(), Error>>,
}

/// How much is offered for one read, in bytes.
const ROOM: usize = 16 * 1024;

impl<D: Dialect> RelayDialect<D> {
    /// Returns what reads the answer, to look at what there is so far.
    pub fn inner(&self) -> &D {
        &self.inner
    }

    /// Reads what came; notes the end, where that is in it.
    fn read(&mut self) {
        let end = loop {
            match self.inner.advance() {
                Ok(Step::Ready) => {
                    self.begun = true;
                    self.progressed |= self.inner.progressed();
                }
                Ok(Step::NeedBytes) => return,
                Ok(Step::Done) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        if !self.begun && end.is_err() {
            self.came = Vec::new();
        }
        self.came.truncate(self.came.len().saturating_sub(self.inner.unread()));
        self.over = Some(end);
    }

    /// Returns whether what came is kept back, because the answer may yet turn out to be nothing but an error.
    fn is_held(&self) -> bool {
        !self.begun && self.over.is_none() && self.inner.is_in_event() && self.came.len() <= self.hold
    }
}

impl<D: Dialect> Dialect for RelayDialect<D> {
    type Item<'a> = &'a [u8];
    type Owned = Bytes;
    type Total = D::Total;
    type Partial = D::Partial;
    const MEDIA: Media = D::MEDIA;

    fn room(&mut self) -> &mut [u8] {
        self.room.resize(ROOM, 0);
        &mut self.room
    }

    fn commit(&mut self, n: usize) {
        let bytes = self.room.get(..n).unwrap_or(&self.room);
        self.inner.push(bytes);
        self.came.extend_from_slice(bytes);
    }

    fn push(&mut self, bytes: &[u8]) {
        self.inner.push(bytes);
        self.came.extend_from_slice(bytes);
    }

    fn whole(&mut self, body: Bytes) -> Result<(), Error> {
        // All of it is there: whatever it turns out to be, it is what the server answered.
        self.begun = true;
        self.whole = body.clone();
        self.inner.whole(body)
    }

    fn is_error(&self, body: &[u8]) -> bool {
        self.inner.is_error(body)
    }

    fn end(&mut self, how: End) {
        self.inner.end(how);
    }

    fn advance(&mut self) -> Result<Step, Error> {
        self.item = Bytes::new();
        self.progressed = false;
        if self.over.is_none() {
            self.read();
        }
        if !self.is_held() {
            let whole = std::mem::take(&mut self.whole);
            self.item = if whole.is_empty() { std::mem::take(&mut self.came).into() } else { whole };
        }
        if !self.item.is_empty() {
            self.begun = true;
            return Ok(Step::Ready);
        }
        match &self.over {
            None => Ok(Step::NeedBytes),
            Some(end) => end.clone().map(|()| Step::Done),
        }
    }

    fn item(&self) -> &[u8] {
        &self.item
    }

    fn owned(&mut self) -> Bytes {
        std::mem::take(&mut self.item)
    }

    fn progressed(&self) -> bool {
        self.progressed
    }

    fn mended(&self) -> u64 {
        self.inner.mended()
    }

    fn summary(&self) -> Summary {
        self.inner.summary()
    }

    fn total(self) -> Result<D::Total, Incomplete<D::Partial>> {
        self.inner.total()
    }

    fn partial(self, error: Error) -> Incomplete<D::Partial> {
        self.inner.partial(error)
    }
}

impl<D: fmt::Debug> fmt::Debug for RelayDialect<D> {
    /// Shows how much there is; none of the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("RelayDialect");
        f.field("inner", &self.inner).field("came_len", &self.came.len()).field("over", &self.over);
        f.finish_non_exhaustive()
    }
}
