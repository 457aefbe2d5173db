//! Many agents take what waits at the same moment: each conversation gets one owner, and nobody has more than the agent can
//! have at any point of the journal.

use std::{collections::HashMap, fmt};

use anyhow::{Context, Result};
use futures_util::{StreamExt, TryStreamExt, future::try_join_all, stream};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, Done, SeenLines},
    event::EventBody,
    ids::{AgentId, CommandId, ConversationId, TenantId},
    people::Role,
    refusal::Refusal,
    settings::DeskSettings,
};
use minicom_server::{
    desk::Desk,
    faults::Faults,
    order::{Caller, Order, Who},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use super::races::newcomer;
use crate::{
    desk_setup::{DeskAgent, OpenDesk, Setup, refused},
    journal::Journal,
};

/// What the claims came to, counted in the journal.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Claims {
    /// Conversations that waited.
    pub waiting: u64,
    /// How many one agent can have.
    pub capacity: u32,
    /// Agents who took.
    pub agents: u64,
    /// Conversations that got an owner.
    pub taken: u64,
    /// Of those, that got a second one.
    pub twice: u64,
    /// Times that an agent had more than the agent can have.
    pub over: u64,
}

impl Claims {
    /// Whether it is as promised: one owner each, nobody over capacity, and nothing left that somebody could have taken.
    pub fn is_clean(&self) -> bool {
        let room = u64::from(self.capacity) * self.agents;
        self.twice == 0 && self.over == 0 && self.taken == self.waiting.min(room)
    }
}

impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} agents with room for {} each took {} of {} that waited; {} were taken twice, {} times somebody had too many",
            self.agents, self.capacity, self.taken, self.waiting, self.twice, self.over
        )
    }
}

/// Runs it: so many agents with so much room each, and so many who wait.
///
/// # Errors
/// The desk cannot be opened, or refuses what it must not.
pub async fn run(agents: u64, waiting: u64, capacity: u32, seed: u64, faults: Faults) -> Result<Claims> {
    let folder = tempfile::tempdir()?;
    let names: Vec<String> = (0..agents).map(|n| format!("Agent{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let setup = Setup::for_load(&names).faults(faults);
    let people = setup.prepare(folder.path()).await?;
    let open = OpenDesk::open(folder.path(), &setup)?;
    let desk = open.desk.clone();
    let admin = signed_in(people.first().context("an agent was made")?, Role::Admin);
    let settings = Box::new(DeskSettings {
        capacity: Some(capacity),
        ..DeskSettings::default()
    });
    ask(&desk, &admin, AgentCommand::Configure { settings })
        .await
        .map_err(refused)?;
    let rows: Vec<ConversationId> = stream::iter(0..waiting)
        .map(|n| begin(&desk, n))
        .buffer_unordered(64)
        .try_collect()
        .await?;
    let takers = people.iter().enumerate().map(|(n, agent)| {
        let chance = StdRng::seed_from_u64(seed.wrapping_add(n as u64));
        take_all(desk.clone(), signed_in(agent, Role::Agent), rows.clone(), chance)
    });
    try_join_all(takers.map(tokio::spawn))
        .await?
        .into_iter()
        .collect::<Result<()>>()?;
    drop(desk);
    open.close().await?;
    let mut claims = Claims {
        waiting,
        capacity,
        agents,
        ..Claims::default()
    };
    claims.count(&Journal::read(folder.path())?);
    Ok(claims)
}

impl Claims {
    fn count(&mut self, journal: &Journal) {
        let mut owners: HashMap<ConversationId, AgentId> = HashMap::new();
        let mut has: HashMap<AgentId, u32> = HashMap::new();
        for event in &journal.events {
            let (EventBody::TakenOver(it), Some(conversation)) = (&event.body, event.subject.conversation()) else {
                continue;
            };
            self.taken += 1;
            self.twice += u64::from(owners.insert(conversation, it.agent.id).is_some());
            let count = has.entry(it.agent.id).or_default();
            *count += 1;
            self.over += u64::from(*count > self.capacity);
        }
    }
}

/// A customer who waits at once: nobody answers before people do.
async fn begin(desk: &Desk, n: u64) -> Result<ConversationId> {
    let customer = newcomer(desk, &format!("customer-{n}")).await?;
    let order = Order::Customer(CustomerCommand::post("hello"));
    let done = desk
        .submit(&customer, CommandId(Uuid::now_v7()), order)
        .await
        .map_err(refused)?;
    done.conversation.context("a line is in a conversation")
}

/// Takes what can be taken, by turns the next of the queue and any, and answers it, until there is none or no room.
async fn take_all(desk: Desk, agent: Caller, mut rows: Vec<ConversationId>, mut chance: StdRng) -> Result<()> {
    loop {
        let command = match (chance.random_bool(0.5), rows.len()) {
            (true, n @ 1..) => AgentCommand::TakeOver {
                conversation: rows.swap_remove(chance.random_range(0..n)),
            },
            _ => AgentCommand::TakeNext {},
        };
        match ask(&desk, &agent, command).await {
            Ok(Done {
                conversation: Some(conversation),
                ..
            }) => answer(&desk, &agent, conversation).await?,
            Ok(_) | Err(Refusal::TakenBy { .. }) => {}
            Err(Refusal::NobodyWaits | Refusal::MayNotTake { .. }) => return Ok(()),
            // The writer's queue is full: the others go first.
            Err(Refusal::Busy { .. }) => tokio::task::yield_now().await,
            Err(other) => return Err(refused(other)),
        }
    }
}

/// Whoever is not answered is what needs an agent most: the next one comes after that.
async fn answer(desk: &Desk, agent: &Caller, conversation: ConversationId) -> Result<()> {
    loop {
        match ask(
            desk,
            agent,
            AgentCommand::post(conversation, "hi", SeenLines::default()),
        )
        .await
        {
            Err(Refusal::Busy { .. }) => tokio::task::yield_now().await,
            other => return other.map(drop).map_err(refused),
        }
    }
}

async fn ask(desk: &Desk, agent: &Caller, command: AgentCommand) -> Result<Done, Refusal> {
    let order = Order::Agent(command);
    desk.submit(agent, CommandId(Uuid::now_v7()), order).await
}

fn signed_in(agent: &DeskAgent, role: Role) -> Caller {
    let agent = agent.agent.clone();
    Caller::new(TenantId::default_tenant(), Who::Agent { agent, role })
}
