//! How many feeds each token has open.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{auth::token::TokenDigest, limits};

/// Counts feeds. Cheap to clone.
#[derive(Clone, Default)]
pub struct Places(Arc<Mutex<HashMap<[u8; 32], usize>>>);

/// A feed's place, given back when it is dropped.
pub struct Place {
    places: Places,
    token: [u8; 32],
}

impl Places {
    /// A place for one more feed of this token; `None` if it has [`limits::EVENT_FEEDS_PER_TOKEN_MAX`].
    pub fn take(&self, token: &TokenDigest) -> Option<Place> {
        let token = *token.as_bytes();
        let mut counts = self.lock();
        let count = counts.entry(token).or_default();
        if *count >= limits::EVENT_FEEDS_PER_TOKEN_MAX {
            return None;
        }
        *count += 1;
        drop(counts);
        let places = self.clone();
        Some(Place { places, token })
    }

    /// Std mutex: nothing awaits while it is held.
    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.places.lock();
        if let Some(count) = counts.get_mut(&self.token) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.token);
            }
        }
    }
}
