//! What admission says to a new pod, and makes of its priority (`plugin/pkg/admission/priority`,
//! `resourcequota`).

use serde_json::Value;

use crate::api::pod::{Priority, Scheduling};
use crate::api::quantity::Quantity;
use crate::api::template::PodTemplate;
use crate::api::{Name, ObjectMeta, json};
use crate::sim::Store;

/// The priority classes that every cluster has, with their priorities.
pub const SYSTEM_CLASSES: [(&str, i64); 2] =
    [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)];

/// What admission says to one more pod of a controller, after `created` others of one sync.
pub(super) fn new_pod(
    store: &Store,
    owner: &ObjectMeta,
    template: &PodTemplate,
    created: u64,
) -> Result<(), Name> {
    let forbidden = |why: &str| Name::from(format!("pods \"{}-\" is forbidden: {why}", owner.name));
    priority(store, &template.spec.scheduling).map_err(|it| forbidden(&it))?;
    quota(store, &owner.namespace, created).map_err(|it| forbidden(&it))?;
    match store.quota_allows(&owner.namespace, created) {
        true => Ok(()),
        false => Err(forbidden("exceeded quota")),
    }
}

/// Whether one more pod goes past a ResourceQuota, after `created` others that are not in the store
/// yet. Of what a quota can limit only the number of pods is looked at, and none with scopes.
pub(super) fn quota(store: &Store, namespace: &Name, created: u64) -> Result<(), String> {
    for quota in store.stored_of("ResourceQuota").filter(|it| it.namespace == *namespace) {
        let object: Value = serde_json::from_str(&quota.body).unwrap_or_default();
        let spec = json::field(&object, "spec");
        if !json::field(spec, "scopes").is_null() || !json::field(spec, "scopeSelector").is_null() {
            continue;
        }
        let pods = || store.pods().filter(|it| it.meta.namespace == *namespace);
        let counts = [
            ("count/pods", pods().count() as u64 + created),
            ("pods", pods().filter(|it| !it.is_terminal()).count() as u64 + created),
        ];
        let given = |key| Some(json::at(spec, &["hard", key])).filter(|it| !it.is_null());
        let limit = |key| Quantity::from_value(given(key)?).ok();
        let exceeded = counts.into_iter().filter_map(|(key, used)| {
            let limit = limit(key)?.value();
            (i64::try_from(used).unwrap_or(i64::MAX) >= limit).then_some((key, used, limit))
        });
        let exceeded: Vec<_> = exceeded.collect();
        if !exceeded.is_empty() {
            let list = |of: &dyn Fn(&(&str, u64, i64)) -> String| {
                exceeded.iter().map(of).collect::<Vec<_>>().join(",")
            };
            return Err(format!(
                "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                quota.name,
                list(&|it| format!("{}=1", it.0)),
                list(&|it| format!("{}={}", it.0, it.1)),
                list(&|it| format!("{}={}", it.0, it.2)),
            ));
        }
    }
    Ok(())
}

/// The priority that a pod of this spec gets, or why it is forbidden.
pub(super) fn priority(store: &Store, spec: &Scheduling) -> Result<Priority, String> {
    let class = match &spec.priority_class {
        Some(name) => Some(
            class(store, name)
                .ok_or_else(|| format!("no PriorityClass with name {name} was found"))?,
        ),
        None => default_class(store),
    };
    let Priority { value, never_preempts } = class.unwrap_or_default();
    if let Some(given) = spec.priority.filter(|it| *it != value) {
        return Err(format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority \
             admission controller computed {value} from the given PriorityClass name"
        ));
    }
    let policy = spec.preemption_policy.as_deref();
    Ok(Priority { value, never_preempts: policy.map_or(never_preempts, |it| it == "Never") })
}

fn class(store: &Store, name: &str) -> Option<Priority> {
    let system = SYSTEM_CLASSES.iter().find(|it| it.0 == name);
    if let Some((_, value)) = system {
        return Some(Priority { value: *value, never_preempts: false });
    }
    let mut classes = store.stored_of("PriorityClass");
    let class = classes.find(|it| &*it.name == name)?;
    Some(read(&serde_json::from_str(&class.body).ok()?))
}

/// The class for pods that name none; of several the one with the lowest value.
fn default_class(store: &Store) -> Option<Priority> {
    let bodies = store.stored_of("PriorityClass");
    let classes = bodies.filter_map(|it| serde_json::from_str::<Value>(&it.body).ok());
    let defaults = classes.filter(|it| json::flag(it, "globalDefault")).map(|it| read(&it));
    defaults.min_by_key(|it| it.value)
}

fn read(class: &Value) -> Priority {
    Priority {
        value: json::integer(class, "value").unwrap_or(0),
        never_preempts: json::field(class, "preemptionPolicy") == "Never",
    }
}
