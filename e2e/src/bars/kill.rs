//! `kill -9` of the server's process at random moments while people write: nothing that was acknowledged is lost, nothing
//! is doubled, no reader misses anything.

use std::time::Duration;

use anyhow::{Result, ensure};
use minicom_server::faults::Faults;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

use super::{Findings, writers::Writers};
use crate::{desk_setup::Setup, journal::Journal, server::ServerProcess, wait::pause};

/// Customers who write.
const CUSTOMERS: usize = 4;
/// The longest time between an answer and the kill.
const AFTER_ANSWER_MAX: Duration = Duration::from_millis(6);

/// Kills the server so many times. The seed chooses the moments.
///
/// # Errors
/// A program cannot be started, or somebody does not come to an end.
pub async fn run(rounds: u64, seed: u64, faults: Faults) -> Result<Findings> {
    ensure!(rounds > 0, "without a kill nothing is shown");
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let setup = Setup::for_load(&["Ada", "Bo"]).bot(true).faults(faults);
    let agents = setup.prepare(&data).await?;
    let mut server = ServerProcess::start(&data, setup).await?;
    let writers = Writers::start(server.address, CUSTOMERS, &agents).await?;
    let mut chance = StdRng::seed_from_u64(seed);
    for _ in 0..rounds {
        moment(&writers, &mut chance).await?;
        server.kill().await?;
        server.begin().await?;
    }
    writers.finish(|| Journal::read(&data)).await
}

/// Waits for a moment to kill: some answers after the start, and then at once or a little later, so that each part of a
/// group's way to the disk is hit.
async fn moment(writers: &Writers, chance: &mut impl Rng) -> Result<()> {
    let (name, program) = &writers.customers[chance.random_range(0..writers.customers.len())];
    let answers = program.look(|seen| seen.answers.len()) + chance.random_range(1..=12);
    let what = format!("{answers} answers to {name}");
    program
        .until(&what, |seen| (seen.answers.len() >= answers).then_some(()))
        .await?;
    if chance.random_bool(0.5) {
        pause(AFTER_ANSWER_MAX.mul_f64(chance.random())).await;
    }
    Ok(())
}
