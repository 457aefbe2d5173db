//! The notes that mention an agent, newest first, and how many of them are unread: asked for in pages, kept up by events.

use std::collections::BTreeMap;

use minicom_protocol::{context::Mention, frame::AgentQuestion, ids::Rev};

use crate::limits::{BOOK_MAX, LIBRARY_PAGE};

/// The notes that mention an agent: one stretch without holes up to the newest, as far as they were asked for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Mentions {
    entries: BTreeMap<Rev, Mention>,
    /// Whether they are wanted at all: by a screen, or to count them.
    wanted: bool,
    loaded: bool,
    more: bool,
    /// The page that is asked for.
    asking: Option<Option<Rev>>,
    read: Rev,
    unread: u64,
    /// The number of unread ones is not known before more pages are here.
    doubted: bool,
}

impl Mentions {
    /// Known mentions, newest first.
    pub fn newest_first(&self) -> impl DoubleEndedIterator<Item = &Mention> {
        self.entries.values().rev()
    }

    /// The newest one, to mark as read up to.
    pub fn newest(&self) -> Option<Rev> {
        self.entries.last_key_value().map(|(rev, _)| *rev)
    }

    /// Whether the newest page is here.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Whether there are older ones to ask for.
    pub fn has_more(&self) -> bool {
        self.more && self.entries.len() < BOOK_MAX
    }

    /// How many are unread.
    pub fn unread(&self) -> u64 {
        self.unread
    }

    /// How far they are read.
    pub fn read_up_to(&self) -> Rev {
        self.read
    }

    /// Whether the number of unread ones may be another.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.doubted
    }

    /// Starts afresh. What was looked at is asked for again.
    pub(crate) fn fresh(&mut self, read: Rev, unread: u64) {
        *self = Mentions {
            wanted: self.wanted,
            read,
            unread,
            ..Mentions::default()
        };
    }

    /// They are looked at: they are kept up from here on.
    pub(crate) fn open(&mut self) {
        self.wanted = true;
    }

    /// What is to be asked now.
    pub(crate) fn question(&mut self) -> Option<AgentQuestion> {
        if !self.wanted || self.asking.is_some() {
            return None;
        }
        let before = match (self.loaded, self.doubted) {
            (false, _) => None,
            (true, true) => Some(*self.entries.first_key_value()?.0),
            (true, false) => return None,
        };
        Some(self.ask(before))
    }

    /// The user has come to the end.
    pub(crate) fn older(&mut self) -> Option<AgentQuestion> {
        if !self.loaded || !self.has_more() || self.asking.is_some() {
            return None;
        }
        let before = *self.entries.first_key_value()?.0;
        Some(self.ask(Some(before)))
    }

    fn ask(&mut self, before: Option<Rev>) -> AgentQuestion {
        self.asking = Some(before);
        let limit = LIBRARY_PAGE;
        AgentQuestion::Mentions { before, limit }
    }

    /// A page came, if it is the one that was asked for.
    pub(crate) fn page(&mut self, before: Option<Rev>, page: Vec<Mention>, more: bool) {
        let oldest = self.entries.first_key_value().map(|(rev, _)| *rev);
        if self.asking.take_if(|it| *it == before).is_none() || (before.is_some() && before != oldest) {
            return;
        }
        self.loaded = true;
        // A page that brings nothing is the last one, whatever it says.
        self.more = more && !page.is_empty();
        self.entries.extend(page.into_iter().map(|it| (it.note.rev, it)));
        self.count(0);
    }

    /// The question was lost with the connection, or the server would not tell.
    pub(crate) fn ask_failed(&mut self, before: Option<Rev>, refused: bool) {
        self.asking.take_if(|it| *it == before);
        if refused {
            // Asked again when the screen is opened again.
            (self.wanted, self.doubted) = (false, false);
        }
    }

    /// A note that mentions the agent was written; `None` if its customer is not known here.
    pub(crate) fn noted(&mut self, rev: Rev, mention: Option<Mention>) {
        match mention {
            Some(mention) if self.wanted => drop(self.entries.insert(rev, mention)),
            None if self.wanted => {
                // A hole: the pages are asked for anew.
                self.entries.clear();
                (self.loaded, self.asking) = (false, None);
            }
            _ => {}
        }
        while self.entries.len() > BOOK_MAX {
            self.entries.pop_first();
            self.more = true;
        }
        self.count(1);
    }

    /// They are read up to here.
    pub(crate) fn mark_read(&mut self, up_to: Rev) {
        if up_to > self.read {
            self.read = up_to;
            self.doubted = self.unread > 0;
            self.wanted |= self.doubted;
            self.count(0);
        }
    }

    /// Counts the unread ones where they are all here; else adds what is new.
    fn count(&mut self, new: u64) {
        let oldest = self.entries.first_key_value().map(|(rev, _)| *rev);
        let reaches = !self.has_more() || oldest.is_some_and(|oldest| oldest <= self.read);
        if self.loaded && reaches {
            let unread = self.entries.range(self.read.next()..).count();
            (self.unread, self.doubted) = (unread as u64, false);
        } else {
            self.unread += new;
        }
    }
}
