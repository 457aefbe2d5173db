//! One tenant's people and conversations as they stand this moment: who is there, who owns what, how long the queue took
//! lately. Pure: events, what sessions say and the time are handed in, and what others are to be told comes out. It refuses
//! to know sockets, tasks and the store. All of it can be made again from the journal and from who is connected.

mod attendance;
mod forsaken;
mod holdings;
mod news;
mod waits;

use std::{collections::HashMap, sync::Arc};

use minicom_protocol::{
    event::EventBody,
    ids::{AgentId, Rev, Time},
    settings::{DeskSettings, Routing},
    staff::{Presence, PresenceState, Staff},
    summary::Summary,
};
use tokio::time::Instant;

use self::holdings::Holdings;
pub use self::{attendance::Attendance, forsaken::Forsaken, news::News, waits::Waits};
use crate::clock;

/// A moment by both clocks: the one that only goes forward, for what is to come, and the one that is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// For reckoning.
    pub at: Instant,
    /// For showing.
    pub time: Time,
}

impl Stamp {
    /// This moment.
    pub fn now() -> Stamp {
        Stamp {
            at: Instant::now(),
            time: clock::now(),
        }
    }
}

/// What the store says at one position of the journal.
#[derive(Default)]
pub struct Beginning {
    /// The position.
    pub head: Rev,
    /// Agents and groups.
    pub staff: Staff,
    /// What the tenant has chosen.
    pub settings: DeskSettings,
    /// When agents last did something.
    pub activity: Vec<(AgentId, Time)>,
    /// All open conversations.
    pub open: Vec<Summary>,
    /// The last closed ones.
    pub closed: Vec<Summary>,
}

/// See the module.
#[derive(Default)]
pub struct Room {
    /// Who is there.
    pub attendance: Attendance,
    /// Who owns what.
    holdings: Holdings,
    /// How long the queue took.
    pub waits: Waits,
    settings: Arc<DeskSettings>,
    /// Whether the store was read.
    known: bool,
    /// What was told of people last, without the times of their activity.
    told: Vec<Presence>,
    /// Whether something moved that others act upon.
    moved: bool,
}

/// What came of a change.
#[derive(Default, Debug)]
pub struct Change {
    /// The whole list, if agents are to be told.
    pub told: Option<Vec<Presence>>,
    /// Whether those who act upon the state of things should look again.
    pub stirs: bool,
}

impl Room {
    /// Takes over what the store says. Who is connected stays connected.
    pub fn begin(&mut self, from: Beginning, now: Stamp) {
        for member in &from.staff.agents {
            self.attendance.member(member, from.head, now);
        }
        let activity: HashMap<AgentId, Time> = from.activity.into_iter().collect();
        self.attendance.remember(&activity, now);
        self.holdings = Holdings::of(&from.open, now);
        self.waits = Waits::of(&from.open, &from.closed);
        self.set(Arc::new(from.settings));
        self.known = true;
        self.moved = true;
    }

    /// Takes in what happened.
    pub fn hear(&mut self, news: &News, now: Stamp) {
        let event = match news {
            News::CustomerLine { conversation, rev } => {
                // Only where the owner may be gone does anybody act upon a line.
                if let Some(owner) = self.holdings.call(*conversation, *rev) {
                    self.moved |= self.attendance.may_be_forsaking(owner);
                }
                return;
            }
            News::Event(event) => event,
        };
        match &event.body {
            EventBody::AgentChanged(it) => self.attendance.member(&it.member, event.rev, now),
            EventBody::SettingsChanged(it) => self.set(Arc::new((*it.settings).clone())),
            EventBody::Seen(_) => return,
            _ => {
                self.holdings.apply(event, now);
                self.waits.apply(event);
            }
        }
        self.moved = true;
    }

    fn set(&mut self, settings: Arc<DeskSettings>) {
        self.attendance.idle_after_min(settings.idle_away_min);
        self.settings = settings;
    }

    /// What the tenant has chosen.
    pub fn settings(&self) -> &Arc<DeskSettings> {
        &self.settings
    }

    /// Whether the store was read: before that nobody is told of hours, places or routed anything.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// Whether waiting conversations are to be given to agents now.
    pub fn routes(&self) -> bool {
        self.known && self.settings.routing != Routing::Off && self.waits.waiting() > 0
    }

    /// Whether some agent is there who takes customers.
    pub fn is_staffed(&self, now: Instant) -> bool {
        self.attendance
            .states(now)
            .any(|state| state == PresenceState::Available)
    }

    /// Whether some agent is there at all, also one who has enough to do.
    pub fn is_attended(&self, now: Instant) -> bool {
        let mut states = self.attendance.states(now);
        states.any(|state| matches!(state, PresenceState::Available | PresenceState::Busy))
    }

    /// Conversations whose owner is gone, or handed all back.
    pub fn forsaken(&self) -> Vec<Forsaken> {
        forsaken::find(&self.attendance, &self.holdings, self.settings.owner_grace_s)
    }

    /// What is to be told after a change.
    pub fn look(&mut self, now: Instant) -> Change {
        let mut list = self.attendance.all(now);
        list.retain(|it| it.state != PresenceState::Offline || self.holdings.has_any(it.agent.id));
        let bare: Vec<Presence> = list
            .iter()
            .map(|it| Presence {
                last_activity_at: None,
                ..it.clone()
            })
            .collect();
        let stirs = std::mem::take(&mut self.moved) | !same_standing(&self.told, &bare);
        // An activity that changes nobody's state is no news: it would make a signal of every key.
        let told = (self.told != bare).then_some(list);
        self.told = bare;
        Change { told, stirs }
    }
}

/// Whether all stand as they stood, whatever they look at.
fn same_standing(before: &[Presence], now: &[Presence]) -> bool {
    let standing = |it: &Presence| (it.agent.id, it.state, it.intent, it.gone_since);
    before.iter().map(standing).eq(now.iter().map(standing))
}

#[cfg(test)]
#[path = "presence/tests.rs"]
pub(crate) mod tests;
