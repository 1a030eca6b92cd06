//! What the fuzzers run, as functions, so that past failures can be run again without a fuzzer.

mod inputs;

pub use inputs::inputs;

use daemonset_core::playground::{Playground, Scenario};

/// A text is loaded, checked and applied, and the cluster goes on for a while.
pub fn yaml(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = Playground::check(&text);
    let mut playground = Playground::start(Scenario::opening(), 1);
    let first = playground.apply(&text);
    let limit = playground.now() + 20_000;
    playground.advance(limit, 20_000);
    let again = playground.apply(&text);
    assert_eq!(first.daemon_sets, again.daemon_sets, "what is accepted once is accepted again");
    let _ = playground.snapshot();
    playground.cluster().recount().unwrap();
}
