//! The events of an object.

use serde_json::Value;

use crate::api::json;
use crate::kubectl::age::instant;
use crate::kubectl::events::interval;
use crate::kubectl::resource::Resource;
use crate::kubectl::server::Server;

/// Sorted by `lastTimestamp`: those without one come first.
pub(super) fn describe(object: &Value, server: &dyn Server) -> String {
    let about = |it: &Value, key: &str| json::at(it, &["involvedObject", key]).clone();
    let own = |key: &str| json::at(object, &["metadata", key]);
    let kind = json::field(object, "kind");
    let is_about = |it: &Value| {
        let is_same = |key: &str| about(it, key) == *own(key) || about(it, key).is_null();
        about(it, "kind") == *kind
            && about(it, "name") == *own("name")
            && is_same("namespace")
            && (is_same("uid") || about(it, "uid") == *own("name"))
    };
    let mut events = server.list(Resource::plural("events"));
    events.retain(is_about);
    if events.is_empty() {
        return "Events:\t<none>\n".to_owned();
    }
    events.sort_by_key(|it| instant(json::field(it, "lastTimestamp")));
    let mut text =
        "Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n"
            .to_owned();
    for event in &events {
        let field = |key| json::text(event, key).unwrap_or_default();
        let source = json::non_empty(json::field(event, "source"), "component")
            .unwrap_or_else(|| field("reportingComponent"));
        let age = interval(event, server.now());
        let (kind, reason, message) = (field("type"), field("reason"), field("message"));
        let message = message.trim();
        text.push_str(&format!("  {kind}\t{reason}\t{age}\t{source}\t{message}\n"));
    }
    text
}
