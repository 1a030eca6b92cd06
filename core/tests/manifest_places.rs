//! Where things stand in a text.

use daemonset_core::manifest::{Document, load};

const TEXT: &str = "\
# é
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
  annotations: {a.b/c: é1, 'plain': x}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: agent
    spec:
      containers:
      - name: é😀
        image: a:1
      - name: second
        env:
";

fn document() -> Document {
    load(TEXT).documents.remove(0)
}

#[test]
fn a_path_leads_to_the_text_of_its_value() {
    let cases = [
        ("metadata.name", "agent"),
        ("metadata.annotations[a.b/c]", "é1"),
        ("metadata.annotations[\"a.b/c\"]", "é1"),
        ("metadata.annotations.a.b/c", "é1"),
        ("metadata.annotations", "{a.b/c: é1, 'plain': x}"),
        ("spec.template.metadata.labels", "app.kubernetes.io/name: agent"),
        ("spec.template.metadata.labels[app.kubernetes.io/name]", "agent"),
        ("spec.template.spec.containers[0].name", "é😀"),
        ("spec.template.spec.containers[0].image", "a:1"),
        ("spec.template.spec.containers[0]", "name: é😀\n        image: a:1"),
    ];
    for (path, expected) in cases {
        assert_eq!(document().locate(path).slice(TEXT), expected, "{path}");
    }
}

#[test]
fn a_path_that_leads_nowhere_ends_at_the_nearest_key() {
    let cases = [
        ("metadata.namespace", "metadata"),
        ("spec.template.spec.containers[7]", "containers"),
        ("spec.template.spec.tolerations[0].key", "spec"),
        ("metadata.annotations[nothing]", "annotations"),
        ("metadata.name.deeper", "name"),
        ("nothing", ""),
    ];
    for (path, expected) in cases {
        assert_eq!(document().locate(path).slice(TEXT), expected, "{path}");
    }
    let item = document().locate("spec.template.spec.containers[0].imagePullPolicy");
    assert_eq!((item.start.to_string(), item.start == item.end), ("15:9".to_owned(), true));
}

#[test]
fn columns_count_characters_and_offsets_bytes() {
    let plain = document().locate("metadata.annotations.plain").start;
    assert_eq!((plain.line, plain.column), (6, 37));
    assert_eq!(&TEXT[plain.offset as usize..][..1], "x");
    let null = document().locate("spec.template.spec.containers[1].env");
    assert_eq!((null.start.to_string(), null.slice(TEXT)), ("18:12".to_owned(), ""));
}

#[test]
fn lines_count_from_the_document_for_kubectl() {
    let text = "a: 1\n---\n# here\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    let document = &load(text).documents[1];
    let span = document.locate("kind");
    assert_eq!((span.start.line, document.line_of(span.start)), (5, 3));
}

#[test]
fn the_last_of_duplicate_keys_is_found() {
    let text =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\nspec: {hostNetwork: on}\n";
    assert_eq!(load(text).documents[0].locate("spec.hostNetwork").slice(text), "on");
}
