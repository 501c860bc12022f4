//! Makes a call over each transport, and looks at what the mock saw of it.

use requesty_core::{ApiKey, Dialect, Error, ErrorKind, Incomplete, Reply, Router};
use requesty_mock::{Mock, Received};

/// What a call over one transport is given, and what is looked at afterwards.
pub(crate) struct Bench {
    pub(crate) mock: Mock,
    pub(crate) router: Router,
    transport: Transport,
}

#[derive(Clone, Copy)]
pub(crate) enum Transport {
    Hyper,
    Ureq,
}

/// What a reply adds up to, or how far it came.
pub(crate) type Outcome<R> =
    Result<<<R as Reply>::Dialect as Dialect>::Total, Incomplete<<<R as Reply>::Dialect as Dialect>::Partial>>;

impl Bench {
    pub(crate) fn new(transport: Transport) -> Self {
        let mock = Mock::start().unwrap();
        let router = router(&mock, "rqsty-sk-api");
        Bench { mock, router, transport }
    }

    /// Sends a call and returns what its whole reply is.
    pub(crate) fn try_send<R: Reply>(&self, call: &requesty_core::Call<R>) -> Outcome<R> {
        match self.transport {
            Transport::Hyper => runtime().block_on(async {
                requesty_hyper::Client::new().send(call).await.map(requesty_core::Received::into_inner)
            }),
            Transport::Ureq => requesty_ureq::Client::new().send(call).map(requesty_core::Received::into_inner),
        }
    }

    /// As [`try_send`](Self::try_send), for a call that succeeds.
    #[track_caller]
    pub(crate) fn send<R: Reply>(&self, call: Result<requesty_core::Call<R>, Error>) -> <R::Dialect as Dialect>::Total {
        match self.try_send(&call.unwrap()) {
            Ok(total) => total,
            Err(incomplete) => panic!("{}", incomplete.error()),
        }
    }

    /// Streams a call, shows each item to `look`, and returns what they add up to.
    pub(crate) fn stream<R: Reply>(
        &self,
        call: Result<requesty_core::Call<R>, Error>,
        mut look: impl FnMut(<R::Dialect as Dialect>::Item<'_>),
    ) -> Outcome<R> {
        let call = call.unwrap();
        match self.transport {
            Transport::Hyper => runtime().block_on(async {
                let mut stream = requesty_hyper::Client::new().stream(&call).await.unwrap();
                while let Ok(Some(item)) = stream.next_item().await {
                    look(item);
                }
                stream.finish().await
            }),
            Transport::Ureq => {
                let mut stream = requesty_ureq::Client::new().stream(&call).unwrap();
                while let Ok(Some(item)) = stream.next_item() {
                    look(item);
                }
                stream.finish()
            }
        }
    }

    /// Returns the last request, which must have been in order, and gone to `method path`.
    #[track_caller]
    pub(crate) fn saw(&self, line: &str) -> Received {
        let last = self.mock.requests().pop().unwrap();
        assert_eq!(format!("{} {}", last.method, last.path), line);
        assert!(last.complaints.is_empty(), "{:?}", last.complaints);
        last
    }
}

/// A router whose every base is the mock.
pub(crate) fn router(mock: &Mock, key: &str) -> Router {
    let router = Router::new(ApiKey::new(key).unwrap()).with_inference_base(&mock.base_url()).unwrap();
    let router = router.with_management_base(&mock.root_url()).unwrap();
    router.with_feedback_base(&mock.root_url()).unwrap()
}

/// The mock refuses a call that is made with a bad key.
#[track_caller]
pub(crate) fn refuses<R: Reply>(make: impl FnOnce(&Router) -> Result<requesty_core::Call<R>, Error>) {
    let bench = Bench::new(Transport::Ureq);
    let call = make(&router(&bench.mock, "invalid")).unwrap();
    let Err(incomplete) = bench.try_send(&call) else { panic!("the mock took a bad key") };
    let Error::Api(error) = incomplete.error() else { panic!("{}", incomplete.error()) };
    assert_eq!(error.kind(), ErrorKind::Forbidden);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Tests an endpoint: the mock refuses it with a bad key, and over each transport `$look` holds.
///
/// ```text
/// endpoint!(lists_models, |router| router.models(), |bench| {
///     let models = bench.send(bench.router.models());
///     …
///     bench.saw("GET /v1/models");
/// });
/// ```
macro_rules! endpoint {
    ($name:ident, |$router:ident| $call:expr, |$bench:ident| $look:block) => {
        mod $name {
            #[allow(unused_imports, reason = "each endpoint uses a part of it")]
            use super::*;
            use crate::support::{Bench, Transport, refuses};

            #[test]
            fn mock() {
                refuses(|$router| $call);
            }

            #[test]
            fn hyper() {
                look(&Bench::new(Transport::Hyper));
            }

            #[test]
            fn ureq() {
                look(&Bench::new(Transport::Ureq));
            }

            fn look($bench: &Bench) $look
        }
    };
}

pub(crate) use endpoint;
