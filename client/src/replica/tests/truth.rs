//! What a server would tell of a desk's journal, each time from its beginning.

use std::collections::BTreeMap;

use minicom_protocol::{
    context::{AccountStatus, CustomerContext, Mention, NoteRow, Profile},
    event::*,
    frame::DeskState,
    ids::*,
    library::SavedReply,
    line::LineRef,
    people::CustomerRef,
    staff::{Group, StaffMember},
    summary::Summary,
    ticket::{Ticket, TicketStatus},
};

use super::desk::*;

/// The end of a list, and whether there is more before it.
fn last<T: Clone>(all: &[T], limit: usize) -> (Vec<T>, bool) {
    let cut = all.len().saturating_sub(limit);
    (all[cut..].to_vec(), cut > 0)
}

/// Lines, and what became of them before, as they stand now.
pub fn present(events: &mut [Event]) {
    let mut now: BTreeMap<(CustomerId, u64, bool), LineChanged> = BTreeMap::new();
    let key = |event: &Event, line: LineRef| {
        let customer = event.subject.customer().expect("a thread");
        (customer, line.line.0, line.side == minicom_protocol::stage::Side::Desk)
    };
    for event in events.iter() {
        if let EventBody::LineChanged(it) = &event.body {
            now.insert(key(event, it.line), it.clone());
        }
    }
    for event in events {
        let line = match &event.body {
            EventBody::Posted(it) => LineRef {
                side: it.author.side(),
                line: it.line,
            },
            EventBody::LineChanged(it) => it.line,
            _ => continue,
        };
        let Some(now) = now.get(&key(event, line)) else {
            continue;
        };
        match &mut event.body {
            EventBody::Posted(it) => (it.state, it.parts) = (now.state, now.parts.clone()),
            EventBody::LineChanged(it) => (it.state, it.parts) = (now.state, now.parts.clone()),
            _ => {}
        }
    }
}

impl Desk {
    /// All rows up to a position.
    pub fn rows(&self, at: usize) -> BTreeMap<ConversationId, Summary> {
        let mut rows: BTreeMap<ConversationId, Summary> = BTreeMap::new();
        for event in &self.journal[..at] {
            let Some(conversation) = event.subject.conversation() else {
                continue;
            };
            match Summary::open(event) {
                Some(row) => drop(rows.insert(conversation, row)),
                None => rows.get_mut(&conversation).expect("opened").apply(event),
            }
        }
        rows
    }

    /// Closed ones whose newest event is before a position, the newest first, and whether there are older ones.
    pub fn closed(&self, at: usize, before: Option<Rev>, limit: usize) -> (Vec<Summary>, bool) {
        let mut all: Vec<Summary> = self.rows(at).into_values().filter(|row| !row.stage.is_open()).collect();
        all.retain(|row| before.is_none_or(|before| row.rev < before));
        all.sort_by_key(|row| row.rev);
        let (mut page, more) = last(&all, limit);
        page.reverse();
        (page, more)
    }

    /// A page of a thread as it stands at `at`, and whether there is more.
    pub fn page(&self, customer: CustomerId, at: usize, before: Option<Rev>, limit: usize) -> (Vec<Event>, bool) {
        let mut all: Vec<Event> = self.as_read[..at]
            .iter()
            .filter(|event| event.subject.customer() == Some(customer))
            .cloned()
            .collect();
        present(&mut all);
        all.retain(|event| before.is_none_or(|before| event.rev < before));
        last(&all, limit)
    }

    /// The desk as agent 0 knows it.
    pub fn state(&self, at: usize) -> DeskState {
        let mut state = DeskState::default();
        let mut agents: BTreeMap<String, StaffMember> = [0, 1]
            .into_iter()
            .map(|n| (agent(n).name.as_str().to_owned(), member(n)))
            .collect();
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for event in &self.journal[..at] {
            match &event.body {
                EventBody::AgentChanged(it) => {
                    agents.insert(it.member.agent.name.as_str().to_owned(), it.member.clone());
                }
                EventBody::GroupChanged(it) => {
                    groups.insert(it.group.name.as_str().to_owned(), it.group.clone());
                }
                EventBody::GroupDeleted(it) => groups.retain(|_, known| known.id != it.group),
                EventBody::SettingsChanged(it) => state.settings = (*it.settings).clone(),
                EventBody::MentionsRead(it) if it.agent == agent(0).id => {
                    state.mentions_read = it.up_to.max(state.mentions_read);
                }
                _ => {}
            }
        }
        // Not in order: a client has its own.
        state.staff.agents = agents.into_values().rev().collect();
        state.staff.groups = groups.into_values().rev().collect();
        let unread = self
            .mentions(at)
            .into_iter()
            .filter(|it| it.note.rev > state.mentions_read);
        state.mentions_unread = unread.count() as u64;
        state
    }

    /// All mentions of agent 0, oldest first.
    pub fn mentions(&self, at: usize) -> Vec<Mention> {
        let mine = self.journal[..at].iter().filter_map(|event| match &event.body {
            EventBody::Noted(it) if it.mentions.contains(&agent(0).id) => Some((event, note_row(event)?)),
            _ => None,
        });
        mine.map(|(event, note)| Mention {
            note,
            customer: self.customer_of(event),
        })
        .collect()
    }

    fn customer_of(&self, event: &Event) -> CustomerRef {
        let theirs = (0..3).map(customer).find(|it| event.subject.customer() == Some(it.id));
        theirs.expect("a customer")
    }

    /// Mentions before a position, newest first, and whether there are older ones.
    pub fn mentions_page(&self, at: usize, before: Option<Rev>, limit: usize) -> (Vec<Mention>, bool) {
        let mut all = self.mentions(at);
        all.retain(|it| before.is_none_or(|before| it.note.rev < before));
        let (mut page, more) = last(&all, limit);
        page.reverse();
        (page, more)
    }

    /// The saved replies that agent 0 may use, by code.
    pub fn replies(&self, at: usize) -> Vec<SavedReply> {
        let mut all: BTreeMap<ReplyId, SavedReply> = BTreeMap::new();
        for event in &self.journal[..at] {
            match &event.body {
                EventBody::ReplyChanged(it) => drop(all.insert(it.reply.id, it.reply.clone())),
                EventBody::ReplyDeleted(it) => drop(all.remove(&it.reply)),
                _ => {}
            }
        }
        let mut all: Vec<SavedReply> = all.into_values().collect();
        all.retain(|it| it.owner.is_none_or(|owner| owner == agent(0).id));
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all
    }

    /// All tickets, the last changed first.
    pub fn tickets(&self, at: usize) -> Vec<Ticket> {
        let mut all: BTreeMap<TicketNo, Ticket> = BTreeMap::new();
        for event in &self.journal[..at] {
            if let EventBody::TicketChanged(it) = &event.body {
                all.insert(it.ticket.number, it.ticket.clone());
            }
        }
        let mut all: Vec<Ticket> = all.into_values().collect();
        all.sort_by_key(|it| std::cmp::Reverse((it.updated_at, it.number)));
        all
    }

    /// What is known of a customer, without the rows of tickets.
    pub fn context(&self, who: CustomerId, at: usize) -> CustomerContext {
        let mut theirs: Vec<Summary> = self.rows(at).into_values().filter(|it| it.customer.id == who).collect();
        theirs.sort_by_key(|it| std::cmp::Reverse(it.number));
        let tickets: Vec<Ticket> = self
            .tickets(at)
            .into_iter()
            .filter(|it| it.customer.id == who)
            .collect();
        let mut profile = Profile::default();
        let mut notes = Vec::new();
        for event in &self.journal[..at] {
            match &event.body {
                EventBody::CustomerChanged(it) if it.customer.id == who => profile = it.profile.clone(),
                EventBody::Noted(_) if event.subject.customer() == Some(who) => notes.extend(note_row(event)),
                _ => {}
            }
        }
        CustomerContext {
            customer: (0..3).map(customer).find(|it| it.id == who).expect("a customer"),
            profile,
            verified: false,
            first_seen: Time(1),
            status: AccountStatus::Active,
            also: vec![],
            conversations: theirs.len() as u64,
            open_conversations: theirs.iter().filter(|it| it.stage.is_open()).count() as u64,
            newest: theirs,
            tickets: tickets.len() as u64,
            open_tickets: tickets.iter().filter(|it| it.status != TicketStatus::Solved).count() as u64,
            newest_tickets: vec![],
            notes,
        }
    }
}

fn note_row(event: &Event) -> Option<NoteRow> {
    let EventBody::Noted(it) = &event.body else { return None };
    Some(NoteRow {
        rev: event.rev,
        conversation: event.subject.conversation()?,
        by: it.agent.clone(),
        at: event.time,
        text: it.text.as_str().to_owned(),
    })
}
