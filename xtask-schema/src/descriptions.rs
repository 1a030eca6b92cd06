//! What the fields mean, for the editor: the descriptions of the JSON schema.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::table;

const HEAD: &str = "\
# What the fields of Kubernetes mean, written by `cargo xtask schema` from its OpenAPI documents.
# Copyright The Kubernetes Authors, Apache License 2.0.
#   TYPE               a Go struct; its fields follow, indented by one blank
#    FIELD DESCRIPTION
";

/// All descriptions, each on a line.
pub(crate) fn render(definitions: &Map<String, Value>) -> String {
    let mut text = HEAD.to_owned();
    for (name, schema) in table::structs(definitions) {
        let _ = writeln!(text, "{name}");
        for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
            let description = schema["description"].as_str().unwrap_or_default();
            let words: Vec<&str> = description.split_whitespace().collect();
            let _ = writeln!(text, " {field} {}", words.join(" "));
        }
    }
    text
}
