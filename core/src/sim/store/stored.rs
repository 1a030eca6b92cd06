//! Objects that are only stored, the count of writes, and how far two stores are apart.

use std::sync::Arc;

use serde_json::Value;

use crate::api::Name;
use crate::sim::Map;
use crate::sim::store::{Store, Stored};

impl Store {
    /// How many pods and nodes are not the very same as in an earlier store; pods that are count a
    /// fifth, for the places in maps that they share with pods that are written.
    pub(in crate::sim) fn objects_apart(&self, before: &Store) -> u64 {
        apart(&self.pods, &before.pods) + apart(&self.nodes, &before.nodes) + self.pod_count() / 5
    }

    /// An object that is stored, not simulated.
    pub fn stored_named(&self, kind: &str, namespace: &Name, name: &Name) -> Option<&Arc<Stored>> {
        self.stored.get(&(kind.into(), namespace.clone(), name.clone()))
    }

    /// Writes from now on get higher versions than this.
    pub(in crate::sim) fn start_versions_at(&mut self, version: u64) {
        self.resource_version = self.resource_version.max(version);
    }

    /// An object that is only stored, by its kind in small letters.
    pub(in crate::sim) fn stored_of_resource(
        &self,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Option<&Arc<Stored>> {
        self.stored.values().find(|it| {
            it.kind.eq_ignore_ascii_case(kind) && *it.namespace == *namespace && *it.name == *name
        })
    }

    pub(in crate::sim) fn put_stored(&mut self, object: &Value, stored: Stored) -> bool {
        let key = (stored.kind.clone(), stored.namespace.clone(), stored.name.clone());
        let known = self.stored.get(&key);
        let is_new = known.is_none();
        let created = known.map_or(stored.created, |it| it.created);
        let body: Name = object.to_string().into();
        self.resource_version += 1;
        self.stored.insert_mut(key, Arc::new(Stored { body, created, ..stored }));
        is_new
    }

    /// Removes an object that is only stored, by its kind in small letters.
    pub(in crate::sim) fn remove_stored(
        &mut self,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> bool {
        let found = self.stored_of_resource(kind, namespace, name);
        let key = found.map(|it| (it.kind.clone(), it.namespace.clone(), it.name.clone()));
        key.is_some_and(|key| self.stored.remove_mut(&key))
    }
}

/// How many values are not the very same as in an earlier map.
fn apart<K: Ord + Clone, V>(map: &Map<K, Arc<V>>, before: &Map<K, Arc<V>>) -> u64 {
    let mut known = before.iter().peekable();
    let is_other = |(key, value): &(&K, &Arc<V>)| {
        while known.next_if(|it| it.0 < *key).is_some() {}
        known.next_if(|it| it.0 == *key).is_none_or(|it| !Arc::ptr_eq(it.1, value))
    };
    map.iter().filter(is_other).count() as u64
}
