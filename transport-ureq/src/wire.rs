//! A connection as ureq uses it. Situations that ureq handles wrongly are handled here first:
//!
//! | on the socket | ureq alone | with this module |
//! |---|---|---|
//! | a reset, or an end of TLS without close_notify | takes it as the end of a body without a length | an error |
//! | an answer before the request was read, then a reset | an error of the write | the answer |
//! | an answer while the server does not read the request | waits for ever | the answer |
//! | an interim reply with headers, such as 100 | an error | skipped |
//! | 64 KiB without a byte of the body: trailers | reads for ever | [`FramingError`] |
//! | a head that fills the input buffer | "disconnected" | [`FramingError`] |

use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};

use requesty_core::error::Phase;
use requesty_net::TlsError;
use ureq::config::Config;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use crate::connect::explain;
use crate::control::Control;
use crate::socket::{Io, Unasked};

/// A connection as ureq uses it.
pub(crate) struct Wire {
    io: Io,
    buffers: LazyBuffers,
    /// Whether the input has bytes that ureq has not seen yet.
    unseen: bool,
    /// Whether the answer came before the request was read. The rest of the request is then not sent.
    answered: bool,
    /// The error of writing the request, if there was one.
    broken: Option<io::Error>,
}

impl Wire {
    pub(crate) fn new(io: Io, config: &Config) -> Self {
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Wire { io, buffers, unseen: false, answered: false, broken: None }
    }

    /// Writes `amount` bytes of the output, unless the server answers instead of reading them.
    fn write(&mut self, amount: usize) -> io::Result<()> {
        let mut written = 0;
        loop {
            let error = match self.step(written, amount) {
                Ok(0) => return Ok(()),
                Ok(count) => {
                    written += count;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            let stalls = Unasked::is(&error);
            match self.look() {
                Ok(true) => {
                    self.answered = true;
                    self.broken = (!stalls).then_some(error);
                    return Ok(());
                }
                // If a server ends a connection because of a certificate, its TLS alert is read here.
                Err(why) if TlsError::find(&why).is_some() => return Err(why),
                _ if stalls => {}
                _ => return Err(error),
            }
        }
    }

    /// Writes some of the output and returns the number of bytes; 0 when all of it is written.
    fn step(&mut self, written: usize, amount: usize) -> io::Result<usize> {
        let output = self.buffers.output().get(written..amount).unwrap_or_default();
        if output.is_empty() {
            return self.io.flush().map(|()| 0);
        }
        match self.io.write(output)? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            count => Ok(count),
        }
    }

    /// Reads without waiting; returns whether an answer came.
    fn look(&mut self) -> io::Result<bool> {
        self.io.socket().wait(false)?;
        let answers = loop {
            match self.io.read(self.buffers.input_append_buf()) {
                Ok(0) => break Ok(false),
                Ok(count) => {
                    self.buffers.input_appended(count);
                    self.unseen = true;
                    if !self.is_interim() {
                        break Ok(true);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break Ok(false),
                Err(error) => break Err(explain(error)),
            }
        };
        self.io.socket().wait(true)?;
        answers
    }

    /// Skips interim replies; returns whether the remaining bytes may only be the beginning of another one.
    fn is_interim(&mut self) -> bool {
        loop {
            match interim(self.buffers.input()) {
                Interim::Whole(length) => self.buffers.input_consume(length),
                Interim::Begun => return true,
                Interim::No => return false,
            }
        }
    }

    /// Waits for more input and returns the number of bytes; 0 at the end of the connection.
    fn receive(&mut self, head: bool) -> io::Result<usize> {
        let room = self.buffers.input_append_buf();
        if room.is_empty() {
            return Err(io::Error::other(if head { FramingError::Head } else { FramingError::Overhead }));
        }
        let count = self.io.read(room).map_err(explain)?;
        self.buffers.input_appended(count);
        // The last read may contain a byte of the body.
        let barren = self.io.socket().control()?.received(count) - count;
        if barren > OVERHEAD {
            return Err(io::Error::other(FramingError::Overhead));
        }
        match self.broken.take() {
            Some(broken) if count == 0 => Err(io::Error::other(Lost(broken))),
            broken => {
                self.broken = broken;
                Ok(count)
            }
        }
    }
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        if self.answered {
            return Ok(());
        }
        // A connection from the pool may have served another call before.
        if let Some(control) = Control::current() {
            control.enter(Phase::Write);
            self.io.socket().serve(&control)?;
        }
        Ok(self.write(amount).map_err(explain)?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        if timeout.reason == ureq::Timeout::Await100 {
            // A client may send `expect` and not wait, because some servers never send "100 Continue".
            return Err(ureq::Error::Timeout(timeout.reason));
        }
        let head = self.io.socket().control()?.await_reply();
        loop {
            if !std::mem::take(&mut self.unseen) && self.receive(head).map_err(Lost::wrap)? == 0 {
                return Ok(false);
            }
            if !head || !self.is_interim() {
                return Ok(true);
            }
        }
    }

    /// ureq calls this before a connection goes into its pool and when it comes out. In between it serves no call.
    fn is_open(&mut self) -> bool {
        self.io.socket().release();
        !self.answered && self.io.is_quiet()
    }

    fn is_tls(&self) -> bool {
        self.io.is_tls()
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("tls", &self.io.is_tls()).finish_non_exhaustive()
    }
}

/// The error for a reply with too many bytes in a row that do not belong to its body.
///
/// It is the [source](std::error::Error::source) of an [`Error::Transport`](requesty_core::Error::Transport), or of an
/// [`Error::Truncated`](requesty_core::Error::Truncated) if the body had begun. Both limits are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FramingError {
    /// The head is larger than 32 KiB.
    Head,
    /// Interim replies, trailers or the lines between two chunks exceed 64 KiB, or one such line exceeds 32 KiB.
    Overhead,
}

impl fmt::Display for FramingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FramingError::Head => "the head of the reply exceeds the limit of 32 KiB",
            FramingError::Overhead => {
                "what comes in a row without a byte of the body exceeds the limit of 64 KiB, or of 32 KiB for one line"
            }
        })
    }
}

impl Error for FramingError {}

/// An end of the connection that ureq would take as the end of the body.
#[derive(Debug)]
pub(crate) struct Lost(io::Error);

impl Lost {
    fn wrap(error: io::Error) -> io::Error {
        use io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};
        match error.kind() {
            UnexpectedEof | ConnectionAborted | ConnectionReset => io::Error::other(Lost(error)),
            _ => error,
        }
    }

    /// Returns the original error of the system or of TLS.
    pub(crate) fn unwrap(error: io::Error) -> io::Error {
        error.downcast::<Lost>().map_or_else(|error| error, |lost| lost.0)
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Lost {}

/// The beginning of the input while the head of a reply is awaited.
#[derive(Debug, PartialEq, Eq)]
enum Interim {
    /// An interim reply, with its length in bytes.
    Whole(usize),
    /// No byte yet, or a possible beginning of an interim reply.
    Begun,
    /// Anything else.
    No,
}

/// Recognises interim replies, except 101, after which no other reply follows.
fn interim(input: &[u8]) -> Interim {
    let begin = input.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(input.len());
    let head = input.get(begin..).unwrap_or_default();
    let matches = |(byte, pattern): (&u8, &u8)| byte == pattern || (*pattern == b'?' && byte.is_ascii_digit());
    if !head.iter().zip(b"HTTP/1.? 1??").all(matches) || head.get(9..12) == Some(b"101") {
        return Interim::No;
    }
    let mut lines = head.split_inclusive(|&byte| byte == b'\n');
    let mut length = begin;
    // The empty line ends the reply.
    let end = lines.find(|line| {
        length += line.len();
        matches!(*line, [b'\r', b'\n'] | [b'\n'])
    });
    end.map_or(Interim::Begun, |_| Interim::Whole(length))
}

/// How many bytes in a row may come without a byte of the body; the last read is not counted.
const OVERHEAD: usize = 64 * 1024;
