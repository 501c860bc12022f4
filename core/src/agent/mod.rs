//! Agents: a conversation, the tools that a model may call, and a loop between the two with hard bounds.
//!
//! Nothing here does IO, and no request is made that the caller does not send. A [`Loop`] is a value that says what to do next:
//!
//! ```text
//!                ┌────────────── Action::Send(request) ──▶ the caller sends it ──┐
//!                │                                                               ▼
//! Conversation ─▶ Loop ◀── Loop::result(id, …) ◀── Action::Call(calls)      Loop::answered(answer)
//!                │  ▲◀──── Loop::approve(id) ◀──── Action::Approve(calls)   Loop::cut(incomplete)
//!                │  └────────────────────────────────────────────────────────────┘
//!                ├──▶ Action::Done(answer)
//!                └──▶ Action::Stopped(stop): a bound, a cut answer, a call that cannot be run
//! ```
//!
//! The caller's code is the same in the three families: an [`Entry`] of a history is a [`chat::Message`](crate::chat::Message), a
//! [`messages::Message`](crate::messages::Message) or a [`responses::InputItem`](crate::responses::InputItem).
//!
//! # What holds at every moment
//! * The [history](Conversation::history) is well-formed: each call in it is answered exactly once, in order, under its own id.
//!   A turn whose calls are still open is not in the history yet.
//! * A call that was cut, or whose arguments are not JSON, is never handed out. Neither is a call that the provider ran itself.
//! * [`Bounds`] are checked before each request. Without any set, a loop ends after 16 turns.
//! * A [`Conversation`] can be written as JSON and read back, with its open calls, approvals and the counts of its bounds.
//!
//! Tools are described [by hand](Tools::function), by a [strict schema](Tools::strict) or, with the feature `schemars`, by the type
//! of their arguments or an enum of all functions; calls are read by [`RunnableCall::arguments_as`] and
//! [`RunnableCall::variant_of`].
//!
//! # Examples
//! ```
//! use requesty_core::agent::{Action, Conversation, Loop, Tools};
//! use requesty_core::chat::{Completion, Message, Request};
//!
//! let schema = serde_json::json!({"type": "object", "properties": {"city": {"type": "string"}}});
//! let tools = Tools::new().function("weather", "Tells the weather of a city.", &schema)?;
//! let conversation = Conversation::from([Message::user("What is the weather in Rome?")]);
//! let mut agent = Loop::new(conversation, tools, Request::new(&[]).model("openai/gpt-4o-mini"));
//!
//! // What a server would answer.
//! let mut answers = [
//!     concat!(
//!         r#"{"choices":[{"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[{"id":"c1","#,
//!         r#""type":"function","function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"}}]}}]}"#,
//!     ),
//!     r#"{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"It is sunny."}}]}"#,
//! ]
//! .into_iter();
//!
//! let text = loop {
//!     match agent.next() {
//!         Action::Send(_request) => {
//!             let completion: Completion = serde_json::from_str(answers.next().unwrap_or_default())?;
//!             agent.answered(completion)?;
//!         }
//!         Action::Call(calls) => {
//!             for call in calls {
//!                 agent.result(call.id(), "sunny")?;
//!             }
//!         }
//!         Action::Done(completion) => break completion.text().into_owned(),
//!         _ => unreachable!("nothing is to be approved, and no bound is reached"),
//!     }
//! };
//! assert_eq!(text, "It is sunny.");
//! assert_eq!(agent.conversation().history().len(), 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod action;
mod agent_loop;
mod bounds;
mod chat_entry;
mod conversation;
mod entry;
mod estimate;
mod messages_entry;
mod responses_entry;
mod runnable_call;
mod spending;
mod stop;
mod stream_item;
mod stream_view;
mod tools;
mod turn;
mod variant;

pub use action::{Action, BadCalls, Continuation, Misuse};
pub use agent_loop::Loop;
pub use bounds::{Bounds, Used};
pub use conversation::Conversation;
pub use entry::Entry;
pub use estimate::{Assumptions, Estimate};
pub use runnable_call::RunnableCall;
pub use spending::Spending;
pub use stop::{BadCall, Bound, Stop};
pub use stream_item::StreamItem;
pub use stream_view::{CallView, StreamEvent, StreamView};
pub use tools::Tools;
