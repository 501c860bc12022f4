//! The handshake that asks a proxy for a tunnel, as a value that accepts and returns bytes.

use std::collections::VecDeque;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::StatusCode;

use crate::proxy::{Kind, Server, bare};

/// The handshake with a proxy.
///
/// ```text
/// loop: step ─▶ Write(bytes)  write them all
///               Read          read some, then read(bytes); none at all is the end of the connection
///               Done          the connection is the target's now
/// ```
pub struct Tunnel {
    server: Arc<Server>,
    host: String,
    port: u16,
    state: State,
    input: Vec<u8>,
    ended: bool,
}

/// The next step of a tunnel, for its caller.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Write all these bytes.
    Write(Vec<u8>),
    /// Read some bytes.
    Read,
    /// The tunnel is open.
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ask,
    /// `CONNECT` was sent.
    Head,
    /// SOCKS: the method selection was sent, then the password, then the target.
    Method,
    Password,
    Target,
    Done,
}

/// The limit for the bytes of a proxy's answer.
const LONGEST: usize = 16 * 1024;

impl Tunnel {
    /// Creates the handshake that asks `server` for a tunnel to `host`, with or without brackets, and `port`.
    pub fn new(server: Arc<Server>, host: &str, port: u16) -> Self {
        Tunnel { server, host: bare(host).to_owned(), port, state: State::Ask, input: Vec::new(), ended: false }
    }

    /// Accepts bytes that were read; an empty slice is the end of the connection.
    pub fn read(&mut self, bytes: &[u8]) {
        self.ended |= bytes.is_empty();
        self.input.extend_from_slice(bytes);
    }

    /// Returns what to do next.
    ///
    /// # Errors
    /// [`Refused`] if the proxy refuses the tunnel.
    pub fn step(&mut self) -> Result<Step, Refused> {
        let step = match self.state {
            State::Ask if self.server.kind == Kind::Socks5 => {
                self.state = State::Method;
                let methods: &[u8] = if self.server.credentials.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
                Some(Step::Write(methods.to_vec()))
            }
            State::Ask => {
                self.state = State::Head;
                Some(Step::Write(self.connect().into_bytes()))
            }
            State::Head => self.head()?,
            State::Method => self.method()?,
            State::Password => self.password()?,
            State::Target => self.target()?,
            State::Done => Some(Step::Done),
        };
        match step {
            Some(step) => Ok(step),
            None if self.ended => Err(self.refused("closed the connection without an answer")),
            None if self.input.len() > LONGEST => Err(self.refused("sent an answer without an end")),
            None => Ok(Step::Read),
        }
    }

    fn connect(&self) -> String {
        let target = match self.host.parse() {
            Ok(IpAddr::V6(address)) => format!("[{address}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        };
        let auth = self.server.basic().map(|basic| format!("Proxy-Authorization: Basic {basic}\r\n"));
        format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{}\r\n", auth.unwrap_or_default())
    }

    fn head(&mut self) -> Result<Option<Step>, Refused> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        let length = match response.parse(&self.input) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(_) => return Err(self.refused("answered something that is not HTTP")),
        };
        let status = response.code.and_then(|code| StatusCode::from_u16(code).ok());
        if status.is_some_and(|status| status.is_success()) {
            // The target sends nothing before the client does.
            if self.input.len() > length {
                return Err(self.refused("sent more than its answer"));
            }
            return Ok(Some(self.done()));
        }
        // The body of the answer is read only if its length is known.
        let announced = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
        let announced = announced.and_then(|header| std::str::from_utf8(header.value).ok()?.trim().parse().ok());
        let wanted: usize = announced.unwrap_or(0).min(LONGEST.saturating_sub(length));
        if self.input.len() < length + wanted && !self.ended {
            return Ok(None);
        }
        let body = self.input.get(length..).unwrap_or_default();
        let body = without(body, &self.server);
        Err(Refused { status, body, ..self.refused("refused the tunnel") })
    }

    fn method(&mut self) -> Result<Option<Step>, Refused> {
        let Some([version, method]) = self.take() else { return Ok(None) };
        match (version, method, &self.server.credentials) {
            (5, 0, _) => Ok(Some(self.ask_target())),
            (5, 2, Some((user, password))) => {
                let (Ok(user_length), Ok(password_length)) = (u8::try_from(user.len()), u8::try_from(password.len()))
                else {
                    return Err(self.refused("takes no user or password longer than 255 bytes"));
                };
                let ask = [&[1, user_length][..], user, &[password_length], password].concat();
                self.state = State::Password;
                Ok(Some(Step::Write(ask)))
            }
            (5, ..) => Err(Refused { needs_credentials: true, ..self.refused("wants another way to log in") }),
            _ => Err(self.refused("answered something that is not SOCKS 5")),
        }
    }

    fn password(&mut self) -> Result<Option<Step>, Refused> {
        let Some([_, status]) = self.take() else { return Ok(None) };
        if status != 0 {
            return Err(Refused { needs_credentials: true, ..self.refused("refused user and password") });
        }
        Ok(Some(self.ask_target()))
    }

    fn ask_target(&mut self) -> Step {
        let address = match self.host.parse() {
            Ok(IpAddr::V4(address)) => [&[1][..], &address.octets()].concat(),
            Ok(IpAddr::V6(address)) => [&[4][..], &address.octets()].concat(),
            Err(_) => {
                // A host name has at most 253 bytes.
                let name = self.host.as_bytes().get(..255).unwrap_or(self.host.as_bytes());
                [&[3, u8::try_from(name.len()).unwrap_or(255)][..], name].concat()
            }
        };
        self.state = State::Target;
        Step::Write([&[5, 1, 0][..], &address, &self.port.to_be_bytes()].concat())
    }

    fn target(&mut self) -> Result<Option<Step>, Refused> {
        let &[_, answer, _, kind, first, ..] = self.input.as_slice() else { return Ok(None) };
        if answer != 0 {
            let words = match answer {
                2 => "does not allow the target",
                3 | 4 => "cannot reach the target",
                5 => "was refused by the target",
                _ => "refused the tunnel",
            };
            return Err(self.refused(words));
        }
        let address = match kind {
            1 => 4,
            4 => 16,
            _ => 1 + usize::from(first),
        };
        match self.input.len().cmp(&(4 + address + 2)) {
            std::cmp::Ordering::Less => Ok(None),
            std::cmp::Ordering::Equal => Ok(Some(self.done())),
            std::cmp::Ordering::Greater => Err(self.refused("sent more than its answer")),
        }
    }

    fn done(&mut self) -> Step {
        self.state = State::Done;
        self.input = Vec::new();
        Step::Done
    }

    /// Takes a short answer from the input.
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let taken = self.input.get(..N)?.try_into().ok()?;
        self.input.drain(..N);
        Some(taken)
    }

    fn refused(&self, what: &'static str) -> Refused {
        Refused { server: self.server.clone(), what, status: None, needs_credentials: false, body: Vec::new() }
    }
}

impl fmt::Debug for Tunnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tunnel").field("server", &self.server).field("state", &self.state).finish_non_exhaustive()
    }
}

/// The error for a proxy that refuses the tunnel.
///
/// It is the source of an [`Error::Transport`](requesty_core::Error::Transport) in the phase
/// [`Proxy`](requesty_core::error::Phase::Proxy).
#[derive(Clone)]
pub struct Refused {
    server: Arc<Server>,
    what: &'static str,
    status: Option<StatusCode>,
    needs_credentials: bool,
    body: Vec<u8>,
}

impl Refused {
    /// Returns the status of the answer to `CONNECT`; `None` for a SOCKS proxy.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Returns whether the proxy requires a user and a password, or rejected those it got.
    pub fn needs_credentials(&self) -> bool {
        // Some proxies send 401, as a server would.
        let asks = [StatusCode::PROXY_AUTHENTICATION_REQUIRED, StatusCode::UNAUTHORIZED];
        self.needs_credentials || self.status.is_some_and(|status| asks.contains(&status))
    }

    /// Returns the body of the proxy's answer, often an HTML page, with the credentials removed. Neither `Display` nor
    /// `Debug` shows it.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy at {}:{} {}", self.server.host(), self.server.port(), self.what)?;
        if let Some(status) = self.status {
            write!(f, " with status {}", status.as_u16())?;
        }
        match (self.needs_credentials(), self.server.credentials.is_some()) {
            (true, true) => f.write_str("; check the user and the password in its URL"),
            (true, false) => f.write_str("; a user and a password can be part of its URL"),
            (false, _) => Ok(()),
        }
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Refused");
        f.field("server", &self.server).field("what", &self.what).field("status", &self.status);
        f.field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

impl std::error::Error for Refused {}

/// Removes the credentials from a page that may echo them.
fn without(body: &[u8], server: &Server) -> Vec<u8> {
    let mut body: VecDeque<u8> = body.iter().copied().collect();
    let secrets = [server.basic().map(String::into_bytes), server.credentials.clone().map(|(_, password)| password)];
    for secret in secrets.into_iter().flatten().filter(|secret| !secret.is_empty()) {
        let bytes = Vec::from(std::mem::take(&mut body));
        let mut rest = bytes.as_slice();
        while let Some((first, after)) = rest.split_first() {
            match rest.strip_prefix(secret.as_slice()) {
                Some(end) => {
                    body.extend(b"***");
                    rest = end;
                }
                None => {
                    body.push_back(*first);
                    rest = after;
                }
            }
        }
    }
    body.into()
}
