//! See `requesty_fuzz::chunk`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| requesty_fuzz::chunk(input));
