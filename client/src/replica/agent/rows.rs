//! The rows of an agent's list, kept in their order: an event moves its own row, time moves only the rows whose wait has
//! raised them, and drawing moves none. This file knows no wire and no clock.

use std::{
    collections::{BTreeSet, HashMap},
    sync::OnceLock,
};

use minicom_protocol::{
    ids::{AgentId, ConversationId, CustomerId, Rev, Time},
    queue::Queue,
    summary::Summary,
};

use crate::{
    limits::DONE_MAX,
    replica::{
        agent::waiting::{Waiting, Waits},
        sections::{Place, Section, ages_at},
    },
};

/// By what rows are placed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub queue: Queue<'a>,
    pub me: Option<AgentId>,
}

/// Rows in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    rows: HashMap<ConversationId, Row>,
    of: HashMap<CustomerId, Vec<ConversationId>>,
    sections: [BTreeSet<Place>; Section::ALL.len()],
    waiting: Waiting,
    /// When a waiting row is raised by its wait.
    ages: BTreeSet<(Time, ConversationId)>,
    /// Rows that were folded and are to be placed.
    moved: BTreeSet<ConversationId>,
    version: u64,
    /// How many rows were placed in all.
    placed: u64,
    /// What the next key would open, until something changes.
    next: OnceLock<Option<ConversationId>>,
}

#[derive(Clone, Debug)]
struct Row {
    summary: Summary,
    at: Option<(Section, Place)>,
    waits: Option<Waits>,
    ages_at: Option<Time>,
}

impl Rows {
    /// Forgets all, and takes these.
    pub fn replace(&mut self, rows: impl IntoIterator<Item = Summary>, rules: &Rules<'_>) {
        let (version, placed) = (self.version, self.placed);
        *self = Rows {
            version,
            placed,
            ..Rows::default()
        };
        rows.into_iter().for_each(|row| self.put(row));
        self.settle(rules);
        self.changed();
    }

    /// A row as it is now. It has its place after [`Rows::settle`].
    pub fn put(&mut self, summary: Summary) {
        let (conversation, customer) = (summary.conversation, summary.customer.id);
        self.moved.insert(conversation);
        if let Some(row) = self.rows.get_mut(&conversation) {
            row.summary = summary;
            return;
        }
        self.of.entry(customer).or_default().push(conversation);
        let row = Row {
            summary,
            at: None,
            waits: None,
            ages_at: None,
        };
        self.rows.insert(conversation, row);
    }

    /// Changes a row, if it is known. It has its place after [`Rows::settle`].
    pub fn change(&mut self, conversation: ConversationId, change: impl FnOnce(&mut Summary)) -> bool {
        let Some(row) = self.rows.get_mut(&conversation) else {
            return false;
        };
        change(&mut row.summary);
        self.moved.insert(conversation);
        true
    }

    /// Puts what has changed where it belongs. Returns whether anything had.
    pub fn settle(&mut self, rules: &Rules<'_>) -> bool {
        if self.moved.is_empty() {
            return false;
        }
        for conversation in std::mem::take(&mut self.moved) {
            self.place(conversation, rules);
        }
        self.changed();
        true
    }

    /// Time has passed: raises those that have waited long enough. Returns whether any had.
    pub fn age(&mut self, rules: &Rules<'_>) -> bool {
        while let Some((_, conversation)) = self.ages.first().copied().filter(|(at, _)| *at <= rules.queue.now) {
            self.ages.pop_first();
            self.moved.insert(conversation);
        }
        self.settle(rules)
    }

    /// The rules themselves are others: everything is placed anew.
    pub fn place_all(&mut self, rules: &Rules<'_>) {
        self.moved.extend(self.rows.keys());
        self.settle(rules);
        self.changed();
    }

    fn place(&mut self, conversation: ConversationId, rules: &Rules<'_>) {
        let Some(row) = self.rows.get_mut(&conversation) else {
            return;
        };
        let section = Section::of(&row.summary, rules.me);
        let place = Place::of(&row.summary, section, &rules.queue);
        let ages_at = ages_at(&row.summary, &rules.queue);
        let waits = (section == Section::Waiting).then(|| Waits::of(&row.summary, &rules.queue));
        self.waiting.change(conversation, row.waits, waits);
        row.waits = waits;
        let was = row.at.replace((section, place));
        let aged_at = std::mem::replace(&mut row.ages_at, ages_at);
        if let Some((section, place)) = was {
            self.sections[section as usize].remove(&place);
        }
        self.sections[section as usize].insert(place);
        if let Some(at) = aged_at {
            self.ages.remove(&(at, conversation));
        }
        self.ages.extend(ages_at.map(|at| (at, conversation)));
        self.placed += 1;
    }

    /// Something that the next key depends on is not what it was: a row, a rule, the staff.
    pub fn changed(&mut self) {
        self.version += 1;
        self.next = OnceLock::new();
    }

    /// Drops closed ones where there are too many: the oldest by their newest event, as pages of them are cut, but the more a row is
    /// `held` the later. Returns the newest event of those that were dropped.
    pub fn drop_oldest_closed<H: Ord>(&mut self, held: impl Fn(&Summary) -> H) -> Option<Rev> {
        let over = self
            .count(Section::Done)
            .checked_sub(DONE_MAX)
            .filter(|over| *over > 0)?;
        let mut closed: Vec<(H, Rev, ConversationId)> = self
            .section(Section::Done)
            .map(|row| (held(row), row.rev, row.conversation))
            .collect();
        closed.sort();
        closed.truncate(over);
        for (_, _, conversation) in &closed {
            self.remove(*conversation);
        }
        self.changed();
        closed.into_iter().map(|(_, rev, _)| rev).max()
    }

    /// The row is no more.
    pub fn forget(&mut self, conversation: ConversationId) {
        self.remove(conversation);
        self.changed();
    }

    fn remove(&mut self, conversation: ConversationId) {
        let Some(row) = self.rows.remove(&conversation) else {
            return;
        };
        if let Some((section, place)) = row.at {
            self.sections[section as usize].remove(&place);
        }
        self.waiting.change(conversation, row.waits, None);
        if let Some(at) = row.ages_at {
            self.ages.remove(&(at, conversation));
        }
        if let Some(theirs) = self.of.get_mut(&row.summary.customer.id) {
            theirs.retain(|it| *it != conversation);
            if theirs.is_empty() {
                self.of.remove(&row.summary.customer.id);
            }
        }
    }

    // What is known.

    pub fn get(&self, conversation: ConversationId) -> Option<&Summary> {
        self.rows.get(&conversation).map(|row| &row.summary)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Summary> + Clone {
        self.rows.values().map(|row| &row.summary)
    }

    pub fn of(&self, customer: CustomerId) -> impl Iterator<Item = &Summary> {
        let theirs = self.of.get(&customer).map(Vec::as_slice).unwrap_or_default();
        theirs.iter().filter_map(|it| self.get(*it))
    }

    pub fn section(&self, section: Section) -> impl DoubleEndedIterator<Item = &Summary> + Clone {
        let places = self.sections[section as usize].iter();
        places.filter_map(|place| self.get(place.conversation))
    }

    /// The same rows by their ids alone: nothing is looked up.
    pub fn order(&self, section: Section) -> impl DoubleEndedIterator<Item = ConversationId> + Clone {
        self.sections[section as usize].iter().map(|place| place.conversation)
    }

    /// Those of [`Section::Waiting`] in numbers.
    pub fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    pub fn count(&self, section: Section) -> usize {
        self.sections[section as usize].len()
    }

    /// What "take next" would open. Only what is one's own or waits can be it.
    pub fn next(&self, rules: &Rules<'_>) -> Option<&Summary> {
        let next = self.next.get_or_init(|| {
            let candidates = self.section(Section::Mine).chain(self.section(Section::Waiting));
            rules.queue.next_for(rules.me?, candidates).map(|row| row.conversation)
        });
        next.and_then(|it| self.get(it))
    }

    /// When the order changes next although nothing happens.
    pub fn next_ageing(&self) -> Option<Time> {
        self.ages.first().map(|(at, _)| *at)
    }

    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn placed(&self) -> u64 {
        self.placed
    }
}
