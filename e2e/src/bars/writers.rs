//! People under whom the ground shakes: customers who write and an agent who answers, at the pace of a fast script, while
//! an experiment kills the server or cuts the connections. Everybody also reads, and is held against the journal at the end.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use minicom_client::CustomerReplica;
use minicom_protocol::command::{AgentCommand, CustomerCommand};
use rand::RngExt;
use tokio::{task::JoinHandle, time::interval};

use super::check::{Findings, Lines, Sent, caught_up};
use crate::{
    desk_setup::DeskAgent,
    journal::Journal,
    people::{self, agent_config, customer_config},
    program::{AgentProgram, CustomerProgram, Program, Replica, Seen},
};

/// Between two lines of one author: below the frames a second that the server takes from a connection.
const PACE: Duration = Duration::from_millis(8);
/// Lines of one author without an answer.
const IN_FLIGHT: usize = 8;

/// Everybody who takes part.
pub struct Writers {
    /// Customers by name.
    pub customers: Vec<(String, Arc<CustomerProgram>)>,
    /// Second windows of the first customers, which only read.
    windows: Vec<(String, CustomerProgram)>,
    agents: Vec<(String, Arc<AgentProgram>)>,
    writing: Vec<JoinHandle<Result<Vec<Sent>>>>,
    stop: Arc<AtomicBool>,
}

impl Writers {
    /// Connects them and lets them write.
    ///
    /// # Errors
    /// Somebody cannot connect.
    pub async fn start(address: SocketAddr, customers: usize, agents: &[DeskAgent]) -> Result<Writers> {
        let mut all = Writers {
            customers: Vec::new(),
            windows: Vec::new(),
            agents: Vec::new(),
            writing: Vec::new(),
            stop: Arc::new(AtomicBool::new(false)),
        };
        for who in agents {
            let program = AgentProgram::start(agent_config(address, who)?.timing(people::hasty()));
            all.agents.push((who.agent.name.to_string(), Arc::new(program)));
        }
        for n in 0..customers {
            let name = format!("customer-{n}");
            let program = CustomerProgram::start(customer_config(address, &name)?.timing(people::hasty()));
            all.customers.push((name, Arc::new(program)));
        }
        let window = CustomerProgram::start(customer_config(address, "customer-0")?.timing(people::hasty()));
        all.windows.push(("customer-0".to_owned(), window));
        for (name, program) in &all.customers {
            all.writing
                .push(tokio::spawn(write(name.clone(), program.clone(), all.stop.clone())));
        }
        if let Some((name, program)) = all.agents.first() {
            all.writing
                .push(tokio::spawn(answer(name.clone(), program.clone(), all.stop.clone())));
        }
        Ok(all)
    }

    /// Lets everybody finish, waits until all have read everything, and holds it against the journal.
    ///
    /// # Errors
    /// Somebody does not come to an end.
    pub async fn finish(mut self, journal: impl Fn() -> Result<Journal>) -> Result<Findings> {
        self.stop.store(true, Ordering::Relaxed);
        let mut sent = Vec::new();
        for writing in std::mem::take(&mut self.writing) {
            sent.push(writing.await??);
        }
        // The bot may still have a word to say: what is compared must be the end.
        loop {
            let truth = journal()?;
            let findings = self.compare(&sent, &truth).await?;
            if journal()?.head() == truth.head() {
                truth.verify()?;
                return Ok(findings);
            }
        }
    }

    async fn compare(&self, sent: &[Vec<Sent>], truth: &Journal) -> Result<Findings> {
        let mut findings = Findings::default();
        let lines = Lines::of(truth);
        sent.iter().for_each(|by| findings.author(by, &lines));
        findings.bot(truth);
        for (name, agent) in &self.agents {
            caught_up(agent, truth.head(), |replica| replica.at().0).await?;
            agent.look(|seen| findings.agent(name, seen, truth))?;
        }
        let windows = self.windows.iter().map(|(name, window)| (name, window));
        let customers = self.customers.iter().map(|(name, program)| (name, &**program));
        for (name, program) in customers.chain(windows) {
            let id = truth.customer(name);
            let theirs = truth.events.iter().filter(|event| event.subject.customer() == id);
            let newest = theirs.filter_map(|event| event.seq).max().map_or(0, |seq| seq.0);
            caught_up(program, newest, |replica: &CustomerReplica| replica.at().0).await?;
            program.look(|seen| findings.customer(name, seen, truth));
        }
        Ok(findings)
    }
}

/// The answers to everything that was sent, in its order. Waits for the last one.
async fn answers<R: Replica>(program: &Program<R>, mut sent: Vec<Sent>) -> Result<Vec<Sent>> {
    let all = sent.len();
    let enough = |seen: &Seen<R>| (seen.answers.len() >= all).then_some(());
    program.until("the last answers", enough).await?;
    for line in &mut sent {
        line.outcome = program.look(|seen| seen.answers.get(&line.id).cloned());
    }
    Ok(sent)
}

/// A customer who writes until it is enough, and then waits for the last answer.
async fn write(name: String, program: Arc<CustomerProgram>, stop: Arc<AtomicBool>) -> Result<Vec<Sent>> {
    let mut sent = Vec::new();
    let mut pace = interval(PACE);
    while !stop.load(Ordering::Relaxed) {
        pace.tick().await;
        if sent.len() >= program.look(|seen| seen.answers.len()) + IN_FLIGHT {
            continue;
        }
        let text = format!("{name} writes {}", sent.len());
        let id = program.send(CustomerCommand::post(text.clone()))?;
        sent.push(Sent {
            id,
            text,
            outcome: None,
        });
    }
    answers(&program, sent).await
}

/// An agent who answers whoever is there, and takes over on the way.
async fn answer(name: String, program: Arc<AgentProgram>, stop: Arc<AtomicBool>) -> Result<Vec<Sent>> {
    let mut sent: Vec<Sent> = Vec::new();
    let mut pace = interval(PACE);
    while !stop.load(Ordering::Relaxed) {
        pace.tick().await;
        if sent.len() >= program.look(|seen| seen.answers.len()) + IN_FLIGHT {
            continue;
        }
        let rows: Vec<_> = program.look(|seen| seen.replica.summaries().map(|row| row.conversation).collect());
        if rows.is_empty() {
            continue;
        }
        let conversation = rows[rand::rng().random_range(0..rows.len())];
        let text = format!("{name} answers {}", sent.len());
        let id = program.send(AgentCommand::Post {
            conversation,
            text: text.clone(),
            seen: Default::default(),
            take_over: true,
            anyway: true,
            quote: None,
            reply: None,
            article: None,
            file: None,
        })?;
        sent.push(Sent {
            id,
            text,
            outcome: None,
        });
    }
    answers(&program, sent).await
}
