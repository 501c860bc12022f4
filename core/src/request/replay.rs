//! A recording is read as the reply to a call.

use std::time::Duration;

use http::StatusCode;

use super::Call;
use crate::error::Cause;
use crate::record::{RecordedEnd, Recording};
use crate::reply::{Dialect, End, Reply, Step};
use crate::{BuildError, Error, Incomplete};

impl Recording {
    /// Reads the recording as the reply to `call`, with the cuts and times that it has, and returns the total.
    ///
    /// # Errors
    /// [`Incomplete`] where the reply did not come to a complete end: the same as when it was recorded, except that the cause
    /// of a cut is not kept. [`Error::Build`] where the recording holds no content.
    pub fn replay<R: Reply>(
        &self,
        call: &Call<R>,
    ) -> Result<<R::Dialect as Dialect>::Total, Incomplete<<R::Dialect as Dialect>::Partial>> {
        self.replay_with(call, |_| {})
    }

    /// As [`replay`](Self::replay), and lends each item to `see`.
    ///
    /// # Errors
    /// As [`replay`](Self::replay).
    pub fn replay_with<R: Reply>(
        &self,
        call: &Call<R>,
        mut see: impl FnMut(<R::Dialect as Dialect>::Item<'_>),
    ) -> Result<<R::Dialect as Dialect>::Total, Incomplete<<R::Dialect as Dialect>::Partial>> {
        let head = self.response().map_err(|error| Incomplete::new(Default::default(), Error::from(error)))?;
        let mut machine = call.open(head, Duration::ZERO);
        let mut pieces = self.pieces.iter();
        loop {
            match machine.advance() {
                Ok(Step::Ready) => see(machine.item()),
                Ok(Step::NeedBytes) => match pieces.next() {
                    Some(piece) => machine.push(piece.bytes.as_deref().unwrap_or_default(), piece.at),
                    None => {
                        machine.end(self.end());
                        while let Ok(Step::Ready) = machine.advance() {
                            see(machine.item());
                        }
                        break;
                    }
                },
                Ok(Step::Done) | Err(_) => break,
            }
        }
        machine.total()
    }

    fn response(&self) -> Result<http::response::Parts, BuildError> {
        if self.pieces.iter().any(|piece| piece.bytes.is_none()) {
            return Err(BuildError::new("the recording holds no content: use Recorder::with_content"));
        }
        let status = StatusCode::from_u16(self.status);
        let mut response = http::Response::builder().status(status.map_err(|_| BuildError::new("no HTTP status"))?);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        let response = response.body(()).map_err(|_| BuildError::new("the recording has a header that is not one"))?;
        Ok(response.into_parts().0)
    }

    fn end(&self) -> End {
        match self.end {
            Some(RecordedEnd::Clean) => End::Clean,
            Some(RecordedEnd::Cut) => End::Cut(Cause::from(Box::from("the recording was cut here"))),
            Some(RecordedEnd::TimedOut(timeout)) => End::TimedOut(timeout),
            Some(RecordedEnd::Cancelled) | None => End::Cancelled,
        }
    }
}
