//! What of the list is folded: sections that one need not see all day, and views.

use minicom_client::{AgentReplica, Section};

use super::{List, Part, Spot};

/// Sections that can be folded, and are at the start.
pub(super) const FOLDABLE: [Section; 2] = [Section::Others, Section::Done];

impl List {
    /// Shows or hides the rows under a title. A cursor on a row that goes out of sight goes to the title.
    pub fn fold(&mut self, part: Part, replica: &AgentReplica) {
        if !self.is_foldable(part) {
            return;
        }
        let folds = !self.is_folded(part);
        self.set_folded(part, folds);
        if folds && self.hold.is_some_and(|hold| hold.place.part == part) {
            (self.cursor, self.hold) = (Some(Spot::Title(part)), None);
        }
        self.rebuild(replica);
        self.show_cursor();
    }

    /// Whether the rows under a title are hidden.
    pub fn is_folded(&self, part: Part) -> bool {
        match part {
            Part::Section(section) => self.folded.contains(&section),
            Part::View(view) => {
                let view = self.views.get(view);
                view.is_some_and(|view| self.folded_views.contains(view.name.as_str()))
            }
        }
    }

    fn set_folded(&mut self, part: Part, folded: bool) {
        self.chosen += 1;
        match part {
            Part::Section(section) if folded => drop(self.folded.insert(section)),
            Part::Section(section) => drop(self.folded.remove(&section)),
            Part::View(view) => {
                let Some(name) = self.views.get(view).map(|view| view.name.to_string()) else {
                    return;
                };
                match folded {
                    true => drop(self.folded_views.insert(name)),
                    false => drop(self.folded_views.remove(&name)),
                }
            }
        }
    }

    /// Whether the rows under a title can be hidden.
    pub fn is_foldable(&self, part: Part) -> bool {
        match part {
            Part::Section(section) => FOLDABLE.contains(&section),
            Part::View(_) => true,
        }
    }
}
