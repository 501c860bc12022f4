//! The handshakes with proxies, byte by byte, and what becomes of a refusal.

use std::sync::Arc;

use http::Uri;
use requesty_net::{Proxy, Refused, Server, Step, Tunnel};

fn server(url: &str) -> Arc<Server> {
    let rules = Proxy::new(url).unwrap().rules();
    rules.route(&Uri::from_static("https://router.requesty.ai/v1")).unwrap().unwrap()
}

/// Plays a proxy: what it answers to each write, in pieces of that size. Returns what was written.
fn play(url: &str, host: &str, answers: &[&[u8]], piece: usize) -> Result<Vec<Vec<u8>>, Refused> {
    let mut tunnel = Tunnel::new(server(url), host, 443);
    let mut answers = answers.iter();
    let (mut written, mut pending) = (Vec::new(), Vec::new());
    for _ in 0..100_000 {
        match tunnel.step()? {
            Step::Done => return Ok(written),
            Step::Write(bytes) => {
                written.push(bytes);
                pending = answers.next().map(|answer| answer.to_vec()).unwrap_or_default();
            }
            Step::Read => {
                let rest = pending.split_off(piece.min(pending.len()));
                tunnel.read(&pending);
                pending = rest;
            }
        }
    }
    panic!("no end")
}

#[test]
fn connect_names_the_target_and_logs_in() {
    for piece in [1, 7, 1000] {
        let ok: &[u8] = b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n";
        let written = play("http://proxy:3128", "router.requesty.ai", &[ok], piece).unwrap();
        assert_eq!(written, [b"CONNECT router.requesty.ai:443 HTTP/1.1\r\nHost: router.requesty.ai:443\r\n\r\n"]);
        let written = play("http://Aladdin:open%20sesame@proxy", "[fd00::1]", &[ok], piece).unwrap();
        let text = String::from_utf8(written.concat()).unwrap();
        assert!(text.starts_with("CONNECT [fd00::1]:443 HTTP/1.1\r\nHost: [fd00::1]:443\r\n"), "{text}");
        assert!(text.ends_with("Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"), "{text}");
    }
}

#[test]
fn refusals_have_the_status_and_no_credentials() {
    let page: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 56\r\n\r\n\
        <html>denied dXNlcjpodW50ZXIy: user with hunter2</html>\r\n";
    for piece in [1, 1000] {
        let refused = play("http://user:hunter2@proxy:3128", "host", &[page], piece).unwrap_err();
        assert_eq!(refused.status().unwrap(), 407);
        assert!(refused.needs_credentials());
        let shown = format!("{refused} {refused:?} {}", String::from_utf8_lossy(refused.body()));
        assert!(!shown.contains("hunter2") && !shown.contains("dXNlcjpodW50ZXIy"), "{shown}");
        assert!(shown.contains("denied ***: user with ***"), "{shown}");
        assert!(refused.to_string().contains("proxy:3128 refused the tunnel with status 407; check"), "{refused}");
    }
    let denied: &[u8] = b"HTTP/1.0 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<h1>No</h";
    let refused = play("http://proxy", "host", &[denied], 3).unwrap_err();
    assert_eq!((refused.status().unwrap().as_u16(), refused.body()), (403, &b"<h1>No</h"[..]));
    assert!(!refused.needs_credentials());
}

#[test]
fn what_is_no_answer_is_a_refusal() {
    for (answer, words) in [
        (&b""[..], "closed the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\n", "closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH\r\n", "answered something that is not HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\nhello", "sent more than its answer"),
    ] {
        let refused = play("http://proxy", "host", &[answer], 1000).unwrap_err();
        assert!(refused.to_string().ends_with(words), "{refused}");
    }
    let endless = [&b"HTTP/1.1 200 OK\r\nx: "[..], &[b'x'; 20_000]].concat();
    let refused = play("http://proxy", "host", &[&endless], 1000).unwrap_err();
    assert!(refused.to_string().ends_with("sent an answer without an end"), "{refused}");
}

#[test]
fn socks_asks_by_name_and_logs_in() {
    let granted: &[u8] = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x1f\x90";
    for piece in [1, 1000] {
        let written = play("socks5h://proxy", "example.com", &[b"\x05\x00", granted], piece).unwrap();
        assert_eq!(written, [b"\x05\x01\x00".to_vec(), b"\x05\x01\x00\x03\x0bexample.com\x01\xbb".to_vec()]);
        let answers: [&[u8]; 3] = [b"\x05\x02", b"\x01\x00", b"\x05\x00\x00\x03\x02ab\x00\x01"];
        let written = play("socks5://me:pw@proxy", "10.0.0.1", &answers, piece).unwrap();
        let expected = [
            b"\x05\x02\x00\x02".to_vec(),
            b"\x01\x02me\x02pw".to_vec(),
            b"\x05\x01\x00\x01\x0a\x00\x00\x01\x01\xbb".to_vec(),
        ];
        assert_eq!(written, expected);
    }
    let refused = play("socks5://me:hunter2@proxy", "h", &[b"\x05\x02", b"\x01\x01"], 9).unwrap_err();
    assert!(refused.needs_credentials() && !format!("{refused} {refused:?}").contains("hunter2"));
    assert!(play("socks5://proxy", "h", &[b"\x05\xff"], 9).unwrap_err().needs_credentials());
    let unreachable = play("socks5://proxy", "h", &[b"\x05\x00", b"\x05\x05\x00\x01\0\0\0\0\0\0"], 9).unwrap_err();
    assert!(unreachable.to_string().ends_with("was refused by the target"), "{unreachable}");
    assert!(play("socks5://proxy", "h", &[b"HTTP/1.1 400 Bad"], 9).is_err());
}
