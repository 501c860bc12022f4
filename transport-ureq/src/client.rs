//! The client: three methods that make a call.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use requesty_core::observe::Observe;
use requesty_core::reply::Dialect;
use requesty_core::{Call, Error, Incomplete, Received, Reply};
use requesty_net::Options;
use ureq::http::Request;

use crate::attempts::Attempts;
use crate::connect;
use crate::control::{CancelHandle, Control};
use crate::failure::failure;
use crate::iter::{ItemIter, Link};
use crate::wire::Lost;

/// A blocking client: a pool of connections, with methods that make calls over it.
///
/// It is cheap to clone, and can be shared between threads; clones share the pool. It holds no key: each
/// [`Call`](requesty_core::Call) has its key, its time limits and its policy for retries.
///
/// | method | returns | tries again, by the policy of the call |
/// |---|---|---|
/// | [`send`](Self::send) | the whole answer | until the first item of a stream came, or the whole reply |
/// | [`stream`](Self::stream) | at the first item | until the first item came |
/// | [`open`](Self::open) | at the head of the reply | until a head came, with any status |
///
/// Its [`Options`] set how it connects; the async client has the same ones. It uses HTTP/1.1, so each stream has a
/// connection of its own, and dropping the stream closes only that. A redirect is an error and is not followed, because
/// the key would go along. The client never asks for compression.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    observe: Arc<[Observe]>,
    cancel: Option<CancelHandle>,
}

impl Client {
    /// Creates a client with the default options, and a pool of its own.
    pub fn new() -> Self {
        Client::with_options(Options::new())
    }

    /// Creates a client with a pool of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use requesty_ureq::{Client, Options, Proxy};
    ///
    /// let client = Client::with_options(Options::new().with_proxy(Proxy::none()).with_pool_per_host(50));
    /// ```
    pub fn with_options(options: Options) -> Self {
        Client { observe: options.observe().into(), agent: connect::agent(options), cancel: None }
    }

    /// Returns a client with the same pool, whose calls `handle` can cancel.
    #[must_use]
    pub fn with_cancel(&self, handle: &CancelHandle) -> Self {
        Client { cancel: Some(handle.clone()), ..self.clone() }
    }

    /// Sends a call and returns the whole answer with its head. A stream is read to its end and accumulated.
    ///
    /// It is tried again by the policy of the call until the first item of a stream came. After that an error is final,
    /// and is returned with the partial answer.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial answer, unless the reply is complete.
    pub fn send<R: Reply>(&self, call: &Call<R>) -> Result<Received<Total<R>>, Incomplete<Partial<R>>> {
        let reply = self.start(call)?;
        let head = reply.head().clone();
        Ok(Received::new(head, reply.finish()?))
    }

    /// Sends a call and returns its items when the first one came.
    ///
    /// It is tried again by the policy of the call until the first item came, and never after it. Keep-alives are not
    /// items, except for a call that [relays](requesty_core::Call::relaying).
    ///
    /// # Errors
    /// The error of the last attempt, before its first item. A later failure is an error of the stream.
    pub fn stream<R: Reply>(&self, call: &Call<R>) -> Result<ItemIter<R::Dialect, Body>, Error> {
        Ok(self.start(call)?)
    }

    /// Sends a call and returns its items when the head of the reply came, with any status.
    ///
    /// It is tried again by the policy of the call until the head came, and never after it. An error status becomes an
    /// error in place of the first item.
    ///
    /// # Errors
    /// The error of the last attempt, if no head came.
    pub fn open<R: Reply>(&self, call: &Call<R>) -> Result<ItemIter<R::Dialect, Body>, Error> {
        let mut attempts = self.attempts(call);
        loop {
            match self.attempt(call, &mut attempts) {
                Ok(items) => return Ok(items.observed_by(attempts.into_observers())),
                Err(error) => attempts.again(Incomplete::new((), error))?,
            }
        }
    }

    /// Makes attempts until the first item or the complete end came.
    fn start<R: Reply>(&self, call: &Call<R>) -> Result<ItemIter<R::Dialect, Body>, Incomplete<Partial<R>>> {
        let mut attempts = self.attempts(call);
        loop {
            let failure = match self.attempt(call, &mut attempts) {
                Err(error) => Incomplete::new(Default::default(), error),
                Ok(mut items) => match items.wait() {
                    Ok(_) => return Ok(items.observed_by(attempts.into_observers())),
                    Err(error) => {
                        let machine = items.into_machine();
                        attempts.seen(&machine);
                        match machine.total() {
                            Err(failure) => failure,
                            Ok(_) => Incomplete::new(Default::default(), error),
                        }
                    }
                },
            };
            attempts.again(failure)?;
        }
    }

    fn attempts<'a, R: Reply>(&self, call: &'a Call<R>) -> Attempts<'a> {
        Attempts::new(call, &self.observe, self.cancel.as_ref())
    }

    /// Sends the request once and waits for the head.
    fn attempt<R: Reply>(
        &self,
        call: &Call<R>,
        attempts: &mut Attempts<'_>,
    ) -> Result<ItemIter<R::Dialect, Body>, Error> {
        if attempts.control.is_cancelled() {
            return Err(Error::Cancelled(().into()));
        }
        let (mut parts, body) = call.request().into_parts();
        attempts.observers().request(&mut parts, body.len())?;
        let control = attempts.control.clone();
        let response = {
            let _serving = control.serve();
            if body.is_empty() {
                self.agent.run(Request::from_parts(parts, ()))
            } else {
                self.agent.run(Request::from_parts(parts, &*body))
            }
        };
        let response = response.map_err(|error| failure(error, &control))?;
        let (head, body) = response.into_parts();
        let machine = call.open_since(head, Duration::ZERO);
        attempts.observers().response(machine.head(), control.now());
        // From here on, bytes of the body are counted.
        control.fruitful();
        let link = Box::new(Linked(control.clone()));
        let body = Body { reader: body.into_reader(), control: control.clone() };
        Ok(ItemIter::linked(machine, body, control.start(), link))
    }
}

/// The sum of all items of a reply.
type Total<R> = <<R as Reply>::Dialect as Dialect>::Total;

/// The sum of the items of an incomplete reply.
type Partial<R> = <<R as Reply>::Dialect as Dialect>::Partial;

impl Default for Client {
    fn default() -> Self {
        Client::new()
    }
}

impl fmt::Debug for Client {
    /// Shows no option, because the URL of a proxy may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// The body of a reply. Dropping it before its end closes the connection. At its end the connection can be used again.
pub struct Body {
    reader: ureq::BodyReader<'static>,
    control: Arc<Control>,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer);
        self.control.fruitful();
        read.map_err(Lost::unwrap)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

/// The connection between a body and its call.
struct Linked(Arc<Control>);

impl Link<Body> for Linked {
    fn wait(&self, until: Option<Duration>) {
        self.0.wait(until);
    }

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn over(&self, reader: Option<Body>) {
        if let Some(mut body) = reader {
            self.0.wait(Some(self.0.now() + SETTLE));
            // At the end of the body the connection returns to the pool. Otherwise it is closed.
            let mut buffer = [0; 512];
            let mut left = buffer.len();
            while let Ok(read @ 1..) = body.read(&mut buffer) {
                match left.checked_sub(read) {
                    Some(rest) => left = rest,
                    None => break,
                }
            }
        }
    }
}

/// How long a complete answer waits for the end of its body, which usually comes in the same packet.
const SETTLE: Duration = Duration::from_millis(5);
