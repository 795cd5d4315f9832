#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| knutepunkt_fuzz::read_parts("docx", bytes));
