//! What is true of a transcript after everything that happens to it, for storms.

use super::Transcript;
use super::place::Place;

impl Transcript {
    /// Whether its entries are in order, each once, and what holds the view is there.
    ///
    /// # Errors
    /// What is not so.
    pub fn valid(&self) -> Result<(), String> {
        if let Some(pair) = self.entries.windows(2).find(|pair| pair[0].key >= pair[1].key) {
            return Err(format!("{:?} stands before {:?}", pair[0].key, pair[1].key));
        }
        match self.place {
            Place::At(anchor) if self.index(anchor.key).is_err() => {
                Err(format!("the view is held by {:?}, which is not there", anchor.key))
            }
            _ => Ok(()),
        }
    }
}
