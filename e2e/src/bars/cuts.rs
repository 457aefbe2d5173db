//! Connections cut at random bytes while people write: at the end every replica equals the journal.

use anyhow::{Result, ensure};
use minicom_server::faults::Faults;

use super::{Findings, writers::Writers};
use crate::{desk_setup::Setup, proxy::FlakyProxy, server::TestServer};

/// Customers who write.
const CUSTOMERS: usize = 6;
/// Bytes from one cut to the next in each direction of a connection, on average: a few batches, so that many cuts hit a
/// frame in its middle, and some the handshake.
const MEAN_BYTES: u64 = 5_000;

/// Lets the proxy cut at least so many connections.
///
/// # Errors
/// A program cannot be started, or somebody does not come to an end.
pub async fn run(cuts: u64, seed: u64, faults: Faults) -> Result<Findings> {
    ensure!(cuts > 0, "without a cut nothing is shown");
    let server = TestServer::start(Setup::for_load(&["Ada", "Bo"]).bot(true).faults(faults)).await?;
    let proxy = FlakyProxy::start(server.address).await?;
    let writers = Writers::start(proxy.addr(), CUSTOMERS, &server.agents).await?;
    // A quarter each: ends, resets, ends with bytes one by one, resets again.
    for (part, seed) in (1..=4).zip(seed..) {
        proxy.reset_on_cut(part % 2 == 0);
        proxy.one_byte_writes(part == 3);
        proxy.cut_randomly(seed, MEAN_BYTES);
        proxy.wait_for(|counts| counts.cuts * 4 >= cuts * part).await;
    }
    proxy.stop_cutting();
    proxy.one_byte_writes(false);
    writers.finish(|| server.journal()).await
}
