//! Reads the JSON-RPC messages of a reply: one, several as events or as a batch, or an empty reply.

use std::sync::Arc;

use bytes::Bytes;

use super::Message;
use crate::Error;
use crate::error::{DecodeError, looks_like_error};
use crate::json::{self, MOST_ELEMENTS, Members, Reader};
use crate::limits::{Limit, TooLarge};
use crate::reply::{Context, End, Ended, Outcome, Protocol, Seen, Standing, is_glued, is_keep_alive};

/// Reads JSON-RPC messages. A clean end of the body ends the reply. Each message of a batch is an item.
#[derive(Debug, Default)]
pub struct RpcReader {
    /// All messages so far, each of a batch separately.
    messages: Vec<Message>,
    /// The number of messages that were handed out.
    handed: usize,
    /// The size of the messages, in bytes, approximately.
    size: usize,
}

impl Protocol for RpcReader {
    type Item<'a> = Message;
    type Owned = Message;
    /// All messages, in their order.
    type Total = Vec<Message>;
    /// A message is passed on as it came, and never mended.
    const MENDS: bool = false;

    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome {
        if is_keep_alive(name, data) {
            return Outcome::Skipped;
        }
        // Nearly every event is a message, and is read only once here.
        if Members::read(data).is_ok_and(|members| members.has("jsonrpc")) {
            let kept = self.push(context, Bytes::copy_from_slice(data));
            return self.hand_out(kept.map(|()| None));
        }
        let error = if is_message(data) { None } else { context.error_in(name, data) };
        if let Some(error) = error {
            return Outcome::Over(Err(error));
        }
        if is_glued(data) {
            // Each line is read once more, as a message.
            return Outcome::Unreadable(Arc::new(context.unreadable("a message", None, data)));
        }
        self.take(context, &Bytes::copy_from_slice(data))
    }

    fn read_whole(&mut self, context: &Context, body: &Bytes) -> Outcome {
        self.take(context, body)
    }

    /// Some servers send `[DONE]`, but only the end of the body counts.
    fn done(&mut self) -> Outcome {
        Outcome::Skipped
    }

    fn judge(&self, ended: Ended<'_>) -> Result<(), Error> {
        match ended {
            Ended::Whole | Ended::Done | Ended::Body(End::Clean) => Ok(()),
            ended => Err(ended.into_error()),
        }
    }

    fn more(&mut self) -> bool {
        let more = self.handed < self.messages.len();
        self.handed += usize::from(more);
        more
    }

    fn item<'a>(&'a self, _seen: Seen<'a>) -> Message {
        let last = self.handed.checked_sub(1);
        last.and_then(|last| self.messages.get(last)).cloned().unwrap_or_default()
    }

    fn owned(&mut self, seen: Seen<'_>) -> Message {
        self.item(seen)
    }

    fn total(&self, _standing: Standing) -> Vec<Message> {
        self.messages.clone()
    }

    fn into_total(self, _standing: Standing) -> Vec<Message> {
        self.messages
    }

    fn is_error(&self, body: &[u8]) -> bool {
        !is_message(body) && looks_like_error(body)
    }
}

impl RpcReader {
    /// Keeps a message, or each message of a batch, and hands out the first.
    fn take(&mut self, context: &Context, raw: &Bytes) -> Outcome {
        let batch = json::elements(raw).filter(|_| {
            let mut reader = Reader::new(raw);
            reader.skip().and_then(|_| reader.end()).is_some()
        });
        let kept = match batch {
            Some(batch) => batch.enumerate().try_fold(None, |problem, (place, message)| {
                if place == MOST_ELEMENTS {
                    return Err(TooLarge { what: Limit::Elements, limit: MOST_ELEMENTS });
                }
                let other = self.keep(context, raw.slice_ref(message))?;
                Ok(problem.or(other))
            }),
            None => self.keep(context, raw.clone()),
        };
        self.hand_out(kept)
    }

    /// Hands out the first kept message, and returns the result of keeping the messages.
    fn hand_out(&mut self, kept: Result<Option<Arc<DecodeError>>, TooLarge>) -> Outcome {
        let is_item = self.more();
        match kept {
            Err(error) if is_item => Outcome::Last(Err(error.into())),
            Err(error) => Outcome::Over(Err(error.into())),
            Ok(_) if !is_item => Outcome::Skipped,
            Ok(None) => Outcome::Item,
            Ok(Some(problem)) => Outcome::Unreadable(problem),
        }
    }

    /// Keeps a message. If it is not an object, returns why.
    fn keep(&mut self, context: &Context, raw: Bytes) -> Result<Option<Arc<DecodeError>>, TooLarge> {
        let syntax = Members::read(&raw).err();
        self.push(context, raw.clone())?;
        Ok(syntax.map(|syntax| Message { raw }.problem(Some(syntax.at)).into()))
    }

    fn push(&mut self, context: &Context, raw: Bytes) -> Result<(), TooLarge> {
        self.size = self.size.saturating_add(raw.len() + size_of::<Message>());
        let limit = context.limits().total;
        if self.size > limit {
            return Err(TooLarge { what: Limit::Total, limit });
        }
        self.messages.push(Message { raw });
        Ok(())
    }
}

/// Returns whether the value is a JSON-RPC message, whose `error` belongs to the protocol.
fn is_message(json: &[u8]) -> bool {
    memchr::memmem::find(json, b"\"jsonrpc\"").is_some()
}
