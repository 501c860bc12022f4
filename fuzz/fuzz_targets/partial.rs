//! See `requesty_fuzz::partial`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| requesty_fuzz::partial(input));
