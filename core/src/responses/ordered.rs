//! Values by key, each at an index that stays.

use std::collections::BTreeMap;

/// Values in the order of their keys. A value is found by its key, or, without a search, by its index, which stays the
/// same until all values are removed.
#[derive(Debug)]
pub(super) struct Ordered<K, V> {
    indexes: BTreeMap<K, usize>,
    /// In the order in which they came.
    values: Vec<V>,
}

impl<K: Ord + Copy, V: Default> Ordered<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.at(*self.indexes.get(key)?)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.values.get_mut(*self.indexes.get(key)?)
    }

    /// Returns the index of the value with this key. A missing value is created.
    pub(super) fn index_of(&mut self, key: K) -> usize {
        let index = *self.indexes.entry(key).or_insert(self.values.len());
        if index == self.values.len() {
            self.values.push(V::default());
        }
        index
    }

    pub(super) fn contains_key(&self, key: &K) -> bool {
        self.indexes.contains_key(key)
    }

    pub(super) fn last_key(&self) -> Option<&K> {
        self.indexes.keys().next_back()
    }
}

impl<K, V> Ordered<K, V> {
    #[inline]
    pub(super) fn at(&self, index: usize) -> Option<&V> {
        self.values.get(index)
    }

    #[inline]
    pub(super) fn at_mut(&mut self, index: usize) -> Option<&mut V> {
        self.values.get_mut(index)
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) fn clear(&mut self) {
        *self = Ordered::default();
    }

    /// Returns the keys and the values, in the order of the keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.indexes.iter().filter_map(|(key, &index)| Some((key, self.values.get(index)?)))
    }
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Ordered { indexes: BTreeMap::new(), values: Vec::new() }
    }
}
