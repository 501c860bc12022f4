//! The transport of the README, held to the same table.

use std::time::{Duration, Instant};

use mock_router::MockRouter;
use requesty_core::chat::Chunk;
use requesty_parity::{Case, KEY, cases, outcome, router, scripts, stream_call, whole_call};

mod transport {
    // [the transport]
    use std::sync::Arc;
    use std::time::{Instant, SystemTime};
    use std::{io::Read, thread};

    use requesty_core::dialect::{Dialect, End, Step};
    use requesty_core::error::{Error, Phase, TransportError};
    use requesty_core::{Call, Incomplete, Reply, retry::Attempt};

    type Item<'a, R> = <<R as Reply>::Dialect as Dialect>::Item<'a>;
    type Partial<R> = Incomplete<<<R as Reply>::Dialect as Dialect>::Partial>;
    type Outcome<R> = Result<<<R as Reply>::Dialect as Dialect>::Total, Partial<R>>;

    /// Makes a call, lends each item to `each`, and tries again where the call's policy says so.
    pub fn run<R: Reply>(call: &Call<R>, mut each: impl FnMut(Item<'_, R>)) -> Outcome<R> {
        let (start, mut number, mut delivered) = (Instant::now(), 1, false);
        loop {
            let Err(incomplete) = attempt(call, |item| (delivered = true, each(item)).1) else { todo!() };
            let attempt = Attempt { number, elapsed: start.elapsed(), delivered };
            number += 1;
        }
    }
    // [its end]
}
