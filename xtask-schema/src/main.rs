//! Writes `core/src/manifest/schema.txt`, the table of Kubernetes' types that manifests are
//! checked against, from the JSON schema of `k8s-openapi`. With `--check` it only compares.
//!
//! The table is committed and meant to be read in reviews; this program runs by hand (`cargo
//! xtask schema`), never as a part of the build, so its dependencies stay out of the page.

mod go_types;
mod merge_keys;
mod newer;
mod table;

use std::process::ExitCode;

use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/src/manifest/schema.txt");

fn main() -> ExitCode {
    let mut definitions = definitions();
    newer::remove(&mut definitions);
    let table = table::render(&definitions);
    let current = std::fs::read_to_string(TABLE).unwrap_or_default();
    if current == table {
        return ExitCode::SUCCESS;
    }
    if std::env::args().any(|it| it == "--check") {
        eprintln!("core/src/manifest/schema.txt is not what `cargo xtask schema` writes");
        return ExitCode::FAILURE;
    }
    match std::fs::write(TABLE, table) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write {TABLE}: {error}");
            ExitCode::FAILURE
        }
    }
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
