//! How often an agent's program wakes up while nothing happens: never, when nobody waits. The heartbeat, every 20
//! seconds after the last word to the server, is left out by looking before it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::{
    computer::{Computer, with_input},
    desk_setup::Setup,
    load::process::WakeUps,
    pty::Pty,
    server::TestServer,
};

/// How long is looked at. With the start before it, less than the time between two heartbeats.
pub const WINDOW: Duration = Duration::from_secs(10);
/// Nothing written and no wake-up for so long: the program has come to rest. More than a second, as the server says at most once
/// a second who is there and what they look at, and the newest of that comes late.
const REST: Duration = Duration::from_millis(1_500);
/// How long it may take to come to rest.
const REST_MAX: Duration = Duration::from_secs(6);

/// Counts the wake-ups of an idle agent's program within a window. With `somebody_waits` there is a customer in the
/// queue, whose waiting time counts on the screen: the variant that the count must catch.
///
/// # Errors
/// A program cannot be started, or does not come to rest.
pub async fn count(window: Duration, somebody_waits: bool) -> Result<u64> {
    ensure!(window <= WINDOW, "a longer look would see the heartbeat");
    let server = TestServer::start(Setup::with_agents(&["Ada"])).await?;
    let computer = Computer::new(server.url())?;
    let line = if somebody_waits { "human please" } else { "Hello" };
    let said = with_input(&computer.chat("carol", &["--plain"])?, &format!("{line}\n"))?;
    ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let ada = server.agents.first().context("there is no agent")?;
    // Not so wide that the customer's details are shown: their local time is a clock, which changes once a minute.
    let mut desk = computer.agent_screen(ada, 80, 24)?;
    desk.sees("carol")?;
    let pid = desk.pid()?;
    let looked = Instant::now();
    while !somebody_waits && awake(&mut desk, pid, REST)? > 0 {
        ensure!(looked.elapsed() < REST_MAX, "the program does not come to rest");
    }
    awake(&mut desk, pid, window)
}

/// Wake-ups of the program in the time that follows.
fn awake(desk: &mut Pty, pid: u32, time: Duration) -> Result<u64> {
    let count = || WakeUps::of(pid).context("this system does not count wake-ups");
    let (before, end) = (count()?, Instant::now() + time);
    while desk.next(end) {}
    Ok(count()?.since(&before))
}
