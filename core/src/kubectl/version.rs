//! `kubectl version` (`kubectl/pkg/cmd/version`).

use serde_json::{Value, json};

use crate::kubectl::Shell;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::Failure;
use crate::manifest;

/// Its flags.
pub(super) const FLAGS: &[Flag] =
    &[Flag("client", ' ', Takes::Switch), Flag("output", 'o', Takes::Text)];

/// The fields of a version in the order of Go's type.
type Fields = [(&'static str, &'static str); 9];

const CLIENT: Fields = [
    ("major", "1"),
    ("minor", "32"),
    ("gitVersion", "v1.32.3"),
    ("gitCommit", "32cc146f75aad04beaaa245a7157eb35063a9f99"),
    ("gitTreeState", "clean"),
    ("buildDate", "2025-03-11T19:58:53Z"),
    ("goVersion", "go1.23.6"),
    ("compiler", "gc"),
    ("platform", "linux/amd64"),
];

/// The server is the playground: it has the version whose behaviour it follows, but no build.
const SERVER: Fields = [
    ("major", "1"),
    ("minor", "31"),
    ("gitVersion", "v1.31.13"),
    ("gitCommit", ""),
    ("gitTreeState", ""),
    ("buildDate", ""),
    ("goVersion", ""),
    ("compiler", ""),
    ("platform", "linux/amd64"),
];

const KUSTOMIZE: &str = "v5.5.0";

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if !flags.args.is_empty() {
        return Err(Failure::new(format!("extra arguments: [{}]", flags.args.join(" "))));
    }
    let has_server = !flags.is_on("client");
    match flags.text("output").unwrap_or_default() {
        "json" => {
            let mut parts = vec![part("clientVersion", &CLIENT)];
            parts.push(format!("  \"kustomizeVersion\": \"{KUSTOMIZE}\""));
            parts.extend(has_server.then(|| part("serverVersion", &SERVER)));
            shell.output.line(&format!("{{\n{}\n}}", parts.join(",\n")));
        }
        "yaml" => {
            let mut all = json!({"clientVersion": object(&CLIENT), "kustomizeVersion": KUSTOMIZE});
            if has_server {
                all["serverVersion"] = object(&SERVER);
            }
            shell.output.stdout.push_str(&manifest::emit_folded(&all));
        }
        "" => {
            shell.output.line("Client Version: v1.32.3");
            shell.output.line(&format!("Kustomize Version: {KUSTOMIZE}"));
            if has_server {
                shell.output.line("Server Version: v1.31.13");
            }
        }
        _ => return Err(Failure::new("--output must be 'yaml' or 'json'")),
    }
    Ok(())
}

/// JSON keeps the order of Go's type, two blanks deep.
fn part(name: &str, fields: &Fields) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(key, value)| format!("    \"{key}\": \"{value}\"")).collect();
    format!("  \"{name}\": {{\n{}\n  }}", fields.join(",\n"))
}

fn object(fields: &Fields) -> Value {
    let mut object = serde_json::Map::new();
    for (key, value) in fields {
        object.insert((*key).to_owned(), Value::from(*value));
    }
    Value::Object(object)
}
