//! Both programs ended in every way there is, at random moments, on real terminals: whatever a program can give back it gives back, it
//! says how it ended, and what was sent is there once, also after the ends that it cannot know of.

mod moment;
mod way;

use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};
use minicom_protocol::command::AgentCommand;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tempfile::TempDir;

pub use self::{moment::Moment, way::Way};
use crate::{
    computer::Computer,
    desk_setup::{DeskAgent, Setup},
    journal::Journal,
    people,
    pty::{Program, Pty},
    server::ServerProcess,
    wait::until_async,
};

/// Where it is ended: columns and rows.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];
/// Whose conversation the agent has.
const CAROL: &str = "carol";
/// What the program draws at the end of a round is taken for so long.
const QUIET: Duration = Duration::from_millis(50);
/// Complaints that are told.
const TOLD_MAX: usize = 12;

/// Which of the two programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Who {
    Customer,
    Agent,
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ended {
    /// How often in each way.
    pub ways: BTreeMap<Way, u64>,
    /// How often at each moment.
    pub moments: BTreeMap<Moment, u64>,
    /// Ends at which a program had the terminal, and gave it back as it was.
    pub given_back: u64,
    /// Ends that a program could not know of.
    pub unknown: u64,
    /// Starts after such an end, and after all at which something was sent.
    pub starts: u64,
    /// Lines that were sent.
    pub sent: u64,
    /// What was not as promised, a round each.
    pub complaints: Vec<String>,
}

impl Ended {
    /// Whether it is as promised.
    pub fn is_clean(&self) -> bool {
        self.complaints.is_empty()
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounds: u64 = self.ways.values().sum();
        writeln!(
            f,
            "{rounds} ends: {} with the terminal taken and given back, {} that no program can know of, {} starts afterwards, {} lines \
             sent, {} complaints",
            self.given_back,
            self.unknown,
            self.starts,
            self.sent,
            self.complaints.len()
        )?;
        writeln!(f, "ways: {:?}", self.ways)?;
        write!(f, "moments: {:?}", self.moments)?;
        for complaint in self.complaints.iter().take(TOLD_MAX) {
            write!(f, "\n{complaint}")?;
        }
        Ok(())
    }
}

/// Ends them so many times; the seed chooses ways and moments. `broken`: each is killed instead, which gives nothing back.
///
/// # Errors
/// The server cannot be started.
pub async fn run(rounds: u64, seed: u64, broken: bool) -> Result<Ended> {
    ensure!(rounds > 0, "without an end nothing is shown");
    let folder = TempDir::new()?;
    let mut bed = Bed::new(folder.path().join("data"), seed, broken).await?;
    for round in 0..rounds {
        let (way, moment) = bed.choose(round);
        *bed.found.ways.entry(way).or_default() += 1;
        *bed.found.moments.entry(moment).or_default() += 1;
        let who = if round % 2 == 0 { Who::Customer } else { Who::Agent };
        if let Err(error) = bed.round(round, who, way, moment).await {
            let told = format!("round {round}, {who:?}, {way:?} at {moment:?}: {error:#}");
            bed.found.complaints.push(told);
        }
        bed.wake().await?;
    }
    bed.count_lines()?;
    Ok(bed.found)
}

/// A server, a computer, an agent with one conversation, and what was found so far.
struct Bed {
    data: PathBuf,
    server: ServerProcess,
    /// The server is killed.
    asleep: bool,
    computer: Computer,
    ada: DeskAgent,
    chance: StdRng,
    broken: bool,
    /// What was sent: each stands in a line of its own.
    words: Vec<String>,
    found: Ended,
}

impl Bed {
    async fn new(data: PathBuf, seed: u64, broken: bool) -> Result<Bed> {
        let setup = Setup::for_load(&["Ada"]);
        let mut agents = setup.prepare(&data).await?;
        let ada = agents.pop().context("an agent was made")?;
        let server = ServerProcess::start(&data, setup).await?;
        let carol = people::customer(server.address, CAROL).await?;
        carol.says("Where is my parcel?").await?;
        carol.close().await;
        let colleague = people::agent(server.address, &ada).await?;
        let conversation = colleague.conversation(CAROL).await?;
        colleague.done(AgentCommand::TakeOver { conversation }).await?;
        colleague.close().await;
        Ok(Bed {
            computer: Computer::new(server.url())?,
            data,
            server,
            asleep: false,
            ada,
            chance: StdRng::seed_from_u64(seed),
            broken,
            words: Vec::new(),
            found: Ended::default(),
        })
    }

    /// A way and a moment that go together. All ways come in turns, so that few rounds have each of them.
    fn choose(&mut self, round: u64) -> (Way, Moment) {
        let at = usize::try_from(round / 2).unwrap_or_default();
        let way = Way::ALL[at % Way::ALL.len()];
        loop {
            let moment = Moment::ALL[self.chance.random_range(0..Moment::ALL.len())];
            if way.is_possible_at(moment) {
                return (way, moment);
            }
        }
    }

    async fn round(&mut self, round: u64, who: Who, way: Way, moment: Moment) -> Result<()> {
        if moment == Moment::Alone && self.chance.random_bool(0.5) {
            self.sleep().await?;
        }
        let name = format!("dora-{round}");
        let program = self.program(who, &name)?;
        let (columns, rows) = SIZES[self.chance.random_range(0..SIZES.len())];
        let mut pty = Pty::start(&way.wrapped(program.clone()), columns, rows)?;
        if moment != Moment::Start && !self.asleep {
            pty.sees("live")?;
        }
        if moment == Moment::Alone && !self.asleep {
            self.sleep().await?;
        }
        let sent = format!("words-{round}-{}", self.chance.random_range(0..u32::MAX));
        moment.reach(&mut pty, who == Who::Agent, &sent, &mut self.chance)?;
        let known = way.is_known_to_the_program();
        let taken = self.end(pty, way, moment)?;
        self.found.given_back += u64::from(known && taken);
        self.found.unknown += u64::from(!known);
        self.wake().await?;
        if known && !moment.sends() {
            return Ok(());
        }
        self.starts_again(
            &program,
            who,
            moment.sends().then_some(sent),
            way.keeps_what_was_typed(),
        )
        .await
    }

    /// Ends it, and looks at what is left of it. Whether it ever had the terminal.
    fn end(&mut self, mut pty: Pty, way: Way, moment: Moment) -> Result<bool> {
        let used = if self.broken { Way::Kill } else { way };
        if used == Way::Closed {
            let code = pty.hang_up()?;
            ensure!(code == 0 || moment == Moment::Start, "it ended with {code}");
            return Ok(false);
        }
        let code = used.end(&mut pty, moment)?;
        let taken = pty.raw().contains("\x1b[?1049h");
        if way.is_known_to_the_program() {
            pty.given_back()?;
            ensure!(pty.is_at_line_start(), "half a line is left: {:?}", pty.screen());
            // Before it listens, the system ends it.
            let expected = way.code();
            ensure!(
                code == expected || (!taken && moment == Moment::Start),
                "it ended with {code}, not {expected}"
            );
        }
        Ok(taken)
    }

    /// The next start works; what was sent is there, or still in the composer where the program knew of its end.
    async fn starts_again(&mut self, program: &Program, who: Who, sent: Option<String>, kept: bool) -> Result<()> {
        let mut pty = Pty::start(program, 120, 40)?;
        pty.sees("live").context("the next start")?;
        self.found.starts += 1;
        if let Some(sent) = sent {
            if kept {
                if who == Who::Agent {
                    moment::open_chat(&mut pty)?;
                }
                pty.sees(&sent).context("what was sent is lost")?;
            }
            let journal = || Journal::read(&self.data).ok();
            let is_there = |journal: &Journal| journal.lines().any(|line| line.2.contains(&sent));
            // What is in the outbox goes by itself; what is in the composer stays there.
            let shown = pty.screen();
            if shown.contains(&sent) && shown.contains("waiting to send") {
                until_async("what waits to be sent", async || journal().filter(is_there)).await?;
            }
            self.words.push(sent);
            self.found.sent += 1;
        }
        pty.settle(QUIET);
        pty.signal(rustix::process::Signal::TERM)?;
        ensure!(pty.end()? == 0, "the next one does not end well");
        pty.given_back()
    }

    fn program(&mut self, who: Who, name: &str) -> Result<Program> {
        let mut program = match who {
            Who::Customer => self.computer.chat(name, &[])?,
            Who::Agent => self.computer.agent(&self.ada, &[])?,
        };
        program.env.push(("MINICOM_BREAKS".into(), "1".into()));
        // One that knows more modes.
        if self.chance.random_bool(0.5) {
            program.env.push(("TERM".into(), "xterm-kitty".into()));
        }
        // One that is not asked for its colours at the start.
        if self.chance.random_bool(0.5) {
            program.env.push(("MINICOM_THEME".into(), "dark".into()));
        }
        Ok(program)
    }

    async fn sleep(&mut self) -> Result<()> {
        self.asleep = true;
        self.server.kill().await
    }

    async fn wake(&mut self) -> Result<()> {
        if std::mem::take(&mut self.asleep) {
            self.server.begin().await?;
        }
        Ok(())
    }

    /// Nothing was sent twice.
    fn count_lines(&mut self) -> Result<()> {
        let journal = Journal::read(&self.data)?;
        for words in &self.words {
            let count = journal.lines().filter(|line| line.2.contains(words.as_str())).count();
            if count > 1 {
                self.found.complaints.push(format!("{words} was sent {count} times"));
            }
        }
        Ok(())
    }
}
