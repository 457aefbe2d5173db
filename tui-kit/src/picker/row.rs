//! A row of a list to choose from: what is told of it, and what may be done with it.

use minicom_protocol::gate::Shown;

use super::Hits;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<I> {
    /// What the program knows it by.
    pub id: I,
    /// The digit (1 to 9) that chooses it at once while nothing is looked for.
    pub digit: Option<u8>,
    /// Its name or short code.
    pub label: Shown,
    /// What else is told of it.
    pub detail: Shown,
    /// Why it cannot be chosen now.
    pub disabled: Option<Shown>,
    /// What was found in `detail`, where somebody else searches and knows it.
    pub hits: Option<Hits>,
    /// What Enter does with it, where that is something else than with the others.
    pub verb: Option<Shown>,
}

impl<I> Row<I> {
    /// A row that can be chosen and has no digit.
    pub fn new(id: I, label: Shown, detail: Shown) -> Row<I> {
        Row {
            id,
            digit: None,
            label,
            detail,
            disabled: None,
            hits: None,
            verb: None,
        }
    }

    /// The same row as one that is not of what the list is of and only does something, such as a word among saved replies: the rule says
    /// what Enter does with it, and does not count it.
    pub fn acts(mut self, verb: Shown) -> Row<I> {
        self.verb = Some(verb);
        self
    }

    /// The same row with what was found in its detail: that is marked, and in sight however little room there is.
    pub fn found(mut self, hits: Hits) -> Row<I> {
        self.hits = Some(hits);
        self
    }

    /// The same row; if there is a reason, it cannot be chosen.
    pub fn disabled(mut self, reason: Option<Shown>) -> Row<I> {
        self.disabled = reason;
        self
    }
}

/// Gives the first nine rows their digits.
pub fn numbered<I>(mut rows: Vec<Row<I>>) -> Vec<Row<I>> {
    for (row, digit) in rows.iter_mut().zip(1..=9) {
        row.digit = Some(digit);
    }
    rows
}
