//! See `requesty_fuzz::framing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| requesty_fuzz::framing(input));
