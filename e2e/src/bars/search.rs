//! Finding and opening in a large desk: so many messages in so many conversations, searched and opened over HTTP as a program of an
//! agent does, and two hundred queries made to hurt.

mod fill;

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use minicom_protocol::ids::ConversationId;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tempfile::TempDir;

use super::asking::{Asking, percentile};
use crate::{desk_setup::Setup, server::ServerProcess};

/// A search: 95 of 100 are faster.
pub const SEARCH_MAX: Duration = Duration::from_millis(50);
/// Opening any conversation: 95 of 100 are faster.
pub const OPEN_MAX: Duration = Duration::from_millis(30);
/// Any query that was made to hurt.
pub const HOSTILE_MAX: Duration = Duration::from_millis(250);
/// Among more messages, 95 of 100 take at most so many percent longer.
pub const SLOWER_MAX_PERCENT: u128 = 20;
/// A difference below this is no difference: so much a run differs from the next on the same desk.
const NO_DIFFERENCE: Duration = Duration::from_millis(1);
/// How many of those.
const HOSTILE: usize = 200;

/// How large it is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Conversations.
    pub conversations: u64,
    /// Messages of each.
    pub messages: u64,
    /// Searches, and conversations that are opened.
    pub rounds: usize,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Searched {
    size: Size,
    /// From the server's start until the index had everything.
    indexed: Duration,
    searches: Vec<Duration>,
    opens: Vec<Duration>,
    hostile: Vec<Duration>,
    /// Answers to those that were not as they should be.
    wrong: Vec<String>,
    /// Searches that found nothing though it is there.
    missed: usize,
}

impl Searched {
    /// Whether it is as promised.
    pub fn is_as_promised(&self) -> bool {
        self.is_right()
            && p95(&self.searches) < SEARCH_MAX
            && p95(&self.opens) < OPEN_MAX
            && worst(&self.hostile) <= HOSTILE_MAX
    }

    /// The same without the times.
    pub fn is_right(&self) -> bool {
        self.wrong.is_empty() && self.missed == 0
    }
}

impl fmt::Display for Searched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let Size {
            conversations,
            messages,
            ..
        } = self.size;
        write!(
            f,
            "{} messages in {conversations} conversations, in the index after {:.0} s\n  search p50 {:.1} ms, p95 {:.1} (worst {:.1}), {} \
             missed\n  opening p50 {:.1} ms, p95 {:.1} (worst {:.1})\n  {} hostile queries, the worst {:.1} ms, {} answered wrongly",
            conversations * messages,
            self.indexed.as_secs_f64(),
            ms(percentile(&self.searches, 50)),
            ms(p95(&self.searches)),
            ms(worst(&self.searches)),
            self.missed,
            ms(percentile(&self.opens, 50)),
            ms(p95(&self.opens)),
            ms(worst(&self.opens)),
            self.hostile.len(),
            ms(worst(&self.hostile)),
            self.wrong.len(),
        )?;
        self.wrong.iter().take(5).try_for_each(|it| write!(f, "\n  {it}"))
    }
}

/// The same desk, and one with more.
#[derive(Clone, Debug)]
pub struct Compared {
    small: Searched,
    large: Option<Searched>,
}

impl Compared {
    /// Whether both are as promised, and the large one hardly slower.
    pub fn is_as_promised(&self) -> bool {
        let holds = |small: &[Duration], large: &[Duration]| {
            let (small, large) = (p95(small), p95(large));
            let more = large.saturating_sub(small);
            more <= NO_DIFFERENCE || more.as_nanos() * 100 <= small.as_nanos() * SLOWER_MAX_PERCENT
        };
        let large = self.large.iter().all(|large| {
            large.is_as_promised()
                && holds(&self.small.searches, &large.searches)
                && holds(&self.small.opens, &large.opens)
        });
        self.small.is_as_promised() && large
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.small)?;
        let Some(large) = &self.large else { return Ok(()) };
        let ratio = |small: &[Duration], large: &[Duration]| {
            p95(large).as_secs_f64() / p95(small).as_secs_f64().max(f64::MIN_POSITIVE)
        };
        write!(
            f,
            "\n{large}\nthe second to the first: search {:.2}, opening {:.2}",
            ratio(&self.small.searches, &large.searches),
            ratio(&self.small.opens, &large.opens)
        )
    }
}

/// Fills a desk, and one with so many times as many conversations, and measures both by turns: what the computer does besides is felt
/// by both alike.
///
/// # Errors
/// As [`measure`].
pub async fn compare(size: Size, times: u64, seed: u64) -> Result<Compared> {
    let mut desks = vec![Filled::new(size, seed).await?];
    if times > 1 {
        let conversations = size.conversations * times;
        desks.push(Filled::new(Size { conversations, ..size }, seed).await?);
    }
    let mut measured = measure_by_turns(desks, seed).await?.into_iter();
    let small = measured.next().context("one desk at least was measured")?;
    let large = measured.next();
    Ok(Compared { small, large })
}

fn p95(times: &[Duration]) -> Duration {
    percentile(times, 95)
}

fn worst(times: &[Duration]) -> Duration {
    times.iter().max().copied().unwrap_or_default()
}

/// Fills a desk and measures it.
///
/// # Errors
/// The desk cannot be filled, or the server does not answer.
pub async fn measure(size: Size, seed: u64) -> Result<Searched> {
    let desk = Filled::new(size, seed).await?;
    let measured = measure_by_turns(vec![desk], seed).await?;
    measured.into_iter().next().context("one desk was measured")
}

/// Each desk is asked the same, one after the other, again and again.
async fn measure_by_turns(mut desks: Vec<Filled>, seed: u64) -> Result<Vec<Searched>> {
    let rounds = desks.iter().map(|it| it.found.size.rounds).max().unwrap_or_default();
    let mut randoms: Vec<StdRng> = desks.iter().map(|_| StdRng::seed_from_u64(seed)).collect();
    for _ in 0..rounds {
        for (desk, random) in desks.iter_mut().zip(&mut randoms) {
            desk.round(random).await?;
        }
    }
    let hostile = fill::hostile(&mut StdRng::seed_from_u64(seed), HOSTILE);
    for query in &hostile {
        for desk in &mut desks {
            desk.hostile(query).await?;
        }
    }
    let mut all = Vec::new();
    for mut desk in desks {
        ensure!(desk.server.terminate().await?.success(), "the server did not end well");
        all.push(desk.found);
    }
    Ok(all)
}

/// A desk that is full, its server, and what was found out about it.
struct Filled {
    /// It goes when this goes.
    _folder: TempDir,
    server: ServerProcess,
    asking: Asking,
    conversations: Vec<ConversationId>,
    found: Searched,
}

impl Filled {
    async fn new(size: Size, seed: u64) -> Result<Filled> {
        let folder = TempDir::new()?;
        let data = folder.path().join("data");
        let setup = Setup::for_load(&["Ada"]);
        let agents = setup.prepare(&data).await?;
        let ada = agents.first().context("an agent was made")?;
        let conversations = fill::fill(&data, &setup, ada, size, seed).await?;
        let began = Instant::now();
        let server = ServerProcess::start(&data, setup).await?;
        let asking = Asking::new(&server, ada.token.reveal())?;
        asking.until_nothing_is_behind("/search?q=word").await?;
        let found = Searched {
            size,
            indexed: began.elapsed(),
            searches: vec![],
            opens: vec![],
            hostile: vec![],
            wrong: vec![],
            missed: 0,
        };
        Ok(Filled {
            _folder: folder,
            server,
            asking,
            conversations,
            found,
        })
    }

    async fn round(&mut self, random: &mut StdRng) -> Result<()> {
        let (query, is_there) = fill::query(random, self.found.size.conversations);
        let (told, time) = search(&self.asking, &query).await?;
        let nothing = told["hits"].as_array().is_none_or(Vec::is_empty);
        self.found.missed += usize::from(is_there && nothing);
        self.found.searches.push(time);
        let one = self.conversations[random.random_range(0..self.conversations.len())];
        let opening = format!("/sessions/{one}/messages?limit=50");
        let (page, time) = self.asking.get(&opening).await?;
        ensure!(page["messages"].is_array(), "no page of a conversation: {page}");
        self.found.opens.push(time);
        Ok(())
    }

    async fn hostile(&mut self, query: &str) -> Result<()> {
        let (told, time) = search(&self.asking, query).await?;
        if !told["hits"].is_array() {
            self.found.wrong.push(format!("{query:?}: {told}"));
        }
        self.found.hostile.push(time);
        Ok(())
    }
}

async fn search(asking: &Asking, query: &str) -> Result<(Value, Duration)> {
    asking.get(&format!("/search?limit=50&q={}", encoded(query))).await
}

fn encoded(query: &str) -> String {
    query.bytes().map(|byte| format!("%{byte:02x}")).collect()
}
