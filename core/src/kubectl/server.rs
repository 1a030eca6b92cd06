//! What kubectl talks to.

use serde_json::Value;

use crate::api::Name;
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::sim::{ApiError, Input, Outcome};

/// An API server: a running playground, or objects that somebody has exported.
pub trait Server {
    /// Milliseconds since 1970.
    fn now(&self) -> i64;

    /// Every object of a type, by namespace and name.
    fn list(&self, resource: &Resource) -> Vec<Value>;

    /// Asks for a change; a dry run only says what would come of it.
    fn send(&mut self, input: Input, is_dry_run: bool) -> Result<Outcome, ApiError>;

    /// An object of that name as it would be after a change; none if changes cannot be tried.
    fn tried(
        &self,
        _input: Input,
        _resource: &Resource,
        _namespace: &str,
        _name: &str,
    ) -> Result<Option<Value>, ApiError> {
        Ok(None)
    }

    /// The object of that name; the namespace of cluster-scoped objects is empty.
    fn find(&self, resource: &Resource, namespace: &str, name: &str) -> Option<Value> {
        let is_it = |it: &Value| {
            name_of(it) == name && (!resource.is_namespaced || namespace_of(it) == namespace)
        };
        self.list(resource).into_iter().find(is_it)
    }

    /// Whether a namespace exists.
    fn has_namespace(&self, name: &str) -> bool {
        self.find(Resource::plural("namespaces"), "", name).is_some()
    }
}

/// The refusal of a request for something that is not there.
pub(super) fn not_found(resource: &Resource, name: &str) -> String {
    format!("Error from server (NotFound): {} \"{name}\" not found", resource.full_plural())
}

/// The address of an object in requests.
pub(super) fn address(resource: &Resource, object: &Value) -> (Name, Name, Name) {
    (resource.singular.into(), namespace_of(object).into(), name_of(object).into())
}
