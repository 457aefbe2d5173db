//! The figures of a desk of ninety days: asked for over HTTP as a screen does, at one size and at four times that size, in one run.

mod fill;

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use super::asking::{Asking, percentile};
use crate::{desk_setup::Setup, server::ServerProcess};

/// A screen of figures: 95 of 100 are faster.
pub const FIGURES_MAX: Duration = Duration::from_millis(100);
/// At four times the size it takes at most so many times as long.
pub const GROWTH_MAX: f64 = 1.2;
/// Times the first size.
const TIMES: u64 = 4;
/// Who answers.
const AGENTS: [&str; 8] = ["Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana"];
/// What screens ask for.
const SCREENS: [&str; 8] = [
    "range=90d&by=agent",
    "range=90d&by=tag",
    "range=90d&by=group",
    "range=90d&by=hour",
    "range=90d&by=weekday",
    "range=30d&by=agent",
    "range=7d&by=agent",
    "range=today",
];

/// How large it is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Conversations, the first time.
    pub conversations: u64,
    /// Messages of each.
    pub messages: u64,
    /// Times that each screen is asked for.
    pub rounds: usize,
}

/// What was measured at one size.
#[derive(Clone, Debug)]
pub struct Measured {
    messages: u64,
    /// From the server's start until everything was counted.
    counted: Duration,
    times: Vec<Duration>,
    /// Figures that are not what was filled in.
    wrong: Vec<String>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Counted {
    small: Measured,
    large: Measured,
}

impl Counted {
    /// Whether it is as promised.
    pub fn is_as_promised(&self) -> bool {
        let fast = |it: &Measured| it.at(95) < FIGURES_MAX;
        self.is_right() && fast(&self.small) && fast(&self.large) && self.growth() <= GROWTH_MAX
    }

    /// The same without the times.
    pub fn is_right(&self) -> bool {
        self.small.wrong.is_empty() && self.large.wrong.is_empty()
    }

    /// How many times as long the large one takes, half of the time.
    fn growth(&self) -> f64 {
        self.large.at(50).as_secs_f64() / self.small.at(50).as_secs_f64()
    }
}

impl Measured {
    fn at(&self, part: usize) -> Duration {
        percentile(&self.times, part)
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        write!(
            f,
            "{} messages, counted after {:.0} s: a screen takes {:.1} ms, p95 {:.1} ms, the worst {:.1} ms",
            self.messages,
            self.counted.as_secs_f64(),
            ms(self.at(50)),
            ms(self.at(95)),
            ms(self.times.iter().max().copied().unwrap_or_default()),
        )?;
        self.wrong.iter().take(5).try_for_each(|it| write!(f, "\n  {it}"))
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let growth = self.growth();
        write!(f, "{}\n{}\n{growth:.2} times as long", self.small, self.large)
    }
}

/// Fills a desk, measures it, fills more into it, and measures again.
///
/// # Errors
/// The desk cannot be filled, or the server does not answer.
pub async fn measure(size: Size, seed: u64) -> Result<Counted> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    // Figures of all agents are for admins.
    let setup = Setup::for_load(&AGENTS).admin("Root");
    let agents = setup.prepare(&data).await?;
    let token = agents.last().context("an admin was made")?.token.reveal().to_owned();
    let mut all = Vec::new();
    for conversations in [0..size.conversations, size.conversations..size.conversations * TIMES] {
        let filled = conversations.end;
        fill::fill(&data, &setup, &agents, conversations, size.messages, seed).await?;
        let began = Instant::now();
        let mut server = ServerProcess::start(&data, setup.clone()).await?;
        let asking = Asking::new(&server, &token)?;
        // What is made of the journal is behind at first, and says so.
        for path in ["/statistics", "/search?q=word"] {
            asking.until_nothing_is_behind(path).await?;
        }
        let counted = began.elapsed();
        let (mut times, mut wrong) = (vec![], vec![]);
        for _ in 0..size.rounds {
            for screen in SCREENS {
                let (told, time) = asking.get(&format!("/statistics?{screen}")).await?;
                times.push(time);
                if let (true, Some(words)) = (screen.contains("90d"), differs(&told, filled, size.messages)) {
                    wrong.push(format!("{screen}: {words}"));
                }
            }
        }
        ensure!(server.terminate().await?.success(), "the server did not end well");
        all.push(Measured {
            messages: filled * size.messages,
            counted,
            times,
            wrong,
        });
    }
    let large = all.pop().context("two sizes were measured")?;
    let small = all.pop().context("two sizes were measured")?;
    Ok(Counted { small, large })
}

/// How figures differ from what was filled in.
fn differs(told: &Value, conversations: u64, messages: u64) -> Option<String> {
    let totals = &told["totals"];
    let lines = totals["lines"]["customer"].as_u64()? + totals["lines"]["agent"].as_u64()?;
    let counted = (totals["opened"].as_u64()?, totals["closed"].as_u64()?, lines);
    let expected = (conversations, conversations, conversations * messages);
    (counted != expected).then(|| format!("{counted:?} is told, and {expected:?} is there"))
}
