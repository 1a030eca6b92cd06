//! Everything a contributor runs; without an argument it lists it.
fn main() {}
