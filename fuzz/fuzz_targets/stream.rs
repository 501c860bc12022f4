//! See `requesty_fuzz::stream`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| requesty_fuzz::stream(input));
