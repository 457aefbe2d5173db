//! The desk itself as an agent knows it: staff and settings, from the snapshot's first part and kept up by events. What is
//! kept up live equals what a fresh snapshot tells.

use minicom_protocol::{
    event::EventBody,
    frame::DeskState,
    ids::{AgentId, Rev, Time},
    queue::Queue,
    staff::{Group, StaffMember},
};

/// What is known of the desk.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeskBoard {
    state: DeskState,
    known: bool,
}

/// What an event changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Changed {
    Nothing,
    /// Who may take what.
    Staff,
    /// The queue's rules.
    Settings,
}

impl DeskBoard {
    /// Starts from a snapshot's; forgets everything if it has none.
    pub fn fresh(&mut self, state: Option<DeskState>) {
        self.known = state.is_some();
        self.state = state.unwrap_or_default();
        self.state.staff.agents.sort_by(by_name);
        self.state.staff.groups.sort_by(by_group_name);
    }

    pub fn apply(&mut self, body: &EventBody) -> Changed {
        let staff = &mut self.state.staff;
        match body {
            EventBody::AgentChanged(it) => {
                staff.agents.retain(|known| known.agent.id != it.member.agent.id);
                let at = staff.agents.partition_point(|known| by_name(known, &it.member).is_lt());
                staff.agents.insert(at, it.member.clone());
                Changed::Staff
            }
            EventBody::GroupChanged(it) => {
                staff.groups.retain(|known| known.id != it.group.id);
                let at = staff
                    .groups
                    .partition_point(|known| by_group_name(known, &it.group).is_lt());
                staff.groups.insert(at, it.group.clone());
                Changed::Staff
            }
            EventBody::GroupDeleted(it) => {
                staff.groups.retain(|known| known.id != it.group);
                Changed::Staff
            }
            EventBody::SettingsChanged(it) => {
                self.state.settings = (*it.settings).clone();
                Changed::Settings
            }
            _ => Changed::Nothing,
        }
    }

    /// The own mentions are read up to a note, and so many are left.
    pub fn set_mentions(&mut self, read: Rev, unread: u64) {
        (self.state.mentions_read, self.state.mentions_unread) = (read, unread);
    }

    /// The desk; `None` before the first snapshot that tells of it.
    pub fn get(&self) -> Option<&DeskState> {
        self.known.then_some(&self.state)
    }

    /// The same, or an empty one.
    pub fn state(&self) -> &DeskState {
        &self.state
    }

    pub fn member(&self, agent: AgentId) -> Option<&StaffMember> {
        self.state.staff.agent(agent)
    }

    /// The queue's rules at a time.
    pub fn queue(&self, now: Time) -> Queue<'_> {
        Queue {
            staff: &self.state.staff,
            settings: &self.state.settings,
            now,
        }
    }
}

fn by_name(a: &StaffMember, b: &StaffMember) -> std::cmp::Ordering {
    (a.agent.name.as_str(), a.agent.id).cmp(&(b.agent.name.as_str(), b.agent.id))
}

fn by_group_name(a: &Group, b: &Group) -> std::cmp::Ordering {
    (&a.name, a.id).cmp(&(&b.name, b.id))
}
