//! The rules on volumes.
//!
//! Follows `ValidateVolumes` of `pkg/apis/core/validation/validation.go` (v1.31.13). Of the
//! sources that a DaemonSet seldom mounts only their number is checked.

use std::collections::BTreeSet;

use serde_json::Value;

use super::format::is_dns1123_label;
use super::metadata::invalid;
use super::tree::{list, number, object, text};
use crate::api::field_error::{FieldError, FieldPath};
use crate::api::quantity::Quantity;

/// In the order in which they are checked, with the names that the messages use.
const SOURCES: [(&str, &str); 30] = [
    ("emptyDir", "emptyDir"),
    ("hostPath", "hostPath"),
    ("gitRepo", "gitRepo"),
    ("gcePersistentDisk", "gcePersistentDisk"),
    ("awsElasticBlockStore", "awsElasticBlockStore"),
    ("secret", "secret"),
    ("nfs", "nfs"),
    ("iscsi", "iscsi"),
    ("glusterfs", "glusterfs"),
    ("flocker", "flocker"),
    ("persistentVolumeClaim", "persistentVolumeClaim"),
    ("rbd", "rbd"),
    ("cinder", "cinder"),
    ("cephfs", "cephFS"),
    ("quobyte", "quobyte"),
    ("downwardAPI", "downwarAPI"),
    ("fc", "fc"),
    ("flexVolume", "flexVolume"),
    ("configMap", "configMap"),
    ("azureFile", "azureFile"),
    ("vsphereVolume", "vsphereVolume"),
    ("photonPersistentDisk", "photonPersistentDisk"),
    ("portworxVolume", "portworxVolume"),
    ("azureDisk", "azureDisk"),
    ("storageos", "storageos"),
    ("projected", "projected"),
    ("scaleIO", "scaleIO"),
    ("csi", "csi"),
    ("ephemeral", "ephemeral"),
    ("image", "image"),
];
const HOST_PATH_TYPES: [&str; 8] = [
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
];
const MODE_MESSAGE: &str = "must be a number between 0 and 0777 (octal), both inclusive";

/// The rules on the volumes of a pod, and the names of the faultless ones: only these can be
/// mounted.
pub(super) fn volumes<'spec>(
    volumes: &'spec [Value],
    path: &FieldPath,
) -> (BTreeSet<&'spec str>, Vec<FieldError>) {
    let mut names = BTreeSet::new();
    let mut errors = Vec::new();
    for (index, volume) in volumes.iter().enumerate() {
        let path = path.index(index);
        let mut faults = volume_source(volume, &path);
        let name = text(volume, "name");
        let name_path = path.child("name");
        if name.is_empty() {
            faults.push(FieldError::required(&name_path, ""));
        } else {
            faults.extend(invalid(&name_path, name, is_dns1123_label(name)));
        }
        if names.contains(name) {
            faults.push(FieldError::duplicate(&name_path, name));
        }
        if faults.is_empty() {
            names.insert(name);
        }
        errors.extend(faults);
    }
    (names, errors)
}

fn volume_source(volume: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut source_count = 0;
    for (name, shown_name) in SOURCES {
        let Some(source) = object(volume, name) else { continue };
        source_count += 1;
        if source_count > 1 {
            let detail = "may not specify more than 1 volume type";
            errors.push(FieldError::forbidden(&path.child(shown_name), detail));
        } else {
            errors.extend(one_source(name, source, &path.child(name)));
        }
    }
    if source_count == 0 {
        errors.push(FieldError::required(path, "must specify a volume type"));
    }
    errors
}

fn one_source(name: &str, source: &Value, path: &FieldPath) -> Vec<FieldError> {
    match name {
        "emptyDir" => empty_dir(source, path).into_iter().collect(),
        "hostPath" => host_path(source, path),
        "secret" => key_files(source, "secretName", path),
        "configMap" => key_files(source, "name", path),
        "persistentVolumeClaim" => required(source, "claimName", path).into_iter().collect(),
        "csi" => required(source, "driver", path).into_iter().collect(),
        "nfs" => nfs(source, path),
        "projected" | "downwardAPI" => mode(source, "defaultMode", path).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn empty_dir(empty_dir: &Value, path: &FieldPath) -> Option<FieldError> {
    let size = Quantity::from_value(empty_dir.get("sizeLimit")?).ok()?;
    let detail = "SizeLimit field must be a valid resource quantity";
    size.is_negative().then(|| FieldError::forbidden(&path.child("sizeLimit"), detail))
}

fn host_path(host_path: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let directory = text(host_path, "path");
    if directory.is_empty() {
        errors.push(FieldError::required(&path.child("path"), ""));
        return errors;
    }
    errors.extend(no_backsteps(directory, &path.child("path")));
    let file_type = text(host_path, "type");
    if !HOST_PATH_TYPES.contains(&file_type) {
        let path = path.child("type");
        errors.push(FieldError::unsupported(&path, file_type, &HOST_PATH_TYPES));
    }
    errors
}

/// A Secret or ConfigMap whose keys become files.
fn key_files(source: &Value, name_field: &str, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    errors.extend(required(source, name_field, path));
    errors.extend(mode(source, "defaultMode", path));
    for (index, item) in list(source, "items").iter().enumerate() {
        let path = path.child("items").index(index);
        errors.extend(required(item, "key", &path));
        errors.extend(required(item, "path", &path));
        errors.extend(local_path(text(item, "path"), &path.child("path")));
        errors.extend(mode(item, "mode", &path));
    }
    errors
}

fn nfs(nfs: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    errors.extend(required(nfs, "server", path));
    errors.extend(required(nfs, "path", path));
    let directory = text(nfs, "path");
    if !directory.starts_with('/') {
        let detail = "must be an absolute path";
        errors.push(FieldError::invalid(&path.child("path"), directory, detail));
    }
    errors
}

/// A path below another one, outside of which it must not lead.
pub(super) fn local_path(relative: &str, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if relative.starts_with('/') {
        errors.push(FieldError::invalid(path, relative, "must be a relative path"));
    }
    errors.extend(no_backsteps(relative, path));
    if relative.starts_with("..") && !relative.starts_with("../") {
        errors.push(FieldError::invalid(path, relative, "must not start with '..'"));
    }
    errors
}

/// The rule that a path must not lead upwards (`validatePathNoBacksteps`).
fn no_backsteps(directory: &str, path: &FieldPath) -> Option<FieldError> {
    let is_upwards = directory.split('/').any(|it| it == "..");
    is_upwards.then(|| FieldError::invalid(path, directory, "must not contain '..'"))
}

fn required(source: &Value, name: &str, path: &FieldPath) -> Option<FieldError> {
    let is_missing = text(source, name).is_empty();
    is_missing.then(|| FieldError::required(&path.child(name), ""))
}

fn mode(source: &Value, name: &str, path: &FieldPath) -> Option<FieldError> {
    let mode = number(source, name).filter(|it| !(0..=0o777).contains(it))?;
    Some(FieldError::invalid(&path.child(name), &mode, MODE_MESSAGE))
}
