//! Manifests that tutorials name by their addresses.
//!
//! Nothing is ever fetched. Of what stands at these addresses the playground has manifests of its
//! own, with the names, labels, images and tolerations that the next lines of a tutorial speak of;
//! whoever reads one is told so.

macro_rules! published {
    ($($path:literal $file:literal)*) => {
        &[$(($path, include_str!(concat!("published/", $file)))),*]
    };
}

/// By their path below `examples/` in the documentation of Kubernetes.
const EXAMPLES: &[(&str, &str)] = published! {
    "application/basic-daemonset.yaml" "basic-daemonset.yaml"
    "application/deployment.yaml" "deployment.yaml"
    "application/deployment-scale.yaml" "deployment-scale.yaml"
    "application/deployment-update.yaml" "deployment-update.yaml"
    "controllers/daemonset.yaml" "daemonset.yaml"
    "controllers/daemonset-label-selector.yaml" "daemonset-label-selector.yaml"
    "controllers/fluentd-daemonset.yaml" "fluentd-daemonset.yaml"
    "controllers/fluentd-daemonset-update.yaml" "fluentd-daemonset-update.yaml"
    "controllers/frontend.yaml" "frontend.yaml"
    "controllers/nginx-deployment.yaml" "nginx-deployment.yaml"
    "debug/node-problem-detector.yaml" "node-problem-detector.yaml"
    "pods/pod-nginx.yaml" "pod-nginx.yaml"
    "pods/pod-with-toleration.yaml" "pod-with-toleration.yaml"
    "pods/simple-pod.yaml" "simple-pod.yaml"
};

/// Elsewhere: how the address begins and how it ends. The versions of a project differ in nothing
/// that can be seen here.
const OTHERS: &[(&str, &str, &str)] = &[
    (
        "raw.githubusercontent.com/NVIDIA/k8s-device-plugin/",
        "/nvidia-device-plugin.yml",
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../www/gallery/nvidia-device-plugin.yaml"
        )),
    ),
    (
        "raw.githubusercontent.com/fluent/fluentd-kubernetes-daemonset/",
        "/fluentd-daemonset-elasticsearch.yaml",
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../www/gallery/fluentd.yaml")),
    ),
];

/// Where the documentation of Kubernetes lies, or has lain.
const DOCUMENTATION: [&str; 6] = [
    "k8s.io/",
    "kubernetes.io/",
    "www.kubernetes.io/",
    "raw.githubusercontent.com/kubernetes/website/",
    "raw.githubusercontent.com/kubernetes/kubernetes.github.io/",
    "github.com/kubernetes/website/raw/",
];

/// What follows `https://`.
pub(crate) fn without_scheme(address: &str) -> Option<&str> {
    address.strip_prefix("https://").or(address.strip_prefix("http://"))
}

/// The name of the file at an address.
pub(crate) fn file_name(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    path.rsplit('/').next().unwrap_or(path)
}

/// The playground's own manifest for what stands at an address.
pub(crate) fn at(address: &str) -> Option<&'static str> {
    let rest = without_scheme(address)?.split(['?', '#']).next()?;
    let host = rest.split('/').next()?;
    let is_documentation = host.ends_with(".docs.kubernetes.io")
        || DOCUMENTATION.iter().any(|it| rest.starts_with(it));
    if is_documentation {
        let found = match rest.split_once("/examples/") {
            Some((_, path)) => EXAMPLES.iter().find(|it| it.0 == path),
            // Until 2018 manifests lay beside the pages that told of them.
            None => EXAMPLES.iter().find(|it| file_name(it.0) == file_name(rest)),
        };
        return found.map(|it| it.1);
    }
    let is_it = |it: &&(&str, &str, &str)| rest.starts_with(it.0) && rest.ends_with(it.1);
    OTHERS.iter().find(is_it).map(|it| it.2)
}

/// What is told to whoever reads it.
pub(crate) fn note(address: &str) -> String {
    let file = file_name(address);
    format!("(nothing is fetched: for {file} at that address the playground has its own manifest)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::Playground;

    #[test]
    fn addresses_have_many_spellings() {
        let website = "https://raw.githubusercontent.com/kubernetes/website";
        for address in [
            "https://k8s.io/examples/controllers/daemonset.yaml",
            "http://k8s.io/examples/controllers/daemonset.yaml",
            "https://kubernetes.io/examples/controllers/daemonset.yaml",
            "https://kubernetes.io/de/examples/controllers/daemonset.yaml",
            "https://v1-31.docs.kubernetes.io/examples/controllers/daemonset.yaml",
            &format!("{website}/main/content/en/examples/controllers/daemonset.yaml"),
            &format!("{website}/release-1.31/content/en/examples/controllers/daemonset.yaml"),
            "https://k8s.io/docs/concepts/workloads/controllers/daemonset.yaml",
        ] {
            assert!(at(address).unwrap().contains("name: fluentd-elasticsearch"), "{address}");
        }
        for address in [
            "https://k8s.io/examples/application/daemonset.yaml",
            "https://example.com/examples/controllers/daemonset.yaml",
            "https://github.com/kubernetes/website/blob/main/daemonset.yaml",
            "k8s.io/examples/controllers/daemonset.yaml",
            "https://",
            "",
        ] {
            assert_eq!(at(address), None, "{address}");
        }
    }

    #[test]
    fn every_manifest_is_flawless() {
        for text in EXAMPLES.iter().map(|it| it.1).chain(OTHERS.iter().map(|it| it.2)) {
            assert!(Playground::check(text).is_empty(), "{text}");
        }
    }
}
