//! Where undo stops: the library below keeps every edit, and this keeps which of them a person takes for one.

use std::collections::BTreeSet;

/// The steps of a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps {
    /// How many of the library's steps stand before the text as it is.
    made: usize,
    /// Behind which of them the text is half changed: undo does not stop there.
    halfway: BTreeSet<usize>,
    typed: Option<Typed>,
}

/// The last character that was typed.
#[derive(Debug, Clone, Copy)]
struct Typed {
    /// Behind which step.
    made: usize,
    /// Where the cursor stood then: the line and the byte in it.
    at: (usize, usize),
    blank: bool,
}

impl Steps {
    pub(super) fn made(&self) -> usize {
        self.made
    }

    /// After an edit of the library: what was undone before is gone.
    pub(super) fn make(&mut self, changed: bool) {
        if changed {
            self.made += 1;
            drop(self.halfway.split_off(&self.made));
        }
    }

    /// What was made since then is one step with what was made before.
    pub(super) fn join(&mut self, before: usize) {
        if self.made > before {
            self.halfway.insert(before);
        }
    }

    /// A character was typed.
    pub(super) fn typed(&mut self, at: (usize, usize), blank: bool) {
        let made = self.made;
        self.typed = Some(Typed { made, at, blank });
    }

    /// Whether a character that is typed here belongs to the one before: nothing was done between them, and no new word begins.
    pub(super) fn goes_on(&self, at: (usize, usize), blank: bool) -> bool {
        let here = |typed: &Typed| (typed.made, typed.at) == (self.made, at);
        self.typed.filter(here).is_some_and(|typed| blank || !typed.blank)
    }

    /// The library has undone one. Whether that is where undo stops.
    pub(super) fn undone(&mut self) -> bool {
        self.made = self.made.saturating_sub(1);
        !self.halfway.contains(&self.made)
    }

    /// The library has done one again. Whether that is where redo stops.
    pub(super) fn redone(&mut self) -> bool {
        self.made += 1;
        !self.halfway.contains(&self.made)
    }
}
