//! Bytes on the wire: a socket with or without TLS, whose waits end at the deadline of its call.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use requesty_core::error::Phase;
use requesty_net::Options;
use rustls::{ClientConnection, StreamOwned};

use crate::control::Control;

/// A connection: plain, with TLS to a proxy or to the target, or with TLS inside TLS.
pub(crate) enum Io {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Io>>),
}

impl Io {
    /// Runs the TLS handshake over the connection.
    pub(crate) fn secure(self, tls: ClientConnection, control: &Control) -> io::Result<Self> {
        control.enter(Phase::Tls);
        let mut stream = StreamOwned::new(tls, self);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Io::Tls(Box::new(stream)))
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self, Io::Tls(_))
    }

    /// Returns whether the other side is connected and has sent nothing unexpected, neither on the socket nor on a TLS
    /// layer.
    pub(crate) fn is_quiet(&mut self) -> bool {
        match self {
            Io::Plain(socket) => socket.is_quiet(),
            Io::Tls(stream) => {
                let state = stream.conn.process_new_packets();
                let quiet = state.is_ok_and(|state| state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed());
                quiet && stream.sock.is_quiet()
            }
        }
    }

    /// Returns the socket below all TLS layers.
    pub(crate) fn socket(&mut self) -> &mut Socket {
        match self {
            Io::Plain(socket) => socket,
            Io::Tls(stream) => stream.sock.socket(),
        }
    }
}

impl Read for Io {
    /// Reads without writing, unlike the stream of rustls: an answer can be read from a connection that accepts no more
    /// of the request.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let stream = match self {
            Io::Plain(socket) => return socket.read(buffer),
            Io::Tls(stream) => stream,
        };
        loop {
            match stream.conn.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return result,
            }
            stream.conn.read_tls(&mut stream.sock)?;
            let processed = stream.conn.process_new_packets();
            processed.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
    }
}

impl Write for Io {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Io::Plain(socket) => socket.write(bytes),
            Io::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Io::Plain(_) => Ok(()),
            Io::Tls(stream) => stream.flush(),
        }
    }
}

/// A socket, and the call that it serves.
pub(crate) struct Socket {
    stream: Arc<TcpStream>,
    /// `None` while the socket is idle, so that no thread can cancel it.
    control: Option<Arc<Control>>,
    /// Whether a read waits for bytes.
    waits: bool,
    /// The read limit that is set in the system.
    read_limit: Option<Duration>,
    write_limit: Option<Duration>,
}

impl Socket {
    /// Connects to the first of the addresses that answers, within the remaining time of the call.
    pub(crate) fn connect(addresses: &[SocketAddr], options: &Options, control: &Arc<Control>) -> io::Result<Self> {
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for (at, address) in addresses.iter().enumerate() {
            // Half of the remaining time for each address except the last, so that a silent one leaves time for the
            // others.
            let last = at + 1 == addresses.len();
            let connected = match control.remaining()? {
                // 1 ms longer, so that the clock of the call is sure to have passed.
                Some(left) if last => TcpStream::connect_timeout(address, left + Duration::from_millis(1)),
                Some(left) => TcpStream::connect_timeout(address, left / 2 + Duration::from_millis(1)),
                None => TcpStream::connect(address),
            };
            match connected {
                Ok(stream) => {
                    options.tune(&stream)?;
                    let stream = Arc::new(stream);
                    control.attach(&stream)?;
                    let control = Some(control.clone());
                    return Ok(Socket { stream, control, waits: true, read_limit: None, write_limit: None });
                }
                Err(error) => failure = error,
            }
        }
        // If the limit passed, that is the error.
        control.remaining()?;
        Err(failure)
    }

    /// Serves this call from now on.
    ///
    /// # Errors
    /// An error if the call is already cancelled.
    pub(crate) fn serve(&mut self, control: &Arc<Control>) -> io::Result<()> {
        if self.control.as_ref().is_some_and(|served| Arc::ptr_eq(served, control)) {
            return Ok(());
        }
        self.release();
        self.control = Some(control.clone());
        control.attach(&self.stream)
    }

    /// Serves no call from now on. The last call can no longer shut the socket down.
    pub(crate) fn release(&mut self) {
        if let Some(control) = self.control.take() {
            control.detach(&self.stream);
        }
    }

    /// Returns the call that the socket serves.
    ///
    /// # Errors
    /// An error if the socket is idle.
    pub(crate) fn control(&self) -> io::Result<&Arc<Control>> {
        self.control.as_ref().ok_or_else(|| io::Error::other("an idle connection was used"))
    }

    /// With `false`, reads fail with [`io::ErrorKind::WouldBlock`] if nothing came; with `true`, they wait again.
    pub(crate) fn wait(&mut self, waits: bool) -> io::Result<()> {
        self.waits = waits;
        self.stream.set_nonblocking(!waits)
    }

    /// Returns whether the other side is connected and has sent nothing, as on an idle connection.
    fn is_quiet(&self) -> bool {
        if self.stream.set_nonblocking(true).is_err() {
            return false;
        }
        let peeked = self.stream.peek(&mut [0]);
        let quiet = matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        self.stream.set_nonblocking(false).is_ok() && quiet
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self.control()?.remaining()?;
            if is_off(self.read_limit, left) {
                self.stream.set_read_timeout(left)?;
                self.read_limit = left;
            }
            match (&*self.stream).read(buffer) {
                Err(error) if self.waits && is_early(&error) => {}
                result => return result,
            }
        }
    }
}

impl Write for Socket {
    /// Fails with [`Unasked`] if no byte of the request is accepted and the server sent something meanwhile.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let left = self.control()?.remaining()?;
            let left = Some(left.map_or(PATIENCE, |left| left.min(PATIENCE)));
            if is_off(self.write_limit, left) {
                self.stream.set_write_timeout(left)?;
                self.write_limit = left;
            }
            match (&*self.stream).write(bytes) {
                Err(error) if is_early(&error) => {
                    if self.control()?.phase() == Phase::Write && !self.is_quiet() {
                        return Err(io::Error::other(Unasked));
                    }
                }
                Ok(written) => {
                    self.control()?.wrote();
                    return Ok(written);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How long a stalled write waits before it checks whether the server answers. The system reports the accepted bytes
/// only afterwards, so a limit for writing may pass later by this time.
const PATIENCE: Duration = Duration::from_millis(50);

/// The server sent something although it has not read the request, and does not read on.
#[derive(Debug)]
pub(crate) struct Unasked;

impl Unasked {
    pub(crate) fn is(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Unasked>())
    }
}

impl fmt::Display for Unasked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server does not read the request")
    }
}

impl std::error::Error for Unasked {}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("peer", &self.stream.peer_addr().ok()).finish_non_exhaustive()
    }
}

/// Returns whether another limit must be set in the system. A limit that is a bit early only causes another check, and
/// one that is slightly late does not matter, so the usual limit is set once and not for each read.
fn is_off(told: Option<Duration>, left: Option<Duration>) -> bool {
    match (told, left) {
        (Some(told), Some(left)) => told < left / 2 || told > left + left / 64,
        (told, left) => told != left,
    }
}

/// Returns whether a wait ended without a result. The clocks of the call decide whether the limit passed.
fn is_early(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
