//! Customers who chat while something is done to the server: how long their lines took before it and meanwhile.

use std::{
    fmt,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::people::customer;

/// How many chat.
const CUSTOMERS: usize = 4;
/// Between two lines of one of them.
const PAUSE: Duration = Duration::from_millis(20);
/// How long they chat before: some hundred lines of each.
const BEFORE: Duration = Duration::from_secs(6);
/// Below this, twice of it is noise of a machine that does other things too, and nobody sees it on a screen.
const UNSEEN: Duration = Duration::from_millis(20);

/// The customers, who chat until they are asked how it was.
pub struct Chats {
    over: CancellationToken,
    it_begins: CancellationToken,
    chats: JoinSet<Result<Lines>>,
}

#[derive(Default)]
struct Lines {
    before: Vec<Duration>,
    meanwhile: Vec<Duration>,
}

/// How it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Felt {
    /// 99 of 100 lines were stored faster, before.
    pub before: Duration,
    /// And meanwhile.
    pub meanwhile: Duration,
    /// Lines that were stored meanwhile.
    pub lines: usize,
}

impl Felt {
    /// Whether nobody could notice.
    pub fn is_nothing(&self) -> bool {
        self.meanwhile <= (self.before * 2).max(UNSEEN)
    }
}

impl fmt::Display for Felt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |it: Duration| it.as_secs_f64() * 1_000.0;
        let (before, meanwhile) = (ms(self.before), ms(self.meanwhile));
        write!(
            f,
            "p99 of the others {before:.1} ms before, {meanwhile:.1} ms meanwhile ({} lines)",
            self.lines
        )
    }
}

impl Chats {
    /// They come, and begin.
    ///
    /// # Errors
    /// One cannot connect.
    pub async fn begin(server: SocketAddr) -> Result<Chats> {
        let mut chats = Chats {
            over: CancellationToken::new(),
            it_begins: CancellationToken::new(),
            chats: JoinSet::new(),
        };
        for number in 0..CUSTOMERS {
            let who = customer(server, &format!("chatting-{number}")).await?;
            let (over, it_begins) = (chats.over.clone(), chats.it_begins.clone());
            chats.chats.spawn(async move {
                let mut lines = Lines::default();
                while !over.is_cancelled() {
                    let meanwhile = it_begins.is_cancelled();
                    let began = Instant::now();
                    who.says("Is anybody there?").await?;
                    match meanwhile {
                        true => lines.meanwhile.push(began.elapsed()),
                        false => lines.before.push(began.elapsed()),
                    }
                    sleep(PAUSE).await;
                }
                Ok(lines)
            });
        }
        Ok(chats)
    }

    /// Returns when enough was seen of how it is before.
    pub async fn before(&self) {
        sleep(BEFORE).await;
    }

    /// What is sent from now on is sent meanwhile.
    pub fn it_begins(&self) {
        self.it_begins.cancel();
    }

    /// How it was.
    ///
    /// # Errors
    /// A line was lost or refused, or none was written before or meanwhile.
    pub async fn end(mut self) -> Result<Felt> {
        self.over.cancel();
        let mut all = Lines::default();
        while let Some(chat) = self.chats.join_next().await {
            let lines = chat??;
            all.before.extend(lines.before);
            all.meanwhile.extend(lines.meanwhile);
        }
        Ok(Felt {
            lines: all.meanwhile.len(),
            before: p99(all.before)?,
            meanwhile: p99(all.meanwhile)?,
        })
    }
}

fn p99(mut all: Vec<Duration>) -> Result<Duration> {
    all.sort_unstable();
    let at = all.len().saturating_sub(1) * 99 / 100;
    all.get(at).copied().context("nobody wrote a line")
}
