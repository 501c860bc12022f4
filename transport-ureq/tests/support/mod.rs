//! What the tests of the client share.
#![allow(dead_code)]

use std::time::Duration;

use requesty_mock::Mock;
use requesty_ureq::chat::{Chunks, Message, Request, WholeCompletion};
use requesty_ureq::{ApiKey, Call, Client, Options, Policy, Proxy, Router};

pub(crate) const KEY: &str = "rqsty-sk-Zq8%2F+x/7\"y=Tuvw";

/// A client that is not led astray by the proxies of the machine it runs on.
pub(crate) fn client() -> Client {
    Client::with_options(Options::new().with_proxy(Proxy::none()))
}

pub(crate) fn router(mock: &Mock) -> Router {
    let key = ApiKey::new(KEY).unwrap();
    Router::new(key).with_inference_base(&mock.base_url()).unwrap().with_policy(quick())
}

/// The default policy, with waits that a test can afford.
pub(crate) fn quick() -> Policy {
    Policy::new().with_base(Duration::from_millis(5)).with_cap(Duration::from_millis(20))
}

pub(crate) fn streamed(mock: &Mock, model: &str) -> Call<Chunks> {
    let messages = [Message::user("What is an LLM gateway?")];
    router(mock).chat_stream(&Request::new(&messages).model(model)).unwrap()
}

pub(crate) fn whole(mock: &Mock, model: &str) -> Call<WholeCompletion> {
    let messages = [Message::user("What is an LLM gateway?")];
    router(mock).chat(&Request::new(&messages).model(model)).unwrap()
}

pub(crate) fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}
