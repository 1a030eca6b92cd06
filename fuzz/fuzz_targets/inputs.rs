//! `cargo xtask fuzz inputs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| daemonset_fuzz::inputs(bytes));
