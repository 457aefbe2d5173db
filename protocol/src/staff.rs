//! The people of a desk and what is known of them: skills, groups, capacity, what they want (intent), and whether they are there.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AgentId, ConversationId, GroupId, Time},
    people::{AgentRef, Role},
    words::{GroupName, Skill},
};

/// What an agent chose to be. Remembered across connections and restarts; not the same as being connected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Takes customers.
    #[default]
    Available,
    /// Here, but wants no new ones.
    Busy,
    /// Not here for a while; keeps the conversations.
    Away,
    /// Not here; conversations whose customers wait, or write again, go back to the queue.
    AwayHandBack,
}

impl Intent {
    /// All, as they are offered.
    pub const ALL: [Intent; 4] = [Intent::Available, Intent::Busy, Intent::Away, Intent::AwayHandBack];

    /// The word, as it is typed and shown.
    pub fn word(self) -> &'static str {
        match self {
            Intent::Available => "available",
            Intent::Busy => "busy",
            Intent::Away => "away",
            Intent::AwayHandBack => "away-hand-back",
        }
    }
}

impl std::str::FromStr for Intent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Intent::ALL.into_iter().find(|it| it.word() == text.trim());
        known.ok_or_else(|| "say available, busy, away or away-hand-back".to_owned())
    }
}

/// How an agent stands to others: made of intent, connection and activity.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceState {
    /// Connected, and takes customers.
    Available,
    /// Connected, and wants no new ones.
    Busy,
    /// Chose to be away, or did nothing for a while.
    Away,
    /// Not connected.
    Offline,
}

impl PresenceState {
    /// The word, as it is shown.
    pub fn word(self) -> &'static str {
        match self {
            PresenceState::Available => "available",
            PresenceState::Busy => "busy",
            PresenceState::Away => "away",
            PresenceState::Offline => "offline",
        }
    }
}

/// One agent's presence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Presence {
    /// Who.
    #[serde(flatten)]
    pub agent: AgentRef,
    /// How the agent stands to others.
    pub state: PresenceState,
    /// What the agent chose.
    pub intent: Intent,
    /// When the agent last did something, if the server has seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_activity_at: Option<Time>,
    /// Not connected since then, if the server has seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_since: Option<Time>,
    /// What the agent has on the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewing: Option<ConversationId>,
}

/// An agent as the desk decides about one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StaffMember {
    /// Who.
    pub agent: AgentRef,
    /// What the account may do.
    pub role: Role,
    /// Whether it may sign in.
    pub enabled: bool,
    /// What the agent is good at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Skill>,
    /// How many conversations at once; the tenant's limit if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// What the agent chose to be.
    #[serde(default)]
    pub intent: Intent,
}

/// Agents who answer one sort of question. An agent has the group's skills as well as the own ones.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Group {
    /// Which one.
    pub id: GroupId,
    /// Its name, unique in the tenant.
    pub name: GroupName,
    /// Who is in it.
    #[serde(default)]
    pub members: Vec<AgentId>,
    /// What its members are good at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Skill>,
}

impl Group {
    /// As it is named in events and rows.
    pub fn to_ref(&self) -> GroupRef {
        GroupRef {
            id: self.id,
            name: self.name.clone(),
        }
    }
}

/// A group by id and name.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct GroupRef {
    /// Which one.
    pub id: GroupId,
    /// Its name.
    pub name: GroupName,
}

/// All agents and groups of a desk.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Staff {
    /// Agents' accounts, disabled ones too.
    pub agents: Vec<StaffMember>,
    /// Groups.
    pub groups: Vec<Group>,
}

impl Staff {
    /// An agent by id.
    pub fn agent(&self, id: AgentId) -> Option<&StaffMember> {
        self.agents.iter().find(|it| it.agent.id == id)
    }

    /// A group by id.
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.iter().find(|it| it.id == id)
    }

    /// Whether an agent has a skill, by itself or by a group.
    pub fn has_skill(&self, member: &StaffMember, skill: &Skill) -> bool {
        member.skills.contains(skill)
            || self
                .groups
                .iter()
                .any(|group| group.members.contains(&member.agent.id) && group.skills.contains(skill))
    }
}

/// How much one agent has to do.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Workload {
    /// Who, and how the agent stands.
    pub presence: Presence,
    /// Conversations that count: active ones. Snoozed ones do not.
    pub active: u32,
    /// Snoozed ones.
    pub snoozed: u32,
    /// How many at once; absent: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Share of the capacity in use, in percent; above 100 if it was exceeded by an admin. Absent without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utilisation: Option<u32>,
    /// How many more; absent without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<u32>,
    /// Which ones.
    pub conversations: Vec<ConversationId>,
}
