//! Compression is never asked for; a reply that comes compressed all the same is told as such.

use std::time::Duration;

use requesty_core::chat::{Message, Request};
use requesty_core::{Error, Step};

use crate::support::chat::{events, stream_call};
use crate::support::router;

#[test]
fn a_compressed_reply_is_an_error_and_not_garbage() {
    let body = events([r#"{"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}"#]);
    let messages = [Message::user("hi")];
    let whole = router().chat(&Request::new(&messages)).unwrap();
    for (encoding, read) in [
        ("gzip", false),
        ("br", false),
        ("GZIP", false),
        ("zstd", false),
        ("identity, deflate", false),
        ("identity", true),
        ("", true),
        // Neither is registered, and neither changes the bytes.
        ("none", true),
        ("UTF-8", true),
    ] {
        let head = || {
            let head = http::Response::builder().header("content-encoding", encoding);
            head.body(()).unwrap().into_parts().0
        };
        let mut machine = stream_call().open(head(), Duration::ZERO);
        machine.push(body.as_bytes(), Duration::ZERO);
        match machine.advance() {
            Ok(Step::Ready) => assert!(read, "{encoding}"),
            Err(Error::Unexpected(unexpected)) => {
                assert!(
                    !read && unexpected.to_string().contains(encoding.trim_start_matches("identity, ")),
                    "{unexpected}"
                );
            }
            other => panic!("{encoding}: {other:?}"),
        }
        let advanced = whole.open(head(), Duration::ZERO).advance();
        assert_eq!(advanced.is_ok(), read, "{encoding}");
    }
}
