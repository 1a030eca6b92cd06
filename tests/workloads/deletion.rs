//! Deletion in the background, in the foreground and with orphans; creation afterwards; bare pods
//! and namespaces.

use daemonset_core::api::{Name, Uid};
use daemonset_core::sim::{ApiError, Cascade, Input, Outcome};
use serde_json::{Value, json};

use crate::lab::{Lab, agent, lab, web};

fn with_both() -> Lab {
    let mut lab = lab(3);
    lab.apply(&web(2, "nginx:1.27", json!({}))).unwrap();
    lab.apply(&agent("agent:1", json!({}))).unwrap();
    lab.wait(60);
    assert_eq!(lab.available(), 5);
    lab
}

fn uids(lab: &Lab) -> Vec<Uid> {
    lab.pods().iter().map(|it| it.meta.uid).collect()
}

#[test]
fn in_the_background_the_object_goes_first() {
    let mut lab = with_both();
    for (resource, name) in [("deployment", "web"), ("daemonset", "agent")] {
        lab.delete(resource, name, Cascade::Background);
    }
    assert_eq!(lab.store().deployments().count() + lab.store().daemon_sets().count(), 0);
    assert_eq!((lab.sets().len(), lab.active()), (1, 5), "nobody has noticed yet");
    lab.wait(60);
    assert_eq!((lab.sets().len(), lab.pods().len(), lab.store().revisions().count()), (0, 0, 0));
}

#[test]
fn in_the_foreground_the_object_waits_for_its_pods() {
    let mut lab = with_both();
    let before = lab.store().daemon_sets().next().unwrap().clone();
    lab.delete("daemonset", "agent", Cascade::Foreground);
    lab.delete("deployment", "web", Cascade::Foreground);
    let ds = lab.store().daemon_sets().next().unwrap();
    assert_eq!(*ds.meta.finalizers, [Name::from("foregroundDeletion")]);
    assert_eq!(ds.meta.deletion.unwrap().grace_seconds, 0);
    assert_eq!(ds.meta.generation, before.meta.generation + 1);
    let mut last = 0;
    lab.watch(60, |lab| {
        last = lab.pods().len() + lab.sets().len();
        for ds in lab.store().daemon_sets() {
            assert_eq!(ds.status, before.status, "its status is frozen");
        }
        let owners = lab.store().daemon_sets().count() + lab.store().deployments().count();
        let pods = |kind: &str| {
            let owner = |it: &&std::sync::Arc<daemonset_core::api::Pod>| {
                it.meta.controller.as_ref().is_some_and(|it| it.kind == kind)
            };
            lab.store().pods().filter(owner).count()
        };
        assert!(pods("DaemonSet") <= 3 && pods("ReplicaSet") <= 2, "nothing is replaced");
        assert!(owners > 0 || last == 0, "{last} dependents outlive their owners");
        assert!(pods("ReplicaSet") == 0 || lab.sets().len() == 1);
    });
    assert_eq!(last, 0);
    assert_eq!(lab.store().daemon_sets().count() + lab.store().deployments().count(), 0);
}

#[test]
fn a_second_deletion_can_change_the_policy() {
    let mut lab = with_both();
    lab.delete("daemonset", "agent", Cascade::Foreground);
    lab.delete("daemonset", "agent", Cascade::Background);
    assert_eq!(lab.store().daemon_sets().count(), 0);
    let (resource, namespace, name) = ("daemonset".into(), "default".into(), "agent".into());
    let cascade = Cascade::Background;
    let again = lab.cluster.input(&Input::Delete { resource, namespace, name, cascade });
    let error = "Error from server (NotFound): daemonsets.apps \"agent\" not found";
    assert_eq!(again.unwrap_err().to_string(), error);
}

#[test]
fn orphans_live_on_and_are_adopted() {
    let mut lab = with_both();
    let pods = uids(&lab);
    lab.delete("daemonset", "agent", Cascade::Orphan);
    lab.delete("deployment", "web", Cascade::Orphan);
    let ds = lab.store().daemon_sets().next().unwrap();
    assert_eq!(*ds.meta.finalizers, [Name::from("orphan")], "for a moment it is still there");
    lab.wait(60);
    assert_eq!(lab.store().daemon_sets().count() + lab.store().deployments().count(), 0);
    assert_eq!(uids(&lab), pods);
    assert_eq!(lab.sets()[0].meta.controller, None);
    // A deleted orphan is not replaced, unless its ReplicaSet still looks after it.
    let orphan = lab.pods().into_iter().find(|it| it.meta.controller.is_none()).unwrap();
    let (namespace, name) = ("default".into(), orphan.meta.name.clone());
    lab.cluster.input(&Input::DeletePod { namespace, name, grace_seconds: None }).unwrap();
    lab.wait(60);
    assert_eq!(lab.pods().len(), 4);
    let pods = uids(&lab);
    lab.apply(&web(2, "nginx:1.27", json!({}))).unwrap();
    lab.apply(&agent("agent:1", json!({}))).unwrap();
    lab.wait(60);
    assert_eq!(lab.pods().len(), 5, "only the missing one was created");
    assert!(pods.iter().all(|it| uids(&lab).contains(it)));
    assert!(lab.pods().iter().all(|it| it.meta.controller.is_some()));
    assert_eq!((lab.sets().len(), lab.store().revisions().count()), (1, 1));
    let status = lab.store().daemon_sets().next().unwrap().status;
    assert_eq!((status.updated_number_scheduled, status.number_ready), (3, 3));
}

/// T22: the new DaemonSet starts at template generation 1, which the orphans carry.
#[test]
fn orphans_of_another_template_count_as_up_to_date() {
    let mut lab = lab(3);
    lab.apply(&agent("agent:1", json!({}))).unwrap();
    lab.wait(60);
    let pods = uids(&lab);
    lab.delete("daemonset", "agent", Cascade::Orphan);
    lab.wait(5);
    lab.apply(&agent("agent:2", json!({}))).unwrap();
    lab.wait(60);
    assert_eq!(uids(&lab), pods, "nothing is replaced");
    let status = lab.store().daemon_sets().next().unwrap().status;
    assert_eq!((status.updated_number_scheduled, status.number_available), (3, 3));
    assert!(lab.pods().iter().all(|it| &*it.spec.containers[0].image == "agent:1"));
    lab.apply(&agent("agent:3", json!({}))).unwrap();
    lab.wait(120);
    assert!(lab.pods().iter().all(|it| &*it.spec.containers[0].image == "agent:3"));
}

fn pod(image: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "tool", "labels": {"app": "tool"}},
        "spec": {"containers": [{"name": "c", "image": image}]},
    })
}

#[test]
fn a_bare_pod_runs_and_is_not_replaced() {
    let mut lab = lab(1);
    assert_eq!(lab.apply(&pod("busybox:1.36")), Ok(Outcome::Created));
    lab.wait(60);
    assert_eq!(lab.available(), 1);
    assert_eq!(lab.pods()[0].spec.tolerations.len(), 2);
    assert_eq!(lab.apply(&pod("busybox:1.36")), Ok(Outcome::Unchanged));
    let refused = lab.apply(&pod("busybox:1.37"));
    assert!(matches!(refused, Err(ApiError::Invalid { kind: "Pod", .. })), "{refused:?}");
    let delete = |grace_seconds| {
        let (namespace, name) = ("default".into(), "tool".into());
        Input::DeletePod { namespace, name, grace_seconds }
    };
    lab.cluster.input(&delete(None)).unwrap();
    assert!(lab.pods()[0].meta.is_terminating());
    assert_eq!(lab.pods()[0].meta.deletion.unwrap().grace_seconds, 30);
    lab.cluster.input(&delete(Some(0))).unwrap();
    assert!(lab.pods().is_empty(), "force removes it at once");
    lab.wait(60);
    assert!(lab.pods().is_empty());
}

#[test]
fn a_namespace_is_emptied_before_it_goes() {
    let mut lab = lab(3);
    lab.cluster.input(&Input::CreateNamespace { name: "shop".into() }).unwrap();
    for mut object in [web(2, "nginx:1.27", json!({})), agent("agent:1", json!({}))] {
        object["metadata"]["namespace"] = json!("shop");
        lab.apply(&object).unwrap();
    }
    lab.wait(60);
    assert_eq!(lab.available(), 5);
    let (resource, name) = ("namespace".into(), Name::from("shop"));
    let (namespace, cascade) = (Name::default(), Cascade::Background);
    let delete = Input::Delete { resource, namespace, name, cascade };
    lab.cluster.input(&delete).unwrap();
    assert!(lab.store().has_namespace("shop"));
    let mut object = agent("agent:1", json!({}));
    object["metadata"] = json!({"name": "late", "namespace": "shop"});
    let error = "Error from server (Forbidden): daemonsets.apps \"late\" is forbidden: unable to \
        create new content in namespace shop because it is being terminated";
    assert_eq!(lab.apply(&object).unwrap_err().to_string(), error);
    lab.watch(60, |lab| assert!(lab.pods().len() <= 5, "nothing is replaced"));
    assert!(!lab.store().has_namespace("shop"));
    assert_eq!((lab.pods().len(), lab.sets().len(), lab.store().revisions().count()), (0, 0, 0));
}
