//! See `requesty_fuzz::request`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| requesty_fuzz::request(input));
