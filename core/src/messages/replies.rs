//! The two kinds of reply for messages: one value, and a stream of events.

use bytes::Bytes;

use super::AssistantMessage;
use super::reader::MessageReader;
use crate::observe::Summary;
use crate::reply::{Context, EventStream, TextDialect, TextTemplate, Value, read_whole};
use crate::{Call, Incomplete};

/// The reply is one message.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, Default)]
pub struct WholeMessage {
    accepts_unfinished: bool,
}

impl Call<WholeMessage> {
    /// Accepts a message without a stop reason as complete. Its tool uses still cannot be run.
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
        let reader = MessageReader::new(context, self.accepts_unfinished, TextTemplate::off());
        read_whole(reader, context, &body)
    }

    fn summary(read: Result<&AssistantMessage, &AssistantMessage>) -> Summary {
        read.unwrap_or_else(|partial| partial).summary()
    }

    fn answer(read: Result<&AssistantMessage, &AssistantMessage>) -> Option<String> {
        serde_json::to_string(read.unwrap_or_else(|partial| partial)).ok()
    }
}

/// The reply is a stream of events.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, Default)]
pub struct MessageEvents {
    accepts_unfinished: bool,
    without_template: bool,
}

impl Call<MessageEvents> {
    /// Accepts `message_stop` as a complete end even if the answer has no stop reason. By default this is an error,
    /// because some servers also end cleanly when the stream behind them failed; servers that convert other formats may
    /// have no stop reason to send. The tool uses of such an answer still cannot be run.
    #[must_use]
    pub fn accepting_unfinished(self) -> Self {
        let reply = MessageEvents { accepts_unfinished: true, ..self.reply().clone() };
        self.with_reply(reply)
    }

    /// Reads every event in full, instead of by its difference from the event before. The results are the same, but
    /// slower: use it to measure the difference, or to search for one.
    #[must_use]
    pub fn without_template(self) -> Self {
        let reply = MessageEvents { without_template: true, ..self.reply().clone() };
        self.with_reply(reply)
    }
}

impl crate::Reply for MessageEvents {
    type Dialect = EventStream<MessageReader>;

    fn start(&self, context: Context) -> EventStream<MessageReader> {
        let template = if self.without_template { TextTemplate::off() } else { TextTemplate::default() };
        let reader = MessageReader::new(&context, self.accepts_unfinished, template);
        EventStream::new(context, reader)
    }
}

impl TextDialect for EventStream<MessageReader> {
    fn text<'a>(item: &'a super::Event<'_>) -> &'a str {
        item.text()
    }
}
