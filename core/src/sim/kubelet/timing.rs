//! How long things take on a machine. Kubernetes leaves that to hardware; these are the
//! simulation's own figures, drawn from the seed and the subject, in milliseconds.

use crate::api::Time;
use crate::api::pod::Probe;
use crate::sim::Seed;

/// The size of an image: 12 to 160 MB.
pub(super) fn image_bytes(seed: Seed, image: &str) -> i64 {
    seed.between(12_000_000, 160_000_000, "image size", image)
}

/// A first pull takes as long as the image is large, give or take a quarter for the node; asking
/// the registry whether a present image is still current is quick.
pub(super) fn pull(seed: Seed, node: &str, image: &str, is_present: bool) -> i64 {
    if is_present {
        return seed.between(250, 600, "image check", (node, image));
    }
    let whole = 800 + image_bytes(seed, image) / 50_000;
    whole * seed.between(75, 125, "pull", (node, image)) / 100
}

/// Sandbox, create and start of one container.
pub(super) fn start(seed: Seed, pod: &str, index: usize) -> i64 {
    seed.between(500, 1_200, "start", (pod, index as u64))
}

/// The run of an init container.
pub(super) fn initialize(seed: Seed, pod: &str, index: usize) -> i64 {
    seed.between(500, 1_500, "initialize", (pod, index as u64))
}

/// From the start of a container to the moment when its application serves.
pub(super) fn serves(seed: Seed, pod: &str, index: usize) -> i64 {
    seed.between(600, 2_500, "application start", (pod, index as u64))
}

/// From the start of a container to its readiness: the first probe at or after the moment when the
/// application serves, and as many successes as the probe asks for.
pub(super) fn until_ready(serves: i64, probe: &Probe) -> i64 {
    let (delay, period) = (probe.initial_delay_seconds * 1000, probe.period_seconds * 1000);
    let missed = (serves - delay).max(0);
    let rounds = (missed + period - 1) / period + probe.success_threshold - 1;
    delay + rounds * period
}

/// Until a registry has said that it does not have an image.
pub(super) fn failed_pull(seed: Seed, pod: &str, index: usize, attempt: u32) -> i64 {
    seed.between(600, 1_600, "failed pull", (pod, index as u64, attempt))
}

/// Until the kubelet looks again at a pod of which something ended or failed.
pub(super) fn next_sync(seed: Seed, pod: &str, index: usize, attempt: u32) -> i64 {
    seed.between(700, 1_800, "sync", (pod, index as u64, attempt))
}

/// Until the kubelet tries again what failed without a back-off of its own: 10 s and up to half of
/// that (`backOffPeriod` of `pkg/kubelet/kubelet.go`).
pub(super) fn next_try(seed: Seed, pod: &str, now: Time) -> i64 {
    seed.between(10_000, 15_000, "next try", (pod, now.0))
}

/// Until the kubelet asks again for a network that was not ready: a second and up to half of that
/// (`backOffOnTransientErrorPeriod` of `pkg/kubelet/pod_workers.go`).
pub(super) fn network_try(seed: Seed, pod: &str, now: Time) -> i64 {
    seed.between(1_000, 1_500, "network try", (pod, now.0))
}

/// From SIGTERM to the end of all containers, within the grace period.
pub(super) fn stop(seed: Seed, pod: &str, grace_seconds: i64) -> i64 {
    seed.between(700, 1_800, "stop", pod).min(grace_seconds.saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_is_asked_at_its_times_only() {
        let probe = |delay, period, threshold| {
            Probe::from_json(&serde_json::json!({
                "initialDelaySeconds": delay,
                "periodSeconds": period,
                "successThreshold": threshold,
            }))
        };
        let ready = |probe| until_ready(1_700, &probe);
        assert_eq!(ready(probe(5, 10, 1)), 5_000, "it serves before the first probe");
        assert_eq!(ready(probe(5, 10, 3)), 25_000, "three successes");
        assert_eq!(ready(probe(0, 10, 1)), 10_000, "the probe at 0 fails");
        assert!((600..=2_500).contains(&serves(Seed(1), "pod", 0)));
    }

    #[test]
    fn a_stop_keeps_within_the_grace_period() {
        assert_eq!(stop(Seed(1), "pod", 0), 0);
        assert!((700..=1_800).contains(&stop(Seed(1), "pod", 30)));
    }
}
