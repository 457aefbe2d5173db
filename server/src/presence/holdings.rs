//! Who owns which conversation, since when, and whether it has called for its owner since. A fold of the journal.

use std::collections::{BTreeMap, HashMap};

use minicom_protocol::{
    event::{Event, EventBody, Target, WokenBy},
    ids::{AgentId, ConversationId, Rev},
    summary::Summary,
};

use super::Stamp;

/// A conversation that somebody owns.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// The event that made the agent the owner.
    pub owned_by: Rev,
    /// When the server saw that.
    pub since: Stamp,
    /// The newest event by which it called for its owner, as a line of the customer does; 0 if none did.
    pub call: Rev,
}

/// See the module.
#[derive(Default)]
pub struct Holdings {
    owner_of: HashMap<ConversationId, AgentId>,
    by_owner: HashMap<AgentId, BTreeMap<ConversationId, Holding>>,
}

impl Holdings {
    /// Those of open conversations.
    pub fn of(open: &[Summary], now: Stamp) -> Holdings {
        let mut holdings = Holdings::default();
        for row in open {
            if let Some(owner) = row.stage.owner() {
                let call = row.owes_since().map_or(Rev::default(), |_| row.rev);
                holdings.own(row.conversation, owner.id, row.stage_rev, call, now);
            }
        }
        holdings
    }

    /// Takes in an event.
    pub fn apply(&mut self, event: &Event, now: Stamp) {
        let Some(conversation) = event.subject.conversation() else {
            return;
        };
        let owner = match &event.body {
            EventBody::TakenOver(it) => Some(it.agent.id),
            EventBody::Transferred(it) => match &it.to {
                Target::Agent { agent } => Some(agent.id),
                Target::Group { .. } | Target::Queue => None,
            },
            // What was put aside calls when that is over; an owner who takes it up again needs no call.
            EventBody::Woken(it) if it.why != WokenBy::Agent => {
                self.call(conversation, event.rev);
                return;
            }
            EventBody::HandedBack(_) | EventBody::HumanRequested(_) | EventBody::Requeued(_) | EventBody::Closed(_) => {
                None
            }
            _ => return,
        };
        self.disown(conversation);
        if let Some(owner) = owner {
            self.own(conversation, owner, event.rev, Rev::default(), now);
        }
    }

    /// It calls for its owner. Returns who that is, if there is one.
    pub fn call(&mut self, conversation: ConversationId, rev: Rev) -> Option<AgentId> {
        let owner = *self.owner_of.get(&conversation)?;
        let holding = self.by_owner.get_mut(&owner)?.get_mut(&conversation)?;
        holding.call = holding.call.max(rev);
        Some(owner)
    }

    /// Whether an agent owns any.
    pub fn has_any(&self, agent: AgentId) -> bool {
        self.by_owner.contains_key(&agent)
    }

    /// An agent's.
    pub fn of_agent(&self, agent: AgentId) -> impl Iterator<Item = (ConversationId, &Holding)> {
        self.by_owner
            .get(&agent)
            .into_iter()
            .flatten()
            .map(|(id, it)| (*id, it))
    }

    fn own(&mut self, conversation: ConversationId, owner: AgentId, owned_by: Rev, call: Rev, since: Stamp) {
        self.owner_of.insert(conversation, owner);
        let held = self.by_owner.entry(owner).or_default();
        held.insert(conversation, Holding { owned_by, since, call });
    }

    fn disown(&mut self, conversation: ConversationId) {
        let Some(owner) = self.owner_of.remove(&conversation) else {
            return;
        };
        if let Some(held) = self.by_owner.get_mut(&owner) {
            held.remove(&conversation);
            if held.is_empty() {
                self.by_owner.remove(&owner);
            }
        }
    }
}
