//! The rules of the policy, one a row; here, because only this crate makes API errors.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::{Attempt, Policy};
use crate::error::{
    ApiError, BuildError, DecodeError, Error, ErrorKind, NoFinishReason, TransportError, Truncated, Unexpected,
};
use crate::head::Head;
use crate::limits::{Limit, Phase, Timeout, TooLarge};

const FIRST: Attempt = Attempt { number: 1, elapsed: Duration::ZERO, delivered: false };
const NOW: SystemTime = SystemTime::UNIX_EPOCH;

fn api(status: impl Into<Option<u16>>, kind: ErrorKind, headers: &[(&'static str, &'static str)]) -> ApiError {
    let status = status.into().map(|status| StatusCode::from_u16(status).unwrap());
    let headers = headers.iter().map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    ApiError {
        target: "".into(),
        head: Arc::new(Head::new(status.unwrap_or(StatusCode::OK), HeaderMap::from_iter(headers))),
        status,
        kind,
        code: None,
        error_type: None,
        status_name: None,
        wait: None,
        param: None,
        origin: None,
        message: None,
        body: Bytes::new(),
        in_stream: false,
    }
}

fn in_stream(status: Option<u16>, kind: ErrorKind, headers: &[(&'static str, &'static str)]) -> ApiError {
    ApiError { in_stream: true, ..api(status, kind, headers) }
}

fn unexpected(status: StatusCode) -> Error {
    let head = Arc::new(Head::new(status, HeaderMap::new()));
    Unexpected { head, content_type: None, hint: None, target: "".into(), body: Bytes::new() }.into()
}

fn timeout(phase: Phase) -> Error {
    Timeout::new(phase, Duration::from_secs(1)).into()
}

fn transport(phase: Phase, maybe_processed: bool) -> Error {
    TransportError::new(phase, maybe_processed, "gone").into()
}

fn truncated() -> Error {
    Truncated { cause: None, unread: None }.into()
}

#[test]
fn by_default() {
    use ErrorKind::*;
    let rows: Vec<(bool, Error)> = vec![
        (true, api(424, ProviderResponse, &[]).into()),
        (true, api(429, RateLimited, &[]).into()),
        (true, api(502, Unavailable, &[]).into()),
        (true, api(503, Unavailable, &[]).into()),
        (true, api(529, Overloaded, &[]).into()),
        (false, api(301, Redirect, &[]).into()),
        (false, api(400, InvalidRequest, &[]).into()),
        (false, api(400, ContextLength, &[]).into()),
        (false, api(400, ContentPolicy, &[]).into()),
        (false, api(401, Unauthorized, &[]).into()),
        (false, api(402, InsufficientBalance, &[]).into()),
        (false, api(403, Forbidden, &[]).into()),
        (false, api(404, NotFound, &[]).into()),
        (false, api(408, TimedOut, &[]).into()),
        (false, api(409, Conflict, &[]).into()),
        (false, api(412, SpendLimit, &[]).into()),
        (false, api(413, PayloadTooLarge, &[]).into()),
        (false, api(499, Other, &[]).into()),
        (false, api(500, Server, &[]).into()),
        (false, api(504, TimedOut, &[]).into()),
        // Terminal, though the status says: try again.
        (false, api(429, QuotaExceeded, &[]).into()),
        (false, api(429, InsufficientBalance, &[]).into()),
        (false, api(429, SpendLimit, &[]).into()),
        // Inside a stream, where there may be no status.
        (true, in_stream(Some(502), Unavailable, &[]).into()),
        (true, in_stream(None, RateLimited, &[]).into()),
        (true, in_stream(None, Overloaded, &[]).into()),
        (true, in_stream(Some(200), Unavailable, &[]).into()),
        (true, in_stream(Some(500), Overloaded, &[]).into()),
        (false, in_stream(None, Server, &[]).into()),
        (false, in_stream(None, TimedOut, &[]).into()),
        (false, in_stream(None, QuotaExceeded, &[]).into()),
        (false, in_stream(None, Other, &[]).into()),
        // A page under a success: an error status makes an error of the API of it.
        (false, unexpected(StatusCode::OK)),
        // Never sent.
        (true, transport(Phase::Resolve, false)),
        (true, transport(Phase::Connect, false)),
        (true, transport(Phase::Write, false)),
        (true, timeout(Phase::Connect)),
        (true, timeout(Phase::Tls)),
        (true, timeout(Phase::Proxy)),
        // Perhaps processed.
        (false, transport(Phase::Write, true)),
        (false, transport(Phase::FirstByte, true)),
        (false, timeout(Phase::Write)),
        (false, timeout(Phase::FirstByte)),
        (false, timeout(Phase::IdleBytes)),
        (false, timeout(Phase::IdleProgress)),
        (false, timeout(Phase::Total)),
        (false, truncated()),
        (false, Error::Unfinished(NoFinishReason::default().into())),
        // It would be the same again.
        (false, BuildError::new("no").into()),
        (false, decode()),
        (false, TooLarge { what: Limit::Event, limit: 1 }.into()),
    ];
    for (retried, error) in rows {
        assert_eq!(Policy::new().delay(&FIRST, &error, NOW, 0).is_some(), retried, "{error:?}");
        assert_eq!(Policy::none().delay(&FIRST, &error, NOW, 0), None, "{error:?}");
        let delivered = Attempt { delivered: true, ..FIRST };
        assert_eq!(Policy::new().delay(&delivered, &error, NOW, 0), None, "{error:?}");
    }
}

#[test]
fn by_opting_in() {
    use ErrorKind::*;
    let kinds = [TimedOut, Conflict, Server, InsufficientBalance].into_iter().fold(Policy::new(), Policy::retry_kind);
    let timeouts = Policy::new().retry_timeouts(true);
    let processed = Policy::new().retry_maybe_processed(true);
    let rows: Vec<(bool, &Policy, Error)> = vec![
        (true, &kinds, api(408, TimedOut, &[]).into()),
        (true, &kinds, api(409, Conflict, &[]).into()),
        (true, &kinds, api(500, Server, &[]).into()),
        (true, &kinds, api(504, TimedOut, &[]).into()),
        (true, &kinds, api(429, RateLimited, &[]).into()),
        (true, &kinds, in_stream(None, Server, &[]).into()),
        (false, &kinds, api(402, InsufficientBalance, &[]).into()),
        (false, &kinds, api(501, Server, &[("x-should-retry", "false")]).into()),
        (false, &kinds, api(400, InvalidRequest, &[]).into()),
        (false, &kinds, timeout(Phase::FirstByte)),
        (true, &timeouts, timeout(Phase::Write)),
        (true, &timeouts, timeout(Phase::FirstByte)),
        (true, &timeouts, timeout(Phase::IdleBytes)),
        (true, &timeouts, timeout(Phase::IdleProgress)),
        (false, &timeouts, timeout(Phase::Total)),
        (false, &timeouts, truncated()),
        (false, &timeouts, transport(Phase::FirstByte, true)),
        (true, &processed, transport(Phase::FirstByte, true)),
        (true, &processed, truncated()),
        (true, &processed, Error::Unfinished(NoFinishReason::default().into())),
        (false, &processed, timeout(Phase::FirstByte)),
        (false, &processed, api(500, Server, &[]).into()),
        (false, &processed, decode()),
    ];
    for (retried, policy, error) in rows {
        assert_eq!(policy.delay(&FIRST, &error, NOW, 0).is_some(), retried, "{policy:?} {error:?}");
        let delivered = Attempt { delivered: true, ..FIRST };
        assert_eq!(policy.delay(&delivered, &error, NOW, 0), None, "{policy:?} {error:?}");
    }
}

#[test]
fn the_header_goes_before_the_status() {
    use ErrorKind::*;
    for (retried, status, kind, value) in [
        (true, 400, InvalidRequest, "true"),
        (true, 500, Server, " True "),
        (false, 429, QuotaExceeded, "true"),
        (false, 429, RateLimited, "false"),
        (false, 503, Unavailable, "FALSE"),
        (true, 503, Unavailable, "maybe"),
        (false, 500, Server, ""),
    ] {
        let error = api(status, kind, &[("x-should-retry", value)]).into();
        assert_eq!(Policy::new().delay(&FIRST, &error, NOW, 0).is_some(), retried, "{status} {value:?}");
        let delivered = Attempt { delivered: true, ..FIRST };
        assert_eq!(Policy::new().delay(&delivered, &error, NOW, 0), None);
    }
    // The head of a stream that then failed was one of success.
    let error = in_stream(None, Server, &[("x-should-retry", "true")]).into();
    assert_eq!(Policy::new().delay(&FIRST, &error, NOW, 0), None);
    let error = in_stream(Some(502), Unavailable, &[("x-should-retry", "false")]).into();
    assert!(Policy::new().delay(&FIRST, &error, NOW, 0).is_some());
}

#[test]
fn how_long_the_server_asks_is_the_least_wait() {
    for (asked, wait) in [
        (&[][..], Some(500)),
        (&[("retry-after", "0")], Some(500)),
        (&[("retry-after", "nonsense")], Some(500)),
        (&[("retry-after-ms", "750")], Some(750)),
        (&[("retry-after", "72")], Some(72_000)),
        (&[("retry-after", "120")], Some(120_000)),
        (&[("retry-after", "120.001")], None),
        (&[("retry-after", "99999999999999999999999999")], None),
        (&[("retry-after", "Thu, 01 Jan 1970 00:01:00 GMT")], Some(60_000)),
        (&[("retry-after", "Thu, 01 Jan 1970 00:03:00 GMT")], None),
    ] {
        let error = api(429, ErrorKind::RateLimited, asked).into();
        assert_eq!(Policy::new().delay(&FIRST, &error, NOW, 0), wait.map(Duration::from_millis), "{asked:?}");
    }
    let error = api(429, ErrorKind::RateLimited, &[("retry-after", "200")]).into();
    let patient = Policy::new().with_max_retry_after(Duration::from_secs(200));
    assert_eq!(patient.delay(&FIRST, &error, NOW, 0), Some(Duration::from_secs(200)));
    assert_eq!(patient.with_budget(Duration::from_secs(199)).delay(&FIRST, &error, NOW, 0), None);
}

#[test]
fn the_wait_doubles_up_to_its_cap_less_up_to_a_quarter() {
    let error = api(503, ErrorKind::Unavailable, &[]).into();
    let policy = Policy::new().with_max_retries(u32::MAX);
    for (number, longest) in
        [(0, 500), (1, 500), (2, 1_000), (3, 2_000), (4, 4_000), (5, 8_000), (6, 8_000), (u32::MAX, 8_000)]
    {
        let longest = Duration::from_millis(longest);
        let delay = |entropy| policy.delay(&Attempt { number, ..FIRST }, &error, NOW, entropy).unwrap();
        assert_eq!(delay(0), longest);
        assert_eq!(delay(1 << 63), longest * 7 / 8);
        let shortest = delay(u64::MAX);
        assert!(shortest >= longest * 3 / 4 && shortest < longest * 3 / 4 + Duration::from_micros(1), "{shortest:?}");
    }
    let endless = policy.with_base(Duration::MAX).with_cap(Duration::MAX).with_budget(Duration::MAX);
    assert_eq!(endless.delay(&FIRST, &error, NOW, 0), Some(Duration::MAX));
    assert!(endless.delay(&FIRST, &error, NOW, u64::MAX).is_some());
    assert_eq!(endless.delay(&Attempt { elapsed: Duration::from_nanos(1), ..FIRST }, &error, NOW, 0), None);
}

#[test]
fn retries_and_budget_run_out() {
    let error = api(503, ErrorKind::Unavailable, &[]).into();
    let delay = |number, elapsed| {
        Policy::new().delay(
            &Attempt { number, elapsed: Duration::from_millis(elapsed), delivered: false },
            &error,
            NOW,
            0,
        )
    };
    assert!(delay(2, 0).is_some());
    assert_eq!(delay(3, 0), None);
    // The wait counts: the next attempt must begin within the budget.
    assert_eq!(delay(1, 299_500), Some(Duration::from_millis(500)));
    assert_eq!(delay(1, 299_501), None);
}

fn decode() -> Error {
    DecodeError::new("a reply", None, &[]).into()
}
