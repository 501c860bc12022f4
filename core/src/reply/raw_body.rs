//! Raw bytes: a reply that is neither JSON nor events, such as audio, handed out as it comes.

use bytes::Bytes;

use crate::reply::{Context, Dialect, End, Media, Reply, Step};
use crate::{Error, Incomplete};

/// The reply is raw bytes.
#[derive(Clone, Debug, Default)]
pub struct RawBody {
    is_never_empty: bool,
}

impl RawBody {
    pub(crate) fn new() -> Self {
        RawBody::default()
    }

    /// For replies that have at least one byte, such as audio: an empty body counts as cut.
    pub(crate) fn never_empty() -> Self {
        RawBody { is_never_empty: true }
    }
}

impl Reply for RawBody {
    type Dialect = RawBodyDialect;

    fn start(&self, _context: Context) -> RawBodyDialect {
        RawBodyDialect {
            is_never_empty: self.is_never_empty,
            buffer: Vec::new(),
            filled: 0,
            lent: false,
            count: 0,
            end: None,
        }
    }
}

/// Reads raw bytes. An item is the bytes read since the last item.
pub struct RawBodyDialect {
    is_never_empty: bool,
    buffer: Vec<u8>,
    filled: usize,
    /// Whether the bytes in the buffer are the current item.
    lent: bool,
    count: u64,
    end: Option<End>,
}

/// The room offered for one read, in bytes.
const ROOM: usize = 16 * 1024;

impl Dialect for RawBodyDialect {
    type Item<'a> = &'a [u8];
    type Owned = Bytes;
    /// The number of bytes.
    type Total = u64;
    type Partial = u64;
    const MEDIA: Media = Media::Bytes;

    fn room(&mut self) -> &mut [u8] {
        self.clear();
        self.buffer.resize(self.filled + ROOM, 0);
        self.buffer.get_mut(self.filled..).unwrap_or_default()
    }

    fn commit(&mut self, n: usize) {
        self.filled = self.filled.saturating_add(n).min(self.buffer.len());
    }

    fn push(&mut self, bytes: &[u8]) {
        self.clear();
        self.buffer.truncate(self.filled);
        self.buffer.extend_from_slice(bytes);
        self.filled = self.buffer.len();
    }

    fn whole(&mut self, body: Bytes) -> Result<(), Error> {
        self.push(&body);
        self.end(End::Clean);
        Ok(())
    }

    fn end(&mut self, how: End) {
        self.end.get_or_insert(how);
    }

    fn advance(&mut self) -> Result<Step, Error> {
        self.clear();
        if self.filled > 0 {
            self.lent = true;
            self.count += self.filled as u64;
            return Ok(Step::Ready);
        }
        match self.end {
            None => Ok(Step::NeedBytes),
            Some(_) => self.outcome().map(|()| Step::Done),
        }
    }

    fn item(&self) -> &[u8] {
        if self.lent { self.buffer.get(..self.filled).unwrap_or_default() } else { &[] }
    }

    fn owned(&mut self) -> Bytes {
        Bytes::copy_from_slice(self.item())
    }

    fn partial(self, error: Error) -> Incomplete<u64> {
        Incomplete::new(self.count, error)
    }

    fn total(self) -> Result<u64, Incomplete<u64>> {
        match self.outcome() {
            Ok(()) => Ok(self.count),
            Err(error) => Err(Incomplete::new(self.count, error)),
        }
    }
}

impl RawBodyDialect {
    /// Returns whether the bytes are complete.
    fn outcome(&self) -> Result<(), Error> {
        match &self.end {
            Some(End::Clean) if self.count > 0 || self.filled > 0 || !self.is_never_empty => Ok(()),
            how => Err(how.clone().unwrap_or(End::Clean).into_error()),
        }
    }

    fn clear(&mut self) {
        if self.lent {
            self.lent = false;
            self.filled = 0;
        }
    }
}

impl std::fmt::Debug for RawBodyDialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawBodyDialect").field("count", &self.count).field("end", &self.end).finish_non_exhaustive()
    }
}
