//! Writes `core/src/manifest/schema.txt`, the table of Kubernetes' types that manifests are
//! checked against, and `www/editor/descriptions.txt`, what their fields mean, from the JSON schema
//! of `k8s-openapi`. With `--check` it only compares.
//!
//! Both are committed; the table is meant to be read in reviews; this program runs by hand (`cargo
//! xtask schema`), never as a part of the build, so its dependencies stay out of the page.

mod descriptions;
mod go_types;
mod merge_keys;
mod newer;
mod table;
mod values;

use std::path::Path;
use std::process::ExitCode;

use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value};

const TABLE: &str = "core/src/manifest/schema.txt";
const DESCRIPTIONS: &str = "www/editor/descriptions.txt";

fn main() -> ExitCode {
    let mut definitions = definitions();
    newer::remove(&mut definitions);
    let is_check = std::env::args().any(|it| it == "--check");
    let files =
        [(TABLE, table::render(&definitions)), (DESCRIPTIONS, descriptions::render(&definitions))];
    let faults = files.map(|(path, text)| write(path, &text, is_check).err());
    faults.iter().flatten().for_each(|it| eprintln!("{it}"));
    if faults.iter().all(Option::is_none) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes a file of the repository, or only compares it.
fn write(path: &str, text: &str, is_check: bool) -> Result<(), String> {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if std::fs::read_to_string(&whole).is_ok_and(|it| it == text) {
        return Ok(());
    }
    if is_check {
        return Err(format!("{path} is not what `cargo xtask schema` writes"));
    }
    std::fs::write(&whole, text).map_err(|it| format!("cannot write {path}: {it}"))
}

/// The JSON schemas of [`table::ROOTS`] and of every type they use, by their OpenAPI names.
fn definitions() -> Map<String, Value> {
    use k8s_openapi::api::{apps::v1 as apps, core::v1 as core, scheduling::v1 as scheduling};
    let mut generator: SchemaGenerator = SchemaSettings::openapi3().into_generator();
    generator.subschema_for::<apps::ControllerRevision>();
    generator.subschema_for::<apps::DaemonSet>();
    generator.subschema_for::<apps::Deployment>();
    generator.subschema_for::<apps::ReplicaSet>();
    generator.subschema_for::<core::Namespace>();
    generator.subschema_for::<core::Node>();
    generator.subschema_for::<core::Pod>();
    generator.subschema_for::<scheduling::PriorityClass>();
    generator.take_definitions(true)
}
