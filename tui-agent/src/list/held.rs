//! The row under the cursor stays where it stands, whatever becomes of it, until the cursor leaves: nothing that a key is about to act
//! on moves under the finger. Owns where it is held and where it belongs; titles say of it what their number alone would not.

use minicom_protocol::{ids::ConversationId, intake::Priority};

use super::{List, Part, build::Group};

/// The cursor's row stays at this place of this section until the cursor leaves it, wherever it belongs by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    pub conversation: ConversationId,
    pub place: Place,
}

/// A place within the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub part: Part,
    /// Of the priority's group, where the section has groups.
    pub group: Option<Priority>,
    pub index: usize,
}

/// What the row that is held adds to the number of a title, or takes from it. Rows under a title that is not folded are always as
/// many as its number and those that leave, without those that come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Moving {
    /// Nothing is held, or it is where it belongs.
    #[default]
    Nothing,
    /// One more stands here than belongs here: it goes when the cursor does.
    Leaving,
    /// One that belongs here stands elsewhere: it comes when the cursor leaves it.
    Coming,
}

impl Moving {
    /// As the end of a title, in forms that get shorter.
    pub fn words(self) -> [&'static str; 3] {
        match self {
            Moving::Nothing => ["", "", ""],
            Moving::Leaving => [", 1 leaving", ", 1 goes", ""],
            Moving::Coming => [", 1 coming", ", 1 comes", ""],
        }
    }

    fn of(stands: bool, belongs: bool) -> Moving {
        match (stands, belongs) {
            (true, false) => Moving::Leaving,
            (false, true) => Moving::Coming,
            _ => Moving::Nothing,
        }
    }
}

impl List {
    /// What the held row means for a title's number. Under a folded title nothing stands, and its number is of all.
    pub fn moving(&self, part: Part) -> Moving {
        let stands = self.hold.is_some_and(|hold| hold.place.part == part);
        Moving::of(stands, self.belongs_held().is_some_and(|place| place.part == part))
    }

    /// The same for a priority's title within the queue.
    pub fn moving_in(&self, priority: Priority) -> Moving {
        let is_here = |place: Place| place.group == Some(priority);
        Moving::of(
            self.hold.is_some_and(|hold| is_here(hold.place)),
            self.belongs_held().is_some_and(is_here),
        )
    }

    /// Whether the lines are the same when the cursor leaves.
    pub(super) fn is_same_without_cursor(&self) -> bool {
        !self.keeps_title && self.hold.is_none_or(|hold| Some(hold.place) == self.belongs)
    }

    fn belongs_held(&self) -> Option<Place> {
        self.belongs.filter(|_| self.hold.is_some())
    }

    /// Takes the held row from where it belongs and puts it where it is held. Whether it is held in this part. In a view it is held
    /// for itself: in its section it goes on standing where it belongs.
    pub(super) fn put_held(&mut self, part: Part, groups: &mut Vec<Group>) -> bool {
        let Some(hold) = self.hold.filter(|hold| hold.place.part.view() == part.view()) else {
            return false;
        };
        for group in groups.iter_mut() {
            if let Some(index) = group.rows.iter().position(|row| *row == hold.conversation) {
                group.rows.remove(index);
                self.belongs = Some(Place {
                    part,
                    group: group.priority,
                    index,
                });
            }
        }
        if hold.place.part != part {
            return false;
        }
        let wanted = hold.place.group;
        let at = match groups.iter().position(|group| group.priority == wanted) {
            Some(at) => at,
            None => {
                // The most urgent come first.
                let at = groups
                    .iter()
                    .position(|group| group.priority < wanted)
                    .unwrap_or(groups.len());
                let (priority, rows) = (wanted, Vec::new());
                groups.insert(at, Group { priority, rows });
                at
            }
        };
        let rows = &mut groups[at].rows;
        rows.insert(hold.place.index.min(rows.len()), hold.conversation);
        true
    }
}
