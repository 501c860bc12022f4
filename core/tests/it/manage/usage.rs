//! What was spent: what is asked, what is read, and what goes wrong.

use requesty_core::manage::{Counters, GroupBy, GroupedUsage, Resolution, SELF, Timestamp, UsageQuery, UsageReport};
use requesty_core::{BuildError, Decimal};

use crate::support::manage::{MANAGEMENT, asks, misreads, not_built, passed_on, reads, refuses};
use crate::support::router;

const REPORT: &str = r#"{"usage":{"2026-08-07T00:00:00Z":{"completions_requests":7,"embedding_requests":0,"image_requests":0,"speech_requests":0,"transcription_requests":0,"total_requests":7,"spend":"1.25","input_tokens":30,"output_tokens":12,"total_tokens":42,"grouped_data":[{"group_by_values":{"model_used":"openai/gpt-5"},"total_requests":7,"spend":"1.25","total_tokens":42}]}}}"#;

fn money(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::new(text).unwrap()
}

fn query() -> UsageQuery {
    UsageQuery::new(at("2026-08-07T00:00:00Z"))
}

fn report(json: &str) -> UsageReport {
    serde_json::from_str(json).unwrap()
}

#[test]
fn usage_is_asked_in_the_query() {
    let router = router();
    let key = |query: &UsageQuery, id: &str, pairs: &str| {
        asks(
            &router.key_usage(id, query),
            "GET",
            &format!("{MANAGEMENT}/v1/manage/apikey/{id}/usage?start=2026-08-07T00%3A00%3A00Z{pairs}"),
            "",
        );
        asks(
            &router.organization_usage(query),
            "GET",
            &format!("{MANAGEMENT}/v1/manage/org/usage?start=2026-08-07T00%3A00%3A00Z{pairs}"),
            "",
        );
    };
    key(&query(), "key-1", "");
    key(&query().resolution(Resolution::Hour), SELF, "&resolution=hour");
    key(
        &query()
            .end(at("2026-08-09T00:00:00.5+02:00"))
            .resolution(Resolution::Other("we&ek".into()))
            .group_by(GroupBy::ModelUsed)
            .group_by(GroupBy::extra("cost center"))
            .group_by(GroupBy::ApiKeyId),
        "key-1",
        "&end=2026-08-09T00%3A00%3A00.5%2B02%3A00&resolution=we%26ek\
         &group_by=model_used&group_by=extra.cost%20center&group_by=api_key_id",
    );
    // Joined by commas, as another client writes them.
    let call = router.key_usage(SELF, &query()).unwrap().with_query("group_by", "model_used,user_id").unwrap();
    assert!(call.request().uri().to_string().ends_with("&group_by=model_used%2Cuser_id"));
}

#[test]
fn a_usage_query_spans_up_to_a_hundred_days() {
    let router = router();
    let until = |end: &str| {
        let query = query().end(at(end));
        let calls = [router.key_usage(SELF, &query), router.organization_usage(&query)];
        calls.map(|call| call.map(|_| ()).map_err(|error| error.to_string()))
    };
    for end in ["2026-11-15T00:00:00Z", "2026-11-15T02:00:00+02:00", "2026-08-07T00:00:00Z", "2026-08-07T00:00:01Z"] {
        assert_eq!(until(end), [Ok(()), Ok(())], "{end}");
    }
    for (end, why) in [
        ("2026-11-15T00:00:01Z", "the usage query spans more than 100 days: ask for less at once"),
        ("2026-08-06T23:59:59Z", "the usage query ends before it begins"),
    ] {
        assert_eq!(until(end), [Err(why.to_owned()), Err(why.to_owned())]);
    }
    let too_long = "x".repeat(70_000);
    not_built(router.key_usage(SELF, &query().group_by(GroupBy::extra(&too_long))), "too long");
    let refused: BuildError = Timestamp::new("2026-08-07").unwrap_err();
    assert!(refused.to_string().contains("with time and zone"));
}

#[test]
fn usage_is_read() {
    for call in [router().key_usage(SELF, &query()), router().organization_usage(&query())] {
        let report = reads(&call, REPORT);
        let [period] = report.periods.as_slice() else { panic!("{report:?}") };
        assert_eq!(period.start, "2026-08-07T00:00:00Z");
        let counters = period.counters;
        assert_eq!((counters.completions_requests, counters.embedding_requests), (Some(7), Some(0)));
        assert_eq!((counters.image_requests, counters.speech_requests), (Some(0), Some(0)));
        assert_eq!((counters.transcription_requests, counters.total_requests), (Some(0), Some(7)));
        assert_eq!(counters.spend, Some(money("1.25")));
        assert_eq!(
            (counters.input_tokens, counters.output_tokens, counters.total_tokens),
            (Some(30), Some(12), Some(42))
        );
        let [group] = period.groups.as_slice() else { panic!("{period:?}") };
        assert_eq!(group.values.get("model_used"), Some(r#""openai/gpt-5""#));
        assert_eq!((group.counters.total_requests, group.counters.total_tokens), (Some(7), Some(42)));
        assert_eq!((group.counters.spend, group.counters.completions_requests), (Some(money("1.25")), None));
        assert_eq!(report.total(), counters, "of one period");
        passed_on(&report, REPORT);
    }
}

#[test]
fn usage_is_refused() {
    for call in [router().key_usage(SELF, &query()), router().organization_usage(&query())] {
        refuses(&call);
        misreads(&call, &["{}", "[]", "null", r#"{"usage":[]}"#, r#"{"usage":7}"#, r#"{"usage":{"2026-08-07":7}}"#]);
    }
}

#[test]
fn periods_keep_their_names_and_their_order() {
    let json = r#"{"usage":{"2026-08-09":{"spend":"3"},"2026-08-07":{"spend":"1"},"2026-08-08T00:00:00Z":{}},"currency":"USD"}"#;
    let read = report(json);
    let starts: Vec<_> = read.periods.iter().map(|period| period.start.as_str()).collect();
    assert_eq!(starts, ["2026-08-09", "2026-08-07", "2026-08-08T00:00:00Z"]);
    assert_eq!(read.extra.get("currency"), Some(r#""USD""#));
    passed_on(&read, json);
    for none in [r#"{"usage":{}}"#, r#"{"usage":null}"#] {
        assert!(report(none).periods.is_empty());
        assert_eq!(report(none).total(), Counters::default(), "nothing is not zero");
        passed_on(&report(none), r#"{"usage":{}}"#);
    }
}

#[test]
fn what_is_odd_is_kept_and_costs_nothing_else() {
    let json = r#"{"usage":{"a":{"spend":0.10,"total_requests":"7","input_tokens":1.0,"output_tokens":-1,"new":[1, 2]},"b":"none"}}"#;
    let odd = report(json);
    let [period] = odd.periods.as_slice() else { panic!("{odd:?}") };
    assert_eq!(period.counters.spend, Some(money("0.1")), "a number or a string");
    assert_eq!((period.counters.total_requests, period.counters.input_tokens), (Some(7), Some(1)));
    assert_eq!((period.counters.output_tokens, period.extra.get("output_tokens")), (None, Some("-1")));
    assert_eq!(period.extra.get("new"), Some("[1, 2]"));
    assert!(odd.extra.contains("usage"), "with the period that could not be read");
    passed_on(&odd, json);
    passed_on(period, r#"{"total_requests":7,"spend":"0.1","input_tokens":1,"output_tokens":-1,"new":[1, 2]}"#);

    let json = r#"{"usage":{"a":{"grouped_data":[{"group_by_values":{"is_byok":true,"user_id":null,"extra.n":7,"x":{"y" :1}},"spend":"1","q":0},3]}}}"#;
    let groups = report(json);
    let [period] = groups.periods.as_slice() else { panic!("{groups:?}") };
    let [group] = period.groups.as_slice() else { panic!("{period:?}") };
    let values: Vec<_> = group.values.iter().collect();
    assert_eq!(values, [("is_byok", "true"), ("user_id", "null"), ("extra.n", "7"), ("x", r#"{"y" :1}"#)]);
    assert_eq!(group.extra.get("q"), Some("0"));
    passed_on(&groups, json);
    let group: GroupedUsage = serde_json::from_str(r#"{"group_by_values":"all","spend":"1"}"#).unwrap();
    assert!(group.values.is_empty());
    passed_on(&group, r#"{"spend":"1","group_by_values":"all"}"#);
    assert!(serde_json::from_str::<GroupedUsage>("[]").is_err());
}

#[test]
fn periods_add_up_exactly() {
    let json = r#"{"usage":{
        "a":{"completions_requests":1,"embedding_requests":2,"image_requests":3,"speech_requests":4,
             "transcription_requests":5,"total_requests":15,"spend":"0.1","input_tokens":6,"output_tokens":7,"total_tokens":13},
        "b":{"completions_requests":10,"embedding_requests":20,"image_requests":30,"speech_requests":40,
             "transcription_requests":50,"total_requests":150,"spend":"0.2","input_tokens":60,"output_tokens":70,"total_tokens":130},
        "c":{"total_requests":1000,"spend":0.0000000000000000000003}}}"#;
    let total = report(json).total();
    assert_eq!(
        (total.completions_requests, total.embedding_requests, total.image_requests),
        (Some(11), Some(22), Some(33))
    );
    assert_eq!((total.speech_requests, total.transcription_requests), (Some(44), Some(55)));
    assert_eq!((total.total_requests, total.spend), (Some(1165), Some(money("0.3000000000000000000003"))));
    assert_eq!((total.input_tokens, total.output_tokens, total.total_tokens), (Some(66), Some(77), Some(143)));

    let most = r#"{"usage":{"a":{"total_tokens":18446744073709551615,"spend":"1e30"},"b":{"total_tokens":1,"spend":"1e-30"},"c":{"input_tokens":5}}}"#;
    let total = report(most).total();
    assert_eq!(
        (total.total_tokens, total.spend, total.input_tokens),
        (None, None, Some(5)),
        "what does not fit is not there"
    );
}
