//! See `requesty_fuzz::agent`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| requesty_fuzz::agent(input));
