//! Answers of every kind, and the shapes in which usage comes with them.

use super::{Case, GATEWAY, streamed, whole};

pub(super) const CASES: &[Case] = &[
    streamed("mock/text", GATEWAY),
    whole("mock/text", GATEWAY),
    streamed("mock/requesty", r#"ok stop text="*   Nigel\n*   Bill\n*   Pelly Can" usage=11/5/1249"#),
    whole("mock/requesty", r#"ok stop text="*   Nigel\n*   Bill\n*   Pelly Can" usage=11/5/1249"#),
    streamed("mock/one-chunk", GATEWAY),
    streamed("mock/paced-2", GATEWAY),
    streamed("mock/echo", r#"ok stop text="What is an LLM gateway?" usage=13/5/18 cost=0.00000495"#),
    streamed("mock/length", "ok length text=gateway[..45] usage=13/9/22 cost=0.00000735"),
    whole("mock/length", "ok length text=gateway[..45] usage=13/9/22 cost=0.00000735"),
    streamed("mock/content-filter", r#"ok content_filter text="I can tell you that" usage=13/5/18 cost=0.00000495"#),
    whole("mock/content-filter", r#"ok content_filter text="I can tell you that" usage=13/5/18 cost=0.00000495"#),
    streamed(
        "mock/choices",
        r#"ok stop text=gateway | stop text=68:"A gateway is…and retries." usage=13/101/114 cost=0.00006255"#,
    )
    .row("two choices of one request"),
    whole(
        "mock/choices",
        r#"ok stop text=gateway | stop text=68:"A gateway is…and retries." usage=13/101/114 cost=0.00006255"#,
    ),
    streamed("mock/literal-escape", r#"ok stop text=70:"In C: printf… characters." usage=13/11/24 cost=0.00000855"#)
        .row("a backslash and an n in the text"),
    whole("mock/literal-escape", r#"ok stop text=70:"In C: printf… characters." usage=13/11/24 cost=0.00000855"#),
    streamed("mock/empty-text", "ok stop usage=13/1/14 cost=0.00000255"),
    whole("mock/empty-text", "ok stop usage=13/1/14 cost=0.00000255"),
    streamed("mock/caching", "ok stop text=gateway usage=3010/50/3060 cost=0.0123 caching=2755 thought=127"),
    whole("mock/caching", "ok stop text=gateway usage=3010/50/3060 cost=0.0123 caching=2755 thought=127"),
    streamed("mock/usage-empty-delta", GATEWAY),
    streamed("mock/usage-no-choices", GATEWAY),
    streamed("mock/usage-on-finish", GATEWAY),
    streamed("mock/usage-first", GATEWAY),
    streamed("mock/usage-then-empty", GATEWAY),
    streamed(
        "mock/reasoning",
        r#"ok stop text=gateway reasoning=78:"The user ask…ost, limits." signed usage=13/92/105 cost=0.00005715 thought=3"#,
    ),
    whole(
        "mock/reasoning",
        r#"ok stop text=gateway reasoning=78:"The user ask…ost, limits." signed usage=13/92/105 cost=0.00005715 thought=3"#,
    ),
    streamed(
        "mock/reasoning-alias",
        r#"ok stop text=gateway reasoning=78:"The user ask…ost, limits." usage=13/91/104 cost=0.00005655 thought=3"#,
    ),
    streamed(
        "mock/reasoning-both",
        r#"ok stop text=gateway reasoning=78:"The user ask…ost, limits." usage=13/91/104 cost=0.00005655 thought=3"#,
    )
    .row("reasoning under two names"),
    whole(
        "mock/reasoning-both",
        r#"ok stop text=gateway reasoning=78:"The user ask…ost, limits." usage=13/91/104 cost=0.00005655 thought=3"#,
    ),
    streamed("mock/reasoning-details", r#"ok stop text="Done." +reasoning_details usage=13/2/15 cost=0.00000315"#),
    whole("mock/reasoning-details", r#"ok stop text="Done." +reasoning_details usage=13/2/15 cost=0.00000315"#),
    streamed("mock/citations", "ok stop text=gateway +annotations citations=2 usage=13/88/101 cost=0.00005475"),
    whole("mock/citations", "ok stop text=gateway +annotations citations=2 usage=13/88/101 cost=0.00005475"),
    streamed("mock/citations-flat", "ok stop text=gateway +annotations citations=2 usage=13/88/101 cost=0.00005475"),
    whole("mock/citations-flat", "ok stop text=gateway +annotations citations=2 usage=13/88/101 cost=0.00005475"),
    streamed(
        "mock/citations-web-search",
        "ok stop text=gateway +web_search citations=2 usage=13/88/101 cost=0.00005475",
    ),
    streamed("mock/citations-results", "ok stop text=gateway +web_search citations=1 usage=13/88/101 cost=0.00005475"),
    streamed("mock/citations-root", "ok stop text=gateway citations=3 usage=13/88/101 cost=0.00005475"),
    whole("mock/citations-root", "ok stop text=gateway citations=3 usage=13/88/101 cost=0.00005475"),
    streamed("mock/citations-grounding", "ok stop text=gateway citations=1 usage=13/88/101 cost=0.00005475"),
    streamed("mock/structured", r#"ok stop text="{\"answer\":\"an LLM gateway\"}" usage=13/7/20 cost=0.00000615"#),
    whole("mock/structured", r#"ok stop text="{\"answer\":\"an LLM gateway\"}" usage=13/7/20 cost=0.00000615"#),
    streamed(
        "mock/structured-cut",
        r#"ok length text="{\"answer\": \"A gateway\", \"steps\": [\"rou" usage=13/5/18 cost=0.00000495"#,
    ),
    streamed(
        "mock/structured-fenced",
        r#"ok stop text="```json\n{\"answer\": \"A gateway\"}\n```" usage=13/3/16 cost=0.00000375"#,
    ),
    streamed(
        "mock/refusal",
        r#"ok stop refusal="I'm sorry, but I can't help with that." usage=13/3/16 cost=0.00000375"#,
    ),
    whole("mock/refusal", r#"ok stop refusal="I'm sorry, but I can't help with that." usage=13/3/16 cost=0.00000375"#),
    streamed("mock/content-array", r#"ok stop text=gateway reasoning="Let me see." usage=13/3/16 cost=0.00000375"#),
    whole("mock/content-array", r#"ok stop text=gateway reasoning="Let me see." usage=13/3/16 cost=0.00000375"#),
    streamed("mock/images", "ok stop text=gateway +images usage=13/88/101 cost=0.00005475"),
    streamed("mock/logprobs", r#"ok stop text="Hello" +logprobs usage=13/1/14 cost=0.00000255"#),
    whole("mock/logprobs", r#"ok stop text="Hello" +logprobs usage=13/1/14 cost=0.00000255"#),
];
