//! Commands that wait. A job is plain data: whoever lets time flow asks it at each step whether it
//! is done, and prints what it says.

use serde_json::Value;

use crate::api::json;
use crate::kubectl::drain::Drain;
use crate::kubectl::events::EventWatch;
use crate::kubectl::get::watch::Watch;
use crate::kubectl::output::{Failure, Output};
use crate::kubectl::replace::Replacement;
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::rollout::status::Status;
use crate::kubectl::server::Server;
use crate::kubectl::wait::Wait;

/// An object that is to disappear; one of another identity in its place does not count.
#[derive(Clone, Debug, PartialEq)]
pub struct Gone {
    pub(super) resource: &'static Resource,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) uid: Value,
}

/// An object that somebody is to edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The type as error messages write it, `daemonsets.apps`.
    pub resource: String,
    /// Its namespace; empty for objects of the cluster.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The object as text.
    pub text: String,
}

/// A command that waits for the cluster.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// `delete`, until everything is gone.
    Delete {
        /// What has been deleted.
        gone: Vec<Gone>,
        /// When to give up, in milliseconds since 1970.
        deadline: Option<i64>,
    },
    /// `rollout status`.
    Rollout(Status),
    /// `get -w`.
    Watch(Box<Watch>),
    /// `events -w`.
    Events(Box<EventWatch>),
    /// `drain`.
    Drain(Box<Drain>),
    /// `wait`.
    Wait(Box<Wait>),
    /// `replace --force`.
    Replace(Box<Replacement>),
    /// `edit`, until somebody takes the objects to an editor.
    Edit(Vec<Edited>),
}

impl Job {
    /// Looks at the cluster and prints what there is to say; true when the command is over.
    pub fn poll(&mut self, server: &mut dyn Server, output: &mut Output) -> bool {
        let over = match self {
            Job::Delete { gone, deadline } => wait_until_gone(gone, *deadline, server),
            Job::Rollout(status) => status.poll(server, output),
            Job::Watch(watch) => watch.poll(server, output),
            Job::Events(watch) => watch.poll(server, output),
            Job::Drain(drain) => drain.poll(server, output),
            Job::Wait(wait) => wait.poll(server, output),
            Job::Replace(replacement) => replacement.poll(server, output),
            Job::Edit(_) => Ok(false),
        };
        match over {
            Ok(is_over) => is_over,
            Err(failure) => {
                output.fail(&failure);
                true
            }
        }
    }
}

impl Job {
    /// Whether it goes on until somebody ends it.
    pub fn is_endless(&self) -> bool {
        matches!(self, Job::Watch(_) | Job::Events(_))
    }

    /// The name of the command.
    pub fn word(&self) -> &'static str {
        match self {
            Job::Delete { .. } => "delete",
            Job::Rollout(_) => "rollout status",
            Job::Watch(_) => "get --watch",
            Job::Events(_) => "events --watch",
            Job::Drain(_) => "drain",
            Job::Wait(_) => "wait",
            Job::Replace(_) => "replace",
            Job::Edit(_) => "edit",
        }
    }
}

impl Gone {
    /// An object that is there now.
    pub(super) fn of(resource: &'static Resource, object: &Value) -> Gone {
        Gone {
            resource,
            namespace: namespace_of(object).to_owned(),
            name: name_of(object).to_owned(),
            uid: json::at(object, &["metadata", "uid"]).clone(),
        }
    }

    /// Whether it has disappeared.
    pub(super) fn is_gone(&self, server: &dyn Server) -> bool {
        let object = server.find(self.resource, &self.namespace, &self.name);
        object.is_none_or(|object| *json::at(&object, &["metadata", "uid"]) != self.uid)
    }
}

pub(super) fn wait_until_gone(
    gone: &mut Vec<Gone>,
    deadline: Option<i64>,
    server: &dyn Server,
) -> Result<bool, Failure> {
    gone.retain(|it| !it.is_gone(server));
    match gone.first() {
        None => Ok(true),
        Some(left) if deadline.is_some_and(|it| server.now() >= it) => {
            let (plural, name) = (left.resource.plural, &left.name);
            Err(Failure::new(format!("timed out waiting for the condition on {plural}/{name}")))
        }
        Some(_) => Ok(false),
    }
}
