//! Objects as YAML text: what kubectl prints, and that it reads back as the same object.

use daemonset_core::manifest::{emit, emit_folded, load};
use expect_test::expect;
use serde_json::{Value, json};

#[test]
fn a_daemon_set_is_laid_out_as_kubectl_does() {
    let object = json!({
        "kind": "DaemonSet",
        "apiVersion": "apps/v1",
        "metadata": {"name": "a", "creationTimestamp": "2026-01-02T03:04:05Z", "labels": {}},
        "spec": {
            "template": {
                "metadata": {"creationTimestamp": null},
                "spec": {
                    "containers": [
                        {
                            "name": "a",
                            "args": ["--flag", "", "-", "a: b", "yes"],
                            "command": ["sh", "-c", "set -e\necho a\n"],
                            "ports": [],
                        },
                        {"name": "b", "env": [{"name": "N", "value": "0744"}]},
                    ],
                },
            },
        },
    });
    expect![[r#"
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          creationTimestamp: "2026-01-02T03:04:05Z"
          labels: {}
          name: a
        spec:
          template:
            metadata:
              creationTimestamp: null
            spec:
              containers:
              - args:
                - --flag
                - ""
                - '-'
                - 'a: b'
                - "yes"
                command:
                - sh
                - -c
                - |
                  set -e
                  echo a
                name: a
                ports: []
              - env:
                - name: "N"
                  value: "0744"
                name: b
    "#]]
    .assert_eq(&emit(&object));
}

#[test]
fn texts_are_quoted_as_go_yaml_quotes_them() {
    let cases = [
        ("a", "a"),
        ("a b", "a b"),
        ("", r#""""#),
        ("true", r#""true""#),
        ("y", r#""y""#),
        ("off", r#""off""#),
        ("nO", "nO"),
        ("null", r#""null""#),
        ("~", r#""~""#),
        ("10", r#""10""#),
        ("0744", r#""0744""#),
        ("08", r#""08""#),
        ("1e3", r#""1e3""#),
        ("0x1F", r#""0x1F""#),
        ("1_0", r#""1_0""#),
        (".5", r#"".5""#),
        (".inf", r#"".inf""#),
        ("100m", "100m"),
        ("10%", "10%"),
        ("1.2.3", "1.2.3"),
        ("1:30", r#""1:30""#),
        ("1:60", r#"1:60"#),
        ("10.0.0.1:80", "10.0.0.1:80"),
        ("2026-01-02", r#""2026-01-02""#),
        ("2026-01-02T03:04:05Z", r#""2026-01-02T03:04:05Z""#),
        ("2026-1-2 3:4:5.6", r#""2026-1-2 3:4:5.6""#),
        ("2026-13-02", "2026-13-02"),
        ("=", "="),
        ("<<", r#""<<""#),
        ("<foo>", "<foo>"),
        ("-", "'-'"),
        ("- a", "'- a'"),
        ("-a", "-a"),
        ("--flag=a,b", "--flag=a,b"),
        ("?", "'?'"),
        ("?a", "?a"),
        (":a", ":a"),
        ("a:", "'a:'"),
        ("b: c", "'b: c'"),
        ("a:b", "a:b"),
        ("a #b", "'a #b'"),
        ("a#b", "a#b"),
        ("#a", "'#a'"),
        ("*a", "'*a'"),
        ("&a", "'&a'"),
        ("!a", "'!a'"),
        ("%a", "'%a'"),
        ("@a", "'@a'"),
        ("`a`", "'`a`'"),
        ("{a}", "'{a}'"),
        ("[a]", "'[a]'"),
        ("a[b]{c}", "a[b]{c}"),
        ("'a'", "'''a'''"),
        ("\"a\"", "'\"a\"'"),
        ("a\"b'c", "a\"b'c"),
        (" a", "' a'"),
        ("a ", "'a '"),
        ("---", "'---'"),
        ("a\tb", r#""a\tb""#),
        ("a\rb", r#""a\rb""#),
        ("\0", r#""\0""#),
        ("\u{7f}", r#""\x7F""#),
        ("日本 é", "日本 é"),
        ("😀", r#""\U0001F600""#),
        ("\u{feff}", r#""\uFEFF""#),
        ("a\nb", "|-\n  a\n  b"),
        ("a\nb\n", "|\n  a\n  b"),
        ("a\n\nb\n\n", "|+\n  a\n\n  b\n"),
        ("\n", "|2+\n"),
        ("  a\nb", "|2-\n    a\n  b"),
        ("a \nb", r#""a \nb""#),
        ("a\n\tb", r#""a\n\tb""#),
        ("a\nb ", r#""a\nb ""#),
    ];
    for (text, expected) in cases {
        assert_eq!(emit(&json!({ "v": text })), format!("v: {expected}\n"), "{text:?}");
    }
}

#[test]
fn numbers_are_written_as_go_writes_them() {
    let cases = [
        (json!(5), "5"),
        (json!(-5), "-5"),
        (json!(18_446_744_073_709_551_615_u64), "18446744073709551615"),
        (json!(0.1), "0.1"),
        (json!(1000.0), "1000"),
        (json!(1_234_567.5), "1.2345675e+06"),
        (json!(0.00001), "1e-05"),
        (json!(1e300), "1e+300"),
    ];
    for (number, expected) in cases {
        assert_eq!(emit(&json!({ "v": number })), format!("v: {expected}\n"), "{number}");
    }
}

#[test]
fn keys_are_in_natural_order_and_quoted_too() {
    let object = json!({"a10": 1, "a2": 2, "b/c.d": {"x": [[1, 2], [], {}]}, "on": 3, "": 4});
    expect![[r#"
        "": 4
        a2: 2
        a10: 1
        b/c.d:
          x:
          - - 1
            - 2
          - []
          - {}
        "on": 3
    "#]]
    .assert_eq(&emit(&object));
    let long = "k".repeat(129);
    assert_eq!(emit(&json!({ long.as_str(): [1] })), format!("? {long}\n:\n- 1\n"));
}

#[test]
fn only_folded_text_breaks_behind_column_80() {
    let words = "abcdefghij ".repeat(10);
    let object =
        json!({"plain": words.trim_end(), "single": words, "double": format!("{words}\t")});
    expect![[r#"
        double: "abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij
          abcdefghij abcdefghij abcdefghij \t"
        plain: abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij
          abcdefghij abcdefghij abcdefghij
        single: 'abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij
          abcdefghij abcdefghij abcdefghij '
    "#]]
    .assert_eq(&emit_folded(&object));
    assert_eq!(emit(&object).lines().count(), 3);
}

/// Values of every shape, from a small generator with a fixed start.
struct Values(u64);

impl Values {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn text(&mut self) -> String {
        const PARTS: &[&str] = &[
            "a",
            "yes",
            "n",
            "0",
            "7",
            ".",
            "-",
            ":",
            " ",
            "  ",
            "\n",
            "\n\n",
            "#",
            "'",
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            "&",
            "*",
            "!",
            "|",
            ">",
            "%",
            "@",
            "`",
            "?",
            "=",
            "~",
            "<<",
            "\t",
            "\r",
            "é",
            "😀",
            "\u{85}",
            "\u{2028}",
            "\u{7f}",
            "\0",
            "---",
            "...",
            "1e3",
            "0x",
            "_",
            "null",
            "2026-01-02",
            "long words to fold at a blank somewhere behind the column that is the limit",
        ];
        let count = self.below(6);
        (0..count).map(|_| PARTS[self.below(PARTS.len() as u64) as usize]).collect()
    }

    fn value(&mut self, depth: u64) -> Value {
        match self.below(if depth == 0 { 6 } else { 10 }) {
            0 => json!(null),
            1 => json!(self.below(2) == 1),
            2 => json!(self.below(1 << 40) as i64 - (1 << 39)),
            // With more than fifteen digits the last one may come out otherwise: see `scalar`.
            3 => json!((self.below(1 << 17) * 8 + 1) as f64 / 8.0),
            4 | 5 => json!(self.text()),
            6 | 7 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => {
                let entries = (0..self.below(4)).map(|_| (self.text(), self.value(depth - 1)));
                Value::Object(entries.collect())
            }
        }
    }
}

#[test]
fn what_is_written_reads_back() {
    for seed in 1..4000 {
        let value = Values(u64::wrapping_mul(seed, 0x9E37_79B9_7F4A_7C15)).value(4);
        let head = json!({"apiVersion": "a.b/c", "kind": "X", "metadata": {"name": "x"}});
        let mut object = head.as_object().unwrap().clone();
        object.insert("v".to_owned(), value);
        let object = Value::Object(object);
        for text in [emit(&object), emit_folded(&object)] {
            let again = load(&text);
            assert!(again.is_clean(), "SEED={seed}\n{text}\n{:?}", again.diagnostics);
            assert_eq!(again.documents[0].object, object, "SEED={seed}\n{text}");
        }
    }
}
