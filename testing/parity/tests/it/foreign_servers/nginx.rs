//! Both transports against nginx, which stands before the mock: TLS as it is deployed, and what a reverse proxy does to
//! streams. Debian's package `nginx-light` has all that is needed.

use std::time::{Duration, Instant};

use super::{Both, Program, call, folder, ports, write};
use requesty_core::Error;
use requesty_core::error::Phase;
use requesty_hyper::{Options, Tls, TlsError};
use requesty_mock::{Authority, Mock};

struct Nginx {
    mock: Mock,
    authority: Authority,
    ports: [u16; 11],
    _program: Program,
}

impl Nginx {
    fn start(name: &str) -> Self {
        let (mock, authority, ports) = (Mock::start().unwrap(), Authority::new(), ports());
        let folder = folder(name);
        let identity = |name: &str, identity: requesty_mock::Identity| {
            write(&folder, &format!("{name}.pem"), &identity.certificate);
            write(&folder, &format!("{name}.key"), &identity.key);
        };
        identity("good", authority.issue("localhost", false));
        identity("expired", authority.issue("localhost", true));
        identity("other", authority.issue("other.example", false));
        identity("unknown", Authority::named("somebody else").issue("localhost", false));
        write(&folder, "ca.pem", &authority.certificate());
        let [tls12, tls13, http2, mutual, expired, other, unknown, bad, packed, cut, stale] = ports;
        let [dead] = self::ports();
        let secure = |port: u16, with: &str, certificate: &str, more: &str| {
            format!(
                "server {{ listen 127.0.0.1:{port} ssl {with}; ssl_certificate {certificate}.pem; \
                 ssl_certificate_key {certificate}.key; {more} location / {{ proxy_pass http://mock; }} }}\n"
            )
        };
        let plain = |port: u16, more: &str, to: &str| {
            format!("server {{ listen 127.0.0.1:{port}; {more} location / {{ proxy_pass http://{to}; }} }}\n")
        };
        let servers = [
            secure(tls12, "", "good", "ssl_protocols TLSv1.2;"),
            secure(tls13, "", "good", "ssl_protocols TLSv1.3;"),
            secure(http2, "http2", "good", ""),
            secure(mutual, "", "good", "ssl_verify_client on; ssl_client_certificate ca.pem;"),
            secure(expired, "", "expired", ""),
            secure(other, "", "other", ""),
            secure(unknown, "", "unknown", ""),
            plain(bad, "", &format!("127.0.0.1:{dead}")),
            plain(packed, "gzip on; gzip_types *; gzip_proxied any; gzip_min_length 1; proxy_buffering on;", "mock"),
            plain(cut, "proxy_read_timeout 1s;", "mock"),
            plain(stale, "keepalive_timeout 1s;", "mock"),
        ]
        .concat();
        let config = format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr warn;\n\
             events {{ worker_connections 256; }}\n\
             http {{ access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; \
             uwsgi_temp_path u; scgi_temp_path s; client_max_body_size 50m;\n\
             upstream mock {{ server {}; keepalive 8; }}\n\
             proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering off;\n{servers}}}\n",
            mock.addr()
        );
        write(&folder, "nginx.conf", &config);
        let prefix = folder.display().to_string();
        let arguments = ["-p", &prefix, "-c", "nginx.conf", "-e", "stderr"];
        let program = Program::start("nginx", folder.clone(), &arguments, stale);
        Nginx { mock, authority, ports, _program: program }
    }

    fn tls(&self) -> Tls {
        Tls::new().add_root_certificate(self.authority.certificate().as_bytes()).unwrap()
    }

    fn both(&self) -> Both {
        Both::new(&Options::new().with_tls(self.tls()))
    }
}

fn https(port: u16) -> String {
    format!("https://localhost:{port}/v1")
}

fn http(port: u16) -> String {
    format!("http://127.0.0.1:{port}/v1")
}

#[test]
#[ignore = "needs nginx"]
fn tls_1_2_and_1_3_are_spoken() {
    let nginx = Nginx::start("tls");
    let both = nginx.both();
    for port in [nginx.ports[0], nginx.ports[1]] {
        for _ in 0..2 {
            for (name, outcome) in both.send(&call(&https(port), "mock/text")) {
                assert!(outcome.unwrap_or_else(|error| panic!("{name}: {error}")).clean_end());
            }
        }
    }
}

#[test]
#[ignore = "needs nginx"]
fn http_2_is_spoken_where_it_is_asked_for() {
    let nginx = Nginx::start("h2");
    let both = nginx.both();
    // Without asking, the same server is spoken to by HTTP/1.1.
    for (name, outcome) in both.send(&call(&https(nginx.ports[2]), "mock/text")) {
        assert!(outcome.unwrap_or_else(|error| panic!("{name}: {error}")).clean_end());
    }
    let client = requesty_hyper::Client::with_http2(Options::new().with_tls(nginx.tls()));
    both.block_on(async {
        let calls = [(); 8].map(|()| call(&https(nginx.ports[2]), "mock/paced-5"));
        let mut tasks = tokio::task::JoinSet::new();
        for call in calls {
            let client = client.clone();
            tasks.spawn(async move { client.send(&call).await.map(|reply| reply.clean_end()) });
        }
        for outcome in tasks.join_all().await {
            assert!(outcome.unwrap());
        }
        let head = client.open(&call(&https(nginx.ports[2]), "mock/text")).await.unwrap();
        assert_eq!(head.head().status(), 200);
    });
}

#[test]
#[ignore = "needs nginx"]
fn a_client_certificate_is_shown_where_it_is_wanted() {
    let nginx = Nginx::start("mutual");
    let identity = nginx.authority.issue("client", false);
    let tls = nginx.tls().with_client_certificate(identity.certificate.as_bytes(), identity.key.as_bytes()).unwrap();
    let call = call(&https(nginx.ports[3]), "mock/text");
    for (name, outcome) in Both::new(&Options::new().with_tls(tls)).send(&call) {
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    // nginx lets the handshake pass and answers with a page.
    for (name, outcome) in nginx.both().send(&call) {
        let error = outcome.unwrap_err();
        assert_eq!(error.error().status().map(|status| status.as_u16()), Some(400), "{name}: {error}");
    }
}

#[test]
#[ignore = "needs nginx"]
fn bad_certificates_are_told_apart() {
    let nginx = Nginx::start("bad");
    let both = nginx.both();
    let cases =
        [(4, "expired", "clock"), (5, "other.example", "base URL"), (6, "UnknownIssuer", "add_root_certificate")];
    for (port, cause, advice) in cases {
        for (name, outcome) in both.send(&call(&https(nginx.ports[port]), "mock/text")) {
            let incomplete = outcome.unwrap_err();
            let Error::Transport(transport) = incomplete.error() else { panic!("{name}: {incomplete:?}") };
            assert_eq!(transport.phase(), Phase::Tls, "{name}");
            assert!(!transport.request_maybe_processed());
            let source = std::error::Error::source(&**transport).unwrap();
            assert!(source.is::<TlsError>(), "{name}: {source:?}");
            let said = incomplete.to_string();
            assert!(said.contains(cause) && said.contains(advice), "{name}: {said}");
        }
    }
    assert_eq!(nginx.mock.requests().len(), 0);
}

#[test]
#[ignore = "needs nginx"]
fn a_page_for_a_bad_gateway_is_an_error_with_its_status() {
    let nginx = Nginx::start("502");
    for (name, outcome) in nginx.both().send(&call(&http(nginx.ports[7]), "mock/text")) {
        let error = outcome.unwrap_err();
        assert_eq!(error.error().status().map(|status| status.as_u16()), Some(502), "{name}: {error}");
        assert!(error.error().is_retryable(), "{name}");
    }
}

#[test]
#[ignore = "needs nginx"]
fn compression_is_not_asked_for_so_that_a_stream_is_not_packed() {
    let nginx = Nginx::start("gzip");
    let both = nginx.both();
    let call = call(&http(nginx.ports[8]), "mock/paced-5");
    for (name, outcome) in both.send(&call) {
        assert!(outcome.unwrap_or_else(|error| panic!("{name}: {error}")).clean_end());
    }
    let head = both.ureq.open(&call).unwrap();
    assert_eq!(head.head().header("content-encoding"), None);
}

#[test]
#[ignore = "needs nginx"]
fn a_stream_that_the_proxy_cuts_is_told_as_cut() {
    let nginx = Nginx::start("cut");
    let start = Instant::now();
    for (name, outcome) in nginx.both().send(&call(&http(nginx.ports[9]), "mock/stall-after-delta")) {
        let incomplete = outcome.unwrap_err();
        assert!(matches!(incomplete.error(), Error::Truncated(_)), "{name}: {incomplete}");
        assert!(!incomplete.partial().text().is_empty(), "{name}");
    }
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
#[ignore = "needs nginx"]
fn a_connection_that_the_proxy_closed_while_idle_does_no_harm() {
    let nginx = Nginx::start("stale");
    let both = nginx.both();
    let call = call(&http(nginx.ports[10]), "mock/text");
    for _ in 0..3 {
        for (name, outcome) in both.send(&call) {
            outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        std::thread::sleep(Duration::from_millis(1100));
    }
    assert_eq!(nginx.mock.hits("mock/text"), 6, "each request came once");
}
