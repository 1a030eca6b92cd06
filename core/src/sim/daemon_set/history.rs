//! ControllerRevisions: `constructHistory`, `snapshot`, `dedupCurHistories`, `cleanupHistory` of
//! `pkg/controller/daemon/update.go`.

use std::sync::Arc;

use crate::api::daemon_set::REVISION_HASH_LABEL;
use crate::api::order::sort_by_key;
use crate::api::{ControllerRevision, DaemonSet, Name, ObjectMeta, Uid};
use crate::sim::actor::Ctx;
use crate::sim::command::{Command, PodPatch};
use crate::sim::daemon_set::state::SetState;
use crate::sim::daemon_set::{NOBODY, SyncError, owner_ref};

/// The revisions of a DaemonSet as one sync sees them.
pub(super) struct History {
    /// The hash of the current one.
    pub(super) hash: Name,
    /// All others.
    old: Vec<Arc<ControllerRevision>>,
}

/// Claims the revisions, and finds, creates or renumbers the current one.
pub(super) fn construct(ds: &DaemonSet, ctx: &mut Ctx) -> Result<History, SyncError> {
    let revisions = claim(ds, ctx);
    let (mut matching, old): (Vec<_>, Vec<_>) =
        revisions.into_iter().partition(|it| it.data == ds.template);
    let target = old.iter().map(|it| it.revision).max().unwrap_or(0) + 1;
    let Some(kept) = matching.iter().max_by_key(|it| it.revision).cloned() else {
        return Ok(History { hash: snapshot(ds, target, ctx)?, old });
    };
    matching.retain(|it| it.meta.uid != kept.meta.uid);
    remove_duplicates(ds, &kept, &matching, ctx);
    if kept.revision < target {
        let renumbered = ControllerRevision { revision: target, ..(*kept).clone() };
        ctx.command(Command::PutRevision(Box::new(renumbered)));
    }
    Ok(History { hash: kept.hash().cloned().unwrap_or_default(), old })
}

/// Owned revisions that the selector fits, and orphans that it fits: these are adopted. Owned ones
/// that it does not fit are released. Revisions without the hash label get one.
fn claim(ds: &DaemonSet, ctx: &mut Ctx) -> Vec<Arc<ControllerRevision>> {
    let (own, others) = (ds.meta.uid, NOBODY);
    let store = ctx.store;
    let mut claimed = Vec::new();
    for revision in store.revisions_of(own).chain(store.revisions_of(others)) {
        let meta = &revision.meta;
        let is_own = meta.controller.is_some();
        let fits = meta.namespace == ds.meta.namespace && ds.selector.matches(&meta.labels);
        match (is_own, fits) {
            (true, false) => ctx.command(Command::OrphanRevision(meta.uid)),
            (false, false) => {}
            (_, true) => claimed.push(complete(revision, ds, ctx)),
        }
    }
    claimed
}

/// Owner and hash label as they should be.
fn complete(
    revision: &Arc<ControllerRevision>,
    ds: &DaemonSet,
    ctx: &mut Ctx,
) -> Arc<ControllerRevision> {
    if revision.meta.controller.is_some() && revision.hash().is_some() {
        return revision.clone();
    }
    let mut completed = (**revision).clone();
    completed.meta.controller = Some(owner_ref(ds));
    if completed.hash().is_none() {
        let hash = completed.meta.name.clone();
        Arc::make_mut(&mut completed.meta.labels).insert(REVISION_HASH_LABEL.into(), hash);
    }
    ctx.command(Command::PutRevision(Box::new(completed.clone())));
    Arc::new(completed)
}

/// Creates the revision of the present template; returns its hash.
fn snapshot(ds: &DaemonSet, number: i64, ctx: &mut Ctx) -> Result<Name, SyncError> {
    let hash = ds.template.hash(ds.status.collision_count);
    let name: Name = format!("{}-{hash}", ds.meta.name).into();
    if let Some(existing) = ctx.store.revision_named(&ds.meta.namespace, &name) {
        if existing.data == ds.template {
            return Ok(existing.hash().cloned().unwrap_or_default());
        }
        let mut status = ds.status;
        status.collision_count = Some(status.collision_count.unwrap_or(0) + 1);
        ctx.command(Command::SetDaemonSetStatus(ds.meta.uid, status));
        return Err(SyncError::Collision);
    }
    let mut labels = (*ds.template.labels).clone();
    labels.insert(REVISION_HASH_LABEL.into(), hash.clone());
    let meta = ObjectMeta {
        name,
        generate_name: None,
        uid: Uid::default(),
        generation: 0,
        deletion: None,
        labels: Arc::new(labels),
        controller: Some(owner_ref(ds)),
        finalizers: Arc::default(),
        ..ds.meta.clone()
    };
    let revision = ControllerRevision { meta, data: ds.template.clone(), revision: number };
    ctx.command(Command::PutRevision(Box::new(revision)));
    Ok(hash)
}

/// Several revisions of one template arise when orphans are adopted: one is kept, pods are
/// relabelled to it, the others go.
#[inline(never)]
fn remove_duplicates(
    ds: &DaemonSet,
    kept: &ControllerRevision,
    duplicates: &[Arc<ControllerRevision>],
    ctx: &mut Ctx,
) {
    if duplicates.is_empty() {
        return;
    }
    let Some(hash) = kept.hash() else { return };
    let store = ctx.store;
    for pod in store.pods_of(ds.meta.uid) {
        if pod.meta.labels.get(REVISION_HASH_LABEL) != Some(hash) {
            let patch = PodPatch::Label(REVISION_HASH_LABEL.into(), hash.clone());
            ctx.command(Command::PatchPod(pod.meta.uid, patch));
        }
    }
    for duplicate in duplicates {
        ctx.command(Command::DeleteRevision(duplicate.meta.uid));
    }
}

/// Deletes the oldest revisions beyond the limit, but none that a pod still carries.
pub(super) fn clean_up(ds: &DaemonSet, history: &History, state: &SetState, ctx: &mut Ctx) {
    let mut old = history.old.clone();
    sort_by_key(&mut old, |it| it.revision);
    let mut surplus = old.len() as i64 - ds.revision_history_limit;
    for revision in old {
        if surplus <= 0 {
            return;
        }
        if revision.hash().is_some_and(|it| state.has_live_hash(it)) {
            continue;
        }
        ctx.command(Command::DeleteRevision(revision.meta.uid));
        surplus -= 1;
    }
}
