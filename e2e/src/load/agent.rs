//! An agent of a load: looks at everything, and says how long after its sending each line was there.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use hdrhistogram::Histogram;
use minicom_client::{Secret, ServerUrl};
use minicom_protocol::frame::{Agents, Hello, VERSION};
use tokio::sync::watch;

use super::{
    Shared, histogram,
    ledger::{Ledger, Line},
    micros,
    socket::{Frame, Socket},
};
use crate::wait::PATIENCE;

/// An agent on a connection.
pub struct Agent {
    socket: Socket,
    shared: Arc<Shared>,
    ledger: Ledger,
    seen: Seen,
}

/// What an agent has seen.
pub struct Seen {
    /// When the last line was there.
    pub last: Instant,
    /// From handing a line to the sender's socket to seeing it here, in microseconds.
    pub after: Histogram<u64>,
}

impl Agent {
    /// Connects.
    ///
    /// # Errors
    /// The server does not want it.
    pub async fn connect(shared: Arc<Shared>, index: usize, token: &Secret) -> Result<Agent> {
        let hello = Hello {
            version: VERSION,
            client: "minicom-load".to_owned(),
            tenant: None,
            cursor: None,
            token: Some(token.reveal().to_owned()),
            secret: None,
            identity: None,
            link_code: None,
        };
        let path = ServerUrl::agent_path();
        let socket = Socket::open::<Agents>(&shared.server, &path, hello).await?;
        let ledger = Ledger::new(format!("agent {index}"), socket.begins_at, shared.load.customers);
        let seen = Seen {
            last: Instant::now(),
            after: histogram(),
        };
        Ok(Agent {
            socket,
            shared,
            ledger,
            seen,
        })
    }

    /// Looks until everything that was acknowledged has been seen.
    ///
    /// # Errors
    /// Something is lost, doubled or out of order, or the connection is lost.
    pub async fn look(mut self, mut acknowledged: watch::Receiver<Option<Arc<[u64]>>>) -> Result<Seen> {
        let mut heard_at = Instant::now();
        loop {
            let missing = match acknowledged.borrow_and_update().as_deref() {
                Some(acknowledged) => self.ledger.missing(acknowledged),
                None => Some(String::new()),
            };
            let Some(missing) = missing else {
                return Ok(self.seen);
            };
            if !missing.is_empty() && heard_at.elapsed() > PATIENCE {
                bail!("{missing}, and nothing more comes");
            }
            tokio::select! {
                text = self.socket.next() => {
                    if let Some(text) = text? {
                        heard_at = Instant::now();
                        self.hear(&text)?;
                    }
                }
                // The sender lives as long as the load.
                _ = acknowledged.changed() => heard_at = Instant::now(),
            }
        }
    }

    fn hear(&mut self, text: &str) -> Result<()> {
        let frame = Frame::read(text)?;
        let Some((from, to)) = frame.range() else {
            return Ok(());
        };
        self.ledger.range(from, to)?;
        for (event, belongs) in frame.events.iter().zip(from + 1..) {
            if event.rev != Some(belongs) {
                bail!("an agent is given {:?} where {belongs} belongs", event.rev);
            }
            let line = event.customer_line().and_then(Line::parse);
            let Some(line) = line.filter(|line| line.run == self.shared.run) else {
                continue;
            };
            self.ledger.line(&line)?;
            // The first line of each only opens the conversation.
            if line.number > 1 {
                let after = Duration::from_nanos(self.shared.now_ns().saturating_sub(line.sent_ns));
                self.seen.after.saturating_record(micros(after));
                self.seen.last = Instant::now();
            }
        }
        Ok(())
    }
}
