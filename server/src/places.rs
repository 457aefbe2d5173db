//! Places, so many for each key: taken while there are some, and given back when they are dropped. It refuses to know what they
//! are for.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts who has how many. Cheap to clone; nothing is remembered of a key that has none.
#[derive(Debug)]
pub struct Places<K>(Arc<Mutex<HashMap<K, usize>>>);

/// One place, given back when it is dropped.
#[derive(Debug)]
pub struct Place<K: Hash + Eq> {
    places: Places<K>,
    key: K,
}

impl<K> Default for Places<K> {
    fn default() -> Self {
        Places(Arc::default())
    }
}

impl<K> Clone for Places<K> {
    fn clone(&self) -> Self {
        Places(self.0.clone())
    }
}

impl<K> Places<K> {
    /// Std mutex: nothing awaits while it is held.
    fn lock(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone> Places<K> {
    /// One more for this key; `None` if it has `most`.
    pub fn take(&self, key: K, most: usize) -> Option<Place<K>> {
        let mut counts = self.lock();
        if counts.get(&key).copied().unwrap_or(0) >= most {
            return None;
        }
        *counts.entry(key.clone()).or_default() += 1;
        drop(counts);
        let places = self.clone();
        Some(Place { places, key })
    }
}

#[cfg(test)]
impl<K> Places<K> {
    /// Whether nothing is remembered of anybody.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }
}

impl<K: Hash + Eq> Drop for Place<K> {
    fn drop(&mut self) {
        let mut counts = self.places.lock();
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_so_many_places_and_gets_them_back() {
        let places = Places::default();
        let first = places.take(1, 2).unwrap();
        let second = places.take(1, 2).unwrap();
        assert!(places.take(1, 2).is_none());
        let other = places.take(2, 1).unwrap();
        drop(first);
        assert!(places.take(1, 2).is_some());
        drop((second, other));
        assert!(places.is_empty(), "nothing is remembered of who has none");
    }
}
