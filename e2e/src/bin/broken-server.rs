//! The server with promises broken on purpose. Only the bars start it, to see that they catch it; the real program knows
//! none of these flags.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::{Result, anyhow};
use clap::Parser;
use minicom_server::{Shutdown, config::Config, faults::Faults};
use tokio::net::TcpListener;

#[derive(Parser)]
#[command(about = "Minicom's server with promises broken on purpose, for the tests that must catch it")]
struct Arguments {
    /// The data folder.
    #[arg(long)]
    data: PathBuf,
    /// Where to listen; a loopback address.
    #[arg(long)]
    listen: SocketAddr,
    /// Answer commands before they are committed.
    #[arg(long)]
    answer_before_commit: bool,
    /// Read on one event too late after a resume.
    #[arg(long)]
    resume_off_by_one: bool,
    /// Let the bot look at the stage outside the transaction only.
    #[arg(long)]
    bot_check_outside: bool,
    /// Forget which commands were answered.
    #[arg(long)]
    command_key_dropped: bool,
    /// Count what an agent has outside the transaction that gives one more.
    #[arg(long)]
    capacity_outside: bool,
    /// Let sockets be slow and silent for ever.
    #[arg(long)]
    deadlines_dropped: bool,
    /// Check as many passwords at once as are asked for.
    #[arg(long)]
    hashes_unbounded: bool,
    /// Take the cut of an upload for its end.
    #[arg(long)]
    cut_uploads_kept: bool,
    /// Leave the sockets of an ended sign-in open.
    #[arg(long)]
    sign_out_unheard: bool,
    /// Whether the bot answers first.
    #[arg(long, env = "MINICOM_BOT", action = clap::ArgAction::Set, default_value_t = true)]
    bot: bool,
    /// Lines that a customer may send at once.
    #[arg(long, env = "MINICOM_RATES_CUSTOMER_BURST", default_value_t = 20)]
    customer_burst: u32,
    /// Lines a second that a customer gets back.
    #[arg(long, env = "MINICOM_RATES_CUSTOMER_REFILL_PER_S", default_value_t = 1)]
    customer_refill_per_s: u32,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            // If nobody reads it, the number still says it.
            let _ = writeln!(std::io::stderr().lock(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(given: Arguments) -> Result<()> {
    anyhow::ensure!(
        given.listen.ip().is_loopback(),
        "a broken server is for this computer only"
    );
    let faults = Faults {
        answer_before_commit: given.answer_before_commit,
        resume_off_by_one: given.resume_off_by_one,
        bot_check_outside: given.bot_check_outside,
        command_key_dropped: given.command_key_dropped,
        capacity_outside: given.capacity_outside,
        deadlines_dropped: given.deadlines_dropped,
        hashes_unbounded: given.hashes_unbounded,
        cut_uploads_kept: given.cut_uploads_kept,
        sign_out_unheard: given.sign_out_unheard,
    };
    let mut config = Config::with_data(given.data);
    config.bot.enabled = given.bot;
    config.rates.customer_burst = given.customer_burst;
    config.rates.customer_refill_per_s = given.customer_refill_per_s;
    config.sockets.per_loopback_address = 4_096;
    config.sockets.per_customer = 16;
    let listener = TcpListener::bind(given.listen).await?;
    minicom_server::run_with(config, faults, listener, Shutdown::new())
        .await
        .map_err(|fatal| anyhow!("{fatal}"))
}
