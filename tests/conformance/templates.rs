//! The pod that the controller creates for a node.

use daemonset_core::api::encode::Encoder;
use daemonset_core::api::{Calendar, DaemonSet, OwnerRef, Time, Uid};
use daemonset_core::sim::{ActorSet, Cluster, Command, NewPod, Seed};
use serde_json::Value;

use crate::{check_all, compare};

#[test]
fn templates() {
    check_all("templates.jsonl", check);
}

/// Whether a row agrees.
pub(crate) fn check(row: &Value) -> Result<(), String> {
    let ds = DaemonSet::from_json(&row["daemonset"]);
    let mut cluster = Cluster::lock_step(Seed(0), ActorSet::only(&[]));
    cluster.execute_all(vec![Command::CreatePod(Box::new(NewPod {
        owner: OwnerRef { kind: "DaemonSet", name: ds.meta.name.clone(), uid: Uid(7) }.into(),
        namespace: ds.meta.namespace.clone(),
        node: row["node"].as_str().map(Into::into),
        template: ds.template.clone(),
        spec: ds.template.daemon_spec.clone(),
        hash: row["hash"].as_str().unwrap().into(),
        template_generation: ds.template_generation,
        attempt: 0,
    }))]);
    let calendar = Calendar { unix_seconds_at_zero: 0 };
    let encoder = Encoder { calendar, seed: 0, now: Time::ZERO };
    let mut got = encoder.pod(cluster.store().pods().next().unwrap());
    let mut expected = row["pod"].clone();
    // What admission adds comes after what the controller sends.
    for key in ["priority", "preemptionPolicy"] {
        got["spec"].as_object_mut().unwrap().remove(key);
    }
    for pod in [&mut got, &mut expected] {
        pod["metadata"]["ownerReferences"][0]["uid"] = Value::Null;
    }
    for key in ["generateName", "labels", "annotations", "finalizers", "ownerReferences"] {
        let (expected, got) = (&expected["metadata"][key], &got["metadata"][key]);
        compare(key, expected, got)?;
    }
    compare("spec", &expected["spec"], &got["spec"])
}
