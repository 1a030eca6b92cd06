//! Hostile texts: each ends in a clear error, or is loaded, within 100 ms. A text may have 4 MB at
//! most, so these are as large as that, or five; what costs time in them differs.
//!
//! `cargo bench -p daemonset-core --bench hostile`; what is counted instead of timed stands in
//! `tests/manifest_hostile.rs`.
#![allow(missing_docs)] // Of functions that a macro makes.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use daemonset_core::manifest;

/// Just below the limit, and beyond it.
const BYTES: [usize; 2] = [3_990_000, 5_000_000];

fn repeated(part: &str, bytes: usize) -> String {
    part.repeat(bytes / part.len())
}

fn numbered(part: impl Fn(usize) -> String, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes);
    let mut number = 0;
    while text.len() < bytes - 100 {
        text.push_str(&part(number));
        number += 1;
    }
    text
}

/// Ten levels of nine aliases each: written out, three billion values.
fn alias_bomb() -> String {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..10 {
        let alias = format!("*a{}, ", level - 1);
        text.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            alias.repeat(9).trim_end_matches(", ")
        ));
    }
    text
}

fn shapes(bytes: usize) -> Vec<(&'static str, String)> {
    let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n";
    let aliases = format!("a: &a [{}]\nb:\n", "x,".repeat(1000).trim_end_matches(','));
    vec![
        ("alias bomb", alias_bomb()),
        ("aliases of one list", aliases + &repeated("- *a\n", bytes)),
        ("merge keys", "a: &a {b: 1}\nc:\n".to_owned() + &repeated("  <<: *a\n", bytes)),
        ("deep flow", repeated("[", bytes)),
        ("deep flow mapping", repeated("{a: ", bytes)),
        ("deep block", numbered(|it| format!("{}a:\n", " ".repeat(it.min(5000))), bytes)),
        ("one plain scalar", repeated("word ", bytes)),
        ("one quoted scalar", format!("\"{}\"", repeated("word ", bytes))),
        ("one block scalar", format!("{head}  text: |\n{}", repeated("    line\n", bytes))),
        ("one folded scalar", format!("{head}  text: >\n{}", repeated("    line\n", bytes))),
        ("one line of escapes", format!("a: \"{}\"", repeated("\\x41", bytes))),
        ("many documents", repeated("---\na: 1\n", bytes)),
        ("many objects", repeated("---\nkind: A\napiVersion: v1\nmetadata: {name: a}\n", bytes)),
        ("many JSON objects", repeated("{\"kind\":\"A\"}", bytes)),
        ("many keys", head.to_owned() + &numbered(|it| format!("  key-{it}: v\n"), bytes)),
        ("many duplicate keys", head.to_owned() + &repeated("  key: v\n", bytes)),
        ("many unknown fields", {
            let head = "apiVersion: apps/v1\nkind: DaemonSet\nspec:\n";
            head.to_owned() + &numbered(|it| format!("  templat{it}: v\n"), bytes)
        }),
        ("long flow sequence", format!("[{}]", repeated("a,", bytes))),
        ("long flow mapping", format!("{{{}}}", numbered(|it| format!("k{it}: v,"), bytes))),
        ("long block sequence", repeated("- a\n", bytes)),
        ("blank lines", repeated("\n", bytes)),
        ("comments", repeated("# a\n", bytes)),
        ("comment behind a value", format!("a: 1 {}", repeated("# a\n  ", bytes))),
        ("anchors", numbered(|it| format!("- &a{it} x\n"), bytes)),
        ("open quote", format!("a: '{}", repeated("x\n", bytes))),
        ("open bracket per line", repeated("a: [\n", bytes)),
        ("colons", repeated(":", bytes)),
        ("question marks", repeated("? ", bytes)),
        ("dashes", repeated("- ", bytes)),
        ("tabs", repeated("\t", bytes)),
        ("one key", format!("{}: 1", repeated("a", bytes))),
    ]
}

fn hostile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hostile");
    group.sample_size(10);
    for bytes in BYTES {
        for (name, text) in shapes(bytes) {
            let id = format!("{name}/{bytes}");
            group.bench_function(id, |it| it.iter(|| manifest::load(black_box(&text))));
        }
    }
    group.finish();
}

criterion_group!(benches, hostile);
criterion_main!(benches);
