//! Texts that mean harm, or are merely huge: each must end soon, with a word about why.

use daemonset_core::manifest::load;

/// So many values are read within a tenth of a second (`benches/hostile.rs`).
const COST_MAX: usize = 100_000;

fn refused(name: &str, text: &str, reason: &str) {
    let manifest = load(text);
    assert!(manifest.cost <= COST_MAX, "{name}: {} values", manifest.cost);
    let found = manifest.diagnostics.iter().any(|it| it.message.contains(reason));
    assert!(found, "{name}: {:?}", manifest.diagnostics.first());
    assert!(manifest.diagnostics.len() <= 200, "{name}: {}", manifest.diagnostics.len());
}

#[test]
fn huge_texts_are_refused() {
    refused("5 MB", &"a: b\n".repeat(1_000_000), "at most 4000000 are read");
    refused("many values", &format!("[{}]", "1,".repeat(1_900_000)), "values, nothing is read");
    refused("many keys", &"a: 1\n".repeat(799_000), "values, the rest is not read");
    refused("block list", &"- a\n".repeat(990_000), "values, the rest is not read");
    refused("anchors", &"- &a x\n".repeat(560_000), "values, the rest is not read");
    let objects = "---\nkind: A\napiVersion: v1\nmetadata: {name: a}\n".repeat(80_000);
    refused("many objects", &objects, "values, the rest is not read");
    refused("many documents", &"---\na\n".repeat(660_000), "values, the rest is not read");
}

#[test]
fn deep_texts_are_refused() {
    refused("dashes", &"- ".repeat(2_000_000), "exceeded max depth");
    refused("brackets", &"[".repeat(4_000_000), "exceeded max depth");
    refused("braces", &"{a: ".repeat(1_000_000), "exceeded max depth");
    refused("questions", &"? ".repeat(2_000_000), "exceeded max depth");
    let stairs: String = (0..2000).map(|it| format!("{}a:\n", " ".repeat(it))).collect();
    refused("stairs", &stairs, "exceeded max depth");
}

#[test]
fn aliases_cannot_multiply() {
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for it in 1..10 {
        let before = format!("*a{}", it - 1);
        laughs += &format!("a{it}: &a{it} [{}]\n", vec![before; 10].join(", "));
    }
    refused("laughs", &laughs, "excessive aliasing");
    let merges =
        format!("a: &a {{{}}}\n", (0..1000).map(|it| format!("k{it}: 1, ")).collect::<String>());
    let merges = merges + "b: [" + &"{<<: *a}, ".repeat(1_000) + "]\n";
    refused("merges", &merges, "excessive aliasing");
    let long = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(1000));
    refused("long", &long, "excessive aliasing");
    // An anchor in an anchor, each kept with all it holds.
    let nested = "&a [".repeat(1000);
    refused("nested anchors", &nested, "exceeded max depth");
    let wide = format!("{}{}{}", "&a [".repeat(90), "1, ".repeat(90_000), "]".repeat(90));
    refused("wide anchors", &wide, "excessive aliasing");
}

#[test]
fn many_mistakes_are_cut_off() {
    let head = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a}\nspec:\n";
    let fields: String = (0..40_000).map(|it| format!("  templat{it}: 1\n")).collect();
    refused("unknown fields", &format!("{head}{fields}"), "unknown field");
    refused("duplicates", &format!("{head}{}", "  paused: 1\n".repeat(40_000)), "duplicate field");
}

#[test]
fn no_prefix_and_no_damage_make_it_panic() {
    let text = "# é\r\napiVersion: apps/v1\nkind: DaemonSet\n\
                metadata: &m {name: \"a\\u00e9\", labels: {a: 'b'}}\n\
                spec:\n\ttemplate: *m\n  x: |2-\n    y\n---\n\
                - {<<: *m, ? [a] : b}\n...\n%A\n";
    for (end, _) in text.char_indices() {
        let _ = load(&text[..end]);
        let _ = load(&text[end..]);
        for damage in
            ["\t", "{", "]", "\"", "'", ": ", "- ", "\n", "*m", "!!int ", "|", "\u{feff}", "😀"]
        {
            let _ = load(&format!("{}{damage}{}", &text[..end], &text[end..]));
        }
    }
}
