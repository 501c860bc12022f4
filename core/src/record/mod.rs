//! Replies as they came over the network: a wire log for operators, and recordings that tests replay without a socket.
//!
//! ```text
//! Call or Router with a Recorder ─▶ Machine ─▶ Recording ─▶ JSON lines ─▶ Recording ─▶ replay(call) ─▶ the total
//! ```
//!
//! A [`Recorder`] is set on a [`Call`](crate::Call::with_recorder) or a [`Router`](crate::Router::with_recorder), so it works
//! with every transport. It gives a [`Recording`] of each response: its head, and each piece of its body as the network cut
//! it, with its time. Content is kept only if that is asked for.
//!
//! # Keys
//!
//! The key of the call is taken out before a recording is given: wherever a server echoes it, plain or percent-encoded,
//! escaped as JSON or HTML, or in base64, its place is filled with `*`, also where a piece ends within it. The lengths of the
//! pieces stay. What is not found is a key that a model spells out over several events. Headers named `set-cookie` are left
//! out. The request is not recorded, except for its URL without the query.

mod lines;
mod recording;
mod tape;

use std::fmt;
use std::sync::Arc;

pub use lines::RecordingError;
pub use recording::{Piece, RecordedEnd, Recording};
pub(crate) use tape::Tape;

/// Asks for a [`Recording`] of each response.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
///
/// use requesty_core::record::{Recorder, Recording};
/// use requesty_core::{ApiKey, End, Router, Step, chat, http};
///
/// let log = Arc::new(Mutex::new(String::new()));
/// let (lines, key) = (log.clone(), ApiKey::new("rqsty-sk-example")?);
/// let recorder = Recorder::new(move |recording| lines.lock().unwrap().push_str(&recording.to_string())).with_content();
/// let call = Router::new(key).chat_stream(&chat::Request::user("Hello").model("openai/gpt-4o"))?.with_recorder(recorder);
///
/// // Any transport does this.
/// let mut machine = call.open(http::Response::new(()).into_parts().0, Duration::ZERO);
/// machine.push(b"data: {\"choices\":[{\"delta\":{\"content\":\"Hi, rqsty-sk", Duration::from_millis(210));
/// machine.push(b"-example\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", Duration::from_millis(340));
/// machine.end(End::Clean);
/// while !matches!(machine.advance()?, Step::Done) {}
/// machine.total()?;
///
/// // A test has nothing but the lines.
/// let recording: Recording = log.lock().unwrap().parse()?;
/// assert_eq!(recording.pieces.len(), 2);
/// assert_eq!(recording.replay(&call)?.text(), "Hi, ****************");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[doc(alias("wire log", "cassette", "vcr"))]
pub struct Recorder {
    give: Arc<dyn Fn(Recording) + Send + Sync>,
    content: bool,
}

impl Recorder {
    /// Gives each recording to `give`, which is called where the machine of the response is dropped or gives its total, and
    /// should not block. Attempts that are tried again give one too; attempts without a response give none.
    pub fn new(give: impl Fn(Recording) + Send + Sync + 'static) -> Self {
        Recorder { give: Arc::new(give), content: false }
    }

    /// Keeps the bytes of the pieces too. They are in memory until the recording is given.
    #[must_use]
    pub fn with_content(self) -> Self {
        Recorder { content: true, ..self }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("content", &self.content).finish_non_exhaustive()
    }
}
