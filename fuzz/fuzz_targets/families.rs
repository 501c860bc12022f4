//! See `requesty_fuzz::families`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| requesty_fuzz::families(input));
