//! See `requesty_fuzz::reply`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| requesty_fuzz::reply(input));
