//! Half-written texts, each with a caret.

use super::*;

/// The place of the bar in a text, in words: path, `:` before a value, the word.
fn at(text: &str) -> Option<(String, Cursor)> {
    let offset = text.find('^').unwrap();
    let before = &text[..offset];
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() as u32 + 1;
    let cursor = Cursor::at(&text.replacen('^', "", 1), line, column)?;
    let mut path = String::new();
    for step in &cursor.path {
        match step {
            Step::Key(key) => path.push_str(&format!(".{key}")),
            Step::Item(index) => path.push_str(&format!("[{index}]")),
        }
    }
    let sign = if cursor.is_value { ": " } else { " " };
    Some((format!("{path}{sign}{}", cursor.word), cursor))
}

#[test]
fn the_path_to_the_caret() {
    let cases = [
        ("^", " "),
        ("ki^", " ki"),
        ("kind: Da^", ".kind: Da"),
        ("kind:^", ""),
        ("kind: ^", ".kind: "),
        ("spec:\n  ^", ".spec "),
        ("spec:\n  a: b\n  sel^\n  c: d", ".spec sel"),
        ("spec:\n  a: b\n    ^", ""),
        ("spec:\n  a:\n    b: c\n  ^", ".spec "),
        ("spec:\n  a:\n    b: c\n^", " "),
        ("list:\n- ^", ".list[0] "),
        ("list:\n- a: b\n  ^", ".list[0] "),
        ("list:\n- a: b\n- c^", ".list[1] c"),
        ("list:\n- a: b\n  c: ^", ".list[0].c: "),
        ("list:\n- a: b\n^", " "),
        ("spec:\n  list:\n  - a: b\n  ^", ".spec "),
        ("spec:\n  list:\n    - a: b\n      c:\n        ^", ".spec.list[0].c "),
        ("spec:\n  list:\n    - a: b\n  - ^", ".spec.list[0] "),
        ("- - a: ^", "[0][0].a: "),
        ("text: |\n  a: ^", ""),
        ("text: |\n  ^", ""),
        ("text: |\n  a: b\nnext^", " next"),
        ("# a: ^", ""),
        ("a: b # ^", ""),
        ("a: \"b^", ".a: b"),
        ("\"a.b/c\": ^", ".a.b/c: "),
        ("image: host:50^", ".image: host:50"),
        ("a: {b: c, d: e^}", ".a.d: e"),
        ("a: {b: c, d^}", ".a d"),
        ("a: {b: c}\n^", " "),
        ("a: [{b: c}, {d: ^", ".a[1].d: "),
        ("a: [x, y^", ".a[1]: y"),
        ("- {key: k, value: \"v^", "[0].value: v"),
        ("a:\n- {b: c}\n- ^", ".a[1] "),
        ("a: {\n  b: ^", ".a.b: "),
        ("a: 1\n---\nb: ^", ".b: "),
        ("---\nb: ^\n---\nkind: Pod", ".b: "),
        ("a: &x\n  b: ^", ".a.b: "),
        ("a:\r\n  b: ^", ".a.b: "),
    ];
    for (text, expected) in cases {
        let found = at(text).map(|it| it.0).unwrap_or_default();
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn what_else_is_known() {
    let text =
        "kind: Pod # a\napiVersion: 'v1'\nspec:\n  a: ü\n  na^me: x\n  b:\n    c: d\n  e: f\n";
    let (_, cursor) = at(text).unwrap();
    assert_eq!((cursor.kind.as_str(), cursor.api_version.as_str()), ("Pod", "v1"));
    assert_eq!((cursor.column, cursor.rest, cursor.has_colon), (3, 2, true));
    let keys: Vec<&str> = cursor.siblings.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(keys, ["a", "b", "e"]);
    assert_eq!(cursor.sibling("e"), Some("f"));
    let (_, cursor) = at("a: {ü: 1, key: k, value: v^}").unwrap();
    assert!(cursor.is_inline);
    assert_eq!((cursor.column, cursor.sibling("key")), (26, Some("k")));
    assert_eq!(at("- key: k\n  value: ^").unwrap().1.sibling("key"), Some("k"));
    let text = "- values: [^]\n- key: a\n";
    assert_eq!(at(text).unwrap().1.sibling("key"), None);
    let text = "- key: k\n  values: [x, ^]\n";
    assert_eq!(at(text).unwrap().1.sibling("key"), Some("k"));
    let text = "- key: k\n  values:\n  - ^\n";
    assert_eq!(at(text).unwrap().1.sibling("key"), Some("k"));
    assert_eq!(Cursor::at("a: b", 0, 1), None);
    assert!(Cursor::at("a: b\n", 99, 99).is_some());
}
