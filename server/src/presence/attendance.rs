//! Who is there: connection, activity and intent are three facts of each agent, and how an agent stands to others is made
//! of them. An intent is remembered, a connection and an activity are seen.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use minicom_protocol::{
    ids::{AgentId, ConversationId, Rev, Time},
    people::AgentRef,
    staff::{Intent, Presence, PresenceState, StaffMember},
};
use tokio::time::Instant;

use super::Stamp;
use crate::limits;

/// See the module.
#[derive(Default)]
pub struct Attendance {
    people: BTreeMap<AgentId, Person>,
    idle_after: Option<Duration>,
    seats: u64,
}

struct Person {
    agent: AgentRef,
    intent: Intent,
    /// The event by which the intent was chosen, and when the server saw it.
    chosen: (Rev, Stamp),
    /// Connections.
    seats: usize,
    /// What the connections show, the last said last.
    views: Vec<(u64, ConversationId)>,
    /// When the agent last did something.
    acted: Option<Time>,
    /// The same for reckoning; absent: before this computer's clock can tell.
    acted_at: Option<Instant>,
    /// Since when there is an activity that is not stored.
    unwritten: Option<Instant>,
    /// Since when no connection is there, as far as the server has seen.
    gone: Stamp,
    /// Whether the server has seen a connection.
    was_here: bool,
}

/// An agent who is not there, or wants to have nothing.
#[derive(Clone, Copy, Debug)]
pub struct Absence {
    /// Who.
    pub agent: AgentId,
    /// Since when no connection is there; absent if one is.
    pub gone: Option<Stamp>,
    /// Since when, and by which event, all is to be handed back.
    pub hands_back: Option<(Rev, Stamp)>,
}

/// What an activity changed.
#[derive(Clone, Copy, Default, Debug)]
pub struct Acted {
    /// The agent may stand otherwise now.
    pub was_idle: bool,
    /// There was none to be stored.
    pub was_stored: bool,
}

/// Activities to store.
#[derive(Default, Debug, PartialEq)]
pub struct Unwritten {
    /// Now.
    pub due: Vec<(AgentId, Time)>,
    /// When there will be more, if nobody leaves before.
    pub next: Option<Instant>,
}

impl Attendance {
    /// An account as it is now.
    pub fn member(&mut self, member: &StaffMember, by: Rev, now: Stamp) {
        let person = self.person(&member.agent, now);
        person.agent = member.agent.clone();
        if person.intent != member.intent {
            person.intent = member.intent;
            person.chosen = (by, now);
        }
    }

    /// When agents last did something, as it was stored. What was seen since stands.
    pub fn remember(&mut self, activity: &HashMap<AgentId, Time>, now: Stamp) {
        for (id, person) in &mut self.people {
            if let (None, Some(time)) = (person.acted, activity.get(id)) {
                let ago = Duration::from_micros(now.time.since(*time).cast_unsigned());
                person.acted = Some(*time);
                person.acted_at = now.at.checked_sub(ago);
            }
        }
    }

    /// After how many minutes without activity an available agent counts as away; 0: never.
    pub fn idle_after_min(&mut self, minutes: u32) {
        self.idle_after = (minutes > 0).then(|| Duration::from_secs(u64::from(minutes) * 60));
    }

    /// A connection has come. `acts`: by the agent's doing, not because a network came back. Returns the connection's number.
    pub fn join(&mut self, agent: &AgentRef, acts: bool, now: Stamp) -> u64 {
        self.seats += 1;
        let seat = self.seats;
        let person = self.person(agent, now);
        person.agent = agent.clone();
        person.seats += 1;
        person.was_here = true;
        if acts || person.acted.is_none() {
            person.act(now);
        }
        seat
    }

    /// A connection has ended.
    pub fn leave(&mut self, agent: AgentId, seat: u64, now: Stamp) {
        if let Some(person) = self.people.get_mut(&agent) {
            person.views.retain(|(by, _)| *by != seat);
            person.seats = person.seats.saturating_sub(1);
            if person.seats == 0 {
                person.gone = now;
            }
        }
    }

    /// The agent did something.
    pub fn act(&mut self, agent: AgentId, now: Stamp) -> Acted {
        let idle_after = self.idle_after;
        let Some(person) = self.people.get_mut(&agent) else {
            return Acted::default();
        };
        let acted = Acted {
            was_idle: person.is_idle(idle_after, now.at),
            was_stored: person.unwritten.is_none(),
        };
        person.act(now);
        acted
    }

    /// What an agent looks at, in each of the agent's programs.
    pub fn looks_at(&self, agent: AgentId) -> Vec<ConversationId> {
        let views = self.people.get(&agent).map(|it| &it.views);
        views.map_or_else(Vec::new, |views| {
            views.iter().map(|(_, conversation)| *conversation).collect()
        })
    }

    /// The agent looks at something, or at nothing in particular.
    pub fn view(&mut self, agent: AgentId, seat: u64, conversation: Option<ConversationId>) {
        if let Some(person) = self.people.get_mut(&agent) {
            person.views.retain(|(by, _)| *by != seat);
            person.views.extend(conversation.map(|it| (seat, it)));
        }
    }

    /// How all agents stand.
    pub fn states(&self, now: Instant) -> impl Iterator<Item = PresenceState> {
        self.people.values().map(move |it| it.state(self.idle_after, now))
    }

    /// All agents that are known, connected or not.
    pub fn all(&self, now: Instant) -> Vec<Presence> {
        let shown = |it: &Person| Presence {
            agent: it.agent.clone(),
            state: it.state(self.idle_after, now),
            intent: it.intent,
            last_activity_at: it.acted,
            gone_since: (it.seats == 0).then_some(it.gone.time),
            viewing: it.views.last().map(|(_, conversation)| *conversation),
        };
        self.people.values().map(shown).collect()
    }

    /// How routing sees an agent: one whose network has just gone is still there.
    pub fn routable(&self, agent: AgentId, now: Instant) -> PresenceState {
        let Some(person) = self.people.get(&agent) else {
            return PresenceState::Offline;
        };
        let just_gone = person.was_here && now < person.gone.at + limits::ROUTE_GRACE;
        match person.seats {
            0 if just_gone => person.wish(self.idle_after, now),
            _ => person.state(self.idle_after, now),
        }
    }

    /// When the next agent will count as away for want of activity.
    pub fn next_idle(&self, now: Instant) -> Option<Instant> {
        let after = self.idle_after?;
        let of = |it: &Person| match it.state(self.idle_after, now) {
            PresenceState::Available => it.acted_at.map(|at| at + after),
            _ => None,
        };
        self.people.values().filter_map(of).min()
    }

    /// Activities that are to be stored: of those who left at once, of others now and then. They count as stored.
    pub fn unwritten(&mut self, now: Instant) -> Unwritten {
        self.take_unwritten(|person, since| person.seats == 0 || now >= since + limits::ACTIVITY_WRITE_EVERY)
    }

    /// All activities that are not stored.
    pub fn all_unwritten(&mut self) -> Vec<(AgentId, Time)> {
        self.take_unwritten(|_, _| true).due
    }

    /// An activity could not be stored.
    pub fn not_written(&mut self, agent: AgentId, now: Instant) {
        if let Some(person) = self.people.get_mut(&agent) {
            person.unwritten.get_or_insert(now);
        }
    }

    fn take_unwritten(&mut self, is_due: impl Fn(&Person, Instant) -> bool) -> Unwritten {
        let mut found = Unwritten::default();
        for (id, person) in &mut self.people {
            let (Some(since), Some(time)) = (person.unwritten, person.acted) else {
                continue;
            };
            if is_due(person, since) {
                person.unwritten = None;
                found.due.push((*id, time));
            } else {
                let at = since + limits::ACTIVITY_WRITE_EVERY;
                found.next = Some(found.next.map_or(at, |next| next.min(at)));
            }
        }
        found
    }

    /// Whether a conversation of this owner may have to go to somebody else.
    pub fn may_be_forsaking(&self, agent: AgentId) -> bool {
        let absent = |it: &Person| it.seats == 0 || it.intent == Intent::AwayHandBack;
        self.people.get(&agent).is_some_and(absent)
    }

    /// All who are not there or want to have nothing.
    pub fn absences(&self) -> impl Iterator<Item = Absence> {
        let absent = self.people.iter().filter(|(id, _)| self.may_be_forsaking(**id));
        absent.map(|(id, it)| Absence {
            agent: *id,
            gone: (it.seats == 0).then_some(it.gone),
            hands_back: (it.intent == Intent::AwayHandBack).then_some(it.chosen),
        })
    }

    fn person(&mut self, agent: &AgentRef, now: Stamp) -> &mut Person {
        self.people.entry(agent.id).or_insert_with(|| Person {
            agent: agent.clone(),
            intent: Intent::default(),
            chosen: (Rev::default(), now),
            seats: 0,
            views: vec![],
            acted: None,
            acted_at: None,
            unwritten: None,
            gone: now,
            was_here: false,
        })
    }
}

impl Person {
    fn act(&mut self, now: Stamp) {
        self.acted = Some(now.time);
        self.acted_at = Some(now.at);
        self.unwritten.get_or_insert(now.at);
    }

    fn is_idle(&self, idle_after: Option<Duration>, now: Instant) -> bool {
        idle_after.is_some_and(|after| self.acted_at.is_none_or(|at| now >= at + after))
    }

    fn state(&self, idle_after: Option<Duration>, now: Instant) -> PresenceState {
        match self.seats {
            0 => PresenceState::Offline,
            _ => self.wish(idle_after, now),
        }
    }

    /// How the agent stands, if there.
    fn wish(&self, idle_after: Option<Duration>, now: Instant) -> PresenceState {
        match self.intent {
            Intent::Busy => PresenceState::Busy,
            Intent::Away | Intent::AwayHandBack => PresenceState::Away,
            Intent::Available if self.is_idle(idle_after, now) => PresenceState::Away,
            Intent::Available => PresenceState::Available,
        }
    }
}
