//! A file takes its size in memory twice: as the text of its address, and in the body. Alone in its process, because it
//! counts what is allocated.
#![allow(unsafe_code)]
#![cfg(feature = "base64")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use requesty_core::chat::{FilePart, Message, Request};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(size: usize) {
    PEAK.fetch_max(NOW.fetch_add(size, Relaxed) + size, Relaxed);
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`, and the pointer came from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn two_copies() {
    let mut data = b"%PDF-1.7\n".to_vec();
    data.resize(20 << 20, 0xFB);
    let before = NOW.load(Relaxed);
    PEAK.store(before, Relaxed);

    let file = FilePart::from_bytes("a.pdf", &data).unwrap();
    let encoded = file.file_data.len();
    let history = [Message::user([file.into()])];
    let body = Request::new(&history).stream_body().unwrap();

    let peak = PEAK.load(Relaxed) - before;
    assert!(body.len() > encoded);
    assert!(peak < 2 * encoded + (1 << 16), "{peak} bytes for a text of {encoded}");
}
