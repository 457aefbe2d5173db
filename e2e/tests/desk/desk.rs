//! The desk of these stories: Ada and Bo answer, Cleo manages, and people come first unless a story says otherwise.

use anyhow::{Context, Result, bail};
use minicom_client::{AgentReplica, CustomerReplica, Section};
use minicom_e2e::{
    desk_setup::{DeskAgent, Setup},
    people::{agent, customer},
    program::{AgentProgram, CustomerProgram, Seen},
    server::TestServer,
};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, Done},
    frame::{AgentQuestion, AgentReply},
    ids::{AgentId, ConversationId, GroupId},
    intake::{Intake, Introduction, Priority},
    refusal::Refusal,
    settings::{DeskSettings, First},
    staff::{Group, Intent},
    stage::Stage,
    summary::Summary,
    words::{GroupName, Skill, SubjectLine, Tag},
};

/// See the module.
pub struct Desk {
    pub server: TestServer,
    pub ada: AgentProgram,
    pub bo: AgentProgram,
    pub cleo: AgentProgram,
}

/// As all desks of these stories are set up.
pub fn setup() -> Setup {
    Setup::with_agents(&["Ada", "Bo"]).admin("Cleo")
}

impl Desk {
    /// With these settings on top of: people first, nothing ages.
    pub async fn open(choose: impl FnOnce(&mut DeskSettings)) -> Result<Desk> {
        let server = TestServer::start(setup()).await?;
        let ada = agent(server.address, &server.agents[0]).await?;
        let bo = agent(server.address, &server.agents[1]).await?;
        let cleo = agent(server.address, &server.agents[2]).await?;
        let desk = Desk { server, ada, bo, cleo };
        let mut settings = DeskSettings {
            first: First::Queue,
            ageing_min: 0,
            ..DeskSettings::default()
        };
        choose(&mut settings);
        desk.configure(settings).await?;
        // Who manages is not offered anything: what is routed goes to those who answer.
        let intent = Intent::Busy;
        desk.cleo.done(AgentCommand::SetIntent { intent }).await?;
        Ok(desk)
    }

    /// Other settings, known to all agents when it returns.
    pub async fn configure(&self, settings: DeskSettings) -> Result<()> {
        let chosen = Box::new(settings.clone());
        self.cleo.done(AgentCommand::Configure { settings: chosen }).await?;
        for looker in self.agents() {
            let known = |seen: &Seen<AgentReplica>| {
                let state = seen.replica.desk()?;
                (state.settings == settings).then_some(())
            };
            looker.until("the settings", known).await?;
        }
        Ok(())
    }

    pub fn agents(&self) -> [&AgentProgram; 3] {
        [&self.ada, &self.bo, &self.cleo]
    }

    pub fn account(&self, n: usize) -> &DeskAgent {
        &self.server.agents[n]
    }

    pub fn ada_id(&self) -> AgentId {
        self.account(0).agent.id
    }

    pub fn bo_id(&self) -> AgentId {
        self.account(1).agent.id
    }

    pub async fn customer(&self, name: &str) -> Result<CustomerProgram> {
        customer(self.server.address, name).await
    }

    /// A customer who waits, seen by all agents.
    pub async fn waits(&self, name: &str) -> Result<CustomerProgram> {
        self.comes(name, Intake::default()).await
    }

    /// A customer who waits with what the conversation begins with, seen by all agents.
    pub async fn comes(&self, name: &str, intake: Intake) -> Result<CustomerProgram> {
        let who = self.customer(name).await?;
        who.done(start(intake)).await?;
        who.says(&format!("{name} needs help")).await?;
        for looker in self.agents() {
            looker
                .row(name, "it waits with a line", |row| {
                    row.stage.is_waiting() && row.message_count > 0
                })
                .await?;
        }
        Ok(who)
    }

    /// A group of these agents, known to all.
    pub async fn group(&self, name: &str, members: &[AgentId], skills: &[&str]) -> Result<GroupId> {
        let group = Group {
            id: GroupId(uuid::Uuid::now_v7()),
            name: GroupName::parse(name)?,
            members: members.to_vec(),
            skills: skills.iter().map(Skill::parse).collect::<Result<_, _>>()?,
        };
        let id = group.id;
        self.cleo.done(AgentCommand::SaveGroup { group }).await?;
        for looker in self.agents() {
            let known = |seen: &Seen<AgentReplica>| seen.replica.desk()?.staff.group(id).map(drop);
            looker.until("the group", known).await?;
        }
        Ok(id)
    }
}

/// Begins a conversation.
pub fn start(intake: Intake) -> CustomerCommand {
    CustomerCommand::Start {
        intake,
        introduction: Introduction::default(),
        answers: vec![],
    }
}

/// This urgent, and nothing else said.
pub fn urgency(priority: Priority) -> Intake {
    Intake {
        priority,
        ..Intake::default()
    }
}

/// Needs this skill.
pub fn needs(skill: &str) -> Result<Intake> {
    Ok(Intake {
        skills: vec![Skill::parse(skill)?],
        ..Intake::default()
    })
}

pub fn tag(text: &str) -> Tag {
    Tag::parse(text).expect("a tag")
}

pub fn subject(text: &str) -> SubjectLine {
    SubjectLine::parse(text).expect("a line")
}

pub fn waits(row: &Summary) -> bool {
    row.stage.is_waiting()
}

pub fn closed(row: &Summary) -> bool {
    matches!(row.stage, Stage::Closed { .. })
}

/// Active, and this agent's.
pub fn is_with(name: &str) -> impl Fn(&Summary) -> bool {
    move |row| row.stage.is_active() && row.stage.owner().is_some_and(|owner| owner.name.as_str() == name)
}

/// The names of those who wait, in the order of an agent's list.
pub fn queue(seen: &Seen<AgentReplica>) -> Vec<String> {
    let waiting = seen.replica.section(Section::Waiting);
    waiting.map(|row| row.customer.name.as_str().to_owned()).collect()
}

/// Waits until the queue of an agent's list is this one.
pub async fn sees_queue(looker: &AgentProgram, names: &[&str]) -> Result<()> {
    let found = looker
        .until("the queue", |seen| (queue(seen) == names).then_some(()))
        .await;
    found.with_context(|| format!("it is {:?} and not {names:?}", looker.look(queue)))
}

/// Waits until a customer is told this place, or that there is none any more.
pub async fn sees_place(who: &CustomerProgram, place: Option<u64>) -> Result<()> {
    let told = |seen: &Seen<CustomerReplica>| (seen.replica.place() == place).then_some(());
    let found = who.until("the place", told).await;
    found.with_context(|| format!("it is {:?} and not {place:?}", who.look(|seen| seen.replica.place())))
}

/// Takes a customer's conversation, and knows it.
pub async fn takes(who: &AgentProgram, customer: &str) -> Result<ConversationId> {
    let conversation = who.takes(customer).await?;
    let me = who
        .look(|seen| seen.replica.me().map(|me| me.agent.id))
        .context("who am I")?;
    who.row(customer, "it is one's own", |row| {
        row.stage.is_active() && row.stage.is_owned_by(me)
    })
    .await?;
    Ok(conversation)
}

/// Takes what needs one most, and answers it. Whose it is.
pub async fn takes_next(who: &AgentProgram) -> Result<String> {
    let done = who.done(AgentCommand::TakeNext {}).await?;
    let conversation = done.conversation.context("something was opened")?;
    let me = who
        .look(|seen| seen.replica.me().map(|me| me.agent.id))
        .context("who am I")?;
    let mine = |seen: &Seen<AgentReplica>| {
        let row = seen.replica.summary(conversation)?;
        row.stage.is_owned_by(me).then(|| row.customer.name.as_str().to_owned())
    };
    let name = who.until("what was opened", mine).await?;
    who.replies(&name, &format!("Hello {name}")).await?;
    who.row(&name, "answered", |row| row.unanswered_since.is_none()).await?;
    Ok(name)
}

/// Ends a customer's conversation, having seen everything.
pub async fn ends(who: &AgentProgram, customer: &str) -> Result<Done> {
    let row = who.row(customer, "a conversation", |_| true).await?;
    let (conversation, seen) = (row.conversation, row.customer_lines);
    who.done(AgentCommand::Close { conversation, seen }).await
}

/// What an agent is told.
pub async fn told(who: &AgentProgram, question: AgentQuestion) -> Result<AgentReply> {
    who.told(question)
        .await?
        .map_err(|refusal| anyhow::anyhow!("{}", refusal.code()))
}

/// What is refused, with its code.
pub async fn refused(who: &AgentProgram, command: AgentCommand, code: &str) -> Result<Refusal> {
    let refusal = who.refused(command).await?;
    if refusal.code() != code {
        bail!("refused as {refusal:?} and not as {code}");
    }
    Ok(refusal)
}
