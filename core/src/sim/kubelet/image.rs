//! Names of images: what is wrong with one, and what containerd says if a registry has it not, or
//! not for the operating system of the node.
//!
//! Follows `ParseNormalizedNamed` of `github.com/distribution/reference`, by way of
//! `pkg/util/parsers/parsers.go`.

use crate::api::pod::PodSpec;
use crate::api::{Name, Node, json};

/// A kubelet labels its node with its operating system.
const OS_LABEL: &str = "kubernetes.io/os";
const WINDOWS: &str = "windows";

/// Why a name is none (`invalid reference format`), in the kubelet's words.
pub(super) fn reference_fault(image: &str) -> Option<String> {
    let fault = |why: String| Some(format!("couldn't parse image name \"{image}\": {why}"));
    let malformed = "invalid reference format";
    let (domain, path) = split(image);
    let (name, tag, digest) = parts(&path);
    let is_well_formed = is_domain(domain)
        && name.to_ascii_lowercase().split('/').all(is_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest);
    if !is_well_formed {
        fault(malformed.to_owned())
    } else if name.bytes().any(|it| it.is_ascii_uppercase()) {
        fault(format!("{malformed}: repository name ({name}) must be lowercase"))
    } else {
        None
    }
}

/// The registry, and what follows it: `x` is `docker.io` and `library/x`.
fn split(image: &str) -> (&str, String) {
    const DEFAULT: &str = "docker.io";
    let registry = image.split_once('/').filter(|(first, _)| {
        let is_lower = first.bytes().all(|it| !it.is_ascii_uppercase());
        first.contains(['.', ':']) || *first == "localhost" || !is_lower
    });
    let (domain, path) = registry.unwrap_or((DEFAULT, image));
    match domain == DEFAULT && !path.contains('/') {
        true => (domain, format!("library/{path}")),
        false => (domain, path.to_owned()),
    }
}

/// Name, tag and digest.
fn parts(path: &str) -> (&str, Option<&str>, Option<&str>) {
    let (named, digest) = match path.split_once('@') {
        Some((named, digest)) => (named, Some(digest)),
        None => (path, None),
    };
    match named.split_once(':') {
        Some((name, tag)) => (name, Some(tag), digest),
        None => (named, None, digest),
    }
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = domain.split_once(':').unwrap_or((domain, "0"));
    let is_label = |label: &str| {
        let is_inner = label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
        is_inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_port = !port.is_empty() && port.bytes().all(|it| it.is_ascii_digit());
    is_port && host.split('.').all(is_label)
}

/// `[a-z0-9]+`, and between such words `.`, `_`, `__` or any number of `-`.
fn is_component(component: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let separators = component.split(|it: char| it.is_ascii() && is_word(it as u8));
    let is_separator =
        |it: &str| matches!(it, "" | "." | "_" | "__") || it.bytes().all(|byte| byte == b'-');
    let ends = [component.bytes().next(), component.bytes().last()];
    ends.iter().all(|it| it.is_some_and(is_word)) && separators.into_iter().all(is_separator)
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_inner = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-');
    tag.len() <= 128 && tag.bytes().next().is_some_and(is_word) && tag.bytes().all(is_inner)
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let is_name = algorithm.bytes().all(|it| it.is_ascii_alphanumeric() || b"+._-".contains(&it));
    let is_hex = hex.len() >= 32 && hex.bytes().all(|it| it.is_ascii_hexdigit());
    is_name && is_hex && algorithm.bytes().next().is_some_and(|it| it.is_ascii_alphabetic())
}

/// Whether a node's operating system can run the images of a pod. Images are made for Linux; a pod
/// that asks for Windows, by its selector or by `spec.os`, is taken to bring such ones.
pub(crate) fn has_platform(pod: &PodSpec, node: &Node) -> bool {
    let is_windows = |it: Option<&Name>| it.is_some_and(|it| **it == *WINDOWS);
    !is_windows(node.meta.labels.get(OS_LABEL))
        || is_windows(pod.node_selector.get(OS_LABEL))
        || json::at(&pod.body, &["os", "name"]).as_str() == Some(WINDOWS)
}

/// What containerd says about an image of which the registry has no variant for the node.
pub(super) fn platform_error(image: &str) -> String {
    let reference = full_reference(image);
    format!(
        "rpc error: code = NotFound desc = failed to pull and unpack image \"{reference}\": no \
         match for platform in manifest: not found"
    )
}

/// What containerd says about an image that its registry does not have.
pub(super) fn pull_error(image: &str) -> String {
    let reference = full_reference(image);
    format!(
        "rpc error: code = NotFound desc = failed to pull and unpack image \"{reference}\": \
         failed to resolve reference \"{reference}\": {reference}: not found"
    )
}

/// The image with registry and tag: `x` is `docker.io/library/x:latest`.
fn full_reference(image: &str) -> String {
    let (first, rest) = image.split_once('/').unwrap_or(("", image));
    let names_registry = first.contains(['.', ':']) || first == "localhost";
    let named = match (first, names_registry) {
        ("", _) => format!("docker.io/library/{rest}"),
        (_, true) => image.to_owned(),
        (_, false) => format!("docker.io/{image}"),
    };
    let path = named.rsplit('/').next().unwrap_or_default();
    if path.contains([':', '@']) { named } else { format!("{named}:latest") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_image_is_named_in_full() {
        let cases = [
            ("x:1", "docker.io/library/x:1"),
            ("x", "docker.io/library/x:latest"),
            ("grafana/loki:2", "docker.io/grafana/loki:2"),
            ("quay.io/a/b:3", "quay.io/a/b:3"),
            ("localhost:5000/b", "localhost:5000/b:latest"),
        ];
        for (image, expected) in cases {
            assert_eq!(full_reference(image), expected);
        }
        let expected = "rpc error: code = NotFound desc = failed to pull and unpack image \
            \"docker.io/library/x:1\": failed to resolve reference \"docker.io/library/x:1\": \
            docker.io/library/x:1: not found";
        assert_eq!(pull_error("x:1"), expected);
    }

    #[test]
    fn only_names_that_can_be_parsed_are_looked_for() {
        let digest = format!("a/b@sha256:{}", "0a".repeat(32));
        for image in ["x", "x:1", "a/b-c__d.e:V1_x", "quay.io:443/a/b@sha256:short", &digest] {
            assert_eq!(reference_fault(image).is_none(), !image.ends_with("short"), "{image}");
        }
        for image in ["Bad Image", "", "a//b", "a:b:c", "a/-b", "x:", "http://a/b", "a_._b"] {
            assert!(reference_fault(image).is_some(), "{image}");
        }
        let expected = "couldn't parse image name \"bad image\": invalid reference format";
        assert_eq!(reference_fault("bad image").as_deref(), Some(expected));
        let expected = "couldn't parse image name \"Nginx:1\": invalid reference format: \
            repository name (library/Nginx) must be lowercase";
        assert_eq!(reference_fault("Nginx:1").as_deref(), Some(expected));
    }
}
