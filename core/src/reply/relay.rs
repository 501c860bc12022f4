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
/// An item holds the bytes that came since the item before, including comments and events that are not complete yet. The last
/// item ends with the event that ends the answer; bytes after that event, for example after `[DONE]`, are left out. If that event
/// ends with CR and LF, the LF is included only if it came together with the CR. If an error ends the answer, its bytes are handed
/// out first, and the next `advance` returns the `Err`.
///
/// The bytes of the first event are held until it is whole. So if that event is an error, or is cut, the reply is an `Err` without
/// any item: the caller can still answer with a status, and a client can try again. At most as many bytes are held for that as one
/// event may have, which [`Limits::with_event`](crate::Limits::with_event) sets. Comments and blank lines before it are handed out,
/// because they keep the caller's own connection alive: they are an item, and after them it is too late for a status.
pub struct RelayDialect<D> {
    inner: D,
    /// How many bytes are held at most before the answer has begun.
    hold: usize,
    /// The room that a transport reads into. Empty until a transport asks for it.
    room: Vec<u8>,
    /// The bytes that were not handed out yet.
    came: Vec<u8>,
    /// The same, if the reply is one whole value.
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
            if self.inner.is_starved() {
                return;
            }
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

    /// Returns whether the bytes are kept back, because the answer may still be only an error.
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
        // The body is complete, so it is passed on even if it cannot be read.
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

    fn answer(&self) -> Option<String> {
        self.inner.answer()
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
