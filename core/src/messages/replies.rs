//! The two kinds of reply that a message has: whole, and as a stream of events.

use bytes::Bytes;

use super::AssistantMessage;
use super::reader::MessageReader;
use crate::observe::Summary;
use crate::reply::{Context, EventStream, TextDialect, Value, read_whole};
use crate::{Call, Incomplete};

/// The reply is one message.
#[derive(Clone, Debug, Default)]
pub struct WholeMessage {
    accepts_unfinished: bool,
}

impl Call<WholeMessage> {
    /// Takes a message without a stop reason for complete. Its tool uses cannot be run all the same.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        self.with_reply(WholeMessage { accepts_unfinished: true })
    }
}

impl Value for WholeMessage {
    type Total = AssistantMessage;
    type Partial = AssistantMessage;
    const MENDS: bool = true;

    fn read(&self, context: &Context, body: Bytes) -> Result<AssistantMessage, Incomplete<AssistantMessage>> {
        read_whole(MessageReader::new(context, self.accepts_unfinished), context, &body)
    }

    fn summary(read: Result<&AssistantMessage, &AssistantMessage>) -> Summary {
        read.unwrap_or_else(|partial| partial).summary()
    }
}

/// The reply is a stream of events.
#[derive(Clone, Debug, Default)]
pub struct MessageEvents {
    accepts_unfinished: bool,
}

impl Call<MessageEvents> {
    /// Takes `message_stop` for a complete end also where the answer has no stop reason. Servers that convert other answers
    /// may know none; others end in good order when what they stream from fails, which is why it is an error unless asked
    /// for. Tool uses of such an answer cannot be run.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        self.with_reply(MessageEvents { accepts_unfinished: true })
    }
}

impl crate::Reply for MessageEvents {
    type Dialect = EventStream<MessageReader>;

    fn start(&self, context: Context) -> EventStream<MessageReader> {
        let reader = MessageReader::new(&context, self.accepts_unfinished);
        EventStream::new(context, reader)
    }
}

impl TextDialect for EventStream<MessageReader> {
    fn text<'a>(item: &'a super::Event<'_>) -> &'a str {
        item.text()
    }
}
