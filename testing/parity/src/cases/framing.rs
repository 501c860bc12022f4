//! The same answers in other bytes: line ends, marks, boundaries, keep-alives, sizes.

use super::{Case, GATEWAY, streamed};

pub(super) const CASES: &[Case] = &[
    streamed("mock/crlf", GATEWAY).row("CR LF"),
    streamed("mock/cr", GATEWAY).row("CR alone"),
    streamed("mock/cr-held", GATEWAY),
    streamed("mock/mixed-ends", GATEWAY),
    streamed("mock/crlf-bytes", r#"ok stop text="Grüße, 你好 🌍! Ça va? " usage=13/5/18 cost=0.00000495"#)
        .row("CR LF, data of several lines, byte by byte"),
    streamed("mock/bytes", r#"ok stop text="Grüße, 你好 🌍! Ça va? " usage=13/5/18 cost=0.00000495"#),
    streamed("mock/bom", GATEWAY).row("a byte order mark"),
    streamed("mock/bom-pieces", GATEWAY),
    streamed("mock/bom-later", r#"ok stop text="\u{feff}a \u{feff}b" usage=13/2/15 cost=0.00000315"#),
    streamed("mock/utf8-split", r#"ok stop text=80:"Grüße, 你好 🌍!…好 🌍! Ça va? " usage=13/20/33 cost=0.00001395"#)
        .row("characters split over chunks"),
    streamed("mock/bad-byte", r#"ok stop text="good � good" usage=13/3/16 cost=0.00000375"#).row("one bad byte"),
    streamed(
        "mock/line-separators",
        r#"ok stop text="a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f\u{1c}g" usage=13/1/14 cost=0.00000255"#,
    ),
    streamed("mock/no-space", GATEWAY).row("no space after the colon"),
    streamed("mock/two-spaces", GATEWAY),
    streamed("mock/multi-line", GATEWAY),
    streamed("mock/fields", GATEWAY),
    streamed("mock/one-write", GATEWAY),
    streamed("mock/big-chunk", r#"ok stop text=200000:"012345678901…890123456789" usage=13/1/14 cost=0.00000255"#)
        .row("one chunk of 200 kB"),
    streamed("mock/big-300", "too-large Event"),
    streamed(
        "mock/many-chunks",
        r#"ok stop text=60000:"word word wo…d word word " usage=13/12000/12013 cost=0.00720195"#,
    )
    .row("12,000 chunks"),
    streamed("mock/keepalive-dialects", GATEWAY),
    streamed("mock/heartbeat", r#"ok stop text="one two" usage=13/2/15 cost=0.00000315"#).row("an event without data"),
];
