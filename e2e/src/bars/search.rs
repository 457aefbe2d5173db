//! Finding and opening in a large desk: so many messages in so many conversations, searched and opened over HTTP as a program of an
//! agent does, and two hundred queries made to hurt.

mod fill;

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
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
            "{} messages in {conversations} conversations, in the index after {:.0} s\n  search p95 {:.1} ms (worst {:.1}), {} missed\n  \
             opening p95 {:.1} ms (worst {:.1})\n  {} hostile queries, the worst {:.1} ms, {} answered wrongly",
            conversations * messages,
            self.indexed.as_secs_f64(),
            ms(p95(&self.searches)),
            ms(worst(&self.searches)),
            self.missed,
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

/// Fills a desk and measures it, and then one with so many times as many conversations.
///
/// # Errors
/// As [`measure`].
pub async fn compare(size: Size, times: u64, seed: u64) -> Result<Compared> {
    let small = measure(size, seed).await?;
    let large = match times {
        0 | 1 => None,
        _ => {
            let conversations = size.conversations * times;
            Some(measure(Size { conversations, ..size }, seed).await?)
        }
    };
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
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let setup = Setup::for_load(&["Ada"]);
    let agents = setup.prepare(&data).await?;
    let ada = agents.first().context("an agent was made")?;
    let filled = fill::fill(&data, &setup, ada, size, seed).await?;
    let began = Instant::now();
    let mut server = ServerProcess::start(&data, setup).await?;
    let asking = Asking::new(&server, ada.token.reveal())?;
    asking.until_nothing_is_behind("/search?q=word").await?;
    let indexed = began.elapsed();
    let mut random = StdRng::seed_from_u64(seed);
    let (mut searches, mut opens, mut missed) = (vec![], vec![], 0);
    for _ in 0..size.rounds {
        let (query, is_there) = fill::query(&mut random, size.conversations);
        let (found, time) = search(&asking, &query).await?;
        let nothing = found["hits"].as_array().is_none_or(Vec::is_empty);
        missed += usize::from(is_there && nothing);
        searches.push(time);
        let one = filled[random.random_range(0..filled.len())];
        let (page, time) = asking.get(&format!("/sessions/{one}/messages?limit=50")).await?;
        ensure!(page["messages"].is_array(), "no page of a conversation: {page}");
        opens.push(time);
    }
    let (mut hostile, mut wrong) = (vec![], vec![]);
    for query in fill::hostile(&mut random, HOSTILE) {
        let (found, time) = search(&asking, &query).await?;
        if !found["hits"].is_array() {
            wrong.push(format!("{query:?}: {found}"));
        }
        hostile.push(time);
    }
    ensure!(server.terminate().await?.success(), "the server did not end well");
    Ok(Searched {
        size,
        indexed,
        searches,
        opens,
        hostile,
        wrong,
        missed,
    })
}

async fn search(asking: &Asking, query: &str) -> Result<(Value, Duration)> {
    asking.get(&format!("/search?limit=50&q={}", encoded(query))).await
}

fn encoded(query: &str) -> String {
    query.bytes().map(|byte| format!("%{byte:02x}")).collect()
}
