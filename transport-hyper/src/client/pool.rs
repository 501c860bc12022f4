//! The connections that no call uses at present.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use http::Uri;
use http::uri::{Authority, Scheme};
use requesty_core::BuildError;
use requesty_net::Options;
use tokio::runtime::{Handle, Id};

use super::connection::Http1Connection;
use super::exchange::Connection;
#[cfg(feature = "http2")]
use super::http2::Http2Connection;
use crate::Timer;

/// The destination of a connection, and the runtime of its socket: in another runtime it may wait for ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    scheme: Scheme,
    authority: Authority,
    runtime: Id,
}

impl Key {
    pub(super) fn new(target: &Uri, runtime: Id) -> Result<Self, BuildError> {
        let (Some(scheme), Some(authority)) = (target.scheme(), target.authority()) else {
            return Err(BuildError::new("the URL has no scheme or no host"));
        };
        Ok(Key { scheme: scheme.clone(), authority: authority.clone(), runtime })
    }
}

/// The idle connections of a client and its clones.
///
/// One task per runtime, the *keeper*, closes connections that were idle for too long or that the server closed. It
/// exists only while there are idle connections. It holds the pool weakly, so that dropping the last client closes all
/// idle connections.
///
/// No connection is polled or dropped under the lock, because both run code of a connector.
pub(super) struct Pool {
    state: Mutex<State>,
    timer: Arc<dyn Timer>,
    /// How long a connection may be idle.
    longest: Duration,
    per_host: usize,
    /// Whether the system can be asked if anything came on a connection.
    can_ask: bool,
}

#[derive(Default)]
struct State {
    /// Idle connections by destination, the newest last. No list is empty.
    idle: HashMap<Key, Vec<Idle>>,
    /// Connections with HTTP/2, which stay here while calls use them.
    #[cfg(feature = "http2")]
    shared: HashMap<Key, Http2Connection>,
    /// The runtimes that have a keeper.
    kept: Vec<Id>,
}

struct Idle {
    since: Duration,
    connection: Box<Http1Connection>,
}

impl Pool {
    pub(super) fn new(options: &Options, timer: Arc<dyn Timer>, can_ask: bool) -> Self {
        let (longest, per_host) = (options.pool_idle(), options.pool_per_host());
        Pool { state: Mutex::default(), timer, longest, per_host, can_ask }
    }

    /// Prepares the next [`take`](Self::take) if the system cannot be asked: yields to the runtime's driver, and with
    /// HTTP/2 to the task that reads, so that idle connections notice what came.
    pub(super) async fn look(&self, key: &Key) {
        let cannot_know = {
            let state = self.lock();
            let is_idle = !self.can_ask && state.idle.contains_key(key);
            #[cfg(feature = "http2")]
            let is_idle = is_idle || state.shared.contains_key(key);
            is_idle
        };
        if cannot_know {
            tokio::task::yield_now().await;
        }
    }

    /// Takes the connection that can serve a call and was used last.
    pub(super) fn take(&self, key: &Key) -> Option<Connection> {
        #[cfg(feature = "http2")]
        if let Some(connection) = self.shared(key) {
            return Some(Connection::Http2(connection));
        }
        loop {
            let newest = self.pop(key)?;
            // If the newest is too old, so are the others; the keeper closes them.
            if self.is_too_old(newest.since, self.timer.now()) {
                return None;
            }
            let mut connection = newest.connection;
            if connection.is_reusable() {
                return Some(Connection::Http1(connection));
            }
        }
    }

    /// Keeps a connection for the next call.
    pub(super) fn put(self: &Arc<Self>, connection: Box<Http1Connection>) {
        let since = self.timer.now();
        let runtime = connection.runtime().clone();
        let refused = self.lock().push(Idle { since, connection }, self.per_host);
        // If the connection was kept, a keeper must watch it.
        if refused.is_none() {
            self.keep(&runtime);
        }
    }

    /// Keeps a connection that calls can share, and returns it. If there already is one, returns that.
    #[cfg(feature = "http2")]
    pub(super) fn share(self: &Arc<Self>, connection: Http2Connection, runtime: &Handle) -> Http2Connection {
        let before = self.shared(connection.key());
        if let Some(first) = before {
            return first;
        }
        let replaced = self.lock().shared.insert(connection.key().clone(), connection.clone());
        drop(replaced);
        self.keep(runtime);
        connection
    }

    /// Removes a shared connection, so that no further call uses it.
    #[cfg(feature = "http2")]
    pub(super) fn forget(&self, connection: &Http2Connection) {
        let mut state = self.lock();
        let is_there = state.shared.get(connection.key()).is_some_and(|there| there.is(connection));
        let forgotten = if is_there { state.shared.remove(connection.key()) } else { None };
        drop(state);
        drop(forgotten);
    }

    #[cfg(feature = "http2")]
    fn shared(&self, key: &Key) -> Option<Http2Connection> {
        let found = self.lock().shared.get(key).cloned()?;
        if found.is_open() {
            return Some(found);
        }
        self.forget(&found);
        None
    }

    fn pop(&self, key: &Key) -> Option<Idle> {
        let mut state = self.lock();
        let list = state.idle.get_mut(key)?;
        let newest = list.pop();
        if list.is_empty() {
            state.idle.remove(key);
        }
        newest
    }

    fn is_too_old(&self, since: Duration, now: Duration) -> bool {
        now.saturating_sub(since) >= self.longest
    }

    /// Starts a keeper in the runtime, if it has none.
    fn keep(self: &Arc<Self>, runtime: &Handle) {
        let id = runtime.id();
        {
            let mut state = self.lock();
            if state.kept.contains(&id) {
                return;
            }
            state.kept.push(id);
        }
        let keeper = Keeper { pool: Arc::downgrade(self), runtime: id, timer: self.timer.clone() };
        let first = self.timer.now().saturating_add(self.longest.min(INTERVAL));
        runtime.spawn(keeper.run(first));
    }

    /// Closes the useless connections of a runtime. Returns when to check again, or `None` if no connection is left:
    /// the runtime then has no keeper.
    fn look_after(&self, runtime: Id) -> Option<Duration> {
        let now = self.timer.now();
        let (mut closing, mut woken) = (Vec::new(), Vec::new());
        {
            let mut state = self.lock();
            for (_, list) in state.idle.iter_mut().filter(|(key, _)| key.runtime == runtime) {
                for idle in std::mem::take(list) {
                    match idle {
                        idle if self.is_too_old(idle.since, now) => closing.push(idle),
                        idle if idle.connection.was_woken() => woken.push(idle),
                        idle => list.push(idle),
                    }
                }
            }
            state.idle.retain(|_, list| !list.is_empty());
        }
        drop(closing);
        woken.retain_mut(|idle| idle.connection.is_still_idle());
        #[cfg(feature = "http2")]
        self.close_shared(runtime, now);

        let mut state = self.lock();
        let refused: Vec<_> = woken.into_iter().filter_map(|idle| state.push(idle, self.per_host)).collect();
        let oldest = state.oldest(runtime);
        if oldest.is_none() {
            state.kept.retain(|kept| *kept != runtime);
        }
        drop(state);
        drop(refused);
        oldest.map(|since| since.saturating_add(self.longest).min(now.saturating_add(INTERVAL)))
    }

    #[cfg(feature = "http2")]
    fn close_shared(&self, runtime: Id, now: Duration) {
        let mut closing = Vec::new();
        let mut state = self.lock();
        state.shared.retain(|key, connection| {
            let is_too_old = || connection.idle_since().is_some_and(|since| self.is_too_old(since, now));
            let stays = key.runtime != runtime || (connection.is_open() && !is_too_old());
            if !stays {
                closing.push(connection.clone());
            }
            stays
        });
        drop(state);
        drop(closing);
    }

    /// Closes all connections of a runtime that ended.
    fn close_all(&self, runtime: Id) {
        let mut closing = Vec::new();
        let mut state = self.lock();
        state.kept.retain(|kept| *kept != runtime);
        state.idle.retain(|key, list| {
            if key.runtime == runtime {
                closing.append(list);
            }
            key.runtime != runtime
        });
        #[cfg(feature = "http2")]
        let mut sharing = Vec::new();
        #[cfg(feature = "http2")]
        state.shared.retain(|key, connection| {
            if key.runtime == runtime {
                sharing.push(connection.clone());
            }
            key.runtime != runtime
        });
        drop(state);
        drop(closing);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Keeps a connection, or returns it if there are enough.
    fn push(&mut self, idle: Idle, per_host: usize) -> Option<Idle> {
        let key = idle.connection.key();
        match self.idle.get_mut(key) {
            Some(list) if list.len() >= per_host => return Some(idle),
            Some(list) => list.push(idle),
            None if per_host == 0 => return Some(idle),
            None => {
                self.idle.insert(key.clone(), vec![idle]);
            }
        }
        None
    }

    /// Returns the time since which the oldest connection of a runtime is idle, or a later time if some are only
    /// shared.
    fn oldest(&self, runtime: Id) -> Option<Duration> {
        let idle = self.idle.iter().filter(|(key, _)| key.runtime == runtime);
        let oldest = idle.flat_map(|(_, list)| list.iter().map(|idle| idle.since)).min();
        #[cfg(feature = "http2")]
        {
            let shared = self.shared.iter().filter(|(key, _)| key.runtime == runtime);
            let shared = shared.map(|(_, connection)| connection.idle_since().unwrap_or(Duration::MAX)).min();
            oldest.into_iter().chain(shared).min()
        }
        #[cfg(not(feature = "http2"))]
        oldest
    }
}

/// How often idle connections are checked.
const INTERVAL: Duration = Duration::from_millis(500);

/// The task that watches the idle connections of a runtime.
struct Keeper {
    pool: Weak<Pool>,
    runtime: Id,
    timer: Arc<dyn Timer>,
}

impl Keeper {
    async fn run(mut self, mut next: Duration) {
        loop {
            self.timer.sleep_until(next).await;
            let Some(pool) = self.pool.upgrade() else { return };
            match pool.look_after(self.runtime) {
                Some(at) => next = at,
                None => {
                    // From here on, another keeper may exist.
                    self.pool = Weak::new();
                    return;
                }
            }
        }
    }
}

impl Drop for Keeper {
    /// A keeper that is dropped early ends with its runtime; its sockets cannot be used any more.
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.close_all(self.runtime);
        }
    }
}
