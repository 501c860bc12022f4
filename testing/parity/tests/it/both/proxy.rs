//! Requests that go by a proxy.

use requesty_core::chat::{Chunks, Message, Request};
use requesty_core::error::{Phase, Timeout};
use requesty_core::{ApiKey, Call, Error, Policy, Router};
use requesty_hyper::{Options, Proxy, Refused, Tls};
use requesty_mock::{Authority, Front, Mock};

use super::{Client, KEY, Transport, each, ms, whole};

const PASSWORD: &str = "hunter 2/\u{fc}";

/// A call to a host that exists only beyond the proxy.
fn call(scheme: &str) -> Call<Chunks> {
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_policy(Policy::none()).with_plain_http(true);
    let router = router.with_inference_base(&format!("{scheme}://router.example/v1")).unwrap();
    router.chat_stream(&Request::new(&[Message::user("Hi")]).model("mock/text")).unwrap()
}

fn by(transport: Transport, url: &str, tls: Tls) -> Client {
    Client::with_options(transport, Options::new().with_proxy(Proxy::new(url).unwrap()).with_tls(tls))
}

struct Beyond {
    mock: Mock,
    authority: Authority,
    front: Front,
}

impl Beyond {
    fn new() -> Self {
        let (mock, authority) = (Mock::start().unwrap(), Authority::new());
        let config = authority.server(&authority.issue("router.example", false), false);
        let front = Front::tls(mock.addr(), config).unwrap();
        Beyond { mock, authority, front }
    }

    fn tls(&self) -> Tls {
        Tls::new().add_root_certificate(self.authority.certificate().as_bytes()).unwrap()
    }
}

#[test]
fn https_goes_through_a_tunnel_with_credentials() {
    each(|transport| {
        let beyond = Beyond::new();
        let proxy = Front::proxy(beyond.front.addr(), None, None).unwrap();
        let client = by(transport, &format!("http://me:hunter%202%2F%C3%BC@{}", proxy.addr()), beyond.tls());
        for _ in 0..2 {
            client.stream(&call("https")).unwrap().finish().unwrap();
        }
        let [head] = &proxy.heads()[..] else { panic!("one tunnel for both: {:?}", proxy.heads()) };
        assert!(head.starts_with("CONNECT router.example:443 HTTP/1.1\r\nHost: router.example:443\r\n"), "{head}");
        assert!(head.contains("Proxy-Authorization: Basic bWU6aHVudGVyIDIvw7w=\r\n"), "{head}");
        assert!(!head.to_lowercase().contains("\r\nauthorization"), "the key is not for the proxy");
        assert_eq!(beyond.mock.requests()[0].header("authorization"), Some(&*format!("Bearer {KEY}")));
        assert_eq!(beyond.mock.requests()[0].header("proxy-authorization"), None);
    });
}

#[test]
fn a_proxy_over_tls_and_one_by_socks() {
    each(|transport| {
        let beyond = Beyond::new();
        let config = beyond.authority.server(&beyond.authority.issue("localhost", false), false);
        let secure = Front::proxy(beyond.front.addr(), None, Some(config)).unwrap();
        let client = by(transport, &format!("https://localhost:{}", secure.addr().port()), beyond.tls());
        client.stream(&call("https")).unwrap().finish().unwrap();
        assert_eq!(secure.heads().len(), 1);

        let socks = Front::socks(beyond.front.addr()).unwrap();
        let client = by(transport, &format!("socks5h://{}", socks.addr()), beyond.tls());
        client.stream(&call("https")).unwrap().finish().unwrap();
        assert_eq!(socks.heads(), ["router.example"]);
    });
}

#[test]
fn plain_http_goes_through_a_tunnel_too() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let proxy = Front::proxy(mock.addr(), None, None).unwrap();
        by(transport, &proxy.addr().to_string(), Tls::new()).stream(&call("http")).unwrap().finish().unwrap();
        assert!(proxy.heads()[0].starts_with("CONNECT router.example:80 "));
    });
}

#[test]
fn this_machine_and_what_is_listed_are_asked_straight() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let proxy = Front::proxy(mock.addr(), None, None).unwrap();
        let client = by(transport, &proxy.addr().to_string(), Tls::new());
        client.send(&whole(&mock, "mock/text")).unwrap();
        let own = Proxy::new(&proxy.addr().to_string()).unwrap().with_no_proxy("router.example");
        let error = Client::with_options(transport, Options::new().with_proxy(own)).stream(&call("https")).unwrap_err();
        let Error::Transport(transport) = &error else { panic!("{error:?}") };
        assert_eq!(transport.phase(), Phase::Resolve, "{error}");
        assert_eq!(proxy.connections(), 0);
    });
}

#[test]
fn a_refusal_is_an_error_with_its_status_and_without_credentials() {
    each(|transport| {
        let beyond = Beyond::new();
        for (status, page) in
            [(407, "<html>log in, me:bWU6aHVudGVyIDIvw7w=</html>"), (403, "<html>denied</html>"), (502, "")]
        {
            let answer = format!(
                "HTTP/1.1 {status} No\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}",
                page.len()
            );
            let proxy = Front::proxy(beyond.front.addr(), Some(&answer), None).unwrap();
            let client = by(transport, &format!("http://me:hunter%202%2F%C3%BC@{}", proxy.addr()), beyond.tls());
            let error = client.stream(&call("https")).unwrap_err();
            let Error::Transport(transport) = &error else { panic!("{error:?}") };
            assert_eq!(transport.phase(), Phase::Proxy, "{error}");
            assert!(!error.request_maybe_processed());
            let refused: &Refused = std::error::Error::source(&error).and_then(|source| source.downcast_ref()).unwrap();
            assert_eq!(refused.status().unwrap(), status);
            assert_eq!(refused.needs_credentials(), status == 407);
            assert_eq!(refused.body().is_empty(), page.is_empty());
            let shown = format!("{error} {error:?} {client:?} {}", String::from_utf8_lossy(refused.body()));
            assert!(!shown.contains(PASSWORD) && !shown.contains("hunter") && !shown.contains("bWU6"), "{shown}");
        }
        assert_eq!(beyond.mock.requests().len(), 0);
    });
}

#[test]
fn a_proxy_that_says_nothing_has_the_limit_for_connecting() {
    each(|transport| {
        let silent = Front::silent().unwrap();
        let call = call("https");
        let timeouts = call.timeouts().with_connect(ms(100));
        let client = by(transport, &silent.addr().to_string(), Tls::new());
        let error = client.stream(&call.with_timeouts(timeouts)).unwrap_err();
        let Error::Timeout(timeout) = error else { panic!("{error:?}") };
        assert_eq!(timeout, Timeout::new(Phase::Proxy, ms(100)));
    });
}
