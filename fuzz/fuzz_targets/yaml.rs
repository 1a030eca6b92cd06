//! `cargo xtask fuzz yaml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| daemonset_fuzz::yaml(bytes));
