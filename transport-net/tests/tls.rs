//! What a TLS set-up takes, and what it refuses before anything is connected.

use std::sync::Arc;

use requesty_net::rustls::pki_types::ServerName;
use requesty_net::rustls::{ClientConfig, ClientConnection, RootCertStore, crypto, version};
use requesty_net::{Options, Tls};

fn made() -> (String, String) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    (cert.pem(), signing_key.serialize_pem())
}

#[test]
fn the_default_set_up_works_and_leaves_the_process_alone() {
    let config = Tls::new().client_config(&[b"http/1.1"]).unwrap();
    assert_eq!(config.alpn_protocols, [b"http/1.1"]);
    ClientConnection::new(config, ServerName::try_from("router.requesty.ai").unwrap()).unwrap();
    assert!(crypto::CryptoProvider::get_default().is_none());
}

#[test]
fn certificates_are_looked_at_when_they_are_given() {
    let (certificate, key) = made();
    let (_, other) = made();
    let tls = Tls::new().add_root_certificate(certificate.as_bytes()).unwrap();
    tls.with_client_certificate(certificate.as_bytes(), key.as_bytes()).unwrap().client_config(&[]).unwrap();
    for bad in [&b""[..], b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\x30\x03abc", b"text"] {
        assert!(Tls::new().add_root_certificate(bad).is_err(), "{bad:?}");
    }
    let refused = Tls::new().with_client_certificate(certificate.as_bytes(), other.as_bytes()).unwrap_err();
    assert!(refused.to_string().contains("client certificate"), "{refused}");
    assert!(Tls::new().with_client_certificate(certificate.as_bytes(), b"no key").is_err());
}

#[test]
fn nobody_to_trust_is_an_error_that_names_the_option() {
    let nobody = Tls::new().without_bundled_roots().without_platform_roots();
    assert!(nobody.client_config(&[]).unwrap_err().to_string().contains("Tls::add_root_certificate"));
    nobody.add_root_certificate(made().0.as_bytes()).unwrap().client_config(&[]).unwrap();
    Tls::new().without_platform_roots().client_config(&[]).unwrap();
}

#[test]
fn an_own_configuration_is_used_as_it_is() {
    let provider = Arc::new(crypto::ring::default_provider());
    let own = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&version::TLS13]);
    let mut own = own.unwrap().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    own.enable_sni = false;
    let config = Tls::from_config(own).client_config(&[b"h2"]).unwrap();
    assert!(!config.enable_sni);
    assert_eq!(config.alpn_protocols, [b"h2"]);
}

#[test]
fn debug_shows_no_secret() {
    let (certificate, key) = made();
    let tls = Tls::new().with_client_certificate(certificate.as_bytes(), key.as_bytes()).unwrap();
    let proxy = requesty_net::Proxy::new("http://user:hunter2@proxy").unwrap();
    let shown = format!("{:?}", Options::new().with_tls(tls).with_proxy(proxy));
    assert!(!shown.contains("hunter2") && !shown.contains("PRIVATE") && shown.len() < 400, "{shown}");
}

#[test]
fn sockets_are_tuned() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    Options::new().tune(&stream).unwrap();
    let socket = socket2::SockRef::from(&stream);
    assert!(socket.keepalive().unwrap() && socket.tcp_nodelay().unwrap());
    let other = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    Options::new().with_tcp_keep_alive(None).tune(&other).unwrap();
    assert!(!socket2::SockRef::from(&other).keepalive().unwrap());
}
