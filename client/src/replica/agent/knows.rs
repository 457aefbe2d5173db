//! What an agent's program asks its replica. Reads only.

use std::time::Instant;

use minicom_protocol::{
    frame::{AgentMe, Agents, Typist},
    ids::{ConversationId, CustomerId, Rev, Time},
    people::AgentRef,
    stage::Stage,
    summary::{Summary, next_for},
};

use super::{AgentReplica, TypistKey};
use crate::replica::{sections::Section, thread::Thread};

impl AgentReplica {
    /// Who the server takes us for; `None` before the first welcome.
    pub fn me(&self) -> Option<&AgentMe> {
        self.me.as_ref()
    }

    /// The server's time, as far as it can be told from here; `None` before the first welcome.
    pub fn server_time(&self, now: Instant) -> Option<Time> {
        self.clock.map(|clock| clock.now(now))
    }

    /// The position up to which everything is known.
    pub fn at(&self) -> Rev {
        self.at
    }

    /// A conversation's row.
    pub fn summary(&self, conversation: ConversationId) -> Option<&Summary> {
        self.rows.get(&conversation)
    }

    /// All rows, in no order.
    pub fn summaries(&self) -> impl Iterator<Item = &Summary> {
        self.rows.values()
    }

    /// The rows of a section, in its order.
    pub fn section(&self, section: Section) -> Vec<&Summary> {
        let me = self.me.as_ref().map(|me| me.agent.id);
        let mut rows: Vec<&Summary> = self
            .rows
            .values()
            .filter(|row| Section::of(row, me) == section)
            .collect();
        section.sort(&mut rows);
        rows
    }

    /// Whether there are closed conversations beyond those of [`Section::Done`].
    pub fn has_more_closed(&self) -> bool {
        self.more_closed
    }

    /// What "take next" would open: the server decides by the same rule.
    pub fn next(&self) -> Option<&Summary> {
        next_for(self.me.as_ref()?.agent.id, self.rows.values())
    }

    /// A customer's open conversation, else the newest known.
    pub fn newest_of(&self, customer: CustomerId) -> Option<&Summary> {
        let theirs = self.rows.values().filter(|row| row.customer.id == customer);
        theirs.max_by_key(|row| (!matches!(row.stage, Stage::Closed { .. }), row.number))
    }

    /// A thread that was opened.
    pub fn thread(&self, customer: CustomerId) -> Option<&Thread<Agents>> {
        self.threads.get(&customer)
    }

    /// Which agents are connected.
    pub fn present(&self) -> &[AgentRef] {
        &self.present
    }

    /// Who types in a conversation, oneself left out.
    pub fn typing(&self, conversation: ConversationId, now: Instant) -> Vec<&Typist> {
        let me = self.me.as_ref().map(|me| TypistKey::Agent(me.agent.id));
        let here = self.typing.now(now);
        here.filter(|((where_, key), _)| *where_ == conversation && Some(*key) != me)
            .map(|(_, who)| who)
            .collect()
    }

    /// When a typing row ends by itself next.
    pub fn typing_ends_at(&self, now: Instant) -> Option<Instant> {
        self.typing.ends_at(now)
    }
}
