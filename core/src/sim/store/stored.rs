//! Objects that are only stored, and the count of writes.

use std::sync::Arc;

use crate::api::Name;
use crate::sim::Stored;
use crate::sim::store::Store;

impl Store {
    /// An object that is stored, not simulated.
    pub fn stored_named(&self, kind: &str, namespace: &Name, name: &Name) -> Option<&Arc<Stored>> {
        self.stored.get(&(kind.into(), namespace.clone(), name.clone()))
    }

    /// Writes from now on get higher versions than this.
    pub(in crate::sim) fn start_versions_at(&mut self, version: u64) {
        self.resource_version = self.resource_version.max(version);
    }

    /// Removes an object that is only stored, by its kind in small letters.
    pub(in crate::sim) fn remove_stored(
        &mut self,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> bool {
        let is_it = |it: &&(Name, Name, Name)| {
            it.0.eq_ignore_ascii_case(kind) && &*it.1 == namespace && &*it.2 == name
        };
        let key = self.stored.keys().find(is_it).cloned();
        key.is_some_and(|key| self.stored.remove_mut(&key))
    }
}
