//! A customer of a load: sends lines as fast as they are answered, or at a pace, and looks at the own thread.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use hdrhistogram::Histogram;
use minicom_protocol::{
    codec,
    command::CustomerCommand,
    frame::{Customers, Hello, ToServer, VERSION},
    ids::CommandId,
    text::CustomerName,
};
use tokio::{sync::Barrier, time::sleep_until};
use uuid::Uuid;

use super::{
    Amount, Shared, histogram,
    ledger::{Ledger, Line},
    micros,
    queue::{Answered, Queue},
    socket::{Frame, Socket},
};
use crate::wait::PATIENCE;

/// A customer on a connection.
pub struct Customer {
    index: usize,
    socket: Socket,
    shared: Arc<Shared>,
    queue: Queue,
    ledger: Ledger,
    /// Lines handed to the socket so far.
    sent: u64,
    /// When something was last answered or seen.
    progress: Instant,
    done: Done,
}

/// What a customer has done.
pub struct Done {
    /// Which one.
    pub index: usize,
    /// Lines that were answered as durable.
    pub acknowledged: u64,
    /// When the last of them was.
    pub last: Instant,
    /// From handing a line to the socket to its answer, in microseconds.
    pub answered: Histogram<u64>,
    /// At a pace: how much later than it should a line was sent, in microseconds.
    pub late: Histogram<u64>,
    /// How often the server refused a line for now.
    pub refused_for_now: u64,
}

/// What a customer does until it ends.
struct Plan {
    /// The number of the last line; none if time ends it.
    last: Option<u64>,
    /// When to end.
    until: Option<Instant>,
    /// The time of the first line, and between two.
    pace: Option<(Instant, Duration)>,
    /// Lines before the plan begins.
    before: u64,
}

impl Plan {
    fn begin(shared: &Shared, index: usize, before: u64) -> Plan {
        let now = Instant::now();
        let load = &shared.load;
        let customers = load.customers.max(1) as u64;
        // Customers take turns.
        let pace = load.rate.map(|rate| {
            let between = Duration::from_secs_f64(load.customers as f64 / rate);
            (now + between.mul_f64(index as f64 / load.customers as f64), between)
        });
        match load.amount {
            Amount::Messages(messages) => Plan {
                last: Some(before + messages.div_ceil(customers)),
                until: None,
                pace,
                before,
            },
            Amount::Time(time) => Plan {
                last: None,
                until: Some(now + time),
                pace,
                before,
            },
        }
    }

    /// Whether no line is to be sent any more.
    fn is_over(&self, sent: u64, now: Instant) -> bool {
        self.last.is_some_and(|last| sent >= last) || self.until.is_some_and(|until| now >= until)
    }

    /// When the next line is due.
    fn due(&self, sent: u64) -> Option<Instant> {
        let (first, between) = self.pace?;
        let n = u32::try_from(sent - self.before).unwrap_or(u32::MAX);
        Some(first + between * n)
    }
}

impl Customer {
    /// Connects.
    ///
    /// # Errors
    /// The server does not want it.
    pub async fn connect(shared: Arc<Shared>, index: usize) -> Result<Customer> {
        let name = CustomerName::parse(format!("load-{}-{index}", shared.run)).context("a name that is none")?;
        let hello = Hello {
            version: VERSION,
            client: "minicom-load".to_owned(),
            tenant: None,
            cursor: None,
            token: None,
            secret: Some(format!("{:064x}", rand::random::<u128>())),
            identity: None,
            link_code: None,
        };
        let path = minicom_client::ServerUrl::customer_path(&name);
        let socket = Socket::open::<Customers>(&shared.server, &path, hello).await?;
        let ledger = Ledger::new(format!("customer {index}"), socket.begins_at, shared.load.customers);
        let now = Instant::now();
        Ok(Customer {
            index,
            socket,
            shared,
            queue: Queue::default(),
            ledger,
            sent: 0,
            progress: now,
            done: Done {
                index,
                acknowledged: 0,
                last: now,
                answered: histogram(),
                late: histogram(),
                refused_for_now: 0,
            },
        })
    }

    /// Opens the conversation with one line, waits for the others, and does the load.
    ///
    /// # Errors
    /// Something is lost, doubled or out of order, or the connection is lost.
    pub async fn work(mut self, ready: Arc<Barrier>) -> Result<Done> {
        let opening = Plan {
            last: Some(1),
            until: None,
            pace: None,
            before: 0,
        };
        self.follow(&opening).await?;
        self.done.answered.reset();
        ready.wait().await;
        let plan = Plan::begin(&self.shared, self.index, self.sent);
        self.progress = Instant::now();
        self.follow(&plan).await?;
        self.done.refused_for_now = self.queue.refused_for_now;
        Ok(self.done)
    }

    /// Sends what the plan says, until all is answered and seen in the own thread.
    async fn follow(&mut self, plan: &Plan) -> Result<()> {
        loop {
            let now = Instant::now();
            self.fill(plan, now).await?;
            let over = plan.is_over(self.sent, now);
            if over && self.queue.is_empty() && self.ledger.newest(self.index) == self.sent {
                return Ok(());
            }
            if self.progress.elapsed() > PATIENCE && (over || !self.queue.is_empty()) {
                self.give_up()?;
            }
            let due = plan
                .due(self.sent)
                .filter(|_| !over && self.has_room())
                .or(plan.until.filter(|_| !over));
            let wake = [due, self.queue.again_at()].into_iter().flatten().min();
            tokio::select! {
                text = self.socket.next() => if let Some(text) = text? {
                    self.hear(&text)?;
                },
                () = sleep_until(wake.unwrap_or(now).into()), if wake.is_some() => {}
            }
            while let Some(text) = self.socket.here()? {
                self.hear(&text)?;
            }
        }
    }

    fn give_up(&self) -> Result<()> {
        bail!(
            "customer {}: in {} s nothing more came; of {} lines {} are answered and {} are in the thread",
            self.index,
            PATIENCE.as_secs(),
            self.sent,
            self.done.acknowledged,
            self.ledger.newest(self.index)
        )
    }

    fn has_room(&self) -> bool {
        self.queue.is_open() && self.queue.len() < self.shared.load.in_flight
    }

    /// Sends what may be sent now.
    async fn fill(&mut self, plan: &Plan, now: Instant) -> Result<()> {
        let mut fed = false;
        for again in self.queue.send_again(now) {
            self.feed(again.id, again.text).await?;
            fed = true;
        }
        while self.has_room() && !plan.is_over(self.sent, now) {
            if let Some(due) = plan.due(self.sent) {
                if due > now {
                    break;
                }
                self.done.late.saturating_record(micros(now - due));
            }
            self.sent += 1;
            let line = Line {
                run: self.shared.run,
                customer: self.index,
                number: self.sent,
                sent_ns: self.shared.now_ns(),
            };
            let (id, text) = (CommandId(Uuid::now_v7()), line.text(self.shared.load.bytes));
            self.queue.push(id, text.clone(), Instant::now());
            self.feed(id, text).await?;
            fed = true;
        }
        if fed { self.socket.flush().await } else { Ok(()) }
    }

    async fn feed(&mut self, id: CommandId, text: String) -> Result<()> {
        let command = CustomerCommand::post(text);
        let frame = ToServer::<Customers>::Command { id, command };
        self.socket.feed(codec::encode_to_server(&frame)).await
    }

    fn hear(&mut self, text: &str) -> Result<()> {
        let frame = Frame::read(text)?;
        let now = Instant::now();
        if let Some((from, to)) = frame.range() {
            self.ledger.range(from, to)?;
            for event in &frame.events {
                if let Some(line) = event.customer_line().and_then(Line::parse) {
                    self.ledger.line(&line)?;
                    self.progress = now;
                }
            }
        } else if let Some(id) = frame.id {
            let refusal = frame.refused();
            if let Answered::Durable(line) = self.queue.answered(id, refusal, now)? {
                self.done.acknowledged += 1;
                self.done.last = now;
                self.done.answered.saturating_record(micros(now - line.sent_at));
                self.progress = now;
            }
        }
        Ok(())
    }
}
