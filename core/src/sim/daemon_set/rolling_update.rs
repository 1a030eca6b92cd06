//! The rolling update (`rollingUpdate` of `pkg/controller/daemon/update.go`): which old pods go
//! now, and on which nodes a new one may stand beside an old one.

use crate::api::{DaemonSet, Name, Uid};
use crate::sim::actor::Ctx;
use crate::sim::daemon_set::manage::sync_nodes;
use crate::sim::daemon_set::review::Roll;
use crate::sim::daemon_set::state::{RollOrder, SetState};
use crate::sim::daemon_set::{SyncError, SyncReport};

/// One step; the create/delete pass of later syncs makes the replacements.
#[inline(never)]
pub(super) fn rolling_update(
    state: &mut SetState,
    ds: &DaemonSet,
    hash: &Name,
    ctx: &mut Ctx,
    report: &mut SyncReport,
) -> Result<(), SyncError> {
    let budget = ds.budget(state.totals.desired).map_err(|_| SyncError::Budget)?;
    if ds.allows_surge() && budget.surge == 0 {
        return without_desired_nodes(state, ds, hash, budget.unavailable, ctx, report);
    }
    if state.totals.node_missing > 0 {
        return Err(SyncError::NodeMissing);
    }
    let uid = |(_, roll): (&Name, Roll)| match roll {
        Roll::Delete(uid) | Roll::DeleteInBudget(uid) | Roll::Leave(uid) => Some(uid),
        _ => None,
    };
    let node = |(name, _): (&Name, Roll)| name.clone();
    let mut delete: Vec<Uid> = state.rolling(RollOrder::Delete).filter_map(uid).collect();
    let mut create: Vec<Name> = Vec::new();
    if ds.allows_surge() {
        let left = budget.surge - state.totals.uses_budget;
        create.extend(state.rolling(RollOrder::Create).map(node));
        create.extend(state.rolling(RollOrder::CreateInBudget).map(node).take(at_least_0(left)));
        let spare = state.totals.has_available - state.totals.desired;
        delete.extend(state.rolling(RollOrder::Leave).filter_map(uid).take(at_least_0(spare)));
    } else {
        // Every pod that is deleted whatever the budget says makes its node unavailable too.
        let unavailable = state.totals.uses_budget + delete.len() as i64;
        let left = at_least_0(budget.unavailable - unavailable);
        delete.extend(state.rolling(RollOrder::DeleteInBudget).filter_map(uid).take(left));
    }
    sync_nodes(state, ds, hash, create, delete, ctx, report)
}

/// A percentage of no desired node is no surge: then upstream goes by the rules without surge, for
/// the pods that are left on other nodes.
fn without_desired_nodes(
    state: &mut SetState,
    ds: &DaemonSet,
    hash: &Name,
    max_unavailable: i64,
    ctx: &mut Ctx,
    report: &mut SyncReport,
) -> Result<(), SyncError> {
    let Some(basis) = state.basis().cloned() else { return Ok(()) };
    let (mut unavailable, mut delete, mut candidates) = (0, Vec::new(), Vec::new());
    for entry in state.entries.values() {
        match state.site(entry, ctx.store).roll(&basis, false, ctx.now).0 {
            Roll::UsesBudget => unavailable += 1,
            Roll::Delete(uid) => delete.push(uid),
            Roll::DeleteInBudget(uid) => candidates.push(uid),
            _ => {}
        }
    }
    let left = at_least_0(max_unavailable - unavailable - delete.len() as i64);
    delete.extend(candidates.into_iter().take(left));
    sync_nodes(state, ds, hash, Vec::new(), delete, ctx, report)
}

fn at_least_0(count: i64) -> usize {
    usize::try_from(count).unwrap_or(0)
}
