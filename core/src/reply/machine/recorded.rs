//! A machine whose reply is recorded.

use std::time::Duration;

use super::Machine;
use crate::record::{RecordedEnd, Tape};
use crate::reply::{Dialect, End};

impl<D: Dialect> Machine<D> {
    /// Notes all that comes on a tape.
    pub(crate) fn with_tape(self, tape: Option<Tape>) -> Self {
        Machine { tape: tape.map(Box::new), ..self }
    }

    /// Notes bytes before they are pushed.
    pub(super) fn tape_bytes(&mut self, bytes: &[u8], now: Duration) {
        if let Some(tape) = &mut self.tape {
            tape.piece(bytes, now);
        }
    }

    /// Notes the first `n` bytes of the room before they are committed.
    pub(super) fn tape_room(&mut self, n: usize, now: Duration) {
        let Some(mut tape) = self.tape.take() else { return };
        // What was read into the room is still there: asked for again, it is the same room.
        tape.piece(self.room().get(..n).unwrap_or_default(), now);
        self.tape = Some(tape);
    }

    pub(super) fn tape_end(&mut self, how: &End) {
        let Some(tape) = &mut self.tape else { return };
        tape.end(match how {
            End::Clean => RecordedEnd::Clean,
            End::Cut(_) => RecordedEnd::Cut,
            End::TimedOut(timeout) => RecordedEnd::TimedOut(*timeout),
            End::Cancelled => RecordedEnd::Cancelled,
        });
    }
}
