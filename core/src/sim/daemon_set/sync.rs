//! One sync of a DaemonSet, in upstream's order (`syncDaemonSet`, `updateDaemonSet`,
//! `updateDaemonSetStatus` of `pkg/controller/daemon/daemon_controller.go`).
//!
//! A sync reads the cluster as it was when it began: its writes are commands, carried out after it
//! has returned.

use crate::api::daemon_set::{DaemonSetStatus, UpdateStrategy};
use crate::api::{DaemonSet, Name};
use crate::sim::actor::Ctx;
use crate::sim::command::Command;
use crate::sim::daemon_set::review::Basis;
use crate::sim::daemon_set::state::{SetState, Totals};
use crate::sim::daemon_set::{SyncError, SyncReport, event, history, manage, rolling_update};
use crate::sim::event::Message;

/// Syncs; an error means that the DaemonSet is to be tried again.
pub(super) fn sync(
    state: &mut SetState,
    ds: &DaemonSet,
    ctx: &mut Ctx,
    report: &mut SyncReport,
) -> Result<(), SyncError> {
    if ds.selector.is_empty() {
        ctx.command(event(ds, Message::SelectingAll));
        return Ok(());
    }
    if ds.meta.is_terminating() {
        return Ok(());
    }
    let history = history::construct(ds, ctx)?;
    manage::claim_pods(state, ds, ctx);
    let basis = Basis {
        hash: history.hash.clone(),
        template_generation: ds.template_generation.map(|it| Name::from(it.to_string())),
        min_ready_seconds: ds.min_ready_seconds,
        allows_surge: ds.allows_surge(),
    };
    state.refresh(basis, ctx.store, ctx.now, ctx.work);
    let mut result = manage::manage(state, ds, &history.hash, ctx, report);
    if result.is_ok() {
        let is_idle = report.creates == 0 && report.deletes == 0;
        if is_idle && ds.update_strategy == UpdateStrategy::RollingUpdate {
            result = rolling_update::rolling_update(state, ds, &history.hash, ctx, report);
        }
        if result.is_ok() {
            history::clean_up(ds, &history, state, ctx);
        }
    }
    write_status(ds, state, ctx);
    result
}

/// Writes the status if a figure or the generation has changed.
fn write_status(ds: &DaemonSet, state: &mut SetState, ctx: &mut Ctx) {
    let status = status(ds, &state.totals);
    if status != ds.status {
        ctx.command(Command::SetDaemonSetStatus(ds.meta.uid, status));
    }
    let waits_for_availability =
        ds.min_ready_seconds > 0 && status.number_ready != status.number_available;
    if waits_for_availability {
        state.queue_later(ds.meta.uid, ctx.now + ds.min_ready_seconds * 1000, ctx);
    }
}

fn status(ds: &DaemonSet, totals: &Totals) -> DaemonSetStatus {
    let figure = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    DaemonSetStatus {
        current_number_scheduled: figure(totals.current),
        desired_number_scheduled: figure(totals.desired),
        number_misscheduled: figure(totals.misscheduled),
        number_ready: figure(totals.ready),
        number_available: figure(totals.available),
        number_unavailable: figure(totals.desired - totals.available),
        updated_number_scheduled: figure(totals.updated),
        observed_generation: ds.meta.generation,
        collision_count: ds.status.collision_count,
    }
}
