//! How messages come: one, several as events or as a batch, or none.

use bytes::Bytes;

use super::Message;
use crate::Error;
use crate::error::looks_like_error;
use crate::json::{self, Members};
use crate::limits::{Limit, TooLarge};
use crate::reply::{Context, End, Ended, Outcome, Protocol, Seen, Standing, is_keep_alive};

/// Reads JSON-RPC messages. The end of the body, if it is in good order, is the end; a message of a batch is an item of its
/// own.
#[derive(Debug, Default)]
pub struct RpcReader {
    /// All messages; of a batch, each.
    messages: Vec<Message>,
    /// How many of them were handed out.
    handed: usize,
    /// About how many bytes it takes to keep them.
    size: usize,
}

impl Protocol for RpcReader {
    type Item<'a> = Message;
    type Owned = Message;
    /// All messages, in their order.
    type Total = Vec<Message>;
    /// A message is passed on as it came.
    const MENDS: bool = false;

    fn read(&mut self, context: &Context, name: &[u8], data: &[u8]) -> Outcome {
        if is_keep_alive(name, data) {
            return Outcome::Skipped;
        }
        let error = if is_message(data) { None } else { context.error_in(name, data) };
        match error {
            Some(error) => Outcome::Over(Err(error)),
            None => self.take(context, &Bytes::copy_from_slice(data)),
        }
    }

    fn read_whole(&mut self, context: &Context, body: &Bytes) -> Outcome {
        self.take(context, body)
    }

    /// Some end the stream this way; the end of the body is what counts.
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
    /// Keeps a message, or each of a batch, and hands out the first.
    fn take(&mut self, context: &Context, raw: &Bytes) -> Outcome {
        let batch = json::elements(raw);
        let mut problem = None;
        let elements = batch.unwrap_or_else(|| vec![raw]);
        if elements.is_empty() {
            return Outcome::Skipped;
        }
        let limit = context.limits().total;
        for element in elements {
            self.size = self.size.saturating_add(element.len() + size_of::<Message>());
            if self.size > limit {
                let error = TooLarge { what: Limit::Total, limit };
                return if self.more() { Outcome::Last(Err(error.into())) } else { Outcome::Over(Err(error.into())) };
            }
            let message = Message { raw: raw.slice_ref(element) };
            if let Err(syntax) = Members::read(element) {
                problem.get_or_insert_with(|| message.problem(Some(syntax.at)).into());
            }
            self.messages.push(message);
        }
        self.more();
        problem.map_or(Outcome::Item, Outcome::Unreadable)
    }
}

/// Returns whether it is a message of the protocol, whose `error` is its own.
fn is_message(json: &[u8]) -> bool {
    memchr::memmem::find(json, b"\"jsonrpc\"").is_some()
}
