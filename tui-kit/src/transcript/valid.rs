//! What is true of a transcript after everything that happens to it, for storms.

use super::Transcript;

impl Transcript {
    /// Whether its entries are in order, each once. What holds the view need not be there any more: then the view stands at the one that
    /// stands in its place.
    ///
    /// # Errors
    /// What is not so.
    pub fn valid(&self) -> Result<(), String> {
        if let Some(pair) = self.entries.windows(2).find(|pair| pair[0].key >= pair[1].key) {
            return Err(format!("{:?} stands before {:?}", pair[0].key, pair[1].key));
        }
        match self.top().0.index {
            index if index > 0 && index >= self.entries.len() => {
                Err(format!("the view begins at entry {index}, which is not there"))
            }
            _ => Ok(()),
        }
    }
}
