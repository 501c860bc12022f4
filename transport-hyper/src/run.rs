//! Runs the loop of an agent.

use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use http::Uri;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use requesty_core::agent::{Action, Entry, Loop, RunnableCall, StreamEvent, StreamView};
use requesty_core::{Error, Router};
use tower_service::Service;

use crate::Client;

impl<C> Client<C>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + Read + Write + Unpin + Send + 'static,
    C::Error: Into<Box<dyn StdError + Send + Sync>>,
    C::Future: Send + 'static,
{
    /// Runs a loop until it is done, is stopped, or needs a call to be approved. [`Loop::next`] then returns which;
    /// after [`Loop::approve`], call this again to continue.
    ///
    /// Each turn is streamed, and `show` gets its events. `tools` runs a tool call, and returns its result, or for a
    /// failure a text for the model. The calls of one turn run concurrently. Each request comes from the loop, so its
    /// bounds apply, and the policy of the call may retry it. Dropping the future cancels the running calls; they are
    /// then still open in the loop.
    ///
    /// # Errors
    /// [`Error`] if a request cannot be built, or if no answer began. Calling this again sends the request again. An
    /// answer that is cut later is not an error here; it stops the loop.
    ///
    /// # Examples
    /// ```no_run
    /// use requesty_hyper::agent::{Action, Conversation, Loop, StreamEvent, Tools};
    /// use requesty_hyper::{Client, chat, router_from_env};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let router = router_from_env()?;
    /// let tools = Tools::new().function("now", "Tells the time.", &serde_json::json!({"type": "object"}))?;
    /// let conversation = Conversation::from([chat::Message::user("What time is it?")]);
    /// let mut agent = Loop::new(conversation, tools, chat::Request::new(&[]).model("openai/gpt-4o-mini"));
    /// let show = |event: StreamEvent<'_>| {
    ///     if let StreamEvent::Text { delta, .. } = event {
    ///         print!("{delta}");
    ///     }
    /// };
    /// Client::new().run(&router, &mut agent, async |_call| Ok("12:07".to_owned()), show).await?;
    /// if let Action::Stopped(stop) = agent.next() {
    ///     return Err(stop.into());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn run<E, F>(
        &self,
        router: &Router,
        agent: &mut Loop<E>,
        mut tools: impl FnMut(RunnableCall) -> F,
        mut show: impl FnMut(StreamEvent<'_>),
    ) -> Result<(), Error>
    where
        E: Entry,
        F: Future<Output = Result<String, String>>,
    {
        loop {
            let (request, calls) = match agent.next() {
                Action::Send(request) => (Some(E::stream(router, &request)?), Vec::new()),
                Action::Call(calls) => (None, calls),
                _ => return Ok(()),
            };
            if let Some(request) = request {
                let mut stream = self.stream(&request).await?;
                let mut view = StreamView::new();
                while let Ok(Some(item)) = stream.next_item().await {
                    E::see(&item, &mut view, &mut show);
                }
                // The loop waits for the answer to its own request, so this cannot be a misuse.
                let _ = match stream.finish().await {
                    Ok(answer) => agent.answered(answer),
                    Err(incomplete) => agent.cut(incomplete),
                };
            }
            let mut running: Vec<(String, Pin<Box<F>>)> =
                calls.into_iter().map(|call| (call.id().to_owned(), Box::pin(tools(call)))).collect();
            poll_fn(|cx| {
                running.retain_mut(|(id, call)| {
                    let Poll::Ready(result) = call.as_mut().poll(cx) else { return true };
                    let _ = match result {
                        Ok(output) => agent.result(id, output),
                        Err(error) => agent.failure(id, error),
                    };
                    false
                });
                if running.is_empty() { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    }
}
