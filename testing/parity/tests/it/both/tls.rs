//! TLS against a server with certificates made for the test.

use std::sync::Arc;

use requesty_core::chat::{Chunks, Message, Request};
use requesty_core::error::{Phase, Timeout};
use requesty_core::{ApiKey, Call, Error, Policy, Router};
use requesty_hyper::{Options, Tls, TlsError, rustls};
use requesty_mock::{Authority, Front, Mock};

use super::{Client, KEY, Transport, each, ms};

fn call(front: &Front, model: &str) -> Call<Chunks> {
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_policy(Policy::none());
    let router = router.with_inference_base(&format!("https://localhost:{}/v1", front.addr().port())).unwrap();
    router.chat_stream(&Request::new(&[Message::user("Hi")]).model(model)).unwrap()
}

fn with(transport: Transport, tls: Tls) -> Client {
    Client::with_options(transport, Options::new().with_tls(tls))
}

fn trusting(authority: &Authority) -> Tls {
    Tls::new().add_root_certificate(authority.certificate().as_bytes()).unwrap()
}

fn tls_error(error: &Error) -> TlsError {
    let Error::Transport(transport) = error else { panic!("{error:?}") };
    assert_eq!(transport.phase(), Phase::Tls, "{error}");
    std::error::Error::source(error).and_then(|source| source.downcast_ref::<TlsError>()).expect("a TLS error").clone()
}

#[test]
fn a_stream_comes_over_tls_and_no_default_provider_is_touched() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let authority = Authority::new();
        let front = Front::tls(mock.addr(), authority.server(&authority.issue("localhost", false), false)).unwrap();
        let client = with(transport, trusting(&authority));
        for _ in 0..3 {
            assert!(client.stream(&call(&front, "mock/text")).unwrap().finish().unwrap().clean_end());
        }
        assert_eq!(front.connections(), 1, "connections are used again");
        assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    });
}

#[test]
fn an_own_configuration_of_rustls_is_used() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let authority = Authority::new();
        let front = Front::tls(mock.addr(), authority.server(&authority.issue("localhost", false), false)).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let own = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let untrusting = own.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
        let error = with(transport, Tls::from_config(untrusting)).stream(&call(&front, "mock/text")).unwrap_err();
        assert!(tls_error(&error).to_string().contains("UnknownIssuer"), "{error}");
        let own = trusting(&authority).client_config(&[]).unwrap();
        with(transport, Tls::from_config(own)).stream(&call(&front, "mock/text")).unwrap().finish().unwrap();
    });
}

#[test]
fn certificate_errors_name_the_cause_and_the_option() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let authority = Authority::new();
        let serve = |identity| Front::tls(mock.addr(), authority.server(&identity, false)).unwrap();
        let table = [
            (
                serve(authority.issue("localhost", false)),
                Client::new(transport),
                "UnknownIssuer",
                "Tls::add_root_certificate",
            ),
            (serve(authority.issue("localhost", true)), with(transport, trusting(&authority)), "expired", "clock"),
            (
                serve(authority.issue("other.example", false)),
                with(transport, trusting(&authority)),
                "other.example",
                "base URL",
            ),
        ];
        for (front, client, cause, advice) in table {
            let error = client.stream(&call(&front, "mock/text")).unwrap_err();
            tls_error(&error);
            assert!(error.to_string().contains(cause) && error.to_string().contains(advice), "{error}");
            assert!(!error.request_maybe_processed());
        }
        assert_eq!(mock.requests().len(), 0);
    });
}

#[test]
fn a_client_certificate_is_shown() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let authority = Authority::new();
        let front = Front::tls(mock.addr(), authority.server(&authority.issue("localhost", false), true)).unwrap();
        let identity = authority.issue("client", false);
        let tls = trusting(&authority);
        let client =
            tls.clone().with_client_certificate(identity.certificate.as_bytes(), identity.key.as_bytes()).unwrap();
        with(transport, client).stream(&call(&front, "mock/text")).unwrap().finish().unwrap();
        let error = with(transport, tls).stream(&call(&front, "mock/text")).unwrap_err();
        assert!(tls_error(&error).to_string().contains("Tls::with_client_certificate"), "{error}");
    });
}

#[test]
fn the_handshake_has_a_limit_of_its_own() {
    each(|transport| {
        let front = Front::silent().unwrap();
        let call = call(&front, "mock/text");
        let timeouts = call.timeouts().with_tls(ms(100));
        let error = Client::new(transport).stream(&call.with_timeouts(timeouts)).unwrap_err();
        let Error::Timeout(timeout) = error else { panic!("{error:?}") };
        assert_eq!(timeout, Timeout::new(Phase::Tls, ms(100)));
        assert!(!timeout.request_maybe_processed());
    });
}

#[test]
fn silence_over_tls_is_a_time_out() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let authority = Authority::new();
        let front = Front::tls(mock.addr(), authority.server(&authority.issue("localhost", false), false)).unwrap();
        let call = call(&front, "mock/stall-after-delta");
        let timeouts = call.timeouts().with_idle_bytes(ms(100));
        let incomplete = with(transport, trusting(&authority)).send(&call.with_timeouts(timeouts)).unwrap_err();
        let Error::Timeout(timeout) = incomplete.error() else { panic!("{incomplete:?}") };
        assert_eq!(*timeout, Timeout::new(Phase::IdleBytes, ms(100)));
        assert!(mock.wait_closed(ms(1000)));
    });
}
