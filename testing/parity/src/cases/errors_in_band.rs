//! Errors inside an answer that began well, in every shape that has been seen.

use super::{Case, streamed, whole};

pub(super) const CASES: &[Case] = &[
    streamed("mock/inband-1-first", r#"api 502 Unavailable code=502 "upstream died" in-stream"#),
    streamed("mock/inband-1-after", r#"api 502 Unavailable code=502 "upstream died" in-stream text=gateway[..7]"#)
        .row("a bare error in the stream"),
    streamed("mock/inband-1-first-done", r#"api 502 Unavailable code=502 "upstream died" in-stream"#),
    streamed("mock/inband-1-after-done", r#"api 502 Unavailable code=502 "upstream died" in-stream text=gateway[..7]"#),
    whole("mock/inband-1-first", r#"api 502 Unavailable code=502 "upstream died""#),
    streamed("mock/inband-2-first", r#"api 502 Unavailable code=502 "upstream died" in-stream"#),
    streamed("mock/inband-2-after", r#"api 502 Unavailable code=502 "upstream died" in-stream text=gateway[..7]"#),
    streamed("mock/inband-2-first-done", r#"api 502 Unavailable code=502 "upstream died" in-stream"#),
    streamed("mock/inband-2-after-done", r#"api 502 Unavailable code=502 "upstream died" in-stream text=gateway[..7]"#),
    whole("mock/inband-2-first", r#"api 502 Unavailable code=502 "upstream died""#),
    streamed("mock/inband-3-first", r#"api 502 Unavailable code=502 "upstream died" in-stream error"#),
    streamed(
        "mock/inband-3-after",
        r#"api 502 Unavailable code=502 "upstream died" in-stream error text=gateway[..7]"#,
    )
    .row("an error beside a choice"),
    streamed("mock/inband-3-first-done", r#"api 502 Unavailable code=502 "upstream died" in-stream error"#),
    streamed(
        "mock/inband-3-after-done",
        r#"api 502 Unavailable code=502 "upstream died" in-stream error text=gateway[..7]"#,
    ),
    whole("mock/inband-3-first", r#"api 502 Unavailable code=502 "upstream died""#),
    streamed("mock/inband-4-first", r#"api 502 Unavailable code=502 "upstream died" in-stream error"#),
    streamed(
        "mock/inband-4-after",
        r#"api 502 Unavailable code=502 "upstream died" in-stream error text=gateway[..7]"#,
    ),
    streamed("mock/inband-4-first-done", r#"api 502 Unavailable code=502 "upstream died" in-stream error"#),
    streamed(
        "mock/inband-4-after-done",
        r#"api 502 Unavailable code=502 "upstream died" in-stream error text=gateway[..7]"#,
    ),
    whole("mock/inband-4-first", r#"api 502 Unavailable code=502 "upstream died""#),
    streamed("mock/inband-5-first", r#"api 400 InvalidRequest code=400 "Requested sample logprobs of 21" in-stream"#),
    streamed(
        "mock/inband-5-after",
        r#"api 400 InvalidRequest code=400 "Requested sample logprobs of 21" in-stream text=gateway[..7]"#,
    ),
    streamed(
        "mock/inband-5-first-done",
        r#"api 400 InvalidRequest code=400 "Requested sample logprobs of 21" in-stream"#,
    ),
    streamed(
        "mock/inband-5-after-done",
        r#"api 400 InvalidRequest code=400 "Requested sample logprobs of 21" in-stream text=gateway[..7]"#,
    ),
    streamed("mock/inband-6-first", r#"api - Server "upstream died" in-stream"#),
    streamed("mock/inband-6-after", r#"api - Server "upstream died" in-stream text=gateway[..7]"#),
    streamed("mock/inband-6-first-done", r#"api - Server "upstream died" in-stream"#),
    streamed("mock/inband-6-after-done", r#"api - Server "upstream died" in-stream text=gateway[..7]"#),
    whole("mock/inband-6-first", r#"api - Server "upstream died""#),
    streamed("mock/inband-7-first", r#"api - Server code=server_error "upstream died" in-stream"#),
    streamed("mock/inband-7-after", r#"api - Server code=server_error "upstream died" in-stream text=gateway[..7]"#),
    streamed("mock/inband-7-first-done", r#"api - Server code=server_error "upstream died" in-stream"#),
    streamed(
        "mock/inband-7-after-done",
        r#"api - Server code=server_error "upstream died" in-stream text=gateway[..7]"#,
    ),
    whole("mock/inband-7-first", r#"api - Server code=server_error "upstream died""#),
    streamed("mock/inband-8-first", r#"api 500 Server code=INTERNAL_SERVER_ERROR "upstream died" in-stream"#),
    streamed(
        "mock/inband-8-after",
        r#"api 500 Server code=INTERNAL_SERVER_ERROR "upstream died" in-stream text=gateway[..7]"#,
    ),
    streamed("mock/inband-8-first-done", r#"api 500 Server code=INTERNAL_SERVER_ERROR "upstream died" in-stream"#),
    streamed(
        "mock/inband-8-after-done",
        r#"api 500 Server code=INTERNAL_SERVER_ERROR "upstream died" in-stream text=gateway[..7]"#,
    ),
    whole("mock/inband-8-first", r#"api 500 Server code=INTERNAL_SERVER_ERROR "upstream died""#),
    streamed("mock/inband-string-first", r#"api - Other "upstream died" in-stream"#),
    streamed("mock/inband-string-after", r#"api - Other "upstream died" in-stream text=gateway[..7]"#),
    streamed("mock/inband-string-first-done", r#"api - Other "upstream died" in-stream"#),
    streamed("mock/inband-string-after-done", r#"api - Other "upstream died" in-stream text=gateway[..7]"#),
    whole("mock/inband-string-first", r#"api - Other "upstream died""#),
    streamed("mock/inband-vllm-first", r#"api 500 Server code=500 "upstream died" in-stream"#),
    streamed("mock/inband-vllm-after", r#"api 500 Server code=500 "upstream died" in-stream text=gateway[..7]"#)
        .row("an error that is the object"),
    streamed("mock/inband-vllm-first-done", r#"api 500 Server code=500 "upstream died" in-stream"#),
    streamed("mock/inband-vllm-after-done", r#"api 500 Server code=500 "upstream died" in-stream text=gateway[..7]"#),
    whole("mock/inband-vllm-first", r#"api 500 Server code=500 "upstream died""#),
    streamed(
        "mock/inband-requesty-first",
        r#"api - Unavailable "There was a problem with the provider stream" in-stream"#,
    ),
    streamed(
        "mock/inband-requesty-after",
        r#"api - Unavailable "There was a problem with the provider stream" in-stream text=gateway[..7]"#,
    ),
    streamed(
        "mock/inband-requesty-first-done",
        r#"api - Unavailable "There was a problem with the provider stream" in-stream"#,
    ),
    streamed(
        "mock/inband-requesty-after-done",
        r#"api - Unavailable "There was a problem with the provider stream" in-stream text=gateway[..7]"#,
    ),
    whole("mock/inband-requesty-first", r#"api - Unavailable "There was a problem with the provider stream""#),
    streamed(
        "mock/inband-terminal-first",
        r#"api 400 ContextLength code=400 "prompt is too long: 1284668 tokens" in-stream"#,
    ),
    streamed(
        "mock/inband-terminal-after",
        r#"api 400 ContextLength code=400 "prompt is too long: 1284668 tokens" in-stream text=gateway[..7]"#,
    ),
    streamed(
        "mock/inband-terminal-first-done",
        r#"api 400 ContextLength code=400 "prompt is too long: 1284668 tokens" in-stream"#,
    ),
    streamed(
        "mock/inband-terminal-after-done",
        r#"api 400 ContextLength code=400 "prompt is too long: 1284668 tokens" in-stream text=gateway[..7]"#,
    ),
    whole("mock/inband-terminal-first", r#"api 400 ContextLength code=400 "prompt is too long: 1284668 tokens""#),
];
