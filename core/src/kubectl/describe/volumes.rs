//! Volumes of a template.

use serde_json::Value;

use super::container::plain;
use crate::api::json;

pub(super) fn describe(text: &mut String, volumes: &[Value], indent: &str) {
    if volumes.is_empty() {
        text.push_str(&format!("{indent}Volumes:\t<none>\n"));
        return;
    }
    text.push_str(&format!("{indent}Volumes:\n"));
    let name_indent = if indent.is_empty() { "  " } else { "   " };
    for it in volumes {
        text.push_str(&format!("{name_indent}{}:\n", plain(json::field(it, "name"))));
        for (title, value) in lines(it) {
            text.push_str(&format!("    {title}:\t{value}\n"));
        }
    }
}

/// The lines about one volume.
fn lines(volume: &Value) -> Vec<(&'static str, String)> {
    let mut sources = volume.as_object().into_iter().flatten();
    let Some((kind, source)) = sources.rfind(|(key, _)| *key != "name") else {
        return Vec::new();
    };
    let field = |key: &str| plain(json::field(source, key));
    let flag = |key: &str| json::flag(source, key).to_string();
    let is_a = |text: &str| ("Type", text.to_owned());
    match kind.as_str() {
        "hostPath" => vec![
            is_a("HostPath (bare host directory volume)"),
            ("Path", field("path")),
            (
                "HostPathType",
                match json::field(source, "type") {
                    Value::Null => "<none>".to_owned(),
                    kind => plain(kind),
                },
            ),
        ],
        "emptyDir" => vec![
            is_a("EmptyDir (a temporary directory that shares a pod's lifetime)"),
            ("Medium", field("medium")),
            (
                "SizeLimit",
                match field("sizeLimit").as_str() {
                    "" | "0" => "<unset>".to_owned(),
                    limit => limit.to_owned(),
                },
            ),
        ],
        "secret" => vec![
            is_a("Secret (a volume populated by a Secret)"),
            ("SecretName", field("secretName")),
            ("Optional", flag("optional")),
        ],
        "configMap" => vec![
            is_a("ConfigMap (a volume populated by a ConfigMap)"),
            ("Name", field("name")),
            ("Optional", flag("optional")),
        ],
        "persistentVolumeClaim" => vec![
            is_a(
                "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
            ),
            ("ClaimName", field("claimName")),
            ("ReadOnly", flag("readOnly")),
        ],
        "nfs" => vec![
            is_a("NFS (an NFS mount that lasts the lifetime of a pod)"),
            ("Server", field("server")),
            ("Path", field("path")),
            ("ReadOnly", flag("readOnly")),
        ],
        "csi" => vec![
            is_a("CSI (a Container Storage Interface (CSI) volume source)"),
            ("Driver", field("driver")),
            ("FSType", field("fsType")),
            ("ReadOnly", flag("readOnly")),
        ],
        "projected" => projected(source),
        _ => Vec::new(),
    }
}

fn projected(source: &Value) -> Vec<(&'static str, String)> {
    let kind = "Projected (a volume that contains injected data from multiple sources)";
    let mut lines = vec![("Type", kind.to_owned())];
    for it in json::list(source, "sources") {
        // The client prints the pointer; an address is nothing that could be the same twice.
        let optional = |of: &Value| match json::field(of, "optional") {
            Value::Null => "<nil>".to_owned(),
            _ => "0xc000012345".to_owned(),
        };
        let (secret, map) = (json::field(it, "secret"), json::field(it, "configMap"));
        let token = json::field(it, "serviceAccountToken");
        if secret.is_object() {
            lines.push(("SecretName", plain(json::field(secret, "name"))));
            lines.push(("SecretOptionalName", optional(secret)));
        } else if json::field(it, "downwardAPI").is_object() {
            lines.push(("DownwardAPI", "true".to_owned()));
        } else if map.is_object() {
            lines.push(("ConfigMapName", plain(json::field(map, "name"))));
            lines.push(("ConfigMapOptional", optional(map)));
        } else if token.is_object() {
            let seconds = json::integer(token, "expirationSeconds").unwrap_or(3600);
            lines.push(("TokenExpirationSeconds", seconds.to_string()));
        }
    }
    lines
}
