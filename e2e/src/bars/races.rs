//! An agent takes over while the bot is about to answer: whoever is faster, no bot line stands after the take-over.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    event::{Author, EventBody},
    ids::{CommandId, ConversationId, TenantId},
    people::Role,
    text::CustomerName,
};
use minicom_server::{
    bot::{rules::Rules, runner},
    desk::Desk,
    faults::Faults,
    order::{Caller, Order, Who},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use tokio::task::{JoinSet, yield_now};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Findings;
use crate::{
    desk_setup::{DeskAgent, OpenDesk, Setup, refused},
    journal::Journal,
    wait::until_async,
};

/// A question that the bot has an answer to.
const QUESTION: &str = "What are your opening hours?";
/// The longest head start of the bot.
const HEAD_START_MAX: Duration = Duration::from_micros(1_500);
/// Races at a time.
const AT_A_TIME: u64 = 4;

/// What came of the races.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Races {
    /// Held against the journal.
    pub findings: Findings,
    /// Races that were run.
    pub races: u64,
    /// In how many the bot had answered before the agent came. Without both kinds nothing is shown.
    pub bot_first: u64,
}

impl fmt::Display for Races {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Races {
            findings,
            races,
            bot_first,
        } = self;
        write!(f, "{races} races, in {bot_first} the bot was first; {findings}")
    }
}

/// Runs so many races. The seed chooses the head starts.
///
/// # Errors
/// The desk cannot be opened, or refuses.
pub async fn run(races: u64, seed: u64, faults: Faults) -> Result<Races> {
    let folder = tempfile::tempdir()?;
    let setup = Setup::with_agents(&["Ada"]).faults(faults);
    let agents = setup.prepare(folder.path()).await?;
    let open = OpenDesk::open(folder.path(), &setup)?;
    let desk = open.desk.clone();
    let stop = CancellationToken::new();
    let tenant = TenantId::default_tenant();
    let key = desk.tenant(&tenant).map_err(refused)?;
    let bot = runner::run(desk.clone(), tenant, key, Arc::new(Rules::builtin()), stop.clone());
    let bot = tokio::spawn(bot);

    let agent = signed_in(agents.first().context("an agent was made")?);
    let mut tracks = JoinSet::new();
    for track in 0..AT_A_TIME {
        let (desk, agent) = (desk.clone(), agent.clone());
        let chance = StdRng::seed_from_u64(seed + track);
        let mine = (0..races).filter(move |race| race % AT_A_TIME == track);
        tracks.spawn(race_all(desk, agent, mine, chance));
    }
    while let Some(ended) = tracks.join_next().await {
        ended??;
    }
    // The bot answers one after the other: when it has answered this, it has nothing left to say.
    let last = newcomer(&desk, "last").await?;
    post(&desk, &last, QUESTION).await?;
    let data = folder.path();
    let answered = async || {
        let journal = Journal::read(data).ok()?;
        let last = journal.customer("last");
        let found = journal
            .lines()
            .any(|(event, author, _)| *author == Author::Bot && event.subject.customer() == last);
        found.then_some(journal)
    };
    let journal = until_async("the bot to have answered everything", answered).await?;
    let mut findings = Findings::default();
    findings.bot(&journal);
    findings.lines = journal.lines().count() as u64;
    let counted = Races {
        bot_first: bot_first(&journal),
        findings,
        races,
    };
    stop.cancel();
    bot.await?;
    drop(desk);
    open.close().await?;
    Ok(counted)
}

/// Each race is a new customer's question and an agent who takes over; every other one goes on after a hand-back.
async fn race_all(desk: Desk, agent: Caller, races: impl Iterator<Item = u64>, mut chance: StdRng) -> Result<()> {
    for race in races {
        let customer = newcomer(&desk, &format!("race-{race}")).await?;
        let conversation = post(&desk, &customer, QUESTION).await?;
        wait_about(HEAD_START_MAX.mul_f64(chance.random())).await;
        by_agent(&desk, &agent, AgentCommand::TakeOver { conversation }).await?;
        if race % 2 == 0 {
            by_agent(&desk, &agent, AgentCommand::HandBack { conversation }).await?;
            post(&desk, &customer, QUESTION).await?;
            wait_about(HEAD_START_MAX.mul_f64(chance.random())).await;
            by_agent(&desk, &agent, AgentCommand::TakeOver { conversation }).await?;
        }
    }
    Ok(())
}

/// Shorter than a runtime's timer can wait: others run meanwhile.
async fn wait_about(time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        yield_now().await;
    }
}

fn bot_first(journal: &Journal) -> u64 {
    let mut answered = std::collections::HashSet::new();
    let mut count = 0;
    for event in &journal.events {
        match &event.body {
            EventBody::Posted(posted) if posted.author == Author::Bot => {
                answered.insert(event.subject.conversation());
            }
            EventBody::TakenOver(_) if answered.contains(&event.subject.conversation()) => {
                answered.remove(&event.subject.conversation());
                count += 1;
            }
            _ => {}
        }
    }
    count
}

/// A customer who comes for the first time.
///
/// # Errors
/// The desk refuses.
pub async fn newcomer(desk: &Desk, name: &str) -> Result<Caller> {
    let tenant = TenantId::default_tenant();
    let key = desk.tenant(&tenant).map_err(refused)?;
    let digest: [u8; 32] = Sha256::digest(name).into();
    let name = CustomerName::parse(name).ok().context("a name")?;
    let found = desk.first_use(key, name, digest).await.map_err(refused)?;
    let who = Who::Customer(found.customer);
    Ok(Caller { tenant, who })
}

fn signed_in(agent: &DeskAgent) -> Caller {
    let (agent, role) = (agent.agent.clone(), Role::Agent);
    Caller {
        tenant: TenantId::default_tenant(),
        who: Who::Agent { agent, role },
    }
}

async fn post(desk: &Desk, customer: &Caller, text: &str) -> Result<ConversationId> {
    let order = Order::Customer(CustomerCommand::Post { text: text.to_owned() });
    let done = desk
        .submit(customer, CommandId(Uuid::now_v7()), order)
        .await
        .map_err(refused)?;
    done.conversation.context("a post is in a conversation")
}

async fn by_agent(desk: &Desk, agent: &Caller, command: AgentCommand) -> Result<()> {
    let order = Order::Agent(command);
    desk.submit(agent, CommandId(Uuid::now_v7()), order)
        .await
        .map(drop)
        .map_err(refused)
}

/// Whether both kinds of race were seen; else the head starts do not fit the machine, and nothing was shown.
///
/// # Errors
/// Only one kind was seen.
pub fn shows_something(races: &Races) -> Result<()> {
    ensure!(
        races.bot_first > 0 && races.bot_first < races.races + races.races.div_ceil(2),
        "one side was always first: {races}"
    );
    Ok(())
}
