//! Runs the loop of an agent.

use requesty_core::agent::{Action, Entry, Loop, RunnableCall, StreamEvent, StreamView};
use requesty_core::{Error, Router};

use crate::Client;

impl Client {
    /// Runs a loop until it is done, is stopped, or needs a call to be approved. [`Loop::next`] then returns which;
    /// after [`Loop::approve`], call this again to continue.
    ///
    /// Each turn is streamed, and `show` gets its events. `tools` runs a tool call, and returns its result, or for a
    /// failure a text for the model. The calls of one turn run one after the other. Each request comes from the loop,
    /// so its bounds apply, and the policy of the call may retry it.
    ///
    /// # Errors
    /// [`Error`] if a request cannot be built, or if no answer began. Calling this again sends the request again. An
    /// answer that is cut later is not an error here; it stops the loop.
    ///
    /// # Examples
    /// ```no_run
    /// use requesty_ureq::agent::{Action, Conversation, Loop, StreamEvent, Tools};
    /// use requesty_ureq::{Client, chat, router_from_env};
    ///
    /// let router = router_from_env()?;
    /// let tools = Tools::new().function("now", "Tells the time.", &serde_json::json!({"type": "object"}))?;
    /// let conversation = Conversation::from([chat::Message::user("What time is it?")]);
    /// let mut agent = Loop::new(conversation, tools, chat::Request::new(&[]).model("openai/gpt-4o-mini"));
    /// let show = |event: StreamEvent<'_>| {
    ///     if let StreamEvent::Text { delta, .. } = event {
    ///         print!("{delta}");
    ///     }
    /// };
    /// Client::new().run(&router, &mut agent, |_call| Ok("12:07".to_owned()), show)?;
    /// if let Action::Stopped(stop) = agent.next() {
    ///     return Err(stop.into());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run<E: Entry>(
        &self,
        router: &Router,
        agent: &mut Loop<E>,
        mut tools: impl FnMut(&RunnableCall) -> Result<String, String>,
        mut show: impl FnMut(StreamEvent<'_>),
    ) -> Result<(), Error> {
        loop {
            let (request, calls) = match agent.next() {
                Action::Send(request) => (Some(E::stream(router, &request)?), Vec::new()),
                Action::Call(calls) => (None, calls),
                _ => return Ok(()),
            };
            // The loop waits for the answer to its own request, so this cannot be a misuse.
            if let Some(request) = request {
                let mut stream = self.stream(&request)?;
                let mut view = StreamView::new();
                while let Ok(Some(item)) = stream.next_item() {
                    E::see(&item, &mut view, &mut show);
                }
                let _ = match stream.finish() {
                    Ok(answer) => agent.answered(answer),
                    Err(incomplete) => agent.cut(incomplete),
                };
            }
            for call in calls {
                let _ = match tools(&call) {
                    Ok(output) => agent.result(call.id(), output),
                    Err(error) => agent.failure(call.id(), error),
                };
            }
        }
    }
}
