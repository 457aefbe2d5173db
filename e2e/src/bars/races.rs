//! An agent takes over while the bot is about to answer: whoever is faster, no bot line stands after the take-over.

mod streaming;

use std::{
    fmt,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, Done},
    event::Author,
    ids::{CommandId, ConversationId, TenantId},
    text::CustomerName,
};
use minicom_server::{
    bot::{program::Program, rules::Rules, runner::Bot},
    desk::Desk,
    faults::Faults,
    order::{Caller, Order, Who},
    run_limits::RunLimits,
    signals::Signals,
    store::TenantKey,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use tokio::task::{JoinHandle, yield_now};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Findings;
use crate::{
    desk_setup::{OpenDesk, Setup, refused},
    journal::Journal,
    wait::until_async,
};

/// A question that the bot has an answer to.
const QUESTION: &str = "What are your opening hours?";
/// The bot's first head start; it is then made such that both are first equally often.
const HEAD_START: Duration = Duration::from_micros(800);
/// The bounds of the head start.
const HEAD_STARTS: (Duration, Duration) = (Duration::from_micros(1), Duration::from_millis(500));

/// Who races against the agent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Racer {
    /// The bot with its own rules.
    Rules,
    /// A program that takes its time.
    Slow,
    /// The bot with an article that a language model puts into words, piece by piece.
    Streaming,
    /// A program that often dies, before and after it has answered.
    Crashing,
}

impl Racer {
    /// All of them.
    pub const ALL: [Racer; 4] = [Racer::Rules, Racer::Slow, Racer::Streaming, Racer::Crashing];

    /// A program in shell that starts nothing for most of its answers: a start would be most of the time.
    fn script(self) -> Option<&'static str> {
        match self {
            Racer::Rules | Racer::Streaming => None,
            Racer::Slow => Some(
                r#"n=0; while read -r line; do id=${line#*:}; id=${id%%,*}; n=$((n + 1))
                   [ $((n % 3)) = 0 ] || sleep 0.00$((n % 7)); echo "{\"id\":$id,\"reply\":\"At last.\"}"; done"#,
            ),
            Racer::Crashing => Some(
                r#"n=0; while read -r line; do id=${line#*:}; id=${id%%,*}; n=$((n + 1))
                   [ $n = 40 ] && exit 1; echo "{\"id\":$id,\"reply\":\"Still here.\"}"; [ $((n + $$ % 7)) = 41 ] && exit 2; done"#,
            ),
        }
    }
}

/// What came of the races.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Races {
    /// Held against the journal.
    pub findings: Findings,
    /// Races that were run.
    pub races: u64,
    /// In how many the bot had said something before the agent came. Without both kinds nothing is shown.
    pub bot_first: u64,
    /// Answers that a model began, and those that it said to the end; only where one is asked.
    pub streamed: Option<(u64, u64)>,
}

impl fmt::Display for Races {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Races {
            findings,
            races,
            bot_first,
            streamed,
        } = self;
        write!(f, "{races} races, in {bot_first} the bot was first; ")?;
        if let Some((begun, ended)) = streamed {
            write!(f, "{begun} answers were begun and {ended} said to the end; ")?;
        }
        write!(f, "{findings}")
    }
}

/// Runs so many races. The seed chooses the head starts.
///
/// # Errors
/// The desk cannot be opened, or refuses.
pub async fn run(races: u64, seed: u64, faults: Faults, racer: Racer) -> Result<Races> {
    let folder = tempfile::tempdir()?;
    let setup = Setup::with_agents(&["Ada"]).admin("Eve").faults(faults);
    let agents = setup.prepare(folder.path()).await?;
    let [ada, eve] = agents.as_slice() else {
        bail!("an agent and an admin were made");
    };
    let open = OpenDesk::open(folder.path(), &setup)?;
    let desk = open.desk.clone();
    let key = desk.tenant(&TenantId::default_tenant()).map_err(refused)?;
    let learnt = CancellationToken::new();
    if racer == Racer::Streaming {
        streaming::teach(&desk, key, &eve.caller(), learnt.clone()).await?;
    }
    let said = Arc::new(streaming::Said::default());
    let mut race = Race {
        desk: desk.clone(),
        agent: ada.caller(),
        chance: StdRng::seed_from_u64(seed),
        head_start: HEAD_START,
        racer,
        n: 0,
        bot_first: 0,
    };
    let at_once = match racer {
        Racer::Streaming => streaming::RACES_MAX,
        _ => races,
    };
    while race.n < races {
        let until = (race.n + at_once).min(races);
        let running = begin(&desk, key, racer, &setup, &said);
        race.run_all(until).await?;
        running.end(&desk, folder.path(), &format!("last-{until}")).await?;
    }
    learnt.cancel();
    // From here on nobody says anything.
    let journal = Journal::read(folder.path())?;
    let mut findings = Findings::default();
    findings.bot(&journal);
    findings.lines = journal.lines().count() as u64;
    let counted = Races {
        findings,
        races,
        bot_first: race.bot_first,
        streamed: (racer == Racer::Streaming).then(|| said.counts()),
    };
    drop((desk, race));
    open.close().await?;
    Ok(counted)
}

/// A bot at work.
struct Running {
    stop: CancellationToken,
    bot: JoinHandle<()>,
    program: Option<JoinHandle<()>>,
}

fn begin(desk: &Desk, key: TenantKey, racer: Racer, setup: &Setup, said: &Arc<streaming::Said>) -> Running {
    let (stop, tenant) = (CancellationToken::new(), TenantId::default_tenant());
    let signals = Signals::new(desk.clone(), &RunLimits::default());
    let mut bot = Bot::new(desk, &signals, &tenant, key, Arc::new(Rules::builtin()));
    let mut program = None;
    if let Some(script) = racer.script() {
        let command = ["sh", "-c", script].map(str::to_owned);
        let (asked, work) = Program::begin(&command, &tenant, stop.clone());
        program = Some(tokio::spawn(work));
        bot = bot.with_program(asked);
    }
    if racer == Racer::Streaming {
        bot = bot.with_provider(streaming::provider(said.clone(), setup.bot_deadline));
    }
    let bot = tokio::spawn(bot.run(stop.clone()));
    Running { stop, bot, program }
}

impl Running {
    /// Ends it. When it has answered this one, what it was asked before it has answered or will soon.
    async fn end(self, desk: &Desk, data: &Path, name: &str) -> Result<()> {
        let last = newcomer(desk, name).await?;
        post(desk, &last, QUESTION).await?;
        let answered = async || {
            let journal = Journal::read(data).ok()?;
            let last = journal.customer(name);
            let found = journal
                .lines()
                .any(|(event, author, _)| *author == Author::Bot && event.subject.customer() == last);
            found.then_some(())
        };
        until_async("the bot to have answered the last one", answered).await?;
        self.stop.cancel();
        self.bot.await?;
        if let Some(program) = self.program {
            program.await?;
        }
        Ok(())
    }
}

/// One race after the other.
struct Race {
    desk: Desk,
    agent: Caller,
    chance: StdRng,
    head_start: Duration,
    racer: Racer,
    /// Races so far.
    n: u64,
    bot_first: u64,
}

impl Race {
    /// Every other race is a new customer's; the one after it goes on with the same after a hand-back.
    async fn run_all(&mut self, until: u64) -> Result<()> {
        while self.n < until {
            let customer = newcomer(&self.desk, &format!("race-{}", self.n)).await?;
            let conversation = self.run(&customer).await?;
            if self.n < until {
                by_agent(&self.desk, &self.agent, AgentCommand::HandBack { conversation }).await?;
                self.run(&customer).await?;
            }
        }
        Ok(())
    }

    /// A question, and an agent who takes over when the bot is about to answer.
    async fn run(&mut self, customer: &Caller) -> Result<ConversationId> {
        self.n += 1;
        let question = match self.racer {
            Racer::Streaming => streaming::question(self.n),
            _ => QUESTION.to_owned(),
        };
        let asked = post(&self.desk, customer, &question).await?;
        let conversation = asked.conversation.context("a post is in a conversation")?;
        wait_about(self.head_start.mul_f64(self.chance.random_range(0.5..1.5))).await;
        let taken = by_agent(&self.desk, &self.agent, AgentCommand::TakeOver { conversation }).await?;
        // Nobody else writes: what stands between the question and the take-over is the bot's.
        let bot_first = taken.rev > asked.rev.map(|rev| rev.next());
        self.bot_first += u64::from(bot_first);
        let next = self.head_start.mul_f64(if bot_first { 0.9 } else { 1.1 });
        self.head_start = next.clamp(HEAD_STARTS.0, HEAD_STARTS.1);
        Ok(conversation)
    }
}

/// Shorter than a runtime's timer can wait: others run meanwhile.
async fn wait_about(time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        yield_now().await;
    }
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
    Ok(Caller::new(tenant, who))
}

async fn post(desk: &Desk, customer: &Caller, text: &str) -> Result<Done> {
    let order = Order::Customer(CustomerCommand::post(text));
    desk.submit(customer, CommandId(Uuid::now_v7()), order)
        .await
        .map_err(refused)
}

async fn by_agent(desk: &Desk, agent: &Caller, command: AgentCommand) -> Result<Done> {
    let order = Order::Agent(command);
    desk.submit(agent, CommandId(Uuid::now_v7()), order)
        .await
        .map_err(refused)
}

/// Whether both were first often enough; else the races were none, and nothing was shown.
///
/// # Errors
/// One side was nearly always first.
pub fn shows_something(races: &Races) -> Result<()> {
    let tenth = races.races / 10;
    ensure!(
        (tenth..=races.races - tenth).contains(&races.bot_first),
        "one side was nearly always first: {races}"
    );
    Ok(())
}
