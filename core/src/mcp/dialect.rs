//! How messages come: one, several as events, or none.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::Message;
use crate::error::{DecodeError, looks_like_error};
use crate::json::{self, Members};
use crate::limits::{Limit, TooLarge};
use crate::reply::{Context, Dialect, End, Media, Step, event_error, is_done, is_keep_alive};
use crate::sse::Decoder;
use crate::{Error, Incomplete};

/// Reads JSON-RPC messages. The end of the body, if it is in good order, is the end.
pub struct McpDialect {
    events: Decoder,
    context: Context,
    /// All messages; of a batch, each.
    messages: Vec<Message>,
    /// How many of them were handed out.
    handed: usize,
    /// About how many bytes it takes to keep them.
    size: usize,
    /// The first message that is no JSON object.
    first_problem: Option<Arc<DecodeError>>,
    end: Option<End>,
    over: Option<Result<(), Error>>,
}

impl Dialect for McpDialect {
    type Item<'a> = Message;
    type Owned = Message;
    /// All messages, in their order.
    type Total = Vec<Message>;
    type Partial = Vec<Message>;
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
        match json::elements(&body) {
            Some(batch) => batch.into_iter().try_for_each(|message| self.take(body.slice_ref(message)))?,
            None => self.take(body)?,
        }
        self.end(End::Clean);
        Ok(())
    }

    fn is_error(&self, body: &[u8]) -> bool {
        !is_message(body) && looks_like_error(body)
    }

    fn end(&mut self, how: End) {
        self.events.end();
        self.end.get_or_insert(how);
    }

    fn advance(&mut self) -> Result<Step, Error> {
        loop {
            if self.handed < self.messages.len() {
                self.handed += 1;
                return Ok(Step::Ready);
            }
            if let Some(over) = &self.over {
                return over.clone().map(|()| Step::Done);
            }
            let event = match self.events.advance() {
                Ok(Step::Ready) => self.events.event(),
                Ok(Step::NeedBytes) => return Ok(Step::NeedBytes),
                Ok(Step::Done) => {
                    // The last blank line may be missing; a message that is whole counts.
                    let whole = |data: &[u8]| is_keep_alive(data) || Members::read(data).is_ok();
                    let how = self.end.clone().unwrap_or(End::Clean);
                    let (clean, last) = (matches!(how, End::Clean), self.events.unterminated());
                    self.over = Some(if clean && last.is_none_or(|event| whole(event.data())) {
                        Ok(())
                    } else {
                        Err(how.into_error())
                    });
                    match last {
                        Some(event) if clean && whole(event.data()) => event,
                        _ => continue,
                    }
                }
                Err(error) => {
                    self.over = Some(Err(error.into()));
                    continue;
                }
            };
            let data = event.data();
            if is_done(data) || is_keep_alive(data) {
                continue;
            }
            let error = if is_message(data) { None } else { event_error(&self.context, event.raw_name(), data) };
            let taken = match error {
                Some(error) => Err(error.into()),
                None => self.take(Bytes::copy_from_slice(data)),
            };
            if let Err(error) = taken {
                self.over = Some(Err(error));
            }
        }
    }

    fn item(&self) -> Message {
        let last = self.handed.checked_sub(1);
        last.and_then(|last| self.messages.get(last)).cloned().unwrap_or_default()
    }

    fn owned(&mut self) -> Message {
        self.item()
    }

    fn partial(self, error: Error) -> Incomplete<Vec<Message>> {
        Incomplete::new(self.messages, error)
    }

    fn total(self) -> Result<Vec<Message>, Incomplete<Vec<Message>>> {
        match (self.over.unwrap_or_else(|| Err(End::Clean.into_error())), self.first_problem) {
            (Ok(()), None) => Ok(self.messages),
            (Ok(()), Some(problem)) => Err(Incomplete::new(self.messages, Error::Decode(problem))),
            (Err(error), _) => Err(Incomplete::new(self.messages, error)),
        }
    }
}

impl McpDialect {
    pub(super) fn new(context: Context) -> Self {
        McpDialect {
            events: Decoder::with_limit(context.limits.event),
            context,
            messages: Vec::new(),
            handed: 0,
            size: 0,
            first_problem: None,
            end: None,
            over: None,
        }
    }

    /// Takes a message; one that is none is kept, and the total is an error.
    fn take(&mut self, raw: Bytes) -> Result<(), Error> {
        self.size = self.size.saturating_add(raw.len() + size_of::<Message>());
        let limit = self.context.limits.total;
        if self.size > limit {
            return Err(TooLarge { what: Limit::Total, limit }.into());
        }
        let message = Message { raw };
        if let Err(syntax) = Members::read(&message.raw) {
            self.first_problem.get_or_insert_with(|| Arc::new(message.problem(Some(syntax.at))));
        }
        self.messages.push(message);
        Ok(())
    }
}

impl fmt::Debug for McpDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("McpDialect").field("messages", &self.messages).field("over", &self.over).finish_non_exhaustive()
    }
}

/// Returns whether it is a message of the protocol, whose `error` is its own.
fn is_message(json: &[u8]) -> bool {
    memchr::memmem::find(json, b"\"jsonrpc\"").is_some()
}
