//! The JSON schema as the compact table that `core::manifest::schema` reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Map, Value};

use crate::{go_types::NAMED_STRINGS, merge_keys, values::VALUES};

/// The kinds of object that are checked: apiVersion, then type.
const ROOTS: &[(&str, &str)] = &[
    ("apps/v1", "ControllerRevision"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("scheduling.k8s.io/v1", "PriorityClass"),
    ("v1", "Namespace"),
    ("v1", "Node"),
    ("v1", "Pod"),
];

const HEAD: &str = "\
# The types of Kubernetes 1.31 that manifests are checked against, written by `cargo xtask schema`.
#   = API-VERSION KIND     a kind of object that is checked
#   ~ NAME VALUE…          what a string that Go calls NAME may be
#   TYPE                   a Go struct; its fields follow, indented by one blank
#    FIELD[!] [KIND] [{KEY}]
# A field is required with `!`, a string if no kind is given. Kinds: bool, int32, int64, any,
# Time, Quantity, IntOrString, ~NAME (a string that Go calls NAME), a struct; [] makes a list, <> a
# map from strings. {KEY}: a strategic merge joins the list's items by KEY, {} joins it as a set.
";

/// The whole table, sorted, so that the same schema gives the same bytes.
pub(crate) fn render(definitions: &Map<String, Value>) -> String {
    let structs = structs(definitions);
    let mut notes = Notes::new();
    let mut text = HEAD.to_owned();
    for (api_version, kind) in ROOTS {
        assert!(structs.contains_key(kind), "{kind} is not in the schema");
        let _ = writeln!(text, "= {api_version} {kind}");
    }
    for (name, values) in VALUES {
        assert!(NAMED_STRINGS.iter().any(|it| it.2 == *name), "no field is of type {name}");
        let _ = writeln!(text, "~ {name} {}", values.join(" "));
    }
    for (name, schema) in structs {
        let _ = writeln!(text, "{name}");
        let required: BTreeSet<&str> =
            array(&schema["required"]).filter_map(Value::as_str).collect();
        for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
            let mark = if required.contains(field.as_str()) { "!" } else { "" };
            let kind = notes.kind_of(name, field, kind_of(schema));
            let key = notes.merge_key_of(name, field);
            let _ = writeln!(text, " {field}{mark}{kind}{key}");
        }
    }
    notes.assert_all_used();
    text
}

/// The structs by their Go names. Packages are dropped, so two of one name would be a muddle.
pub(crate) fn structs(definitions: &Map<String, Value>) -> BTreeMap<&str, &Value> {
    let mut structs = BTreeMap::new();
    for (name, schema) in definitions {
        if schema.get("properties").is_some() {
            let previous = structs.insert(last_part(name), schema);
            assert!(previous.is_none(), "two types are called {name}");
        }
    }
    structs
}

fn kind_of(schema: &Value) -> String {
    if let Some(reference) = reference(schema) {
        let name = last_part(reference);
        return match name {
            "FieldsV1" | "RawExtension" => "any".to_owned(),
            _ => name.to_owned(),
        };
    }
    let format = schema["format"].as_str().unwrap_or_default();
    match (schema["type"].as_str().unwrap_or_default(), format) {
        ("string", "") => "string".to_owned(),
        ("boolean", "") => "bool".to_owned(),
        ("integer", "int32" | "int64") => format.to_owned(),
        ("array", "") => format!("[]{}", kind_of(&schema["items"])),
        ("object", "") => format!("<>{}", kind_of(&schema["additionalProperties"])),
        _ => panic!("no word in the table for {schema}"),
    }
}

/// A reference stands alone, or in `allOf` when the field has a description of its own.
fn reference(schema: &Value) -> Option<&str> {
    let alone = schema.get("$ref");
    let described = array(&schema["allOf"]).find_map(|it| it.get("$ref"));
    alone.or(described).and_then(Value::as_str)
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The hand-written lists; each entry must meet a field, or the list is out of date.
struct Notes<'a> {
    named: BTreeMap<(&'a str, &'a str), &'static str>,
    keys: BTreeMap<(&'a str, &'a str), &'static str>,
}

impl<'a> Notes<'a> {
    fn new() -> Self {
        let named = NAMED_STRINGS.iter().map(|(name, field, go)| ((*name, *field), *go));
        let by_key = merge_keys::BY_KEY.iter().map(|(name, field, key)| ((*name, *field), *key));
        let sets = merge_keys::SETS.iter().map(|(name, field)| ((*name, *field), ""));
        Notes { named: named.collect(), keys: by_key.chain(sets).collect() }
    }

    fn kind_of(&mut self, name: &'a str, field: &'a str, kind: String) -> String {
        let kind = match self.named.remove(&(name, field)) {
            Some(go) => {
                assert!(kind.ends_with("string"), "{name}.{field} is no string but {kind}");
                kind.replace("string", &format!("~{go}"))
            }
            None => kind,
        };
        if kind == "string" { String::new() } else { format!(" {kind}") }
    }

    fn merge_key_of(&mut self, name: &'a str, field: &'a str) -> String {
        self.keys.remove(&(name, field)).map(|key| format!(" {{{key}}}")).unwrap_or_default()
    }

    fn assert_all_used(&self) {
        assert!(self.named.is_empty(), "not in the schema: {:?}", self.named);
        assert!(self.keys.is_empty(), "not in the schema: {:?}", self.keys);
    }
}
