//! A load through real sockets: customers send, agents read, and on the way it is checked that nothing is lost, doubled
//! or out of order. It knows the protocol only, so that what it measures is the server and not a client's care.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use hdrhistogram::Histogram;
use minicom_client::{Secret, ServerUrl};
use tokio::{
    sync::{Barrier, watch},
    task::JoinSet,
};

use crate::journal::Journal;

pub mod agent;
pub mod customer;
pub mod figures;
pub mod ledger;
pub mod process;
pub mod queue;
pub mod socket;

use agent::{Agent, Seen};
use customer::{Customer, Done};
use figures::Figures;
use ledger::{Ledger, Line};
use process::Used;

/// Connections that are made at once.
const CONNECTING_MAX: usize = 32;

/// What is done.
#[derive(Clone, PartialEq, Debug)]
pub struct Load {
    /// How many send.
    pub customers: usize,
    /// How many read everything.
    pub agents: usize,
    /// Lines of one customer that wait for their answers, at most.
    pub in_flight: usize,
    /// Length of a line.
    pub bytes: usize,
    /// How much in all.
    pub amount: Amount,
    /// Lines a second of all together; without it, as fast as they are answered.
    pub rate: Option<f64>,
}

/// How much is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Amount {
    /// So many lines of all together, rounded up to the same for each.
    Messages(u64),
    /// For so long.
    Time(Duration),
}

/// Where it is done.
pub struct Target {
    /// The server.
    pub server: ServerUrl,
    /// Tokens of agents; they take turns.
    pub tokens: Vec<Secret>,
    /// The data folder, to compare with the journal on the disk.
    pub data: Option<PathBuf>,
    /// The server's process, to see what it uses.
    pub pid: Option<u32>,
}

/// What all tasks of a load know.
pub struct Shared {
    load: Load,
    server: ServerUrl,
    /// Tells this load's customers and lines from others'.
    run: u32,
    /// The driver's clock begins here.
    epoch: Instant,
}

impl Shared {
    fn now_ns(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

type Acknowledged = Arc<[u64]>;

/// Does a load and checks it.
///
/// # Errors
/// The server is not on this computer, does not want it, or something is lost, doubled or out of order.
pub async fn run(load: &Load, target: &Target) -> Result<Figures> {
    ensure!(
        target.server.is_loopback(),
        "a load is for a server on this computer only, not {}",
        target.server
    );
    ensure!(load.agents == 0 || !target.tokens.is_empty(), "agents need a token");
    ensure!(
        load.customers > 0 && load.in_flight > 0,
        "a load has customers, and lines in flight"
    );
    let shared = Arc::new(Shared {
        load: load.clone(),
        server: target.server.clone(),
        run: rand::random(),
        epoch: Instant::now(),
    });
    let (told, acknowledged) = watch::channel(None);
    let mut agents = JoinSet::new();
    for (index, token) in (0..load.agents).zip(target.tokens.iter().cycle()) {
        let agent = Agent::connect(shared.clone(), index, token).await;
        let agent = agent.with_context(|| format!("agent {index}"))?;
        agents.spawn(agent.look(acknowledged.clone()));
    }
    let ready = Arc::new(Barrier::new(load.customers + 1));
    let mut customers = JoinSet::new();
    for customer in connect(&shared).await? {
        customers.spawn(customer.work(ready.clone()));
    }
    let early = |ended: Option<Result<Result<Done>, _>>| match ended {
        Some(Ok(Err(error))) => error,
        _ => anyhow::anyhow!("a customer ended before the load began"),
    };
    tokio::select! {
        _ = ready.wait() => {}
        ended = customers.join_next() => return Err(early(ended)),
    }

    let (began, before) = (Instant::now(), target.pid.and_then(Used::by));
    let done = finish(&mut customers, &mut agents).await?;
    let counts: Acknowledged = done.iter().map(|done| done.acknowledged).collect();
    told.send_replace(Some(counts.clone()));
    let mut seen = Vec::new();
    while let Some(agent) = agents.join_next().await {
        seen.push(agent??);
    }
    let used = before.zip(target.pid.and_then(Used::by));
    let on_disk = match target.data.clone() {
        Some(data) => Some(compare(shared.clone(), data, counts).await?),
        None => None,
    };
    Ok(Figures::new(load, began, &done, &seen, used, on_disk))
}

async fn connect(shared: &Arc<Shared>) -> Result<Vec<Customer>> {
    let connecting = (0..shared.load.customers).map(|index| {
        let shared = shared.clone();
        async move {
            let customer = Customer::connect(shared, index).await;
            customer.with_context(|| format!("customer {index}"))
        }
    });
    stream::iter(connecting)
        .buffer_unordered(CONNECTING_MAX)
        .try_collect()
        .await
}

/// All customers' ends, by their numbers. An agent that ends before them has found something.
async fn finish(customers: &mut JoinSet<Result<Done>>, agents: &mut JoinSet<Result<Seen>>) -> Result<Vec<Done>> {
    let mut done = Vec::new();
    loop {
        tokio::select! {
            Some(agent) = agents.join_next() => {
                agent??;
                bail!("an agent stopped looking");
            }
            customer = customers.join_next() => match customer {
                Some(customer) => done.push(customer??),
                None => break,
            }
        }
    }
    done.sort_by_key(|done| done.index);
    Ok(done)
}

/// Compares what was acknowledged with the journal on the disk, and returns how many lines of this load are in it.
async fn compare(shared: Arc<Shared>, data: PathBuf, acknowledged: Acknowledged) -> Result<u64> {
    let compared = tokio::task::spawn_blocking(move || {
        let journal = Journal::read(&data)?;
        journal.verify()?;
        let mut ledger = Ledger::new("the journal", 0, acknowledged.len());
        let mut authors = HashMap::new();
        for (event, _, text) in journal.lines() {
            let Some(line) = Line::parse(&text).filter(|line| line.run == shared.run) else {
                continue;
            };
            ledger.line(&line)?;
            let thread = event.subject.customer().context("a line in no thread")?;
            let author = *authors.entry(line.customer).or_insert(thread);
            ensure!(
                author == thread,
                "lines of customer {} are in two threads",
                line.customer
            );
        }
        match ledger.missing(&acknowledged) {
            Some(missing) => bail!("{missing}"),
            None => Ok(ledger.total()),
        }
    });
    compared.await?
}

/// For times in microseconds, up to ten minutes.
fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 600_000_000, 3).expect("the bounds are in order")
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests;
