//! The client: three verbs over one attempt.

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

/// A blocking client: a pool of connections, and the verbs that make calls over it.
///
/// Cheap to clone, and to be shared between threads: clones use one pool. It holds no key: that is in each
/// [`Call`](requesty_core::Call), as are time limits and the policy for retries.
///
/// | verb | returns | tries again, by the call's policy |
/// |---|---|---|
/// | [`send`](Self::send) | the whole answer | until its first item is there, or all of it |
/// | [`stream`](Self::stream) | at the first item | until there is one |
/// | [`open`](Self::open) | at the head of the reply | until there is one, whatever its status |
///
/// How it connects is in its [`Options`], which are those of the async client too. It speaks HTTP/1.1, so each stream has
/// its connection, and dropping it ends just that. Redirects are not followed, as they would take the key along: they are
/// errors. Compression is never asked for.
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

    /// Returns a client over the same pool, whose calls the handle cancels.
    #[must_use]
    pub fn with_cancel(&self, handle: &CancelHandle) -> Self {
        Client { cancel: Some(handle.clone()), ..self.clone() }
    }

    /// Makes a call and returns the whole answer with its head. A streamed answer is collected.
    ///
    /// Tried again as the call's policy says, until the first item of a stream has come: after that an error is final, and
    /// comes with what there is of the answer.
    ///
    /// # Errors
    /// [`Incomplete`], with the partial, unless the reply came to a complete end.
    pub fn send<R: Reply>(&self, call: &Call<R>) -> Result<Received<Total<R>>, Incomplete<Partial<R>>> {
        let reply = self.start(call)?;
        let head = reply.head().clone();
        Ok(Received::new(head, reply.finish()?))
    }

    /// Makes a call and returns its items, once the first is there.
    ///
    /// Until then a failure may be retried; nothing is once an item was there. Keep-alives are no items.
    ///
    /// # Errors
    /// Whatever the last attempt failed for, before there was an item.
    pub fn stream<R: Reply>(&self, call: &Call<R>) -> Result<ItemIter<R::Dialect, Body>, Error> {
        Ok(self.start(call)?)
    }

    /// Makes a call and returns its items as soon as the head of the reply is there, to look at it early.
    ///
    /// No more is retried once there is a head. An error reply is the error of the first item.
    ///
    /// # Errors
    /// Whatever the last attempt failed for, before there was a head.
    pub fn open<R: Reply>(&self, call: &Call<R>) -> Result<ItemIter<R::Dialect, Body>, Error> {
        let mut attempts = self.attempts(call);
        loop {
            match self.attempt(call, &mut attempts) {
                Ok(items) => return Ok(items.observed_by(attempts.into_observers())),
                Err(error) => attempts.again(Incomplete::new((), error))?,
            }
        }
    }

    /// Tries until the first item, or the complete end, is there.
    fn start<R: Reply>(&self, call: &Call<R>) -> Result<ItemIter<R::Dialect, Body>, Incomplete<Partial<R>>> {
        let mut attempts = self.attempts(call);
        loop {
            let failure = match self.attempt(call, &mut attempts) {
                Err(error) => Incomplete::new(Default::default(), error),
                Ok(mut items) => match items.wait() {
                    Ok(_) => return Ok(items.observed_by(attempts.into_observers())),
                    Err(error) => match items.into_machine().total() {
                        Err(failure) => failure,
                        Ok(_) => Incomplete::new(Default::default(), error),
                    },
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

/// What all items of a reply add up to.
type Total<R> = <<R as Reply>::Dialect as Dialect>::Total;

/// What there is of the total when a reply did not come to its end.
type Partial<R> = <<R as Reply>::Dialect as Dialect>::Partial;

impl Default for Client {
    fn default() -> Self {
        Client::new()
    }
}

impl fmt::Debug for Client {
    /// Shows nothing of the configuration: the URL of a proxy may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// The body of a reply. Dropping it before its end closes the connection; at its end the connection can be used again.
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

/// What the call of a body knows.
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
            // An end brings the connection back into the pool; more, or nothing, and it is closed.
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
