//! The place in a list: which row is selected, and which rows are on the screen.
//!
//! Owns the keys that move it. It refuses to know what the rows are.

use crate::key::Key;

/// A selected row and the first row that is shown. The list tells how many rows there are each time, because they change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCursor {
    selected: usize,
    top: usize,
    height: usize,
}

impl Default for ListCursor {
    fn default() -> ListCursor {
        ListCursor {
            selected: 0,
            top: 0,
            height: 8,
        }
    }
}

impl ListCursor {
    /// At the first row, in a list of the same height as the other's.
    pub(crate) fn with_height_of(self, other: ListCursor) -> ListCursor {
        ListCursor {
            height: other.height,
            ..self
        }
    }

    /// The selected row; 0 also when there is none.
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The first row that is shown.
    pub fn top(&self) -> usize {
        self.top
    }

    /// Rows that can be shown.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Tells how many rows can be shown.
    pub fn set_height(&mut self, height: u16, rows: usize) {
        self.height = usize::from(height).max(1);
        self.select(self.selected, rows);
    }

    /// Selects a row, or the last one, and brings it into view.
    pub fn select(&mut self, row: usize, rows: usize) {
        self.selected = row.min(rows.saturating_sub(1));
        let first = (self.selected + 1).saturating_sub(self.height);
        self.top = self
            .top
            .clamp(first, self.selected)
            .min(rows.saturating_sub(self.height));
    }

    /// Moves by a key's name; false if it is not one of those that move in a list: Up, Down, Ctrl-N, Ctrl-P, PgUp, PgDn, Home, End.
    pub fn key(&mut self, key: Key, rows: usize) -> bool {
        let page = self.height.saturating_sub(1).max(1);
        let row = match key.to_string().as_str() {
            "up" | "ctrl-p" => self.selected.saturating_sub(1),
            "down" | "ctrl-n" => self.selected + 1,
            "pgup" => self.selected.saturating_sub(page),
            "pgdn" => self.selected + page,
            "home" => 0,
            "end" => usize::MAX,
            _ => return false,
        };
        self.select(row, rows);
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{key, keys};

    #[test]
    fn keys_move_and_stop_at_the_ends() {
        let mut cursor = ListCursor::default();
        cursor.set_height(3, 10);
        let mut at = |typed: &str| {
            for key in keys(typed) {
                assert!(cursor.key(key, 10), "{key}");
            }
            (cursor.selected(), cursor.top())
        };
        assert_eq!(at("<up>"), (0, 0));
        assert_eq!(at("<down><ctrl-n><down>"), (3, 1));
        assert_eq!(at("<ctrl-p><up>"), (1, 1));
        assert_eq!(at("<pgdn>"), (3, 1));
        assert_eq!(at("<end><down>"), (9, 7));
        assert_eq!(at("<pgup>"), (7, 7));
        assert_eq!(at("<home>"), (0, 0));
        assert!(!cursor.key(key("x"), 10));
    }

    proptest! {
        #[test]
        fn the_selected_row_exists_and_is_shown(
            steps in prop::collection::vec((0usize..4, 0usize..30, 1u16..9), 1..30),
        ) {
            let mut cursor = ListCursor::default();
            for (what, number, height) in steps {
                match what {
                    0 => cursor.set_height(height, number),
                    1 => cursor.select(number, number),
                    2 => cursor.select(number, 30),
                    _ => _ = cursor.key(key("pgdn"), number),
                }
                let (selected, top) = (cursor.selected(), cursor.top());
                prop_assert!(top <= selected && selected < top + cursor.height(), "{cursor:?}");
                prop_assert!(selected < 30);
            }
        }
    }
}
