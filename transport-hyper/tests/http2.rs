//! HTTP/2, for clients that ask for it.
#![cfg(feature = "http2")]

mod support;

use requesty_hyper::chat::{Chunks, Message, Request};
use requesty_hyper::error::Phase;
use requesty_hyper::{ApiKey, Call, Client, Error, Options, Router, Tls};
use requesty_mock::{Authority, Mock};
use support::{KEY, ms};

fn start() -> (Mock, Client, Authority) {
    let authority = Authority::new();
    let mock = Mock::start_http2(authority.server(&authority.issue("localhost", false), false)).unwrap();
    let tls = Tls::new().add_root_certificate(authority.certificate().as_bytes()).unwrap();
    (mock, Client::with_http2(Options::new().with_tls(tls)), authority)
}

fn call(mock: &Mock, model: &str) -> Call<Chunks> {
    let router = Router::new(ApiKey::new(KEY).unwrap());
    let router = router.with_inference_base(&format!("https://localhost:{}/v1", mock.addr().port())).unwrap();
    router.chat_stream(&Request::new(&[Message::user("Hi")]).model(model)).unwrap()
}

#[tokio::test]
async fn streams_share_a_connection() {
    let (mock, client, _) = start();
    client.send(&call(&mock, "mock/text")).await.unwrap();
    let mut endless = client.stream(&call(&mock, "mock/endless")).await.unwrap();
    let (call_a, call_b) = (call(&mock, "mock/paced-5"), call(&mock, "mock/text"));
    let (a, b) = tokio::join!(client.send(&call_a), client.send(&call_b));
    assert!(a.unwrap().clean_end() && b.unwrap().clean_end());
    assert!(endless.next_item().await.unwrap().is_some());
    drop(endless);
    client.send(&call(&mock, "mock/text")).await.unwrap();
    assert_eq!(mock.connections(), 1);
    assert_eq!(mock.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_connection_on_which_a_limit_passed_is_given_up() {
    let (mock, client, _) = start();
    for (number, (model, phase)) in
        [("mock/stall-before-head", Phase::FirstByte), ("mock/stall-after-delta", Phase::IdleBytes)]
            .into_iter()
            .enumerate()
    {
        client.send(&call(&mock, "mock/text")).await.unwrap();
        assert_eq!(mock.connections(), number + 1);
        let call = call(&mock, model);
        let call = call.clone().with_timeouts(call.timeouts().with_first_byte(ms(100)).with_idle_bytes(ms(100)));
        let incomplete = client.send(&call).await.unwrap_err();
        let Error::Timeout(timeout) = incomplete.error() else { panic!("{incomplete:?}") };
        assert_eq!(timeout.phase(), phase);
    }
    client.send(&call(&mock, "mock/text")).await.unwrap();
    assert_eq!(mock.connections(), 3);
    let mock = tokio::task::spawn_blocking(move || {
        std::thread::sleep(ms(100));
        mock
    });
    assert_eq!(mock.await.unwrap().open_connections(), 1, "the dead ones are closed");
}

#[tokio::test]
async fn a_server_without_it_is_spoken_to_as_before() {
    let (mock, authority) = (Mock::start().unwrap(), Authority::new());
    let config = authority.server(&authority.issue("localhost", false), false);
    let front = requesty_mock::Front::tls(mock.addr(), config).unwrap();
    let tls = Tls::new().add_root_certificate(authority.certificate().as_bytes()).unwrap();
    let router = Router::new(ApiKey::new(KEY).unwrap());
    let router = router.with_inference_base(&format!("https://localhost:{}/v1", front.addr().port())).unwrap();
    let call = router.chat_stream(&Request::new(&[Message::user("Hi")]).model("mock/text")).unwrap();
    Client::with_http2(Options::new().with_tls(tls)).send(&call).await.unwrap();
    assert_eq!(front.connections(), 1);
}
