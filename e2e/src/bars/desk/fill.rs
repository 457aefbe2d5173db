//! A data folder as years of work leave it, written by the desk itself: by commands, many of them in a commit.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use futures_util::{StreamExt, TryStreamExt, stream};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, SeenLines},
    intake::{Intake, Introduction, Priority},
    words::{Skill, SubjectLine},
};
use minicom_server::{
    desk::Desk,
    order::{Caller, Order},
};

use crate::{
    bars::races::newcomer,
    desk_setup::{DeskAgent, OpenDesk, Setup, by},
};

/// How the names of all who have an open conversation begin.
pub const NAME: &str = "q-";
/// Who is next: nobody else is urgent who came before.
pub const FIRST: &str = "q-a ";
/// Commands on their way at a time.
const IN_FLIGHT: usize = 128;
/// Closed conversations of one customer.
const CLOSED_EACH: u64 = 10;

/// The data folder to be filled.
pub struct Ground<'a> {
    data: PathBuf,
    setup: &'a Setup,
    agents: Vec<Caller>,
}

impl<'a> Ground<'a> {
    /// Of a folder in which these agents are.
    pub fn new(data: &Path, setup: &'a Setup, agents: &[DeskAgent]) -> Ground<'a> {
        Ground {
            data: data.to_owned(),
            setup,
            agents: agents.iter().map(DeskAgent::caller).collect(),
        }
    }

    /// So many customers with an open conversation each: of twenty, fourteen wait, one is the first agent's, five are the
    /// second's.
    ///
    /// # Errors
    /// The desk cannot be opened, or refuses.
    pub async fn open(&self, count: u64) -> Result<()> {
        let open = OpenDesk::open(&self.data, self.setup)?;
        let desk = &open.desk;
        // The first comes before all others.
        self.comes(desk, 0).await?;
        let all = stream::iter(1..count).map(|n| self.comes(desk, n));
        all.buffer_unordered(IN_FLIGHT).try_for_each(async |()| Ok(())).await?;
        open.close().await
    }

    async fn comes(&self, desk: &Desk, n: u64) -> Result<()> {
        let customer = newcomer(desk, &name(n)).await?;
        by(desk, &customer, Order::Customer(start(n)?)).await?;
        let line = format!("Hello, this is number {n}: my parcel has not arrived, and nobody answers the telephone.");
        let done = by(desk, &customer, Order::Customer(CustomerCommand::post(line))).await?;
        let conversation = done.conversation.context("a line is in a conversation")?;
        let owner = owner(n).and_then(|owner| self.agents.get(owner));
        if let Some(owner) = owner {
            by(desk, owner, Order::Agent(AgentCommand::TakeOver { conversation })).await?;
        }
        Ok(())
    }

    /// So many closed conversations, of customers who have none open.
    ///
    /// # Errors
    /// The desk cannot be opened, or refuses.
    pub async fn close(&self, count: u64) -> Result<()> {
        let open = OpenDesk::open(&self.data, self.setup)?;
        let desk = &open.desk;
        let customers = stream::iter(0..count.div_ceil(CLOSED_EACH)).map(async |n| {
            let customer = newcomer(desk, &format!("former-{n}")).await?;
            let theirs = CLOSED_EACH.min(count - n * CLOSED_EACH);
            for _ in 0..theirs {
                self.episode(desk, &customer).await?;
            }
            Ok(())
        });
        let all = customers.buffer_unordered(IN_FLIGHT);
        all.try_for_each(async |()| Ok::<_, anyhow::Error>(())).await?;
        open.close().await
    }

    /// A question, an answer, and good-bye.
    async fn episode(&self, desk: &Desk, customer: &Caller) -> Result<()> {
        let agent = self.agents.get(1).context("there are two agents")?;
        let asked = by(
            desk,
            customer,
            Order::Customer(CustomerCommand::post("Where is my parcel?")),
        )
        .await?;
        let answer = AgentCommand::Post {
            conversation: asked.conversation.context("a line is in a conversation")?,
            text: "It is on its way and should be there tomorrow.".to_owned(),
            seen: SeenLines::default(),
            take_over: true,
            anyway: true,
            quote: None,
            reply: None,
            article: None,
            file: None,
        };
        by(desk, agent, Order::Agent(answer)).await?;
        by(desk, customer, Order::Customer(CustomerCommand::Close {})).await?;
        Ok(())
    }
}

/// A name that is not cut in a list: the number in few letters.
fn name(mut n: u64) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'a' + (n % 26) as u8));
        n /= 26;
        if n == 0 {
            break;
        }
    }
    format!("{NAME}{}", letters.iter().rev().collect::<String>())
}

/// Which agent has it.
fn owner(n: u64) -> Option<usize> {
    match n % 20 {
        7 => Some(0),
        15.. => Some(1),
        _ => None,
    }
}

/// What a conversation begins with: a subject, now and then a skill, and one of all priorities.
fn start(n: u64) -> Result<CustomerCommand> {
    let priority = match n {
        0 => Priority::Urgent,
        _ => Priority::ALL[n as usize % Priority::ALL.len()],
    };
    let skills = match (n % 7, owner(n)) {
        (3, None) => vec![Skill::parse("billing")?],
        _ => vec![],
    };
    Ok(CustomerCommand::Start {
        intake: Intake {
            subject: Some(SubjectLine::parse(format!("Order {} has not arrived", 48_000 + n))?),
            priority,
            skills,
            channel: "web".to_owned(),
            ..Intake::default()
        },
        introduction: Introduction::default(),
        answers: vec![],
    })
}
