//! What the mock remembers, shared between its thread and the callers.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::api::Management;
use crate::net::ClosedBy;
use crate::reply::Reply;
use crate::script::Script;

/// A request the mock received.
///
/// `Debug` shows no value of `authorization` and `x-api-key`, so that a failed assertion prints no key.
#[derive(Clone)]
pub struct Received {
    /// The method.
    pub method: String,
    /// The request target: path and query.
    pub path: String,
    /// The headers in the order they came; names in lower case, values with invalid UTF-8 replaced.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// The number of the connection it came on, from 0; equal numbers mean the connection was used again.
    pub connection: usize,
    /// The model in the body; `None` if the body has none.
    pub model: Option<String>,
    /// What is wrong with the request by Requesty's documentation. If the list is not empty, the reply was a 400.
    pub complaints: Vec<String>,
    /// Members and values that the documentation does not list. Such a request is answered.
    pub notes: Vec<String>,
}

impl Received {
    /// Returns the first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the body as JSON; null if the body is not JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |(name, value): &(String, String)| match name.as_str() {
            "authorization" | "x-api-key" => (name.clone(), "…".to_owned()),
            _ => (name.clone(), value.clone()),
        };
        let mut f = f.debug_struct("Received");
        f.field("method", &self.method).field("path", &self.path);
        f.field("headers", &self.headers.iter().map(shown).collect::<Vec<_>>());
        f.field("body", &String::from_utf8_lossy(&self.body)).field("connection", &self.connection);
        f.field("model", &self.model).field("complaints", &self.complaints).field("notes", &self.notes).finish()
    }
}

#[derive(Debug, Default)]
struct State {
    received: Vec<Received>,
    /// One entry for each connection ever accepted; `None` while it is open.
    connections: Vec<Option<ClosedBy>>,
    scripts: HashMap<String, Script>,
    played: HashMap<String, usize>,
    /// What the next requests are answered with, whatever they ask.
    queue: VecDeque<Reply>,
    /// Chat requests that the documentation rules out are answered, too.
    any_request: bool,
    management: Management,
}

/// The state behind a lock.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves nothing half done here: every change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a new connection and returns its number.
    pub(crate) fn opened(&self) -> usize {
        let mut state = self.state();
        state.connections.push(None);
        state.connections.len() - 1
    }

    /// Notes that a connection is gone.
    pub(crate) fn closed(&self, number: usize, by: ClosedBy) {
        if let Some(entry) = self.state().connections.get_mut(number) {
            *entry = Some(by);
        }
        self.changed.notify_all();
    }

    /// Returns which side closed a connection; `None` while it is open.
    pub(crate) fn closed_by(&self, number: usize) -> Option<ClosedBy> {
        self.state().connections.get(number).copied().flatten()
    }

    /// Returns how many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.state().connections.len()
    }

    /// Returns how many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.state().connections.iter().filter(|end| end.is_none()).count()
    }

    /// Notes a request and returns how many there were before it.
    pub(crate) fn receive(&self, received: Received) -> usize {
        let mut state = self.state();
        state.received.push(received);
        self.changed.notify_all();
        state.received.len() - 1
    }

    /// Returns every request.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.state().received.clone()
    }

    /// Counts the requests that pass a test.
    pub(crate) fn count(&self, wanted: &dyn Fn(&Received) -> bool) -> usize {
        self.state().received.iter().filter(|received| wanted(received)).count()
    }

    /// Registers a script for a model and resets its count.
    pub(crate) fn script(&self, model: &str, script: Script) {
        let mut state = self.state();
        state.played.remove(model);
        state.scripts.insert(model.to_owned(), script);
    }

    /// Returns the script registered for a model.
    pub(crate) fn scripted(&self, model: &str) -> Option<Script> {
        self.state().scripts.get(model).cloned()
    }

    /// Adds a reply for a request to come.
    pub(crate) fn queue(&self, reply: Reply) {
        self.state().queue.push_back(reply);
    }

    /// Takes the reply that is due.
    pub(crate) fn queued(&self) -> Option<Reply> {
        self.state().queue.pop_front()
    }

    /// Returns how many replies are due.
    pub(crate) fn queue_len(&self) -> usize {
        self.state().queue.len()
    }

    /// Answers chat requests that the documentation rules out, too.
    pub(crate) fn accept_any_request(&self) {
        self.state().any_request = true;
    }

    /// Returns whether chat requests that the documentation rules out are answered.
    pub(crate) fn accepts_any_request(&self) -> bool {
        self.state().any_request
    }

    /// Returns how often a model was played before, and counts this time.
    pub(crate) fn play(&self, model: &str) -> usize {
        let mut state = self.state();
        let count = state.played.entry(model.to_owned()).or_insert(0);
        *count += 1;
        *count - 1
    }

    /// Looks at, or changes, what the management endpoints keep.
    pub(crate) fn manage<T>(&self, act: impl FnOnce(&mut Management) -> T) -> T {
        act(&mut self.state().management)
    }

    /// Forgets requests, queued replies and counts; connections keep their numbers.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        state.received.clear();
        state.queue.clear();
        state.played.clear();
    }

    /// Waits until a test on the number of open connections and of requests passes.
    pub(crate) fn wait(&self, timeout: Duration, passes: &dyn Fn(usize, usize) -> bool) -> bool {
        let deadline = Instant::now() + timeout;
        let mut state = self.state();
        loop {
            let open = state.connections.iter().filter(|end| end.is_none()).count();
            if passes(open, state.received.len()) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
