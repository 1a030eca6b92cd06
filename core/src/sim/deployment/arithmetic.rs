//! How many replicas move from one ReplicaSet to another: whole numbers in, whole numbers out
//! (`pkg/controller/deployment/rolling.go`, `util/deployment_util.go`).

use crate::api::deployment::DeploymentStrategy;
use crate::api::int_or_string::Budget;

/// The figures of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    /// `spec.replicas` of the Deployment.
    pub(super) replicas: i64,
    /// What its strategy allows.
    pub(super) budget: Budget,
    /// What the new ReplicaSet wants.
    pub(super) new: i64,
    /// What all ReplicaSets want.
    pub(super) total: i64,
}

/// What the new ReplicaSet shall want next (`NewRSNewReplicas`).
pub(super) fn new_replicas(strategy: DeploymentStrategy, size: Size) -> i64 {
    let Size { replicas, budget, new, total } = size;
    if strategy == DeploymentStrategy::Recreate {
        return replicas;
    }
    let room = replicas + budget.surge - total;
    if room <= 0 { new } else { new + room.min(replicas - new) }
}

/// How many old replicas may go at most, while the new ones that are not available count as missing
/// (`reconcileOldReplicaSets`).
pub(super) fn scaled_down_max(size: Size, new_available: i64) -> i64 {
    let available_min = size.replicas - size.budget.unavailable;
    size.total - available_min - (size.new - new_available)
}

/// The share of one ReplicaSet in a change of the Deployment's size (`getReplicaSetFraction`), to
/// the nearest whole number. `max_before` is what was allowed in all when it was sized.
pub(super) fn fraction(own: i64, size: Size, max_before: i64) -> i64 {
    if size.replicas == 0 {
        return -own;
    }
    if max_before == 0 {
        return 0;
    }
    let product = own * (size.replicas + size.budget.surge);
    (2 * product + max_before) / (2 * max_before) - own
}

#[cfg(test)]
mod tests {
    use super::*;

    /// replicas, surge, unavailable, new, total, then what the new one shall want.
    #[test]
    fn the_new_set_grows_into_the_surge() {
        let cases = [
            (3, 1, 0, 0, 3, 1),
            (3, 1, 0, 1, 4, 1),
            (3, 1, 0, 1, 3, 2),
            (3, 1, 0, 3, 3, 3),
            (4, 1, 1, 0, 4, 1),
            (4, 1, 1, 1, 4, 2),
            (10, 3, 2, 0, 10, 3),
            (10, 3, 2, 3, 11, 5),
            (10, 3, 2, 9, 10, 10),
            (10, 0, 1, 0, 10, 0),
            (10, 0, 1, 0, 9, 1),
            (0, 0, 0, 0, 0, 0),
        ];
        for (replicas, surge, unavailable, new, total, expected) in cases {
            let size = size(replicas, surge, unavailable, new, total);
            let rolling = new_replicas(DeploymentStrategy::RollingUpdate, size);
            assert_eq!(rolling, expected, "{size:?}");
            assert_eq!(new_replicas(DeploymentStrategy::Recreate, size), replicas);
        }
    }

    #[test]
    fn old_pods_go_only_as_new_ones_become_available() {
        let cases = [
            ((3, 1, 0, 1, 4), 0, 0),
            ((3, 1, 0, 1, 4), 1, 1),
            ((4, 1, 1, 1, 5), 0, 1),
            ((4, 1, 1, 1, 5), 1, 2),
            ((10, 3, 2, 3, 13), 0, 2),
            ((10, 3, 2, 5, 13), 3, 3),
            ((10, 0, 1, 0, 10), 0, 1),
        ];
        for ((replicas, surge, unavailable, new, total), available, expected) in cases {
            let size = size(replicas, surge, unavailable, new, total);
            assert_eq!(scaled_down_max(size, available), expected, "{size:?}, {available}");
        }
    }

    #[test]
    fn shares_are_rounded_to_the_nearest() {
        let cases = [
            // From 10 with 3 more to 15 with 4 more: 8 and 5 of 13 become 12 and 7 of 19.
            (8, 15, 4, 13, 4),
            (5, 15, 4, 13, 2),
            (8, 5, 2, 13, -4),
            (5, 5, 2, 13, -2),
            (5, 0, 0, 13, -5),
            (5, 20, 5, 0, 0),
        ];
        for (own, replicas, surge, max_before, expected) in cases {
            let size = size(replicas, surge, 0, 0, 0);
            assert_eq!(fraction(own, size, max_before), expected, "{own} of {max_before}");
        }
    }

    fn size(replicas: i64, surge: i64, unavailable: i64, new: i64, total: i64) -> Size {
        Size { replicas, budget: Budget { surge, unavailable }, new, total }
    }
}
