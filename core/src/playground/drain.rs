//! What `kubectl drain` would say to a gesture, before it is made.

use crate::api::Name;
use crate::playground::Playground;
use crate::sim::DrainOptions;

/// What a drain would do now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrainPreview {
    /// How many pods it would evict.
    pub evictions: usize,
    /// kubectl's line on standard error if it goes through (`Warning: ignoring …`).
    pub warning: Option<String>,
    /// What kubectl prints on standard error if it refuses.
    pub refusal: Option<String>,
}

impl Playground {
    /// What a drain of a node would do and say, in the words of `kubectl/pkg/cmd/drain`.
    pub fn drain_preview(&self, node: &Name, options: DrainOptions) -> DrainPreview {
        let plan = self.cluster().drain_plan(node, options);
        let cause = match plan.errors.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let refusal = || {
            format!(
                "error: unable to drain node \"{node}\" due to error: {cause}, continuing \
                 command...\nThere are pending nodes to be drained:\n {node}\n{}",
                plan.errors.join("\n")
            )
        };
        let is_refused = !plan.errors.is_empty();
        let has_warning = !plan.warnings.is_empty() && !is_refused;
        DrainPreview {
            evictions: if is_refused { 0 } else { plan.evictions.len() },
            warning: has_warning.then(|| format!("Warning: {}", plan.warnings.join("; "))),
            refusal: is_refused.then(refusal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::run_script;

    /// kubectl.md §10.
    #[test]
    fn a_refusal_reads_as_kubectl_prints_it() {
        let mut playground = Playground::open(1);
        playground.settle(300_000);
        let node = Name::from("worker-1");
        let pods: Vec<Name> =
            playground.cluster().store().pods_on(&node).map(|it| it.meta.name.clone()).collect();
        let [daemon] = pods.as_slice() else { panic!("{pods:?}") };
        let cause = format!(
            "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): \
             kube-system/{daemon}"
        );
        let refused = playground.drain_preview(&node, DrainOptions::default());
        let text = format!(
            "error: unable to drain node \"worker-1\" due to error: {cause}, continuing \
             command...\nThere are pending nodes to be drained:\n worker-1\n{cause}"
        );
        assert_eq!(refused.refusal.as_deref(), Some(text.as_str()));
        assert_eq!((refused.warning, refused.evictions), (None, 0));

        run_script(&mut playground, "node fill worker-1 cpu=1");
        let bare = "cannot delete cannot delete Pods that declare no controller (use --force to \
                    override): default/other-workload-worker-1";
        let both = playground.drain_preview(&node, DrainOptions::default()).refusal.unwrap();
        let first = format!("due to error: [{cause}, {bare}], continuing command...\n");
        assert!(both.contains(&first), "{both}");
        assert!(both.ends_with(&format!(" worker-1\n{cause}\n{bare}")), "{both}");

        let ignoring = DrainOptions { ignore_daemonsets: true, ..DrainOptions::default() };
        let options = DrainOptions { force: true, ..ignoring };
        let drained = playground.drain_preview(&node, options);
        assert_eq!((drained.refusal, drained.evictions), (None, 1));
        let warning = drained.warning.unwrap();
        let ignored = format!("ignoring DaemonSet-managed Pods: kube-system/{daemon}");
        assert!(warning.starts_with("Warning: ") && warning.contains(&ignored), "{warning}");
        let forced = "deleting Pods that declare no controller: default/other-workload-worker-1";
        assert!(warning.contains(forced), "{warning}");
    }
}
