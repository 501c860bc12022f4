//! Which failures are tried again, counted by what the server saw.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use requesty_core::error::Phase;
use requesty_core::{ApiKey, Error, ErrorKind, Policy, Router};
use requesty_mock::Mock;

use super::{Client, KEY, each, ms, quick, streamed, whole};

#[test]
fn passing_failures_are_tried_again() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        for (model, hits) in [
            ("mock/429-once", 2),
            ("mock/503-twice", 3),
            ("mock/529-once", 2),
            ("mock/retry-after-ms", 2),
            ("mock/retry-after-past", 2),
            ("mock/should-retry-true", 2),
            ("mock/inband-then-ok", 2),
        ] {
            let mut stream = client.stream(&streamed(&mock, model)).unwrap();
            assert!(stream.next_item().unwrap().is_some());
            stream.finish().unwrap();
            assert_eq!(mock.hits(model), hits, "streamed {model}");
            mock.clear();
            client.send(&whole(&mock, model)).unwrap();
            assert_eq!(mock.hits(model), hits, "whole {model}");
            mock.clear();
            client.send(&streamed(&mock, model)).unwrap();
            assert_eq!(mock.hits(model), hits, "collected {model}");
        }
    });
}

#[test]
fn it_gives_up_when_the_policy_says_so() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        for (model, hits) in [
            ("mock/429-forever", 3),
            ("mock/status-401", 1),
            ("mock/status-500", 1),
            ("mock/insufficient-quota", 1),
            ("mock/should-retry-false", 1),
            ("mock/retry-after-long", 1),
            ("mock/close-then-ok", 1),
            ("mock/reset-then-ok", 1),
        ] {
            client.stream(&streamed(&mock, model)).unwrap_err();
            assert_eq!(mock.hits(model), hits, "streamed {model}");
            mock.clear();
            client.send(&whole(&mock, model)).unwrap_err();
            assert_eq!(mock.hits(model), hits, "whole {model}");
            mock.clear();
        }
    });
}

#[test]
fn the_policy_is_the_calls() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        client.stream(&streamed(&mock, "mock/429-once").with_policy(Policy::none())).unwrap_err();
        assert_eq!(mock.hits("mock/429-once"), 1);
        let policy = quick().retry_kind(ErrorKind::Server).with_max_retries(1);
        client.stream(&streamed(&mock, "mock/status-500").with_policy(policy)).unwrap_err();
        assert_eq!(mock.hits("mock/status-500"), 2);
    });
}

#[test]
fn what_may_have_been_processed_is_tried_again_only_if_asked_for() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        for model in ["mock/close-then-ok", "mock/reset-then-ok"] {
            client.send(&whole(&mock, model)).unwrap_err();
            assert_eq!(mock.hits(model), 1, "{model}");
            mock.clear();
            let policy = quick().retry_maybe_processed(true);
            client.send(&whole(&mock, model).with_policy(policy.clone())).unwrap();
            assert_eq!(mock.hits(model), 2, "whole {model}");
            mock.clear();
            client.send(&streamed(&mock, model).with_policy(policy)).unwrap();
            assert_eq!(mock.hits(model), 2, "streamed {model}");
            mock.clear();
        }
    });
}

#[test]
fn a_stream_that_dies_before_its_first_item_is_tried_again_if_asked_for() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        let call = streamed(&mock, "mock/die-then-ok");
        assert!(matches!(client.stream(&call).unwrap_err(), Error::Truncated(_)));
        assert_eq!(mock.hits("mock/die-then-ok"), 1);
        mock.clear();
        let call = call.with_policy(quick().retry_maybe_processed(true));
        client.stream(&call).unwrap().finish().unwrap();
        assert_eq!(mock.hits("mock/die-then-ok"), 2);
    });
}

#[test]
fn a_stall_before_the_first_item_is_tried_again_if_asked_for() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let call = streamed(&mock, "mock/stall-then-ok");
        let timeouts = call.timeouts().with_idle_bytes(ms(60));
        let call = call.with_timeouts(timeouts).with_policy(quick().retry_timeouts(true));
        Client::new(transport).stream(&call).unwrap().finish().unwrap();
        assert_eq!(mock.hits("mock/stall-then-ok"), 2);
    });
}

#[test]
fn nothing_is_tried_again_once_an_item_was_there() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let eager = quick().retry_maybe_processed(true).retry_timeouts(true);
        let call = streamed(&mock, "mock/delta-then-die").with_policy(eager);
        let mut stream = Client::new(transport).stream(&call).unwrap();
        while let Ok(Some(_)) = stream.next_item() {}
        let incomplete = stream.finish().unwrap_err();
        assert!(matches!(incomplete.error(), Error::Truncated(_)));
        assert!(!incomplete.partial().text().is_empty());
        assert_eq!(mock.hits("mock/delta-then-die"), 1);
    });
}

#[test]
fn a_collected_answer_that_is_cut_comes_with_its_partial() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let incomplete = Client::new(transport).send(&streamed(&mock, "mock/delta-then-die")).unwrap_err();
        assert!(!incomplete.partial().text().is_empty());
        assert_eq!(mock.hits("mock/delta-then-die"), 1);
    });
}

#[test]
fn open_never_tries_again_after_a_head() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        for model in ["mock/429-once", "mock/inband-then-ok", "mock/die-then-ok"] {
            let call = streamed(&mock, model).with_policy(quick().retry_maybe_processed(true));
            let mut items = client.open(&call).unwrap();
            items.next_item().unwrap_err();
            assert_eq!(mock.hits(model), 1, "{model}");
        }
        let call = streamed(&mock, "mock/close-then-ok").with_policy(quick().retry_maybe_processed(true));
        client.open(&call).unwrap().finish().unwrap();
        assert_eq!(mock.hits("mock/close-then-ok"), 2, "before the head it may");
    });
}

#[test]
fn the_wait_is_what_the_server_asks_for() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let start = Instant::now();
        Client::new(transport).send(&whole(&mock, "mock/retry-after-ms")).unwrap();
        assert!(start.elapsed() >= ms(50));
        let start = Instant::now();
        Client::new(transport).send(&whole(&mock, "mock/retry-after-one")).unwrap();
        assert!(start.elapsed() >= Duration::from_secs(1));
    });
}

#[test]
fn an_idempotency_key_stays_the_same() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let call = whole(&mock, "mock/503-twice").with_idempotency_key("once-7").unwrap();
        Client::new(transport).send(&call).unwrap();
        let keys: Vec<_> =
            mock.requests().iter().map(|request| request.header("idempotency-key").map(str::to_owned)).collect();
        assert_eq!(keys, vec![Some("once-7".to_owned()); 3]);
    });
}

#[test]
fn a_request_of_which_nothing_was_written_is_sent_again() {
    each(|transport| {
        // Nobody listens for the first attempt, and somebody does for the second.
        let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let starting = thread::spawn(move || {
            thread::sleep(Duration::from_millis(100));
            Mock::bind(addr).unwrap()
        });
        let router = Router::new(ApiKey::new(KEY).unwrap());
        let router = router.with_inference_base(&format!("http://{addr}/v1")).unwrap();
        let policy = Policy::new().with_base(Duration::from_millis(400));
        let call = router.with_policy(policy).get::<serde_json::Value>("models").unwrap();
        Client::new(transport).send(&call).unwrap();
        assert_eq!(starting.join().unwrap().requests().len(), 1);
    });
}

#[test]
fn a_refused_connection_is_not_processed() {
    each(|transport| {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let router = Router::new(ApiKey::new(KEY).unwrap());
        let router = router.with_inference_base(&format!("http://127.0.0.1:{port}/v1")).unwrap();
        let call = router.get::<()>("models").unwrap().with_policy(Policy::none());
        let incomplete = Client::new(transport).send(&call).unwrap_err();
        let Error::Transport(error) = incomplete.error() else { panic!("{incomplete}") };
        assert_eq!((error.phase(), error.request_maybe_processed()), (Phase::Connect, false));
        assert!(incomplete.error().is_retryable());
        let mut source = std::error::Error::source(incomplete.error());
        let mut io = false;
        while let Some(cause) = source {
            io |= cause.is::<std::io::Error>();
            source = cause.source();
        }
        assert!(io, "the I/O error can be found");
        assert!(incomplete.to_string().to_lowercase().contains("refused"), "{incomplete}");
    });
}

#[test]
fn an_unknown_host_is_told_as_such() {
    each(|transport| {
        let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base("https://router.invalid/v1").unwrap();
        let call = router.get::<()>("models").unwrap().with_policy(Policy::none());
        let error = Error::from(Client::new(transport).send(&call).unwrap_err());
        let Error::Transport(error) = error else { panic!("{error}") };
        assert_eq!((error.phase(), error.request_maybe_processed()), (Phase::Resolve, false));
    });
}

#[test]
fn what_is_not_tls_is_told_as_such() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let url = mock.base_url().replace("http://", "https://");
        let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&url).unwrap();
        let call = router.get::<()>("models").unwrap().with_policy(Policy::none());
        let error = Error::from(Client::new(transport).send(&call).unwrap_err());
        let Error::Transport(error) = error else { panic!("{error}") };
        assert_eq!((error.phase(), error.request_maybe_processed()), (Phase::Tls, false));
    });
}

/// Answers so many requests per connection, then closes it without a word; returns how many requests came in all.
fn server(connections: usize, each: usize) -> (String, thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let serve = move || {
        let mut requests = 0;
        for _ in 0..connections {
            let (mut socket, _) = listener.accept().unwrap();
            for _ in 0..each {
                let mut request = Vec::new();
                let mut buffer = [0; 1024];
                while !request.ends_with(b"\r\n\r\n") {
                    let count = socket.read(&mut buffer).unwrap();
                    request.extend_from_slice(&buffer[..count]);
                }
                requests += 1;
                socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull").unwrap();
            }
        }
        requests
    };
    (url, thread::spawn(serve))
}

#[test]
fn a_connection_that_the_server_closed_while_idle_is_replaced() {
    each(|transport| {
        let (url, served) = server(3, 1);
        let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&url).unwrap();
        let call = router.get::<Option<()>>("models").unwrap().with_policy(Policy::none());
        let client = Client::new(transport);
        for _ in 0..3 {
            client.send(&call).unwrap();
            thread::sleep(ms(50));
        }
        assert_eq!(served.join().unwrap(), 3);
    });
}

#[test]
fn a_post_that_was_read_is_sent_once_even_on_a_used_connection() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        client.send(&whole(&mock, "mock/text")).unwrap();
        let incomplete = client.send(&whole(&mock, "mock/close-before-head")).unwrap_err();
        assert!(incomplete.error().request_maybe_processed());
        assert_eq!(mock.hits("mock/close-before-head"), 1);
        assert_eq!(mock.connections(), 1);
    });
}
