//! `kubectl rollout status`: a line for each change, until the rollout is done
//! (`polymorphichelpers/rollout_status.go`).

use serde_json::Value;

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::job::Job;
use crate::kubectl::output::{Failure, Output};
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::rollout::objects;
use crate::kubectl::server::Server;

/// Its flags.
pub(in crate::kubectl) const FLAGS: &[Flag] = &[
    Flag("revision", ' ', Takes::Integer),
    Flag("selector", 'l', Takes::Text),
    Flag("timeout", ' ', Takes::Duration),
    Flag("watch", 'w', Takes::Switch),
];

/// The rollouts that are waited for, one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The first one is watched.
    queue: Vec<Watched>,
    /// The version of the object of which the last line spoke.
    version: Option<String>,
    watches: bool,
    limit: Option<i64>,
    deadline: Option<i64>,
    /// What went wrong with those before.
    failure: Failure,
}

#[derive(Clone, Debug, PartialEq)]
struct Watched {
    resource: &'static Resource,
    namespace: String,
    name: String,
}

pub(in crate::kubectl) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let revision = flags.integer("revision").unwrap_or(0);
    if flags.args.is_empty() {
        return Err(Failure::new("required resource not specified"));
    }
    if revision < 0 {
        return Err(Failure::new(format!("revision must be a positive integer: {revision}")));
    }
    let (found, failure) = objects(shell, flags)?;
    failure.or_ok()?;
    if found.is_empty() {
        let namespace = flags.namespace();
        shell.output.warn(&format!("No resources found in {namespace} namespace."));
        return Ok(());
    }
    let watched = found.iter().map(|it| Watched {
        resource: it.resource,
        namespace: namespace_of(&it.object).to_owned(),
        name: name_of(&it.object).to_owned(),
    });
    let limit = flags.duration("timeout").filter(|it| *it > 0);
    shell.job = Some(Job::Rollout(Status {
        queue: watched.collect(),
        version: None,
        watches: flags.is_not_off("watch"),
        limit,
        deadline: None,
        failure: Failure::default(),
    }));
    Ok(())
}

impl Status {
    /// Prints a line if the object has changed; true when every rollout is done or given up.
    pub(in crate::kubectl) fn poll(
        &mut self,
        server: &dyn Server,
        output: &mut Output,
    ) -> Result<bool, Failure> {
        while let Some(watched) = self.queue.first().cloned() {
            let now = server.now();
            self.deadline = self.deadline.or(self.limit.map(|it| now + it));
            match self.look(&watched, server, output) {
                Ok(false) => return Ok(false),
                Ok(true) => {}
                Err(failure) => self.failure.0.extend(failure.0),
            }
            (self.version, self.deadline) = (None, None);
            self.queue.remove(0);
        }
        std::mem::take(&mut self.failure).or_ok().map(|()| true)
    }

    fn look(
        &mut self,
        watched: &Watched,
        server: &dyn Server,
        output: &mut Output,
    ) -> Result<bool, Failure> {
        let object = server.find(watched.resource, &watched.namespace, &watched.name);
        let object = object.ok_or_else(|| Failure::new("object has been deleted"))?;
        let version = json::at(&object, &["metadata", "resourceVersion"]).to_string();
        if self.version.as_ref() != Some(&version) {
            self.version = Some(version);
            let (line, is_done) = line(watched.resource, &object)?;
            output.line(&line);
            if is_done || !self.watches {
                return Ok(true);
            }
        }
        match self.deadline.is_some_and(|it| server.now() >= it) {
            true => Err(Failure::new("timed out waiting for the condition")),
            false => Ok(false),
        }
    }
}

/// What is said of a rollout, and whether it is done.
fn line(resource: &Resource, object: &Value) -> Result<(String, bool), Failure> {
    match resource.plural {
        "daemonsets" => daemon_set(object),
        "deployments" => deployment(object),
        _ => {
            let kind = resource.kind;
            Err(Failure::new(format!("no status viewer has been implemented for {kind}")))
        }
    }
}

fn daemon_set(object: &Value) -> Result<(String, bool), Failure> {
    let strategy = json::at(object, &["spec", "updateStrategy", "type"]);
    if strategy != "RollingUpdate" {
        let fault = "rollout status is only available for RollingUpdate strategy type";
        return Err(Failure::new(fault));
    }
    let status = |key| json::integer(json::field(object, "status"), key).unwrap_or(0);
    let generation = json::integer(json::field(object, "metadata"), "generation").unwrap_or(0);
    let name = name_of(object);
    let desired = status("desiredNumberScheduled");
    let (updated, available) = (status("updatedNumberScheduled"), status("numberAvailable"));
    let waiting = format!("Waiting for daemon set \"{name}\" rollout to finish:");
    Ok(if generation > status("observedGeneration") {
        ("Waiting for daemon set spec update to be observed...".to_owned(), false)
    } else if updated < desired {
        (format!("{waiting} {updated} out of {desired} new pods have been updated..."), false)
    } else if available < desired {
        (format!("{waiting} {available} of {desired} updated pods are available..."), false)
    } else {
        (format!("daemon set \"{name}\" successfully rolled out"), true)
    })
}

fn deployment(object: &Value) -> Result<(String, bool), Failure> {
    let status = json::field(object, "status");
    let figure = |key| json::integer(status, key).unwrap_or(0);
    let generation = json::integer(json::field(object, "metadata"), "generation").unwrap_or(0);
    let name = name_of(object);
    if generation > figure("observedGeneration") {
        return Ok(("Waiting for deployment spec update to be observed...".to_owned(), false));
    }
    let is_late = |it: &Value| {
        json::field(it, "type") == "Progressing"
            && json::field(it, "reason") == "ProgressDeadlineExceeded"
    };
    if json::list(status, "conditions").iter().any(is_late) {
        let fault = format!("deployment \"{name}\" exceeded its progress deadline");
        return Err(Failure::new(fault));
    }
    let desired = json::integer(json::field(object, "spec"), "replicas").unwrap_or(1);
    let (all, updated) = (figure("replicas"), figure("updatedReplicas"));
    let available = figure("availableReplicas");
    let waiting = format!("Waiting for deployment \"{name}\" rollout to finish:");
    Ok(if updated < desired {
        (format!("{waiting} {updated} out of {desired} new replicas have been updated..."), false)
    } else if all > updated {
        let old = all - updated;
        (format!("{waiting} {old} old replicas are pending termination..."), false)
    } else if available < updated {
        (format!("{waiting} {available} of {updated} updated replicas are available..."), false)
    } else {
        (format!("deployment \"{name}\" successfully rolled out"), true)
    })
}
