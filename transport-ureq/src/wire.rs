//! A connection as ureq sees it. What ureq would take amiss is mended here, before ureq sees it:
//!
//! | on the socket | ureq by itself | here |
//! |---|---|---|
//! | a reset, or an end of TLS without its close_notify | the end of a body that has no length | an error |
//! | an answer before the request was read, then a reset | an error of the write | the answer |
//! | an answer while the request is not read on | waits for ever | the answer |
//! | an interim reply with headers, such as 100 | an error | left out |
//! | 64 KiB without a byte of the body: trailers | read for ever | [`FramingError`] |
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

/// A connection as ureq sees it.
pub(crate) struct Wire {
    io: Io,
    buffers: LazyBuffers,
    /// Whether the input has bytes that ureq was not shown yet.
    unseen: bool,
    /// Whether the answer came before the request was read: the rest of the request is not sent any more.
    answered: bool,
    /// Why the request could not be written, where that was why.
    broken: Option<io::Error>,
}

impl Wire {
    pub(crate) fn new(io: Io, config: &Config) -> Self {
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Wire { io, buffers, unseen: false, answered: false, broken: None }
    }

    /// Writes so much of the output, unless the server answers instead of reading it.
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
                // Where a server ends a connection because of a certificate, what it says of it is read here.
                Err(why) if TlsError::find(&why).is_some() => return Err(why),
                _ if stalls => {}
                _ => return Err(error),
            }
        }
    }

    /// Writes some of the output and returns how much; 0 when all of it is out.
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

    /// Reads what came meanwhile, without waiting; returns whether there is an answer in it.
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

    /// Leaves out interim replies; returns whether what remains may only be the beginning of another.
    fn is_interim(&mut self) -> bool {
        loop {
            match interim(self.buffers.input()) {
                Interim::Whole(length) => self.buffers.input_consume(length),
                Interim::Begun => return true,
                Interim::No => return false,
            }
        }
    }

    /// Waits for more input and returns how much came; 0 at the end of the connection.
    fn receive(&mut self, head: bool) -> io::Result<usize> {
        let room = self.buffers.input_append_buf();
        if room.is_empty() {
            return Err(io::Error::other(if head { FramingError::Head } else { FramingError::Overhead }));
        }
        let count = self.io.read(room).map_err(explain)?;
        self.buffers.input_appended(count);
        // What came just now may hold the byte that is waited for.
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
        // It may come from the pool, and have worked for another call before.
        if let Some(control) = Control::current() {
            control.enter(Phase::Write);
            self.io.socket().serve(&control)?;
        }
        Ok(self.write(amount).map_err(explain)?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        if timeout.reason == ureq::Timeout::Await100 {
            // A client may send `expect` and not wait: some servers never say "100 Continue".
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

    /// ureq asks before a connection goes into its pool and when it comes out: between the two it works for no call.
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

/// A reply that is not read on, as too much of it in a row is no byte of its body.
///
/// It is the [source](std::error::Error::source) of an [`Error::Transport`](requesty_core::Error::Transport), or of an
/// [`Error::Truncated`](requesty_core::Error::Truncated) where the body had begun. Both limits are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FramingError {
    /// The head is larger than 32 KiB.
    Head,
    /// Interim replies, trailers or the lines between two chunks go on for more than 64 KiB, or one such line for more than
    /// 32 KiB.
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

/// An end of the connection that ureq would take for the end of the body.
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

    /// Returns the error as the system, or TLS, reported it.
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

/// What the input begins with, where the head of a reply is waited for.
#[derive(Debug, PartialEq, Eq)]
enum Interim {
    /// An interim reply of so many bytes.
    Whole(usize),
    /// Nothing yet, or the beginning of what may be one.
    Begun,
    /// Something else.
    No,
}

/// Recognises interim replies, except for 101, which is the last of its connection.
fn interim(input: &[u8]) -> Interim {
    let begin = input.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(input.len());
    let head = input.get(begin..).unwrap_or_default();
    let matches = |(byte, pattern): (&u8, &u8)| byte == pattern || (*pattern == b'?' && byte.is_ascii_digit());
    if !head.iter().zip(b"HTTP/1.? 1??").all(matches) || head.get(9..12) == Some(b"101") {
        return Interim::No;
    }
    let mut lines = head.split_inclusive(|&byte| byte == b'\n');
    let mut length = begin;
    // The empty line is the end.
    let end = lines.find(|line| {
        length += line.len();
        matches!(*line, [b'\r', b'\n'] | [b'\n'])
    });
    end.map_or(Interim::Begun, |_| Interim::Whole(length))
}

/// How many bytes may come in a row without one of the body, before what the last read brings.
const OVERHEAD: usize = 64 * 1024;
