//! Customers and agents with a program each, for stories and bars: the shortest way from a name to somebody who writes.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result, anyhow};
use minicom_client::{Config, Secret, ServerUrl, Timing};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    frame::{Agents, Customers},
    ids::{CommandId, ConversationId},
    summary::Summary,
    text::CustomerName,
};

use crate::{
    desk_setup::DeskAgent,
    program::{AgentProgram, CustomerProgram, Seen},
};
use minicom_client::{AgentReplica, CustomerReplica};

/// A name of these programs, for the server's log.
const CLIENT: &str = concat!("minicom-e2e ", env!("CARGO_PKG_VERSION"));

/// The secret of a customer in tests: always the same for a name, so that a second window has it too.
pub fn secret(name: &str) -> Secret {
    let digits = name
        .bytes()
        .fold(0u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    Secret::new(format!("{digits:016x}").repeat(4))
}

/// Times for a test in which connections break often: nobody is there who would be annoyed by a busy line.
pub fn hasty() -> Timing {
    Timing {
        backoff_first: Duration::from_millis(4),
        backoff_cap: Duration::from_millis(40),
        ..Timing::default()
    }
}

/// The address of a server or a proxy before it.
pub fn url(address: SocketAddr) -> Result<ServerUrl> {
    ServerUrl::parse(&address.to_string(), false).map_err(|bad| anyhow!("{bad}"))
}

/// What a customer's connection is opened with.
pub fn customer_config(address: SocketAddr, name: &str) -> Result<Config<Customers>> {
    let customer = CustomerName::parse(name).map_err(|bad| anyhow!("{name}: {bad:?}"))?;
    Ok(Config::customer(url(address)?, customer, secret(name), CLIENT))
}

/// What an agent's connection is opened with.
pub fn agent_config(address: SocketAddr, agent: &DeskAgent) -> Result<Config<Agents>> {
    Ok(Config::agent(url(address)?, agent.token.clone(), CLIENT))
}

/// A customer who is connected.
///
/// # Errors
/// The connection cannot be made.
pub async fn customer(address: SocketAddr, name: &str) -> Result<CustomerProgram> {
    let program = CustomerProgram::start(customer_config(address, name)?.timing(hasty()));
    program.live().await?;
    Ok(program)
}

/// An agent who is connected.
///
/// # Errors
/// The connection cannot be made.
pub async fn agent(address: SocketAddr, who: &DeskAgent) -> Result<AgentProgram> {
    let program = AgentProgram::start(agent_config(address, who)?.timing(hasty()));
    program.live().await?;
    Ok(program)
}

impl CustomerProgram {
    /// Writes a line, and waits until it is stored.
    ///
    /// # Errors
    /// It was refused, or the server is away for too long.
    pub async fn says(&self, text: &str) -> Result<()> {
        self.done(CustomerCommand::post(text)).await.map(drop)
    }

    /// Hands over a line without waiting.
    ///
    /// # Errors
    /// The outbox is full.
    pub fn types(&self, text: &str) -> Result<CommandId> {
        Ok(self.send(CustomerCommand::post(text))?)
    }

    /// Waits until a text is to be seen in the thread, written by somebody: `alice: Hello`, `bot: ...`, `Ada: Hi`, or as
    /// the words of what happened: `Ada joined`.
    ///
    /// # Errors
    /// It did not come.
    pub async fn sees(&self, wanted: &str) -> Result<()> {
        let found = self.until(wanted, |seen| {
            seen.shown().iter().any(|line| line.contains(wanted)).then_some(())
        });
        found
            .await
            .with_context(|| format!("the thread is {:#?}", self.look(Seen::<CustomerReplica>::shown)))
    }

    /// What the thread shows.
    pub fn shown(&self) -> Vec<String> {
        self.look(Seen::<CustomerReplica>::shown)
    }
}

impl Seen<CustomerReplica> {
    /// What the thread shows, a line each: own lines that wait come last, with their mark.
    pub fn shown(&self) -> Vec<String> {
        use minicom_protocol::customer_event::{Author, CustomerBody};
        let me = self
            .replica
            .me()
            .map(|me| me.name.as_str().to_owned())
            .unwrap_or_default();
        let events = self.replica.thread().events().filter_map(|event| match &event.body {
            CustomerBody::Posted(posted) => Some(match &posted.author {
                Author::Customer => format!("{me}: {}", posted.text()),
                Author::Bot => format!("bot: {}", posted.text()),
                Author::Agent { name } => format!("{name}: {}", posted.text()),
                Author::System => format!("desk: {}", posted.text()),
            }),
            other => other.fallback(),
        });
        let waiting = self.replica.pending_lines().filter_map(|line| match &line.command {
            CustomerCommand::Post { text, .. } => Some(format!("{me} ({:?}): {text}", line.mark)),
            _ => None,
        });
        events.chain(waiting).collect()
    }
}

impl AgentProgram {
    /// The row of a customer's newest conversation, as soon as there is one that is as wanted.
    ///
    /// # Errors
    /// There was none in time.
    pub async fn row(&self, customer: &str, what: &str, mut wanted: impl FnMut(&Summary) -> bool) -> Result<Summary> {
        let what = format!("{customer}: {what}");
        self.until(&what, |seen| seen.row(customer).filter(|row| wanted(row)).cloned())
            .await
            .with_context(|| format!("the row is {:#?}", self.look(|seen| seen.row(customer).cloned())))
    }

    /// The conversation of a customer.
    ///
    /// # Errors
    /// There is none.
    pub async fn conversation(&self, customer: &str) -> Result<ConversationId> {
        Ok(self.row(customer, "a conversation", |_| true).await?.conversation)
    }

    /// Takes a customer's conversation over.
    ///
    /// # Errors
    /// It was refused.
    pub async fn takes(&self, customer: &str) -> Result<ConversationId> {
        let conversation = self.conversation(customer).await?;
        self.done(AgentCommand::TakeOver { conversation }).await?;
        Ok(conversation)
    }

    /// What a reply is sent with: where, and what the agent has on the screen.
    pub fn reply(&self, row: &Summary, text: &str) -> AgentCommand {
        let seen = minicom_protocol::command::SeenLines {
            customer: row.customer_lines,
            desk: row.desk_lines,
        };
        AgentCommand::post(row.conversation, text, seen)
    }

    /// Replies to a customer, having seen everything that is known here.
    ///
    /// # Errors
    /// It was refused.
    pub async fn replies(&self, customer: &str, text: &str) -> Result<()> {
        let row = self.row(customer, "a conversation", |_| true).await?;
        self.done(self.reply(&row, text)).await.map(drop)
    }

    /// Opens a customer's thread, and waits until it shows a text: `alice: Hello`, `bot: ...`, `Ada took over`.
    ///
    /// # Errors
    /// It did not come.
    pub async fn sees(&self, customer: &str, wanted: &str) -> Result<()> {
        let id = self.row(customer, "a conversation", |_| true).await?.customer.id;
        self.ask(|replica| replica.open_thread(id))?;
        let shown = |seen: &Seen<AgentReplica>| seen.shown(customer);
        let found = self.until(wanted, |seen| {
            shown(seen).iter().any(|line| line.contains(wanted)).then_some(())
        });
        found
            .await
            .with_context(|| format!("the thread is {:#?}", self.look(shown)))
    }

    /// What a thread that was opened shows.
    pub fn shown(&self, customer: &str) -> Vec<String> {
        self.look(|seen| seen.shown(customer))
    }
}

impl Seen<AgentReplica> {
    /// The row of a customer's newest conversation.
    pub fn row(&self, customer: &str) -> Option<&Summary> {
        let rows = self
            .replica
            .summaries()
            .filter(|row| row.customer.name.as_str() == customer);
        rows.max_by_key(|row| row.number)
    }

    /// What a thread that was opened shows, a line each.
    pub fn shown(&self, customer: &str) -> Vec<String> {
        use minicom_protocol::event::{Author, EventBody};
        let thread = self.row(customer).and_then(|row| self.replica.thread(row.customer.id));
        let events = thread.into_iter().flat_map(|thread| thread.events());
        let lines = events.filter_map(|event| match &event.body {
            EventBody::Posted(posted) => Some(match &posted.author {
                Author::Customer => format!("{customer}: {}", posted.text()),
                Author::Bot => format!("bot: {}", posted.text()),
                Author::Agent { agent } => format!("{}: {}", agent.name, posted.text()),
                Author::System => format!("desk: {}", posted.text()),
            }),
            other => other.fallback(),
        });
        lines.collect()
    }
}
