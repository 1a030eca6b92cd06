//! Edits that keep comments and layout.

use daemonset_core::manifest::{self, Edit, Step, load};
use serde_json::{Value, json};

/// `spec.containers.0.image`: numbers are items.
fn path(text: &str) -> Vec<Step> {
    let step = |it: &str| it.parse().map_or_else(|_| Step::from(it), Step::Item);
    text.split('.').map(step).collect()
}

#[test]
fn a_field_path_has_steps() {
    let key = |it: &str| Step::from(it);
    let expected = [key("a"), key("b"), Step::Item(12), key("c.d/e"), key("f")];
    assert_eq!(Step::of_path("a.b[12][c.d/e].f"), expected);
    for broken in ["", ".", "[", "a..b", "[x", "a]", "é[", "]["] {
        assert!(Step::of_path(broken).len() <= 3, "{broken}");
    }
}

type Change = fn(&manifest::Document, &str, &[Step], &Value) -> Option<Edit>;

fn check(change: Change, text: &str, at: &str, value: &Value, expected: &str) {
    let manifest = load(text);
    let document = &manifest.documents[0];
    let edit = change(document, text, &path(at), value).expect(at);
    let got = edit.apply(text).unwrap();
    assert_eq!(got, expected, "{at}");
    // And it is still the same object but for the change.
    let again = load(&got);
    assert!(again.diagnostics.is_empty(), "{:?}", again.diagnostics);
    let pointer = format!("/{}", at.replace('.', "/"));
    let found = again.documents[0].object.pointer(&pointer).unwrap();
    let is_there = found == value || found.as_array().is_some_and(|it| it.last() == Some(value));
    assert!(is_there, "{at}: {found}");
}

const BLOCK: &str = "\
apiVersion: v1 # the first
kind: Pod
metadata:
  name: a
spec: # what it does
  tolerations:
  - key: a   # one
    effect: NoSchedule # why
  # about the containers
  containers:
  - name: c
    image: a:latest
";

#[test]
fn a_field_is_set_in_its_own_line() {
    let after = |line: &str, new: &str| BLOCK.replace(line, &format!("{line}{new}"));
    let cases = [
        ("metadata.namespace", json!("logging"), after("  name: a\n", "  namespace: logging\n")),
        (
            "spec.containers.0.resources.requests",
            json!({"cpu": "100m"}),
            after("    image: a:latest\n", "    resources:\n      requests:\n        cpu: 100m\n"),
        ),
        ("spec.containers.0.image", json!("a:1.2"), BLOCK.replace("a:latest", "a:1.2")),
        (
            "spec.priorityClassName",
            json!("x"),
            after("    image: a:latest\n", "  priorityClassName: x\n"),
        ),
    ];
    for (at, value, expected) in cases {
        check(manifest::set, BLOCK, at, &value, &expected);
    }
}

#[test]
fn an_item_goes_to_the_end_of_its_list() {
    let toleration = json!({"key": "b", "operator": "Exists"});
    let old = "    effect: NoSchedule # why\n";
    let expected = BLOCK.replace(old, &format!("{old}  - key: b\n    operator: Exists\n"));
    check(manifest::push, BLOCK, "spec.tolerations", &toleration, &expected);
    let missing =
        BLOCK.replace("  tolerations:\n  - key: a   # one\n    effect: NoSchedule # why\n", "");
    let expected = format!("{missing}  tolerations:\n  - key: b\n    operator: Exists\n");
    check(manifest::push, &missing, "spec.tolerations", &toleration, &expected);
}

#[test]
fn between_braces_it_stays_between_braces() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: {tolerations: [], nodeSelector: {}}\n";
    let cases: [(Change, _, _, _, _); 5] = [
        (manifest::set, "metadata.namespace", json!("b"), "name: a }", "name: a, namespace: b }"),
        (manifest::set, "metadata.name", json!("b"), "name: a", "name: b"),
        (manifest::push, "spec.tolerations", json!({"key": "k,"}), "[]", "[{key: \"k,\"}]"),
        (
            manifest::set,
            "spec.nodeSelector.key",
            json!("yes"),
            "Selector: {}",
            "Selector: {key: \"yes\"}",
        ),
        (
            manifest::set,
            "spec.os.name",
            json!("linux"),
            "Selector: {}",
            "Selector: {}, os: {name: linux}",
        ),
    ];
    for (change, at, value, old, new) in cases {
        check(change, text, at, &value, &text.replace(old, new));
    }
}

#[test]
fn ends_of_texts_and_empty_values() {
    let head = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a";
    check(
        manifest::set,
        head,
        "metadata.namespace",
        &json!("b"),
        &format!("{head}\n  namespace: b"),
    );
    let empty =
        format!("{head}\nspec:\n  tolerations: # none\n  hostname: |\n    text\n\nstatus: {{}}\n");
    let filled = empty.replace("# none\n", "# none\n  - key: k\n");
    check(manifest::push, &empty, "spec.tolerations", &json!({"key": "k"}), &filled);
    let added = empty.replace("    text\n", "    text\n  nodeName: node-1\n");
    let document = &load(&empty).documents[0];
    let edit = manifest::set(document, &empty, &path("spec.nodeName"), &json!("node-1")).unwrap();
    let got = edit.apply(&empty).unwrap();
    assert_eq!(load(&got).documents[0].object, load(&added).documents[0].object, "{got}");
}

#[test]
fn what_is_shared_is_left_alone() {
    let text =
        "apiVersion: v1\nkind: Pod\nx: &x {a: 1}\nmetadata:\n  <<: *x\n  name: a\n  labels: *x\n";
    let document = &load(text).documents[0];
    assert_eq!(manifest::set(document, text, &path("metadata.a"), &json!(2)), None);
    assert_eq!(manifest::set(document, text, &path("metadata.name.b"), &json!(2)), None);
    assert_eq!(manifest::push(document, text, &path("metadata.name"), &json!(2)), None);
}
