//! Ordered maps whose clones share everything until one of the two is written.
//!
//! Entries stand in order in chunks of at most [`CHUNK_MAX`]; the chunks and their list are
//! counted references. A clone is one reference more; the first write after it copies the list of
//! chunks and one chunk. Beside each chunk in the list stands a key from which on it holds them, so
//! that a search touches one chunk only: in a big cluster it is memory that costs time. Written
//! here because it is lighter and faster than the libraries: red-black trees of `rpds` weighed
//! 40 kB more (Brotli) in the page for the same maps.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

/// A chunk with that many entries is split before one more comes.
const CHUNK_MAX: usize = 32;

/// Neighbouring entries in order, never none; before them a key that is not larger than theirs and
/// larger than all in the chunk before. (In the first chunk smaller keys may have come since.)
type Chunk<K, V> = (K, Arc<Vec<(K, V)>>);

/// A persistent ordered map.
pub struct Map<K, V> {
    chunks: Arc<Vec<Chunk<K, V>>>,
    size: usize,
}

/// Where an entry is, or would be.
#[derive(Clone, Copy)]
struct Place {
    chunk: usize,
    index: usize,
}

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Self {
        Map { chunks: self.chunks.clone(), size: self.size }
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map { chunks: Arc::new(Vec::new()), size: 0 }
    }
}

impl<K, V> Map<K, V> {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// The entry with the smallest key.
    pub fn first(&self) -> Option<(&K, &V)> {
        self.chunks.first()?.1.first().map(|(key, value)| (key, value))
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        let end = Place { chunk: self.chunks.len(), index: 0 };
        Iter { chunks: &self.chunks, front: Place { chunk: 0, index: 0 }, back: end }
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Ord + Clone, V: Clone> Map<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(&self.chunks[place.chunk].1[place.index].1)
    }

    /// Whether the key is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(&mut self.chunk_mut(place.chunk)[place.index].1)
    }

    /// Puts a value under a key.
    pub fn insert_mut(&mut self, key: K, value: V) {
        match self.find(&key) {
            Ok(place) => self.chunk_mut(place.chunk)[place.index].1 = value,
            Err(place) => self.insert_at(place, (key, value)),
        }
    }

    /// Removes a key; whether it was there.
    pub fn remove_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).map(|place| self.remove_at(place)).is_ok()
    }

    /// Takes out the entry with the smallest key.
    pub fn pop_first_mut(&mut self) -> Option<(K, V)> {
        (!self.is_empty()).then(|| self.remove_at(Place { chunk: 0, index: 0 }))
    }

    fn remove_at(&mut self, place: Place) -> (K, V) {
        let chunk = self.chunk_mut(place.chunk);
        let entry = chunk.remove(place.index);
        if chunk.len() < CHUNK_MAX / 4 {
            self.join(place.chunk);
        }
        self.size -= 1;
        entry
    }

    /// Joins a chunk that has become small with a neighbour that is small enough.
    fn join(&mut self, chunk: usize) {
        let chunks = Arc::make_mut(&mut self.chunks);
        if chunks[chunk].1.is_empty() {
            chunks.remove(chunk);
            return;
        }
        let is_small =
            |index: usize| chunks.get(index).is_some_and(|it| it.1.len() <= CHUNK_MAX / 2);
        let first = match chunk.checked_sub(1).filter(|it| is_small(*it)) {
            Some(before) => before,
            None if is_small(chunk + 1) => chunk,
            None => return,
        };
        let (_, second) = chunks.remove(first + 1);
        Arc::make_mut(&mut chunks[first].1).extend_from_slice(&second);
    }

    /// The entries whose keys lie in a range.
    pub fn range<Q: Ord + ?Sized>(&self, range: impl RangeBounds<Q>) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let at = |key: &Q, after: bool| match self.find(key) {
            Ok(Place { chunk, index }) => Place { chunk, index: index + usize::from(after) },
            Err(place) => place,
        };
        let everything = self.iter();
        let front = match range.start_bound() {
            Bound::Included(key) => at(key, false),
            Bound::Excluded(key) => at(key, true),
            Bound::Unbounded => everything.front,
        };
        let back = match range.end_bound() {
            Bound::Included(key) => at(key, true),
            Bound::Excluded(key) => at(key, false),
            Bound::Unbounded => everything.back,
        };
        Iter { chunks: &self.chunks, front, back }
    }

    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
    {
        // The last chunk that begins at or before the key. New keys are often the largest.
        let begins_before = |chunk: &Chunk<K, V>| chunk.0.borrow().cmp(key) != Ordering::Greater;
        let chunk = match self.chunks.last() {
            Some(last) if begins_before(last) => self.chunks.len() - 1,
            _ => self.chunks.partition_point(begins_before).saturating_sub(1),
        };
        let Some((_, entries)) = self.chunks.get(chunk) else {
            return Err(Place { chunk, index: 0 });
        };
        let found = entries.binary_search_by(|(other, _)| other.borrow().cmp(key));
        found.map(|index| Place { chunk, index }).map_err(|index| Place { chunk, index })
    }

    fn chunk_mut(&mut self, chunk: usize) -> &mut Vec<(K, V)> {
        Arc::make_mut(&mut Arc::make_mut(&mut self.chunks)[chunk].1)
    }

    fn insert_at(&mut self, place: Place, entry: (K, V)) {
        self.size += 1;
        let chunks = Arc::make_mut(&mut self.chunks);
        let mut rest = Vec::new();
        let (target, index) = match chunks.get_mut(place.chunk).map(|it| Arc::make_mut(&mut it.1)) {
            None => (&mut rest, 0),
            Some(entries) if entries.len() < CHUNK_MAX => (entries, place.index),
            Some(entries) => {
                // Keys often come in ascending order: then the full chunk stays full.
                let is_last = place.index == CHUNK_MAX;
                let at = if is_last { CHUNK_MAX } else { CHUNK_MAX / 2 };
                rest = entries.split_off(at);
                match place.index.checked_sub(at) {
                    Some(index) => (&mut rest, index),
                    None => (entries, place.index),
                }
            }
        };
        target.insert(index, entry);
        if let Some((key, _)) = rest.first() {
            let (key, at) = (key.clone(), (place.chunk + 1).min(chunks.len()));
            chunks.insert(at, (key, Arc::new(rest)));
        }
    }
}

/// Entries of a map in order.
pub struct Iter<'a, K, V> {
    chunks: &'a [Chunk<K, V>],
    front: Place,
    back: Place,
}

impl<K, V> Iter<'_, K, V> {
    fn is_over(&self) -> bool {
        (self.front.chunk, self.front.index) >= (self.back.chunk, self.back.index)
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.is_over() {
                return None;
            }
            match self.chunks.get(self.front.chunk)?.1.get(self.front.index) {
                Some((key, value)) => {
                    self.front.index += 1;
                    return Some((key, value));
                }
                None => self.front = Place { chunk: self.front.chunk + 1, index: 0 },
            }
        }
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.is_over() {
            return None;
        }
        if self.back.index == 0 {
            self.back.chunk = self.back.chunk.checked_sub(1)?;
            self.back.index = self.chunks[self.back.chunk].1.len();
            return self.next_back();
        }
        self.back.index -= 1;
        let (key, value) = &self.chunks[self.back.chunk].1[self.back.index];
        Some((key, value))
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Map::new();
        entries.into_iter().for_each(|(key, value)| map.insert_mut(key, value));
        map
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.size == other.size && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Map<K, V> {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::sim::Seed;

    /// Random writes to a map, to a standard one beside it, and to clones taken on the way.
    #[test]
    fn it_behaves_like_the_standard_map() {
        let (mut map, mut model) = (Map::new(), BTreeMap::new());
        let mut clones = Vec::new();
        for step in 0..4_000_u64 {
            let key = Seed(1).between(0, 500, "key", step);
            if Seed(1).draw("write", step).is_multiple_of(3) {
                assert_eq!(map.remove_mut(&key), model.remove(&key).is_some());
            } else {
                map.insert_mut(key, step);
                model.insert(key, step);
            }
            if step.is_multiple_of(7) {
                assert_eq!(map.pop_first_mut(), model.pop_first());
            }
            if let Some(value) = map.get_mut(&(key / 2)) {
                *value += 1;
                *model.get_mut(&(key / 2)).unwrap() += 1;
            }
            if step.is_multiple_of(500) {
                clones.push((map.clone(), model.clone()));
            }
        }
        clones.push((map, model));
        for (map, model) in &clones {
            assert!(map.iter().eq(model.iter()));
            assert!(map.iter().rev().eq(model.iter().rev()));
            assert_eq!(map.size(), model.len());
            assert_eq!(map.first(), model.first_key_value());
            for (low, high) in [(0, 500), (17, 18), (250, 251), (490, 600), (-5, 3)] {
                assert!(map.range(low..high).eq(model.range(low..high)), "{low}..{high}");
                assert!(map.range(low..=high).rev().eq(model.range(low..=high).rev()));
                assert!(map.range(low..).eq(model.range(low..)));
            }
            assert!((0..500).all(|it| map.get(&it) == model.get(&it)));
        }
    }

    #[test]
    fn ascending_keys_fill_their_chunks() {
        let map: Map<u64, ()> = (0..10_000).map(|key| (key, ())).collect();
        assert!(map.chunks.len() <= 10_000 / CHUNK_MAX + 1);
    }

    #[test]
    fn chunks_do_not_stay_behind_when_their_keys_go() {
        let mut map: Map<u64, ()> = (0..10_000).map(|key| (key, ())).collect();
        for key in (0..10_000).filter(|it| it % 50 != 0) {
            map.remove_mut(&key);
        }
        assert_eq!(map.size(), 200);
        assert!(map.chunks.len() <= 30, "{} chunks", map.chunks.len());
    }
}
