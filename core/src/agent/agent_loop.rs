//! The loop: what to do next.

use std::fmt;

use super::conversation::Ended;
use super::turn::{CallState, Ending, MadeCall, OpenCall, OpenTurn, Turn};
use super::{Action, BadCall, BadCalls, Bounds, Continuation, Conversation, Entry, Misuse, RunnableCall, Spending};
use super::{Stop, Tools};
use crate::Incomplete;

/// A loop over a conversation, which says what to do next; the module's page has the picture.
///
/// What is sent beside history and tools, such as the model, are the settings: a request of the family with an empty
/// history. The conversation is all that has to be kept: tools, settings and bounds are given anew to the loop that
/// goes on.
#[doc(alias("agent", "run_tools"))]
pub struct Loop<E: Entry> {
    conversation: Conversation<E>,
    settings: E::Request<'static>,
    tools: Tools<E>,
    bounds: Bounds,
    bad_calls: BadCalls,
    needs_approval: Option<Box<Predicate>>,
}

type Predicate = dyn Fn(&RunnableCall) -> bool + Send + Sync;

impl<E: Entry> Loop<E> {
    /// Creates a loop with default [`Bounds`].
    pub fn new(mut conversation: Conversation<E>, tools: Tools<E>, settings: E::Request<'static>) -> Self {
        conversation.close_turn();
        let (bounds, bad_calls) = (Bounds::default(), BadCalls::default());
        Loop { conversation, settings, tools, bounds, bad_calls, needs_approval: None }
    }

    /// Sets how far the loop may go.
    #[must_use]
    pub fn with_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Sets what becomes of calls that cannot be run.
    #[must_use]
    pub fn with_bad_calls(mut self, bad_calls: BadCalls) -> Self {
        self.bad_calls = bad_calls;
        self
    }

    /// Sets which calls must be approved before they are run.
    #[must_use]
    pub fn with_approval(mut self, needs_approval: impl Fn(&RunnableCall) -> bool + Send + Sync + 'static) -> Self {
        self.needs_approval = Some(Box::new(needs_approval));
        self
    }

    /// Returns what to do next. It changes nothing: asked again, it says the same.
    pub fn next(&self) -> Action<'_, E> {
        let conversation = &self.conversation;
        if let Some(open) = &conversation.open {
            let asked = open.calls_in(&CallState::Asked);
            return if asked.is_empty() {
                Action::Call(open.calls_in(&CallState::Ready))
            } else {
                Action::Approve(asked)
            };
        }
        match (&conversation.ended, &conversation.answer) {
            (Some(Ended::Stopped(stop)), _) => return Action::Stopped(stop.clone()),
            (Some(Ended::Done), Some(answer)) => return Action::Done(answer),
            // Only of a conversation that somebody else wrote; no reason to ask again.
            (Some(Ended::Done), None) => {
                return Action::Stopped(Stop::Cut { error: "the answer that was kept cannot be read".to_owned() });
            }
            (None, _) => {}
        }
        match self.bounds.before_request(&conversation.used) {
            Some(stop) => Action::Stopped(stop),
            None => Action::Send(E::request(&self.settings, &conversation.history, self.tools.as_slice())),
        }
    }

    /// Takes a whole answer.
    ///
    /// # Errors
    /// [`Misuse::NoRequest`] where no answer is waited for; its tokens and cost are counted all the same.
    pub fn answered(&mut self, answer: E::Answer) -> Result<(), Misuse> {
        self.count(&answer)?;
        let turn = E::turn(&answer, &self.tools);
        self.conversation.answer = Some(answer);
        self.take(turn);
        Ok(())
    }

    /// Takes an answer that did not come whole: the loop stops. Its text goes into the history, its calls do not.
    ///
    /// # Errors
    /// As [`answered`](Self::answered).
    pub fn cut(&mut self, incomplete: Incomplete<E::Answer>) -> Result<(), Misuse> {
        let (answer, error) = incomplete.into_parts();
        self.count(&answer)?;
        self.conversation.answer = Some(answer);
        self.end_with_text(Stop::Cut { error: error.to_string() });
        Ok(())
    }

    /// Gives the result of a call.
    ///
    /// # Errors
    /// [`Misuse::NoSuchCall`] where no such call is to be run.
    pub fn result(&mut self, id: &str, output: impl Into<String>) -> Result<(), Misuse> {
        self.settle(id, &[CallState::Ready], output.into(), false)
    }

    /// Says that a call failed, and how. The model reads it, and can do better. Without words it reads that the call
    /// failed.
    ///
    /// # Errors
    /// As [`result`](Self::result).
    pub fn failure(&mut self, id: &str, error: impl Into<String>) -> Result<(), Misuse> {
        let error = error.into();
        // Providers refuse a failure that is empty.
        let output = if error.trim().is_empty() { "The call failed.".to_owned() } else { error };
        self.settle(id, &[CallState::Ready], output, true)
    }

    /// Lets a call be run.
    ///
    /// # Errors
    /// [`Misuse::NoSuchCall`] where no such call is to be approved.
    pub fn approve(&mut self, id: &str) -> Result<(), Misuse> {
        let open = self.conversation.open.as_mut().and_then(|open| open.find(id));
        let asked = open.filter(|open| open.state == CallState::Asked).ok_or(Misuse::NoSuchCall)?;
        asked.state = CallState::Ready;
        Ok(())
    }

    /// Refuses a call: it is not run, and the model reads the reason.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub fn refuse(&mut self, id: &str, reason: &str) -> Result<(), Misuse> {
        self.settle(id, &[CallState::Asked], format!("This call was not approved, and not run. {reason}"), true)
    }

    /// Stops the loop: open calls are answered as not run. The loop goes on when the
    /// [conversation](Self::conversation_mut) does.
    pub fn stop(&mut self) {
        self.settle_open(&Stop::ByCaller);
        self.conversation.close_turn();
        self.conversation.cut_entries = None;
        self.conversation.ended = Some(Ended::Stopped(Stop::ByCaller));
    }

    /// Continues an answer that was cut, or stopped early: the next action is to send a request for the rest. Calls of
    /// the cut answer are left out, also those that came whole; tokens and cost add up.
    ///
    /// # Errors
    /// [`Misuse::NothingToContinue`] where no answer was cut, nothing of it came that could be a beginning, or the
    /// family takes none; [`Misuse::TooManyContinuations`] where the bound is reached.
    pub fn continue_cut(&mut self, continuation: Continuation) -> Result<(), Misuse> {
        let conversation = &mut self.conversation;
        let cut_entries = conversation.cut_entries.ok_or(Misuse::NothingToContinue)?;
        if !self.bounds.allows_continuation(&conversation.used) {
            return Err(Misuse::TooManyContinuations);
        }
        // Without a text there is nothing to continue, and the same request is sent once more.
        if cut_entries > 0 {
            match continuation {
                Continuation::Prefix => self.set_prefix(cut_entries)?,
                Continuation::Ask => conversation.history.push(E::user_text(GO_ON.to_owned())),
            }
        }
        self.conversation.ended = None;
        self.conversation.cut_entries = None;
        self.conversation.used.continuations = self.conversation.used.continuations.saturating_add(1);
        Ok(())
    }

    /// Returns the bounds.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Returns the conversation.
    pub fn conversation(&self) -> &Conversation<E> {
        &self.conversation
    }

    /// Returns the conversation, to be [continued](Conversation::push).
    pub fn conversation_mut(&mut self) -> &mut Conversation<E> {
        &mut self.conversation
    }

    /// Takes the conversation.
    pub fn into_conversation(self) -> Conversation<E> {
        self.conversation
    }

    /// Counts an answer.
    fn count(&mut self, answer: &E::Answer) -> Result<(), Misuse> {
        let is_awaited = matches!(self.next(), Action::Send(_));
        let spending: Spending = self.bounds.priced(E::spending(answer));
        let conversation = &mut self.conversation;
        conversation.spending += spending;
        conversation.used.spending += spending;
        if !is_awaited {
            return Err(Misuse::NoRequest);
        }
        conversation.used.turns = conversation.used.turns.saturating_add(1);
        conversation.cut_entries = None;
        conversation.paused = false;
        Ok(())
    }

    fn take(&mut self, mut turn: Turn<E>) {
        if turn.calls.is_empty() {
            self.join(&mut turn.entries);
            match turn.ending {
                Ending::Whole => self.end(turn.entries, Ended::Done),
                Ending::Paused => {
                    self.conversation.paused = !turn.entries.is_empty();
                    self.conversation.history.extend(turn.entries);
                }
                Ending::Early(reason) => self.end_early(turn.entries, Stop::Early { reason }),
                Ending::Refused => self.end(turn.entries, Ended::Stopped(Stop::Refused)),
            }
            return;
        }
        let stop = match (self.count_calls(&turn.calls), &turn.ending) {
            // So that it can be continued.
            (Some(stop @ Stop::BadCall { .. }), Ending::Early(_)) => return self.end_with_text(stop),
            // What a model asked for before it refused is not wanted any more.
            (_, Ending::Refused) => Some(Stop::Refused),
            (stop, _) => stop,
        };
        self.join(&mut turn.entries);
        let (mut calls, mut notes) = (Vec::new(), Vec::new());
        for made in turn.calls {
            match made.bad {
                Some(why) if !made.echoed => notes.push(format!("Your call of `{}` was not run: {why}.", made.name)),
                bad => calls.push(self.open_call(made, bad)),
            }
        }
        self.conversation.open = Some(OpenTurn { entries: turn.entries, calls, notes });
        if let Some(stop) = stop {
            self.settle_open(&stop);
            self.conversation.ended = Some(Ended::Stopped(stop));
        }
        self.conversation.close_turn();
    }

    /// Counts the calls of a turn, and returns why they must not be run.
    fn count_calls(&mut self, calls: &[MadeCall]) -> Option<Stop> {
        let used = &mut self.conversation.used;
        let in_turn = u32::try_from(calls.len()).unwrap_or(u32::MAX);
        used.calls = used.calls.saturating_add(in_turn);
        let runnable = calls.iter().filter(|made| made.bad.is_none());
        let most_identical = runnable.map(|made| used.count_identical(&made.runnable())).max().unwrap_or_default();
        let bad = calls.iter().find_map(|made| made.bad.map(|why| (made, why)));
        self.bounds.before_calls(used, in_turn, most_identical).or_else(|| match bad {
            Some((made, why)) if self.bad_calls == BadCalls::Stop => {
                Some(Stop::BadCall { name: made.name.clone(), why })
            }
            _ => None,
        })
    }

    fn open_call(&self, made: MadeCall, bad: Option<BadCall>) -> OpenCall {
        let call = made.runnable();
        let state = match bad {
            Some(BadCall::UnknownFunction) => {
                let names: Vec<&str> = self.tools.names().collect();
                let names = names.join(", ");
                failed(format!("This call was not run: there is no function of that name. There are: {names}."))
            }
            Some(why) => failed(format!("This call was not run: {why}. Make it again, whole.")),
            None if self.needs_approval.as_ref().is_some_and(|needs| needs(&call)) => CallState::Asked,
            None => CallState::Ready,
        };
        OpenCall { call, state }
    }

    /// Appends the text of the last answer, without its calls, for one that did not come to its end.
    fn end_with_text(&mut self, stop: Stop) {
        let text = self.conversation.answer.as_ref().map(E::text).unwrap_or_default();
        let mut entries: Vec<E> = E::assistant_text(&text).into_iter().collect();
        self.join(&mut entries);
        self.end_early(entries, stop);
    }

    /// Appends the last entries of a loop, which can be continued.
    fn end_early(&mut self, entries: Vec<E>, stop: Stop) {
        self.conversation.cut_entries = Some(entries.len());
        self.end(entries, Ended::Stopped(stop));
    }

    /// Appends the last entries of a loop.
    fn end(&mut self, entries: Vec<E>, ended: Ended) {
        self.conversation.history.extend(entries);
        self.conversation.ended = Some(ended);
    }

    /// Puts the beginning that was sent in front of what continues it.
    fn join(&mut self, entries: &mut Vec<E>) {
        if std::mem::take(&mut self.conversation.prefixed) {
            if let Some(prefix) = self.conversation.history.pop() {
                E::join(prefix, entries);
            }
        }
    }

    /// Replaces what a cut answer left in the history by the beginning of the answer to come.
    fn set_prefix(&mut self, cut_entries: usize) -> Result<(), Misuse> {
        let conversation = &mut self.conversation;
        let kept = conversation.history.len().saturating_sub(cut_entries);
        let cut = conversation.history.get(kept..).unwrap_or_default();
        let text: String = cut.iter().map(E::entry_text).collect();
        // Providers refuse a beginning that ends in white space.
        let prefix = E::assistant_text(text.trim_end()).filter(|_| E::TAKES_PREFIX).ok_or(Misuse::NothingToContinue)?;
        conversation.history.truncate(kept);
        conversation.history.push(prefix);
        conversation.prefixed = true;
        Ok(())
    }

    fn settle(&mut self, id: &str, from: &[CallState], output: String, failed: bool) -> Result<(), Misuse> {
        let open = self.conversation.open.as_mut().and_then(|open| open.find(id));
        let open = open.filter(|open| from.contains(&open.state)).ok_or(Misuse::NoSuchCall)?;
        open.state = CallState::Settled { output, failed };
        self.conversation.close_turn();
        Ok(())
    }

    /// Answers all open calls as not run.
    fn settle_open(&mut self, stop: &Stop) {
        let open = self.conversation.open.iter_mut().flat_map(|open| &mut open.calls);
        for call in open.filter(|call| !matches!(call.state, CallState::Settled { .. })) {
            call.state = failed(format!("This call was not run: {stop}."));
        }
    }
}

impl MadeCall {
    fn runnable(&self) -> RunnableCall {
        RunnableCall::new(self.id.clone(), self.name.clone(), self.arguments.clone())
    }
}

fn failed(output: String) -> CallState {
    CallState::Settled { output, failed: true }
}

impl<E: Entry> fmt::Debug for Loop<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loop")
            .field("conversation", &self.conversation)
            .field("bounds", &self.bounds)
            .finish_non_exhaustive()
    }
}

const GO_ON: &str = "Your answer was cut. Go on exactly where it stopped, and repeat nothing.";
