//! Gives what waits to agents, where a tenant has asked for that: in the order of the queue, to whom the protocol's one rule
//! names. It only proposes. The decision looks again in its own transaction, so that whoever takes by hand is first; after a
//! refusal the queue is read afresh. Where routing is off or nobody waits, nothing is read and nothing runs.

use std::{collections::HashSet, sync::Arc};

use minicom_protocol::{
    command::Done,
    ids::{AgentId, CommandId, ConversationId, Rev},
    queue::{Queue, Routable},
    refusal::Refusal,
    settings::{DeskSettings, Routing},
    staff::{PresenceState, Staff},
    summary::Summary,
};
use rusqlite::Connection;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{
    clock,
    desk::Desk,
    door::Door,
    limits,
    order::{Order, Route},
    signals::Floor,
    store::{
        self, TenantKey, conversations, settings,
        staff::{self, AgentCount},
        tenants,
    },
    timers::derived_id,
};

/// What the store says at one position of the journal.
struct Desktop {
    head: Rev,
    staff: Staff,
    settings: DeskSettings,
    counts: Vec<AgentCount>,
    waiting: Vec<Summary>,
}

/// How a look at the queue ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Look {
    /// All is given that can be.
    Settled,
    /// Something was refused: what was read is not true any more.
    Again,
    /// The desk takes nothing now.
    Later,
}

/// Proposals that were refused, and the position of the journal for which that holds.
#[derive(Default)]
struct Refused {
    at: Rev,
    pairs: HashSet<(ConversationId, AgentId)>,
}

/// Runs until `stop`.
pub(crate) async fn keep(desk: Desk, tenant: TenantKey, floor: Arc<Floor>, door: impl Door, stop: CancellationToken) {
    let mut stirred = floor.stirred();
    let mut refused = Refused::default();
    loop {
        stirred.borrow_and_update();
        let look = match floor.room(|room| room.routes()) {
            true => look(&desk, tenant, &floor, &door, &mut refused).await,
            false => Look::Settled,
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = async {}, if look == Look::Again => {}
            () = sleep(limits::LOOK_AGAIN_AFTER), if look == Look::Later => {}
            moved = stirred.changed(), if look == Look::Settled => if moved.is_err() { return },
        }
    }
}

/// Reads the queue, and gives what can be given.
async fn look(desk: &Desk, tenant: TenantKey, floor: &Floor, door: &impl Door, refused: &mut Refused) -> Look {
    let Ok(desktop) = desk.read(move |conn| Desktop::read(conn, tenant)).await else {
        return Look::Later;
    };
    // A setting that was just changed may not have been heard of yet.
    if desktop.settings.routing == Routing::Off {
        return Look::Settled;
    }
    if refused.at != desktop.head {
        *refused = Refused {
            at: desktop.head,
            ..Refused::default()
        };
    }
    let queue = Queue {
        staff: &desktop.staff,
        settings: &desktop.settings,
        now: clock::now(),
    };
    let mut agents = desktop.agents(floor);
    for row in queue.in_order(&desktop.waiting) {
        if !anybody_has_room(&queue, &agents) {
            break;
        }
        let willing = agents
            .iter()
            .filter(|it| !refused.pairs.contains(&(row.conversation, it.agent)));
        let Some(agent) = queue.route(row, willing) else {
            continue;
        };
        match propose(tenant, desktop.head, row, agent, door).await {
            // Without an event somebody was faster, or the agent is not the one who was read of.
            Ok(Done { rev: None, .. }) => {
                refused.pairs.insert((row.conversation, agent));
                return Look::Again;
            }
            Ok(Done { rev: Some(rev), .. }) => note(&mut agents, agent, rev),
            Err(refusal) if refusal.retryable() => {
                warn!(
                    code = refusal.code(),
                    "what waits could not be given to anybody; trying again"
                );
                return Look::Later;
            }
            Err(refusal) => {
                debug!(code = refusal.code(), "what waits was not given after all");
                refused.pairs.insert((row.conversation, agent));
                return Look::Again;
            }
        }
    }
    Look::Settled
}

impl Desktop {
    fn read(conn: &Connection, tenant: TenantKey) -> store::Result<Desktop> {
        Ok(Desktop {
            head: Rev(tenants::head(conn, tenant)?.cursor.at),
            staff: staff::load(conn, tenant)?,
            settings: settings::load(conn, tenant)?,
            counts: staff::counts(conn, tenant)?,
            waiting: conversations::waiting(conn, tenant)?,
        })
    }

    fn agents(&self, floor: &Floor) -> Vec<Routable> {
        let now = Instant::now();
        let of = |member: &minicom_protocol::staff::StaffMember| {
            let agent = member.agent.id;
            let count = self.counts.iter().find(|it| it.agent == agent);
            Routable {
                agent,
                presence: floor.room(|room| room.attendance.routable(agent, now)),
                active: count.map_or(0, |it| it.active),
                last_assigned: count.map_or(Rev::default(), |it| it.last_assigned),
            }
        };
        self.staff.agents.iter().map(of).collect()
    }
}

/// Whether there is an agent to whom something could be given at all: a long queue before a full desk costs nothing.
fn anybody_has_room(queue: &Queue<'_>, agents: &[Routable]) -> bool {
    agents.iter().any(|it| {
        let member = queue.staff.agent(it.agent);
        it.presence == PresenceState::Available
            && member.is_some_and(|member| queue.has_room(member, it.active).is_ok())
    })
}

async fn propose(
    tenant: TenantKey,
    head: Rev,
    row: &Summary,
    agent: AgentId,
    door: &impl Door,
) -> Result<Done, Refusal> {
    let conversation = row.conversation;
    let id = command_id(tenant, head, row, agent);
    door.submit(id, Order::Route(Route { conversation, agent })).await
}

/// The same for a repeat from the same reading, another as soon as anything has happened: a refusal is not for ever.
fn command_id(tenant: TenantKey, head: Rev, row: &Summary, agent: AgentId) -> CommandId {
    derived_id(
        row.queued_at.unwrap_or(row.opened_at),
        &[
            b"route",
            &tenant.0.to_be_bytes(),
            row.conversation.as_bytes(),
            agent.as_bytes(),
            &head.0.to_be_bytes(),
        ],
    )
}

/// Counts what was given, so that the next one goes to whoever has the fewest now.
fn note(agents: &mut [Routable], agent: AgentId, rev: Rev) {
    if let Some(it) = agents.iter_mut().find(|it| it.agent == agent) {
        it.active += 1;
        it.last_assigned = rev;
    }
}

#[cfg(test)]
#[path = "routing_tests.rs"]
mod tests;
