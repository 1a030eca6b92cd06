//! Probes: when a container is asked, what it answers, and what follows from that.
//!
//! Follows `pkg/kubelet/prober/worker.go` and `computePodActions` of `kuberuntime_manager.go`.
//! While everything is as it was, nobody is asked. An image that works as its author meant it is
//! never killed for the time that it takes to start; what an exec, TCP or gRPC probe would answer
//! is put in two words.

use crate::api::Time;
use crate::api::pod::{Container, Probe, ProbeKind, ProbeRole};
use crate::sim::ImageBehaviour;
use crate::sim::event::Message;
use crate::sim::kubelet::scene::Scene;
use crate::sim::kubelet::termination::KILLED;
use crate::sim::kubelet::timing;
use crate::sim::kubelet::work::{Act, NEVER, Work, container_at};

/// What a container answers to probes, by what its image does.
struct Patient {
    behaviour: ImageBehaviour,
    /// From its start to the moment when a working application serves, in milliseconds.
    serves: i64,
}

impl Patient {
    /// Whether it answers a probe, so long after its start.
    fn answers(&self, role: ProbeRole, age: i64) -> bool {
        match self.behaviour {
            ImageBehaviour::NeverReady if role == ProbeRole::Readiness => false,
            ImageBehaviour::SlowStart { takes } => age >= takes,
            ImageBehaviour::Unhealthy { after } if age >= after => false,
            _ => role == ProbeRole::Liveness || age >= self.serves,
        }
    }

    /// Whether a failure is the image's fault: then it is told, and has consequences.
    fn is_to_blame(&self, role: ProbeRole, age: i64) -> bool {
        match self.behaviour {
            ImageBehaviour::NeverReady => role == ProbeRole::Readiness,
            ImageBehaviour::SlowStart { .. } => true,
            ImageBehaviour::Unhealthy { after } => age >= after,
            _ => false,
        }
    }

    /// The age at which its answers change by themselves, if they will.
    fn turns_at(&self, age: i64) -> Option<i64> {
        match self.behaviour {
            ImageBehaviour::Unhealthy { after } => Some(after).filter(|it| *it > age),
            _ => None,
        }
    }
}

impl Work {
    /// The container has just started: its first probes.
    pub(super) fn begin_probes(&mut self, container: &Container) {
        self.has_started = container.startup.is_none();
        for role in ProbeRole::ALL {
            let is_due = self.has_started != (role == ProbeRole::Startup);
            if let Some(probe) = container.probe(role).filter(|_| is_due) {
                self.probes[role as usize].at = first(&probe, self.started);
            }
        }
    }

    /// The answers may be others from now on: who is not asked is asked again.
    pub(super) fn ask_again(&mut self, container: &Container, now: Time) {
        for role in ProbeRole::ALL {
            let is_due = self.has_started != (role == ProbeRole::Startup);
            let asked = &mut self.probes[role as usize];
            if let Some(probe) = container.probe(role).filter(|_| is_due && asked.at == NEVER) {
                asked.at = next(&probe, self.started, now + 1);
            }
        }
    }
}

/// When a probe is asked first.
fn first(probe: &Probe, started: Time) -> Time {
    started + probe.initial_delay_seconds * 1000
}

/// The first time at or after an instant at which a probe is asked.
fn next(probe: &Probe, started: Time, from: Time) -> Time {
    let (first, period) = (first(probe, started), probe.period_seconds * 1000);
    let missed = (from.0 - first.0).max(0);
    first + (missed + period - 1) / period * period
}

impl Scene<'_, '_> {
    /// One probe whose result may matter.
    pub(super) fn probe(&mut self, index: usize, role: ProbeRole) {
        let pod = self.pod;
        let Some((container, _)) = container_at(pod, index) else { return };
        let Some(probe) = container.probe(role) else { return };
        let now = self.ctx.now;
        let patient = Patient {
            behaviour: self.behaviour(container),
            serves: timing::serves(self.ctx.seed, &pod.meta.name, index),
        };
        let Some(work) = self.work.containers.get(index).copied() else { return };
        let age = now.0 - work.started.0;
        let answers = patient.answers(role, age);
        let is_to_blame = !answers && patient.is_to_blame(role, age);
        if is_to_blame {
            let detail = failure_detail(&probe, role);
            self.warn(&container.name, "Unhealthy", Message::ProbeFailed { role, detail });
        }
        let stands = match role {
            ProbeRole::Startup => false,
            ProbeRole::Liveness => true,
            ProbeRole::Readiness => self.container_status(index).is_some_and(|it| it.ready),
        };
        let streak = work.probes[role as usize].streak + 1;
        let speaks_against = stands != answers;
        let threshold = if answers { probe.success_threshold } else { probe.failure_threshold };
        // A startup probe that fails for too long changes something, too.
        let fails = role != ProbeRole::Readiness && is_to_blame && streak >= threshold;
        let turns = speaks_against && streak >= threshold && role != ProbeRole::Liveness;
        let is_counted = if role == ProbeRole::Startup { is_to_blame } else { speaks_against };
        let is_at_rest = (stands || turns) && answers;
        let turn =
            patient.turns_at(age).map_or(NEVER, |it| next(&probe, work.started, work.started + it));
        let Some(work) = self.work_of(index) else { return };
        let asked = &mut work.probes[role as usize];
        asked.streak = if is_counted && !turns { streak } else { 0 };
        asked.at = if is_at_rest { turn } else { now + probe.period_seconds * 1000 };
        if fails {
            self.kill(index, role);
        } else if turns && role == ProbeRole::Startup {
            self.has_started(index);
        } else if turns && let Some(status) = self.container_status(index) {
            status.ready = answers;
        }
    }

    /// The startup probe has succeeded: the others are asked from now on.
    fn has_started(&mut self, index: usize) {
        let pod = self.pod;
        let Some((container, _)) = container_at(pod, index) else { return };
        let now = self.ctx.now;
        if let Some(status) = self.container_status(index) {
            status.startup_pending = false;
            status.ready = container.readiness.is_none();
        }
        let Some(work) = self.work_of(index) else { return };
        (work.has_started, work.probes[ProbeRole::Startup as usize].at) = (true, NEVER);
        let started = work.started;
        if let Some(probe) = container.liveness {
            work.probes[ProbeRole::Liveness as usize].at = next(&probe, started, now);
        }
        // The kubelet does not wait for the next round with the first question about readiness.
        if let Some(probe) = container.readiness {
            work.probes[ProbeRole::Readiness as usize].at = first(&probe, started).max(now);
        }
    }

    /// A probe has failed once too often: the container gets SIGTERM, and is started again.
    #[inline(never)]
    fn kill(&mut self, index: usize, role: ProbeRole) {
        let pod = self.pod;
        let Some((container, _)) = container_at(pod, index) else { return };
        let (name, now) = (container.name.clone(), self.ctx.now);
        let restarts = pod.spec.restarts_after(KILLED);
        let message = Message::ProbeKills { container: name.clone(), role, restarts };
        self.say(&name, "Killing", message);
        let takes = match self.behaviour(container) {
            ImageBehaviour::StubbornStop => pod.spec.grace_seconds.saturating_mul(1000),
            _ => timing::stop(self.ctx.seed, &pod.meta.name, pod.spec.grace_seconds),
        };
        if let Some(work) = self.work_of(index) {
            work.enter(Act::Kill, now, now + takes);
        }
    }
}

/// What an application answers that is not ready, or not well.
fn failure_detail(probe: &Probe, role: ProbeRole) -> &'static str {
    match (probe.kind, role) {
        (ProbeKind::Http, _) => "HTTP probe failed with statuscode: 503",
        (ProbeKind::Other, ProbeRole::Readiness) => "not ready",
        (ProbeKind::Other, _) => "not healthy",
    }
}
