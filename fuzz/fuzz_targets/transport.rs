//! See `requesty_fuzz::transport`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| requesty_fuzz::transport(input));
