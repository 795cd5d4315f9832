#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| analysis::fuzzing::exchange(bytes));
