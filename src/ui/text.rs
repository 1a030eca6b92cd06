//! How numbers and times are written.

use daemonset_core::api::{Name, Time};
pub use daemonset_core::insight::estimate;
use daemonset_core::playground::view::{NodeView, PodState, PodView, Readiness, TaintView};

/// `01:19`, and `1:02:03` from one hour on.
pub fn clock(time: Time) -> String {
    let seconds = time.0.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// Virtual time to the millisecond: `01:13.250`.
pub fn precise(time: Time) -> String {
    format!("{}.{:03}", clock(time), time.0.max(0) % 1000)
}

/// How long something has lasted, in its largest unit: `17 s`, `4 min`, `2 h`.
pub fn age(since: Time, now: Time) -> String {
    let seconds = (now.0 - since.0).max(0) / 1000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

/// Used of what there is; `unit` is what one of the shown unit holds. One decimal where it tells.
pub fn share(used: i64, all: i64, unit: i64) -> String {
    let rounded = |amount: i64, unit: i64| (amount + unit / 2) / unit.max(1);
    let total = rounded(all, unit);
    if all >= 32 * unit || used == 0 {
        return format!("{}/{total}", rounded(used, unit));
    }
    // Whole numbers: the formatting of fractions weighs eleven kilobytes in the page.
    let tenths = rounded(used.saturating_mul(10), unit);
    format!("{}.{}/{total}", tenths / 10, tenths % 10)
}

/// A factor with as many of two decimals as it needs: `4`, `0.5`.
pub fn factor(factor: f64) -> String {
    let hundredths = (factor * 100.0).round() as u64;
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match (part, part % 10) {
        (0, _) => whole.to_string(),
        (_, 0) => format!("{whole}.{}", part / 10),
        _ => format!("{whole}.{part:02}"),
    }
}

/// A part of one for a style sheet, from thousandths.
pub fn fraction(thousandths: i64) -> String {
    let thousandths = thousandths.clamp(0, 1000);
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

/// Part of the whole in percent, between 0 and 100.
pub fn percent(part: i64, whole: i64) -> i64 {
    if whole <= 0 { 0 } else { (part.saturating_mul(100) / whole).clamp(0, 100) }
}

/// `worker-3`, `worker-3 and worker-4`, one more, `worker-3, worker-4 and 5 more`.
pub fn join_names(names: &[Name]) -> String {
    match names {
        [] => String::new(),
        [one] => one.to_string(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}

/// `1 pod`, `3 pods`.
pub fn count(number: u32, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A pod's name in two parts: what all pods of its owner share, and the random end.
pub fn split_pod_name(name: &str) -> (String, String) {
    match name.rfind('-') {
        Some(at) => (name[..=at].to_owned(), name[at + 1..].to_owned()),
        None => (String::new(), name.to_owned()),
    }
}

/// Longer than this the effect of a taint has no room beside its key and value on a card.
const TAINT_MAX: usize = 14;

/// A taint in the width of a card, which its effect has to fit into as well: a long prefix says
/// little and goes first, then the value; the title and the form have both.
pub fn short_taint(taint: &TaintView) -> String {
    let key = match taint.key.rsplit_once('/') {
        Some((_, short)) if taint.key.len() > 20 => short,
        _ => &*taint.key,
    };
    match key.len() + 1 + taint.value.len() {
        length if taint.value.is_empty() || length > TAINT_MAX => key.to_owned(),
        _ => format!("{key}={}", taint.value),
    }
}

/// The step of the drawing sequence that a revision uses.
pub fn revision_step(revision: i64) -> i64 {
    (revision - 1).rem_euclid(6) + 1
}

/// What a token says to those who cannot see it.
pub fn pod_label(pod: &PodView) -> String {
    let state = match pod.state {
        PodState::Pulling => "pulling the image",
        PodState::Settling => "ready, settling",
        PodState::Unready => "not ready",
        PodState::Leaving => "terminating",
        other => other.word(),
    };
    format!("{}, revision {}, {state}", pod.name, pod.revision)
}

/// What a card says to those who cannot see it.
pub fn node_label(node: &NodeView, own: &[&PodView]) -> String {
    if !node.exists {
        return format!("{}, deleted", node.name);
    }
    let mut words = vec![node.name.to_string()];
    words.push(
        match node.ready {
            Readiness::True => "Ready",
            Readiness::False => "NotReady",
            Readiness::Unknown => "NotReady, status unknown",
        }
        .to_owned(),
    );
    if !node.kubelet_runs {
        words.push("kubelet stopped".to_owned());
    }
    words.extend(node.shortages.iter().map(|it| it.condition().as_str().to_owned()));
    if node.cordoned {
        words.push("cordoned".to_owned());
    }
    words.extend(node.taints.iter().map(|taint| format!("taint {}", taint.text)));
    match (own, &node.wanted) {
        ([], Err(reason)) => words.push(format!("no pod: {reason}")),
        ([], Ok(())) => words.push("no pod yet".to_owned()),
        (pods, _) => words.extend(pods.iter().map(|pod| format!("pod {}", pod_label(pod)))),
    }
    words.join(", ")
}

/// The pods of a node that belong to the DaemonSet with this key, older first.
pub fn own_pods<'node>(node: &'node NodeView, daemon_set: Option<&Name>) -> Vec<&'node PodView> {
    node.pods.iter().filter(|pod| is_owned_by(pod, daemon_set)).collect()
}

/// The pod that a text is about: the newest that stays, else the one that leaves.
pub fn lead<'node>(own: &[&'node PodView]) -> Option<&'node PodView> {
    own.iter().rev().find(|pod| pod.state != PodState::Leaving).or(own.last()).copied()
}

/// The word of the DOM contract (`data-ready`).
pub fn ready_word(ready: Readiness) -> &'static str {
    match ready {
        Readiness::True => "true",
        Readiness::False => "false",
        Readiness::Unknown => "unknown",
    }
}

/// Whether a pod belongs to the DaemonSet with this key.
pub fn is_owned_by(pod: &PodView, daemon_set: Option<&Name>) -> bool {
    let key = pod.owner.as_deref().and_then(|owner| owner.strip_prefix("DaemonSet/"));
    key.is_some() && key == daemon_set.map(|key| &**key)
}
