//! The thread that is open: its transcript, kept up with what is known, what of it has been on the screen, and the lines that are on
//! their way. It refuses to know what is being written (that is [`crate::writing`]) and what a key does.

mod own_part;
mod pending;
mod unread;

use minicom_client::AgentReplica;
use minicom_protocol::{
    command::SeenLines,
    event::{Event, EventBody},
    ids::{ConversationId, CustomerId, LineNo},
    line::LineRef,
    stage::Side,
    summary::Summary,
};
use minicom_tui_kit::{
    Shown, Transcript,
    transcript::{DeliveryMark, Entry, EntryKey, Older},
};

use self::{
    pending::{Waiting, is_pending},
    unread::Unread,
};
use crate::entries::{Eyes, own_line, read_up_to};

/// The thread that is open, seen from one of its conversations.
#[derive(Debug, Clone)]
pub struct Chat {
    /// The conversation that the list has chosen.
    pub conversation: ConversationId,
    /// Whose thread it is.
    pub customer: CustomerId,
    /// It had ended before it was opened: what is read is that conversation, not where its customer is by now.
    pub ended_before: bool,
    /// What can be read.
    pub transcript: Transcript,
    eyes: Eyes,
    /// First and last event that the transcript was told; `None` until the first page is here.
    told: Option<(u64, u64)>,
    /// What is known was forgotten: everything is to be told anew once it is here.
    fresh: bool,
    /// Where the unread began when the thread was opened, until its divider has gone.
    unread: Option<Unread>,
    /// The divider is to be placed before the first line of others on the desk's side after this one.
    missed_after: Option<LineNo>,
    own_lines: Vec<(LineNo, EntryKey)>,
    /// How far the customer has read, and when, in order.
    reads: Vec<(LineNo, i64)>,
    /// How far the desk's lines are on the customer's screen, as the marks tell it.
    delivered: LineNo,
    pending: Vec<Waiting>,
    /// Numbers given to pending lines.
    numbered: u64,
    /// The newest lines that the transcript was told.
    newest: SeenLines,
    /// The newest lines that have been on the screen.
    shown: SeenLines,
}

impl Chat {
    /// Opens a thread. Nothing is in it until [`Chat::sync`].
    pub fn open(summary: &Summary, eyes: Eyes, links: bool) -> Chat {
        Chat {
            conversation: summary.conversation,
            customer: summary.customer.id,
            ended_before: !summary.stage.is_open(),
            transcript: Transcript::new(eyes.zone.clone()).with_links(links),
            eyes,
            told: None,
            fresh: false,
            unread: (summary.unread() > 0).then(|| Unread::after(summary.desk_mark)),
            missed_after: None,
            own_lines: Vec::new(),
            reads: Vec::new(),
            delivered: LineNo(0),
            pending: Vec::new(),
            numbered: 0,
            newest: SeenLines::default(),
            shown: SeenLines::default(),
        }
    }

    /// Who reads, and about whom.
    pub fn eyes(&self) -> &Eyes {
        &self.eyes
    }

    /// Whether the first page is here.
    pub fn is_loaded(&self) -> bool {
        self.told.is_some()
    }

    /// What was known has been forgotten; the transcript stays until its thread is here again.
    pub fn start_afresh(&mut self) {
        self.fresh = true;
    }

    /// The newest lines that have been on the screen.
    pub fn shown(&self) -> SeenLines {
        self.shown
    }

    /// Everything up to the latest line is on the screen now.
    pub fn see(&mut self) {
        if self.is_loaded() && self.transcript.is_at_end() {
            self.shown = self.newest;
        }
    }

    /// Tells the transcript what is known by now.
    pub fn sync(&mut self, replica: &AgentReplica) {
        self.eyes.me = replica.me().map(|me| me.agent.id);
        // A customer who was erased has no name any more, however that came to be known.
        if let Some(name) = replica.summary(self.conversation).map(|row| row.customer.name.shown())
            && name != self.eyes.customer
        {
            self.eyes.customer = name;
            self.fresh = true;
        }
        self.sync_events(replica);
        self.sync_pending(replica);
        self.place_dividers(replica);
        self.sync_older(replica);
        if self.transcript.wants_latest() {
            self.fresh = true;
            self.sync_events(replica);
        }
    }

    fn sync_events(&mut self, replica: &AgentReplica) {
        let Some(thread) = replica.thread(self.customer).filter(|thread| thread.is_loaded()) else {
            return;
        };
        if self.fresh || self.told.is_none() {
            self.fresh = false;
            (self.own_lines, self.reads) = (Vec::new(), Vec::new());
            self.told = Some((u64::MAX, 0));
            let entries = self.take_in(thread.events());
            let waiting: Vec<Entry> = self
                .transcript
                .entries()
                .iter()
                .filter(|it| is_pending(it))
                .cloned()
                .collect();
            self.transcript.replace_all(entries.into_iter().chain(waiting));
        } else if let Some((first, last)) = self.told {
            if thread.events().rev().take_while(|event| event.rev.0 > last).any(erases) {
                // Lines above say nothing any more.
                self.fresh = true;
                return self.sync_events(replica);
            }
            let older: Vec<&Event> = thread.events().take_while(|event| event.rev.0 < first).collect();
            let mut newer: Vec<&Event> = thread.events().rev().take_while(|event| event.rev.0 > last).collect();
            newer.reverse();
            if older.is_empty() && newer.is_empty() {
                // That a line has come to the customer's screen is said in passing.
                if replica.delivered(self.conversation) > self.delivered {
                    self.update_marks(replica);
                }
                return;
            }
            let changed: Vec<LineRef> = newer.iter().filter_map(|event| changed_line(event)).collect();
            let entries = self.take_in(older.into_iter().chain(newer));
            self.settle_pending(&entries, replica);
            self.transcript.extend(entries);
            self.tell_anew(&changed, thread.events());
        }
        self.update_marks(replica);
    }

    /// Lines that have changed, and those that quote them, are told as they stand now.
    fn tell_anew<'a>(&mut self, changed: &[LineRef], events: impl Iterator<Item = &'a Event>) {
        if changed.is_empty() {
            return;
        }
        let touched = events.filter(|event| match &event.body {
            EventBody::Posted(posted) => {
                let line = LineRef {
                    side: posted.author.side(),
                    line: posted.line,
                };
                let quoted = posted.quote.as_ref().map(|quote| quote.line);
                changed.contains(&line) || quoted.is_some_and(|quoted| changed.contains(&quoted))
            }
            _ => false,
        });
        let entries: Vec<Entry> = touched.filter_map(|event| self.eyes.entry(event)).collect();
        for mut entry in entries {
            let Some(before) = self.transcript.get(entry.key) else {
                continue;
            };
            // How far it has come is known already.
            entry.mark = before.mark.clone();
            self.transcript.insert(entry);
        }
    }

    /// Notes what is to be known of events beside their entries.
    fn take_in<'a>(&mut self, events: impl Iterator<Item = &'a Event>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for event in events {
            let at = event.rev.0;
            self.told = self.told.map(|(first, last)| (first.min(at), last.max(at)));
            if let EventBody::Posted(posted) = &event.body {
                let newest = match posted.author.side() {
                    Side::Customer => &mut self.newest.customer,
                    Side::Desk => &mut self.newest.desk,
                };
                *newest = (*newest).max(posted.line);
            }
            if let Some(line) = own_line(event, self.eyes.me) {
                self.own_lines.push((line, EntryKey::Stored(at)));
            }
            if let Some(up_to) = read_up_to(event) {
                self.reads.push((up_to, event.time.0));
            }
            entries.extend(self.eyes.entry(event));
        }
        self.reads.sort_unstable();
        entries
    }

    fn update_marks(&mut self, replica: &AgentReplica) {
        let read = replica
            .summary(self.conversation)
            .map_or(LineNo(0), |summary| summary.customer_mark);
        self.delivered = replica.delivered(self.conversation);
        for (line, key) in &self.own_lines {
            let first_read = self.reads.partition_point(|(up_to, _)| up_to < line);
            let mark = match self.reads.get(first_read) {
                Some((_, time)) => DeliveryMark::Read(*time),
                None if *line <= read.max(self.delivered) => DeliveryMark::Shown,
                None => DeliveryMark::Stored,
            };
            self.transcript.set_mark(*key, mark);
        }
        // A line that was read needs no second look, unless it was told anew.
        let newest_read = self.reads.last().map_or(LineNo(0), |(up_to, _)| *up_to);
        self.own_lines.retain(|(line, _)| *line > newest_read);
    }

    fn place_dividers(&mut self, replica: &AgentReplica) {
        let Some(thread) = replica.thread(self.customer).filter(|thread| thread.is_loaded()) else {
            return;
        };
        if let Some(unread) = &mut self.unread {
            unread.divide(&mut self.transcript, thread.events(), self.newest.customer);
        }
        if let Some(after) = self.missed_after {
            let me = self.eyes.me;
            let missed = thread.events().find(|event| match &event.body {
                EventBody::Posted(posted) => {
                    posted.author.side() == Side::Desk && posted.line > after && own_line(event, me).is_none()
                }
                _ => false,
            });
            // The line may still be on its way.
            if let Some(missed) = missed {
                (self.missed_after, self.unread) = (None, None);
                self.transcript.remove_divider();
                let words = Shown::fixed("came while you wrote");
                self.transcript.place_divider(EntryKey::Stored(missed.rev.0), words);
            }
        }
    }

    /// What came after this line of the desk is to be pointed at.
    pub fn point_at_missed(&mut self, after: LineNo) {
        self.missed_after = Some(after);
        self.transcript.to_end();
    }

    /// One's own line is on its way: what was new is not new any more.
    pub fn sent(&mut self) {
        self.missed_after = None;
        // Of a thread that is still on its way nothing has been read.
        if self.is_loaded() {
            self.unread = None;
        }
        self.transcript.remove_divider();
        self.transcript.to_end();
    }

    fn sync_older(&mut self, replica: &AgentReplica) {
        let older = match replica.thread(self.customer) {
            Some(thread) if thread.is_loading_older() => Older::Loading,
            Some(thread) if thread.is_loaded() && thread.has_more() => match thread.is_full() {
                true => Older::Full,
                false => Older::More,
            },
            _ => Older::None,
        };
        if self.transcript.older() != older {
            self.transcript.set_older(older);
        }
    }
}

/// The line that an event changes.
fn changed_line(event: &Event) -> Option<LineRef> {
    match &event.body {
        EventBody::LineChanged(it) => Some(it.line),
        _ => None,
    }
}

/// Whether what was said before is gone by it.
fn erases(event: &Event) -> bool {
    matches!(event.body, EventBody::Erased(_))
}

#[cfg(test)]
#[path = "chat_tests.rs"]
mod tests;
