use requesty_core::error::{Phase, TransportError};
use requesty_core::reply::{Dialect, End, Step};
use requesty_core::{Call, Incomplete, Reply, retry::Attempts};
use std::time::{Duration, Instant, SystemTime};
use std::{io, io::Read, sync::Arc};
type Total<D> = Result<<D as Dialect>::Total, Incomplete<<D as Dialect>::Partial>>;
pub fn run<D: Dialect>(call: &Call<impl Reply<Dialect = D>>, mut each: impl FnMut(D::Item<'_>)) -> Total<D> {
    let (start, mut attempts) = (Instant::now(), Attempts::new(call, &[], Duration::ZERO));
    loop {
        let result = attempt(call, start, |item| (attempts.item(start.elapsed()), each(item)).1);
        let (Err(incomplete), now) = (&result, start.elapsed()) else { return result };
        let entropy = u64::from(now.subsec_nanos()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let Some(wait) = attempts.failed(incomplete.error(), now, SystemTime::now(), entropy) else { return result };
        std::thread::sleep(wait);
    }
}

fn attempt<D: Dialect>(call: &Call<impl Reply<Dialect = D>>, at: Instant, mut f: impl FnMut(D::Item<'_>)) -> Total<D> {
    let sent = |error: &io::Error| error.kind() != io::ErrorKind::ConnectionRefused; // What was not sent is tried again.
    let phase = |sent| if sent { Phase::FirstByte } else { Phase::Connect };
    let failed = |e| Incomplete::new(Default::default(), TransportError::new(phase(sent(&e)), sent(&e), e).into());
    let client = oxhttp::Client::new().with_global_timeout(call.timeouts().idle_bytes.unwrap_or(Duration::MAX));
    let (head, mut body) = client.request(call.request().map(|it| it.to_vec())).map_err(failed)?.into_parts();
    let mut machine = call.open_since(head, Duration::ZERO);
    loop {
        match machine.advance() {
            Ok(Step::Ready) => f(machine.item()),
            Ok(Step::Done) | Err(_) => return machine.total(),
            Ok(Step::NeedBytes) => {
                machine.waiting(at.elapsed());
                match (body.read(machine.room()), machine.check(at.elapsed())) {
                    (_, Some(timeout)) => machine.end(End::TimedOut(timeout)),
                    (Ok(0), None) => machine.end(End::Clean),
                    (Ok(read), None) => machine.commit(read, at.elapsed()),
                    (Err(error), None) => machine.end(End::Cut(Arc::new(error))),
                }
            }
        }
    }
}
