//! Texts as people write them, and what is read from them: every row of the specification.

use daemonset_core::manifest::load;
use expect_test::{Expect, expect};
use serde_json::{Value, json};

/// The objects that were read, then what is wrong.
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&load(text).to_string());
}

fn read(text: &str) -> Value {
    let manifest = load(text);
    assert_eq!(manifest.diagnostics, [], "{text}");
    assert_eq!(manifest.documents.len(), 1, "{text}");
    manifest.documents[0].object.clone()
}

/// The value of `x` in an object that is not checked against a type.
fn value(text: &str) -> Value {
    let head = "apiVersion: example.com/v1\nkind: X\nmetadata: {name: x}\n";
    read(&format!("{head}{text}"))["x"].clone()
}

/// A DaemonSet, with more lines at the start of its pod spec and the end of its container.
fn daemon_set(pod_spec: &str, container: &str) -> String {
    format!(
        "\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
  labels:
    app: agent
spec:
  selector:
    matchLabels: {{app: agent}}
  template:
    metadata:
      labels: {{app: agent}}
    spec:{pod_spec}
      containers:
      - name: agent
        image: registry.k8s.io/pause:3.10{container}
"
    )
}

#[test]
fn a_daemon_set_is_read() {
    check(
        &daemon_set("", "").replace("agent\n  l", "agent\n  namespace: a\n  l"),
        expect![[r#"
            0: apps/v1 DaemonSet a/agent, line 1
        "#]],
    );
}

#[test]
fn byte_order_mark_line_ends_and_comments_do_not_matter() {
    let text = "\u{feff}# head\r\napiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: a\r\n\
                spec:\r\n  containers:\r\n  - name: a\r\n# comment at column 0\r\n    image: b\r\n\
                ---\r\n# a comment\r\n---\r\napiVersion: v1\r\nkind: Namespace\r\n\
                metadata: {name: b}\r\n---";
    check(
        text,
        expect![[r#"
            0: v1 Pod -/a, line 1
            1: v1 Namespace -/b, line 14
        "#]],
    );
    check("", expect![[""]]);
    check("---\n---\n\n# nothing\n", expect![[""]]);
}

#[test]
fn a_tab_in_the_indentation_is_named() {
    check(
        "apiVersion: v1\nkind: Pod\n\tmetadata:\n",
        expect![[r#"
            0: 3:1 error: yaml: line 3: found a tab character that violates indentation (indent with blanks: YAML allows no tabs there)
        "#]],
    );
    check(
        "a: 1\n---\na:\n\tb: 1\n",
        expect![[r#"
            0:   -/, line 1
            0: 1:1 error: Object 'Kind' is missing in '{"a":1}'
            1: 4:2 error: yaml: line 2: found character that cannot start any token (indent with blanks: YAML allows no tabs there)
        "#]],
    );
}

#[test]
fn dashes_in_a_block_are_text() {
    assert_eq!(value("x: |\n  a\n  ---\n  b\n"), json!("a\n---\nb\n"));
}

#[test]
fn json_is_read() {
    let text = "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Node\",\n\t\"metadata\": {\"name\": \
                \"n\", \"labels\": {\"a\": 1}}\n}\n{\"apiVersion\": \"v1\", \"kind\": \
                \"Namespace\", \"metadata\": {\"name\": \"b\"}}";
    check(
        text,
        expect![[r#"
            0: v1 Node -/n, line 1
            1: v1 Namespace -/b, line 5
            0: 4:44 error: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string (quote it: "1")
        "#]],
    );
}

#[test]
fn lists_are_flattened() {
    let items = "items:\n- metadata: {name: a}\n- metadata: {name: b}\n  spec:\n";
    check(
        &format!("apiVersion: v1\nkind: NodeList\n{items}"),
        expect![[r#"
            0: v1 Node -/a, line 1
            1: v1 Node -/b, line 1
        "#]],
    );
    check(
        &format!("apiVersion: v1\nkind: List\n{items}"),
        expect![[r#"
            0:   -/a, line 1
            1:   -/b, line 1
            0: 4:3 error: Object 'Kind' is missing in '{"metadata":{"name":"a"}}'
            1: 5:3 error: Object 'Kind' is missing in '{"metadata":{"name":"b"},"spec":null}'
        "#]],
    );
    let typed = "items:\n- apiVersion: v1\n  kind: Node\n  metadata: {name: a, lables: {}}\n";
    check(
        &format!("apiVersion: v1\nkind: List\n{typed}"),
        expect![[r#"
            0: v1 Node -/a, line 1
            0: 6:23 error: unknown field "metadata.lables" (did you mean `labels`?)
        "#]],
    );
    check(
        typed,
        expect![[r#"
            0: v1 Node -/a, line 1
            0: 1:1 warning: Object 'Kind' is missing in a list (add `apiVersion: v1` and `kind: List`)
            0: 4:23 error: unknown field "metadata.lables" (did you mean `labels`?)
        "#]],
    );
    check("apiVersion: v1\nkind: List\nitems: []\n", expect![[""]]);
}

#[test]
fn a_broken_document_leaves_its_neighbours_alone() {
    let namespace =
        |name: &str| format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n");
    let text = format!("{}---\na: [1, 2\n---\n{}", namespace("a"), namespace("b"));
    check(
        &text,
        expect![[r#"
            0: v1 Namespace -/a, line 1
            2: v1 Namespace -/b, line 7
            1: 6:1 error: yaml: line 1: did not find expected ',' or ']' (close the list with `]`)
        "#]],
    );
}

#[test]
fn anchors_aliases_and_merge_keys() {
    let text = "x: {base: &base {a: 1, b: 2}, one: *base, two: {<<: *base, b: 3, c: 4}}";
    let base = json!({"a": 1, "b": 2});
    let two = json!({"a": 1, "b": 3, "c": 4});
    assert_eq!(value(text), json!({"base": base, "one": base, "two": two}));
    assert_eq!(value("x:\n  <<: [{a: 1}, {a: 2, b: 2}]\n"), base);
    // go-yaml v2 lets the merge overrule what stands before it.
    assert_eq!(value("x: {a: 1, <<: {a: 2}}"), json!({"a": 2}));
    assert_eq!(value("x: {\"<<\": 1}"), json!({"<<": 1}));
    check(
        "a: {<<: 1}\n",
        expect![[r#"
            0: 1:5 error: yaml: map merge requires map or sequence of maps as the value
        "#]],
    );
    check(
        "a: &a [*a]\n",
        expect![[r#"
            0: 1:8 error: yaml: anchor 'a' value contains itself
        "#]],
    );
    check(
        "a: *b\n",
        expect![[r#"
            0: 1:4 error: yaml: unknown anchor 'b' referenced
        "#]],
    );
}

#[test]
fn text_in_every_form() {
    assert_eq!(value("x: [a,\n  b,\n  ]\n"), json!(["a", "b"]));
    assert_eq!(value("x: 'a\n  b'\n"), json!("a b"));
    assert_eq!(value("x: \"a\\\n  b\\u00e9\"\n"), json!("abé"));
    assert_eq!(value("x: a\n  b\n"), json!("a b"));
    assert_eq!(value("x: >-\n  a\n  b\n"), json!("a b"));
    let long = "x".repeat(2600);
    assert_eq!(value(&format!("x: {long}\n")), json!(long));
    assert_eq!(value("x: Größe 😀 日本\n"), json!("Größe 😀 日本"));
}

#[test]
fn scalars_are_read_by_yaml_1_1() {
    let cases = [
        ("yes", json!(true)),
        ("off", json!(false)),
        ("y", json!(true)),
        ("True", json!(true)),
        ("007", json!(7)),
        ("0o17", json!(15)),
        ("0x1F", json!(31)),
        ("0b11", json!(3)),
        ("+1", json!(1)),
        ("1_0", json!(10)),
        ("2020-01-01", json!("2020-01-01")),
        ("12:30:45", json!("12:30:45")),
        ("1:30", json!("1:30")),
        ("=", json!("=")),
        ("<<", json!("<<")),
        ("08", json!(8)),
        ("1.0", json!(1)),
        (".5", json!(0.5)),
        ("1e3", json!(1000)),
        ("~", json!(null)),
        ("", json!(null)),
        ("'yes'", json!("yes")),
        ("\"0744\"", json!("0744")),
        ("!!str 0744", json!("0744")),
        ("!!str", json!("")),
        ("!!int \"5\"", json!(5)),
        ("!!float 5", json!(5)),
        ("!!bool yes", json!(true)),
        ("!mine 5", json!("5")),
    ];
    for (text, expected) in cases {
        assert_eq!(value(&format!("x: {text}\n")), expected, "{text}");
    }
    check(
        "x: .inf\n",
        expect![[r#"
            0: 1:4 error: json: unsupported value: +Inf
        "#]],
    );
    check(
        "x: !!int a\n",
        expect![[r#"
            0: 1:4 error: yaml: cannot decode !!str `a` as a !!int
        "#]],
    );
    assert_eq!(value("x: {yes: 1, 2: 3, 0.5: 4}\n"), json!({"true": 1, "2": 3, "0.5": 4}));
}

#[test]
fn a_file_mode_is_octal() {
    let volume = "\n      volumes:\n      - {name: a, configMap: {name: a, defaultMode: 0744}}";
    let object = read(&daemon_set(volume, ""));
    let volume = &object["spec"]["template"]["spec"]["volumes"][0];
    assert_eq!(volume["configMap"]["defaultMode"], 484);
}

#[test]
fn null_means_absent() {
    let container = "\n        env:\n        ports:\n        args:\n        - a\n        -";
    let pod_spec =
        "\n      tolerations:\n      initContainers:\n      nodeSelector:\n        role/x:";
    let object = read(&daemon_set(pod_spec, container));
    let spec = &object["spec"]["template"]["spec"];
    assert_eq!(spec.get("tolerations"), None);
    assert_eq!(spec["nodeSelector"], json!({"role/x": ""}));
    assert_eq!(spec["containers"][0].get("env"), None);
    assert_eq!(spec["containers"][0]["args"], json!(["a", ""]));
    let node = read("apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec:\n");
    assert_eq!(node.get("spec"), None);
}

#[test]
fn broken_texts_are_named_as_go_yaml_names_them() {
    let cases = [
        "a: b: c\n",
        "a: b\nc: d: e\n",
        "a: \"x\nb: 1\n",
        "a: {{ .Values.name }}\n",
        "a: 1\nb\nc: 2\n",
        "a:\n  - b\n c: d\n",
        "a:\n- b\nc\n",
        "a: @x\n",
        "a: [1, 2]]\n",
        "a: {b: 1\n",
        "  a: 1\nb: 2\n",
        "# text\n\na: 'é\n",
        "a: \"\\z\"\n",
    ];
    let rendered: Vec<String> = cases.iter().map(|it| format!("{it:?}\n{}", load(it))).collect();
    expect![[r##"
        "a: b: c\n"
        0: 1:5 error: yaml: mapping values are not allowed in this context (check the indentation of this line, or quote the text that holds `: `)
        "a: b\nc: d: e\n"
        0: 2:5 error: yaml: line 2: mapping values are not allowed in this context (check the indentation of this line, or quote the text that holds `: `)
        "a: \"x\nb: 1\n"
        0: 1:4 error: yaml: line 3: found unexpected end of stream (the quote that begins here is not closed, or its next lines are not indented)
        "a: {{ .Values.name }}\n"
        0: 1:5 error: yaml: invalid map key: map[interface {}]interface {}{".Values.name":interface {}(nil)} (a template such as Helm's must be rendered before it is applied)
        "a: 1\nb\nc: 2\n"
        0: 2:1 error: yaml: line 3: could not find expected ':' (a key needs a colon and a blank behind it)
        "a:\n  - b\n c: d\n"
        0: 3:2 error: yaml: line 2: did not find expected key (check the indentation: this line does not fit the lines above)
        "a:\n- b\nc\n"
        0: 3:1 error: yaml: line 4: could not find expected ':' (a key needs a colon and a blank behind it)
        "a: @x\n"
        0: 1:4 error: yaml: found character that cannot start any token (quote the value)
        "a: [1, 2]]\n"
        0: 1:10 error: yaml: did not find expected key (this bracket has no partner)
        "a: {b: 1\n"
        0: 2:1 error: yaml: line 1: did not find expected ',' or '}' (close the braces with `}`)
        "  a: 1\nb: 2\n"
        0: 2:1 error: yaml: line 1: did not find expected <document start> (check the indentation of the lines above)
        "# text\n\na: 'é\n"
        0: 3:4 error: yaml: line 4: found unexpected end of stream (the quote that begins here is never closed)
        "a: \"\\z\"\n"
        0: 1:4 error: yaml: found unknown escape character
    "##]].assert_eq(&rendered.concat());
}

#[test]
fn text_behind_the_end_of_a_document_is_not_read() {
    check(
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n...\nb: 1\n",
        expect![[r#"
            0: v1 Namespace -/a, line 1
            0: 5:1 warning: kubectl does not read what follows `...` (begin a new document with `---`)
        "#]],
    );
}
