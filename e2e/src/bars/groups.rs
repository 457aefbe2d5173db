//! Group commit: how many commits a thousand messages cost when many are in flight, and what a lone one costs.

use std::{fmt, sync::atomic::Ordering};

use anyhow::{Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use minicom_protocol::{command::CustomerCommand, ids::CommandId};
use minicom_server::order::{Caller, Order};
use uuid::Uuid;

use super::races::newcomer;
use crate::desk_setup::{OpenDesk, Setup, refused};

/// What a thousand messages may cost with [`IN_FLIGHT`].
pub const COMMITS_MAX: u64 = 60;
/// Messages in flight.
pub const IN_FLIGHT: usize = 64;

/// What was counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Commits {
    /// Messages that were in flight together.
    pub messages: u64,
    /// Commits for them.
    pub for_all: u64,
    /// Messages that were sent alone, each after the answer to the one before.
    pub alone: u64,
    /// Commits for them.
    pub for_alone: u64,
}

impl Commits {
    /// Whether it is as promised.
    pub fn is_clean(&self) -> bool {
        self.for_all * 1_000 <= COMMITS_MAX * self.messages && self.for_alone == self.alone
    }
}

impl fmt::Display for Commits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Commits {
            messages,
            for_all,
            alone,
            for_alone,
        } = self;
        write!(
            f,
            "{for_all} commits for {messages} messages in flight, {for_alone} for {alone} sent alone"
        )
    }
}

/// Counts.
///
/// # Errors
/// The desk cannot be opened, or refuses.
pub async fn run(messages: u64, in_flight: usize) -> Result<Commits> {
    ensure!(messages > 0 && in_flight > 0, "without messages nothing is counted");
    let folder = tempfile::tempdir()?;
    let open = OpenDesk::open(folder.path(), &Setup::for_load(&[]))?;
    let mut customers = Vec::new();
    for n in 0..in_flight {
        customers.push(newcomer(&open.desk, &format!("customer-{n}")).await?);
    }
    let post = |n: u64| {
        let who: &Caller = &customers[n as usize % customers.len()];
        let text = format!("message {n}");
        let order = Order::Customer(CustomerCommand::post(text));
        let desk = &open.desk;
        async move {
            desk.submit(who, CommandId(Uuid::now_v7()), order)
                .await
                .map_err(refused)
        }
    };
    let commits = || open.desk.counts().commits.load(Ordering::Relaxed);
    let before = commits();
    let all = stream::iter(0..messages).map(post).buffer_unordered(in_flight);
    all.try_for_each(async |_| Ok(())).await?;
    let for_all = commits() - before;
    let alone = messages.div_ceil(50);
    let before = commits();
    for n in 0..alone {
        post(messages + n).await?;
    }
    let for_alone = commits() - before;
    drop(customers);
    open.close().await?;
    Ok(Commits {
        messages,
        for_all,
        alone,
        for_alone,
    })
}
