//! The queue, and who has how much to do: rows of one moment, judged by `minicom_protocol::queue` and by no rule of its own.
//! Who is there is not in the store; whoever asks brings it along.

use minicom_protocol::{
    ids::{AgentId, ConversationId, Rev, Time},
    people::AgentRef,
    queue::{Queue, QueueStats, Routable, Why},
    refusal::Refusal,
    settings::{DeskSettings, Routing},
    staff::{Group, Presence, PresenceState, Staff, StaffMember, Workload},
    summary::Summary,
};
use rusqlite::Connection;

use super::Desk;
use crate::{
    clock, limits,
    store::{
        self, TenantKey, conversations, settings,
        staff::{self, AgentCount},
    },
};

/// Agents, groups and settings of one moment: what the queue's rules look at besides the rows.
pub(super) struct Rules {
    pub(super) staff: Staff,
    pub(super) settings: DeskSettings,
    now: Time,
}

impl Rules {
    /// Reads them, for the time that it is.
    pub(super) fn read(conn: &Connection, tenant: TenantKey) -> store::Result<Rules> {
        Ok(Rules {
            staff: staff::load(conn, tenant)?,
            settings: settings::load(conn, tenant)?,
            now: clock::now(),
        })
    }

    /// Those rules.
    pub(super) fn queue(&self) -> Queue<'_> {
        Queue {
            staff: &self.staff,
            settings: &self.settings,
            now: self.now,
        }
    }

    /// What waits, first in the queue first.
    fn waiting(&self, conn: &Connection, tenant: TenantKey) -> store::Result<Vec<Summary>> {
        let mut waiting = conversations::waiting(conn, tenant)?;
        let queue = self.queue();
        waiting.sort_by_cached_key(|row| queue.key(row));
        Ok(waiting)
    }
}

impl Desk {
    /// What the tenant has chosen for its desk.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn desk_settings(&self, tenant: TenantKey) -> Result<DeskSettings, Refusal> {
        self.read(move |conn| settings::load(conn, tenant)).await
    }

    /// All groups of agents.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn groups(&self, tenant: TenantKey) -> Result<Vec<Group>, Refusal> {
        Ok(self.read(move |conn| staff::load(conn, tenant)).await?.groups)
    }

    /// Who waits, first in the queue first.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn queue(&self, tenant: TenantKey) -> Result<Vec<Summary>, Refusal> {
        self.read(move |conn| Rules::read(conn, tenant)?.waiting(conn, tenant))
            .await
    }

    /// The queue in numbers.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn queue_stats(&self, tenant: TenantKey) -> Result<QueueStats, Refusal> {
        self.read(move |conn| {
            let rules = Rules::read(conn, tenant)?;
            Ok(rules.queue().stats(&conversations::waiting(conn, tenant)?))
        })
        .await
    }

    /// How many conversations an agent has, without those that are put aside, and in how many of them the customer waits for
    /// an answer.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn own_load(&self, tenant: TenantKey, agent: AgentId) -> Result<(u64, u64), Refusal> {
        self.read(move |conn| {
            let mine = conversations::active_of(conn, tenant, agent)?;
            let unanswered = mine.iter().filter(|row| row.unanswered_since.is_some()).count();
            Ok((mine.len() as u64, unanswered as u64))
        })
        .await
    }

    /// Who has how much to do: agents who may sign in, in the order of their names; or one agent, whoever it is. Of the
    /// conversations of each, so many are listed that one reply can hold all; the counts are right in any case.
    ///
    /// # Errors
    /// `not_found` for an unknown agent and for one of another tenant.
    pub async fn workload(
        &self,
        tenant: TenantKey,
        presence: Vec<Presence>,
        only: Option<AgentId>,
    ) -> Result<Vec<Workload>, Refusal> {
        let agents = self.read(move |conn| {
            let rules = Rules::read(conn, tenant)?;
            let counts = staff::counts(conn, tenant)?;
            let wanted = |it: &&StaffMember| only.map_or(it.enabled, |only| it.agent.id == only);
            let mut members: Vec<&StaffMember> = rules.staff.agents.iter().filter(wanted).collect();
            members.sort_by(|a, b| by_name(&a.agent).cmp(&by_name(&b.agent)));
            let listed = limits::WORKLOAD_CONVERSATIONS_MAX / members.len().max(1);
            let loads = members.into_iter().map(|member| {
                let here = presence_of(conn, tenant, &presence, member)?;
                let mut conversations = staff::owned(conn, tenant, member.agent.id)?;
                conversations.truncate(listed);
                let (active, snoozed) = count_of(&counts, member.agent.id).map_or((0, 0), |it| (it.active, it.snoozed));
                Ok(load(
                    here,
                    active,
                    snoozed,
                    rules.queue().capacity(member),
                    conversations,
                ))
            });
            loads.collect::<store::Result<Vec<Workload>>>()
        });
        match agents.await? {
            none if none.is_empty() && only.is_some() => Err(Refusal::NotFound),
            agents => Ok(agents),
        }
    }

    /// Why a conversation waits, and who may end that.
    ///
    /// # Errors
    /// `not_found` for an unknown conversation and for one of another tenant, `closed` for one that nobody can take any more.
    pub async fn why(
        &self,
        tenant: TenantKey,
        presence: Vec<Presence>,
        conversation: ConversationId,
    ) -> Result<Why, Refusal> {
        self.read(move |conn| {
            let Some(row) = conversations::load(conn, tenant, conversation)? else {
                return Ok(Err(Refusal::NotFound));
            };
            if !row.stage.is_open() {
                return Ok(Err(Refusal::Closed));
            }
            let rules = Rules::read(conn, tenant)?;
            let queue = rules.queue();
            let place = match row.stage.is_waiting() {
                true => {
                    let waiting = conversations::waiting(conn, tenant)?;
                    let before = waiting.iter().filter(|other| queue.key(other) < queue.key(&row));
                    Some(before.count() as u64 + 1)
                }
                false => None,
            };
            let agents = routable(&rules.staff, &presence, &staff::counts(conn, tenant)?);
            Ok(Ok(Why {
                conversation,
                place,
                effective: queue.effective_priority(&row),
                agents: queue.chances(&row, &agents),
                routing: rules.settings.routing != Routing::Off,
            }))
        })
        .await?
    }
}

/// All agents as routing sees them.
fn routable(staff: &Staff, presence: &[Presence], counts: &[AgentCount]) -> Vec<Routable> {
    let all = staff.agents.iter().map(|member| {
        let id = member.agent.id;
        let count = count_of(counts, id);
        Routable {
            agent: id,
            presence: presence
                .iter()
                .find(|it| it.agent.id == id)
                .map_or(PresenceState::Offline, |it| it.state),
            active: count.map_or(0, |it| it.active),
            last_assigned: count.map_or(Rev(0), |it| it.last_assigned),
        }
    });
    all.collect()
}

fn count_of(counts: &[AgentCount], agent: AgentId) -> Option<&AgentCount> {
    counts.iter().find(|it| it.agent == agent)
}

fn by_name(agent: &AgentRef) -> (&str, AgentId) {
    (agent.name.as_str(), agent.id)
}

/// How an agent stands; one whom nobody has seen is offline.
fn presence_of(
    conn: &Connection,
    tenant: TenantKey,
    presence: &[Presence],
    member: &StaffMember,
) -> store::Result<Presence> {
    if let Some(here) = presence.iter().find(|it| it.agent.id == member.agent.id) {
        return Ok(here.clone());
    }
    Ok(Presence {
        agent: member.agent.clone(),
        state: PresenceState::Offline,
        intent: member.intent,
        last_activity_at: staff::activity(conn, tenant, member.agent.id)?,
        gone_since: None,
        viewing: None,
    })
}

fn load(
    presence: Presence,
    active: u32,
    snoozed: u32,
    capacity: Option<u32>,
    conversations: Vec<ConversationId>,
) -> Workload {
    Workload {
        presence,
        active,
        snoozed,
        capacity,
        utilisation: capacity.map(|most| {
            let percent = u64::from(active) * 100 / u64::from(most.max(1));
            u32::try_from(percent).unwrap_or(u32::MAX)
        }),
        free: capacity.map(|most| most.saturating_sub(active)),
        conversations,
    }
}
