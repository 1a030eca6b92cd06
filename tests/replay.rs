//! The same history natively and in the browser: both come to the digest in `replay.digest`.
//!
//! After a change of behaviour: `UPDATE_EXPECT=1 cargo test --test replay`.

use daemonset_core::api::{TaintEffect, Time};
use daemonset_core::playground::Playground;
use daemonset_core::sim::Input;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const DIGEST: &str = include_str!("replay.digest");

/// Ten minutes of everything: nodes, taints, labels, two rollouts, three DaemonSets.
fn history() -> String {
    let mut playground = Playground::open(20_260_112);
    playground.advance(Time(9_000), u32::MAX);
    playground.add_node("workers").unwrap();
    let manifest = Playground::opening_manifest();
    playground.apply(&manifest.replace("8.10.0", "8.11.0"));
    playground.apply(&manifest.replace("node-logger", "second").replace("kube-system", "logging"));
    playground.advance(Time(21_000), u32::MAX);
    let (node, key, value) = ("worker-2".into(), "maintenance".into(), "".into());
    let effect = TaintEffect::NoExecute;
    playground.act(Input::TaintNode { node, key, value, effect }).unwrap();
    let (node, key) = ("worker-3".into(), "disk".into());
    playground.act(Input::LabelNode { node, key, value: None }).unwrap();
    playground.apply(&manifest.replace("8.10.0", "8.12.0"));
    playground.advance(Time(60_000), u32::MAX);
    playground.act(Input::DeleteNode { node: "worker-5".into() }).unwrap();
    playground.advance(Time(600_000), u32::MAX);
    let events = playground.cluster().events().iter();
    let lines = events.map(|it| format!("{} {} {}", it.last, it.event.reason, it.message()));
    let text = lines.collect::<Vec<_>>().join("\n");
    let text_hash = text
        .bytes()
        .fold(0_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{:016x} {text_hash:016x}", playground.cluster().digest())
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn the_history_is_the_same_everywhere() {
    let digest = history();
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/replay.digest");
        std::fs::write(path, format!("{digest}\n")).unwrap();
        return;
    }
    assert_eq!(digest, DIGEST.trim(), "the simulation behaves differently");
}
