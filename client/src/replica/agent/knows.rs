//! What an agent's program asks its replica. Reads only; nothing here sorts.

use std::time::Instant;

use minicom_protocol::{
    command::AgentCommand,
    context::CustomerContext,
    frame::{AgentMe, Agents, DeskState, Typist},
    ids::{AgentId, ConversationId, CustomerId, LineNo, Rev, Time},
    library::SavedReply,
    people::AgentRef,
    queue::{Queue, WhyNot},
    search::SavedView,
    staff::{Presence, StaffMember},
    stage::Stage,
    summary::Summary,
};

use super::{AgentReplica, Waiting, colleagues::TypistKey, contexts::Extra, rules};
use crate::replica::{
    mentions::Mentions, pending::PendingMark, sections::Section, thread::Thread, tickets::TicketBook,
};

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

    // The desk.

    /// Staff and settings, in the order of names; `None` before the first snapshot.
    pub fn desk(&self) -> Option<&DeskState> {
        self.desk.get()
    }

    /// Oneself as the desk decides about one.
    pub fn member(&self) -> Option<&StaffMember> {
        self.desk.member(self.me.as_ref()?.agent.id)
    }

    /// The queue's rules at a time of the server: the very ones that it decides by.
    pub fn queue(&self, now_server: Time) -> Queue<'_> {
        self.desk.queue(now_server)
    }

    // The list.

    /// A conversation's row.
    pub fn summary(&self, conversation: ConversationId) -> Option<&Summary> {
        self.list.get(conversation)
    }

    /// All rows, in no order.
    pub fn summaries(&self) -> impl Iterator<Item = &Summary> + Clone {
        self.list.iter()
    }

    /// The rows of a section, in its order. It is kept in order: reading sorts nothing.
    pub fn section(&self, section: Section) -> impl DoubleEndedIterator<Item = &Summary> + Clone {
        self.list.section(section)
    }

    /// The same rows by their ids alone, for who needs no more: nothing is looked up.
    pub fn order(&self, section: Section) -> impl DoubleEndedIterator<Item = ConversationId> + Clone {
        self.list.order(section)
    }

    /// Who waits, in numbers.
    pub fn waiting(&self) -> &Waiting {
        self.list.waiting()
    }

    /// How many rows a section has.
    pub fn count(&self, section: Section) -> usize {
        self.list.count(section)
    }

    /// All sections with their rows, as they are shown.
    pub fn sections(&self) -> impl Iterator<Item = (Section, impl DoubleEndedIterator<Item = &Summary> + Clone)> {
        Section::ALL.into_iter().map(|section| (section, self.section(section)))
    }

    /// Another number whenever rows, their order, the staff or the settings have changed: what was drawn at the same number
    /// is still right, waiting times apart.
    pub fn version(&self) -> u64 {
        self.list.version()
    }

    /// How many rows were put in their place in all: the work that keeping the order has been.
    pub fn placed(&self) -> u64 {
        self.list.placed()
    }

    /// When the order of the queue changes next although nothing comes: call [`AgentReplica::advance`] then.
    pub fn ages_at(&self) -> Option<Instant> {
        self.clock?.instant(self.list.next_ageing()?)
    }

    /// Whether there are closed conversations beyond those of [`Section::Done`].
    pub fn has_more_closed(&self) -> bool {
        self.closed.has_more()
    }

    /// What "take next" would open: the server decides by the same rule. Commands are done in order, so what is being
    /// answered needs nobody.
    pub fn next(&self) -> Option<&Summary> {
        self.next_but(|_| false)
    }

    /// The same without those that need nobody for a reason that only the program knows.
    pub fn next_but(&self, left_out: impl Fn(ConversationId) -> bool) -> Option<&Summary> {
        let rules = rules(&self.desk, self.me.as_ref(), self.ordered_at);
        let next = self.list.next(&rules)?;
        let needs_nobody = |it: ConversationId| self.is_being_answered(it) || left_out(it);
        if !needs_nobody(next.conversation) {
            return Some(next);
        }
        let mine = self.list.section(Section::Mine).map(|row| Summary {
            unanswered_since: row.unanswered_since.filter(|_| !needs_nobody(row.conversation)),
            ..row.clone()
        });
        let mine: Vec<Summary> = mine.collect();
        let waiting = self.list.section(Section::Waiting);
        let waiting = waiting.filter(|row| !needs_nobody(row.conversation));
        let candidates = mine.iter().chain(waiting);
        let next = rules.queue.next_for(rules.me?, candidates)?.conversation;
        self.list.get(next)
    }

    /// Whether a command is on its way after which this conversation does not wait for oneself.
    fn is_being_answered(&self, conversation: ConversationId) -> bool {
        let under_way = |mark: &PendingMark| matches!(mark, PendingMark::Waiting | PendingMark::Stored);
        let mut pending = self.pending.iter().filter(|it| under_way(&it.mark));
        pending.any(|it| match &it.command {
            AgentCommand::Post { conversation: here, .. }
            | AgentCommand::Transfer { conversation: here, .. }
            | AgentCommand::HandBack { conversation: here }
            | AgentCommand::Snooze { conversation: here, .. }
            | AgentCommand::Close { conversation: here, .. } => *here == conversation,
            _ => false,
        })
    }

    /// Whether one may take this conversation, by the server's own rule. What one has already, and what is not known here,
    /// is not refused here.
    ///
    /// # Errors
    /// Why not. An admin may all the same, and is warned.
    pub fn may_take(&self, conversation: ConversationId) -> Result<(), WhyNot> {
        let (Some(member), Some(row)) = (self.member(), self.list.get(conversation)) else {
            return Ok(());
        };
        if row.stage.is_owned_by(member.agent.id) {
            return Ok(());
        }
        let active = u32::try_from(self.list.count(Section::Mine)).unwrap_or(u32::MAX);
        self.queue(self.ordered_at).may_take(member, active, row)
    }

    /// A customer's open conversation, else the newest known.
    pub fn newest_of(&self, customer: CustomerId) -> Option<&Summary> {
        let theirs = self.list.of(customer);
        theirs.max_by_key(|row| (!matches!(row.stage, Stage::Closed { .. }), row.number))
    }

    // The chat, and what is beside it.

    /// A thread that was opened. Notes are events in it as lines are.
    pub fn thread(&self, customer: CustomerId) -> Option<&Thread<Agents>> {
        self.threads.get(&customer)
    }

    /// What is known of a customer whose thread was opened; `None` until it is here.
    pub fn context(&self, customer: CustomerId) -> Option<&CustomerContext> {
        self.contexts.context(customer)
    }

    /// What the operator's own command says of a customer whose thread was opened; `None` until it is here.
    pub fn extra(&self, customer: CustomerId) -> Option<&Extra> {
        self.contexts.extra(customer)
    }

    /// The newest line of the desk that is on the customer's screen, as far as it was told.
    pub fn delivered(&self, conversation: ConversationId) -> LineNo {
        let read = self.list.get(conversation).map(|row| row.customer_mark);
        self.colleagues.delivered(conversation).max(read.unwrap_or_default())
    }

    // The library and the books.

    /// Saved replies that one may use, sorted by code.
    pub fn replies(&self) -> &[SavedReply] {
        self.replies.all()
    }

    /// The names that one has given to filters of the list, in their order.
    pub fn views(&self) -> &[SavedView] {
        self.views.all()
    }

    /// Another number whenever [`AgentReplica::views`] have changed.
    pub fn views_version(&self) -> u64 {
        self.views.version()
    }

    /// Whether more of [`AgentReplica::replies`] are to come, with a connection.
    pub fn are_replies_coming(&self) -> bool {
        self.replies.is_coming()
    }

    /// Whether [`AgentReplica::replies`] are all of them.
    pub fn has_all_replies(&self) -> bool {
        self.replies.is_whole()
    }

    /// The notes that mention oneself, and how many are unread.
    pub fn mentions(&self) -> &Mentions {
        &self.mentions
    }

    /// The list of tickets that is looked at.
    pub fn tickets(&self) -> Option<&TicketBook> {
        self.tickets.as_ref()
    }

    // The colleagues.

    /// All who are connected, and those who are gone and own conversations.
    pub fn presence(&self) -> &[Presence] {
        &self.colleagues.presence
    }

    /// How an agent stands, if that is told.
    pub fn presence_of(&self, agent: AgentId) -> Option<&Presence> {
        self.colleagues.presence.iter().find(|it| it.agent.id == agent)
    }

    /// Since when the owner of a conversation is gone.
    pub fn gone_since(&self, conversation: ConversationId) -> Option<Time> {
        let owner = self.list.get(conversation)?.stage.owner()?;
        self.presence_of(owner.id)?.gone_since
    }

    /// Who looks at a conversation, oneself left out.
    pub fn viewers(&self, conversation: ConversationId) -> impl Iterator<Item = &AgentRef> {
        let here = self.colleagues.presence.iter().map(|it| (it.viewing, &it.agent));
        here.filter(move |(viewing, agent)| *viewing == Some(conversation) && !self.is_me(agent.id))
            .map(|(_, agent)| agent)
    }

    /// Who types in a conversation, oneself left out.
    pub fn typing(&self, conversation: ConversationId, now: Instant) -> Vec<&Typist> {
        let me = self.me.as_ref().map(|me| TypistKey::Agent(me.agent.id));
        let here = self.colleagues.typing.now(now);
        here.filter(|((where_, key), _)| *where_ == conversation && Some(*key) != me)
            .map(|(_, who)| who)
            .collect()
    }

    /// What the bot is saying there at this moment, as far as it is there.
    pub fn bot_says(&self, conversation: ConversationId, now: Instant) -> Option<&str> {
        let mut says = self.colleagues.says.now(now);
        says.find(|(place, _)| **place == conversation)
            .map(|(_, text)| text.as_str())
    }

    /// When a typing row, or what the bot is saying, ends by itself next.
    pub fn typing_ends_at(&self, now: Instant) -> Option<Instant> {
        let ends = [self.colleagues.typing.ends_at(now), self.colleagues.says.ends_at(now)];
        ends.into_iter().flatten().min()
    }
}
