//! Lines of which a third of the answers is swallowed, so that they are sent again, up to five times, also from a second
//! window and over connections that were cut: each stands in the journal once, and a repeat gets the first answer.

use std::{collections::VecDeque, fmt, net::SocketAddr, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use minicom_client::ServerUrl;
use minicom_protocol::{
    codec,
    command::{CustomerCommand, Done, Outcome},
    frame::{Customers, Hello, ToClient, ToServer, VERSION},
    ids::CommandId,
    text::CustomerName,
};
use minicom_server::faults::Faults;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    task::JoinSet,
    time::{Interval, interval},
};
use uuid::Uuid;

use super::{
    Findings,
    check::{Lines, Sent},
};
use crate::{
    desk_setup::Setup,
    load::socket::Socket,
    people::{secret, url},
    server::TestServer,
};

/// Customers who send, unless there are fewer lines than ten times that.
const CUSTOMERS_MAX: u64 = 100;
/// Between two frames of one customer: below what the server takes from one connection in a second.
const PACE: Duration = Duration::from_millis(6);
/// Lines without an answer.
const IN_FLIGHT: usize = 16;
/// How often a line is sent again at most.
const REPEATS_MAX: u8 = 5;

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repeats {
    /// Held against the journal.
    pub findings: Findings,
    /// How often a line was sent again.
    pub repeats: u64,
}

impl fmt::Display for Repeats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} repeats; {}", self.repeats, self.findings)
    }
}

/// Sends so many lines.
///
/// # Errors
/// The server does not start, or refuses.
pub async fn run(lines: u64, seed: u64, faults: Faults) -> Result<Repeats> {
    ensure!(lines > 0, "without lines nothing is shown");
    let server = TestServer::start(Setup::for_load(&[]).faults(faults)).await?;
    let customers = lines.div_ceil(10).min(CUSTOMERS_MAX);
    let mut tasks = JoinSet::new();
    for n in 0..customers {
        let share = lines / customers + u64::from(n < lines % customers);
        let chance = StdRng::seed_from_u64(seed + n);
        let customer = Customer::new(server.address, n, chance).await?;
        tasks.spawn(customer.send_all(share));
    }
    let mut customers = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        customers.push(ended??);
    }
    let journal = server.journal()?;
    journal.verify()?;
    let lines = Lines::of(&journal);
    let mut findings = Findings::default();
    for customer in &customers {
        findings.author(&customer.sent, &lines);
        for words in &customer.other_answers {
            findings.disorder += 1;
            findings.tell(words);
        }
    }
    let repeats = customers.iter().map(|customer| customer.repeats).sum();
    Ok(Repeats { findings, repeats })
}

/// A customer with two windows and bad luck.
struct Customer {
    name: CustomerName,
    server: ServerUrl,
    windows: [Socket; 2],
    waiting: VecDeque<Waiting>,
    pace: Interval,
    chance: StdRng,
    /// Lines that were heard of for the last time.
    sent: Vec<Sent>,
    repeats: u64,
    /// Repeats that got another answer than the first, in words.
    other_answers: Vec<String>,
}

/// A line whose last word has not been heard.
struct Waiting {
    id: CommandId,
    text: String,
    /// Answers to it that are still to be swallowed.
    swallow: u8,
    /// The first answer, if it was swallowed.
    first: Option<Done>,
}

impl Customer {
    async fn new(address: SocketAddr, number: u64, chance: StdRng) -> Result<Customer> {
        let name = CustomerName::parse(format!("repeats-{number}"))
            .ok()
            .context("a name")?;
        let server = url(address)?;
        let windows = [window(&server, &name).await?, window(&server, &name).await?];
        Ok(Customer {
            name,
            server,
            windows,
            waiting: VecDeque::new(),
            pace: interval(PACE),
            chance,
            sent: Vec::new(),
            repeats: 0,
            other_answers: Vec::new(),
        })
    }

    async fn send_all(mut self, lines: u64) -> Result<Customer> {
        let mut left = lines;
        while left > 0 || !self.waiting.is_empty() {
            if left > 0 && self.waiting.len() < IN_FLIGHT {
                left -= 1;
                self.send_new(left).await?;
                if self.chance.random_ratio(1, 200) {
                    self.cut().await?;
                }
                continue;
            }
            let [one, other] = &mut self.windows;
            let frame = tokio::select! {
                frame = one.next() => frame?,
                frame = other.next() => frame?,
            };
            if let Some(text) = frame
                && let ToClient::Answer { id, outcome } = codec::decode_from_server::<Customers>(&text)?
            {
                self.on_answer(id, outcome).await?;
            }
        }
        // Last answers come in any order; the ids are ordered as the lines were written.
        self.sent.sort_by_key(|line| line.id);
        Ok(self)
    }

    async fn send_new(&mut self, n: u64) -> Result<()> {
        let swallow = if self.chance.random_ratio(1, 3) {
            self.chance.random_range(1..=REPEATS_MAX)
        } else {
            0
        };
        let line = Waiting {
            id: CommandId(Uuid::now_v7()),
            text: format!("{} says {n}", self.name.as_str()),
            swallow,
            first: None,
        };
        let frame = frame(&line);
        self.waiting.push_back(line);
        self.write(0, frame).await
    }

    async fn write(&mut self, window: usize, frame: String) -> Result<()> {
        self.pace.tick().await;
        self.windows[window].feed(frame).await?;
        self.windows[window].flush().await
    }

    /// An answer: it is swallowed, and the line sent again, or it is the last one.
    async fn on_answer(&mut self, id: CommandId, outcome: Outcome) -> Result<()> {
        // The answer to a line that was sent twice because of a cut is of no use any more.
        let Some(at) = self.waiting.iter().position(|line| line.id == id) else {
            return Ok(());
        };
        let done = match outcome {
            Outcome::Done(done) => done,
            Outcome::Refused { refusal } if refusal.retryable() => return self.cut().await,
            Outcome::Refused { refusal } => bail!("refused: {}", refusal.code()),
        };
        let line = &mut self.waiting[at];
        let first = *line.first.get_or_insert(done);
        let same = Done {
            repeat: first.repeat,
            ..done
        };
        if same != first {
            let words = format!("{}: a repeat was answered {done:?} after {first:?}", line.text);
            self.other_answers.push(words);
        }
        if line.swallow > 0 {
            line.swallow -= 1;
            let frame = frame(line);
            self.repeats += 1;
            let window = usize::from(self.chance.random_bool(0.3));
            return self.write(window, frame).await;
        }
        let line = self.waiting.remove(at).context("it was there")?;
        let outcome = Some(Outcome::Done(first));
        self.sent.push(Sent {
            id,
            text: line.text,
            outcome,
        });
        Ok(())
    }

    /// The first window's connection is lost with whatever is on it; the next one sends everything again, in order.
    async fn cut(&mut self) -> Result<()> {
        self.windows[0] = window(&self.server, &self.name).await?;
        for n in 0..self.waiting.len() {
            let frame = frame(&self.waiting[n]);
            self.repeats += 1;
            self.write(0, frame).await?;
        }
        Ok(())
    }
}

fn frame(line: &Waiting) -> String {
    let command = CustomerCommand::post(line.text.clone());
    codec::encode_to_server(&ToServer::<Customers>::Command { id: line.id, command })
}

async fn window(server: &ServerUrl, name: &CustomerName) -> Result<Socket> {
    let hello = Hello {
        version: VERSION,
        client: "minicom-bars".to_owned(),
        tenant: None,
        cursor: None,
        token: None,
        secret: Some(secret(name.as_str()).reveal().to_owned()),
        identity: None,
        link_code: None,
    };
    Socket::open::<Customers>(server, &ServerUrl::customer_path(name), hello).await
}
