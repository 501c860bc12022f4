//! In the steady state a text delta costs no allocation: only the answer itself grows, by doubling.
#![allow(unsafe_code, reason = "a counting allocator is one unsafe impl")]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use requesty_core::Step;

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// One test, as the counter is the process's.
#[test]
fn a_text_delta_allocates_nothing() {
    let chunk = |delta: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1748200000,\"model\":\"gpt\",\
             \"service_tier\":\"default\",\"system_fingerprint\":\"fp\",\"choices\":[{{\"index\":0,\"delta\":{{{delta}}},\
             \"logprobs\":null,\"finish_reason\":null}}]}}\n\n"
        )
    };
    for delta in [
        r#""content":" word""#,
        r#""content":"esc\n\u00e9aped""#,
        r#""content":"字""#,
        r#""reasoning_content":" thought""#,
        r#""tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]"#,
    ] {
        let chunk = chunk(delta);
        let mut machine = support::stream_call().open(support::head(200, "text/event-stream"), Duration::ZERO);
        let mut feed = |count: usize| {
            let before = ALLOCATIONS.load(Ordering::Relaxed);
            let mut seen = 0;
            for _ in 0..count {
                machine.push(chunk.as_bytes(), Duration::ZERO);
                while let Ok(Step::Ready) = machine.advance() {
                    seen += machine.item().text().len() + machine.item().reasoning().len() + 1;
                }
            }
            assert!(seen >= count);
            ALLOCATIONS.load(Ordering::Relaxed) - before
        };
        feed(1000);
        // 4,000 more deltas double the answer a few times.
        let allocations = feed(4000);
        assert!(allocations <= 4, "{delta}: {allocations} allocations in 4,000 deltas");
    }
}
