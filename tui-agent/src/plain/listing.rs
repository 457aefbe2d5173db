//! The list and going through it: what is shown, in which order, and which thread is open. Looking claims nothing.

use minicom_client::{ListFilter, ListSort, Section, view_of};
use minicom_protocol::{
    event::{Event, Lateness},
    frame::{AgentQuestion, AgentReply},
    ids::{ConversationId, CustomerId, Rev},
    stage::Stage,
    summary::Summary,
};
use minicom_tui_kit::{Now, Shown, time};

use super::{Awaiting, PlainAgent, words::Given};
use crate::{
    app::Order,
    exit,
    words::{self, Badge},
};

/// Rows that are told at once.
const ROWS_TOLD: usize = 200;
/// Conversations that a word is said of at once.
pub(super) const MANY_MAX: usize = 200;
/// Names that are told of those.
const NAMES_TOLD: usize = 10;
/// Events of a thread that are told at once.
pub(super) const THREAD_TOLD: usize = 50;

impl PlainAgent {
    // The list.

    pub(super) fn list(&mut self, given: Given<'_>) {
        let filter = match given.rest {
            "" => self.filter.clone(),
            rest => match self.parsed_filter(rest) {
                Some(filter) => filter,
                None => return,
            },
        };
        let rows = self.groups_shown(&filter, given.now);
        let all: usize = rows.iter().map(|(_, rows)| rows.len()).sum();
        if all == 0 {
            // A number means nobody who was told before.
            self.numbered.rows.clear();
            return self.tell_nobody(&filter);
        }
        let mut told = Vec::new();
        let mut left = ROWS_TOLD;
        for (title, rows) in &rows {
            let shown = &rows[..rows.len().min(left)];
            if let Some(title) = title.filter(|_| !shown.is_empty()) {
                self.say(format!("-- {title}"));
            }
            for conversation in shown {
                told.push(*conversation);
                self.tell_row(told.len(), *conversation, given.now);
            }
            left -= shown.len();
        }
        if all > told.len() {
            self.say(format!("... and {} more: /list FILTER tells fewer.", all - told.len()));
        }
        self.numbered.rows = told;
    }

    fn tell_nobody(&mut self, filter: &ListFilter) {
        let stranger = self.replica.desk().and_then(|desk| filter.stranger(&desk.staff));
        match (filter.is_plain(), stranger) {
            (true, _) => self.say("Nobody is waiting."),
            (false, Some(name)) => self.say(format!("No conversation fits: nobody here is called {name}.")),
            (false, None) => self.say(format!("No conversation fits {}.", Shown::line(&filter.to_string()))),
        }
    }

    /// Conversations that a filter shows, in the order of the list, under their priorities if it groups them. Closed ones only where
    /// it asks for them.
    fn groups_shown(&self, filter: &ListFilter, now: Now) -> Vec<(Option<&'static str>, Vec<ConversationId>)> {
        let queue = self.replica.queue(self.server_time(now));
        let sections = Section::ALL.into_iter().filter(|section| filter.looks_into(*section));
        let groups = sections.flat_map(|section| view_of(self.replica.section(section), filter, &queue, self.me()));
        let ids = |rows: &[&Summary]| rows.iter().map(|row| row.conversation).collect();
        groups
            .map(|group| (group.priority.map(|it| it.word()), ids(&group.rows)))
            .collect()
    }

    /// The conversations that a filter shows, as many as a word is said of at once.
    pub(super) fn rows_shown(&self, filter: &ListFilter, now: Now) -> Vec<ConversationId> {
        let groups = self.groups_shown(filter, now);
        groups.into_iter().flat_map(|(_, rows)| rows).take(MANY_MAX).collect()
    }

    /// `3 chats: carol, dora, eve`; `None` of none.
    pub(super) fn told_names(&self, about: &[ConversationId]) -> Option<String> {
        let names: Vec<String> = about
            .iter()
            .take(NAMES_TOLD)
            .map(|it| self.name_of(*it).to_string())
            .collect();
        let more = if about.len() > NAMES_TOLD { ", ..." } else { "" };
        let count = words::count(about.len() as u64, "chat", "chats");
        (!about.is_empty()).then(|| format!("{count}: {}{more}", names.join(", ")))
    }

    fn tell_row(&mut self, number: usize, conversation: ConversationId, now: Now) {
        let Some(summary) = self.replica.summary(conversation) else {
            return;
        };
        let time = self.server_time(now);
        let mut facts = vec![
            words::count(summary.message_count, "message", "messages"),
            format!("last {}", self.zone.clock(summary.last_at.0)),
        ];
        let marked = u64::from(self.marked_unread.contains(&conversation));
        let unread = summary.unread().max(marked);
        if unread > 0 {
            facts.push(format!("{unread} unread"));
        }
        if let Some(waited) = words::waited(summary, time) {
            facts.push(format!("waiting {}", time::waiting(waited)));
        }
        if let Stage::Snoozed { until: Some(until), .. } = summary.stage {
            facts.push(format!("until {}", self.zone.moment(until.0, time.0)));
        }
        match summary
            .lateness(time)
            .filter(|_| summary.stage.is_open() && summary.first_response_at.is_none())
        {
            Some(Lateness::Late) => facts.push("late".to_owned()),
            Some(Lateness::LateSoon) => facts.push("late soon".to_owned()),
            Some(Lateness::InTime) | None => {}
        }
        facts.extend(self.facts(summary));
        if self.replica.gone_since(conversation).is_some() {
            facts.push("the owner is gone".to_owned());
        }
        let badge = Badge::of(&summary.stage, self.me());
        let name = summary.customer.name.shown();
        let row = format!("#{number} {} {name}, {}", badge.word(), facts.join(", "));
        self.say(row);
    }

    /// What is told of a conversation besides where it stands.
    pub(super) fn facts(&self, summary: &Summary) -> Vec<String> {
        let mut facts = Vec::new();
        if !summary.intake.priority.is_medium() {
            facts.push(summary.intake.priority.word().to_owned());
        }
        if summary.stage.is_open() && !summary.intake.skills.is_empty() {
            let skills: Vec<String> = summary.intake.skills.iter().map(|it| it.shown().to_string()).collect();
            facts.push(format!("needs {}", skills.join(" and ")));
        }
        if let Some(group) = summary.group.as_ref().filter(|_| summary.stage.is_waiting()) {
            facts.push(format!("for the group {}", group.name.shown()));
        }
        if let Some(subject) = &summary.intake.subject {
            facts.push(format!("about {}", subject.shown()));
        }
        if !summary.tags.is_empty() {
            let tags: Vec<String> = summary.tags.iter().map(|it| it.shown().to_string()).collect();
            facts.push(format!("tagged {}", tags.join(" ")));
        }
        if let Some(ticket) = summary.ticket {
            facts.push(format!("ticket {ticket}"));
        }
        facts
    }

    // What it shows.

    /// A filter as it was written. Says what is wrong with it.
    pub(super) fn parsed_filter(&mut self, text: &str) -> Option<ListFilter> {
        match text.parse() {
            Ok(filter) => Some(filter),
            Err(error) => {
                let error: minicom_client::FilterError = error;
                self.deny(format!("{} Nothing was done.", words::capital(&format!("{error}."))));
                None
            }
        }
    }

    pub(super) fn set_filter(&mut self, given: Given<'_>) {
        match given.rest {
            "" => {}
            "off" => self.filter = ListFilter::default(),
            rest => match self.parsed_filter(rest) {
                Some(filter) => self.filter = filter,
                None => return,
            },
        }
        self.tell_filter();
    }

    pub(super) fn tell_filter(&mut self) {
        match self.filter.is_plain() {
            true => self.say("/list shows every open conversation."),
            false => self.say(format!("/list shows {}", Shown::line(&self.filter.to_string()))),
        }
    }

    pub(super) fn set_sort(&mut self, given: Given<'_>) {
        match ListSort::ALL.into_iter().find(|sort| sort.word() == given.rest) {
            Some(sort) => {
                self.filter.sort = sort;
                self.say(format!("/list is in the order of {}.", sort.word()));
            }
            None => self.usage(given),
        }
    }

    // Going through it.

    pub(super) fn look_at(&mut self, given: Given<'_>) {
        if let Some(conversation) = self.named(given.rest) {
            self.open_thread(conversation);
        }
    }

    /// Opens a thread: it is told, and lines go there.
    pub(super) fn open_thread(&mut self, conversation: ConversationId) {
        self.open = Some(conversation);
        self.marked_unread.remove(&conversation);
        self.numbered.lines = None;
        let Some(customer) = self.replica.summary(conversation).map(|summary| summary.customer.id) else {
            return;
        };
        let questions = self.replica.open_conversation(conversation);
        for question in questions {
            self.order(Order::Ask(question));
        }
        let loaded = self.replica.thread(customer).is_some_and(|thread| thread.is_loaded());
        match (loaded, self.state.is_live()) {
            (true, _) => self.tell_thread(customer),
            (false, true) => self.awaiting = Some(Awaiting::Thread(customer)),
            (false, false) => self.tell_open(),
        }
    }

    pub(super) fn previous(&mut self, _: Given<'_>) {
        let mine: Vec<ConversationId> = self
            .replica
            .section(Section::Mine)
            .map(|row| row.conversation)
            .collect();
        let at = mine.iter().position(|it| Some(*it) == self.open);
        let before = match at {
            Some(at) => mine[..at].last().or(mine.last()),
            None => mine.last(),
        };
        match before.copied() {
            Some(conversation) => self.open_thread(conversation),
            None => {
                self.close_thread();
                self.deny_as(exit::NOTHING, "None is yours. /next takes one.");
            }
        }
    }

    pub(super) fn next_unread(&mut self, _: Given<'_>) {
        let unread = |row: &&Summary| row.unread() > 0 || self.marked_unread.contains(&row.conversation);
        let mine = self
            .replica
            .section(Section::Mine)
            .chain(self.replica.section(Section::Snoozed));
        let next = mine
            .filter(|row| Some(row.conversation) != self.open)
            .find(unread)
            .map(|row| row.conversation);
        match next {
            Some(conversation) => self.open_thread(conversation),
            None => {
                self.close_thread();
                self.deny_as(exit::NOTHING, "Nothing of yours is unread.");
            }
        }
    }

    pub(super) fn mark_unread(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject(given.rest) else {
            return;
        };
        self.marked_unread.insert(conversation);
        let name = self.name_of(conversation);
        self.say(format!("{name} is shown as unread until it is opened again."));
    }

    // The thread.

    pub(super) fn older(&mut self, _: Given<'_>) {
        let Some(conversation) = self.subject("") else { return };
        let Some(customer) = self.replica.summary(conversation).map(|row| row.customer.id) else {
            return;
        };
        if !self.older_told(customer).is_empty() {
            return self.tell_older(customer);
        }
        let thread = self.replica.thread(customer);
        let (more, full) = thread.map_or((false, false), |it| (it.has_more(), it.is_full()));
        match (more, full, self.state.is_live()) {
            (false, ..) => self.say("There is nothing older."),
            (true, true, _) => {
                self.say("What is older is not held here: minicom-agent transcript prints the whole chat.");
            }
            (true, false, false) => self.deny_as(exit::UNAVAILABLE, "/older needs a connection. Nothing was done."),
            (true, false, true) => match self.replica.older_events(customer) {
                Some(question) => self.ask(question),
                None => self.say("It is being fetched."),
            },
        }
    }

    /// Older events of a thread that are here and have not been told, the oldest first.
    fn older_told(&self, customer: CustomerId) -> Vec<Event> {
        let Some(thread) = self.replica.thread(customer) else {
            return Vec::new();
        };
        let before = self
            .told_from
            .filter(|(whose, _)| *whose == customer)
            .map_or(Rev(u64::MAX), |(_, rev)| rev);
        let older = thread.events().rev().skip_while(|event| event.rev >= before);
        let mut older: Vec<Event> = older.take(THREAD_TOLD).cloned().collect();
        older.reverse();
        older
    }

    /// Tells the newest of those.
    pub(super) fn tell_older(&mut self, customer: CustomerId) {
        let events = self.older_told(customer);
        let name = self.replica.newest_of(customer).map(|row| row.customer.name.shown());
        let (Some(first), Some(name)) = (events.first(), name) else {
            return self.say("There is nothing older.");
        };
        self.told_from = Some((customer, first.rev));
        for event in &events {
            self.tell_past(event, &name);
        }
    }

    /// A page that [`Self::older`] asked for has come.
    pub(super) fn tell_page(&mut self, question: &AgentQuestion, reply: &AgentReply) {
        let (AgentQuestion::Thread { customer, .. }, AgentReply::Thread { events, .. }) = (question, reply) else {
            return;
        };
        match self
            .numbered
            .earlier
            .iter()
            .find(|(_, whose, rev)| asks_for(question, *whose, *rev))
            .copied()
        {
            Some((conversation, ..)) => {
                let row = self.replica.newest_of(*customer);
                let name = row.map_or(Shown::fixed("customer"), |row| row.customer.name.shown());
                self.tell_earlier(conversation, &name, events);
            }
            None => self.tell_older(*customer),
        }
    }
}

/// The question for the end of an earlier conversation.
pub(super) fn earlier_page(customer: CustomerId, newest: Rev) -> AgentQuestion {
    AgentQuestion::Thread {
        customer,
        before: Some(newest.next()),
        limit: THREAD_TOLD as u32,
    }
}

fn asks_for(question: &AgentQuestion, customer: CustomerId, newest: Rev) -> bool {
    *question == earlier_page(customer, newest)
}

#[cfg(test)]
#[path = "listing_tests.rs"]
mod tests;
