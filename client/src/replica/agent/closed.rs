//! How far back the closed conversations are known. A row that was asked for alone, because somebody opened an old chat, says nothing
//! of that: what lies between is still to come.

use minicom_protocol::{frame::AgentQuestion, ids::Rev, summary::Summary};

use crate::limits::PAGE;

/// The pages of closed conversations, which the server cuts by the newest event of each.
#[derive(Clone, Debug, Default)]
pub(super) struct ClosedPages {
    /// Those with an event from here on are all known, and the next page begins here; `None` before any page brought one.
    reaches: Option<Rev>,
    more: bool,
    asking: Option<Option<Rev>>,
}

impl ClosedPages {
    /// Starts from those of a snapshot.
    pub fn begin<'a>(&mut self, first: impl Iterator<Item = &'a Summary>, more: bool) {
        let reaches = oldest(first);
        *self = ClosedPages {
            reaches,
            more,
            asking: None,
        };
    }

    /// Whether there are closed ones beyond the pages.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// Whether the pages reach as far back as to a row.
    pub fn have(&self, row: &Summary) -> bool {
        self.reaches.map_or(!self.more, |reaches| row.rev >= reaches)
    }

    /// What is to be asked, if there is more.
    pub fn older(&mut self) -> Option<AgentQuestion> {
        let before = self.reaches;
        if !self.more || self.asking.is_some() {
            return None;
        }
        self.asking = Some(before);
        Some(AgentQuestion::Closed { before, limit: PAGE })
    }

    /// A page came. Returns whether it joins: if rows were dropped since it was asked for, it would leave a hole.
    pub fn page(&mut self, before: Option<Rev>, page: &[Summary], more: bool) -> bool {
        let asked = self.asking.take_if(|it| *it == before).is_some();
        let joins = asked && before == self.reaches;
        if joins {
            // A page that brings nothing is the last one, whatever it says.
            self.more = more && !page.is_empty();
            self.reaches = oldest(page.iter()).or(before);
        }
        joins
    }

    /// The question was lost with the connection, or the server would not tell.
    pub fn ask_failed(&mut self, before: Option<Rev>) {
        self.asking.take_if(|it| *it == before);
    }

    /// Rows were dropped, this the newest event of them: they can be asked for again.
    pub fn dropped(&mut self, newest: Rev) {
        self.more = true;
        self.reaches = self.reaches.max(Some(Rev(newest.0 + 1)));
    }
}

fn oldest<'a>(rows: impl Iterator<Item = &'a Summary>) -> Option<Rev> {
    rows.map(|row| row.rev).min()
}
