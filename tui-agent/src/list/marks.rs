//! Rows that are marked, for one order about many.

use minicom_protocol::ids::ConversationId;

use super::{List, Part};

impl List {
    /// Marks a row, or takes its mark away.
    pub fn mark(&mut self, conversation: ConversationId) {
        if !self.marked.remove(&conversation) && self.rows().any(|row| row == conversation) {
            self.marked.insert(conversation);
        }
    }

    /// Marks all rows under a title that are shown; if they all are, takes their marks away.
    pub fn mark_all(&mut self, part: Part) {
        let rows = self.rows_of(part);
        if rows.iter().all(|row| self.marked.contains(row)) {
            for row in &rows {
                self.marked.remove(row);
            }
        } else {
            self.marked.extend(rows);
        }
    }

    /// Takes all marks away. Whether there were any.
    pub fn unmark_all(&mut self) -> bool {
        let any = !self.marked.is_empty();
        self.marked.clear();
        any
    }

    /// Whether a row is marked.
    pub fn is_marked(&self, conversation: ConversationId) -> bool {
        self.marked.contains(&conversation)
    }

    /// How many rows are marked.
    pub fn marks(&self) -> usize {
        self.marked.len()
    }

    /// The marked rows in the order in which they are shown. What is not shown is never marked: nobody acts on what is not seen.
    pub fn marked(&self) -> Vec<ConversationId> {
        if self.marked.is_empty() {
            return Vec::new();
        }
        // A row of a view stands in its section too.
        let mut left = self.marked.clone();
        self.rows().filter(|row| left.remove(row)).collect()
    }
}
