//! An allocator that counts what the current thread allocates.
#![allow(unsafe_code, reason = "a counting allocator is one unsafe impl")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What this thread allocated since it began. The values are constants without a destructor, so that reading them allocates
/// nothing.
#[derive(Clone, Copy)]
struct Counts {
    calls: usize,
    bytes: usize,
    /// Signed, because what one thread allocated another may free.
    live: isize,
    peak: isize,
}

thread_local! {
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { calls: 0, bytes: 0, live: 0, peak: 0 }) };
}

/// What a piece of work allocated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Number of allocations; growing one counts again.
    pub(crate) calls: usize,
    /// Bytes of all allocations; growing one counts as a copy of all of it.
    pub(crate) bytes: usize,
    /// The most bytes that were held at once, beyond what was held before.
    pub(crate) peak: usize,
}

/// Returns what `work` gives, and what it cost.
pub(crate) fn cost<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let before = COUNTS.get();
    COUNTS.set(Counts { peak: before.live, ..before });
    let result = work();
    let after = COUNTS.get();
    let peak = usize::try_from(after.peak - before.live).unwrap_or(0);
    (result, Cost { calls: after.calls - before.calls, bytes: after.bytes - before.bytes, peak })
}

struct Counting;

fn grown(size: usize, held_before: usize) {
    let mut counts = COUNTS.get();
    counts.calls += 1;
    counts.bytes += size;
    counts.live = counts.live.wrapping_add_unsigned(size).wrapping_sub_unsigned(held_before);
    counts.peak = counts.peak.max(counts.live);
    COUNTS.set(counts);
}

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grown(layout.size(), 0);
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        grown(size, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let counts = COUNTS.get();
        COUNTS.set(Counts { live: counts.live.wrapping_sub_unsigned(layout.size()), ..counts });
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;
