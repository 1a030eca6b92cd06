//! One container: its image, its starts and ends.
//!
//! Follows `pkg/kubelet/kuberuntime` and `images/image_manager.go`.

use crate::api::encode::uuid;
use crate::api::pod::{Container, ContainerState, Ended, ProbeRole};
use crate::api::{Name, Time};
use crate::sim::event::Message;
use crate::sim::kubelet::image::{has_platform, platform_error, pull_error, reference_fault};
use crate::sim::kubelet::prepare::environment_fault;
use crate::sim::kubelet::scene::Scene;
use crate::sim::kubelet::termination::KILLED;
use crate::sim::kubelet::timing;
use crate::sim::kubelet::work::{Act, NEVER, container_at, end};
use crate::sim::{ImageBehaviour, Set};

/// Both back-offs, of images and of restarts: 10 s doubling to 5 min…
const BACK_OFF_INITIAL: i64 = 10_000;
const BACK_OFF_MAX: i64 = 300_000;
/// …and forgotten when nothing went wrong for twice that long.
const BACK_OFF_RESET: i64 = 2 * BACK_OFF_MAX;
/// More steps of one container at one instant than this are a mistake.
const STEPS_MAX: u32 = 16;

/// (node, image) of what is present.
type Images = Set<(Name, Name)>;

impl Scene<'_, '_> {
    /// Takes up what is due for every container.
    pub(super) fn advance(&mut self, images: &mut Images) {
        for index in 0..self.work.containers.len() {
            for _ in 0..STEPS_MAX {
                let Some(work) = self.work.containers.get(index).copied() else { break };
                if work.due() > self.ctx.now {
                    break;
                }
                let probe_at = work.probe_at();
                let is_asked = |role: &ProbeRole| work.probes[*role as usize].at == probe_at;
                match ProbeRole::ALL.into_iter().find(is_asked) {
                    Some(role) if probe_at < work.until => self.probe(index, role),
                    _ => self.step(index, work.act, images),
                }
            }
        }
    }

    fn step(&mut self, index: usize, act: Act, images: &mut Images) {
        match act {
            Act::Pull => self.pulled(index, images),
            Act::PullFailed => self.wait_for_pull(index),
            Act::PullBackOff | Act::CrashBackOff => self.begin(index, images),
            Act::Start => self.started(index, images),
            Act::Run => self.exited(index, images),
            Act::Kill => self.killed(index, images),
            Act::Ended => self.restart(index, images),
            Act::Queued | Act::Done => {
                let now = self.ctx.now;
                self.work_of(index).into_iter().for_each(|it| it.enter(act, now, NEVER));
            }
        }
    }

    fn enter(&mut self, index: usize, act: Act, until: Time) {
        let now = self.ctx.now;
        if let Some(work) = self.work_of(index) {
            work.enter(act, now, until);
        }
    }

    pub(super) fn behaviour(&self, container: &Container) -> ImageBehaviour {
        self.ctx.store.world().behaviour(&container.image)
    }

    /// Whether its images are for another operating system than the node's.
    fn is_foreign(&self) -> bool {
        !has_platform(&self.pod.spec, self.node)
    }

    /// Takes up a container: its image first.
    pub(super) fn begin(&mut self, index: usize, images: &Images) {
        let pod = self.pod;
        let Some((container, _)) = container_at(pod, index) else { return };
        let image = container.image.clone();
        let (now, seed) = (self.ctx.now, self.ctx.seed);
        if let Some(fault) = reference_fault(&image) {
            let text = format!("Failed to apply default image tag \"{image}\": {fault}");
            self.refuse_image(index, "InspectFailed", text, "InvalidImageName", images);
            return;
        }
        let is_present = images.contains(&(image.clone(), self.node.meta.name.clone()));
        if !is_present && container.never_pull {
            let reason = "ErrImageNeverPull";
            self.refuse_image(index, reason, never_pull_text(&image), reason, images);
            return;
        }
        if is_present && !container.always_pull {
            self.say(&container.name, "Pulled", Message::PresentOnMachine { image });
            self.create(index, images);
            return;
        }
        let failures = self.work.containers.get(index).map_or(0, |it| it.failed_pulls);
        let takes = match self.behaviour(container) {
            _ if self.is_foreign() => timing::failed_pull(seed, &pod.meta.name, index, failures),
            ImageBehaviour::CannotBePulled => {
                timing::failed_pull(seed, &pod.meta.name, index, failures)
            }
            ImageBehaviour::SlowPull { takes } if !is_present => takes.max(0),
            _ => timing::pull(seed, &self.node.meta.name, &image, is_present),
        };
        self.say(&container.name, "Pulling", Message::Pulling { image });
        self.enter(index, Act::Pull, now + takes);
    }

    /// The kubelet does not even ask a registry.
    #[inline(never)]
    fn refuse_image(
        &mut self,
        index: usize,
        reason: &'static str,
        text: String,
        word: &'static str,
        images: &Images,
    ) {
        let pod = self.pod;
        let Some((container, _)) = container_at(pod, index) else { return };
        self.warn(&container.name, reason, Message::Plain { text: text.into() });
        self.refuse(index, word.to_owned(), word, images);
    }

    /// It cannot be created as it is; the kubelet looks at the pod again after a while.
    #[inline(never)]
    fn refuse(&mut self, index: usize, error: String, word: &'static str, images: &Images) {
        let pod = self.pod;
        let Some((container, _)) = container_at(pod, index) else { return };
        self.warn(
            &container.name,
            "Failed",
            Message::Plain { text: format!("Error: {error}").into() },
        );
        if let Some(status) = self.container_status(index) {
            status.state = ContainerState::Waiting(word);
        }
        let (now, seed) = (self.ctx.now, self.ctx.seed);
        self.enter(index, Act::PullBackOff, now + timing::next_try(seed, &pod.meta.name, now));
        if index >= pod.spec.init_containers.len() {
            self.begin_next(index, images);
        }
    }

    fn pulled(&mut self, index: usize, images: &mut Images) {
        let pod = self.pod;
        let Some((container, _)) = container_at(pod, index) else { return };
        let image = container.image.clone();
        let (now, seed) = (self.ctx.now, self.ctx.seed);
        if self.is_foreign() || self.behaviour(container) == ImageBehaviour::CannotBePulled {
            self.pull_failed(index, container, images);
            return;
        }
        let since = self.work.containers.get(index).map_or(now, |it| it.since);
        let bytes = timing::image_bytes(seed, &image);
        let milliseconds = now.0 - since.0;
        let message = Message::Pulled { image: image.clone(), milliseconds, bytes };
        self.say(&container.name, "Pulled", message);
        images.insert_mut((image, self.node.meta.name.clone()));
        if let Some(work) = self.work_of(index) {
            work.failed_pulls = 0;
        }
        self.create(index, images);
    }

    /// Its image is there: what it is configured with is put together, then it is created.
    fn create(&mut self, index: usize, images: &Images) {
        let pod = self.pod;
        let Some((container, _)) = container_at(pod, index) else { return };
        let (now, seed) = (self.ctx.now, self.ctx.seed);
        match environment_fault(container, &pod.meta.namespace, self.ctx.store) {
            Some(fault) => self.refuse(index, fault, "CreateContainerConfigError", images),
            None => {
                self.enter(index, Act::Start, now + timing::start(seed, &pod.meta.name, index));
            }
        }
    }

    #[inline(never)]
    fn pull_failed(&mut self, index: usize, container: &Container, images: &Images) {
        let (name, image) = (&container.name, container.image.clone());
        let is_foreign = self.is_foreign();
        let error = if is_foreign { platform_error(&image) } else { pull_error(&image) }.into();
        self.warn(name, "Failed", Message::FailedPull { image, error });
        self.warn(name, "Failed", Message::Error { reason: "ErrImagePull" });
        if let Some(status) = self.container_status(index) {
            status.state = ContainerState::Waiting("ErrImagePull");
        }
        let (now, seed) = (self.ctx.now, self.ctx.seed);
        let Some(work) = self.work_of(index) else { return };
        work.failed_pulls += 1;
        let failures = work.failed_pulls;
        let noticed = now + timing::next_sync(seed, &self.pod.meta.name, index, failures);
        self.enter(index, Act::PullFailed, noticed);
        // What else there is to start does not wait, unless it waits for an init container.
        if index >= self.pod.spec.init_containers.len() {
            self.begin_next(index, images);
        }
    }

    #[inline(never)]
    fn wait_for_pull(&mut self, index: usize) {
        let pod = self.pod;
        let Some((container, _)) = container_at(pod, index) else { return };
        let image = container.image.clone();
        self.say(&container.name, "BackOff", Message::BackOffPulling { image });
        self.warn(&container.name, "Failed", Message::Error { reason: "ImagePullBackOff" });
        if let Some(status) = self.container_status(index) {
            status.state = ContainerState::Waiting("ImagePullBackOff");
        }
        let Some(work) = self.work_of(index) else { return };
        let until = work.since + back_off_after(work.failed_pulls);
        self.enter(index, Act::PullBackOff, until);
    }

    fn started(&mut self, index: usize, images: &Images) {
        let pod = self.pod;
        let Some((container, is_init)) = container_at(pod, index) else { return };
        let (name, now, seed) = (container.name.clone(), self.ctx.now, self.ctx.seed);
        self.say(&name, "Created", Message::CreatedContainer { container: name.clone() });
        self.say(&name, "Started", Message::StartedContainer { container: name.clone() });
        let is_task = is_init && !container.is_sidecar;
        if let Some(status) = self.container_status(index) {
            if let ContainerState::Terminated { exit_code, started, finished } = status.state {
                status.last = Some(Ended { exit_code, started, finished });
            }
            status.restarts += u32::from(status.last.is_some());
            status.state = ContainerState::Running(now.truncated());
            status.startup_pending = !is_task && container.startup.is_some();
            status.ready = !is_task && !status.startup_pending && container.readiness.is_none();
            status.back_off_seconds = 0;
        }
        let until = match self.behaviour(container) {
            ImageBehaviour::Crashes { after, .. } => now + after.max(0),
            _ if is_task => now + timing::initialize(seed, &pod.meta.name, index),
            _ => NEVER,
        };
        self.enter(index, Act::Run, until);
        if let Some(work) = self.work_of(index) {
            (work.started, work.has_started) = (now, true);
            if !is_task {
                work.begin_probes(container);
            }
        }
        if !is_task {
            self.begin_next(index, images);
        }
    }

    /// The next container in order, if it still waits for its turn.
    fn begin_next(&mut self, index: usize, images: &Images) {
        let next = self.work.containers.get(index + 1);
        if next.is_some_and(|it| it.act == Act::Queued) {
            self.begin(index + 1, images);
        }
    }

    /// The main process has ended by itself.
    #[inline(never)]
    fn exited(&mut self, index: usize, images: &Images) {
        let Some((container, _)) = container_at(self.pod, index) else { return };
        let exit_code = match self.behaviour(container) {
            ImageBehaviour::Crashes { exit_code, .. } => exit_code,
            _ => 0,
        };
        self.ended(index, exit_code, self.pod.spec.restarts_after(exit_code), images);
    }

    /// A probe has ended it: whatever its exit code, it counts as failed.
    #[inline(never)]
    fn killed(&mut self, index: usize, images: &Images) {
        let Some((container, _)) = container_at(self.pod, index) else { return };
        let is_stubborn = self.behaviour(container) == ImageBehaviour::StubbornStop;
        let restarts = self.pod.spec.restarts_after(KILLED);
        self.ended(index, if is_stubborn { KILLED } else { 0 }, restarts, images);
    }

    #[inline(never)]
    fn ended(&mut self, index: usize, exit_code: i32, restarts: bool, images: &Images) {
        let pod = self.pod;
        let Some((container, is_init)) = container_at(pod, index) else { return };
        let now = self.ctx.now;
        let is_task = is_init && !container.is_sidecar;
        let attempt = self.container_status(index).map_or(0, |status| {
            end(status, exit_code, now);
            status.ready = is_task && exit_code == 0;
            status.restarts
        });
        if is_task && exit_code == 0 {
            self.enter(index, Act::Done, NEVER);
            self.begin_next(index, images);
        } else if container.is_sidecar || restarts {
            let seen = now + timing::next_sync(self.ctx.seed, &pod.meta.name, index, attempt);
            self.enter(index, Act::Ended, seen);
        } else {
            self.enter(index, Act::Done, NEVER);
        }
    }

    /// `doBackOff`: the first restart comes at once, the later ones wait, counted from the end.
    #[inline(never)]
    fn restart(&mut self, index: usize, images: &Images) {
        let pod = self.pod;
        let Some((container, _)) = container_at(pod, index) else { return };
        let now = self.ctx.now;
        let Some(work) = self.work_of(index) else { return };
        let ended = work.since;
        if ended.0 - work.backed_off_at.0 > BACK_OFF_RESET {
            work.back_off = 0;
        }
        let wait = work.back_off;
        let doubled = (2 * wait).min(BACK_OFF_MAX);
        work.back_off = if wait == 0 { BACK_OFF_INITIAL } else { doubled };
        work.backed_off_at = ended + wait;
        if ended + wait <= now {
            self.begin(index, images);
            return;
        }
        if let Some(status) = self.container_status(index) {
            if let ContainerState::Terminated { exit_code, started, finished } = status.state {
                status.last = Some(Ended { exit_code, started, finished });
            }
            status.state = ContainerState::Waiting("CrashLoopBackOff");
            status.back_off_seconds = wait / 1000;
        }
        let uid = uuid(self.ctx.seed.0, pod.meta.uid);
        let place = format!("{}_{}({uid})", pod.meta.name, pod.meta.namespace).into();
        let name = container.name.clone();
        let message = Message::BackOffRestarting { container: name.clone(), pod: place };
        self.warn(&name, "BackOff", message);
        self.enter(index, Act::CrashBackOff, ended + wait);
    }
}

/// What is said about an image that may not be pulled and is not there.
fn never_pull_text(image: &str) -> String {
    format!("Container image \"{image}\" is not present with pull policy of Never")
}

/// The wait after so many failures in a row.
fn back_off_after(failures: u32) -> i64 {
    (BACK_OFF_INITIAL << failures.saturating_sub(1).min(5)).min(BACK_OFF_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// cluster.md §9: 10, 20, 40, 80, 160, 300 s.
    #[test]
    fn back_offs_double_up_to_five_minutes() {
        let seconds: Vec<i64> = (1..=7).map(|it| back_off_after(it) / 1000).collect();
        assert_eq!(seconds, [10, 20, 40, 80, 160, 300, 300]);
    }
}
