//! The queue: who may take what, and in which order. The server decides by these very functions, clients show by them what
//! the next key would open, and `why` explains with them; there is no second set of rules. The time is a value here.

mod stats;

pub use stats::{ByPriority, QueueStats};

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AgentId, ConversationId, Rev, Time},
    intake::Priority,
    people::{AgentRef, Role},
    settings::DeskSettings,
    staff::{GroupRef, Intent, PresenceState, Staff, StaffMember},
    summary::Summary,
    words::Skill,
};

/// Why an agent may not take a conversation, or is not given it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum WhyNot {
    /// The account is disabled.
    Disabled,
    /// The agent lacks skills that the conversation needs.
    Skills {
        /// Which.
        missing: Vec<Skill>,
    },
    /// It waits for a group that the agent is not in.
    Group {
        /// Which.
        group: GroupRef,
    },
    /// The agent has as many as the agent can have.
    Full {
        /// How many.
        active: u32,
        /// How many at most.
        capacity: u32,
    },
    /// The agent chose not to be given any. One may still take by hand.
    NotAvailable {
        /// What was chosen.
        intent: Intent,
    },
    /// The agent is not connected, or did nothing for a while. One may still take by hand.
    NotThere,
    /// It came from the agent's hands, by a transfer or for silence. One may still take by hand.
    HadItLast,
    /// A colleague has it: it goes on by a transfer, or an admin assigns it.
    Taken {
        /// Who has it.
        by: AgentRef,
    },
}

impl WhyNot {
    /// The reason in a few words, after "because" or a colon.
    pub fn words(&self) -> String {
        match self {
            WhyNot::Disabled => "the account is disabled".to_owned(),
            WhyNot::Skills { missing } => {
                let names: Vec<&str> = missing.iter().map(Skill::as_str).collect();
                format!("needs {}", crate::gate::Shown::line(&names.join(", ")))
            }
            WhyNot::Group { group } => format!("waits for the group {}", group.name.shown()),
            WhyNot::Full { active, capacity } => format!("has {active} of {capacity}"),
            WhyNot::NotAvailable { intent } => format!("is {}", intent.word()),
            WhyNot::NotThere => "is not there".to_owned(),
            WhyNot::HadItLast => "had it last".to_owned(),
            WhyNot::Taken { by } => format!("{} has it", by.name.shown()),
        }
    }
}

/// What `why` says of one agent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Chance {
    /// Who.
    pub agent: AgentRef,
    /// Why the agent may not take it by hand; absent: the agent may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take: Option<WhyNot>,
    /// Why routing would not give it to the agent; absent: it could.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<WhyNot>,
}

/// Why a conversation waits, and who may end that.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Why {
    /// Which.
    pub conversation: ConversationId,
    /// Its place in the queue, 1 is next; absent if it does not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u64>,
    /// The priority that counts now, with ageing.
    pub effective: Priority,
    /// What of each agent, in the order of names.
    pub agents: Vec<Chance>,
    /// Whether waiting conversations are given to agents at all.
    pub routing: bool,
}

/// What the queue's rules look at besides the conversations.
#[derive(Clone, Copy, Debug)]
pub struct Queue<'a> {
    /// Agents and groups.
    pub staff: &'a Staff,
    /// What the tenant has chosen.
    pub settings: &'a DeskSettings,
    /// The server's time.
    pub now: Time,
}

/// A place in the queue: the smaller is first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct QueueKey {
    urgency: std::cmp::Reverse<Priority>,
    queued: Rev,
    conversation: ConversationId,
}

impl<'a> Queue<'a> {
    /// How urgent it counts now: a long wait raises it by one class.
    pub fn effective_priority(&self, row: &Summary) -> Priority {
        let priority = row.intake.priority;
        let limit = i64::from(self.settings.ageing_min).saturating_mul(60_000_000);
        // Whoever is with an agent does not wait in the queue any more.
        let waits = limit > 0 && row.stage.is_waiting();
        let aged = waits && row.queued_since().is_some_and(|since| self.now.since(since) >= limit);
        if aged { priority.raised() } else { priority }
    }

    /// The place of what waits: priority with ageing, then who came into the queue first (by the journal, not by a clock that
    /// may be set back), then the id. Skills and groups decide who may take it, never the order.
    pub fn key(&self, row: &Summary) -> QueueKey {
        QueueKey {
            urgency: std::cmp::Reverse(self.effective_priority(row)),
            queued: row.queued_rev.unwrap_or(row.stage_rev),
            conversation: row.conversation,
        }
    }

    /// What waits, who is next first: a row's place is its index and one.
    pub fn in_order<'r>(&self, rows: impl IntoIterator<Item = &'r Summary>) -> Vec<&'r Summary> {
        let mut waiting: Vec<&Summary> = rows.into_iter().filter(|row| row.stage.is_waiting()).collect();
        waiting.sort_by_cached_key(|row| self.key(row));
        waiting
    }

    /// How many conversations this agent can have.
    pub fn capacity(&self, member: &StaffMember) -> Option<u32> {
        member.capacity.or(self.settings.capacity)
    }

    /// Whether an agent who has `active` conversations may take this one.
    ///
    /// # Errors
    /// Why not. An admin may all the same, and is warned.
    pub fn may_take(&self, member: &StaffMember, active: u32, row: &Summary) -> Result<(), WhyNot> {
        if !member.enabled {
            return Err(WhyNot::Disabled);
        }
        // What waits for a group that is no more waits for anybody.
        let group = row.group.as_ref().and_then(|it| self.staff.group(it.id));
        if let Some(group) = group.filter(|it| row.stage.is_waiting() && !it.members.contains(&member.agent.id)) {
            return Err(WhyNot::Group { group: group.to_ref() });
        }
        let missing: Vec<Skill> = row
            .intake
            .skills
            .iter()
            .filter(|skill| !self.staff.has_skill(member, skill))
            .cloned()
            .collect();
        if !missing.is_empty() {
            return Err(WhyNot::Skills { missing });
        }
        self.has_room(member, active)
    }

    /// Whether an agent who has `active` conversations can have one more.
    ///
    /// # Errors
    /// [`WhyNot::Full`].
    pub fn has_room(&self, member: &StaffMember, active: u32) -> Result<(), WhyNot> {
        match self.capacity(member) {
            Some(capacity) if active >= capacity => Err(WhyNot::Full { active, capacity }),
            _ => Ok(()),
        }
    }

    /// Whether routing may give this one to an agent.
    ///
    /// # Errors
    /// Why not.
    pub fn may_be_given(
        &self,
        member: &StaffMember,
        presence: PresenceState,
        active: u32,
        row: &Summary,
    ) -> Result<(), WhyNot> {
        self.may_take(member, active, row)?;
        if row.left_by == Some(member.agent.id) {
            return Err(WhyNot::HadItLast);
        }
        if member.intent != Intent::Available {
            return Err(WhyNot::NotAvailable { intent: member.intent });
        }
        match presence {
            PresenceState::Available => Ok(()),
            PresenceState::Busy | PresenceState::Away | PresenceState::Offline => Err(WhyNot::NotThere),
        }
    }

    /// What needs this agent most: a conversation of the agent's own in which the customer spoke last, the one that has
    /// waited longest; else the first of the queue that the agent may take. Of equals by priority, a customer whom the
    /// agent had before comes first.
    pub fn next_for<'r>(
        &self,
        agent: AgentId,
        rows: impl IntoIterator<Item = &'r Summary> + Clone,
    ) -> Option<&'r Summary> {
        let own = rows
            .clone()
            .into_iter()
            .filter(|row| row.stage.is_owned_by(agent) && row.stage.is_active())
            .filter_map(|row| Some(((row.unanswered_since?, row.conversation), row)))
            .min_by_key(|(key, _)| *key);
        if let Some((_, row)) = own {
            return Some(row);
        }
        let member = self.staff.agent(agent)?;
        let active = active_count(agent, rows.clone());
        let mut first = None;
        for row in rows.into_iter().filter(|row| row.stage.is_waiting()) {
            let key = self.key(row);
            let mine_before = row.hint.as_ref().is_some_and(|it| it.id == agent);
            let place = (key.urgency, std::cmp::Reverse(mine_before), key);
            // Whoever does not come before the one that was found need not be asked for: of thousands, nearly none.
            let comes_before = first.is_none_or(|(before, _)| place < before);
            if comes_before && self.may_take(member, active, row).is_ok() {
                first = Some((place, row));
            }
        }
        first.map(|(_, row)| row)
    }

    /// To whom routing gives what waits: of those whom it may be given to, who had this customer before, then who has the
    /// fewest, then who was given one the longest ago.
    pub fn route<'s>(&self, row: &Summary, agents: impl IntoIterator<Item = &'s Routable>) -> Option<AgentId> {
        agents
            .into_iter()
            .filter(|it| {
                self.staff
                    .agent(it.agent)
                    .is_some_and(|member| self.may_be_given(member, it.presence, it.active, row).is_ok())
            })
            .min_by_key(|it| {
                let had = row.hint.as_ref().is_some_and(|hint| hint.id == it.agent);
                (std::cmp::Reverse(had), it.active, it.last_assigned, it.agent)
            })
            .map(|it| it.agent)
    }

    /// Who may take this one and who not, and why. Accounts that are disabled or deleted are nobody's who could. What a colleague has
    /// nobody takes, an admin neither.
    pub fn chances(&self, row: &Summary, agents: &[Routable]) -> Vec<Chance> {
        let mut chances: Vec<Chance> = agents
            .iter()
            .filter_map(|it| {
                let member = self.staff.agent(it.agent).filter(|member| member.enabled)?;
                let (take, route) = match row.stage.owner() {
                    // Whoever has it need not be one who may.
                    Some(owner) if owner.id == it.agent => (None, None),
                    Some(owner) => {
                        let taken = WhyNot::Taken { by: owner.clone() };
                        (Some(taken.clone()), Some(taken))
                    }
                    None => (
                        self.may_take(member, it.active, row).err(),
                        self.may_be_given(member, it.presence, it.active, row).err(),
                    ),
                };
                Some(Chance {
                    agent: member.agent.clone(),
                    take,
                    route,
                })
            })
            .collect();
        chances.sort_by(|a, b| (a.agent.name.as_str(), a.agent.id).cmp(&(b.agent.name.as_str(), b.agent.id)));
        chances
    }

    /// The queue in numbers.
    pub fn stats<'r>(&self, rows: impl IntoIterator<Item = &'r Summary>) -> QueueStats {
        let mut stats = QueueStats::default();
        let mut sum: i64 = 0;
        for row in rows {
            let Some(since) = row.queued_since().filter(|_| row.stage.is_waiting()) else {
                continue;
            };
            stats.waiting += 1;
            match row.intake.priority {
                Priority::Urgent => stats.urgent += 1,
                Priority::High => stats.high += 1,
                Priority::Medium => stats.medium += 1,
                Priority::Low => stats.low += 1,
            }
            stats.effective.count(self.effective_priority(row));
            let wait = self.now.since(since) / 1_000;
            stats.longest_wait_ms = stats.longest_wait_ms.max(wait);
            sum = sum.saturating_add(wait);
        }
        stats.average_wait_ms = sum.checked_div(stats.waiting.cast_signed()).unwrap_or(0);
        stats
    }

    /// Whether this agent may do what only admins may.
    pub fn is_admin(&self, agent: AgentId) -> bool {
        self.staff.agent(agent).is_some_and(|it| it.role == Role::Admin)
    }
}

/// An agent as routing sees one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Routable {
    /// Who.
    pub agent: AgentId,
    /// How the agent stands now.
    pub presence: PresenceState,
    /// How many conversations the agent has that count.
    pub active: u32,
    /// The event by which the agent last became an owner; 0 if never.
    pub last_assigned: Rev,
}

/// How many of these conversations count against an agent's capacity: active ones. Snoozed ones do not.
pub fn active_count<'r>(agent: AgentId, rows: impl IntoIterator<Item = &'r Summary>) -> u32 {
    let mine = rows
        .into_iter()
        .filter(|row| row.stage.is_active() && row.stage.is_owned_by(agent));
    u32::try_from(mine.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
