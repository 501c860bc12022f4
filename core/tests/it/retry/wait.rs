//! How long a server asks to wait, in all its forms.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};
use requesty_core::head::retry_after;

/// 1994-11-06 08:49:37 UTC, the date of the standard's examples.
const EXAMPLE: u64 = 784_111_777;

fn read(headers: &[(&'static str, &[u8])], now: u64) -> Option<Duration> {
    let headers =
        headers.iter().map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap()));
    retry_after(&HeaderMap::from_iter(headers), SystemTime::UNIX_EPOCH + Duration::from_secs(now))
}

#[test]
fn numbers() {
    for (seconds, expected) in [
        ("0", Some(0)),
        ("72", Some(72_000)),
        (" 72 ", Some(72_000)),
        ("1.5", Some(1_500)),
        (".5", Some(500)),
        ("0.001", Some(1)),
        ("00012", Some(12_000)),
        ("-1", None),
        ("-0", None),
        ("+1", None),
        ("1e3", None),
        ("NaN", None),
        ("inf", None),
        ("infinity", None),
        ("1.5.0", None),
        (".", None),
        ("", None),
        ("10s", None),
        ("10, 20", None),
        ("soon", None),
        ("٣", None),
    ] {
        let expected = expected.map(Duration::from_millis);
        assert_eq!(read(&[("retry-after", seconds.as_bytes())], 0), expected, "{seconds:?}");
        let milliseconds = read(&[("retry-after-ms", seconds.as_bytes())], 0);
        assert_eq!(milliseconds, expected.map(|wait| wait / 1_000), "{seconds:?}");
    }
    assert_eq!(read(&[("retry-after", &[b'9'; 400])], 0), Some(Duration::MAX), "too long is not absent");
    assert_eq!(read(&[("retry-after", b"\xff1")], 0), None);
    assert_eq!(read(&[], 0), None);
}

#[test]
fn milliseconds_go_first_if_they_are_any() {
    assert_eq!(read(&[("retry-after-ms", b"250"), ("retry-after", b"9")], 0), Some(Duration::from_millis(250)));
    assert_eq!(read(&[("retry-after-ms", b"-3"), ("retry-after", b"9")], 0), Some(Duration::from_secs(9)));
}

#[test]
fn dates() {
    for (date, seconds) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(EXAMPLE)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", Some(EXAMPLE)),
        ("Sun Nov  6 08:49:37 1994", Some(EXAMPLE)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
        ("Thu, 01 Jan 1970 00:00:01 GMT", Some(1)),
        ("Tue, 29 Feb 2000 23:59:59 GMT", Some(951_868_799)),
        ("Wed, 01 Mar 2000 00:00:00 GMT", Some(951_868_800)),
        ("Thu, 29 Feb 2024 12:00:00 GMT", Some(1_709_208_000)),
        ("Sat, 31 Dec 2016 23:59:60 GMT", Some(1_483_228_800)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799)),
        ("Sunday, 06-Nov-33 08:49:37 GMT", Some(2_014_879_777)),
        ("Sun, 29 Feb 2026 00:00:00 GMT", None),
        ("Mon, 29 Feb 2100 00:00:00 GMT", None),
        ("Sun, 31 Apr 2026 00:00:00 GMT", None),
        ("Sun, 00 Nov 1994 08:49:37 GMT", None),
        ("Sun, 32 Dec 1994 08:49:37 GMT", None),
        ("Sun, 06 Foo 1994 08:49:37 GMT", None),
        ("Sun, 06 nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 24:00:00 GMT", None),
        ("Sun, 06 Nov 1994 08:60:00 GMT", None),
        ("Sun, 06 Nov 1994 08:49:61 GMT", None),
        ("Sun, 06 Nov 1994 08:49 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37:00 GMT", None),
        ("Sun, 06 Nov 1994 +8:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 PST", None),
        ("Sun, 06 Nov 1994 08:49:37", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT GMT", None),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
        ("Sun, 06 Nov 1969 08:49:37 GMT", None),
        ("1994-11-06T08:49:37Z", None),
        ("12, 06 Nov 1994 08:49:37 GMT", None),
    ] {
        assert_eq!(read(&[("retry-after", date.as_bytes())], 0), seconds.map(Duration::from_secs), "{date:?}");
    }
    let date = b"Sun, 06 Nov 1994 08:49:37 GMT";
    assert_eq!(read(&[("retry-after", date)], EXAMPLE - 30), Some(Duration::from_secs(30)));
    assert_eq!(read(&[("retry-after", date)], EXAMPLE), Some(Duration::ZERO));
    assert_eq!(read(&[("retry-after", date)], EXAMPLE + 30), Some(Duration::ZERO), "a date in the past");
    assert_eq!(read(&[("retry-after-ms", date), ("retry-after", b"1")], 0), Some(Duration::from_secs(1)));
}
