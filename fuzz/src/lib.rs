//! What the fuzzers run, as functions, so that past failures can be run again without a fuzzer.

mod inputs;

pub use inputs::inputs;

use daemonset_core::kubectl::parse_duration;
use daemonset_core::playground::{Message, Playground, Reader, Scenario, Shell};

/// More lines find nothing that these do not.
const LINES_MAX: usize = 40;
/// A longer wait in a script is left out: it would be time spent on nothing, in milliseconds.
const WAIT_MAX: i64 = 10 * 60_000;

/// A text is loaded, checked and applied, and the cluster goes on for a while.
pub fn yaml(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let messages = Playground::check(&text);
    let mut playground = Playground::start(Scenario::opening(), 1);
    let first = playground.apply(&text);
    let limit = playground.now() + 20_000;
    playground.advance(limit, 20_000);
    let again = playground.apply(&text);
    assert_eq!(first.daemon_sets, again.daemon_sets, "what is accepted once is accepted again");
    let _ = playground.snapshot();
    playground.cluster().recount().unwrap();
    plant(|| {
        let unknown = |it: &&Message| it.text.contains("unknown field \"spec.template.spec.");
        messages.iter().filter(unknown).count() >= 6
    });
}

/// A script of kubectl lines, or a transcript of one, is carried out.
pub fn kubectl(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut playground = Playground::open(1);
    let (mut reader, mut shell) = (Reader::default(), Shell::default());
    for line in text.lines().take(LINES_MAX) {
        let line = line.strip_prefix("$ ").or(line.strip_prefix("> ")).unwrap_or(line);
        let Some(statement) = reader.feed(line) else { continue };
        let wait = statement.line.strip_prefix('+').map(parse_duration);
        if wait.is_some_and(|it| it.is_ok_and(|it| it > WAIT_MAX)) {
            continue;
        }
        let output = playground.run_statement(&statement, &mut shell);
        plant(|| output.stderr.contains("unknown shorthand flag: 'z'"));
    }
    playground.cluster().recount().unwrap();
}

/// A fault that is there to be found: with `PLANTED` in the environment the fuzzers have to find
/// it, or else they would find no other either.
fn plant(is_reached: impl FnOnce() -> bool) {
    if std::env::var_os("PLANTED").is_some() {
        assert!(!is_reached(), "the planted fault");
    }
}
