//! TLS against a server of a few lines; its certificate and key are for `localhost` and for nothing else.

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use requesty_ureq::chat::{Message, Request};
use requesty_ureq::error::{Phase, Timeout};
use requesty_ureq::{ApiKey, Client, Error, Policy, Router};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use support::{KEY, client, ms};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

const CERT: &[u8] = include_bytes!("../testdata/localhost.cert.pem");
const SECRET: &[u8] = include_bytes!("../testdata/localhost.key.pem");

const DELTA: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi!\"},\"finish_reason\":\"stop\"}]}\n\n";
const DONE: &str = "data: [DONE]\n\n";

/// Answers one request with these events, then holds the connection until the client leaves it.
fn serve(events: &'static str) -> (SocketAddr, JoinHandle<()>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let certs = vec![CertificateDer::from_pem_slice(CERT).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(SECRET).unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(certs, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut stream = rustls::StreamOwned::new(rustls::ServerConnection::new(config).unwrap(), socket);
        let mut buffer = [0; 4096];
        // A handshake that the client breaks off ends here.
        let Ok(1..) = stream.read(&mut buffer) else { return };
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        write!(stream, "{head}{:x}\r\n{events}\r\n", events.len()).unwrap();
        stream.flush().unwrap();
        while let Ok(1..) = stream.read(&mut buffer) {}
    });
    (addr, server)
}

fn trusting() -> Client {
    let roots = RootCerts::from(vec![Certificate::from_pem(CERT).unwrap()]);
    let tls = TlsConfig::builder().root_certs(roots).build();
    Client::with_config(Client::config_builder().proxy(None).tls_config(tls).build())
}

fn router(addr: SocketAddr) -> Router {
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_policy(Policy::none());
    router.with_inference_base(&format!("https://localhost:{}/v1", addr.port())).unwrap()
}

#[test]
fn a_stream_comes_over_tls_and_no_default_provider_is_touched() {
    let (addr, server) = serve(whole_answer());
    let call = router(addr).chat_stream(&Request::new(&[Message::user("Hi")])).unwrap();
    assert_eq!(trusting().stream(&call).unwrap().finish().unwrap().text(), "Hi!");
    // It only ends if the connection was closed.
    server.join().unwrap();
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}

#[test]
fn silence_over_tls_is_a_time_out() {
    let (addr, server) = serve(DONE.split_at(4).0);
    let call = router(addr).chat_stream(&Request::new(&[Message::user("Hi")])).unwrap();
    let timeouts = call.timeouts().with_idle_bytes(ms(100));
    let error = trusting().stream(&call.with_timeouts(timeouts)).unwrap_err();
    let Error::Timeout(timeout) = error else { panic!("{error:?}") };
    assert_eq!(timeout, Timeout::new(Phase::IdleBytes, ms(100)));
    server.join().unwrap();
}

#[test]
fn an_unknown_issuer_is_an_error_before_anything_is_sent() {
    let (addr, server) = serve(DELTA);
    let call = router(addr).chat_stream(&Request::new(&[Message::user("Hi")])).unwrap();
    let error = client().stream(&call).unwrap_err();
    let Error::Transport(transport) = &error else { panic!("{error:?}") };
    assert_eq!(transport.phase(), Phase::Tls);
    assert!(!transport.request_maybe_processed());
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
    server.join().unwrap();
}

fn whole_answer() -> &'static str {
    static ALL: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| format!("{DELTA}{DONE}"));
    &ALL
}
