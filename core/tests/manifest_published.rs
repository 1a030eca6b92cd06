//! Manifests that projects publish, if they are at hand: in the folder `MANIFESTS` names, or in
//! `shared/manifests` next to the workspace. They are applied to real clusters every day.

#![expect(clippy::disallowed_types, reason = "the test measures; the core does not")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use daemonset_core::manifest::{Severity, emit, emit_folded, load};

fn published() -> Vec<(String, String)> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/manifests");
    let folder = std::env::var_os("MANIFESTS").map_or_else(|| beside.into(), PathBuf::from);
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut texts = Vec::new();
    for path in files.map(|it| it.unwrap().path()) {
        let is_manifest = path.extension().is_some_and(|it| it == "yaml" || it == "json");
        if is_manifest {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            texts.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    texts.sort();
    texts
}

#[test]
fn published_manifests_have_no_errors() {
    let mut errors = Vec::new();
    for (name, text) in published() {
        let manifest = load(&text);
        assert!(!manifest.documents.is_empty(), "{name}");
        let found = manifest.diagnostics.iter().filter(|it| it.severity == Severity::Error);
        errors.extend(found.map(|it| format!("{name}:{it}")));
    }
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn published_manifests_are_read_quickly() {
    for (name, text) in published() {
        let start = Instant::now();
        let manifest = load(&text);
        // Without optimisation: with it the largest takes some 12 ms.
        let elapsed = start.elapsed();
        assert!(elapsed < Duration::from_secs(2), "{name}: {elapsed:?}");
        assert!(!manifest.documents.is_empty(), "{name}");
    }
}

#[test]
fn published_objects_read_back_as_they_are_printed() {
    for (name, text) in published() {
        for document in load(&text).documents {
            for printed in [emit(&document.object), emit_folded(&document.object)] {
                let again = load(&printed);
                assert_eq!(again.documents[0].object, document.object, "{name} {}", document.name);
            }
        }
    }
}
