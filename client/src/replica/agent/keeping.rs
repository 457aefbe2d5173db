//! What of a replica is kept on this computer, and a replica that begins with it.

use std::time::Instant;

use minicom_protocol::ids::{CustomerId, Rev, Time};

use super::{AgentReplica, rules};
use crate::{
    kept::{Kept, KeptDesk, KeptThread},
    limits::{KEPT_CLOSED_MAX, KEPT_EVENTS_MAX, KEPT_ROWS_MAX, KEPT_THREADS_MAX},
    replica::{sections::Section, thread::Thread},
};

impl AgentReplica {
    /// Another number whenever something has changed that is worth keeping.
    pub(crate) fn touched(&self) -> u64 {
        self.touched
    }

    /// As of which of these numbers a thread is as it is.
    pub(crate) fn thread_touched(&self, customer: CustomerId) -> u64 {
        self.threads_touched.get(&customer).copied().unwrap_or_default()
    }

    pub(super) fn touch_thread(&mut self, customer: CustomerId) {
        self.threads_touched.insert(customer, self.touched);
    }

    /// The desk as it stands; `None` before the first snapshot. `wall` is this computer's clock.
    pub(crate) fn kept_desk(&self, wall: i64, now: Instant) -> Option<KeptDesk> {
        let open = Section::ALL.into_iter().filter(|section| *section != Section::Done);
        let open: usize = open.map(|section| self.list.count(section)).sum();
        let sections = Section::ALL.into_iter().filter(|section| *section != Section::Done);
        let rows = sections
            .flat_map(|section| self.list.section(section))
            .take(KEPT_ROWS_MAX);
        let mut rows: Vec<_> = rows.cloned().collect();
        // By the newest event, as pages of them are cut, and none from beyond these: what is asked for then joins.
        let closed = self.list.section(Section::Done).filter(|row| self.closed.have(row));
        let mut closed: Vec<_> = closed.collect();
        closed.sort_by_key(|row| std::cmp::Reverse(row.rev));
        rows.extend(closed.iter().take(KEPT_CLOSED_MAX).map(|row| (*row).clone()));
        // What was kept before a fresh start is gone with it, until the server tells it again.
        rows.retain(|row| !self.doubts.is_carried(row.conversation));
        let loaded = |customer: &&CustomerId| self.threads.get(customer).is_some_and(Thread::is_loaded);
        let mut threads: Vec<CustomerId> = self.opened.iter().rev().filter(loaded).copied().collect();
        threads.truncate(KEPT_THREADS_MAX);
        threads.reverse();
        Some(KeptDesk {
            wall,
            time: self.server_time(now)?,
            cursor: self.cursor?,
            whole: open <= KEPT_ROWS_MAX && self.doubts.is_empty() && !self.mentions.is_in_doubt(),
            me: self.me.clone()?,
            desk: self.desk.get()?.clone(),
            rows,
            more_closed: self.closed.has_more() || closed.len() > KEPT_CLOSED_MAX,
            replies: self.replies.all().to_vec(),
            all_replies: self.replies.is_whole(),
            views: self.views.all().to_vec(),
            threads,
        })
    }

    pub(crate) fn kept_thread(&self, customer: CustomerId) -> Option<KeptThread> {
        let thread = self.threads.get(&customer)?;
        let skipped = thread.len().saturating_sub(KEPT_EVENTS_MAX);
        Some(KeptThread {
            customer,
            events: thread.events().skip(skipped).cloned().collect(),
            more: thread.has_more() || skipped > 0,
        })
    }

    /// Begins with what was kept. The connection is to begin there too ([`crate::Config::resuming_at`]) and tells what has happened since, or starts
    /// afresh. `wall` is this computer's clock, in microseconds since 1970.
    pub fn restore(&mut self, kept: Kept, wall: i64, now: Instant) {
        let Kept { desk, threads } = kept;
        // A clock that was set back is no reason for a time before that one.
        let passed = wall.saturating_sub(desk.wall).max(0);
        self.me = Some(desk.me);
        self.set_clock(Time(desk.time.0.saturating_add(passed)), now);
        self.cursor = Some(desk.cursor);
        self.at = Rev(desk.cursor.at);
        self.desk.fresh(Some(desk.desk));
        let known = self.desk.state();
        self.mentions.fresh(known.mentions_read, known.mentions_unread);
        self.replies.restore(desk.replies, desk.all_replies);
        self.views.restore(desk.views);
        self.list
            .replace(desk.rows, &rules(&self.desk, self.me.as_ref(), self.ordered_at));
        self.closed.begin(self.list.section(Section::Done), desk.more_closed);
        for KeptThread { customer, events, more } in threads {
            self.opened.retain(|it| *it != customer);
            self.opened.push(customer);
            self.threads.insert(customer, Thread::restored(events, more));
        }
    }
}
