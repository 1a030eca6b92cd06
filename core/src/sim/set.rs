//! Ordered sets whose clones share everything: the keys of a `Map`.

use std::borrow::Borrow;
use std::fmt;
use std::ops::RangeBounds;

use crate::sim::Map;

/// A persistent ordered set.
pub struct Set<K> {
    keys: Map<K, ()>,
}

impl<K> Clone for Set<K> {
    fn clone(&self) -> Self {
        Set { keys: self.keys.clone() }
    }
}

impl<K> Default for Set<K> {
    fn default() -> Self {
        Set { keys: Map::default() }
    }
}

impl<K> Set<K> {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many keys there are.
    pub fn size(&self) -> usize {
        self.keys.size()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The smallest key.
    pub fn first(&self) -> Option<&K> {
        self.keys.first().map(|(key, ())| key)
    }

    /// The keys in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.keys.keys()
    }
}

impl<K: Ord + Clone> Set<K> {
    /// Whether the key is there.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.keys.contains_key(key)
    }

    /// Adds a key.
    pub fn insert_mut(&mut self, key: K) {
        self.keys.insert_mut(key, ());
    }

    /// Removes a key; whether it was there.
    pub fn remove_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.keys.remove_mut(key)
    }

    /// Takes out the smallest key.
    pub fn pop_first_mut(&mut self) -> Option<K> {
        self.keys.pop_first_mut().map(|(key, ())| key)
    }

    /// The keys in a range.
    pub fn range<Q: Ord + ?Sized>(
        &self,
        range: impl RangeBounds<Q>,
    ) -> impl DoubleEndedIterator<Item = &K>
    where
        K: Borrow<Q>,
    {
        self.keys.range(range).map(|(key, ())| key)
    }
}

impl<K: Ord + Clone> FromIterator<K> for Set<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        Set { keys: keys.into_iter().map(|key| (key, ())).collect() }
    }
}

impl<K: fmt::Debug> fmt::Debug for Set<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<K: PartialEq> PartialEq for Set<K> {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}
