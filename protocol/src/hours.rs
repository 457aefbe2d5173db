//! When people are there.

use serde::{Deserialize, Serialize};

/// A desk's hours.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hours {
    /// The time zone's name.
    pub zone: String,
}

impl Hours {
    /// What does not fit.
    ///
    /// # Errors
    /// In words.
    pub fn check(&self) -> Result<(), String> {
        Ok(())
    }
}
