//! Writes to DaemonSets (`pkg/registry/apps/daemonset/strategy.go`).

use std::sync::Arc;

use serde_json::Value;

use crate::api::daemon_set::TEMPLATE_GENERATION;
use crate::api::{DaemonSet, ObjectMeta, defaults, validation};
use crate::sim::api_server::Outcome;
use crate::sim::{ApiError, Cluster};

impl Cluster {
    /// Takes a DaemonSet without validation or defaulting: for the lock-step seam, whose recorded
    /// objects stand for themselves. The generation goes up when the spec changes.
    pub fn place_daemon_set(&mut self, object: &Value, counts_generation: bool) -> Outcome {
        let mut ds = DaemonSet::from_json(object);
        if counts_generation {
            let known = self.store.daemon_set(&ds.meta.namespace, &ds.meta.name);
            ds.template_generation = Some(template_generation(&ds, known.map(Arc::as_ref)));
        }
        self.write_daemon_set(ds)
    }

    pub(super) fn apply_daemon_set(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let (mut object, namespace) = self.in_namespace(object)?;
        defaults::daemon_set(&mut object);
        let name = ObjectMeta::from_json(&object).name;
        let known = self.store.daemon_set(&namespace, &name).cloned();
        if known.is_none() {
            self.admit_new("daemonsets.apps", &namespace, &name)?;
        }
        let mut errors = validation::daemon_set(&object);
        if let Some(known) = &known {
            let old = serde_json::json!({"metadata": object["metadata"], "spec": *known.spec_body});
            errors = validation::daemon_set_update(&object, &old);
        }
        if !errors.is_empty() {
            return Err(ApiError::Invalid { kind: "DaemonSet", name, errors });
        }
        let mut ds = DaemonSet::from_json(&object);
        let generation = template_generation(&ds, known.as_deref());
        let annotations = Arc::make_mut(&mut ds.meta.annotations);
        annotations.insert(TEMPLATE_GENERATION.into(), generation.to_string().into());
        ds.template_generation = Some(generation);
        Ok(self.write_daemon_set(ds))
    }

    /// Creates or updates; identity, age and status stay with an object that is there.
    fn write_daemon_set(&mut self, mut ds: DaemonSet) -> Outcome {
        let known = self.store.daemon_set(&ds.meta.namespace, &ds.meta.name).cloned();
        let outcome = match &known {
            None => {
                ds.meta.uid = self.store.next_uid();
                ds.meta.generation = 1;
                ds.meta.created = self.now();
                Outcome::Created
            }
            Some(known) => {
                let has_changed = known.spec_body != ds.spec_body;
                ds.status = known.status;
                if known.template == ds.template {
                    ds.template = known.template.clone();
                }
                ds.meta = ObjectMeta {
                    labels: ds.meta.labels,
                    annotations: ds.meta.annotations,
                    generation: known.meta.generation + i64::from(has_changed),
                    ..known.meta.clone()
                };
                match has_changed || ds.meta != known.meta {
                    true => Outcome::Configured,
                    false => return Outcome::Unchanged,
                }
            }
        };
        let change = self.store.put_daemon_set(ds);
        self.commit(change);
        outcome
    }
}

/// 1 at creation unless the client asks for more, then one more with each change of the template.
fn template_generation(ds: &DaemonSet, known: Option<&DaemonSet>) -> i64 {
    match known {
        None => ds.template_generation.filter(|it| *it >= 1).unwrap_or(1),
        Some(known) => {
            known.template_generation.unwrap_or(0) + i64::from(known.template != ds.template)
        }
    }
}
