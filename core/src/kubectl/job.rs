//! Commands that wait. A job is plain data: whoever lets time flow asks it at each step whether it
//! is done, and prints what it says.

use serde_json::Value;

use crate::api::json;
use crate::kubectl::output::{Failure, Output};
use crate::kubectl::resource::Resource;
use crate::kubectl::rollout::status::Status;
use crate::kubectl::server::Server;

/// An object that is to disappear; one of another identity in its place does not count.
#[derive(Clone, Debug, PartialEq)]
pub struct Gone {
    pub(super) resource: &'static Resource,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) uid: Value,
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
}

impl Job {
    /// Looks at the cluster and prints what there is to say; true when the command is over.
    pub fn poll(&mut self, server: &dyn Server, output: &mut Output) -> bool {
        let over = match self {
            Job::Delete { gone, deadline } => wait_until_gone(gone, *deadline, server),
            Job::Rollout(status) => status.poll(server, output),
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

fn wait_until_gone(
    gone: &mut Vec<Gone>,
    deadline: Option<i64>,
    server: &dyn Server,
) -> Result<bool, Failure> {
    gone.retain(|it| {
        let object = server.find(it.resource, &it.namespace, &it.name);
        object.is_some_and(|object| *json::at(&object, &["metadata", "uid"]) == it.uid)
    });
    match gone.first() {
        None => Ok(true),
        Some(left) if deadline.is_some_and(|it| server.now() >= it) => {
            let (plural, name) = (left.resource.plural, &left.name);
            Err(Failure::new(format!("timed out waiting for the condition on {plural}/{name}")))
        }
        Some(_) => Ok(false),
    }
}
