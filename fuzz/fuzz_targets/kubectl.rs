//! `cargo xtask fuzz kubectl`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| daemonset_fuzz::kubectl(bytes));
