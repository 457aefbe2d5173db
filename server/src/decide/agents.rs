//! What agents ask for: each command to the file that decides it.

use minicom_protocol::{
    command::AgentCommand,
    event::{EventBody, Noted, Seen, SubjectChanged},
    ids::{AgentId, GroupId},
    people::{AgentRef, Role},
    refusal::Refusal,
    stage::Side,
    text::MessageText,
};

use super::{Decision, Facts, affairs, lines, marking, owners, plan::Plan, tickets};

/// An agent who asks for something.
#[derive(Clone, Copy)]
pub struct Agent<'w> {
    pub agent: &'w AgentRef,
    pub role: Role,
}

impl Agent<'_> {
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// What only admins may.
    pub fn must_be_admin(&self) -> Result<(), Refusal> {
        if self.is_admin() {
            Ok(())
        } else {
            Err(Refusal::Forbidden)
        }
    }
}

pub fn decide(facts: &Facts<'_>, agent: &AgentRef, role: Role, command: &AgentCommand) -> Result<Decision, Refusal> {
    let caller = Agent { agent, role };
    if command.conversation().is_none() && !matches!(command, AgentCommand::TakeNext {}) {
        return affairs::decide(facts, caller, command);
    }
    if let AgentCommand::Post {
        text,
        seen,
        take_over,
        anyway,
        quote,
        reply,
        article,
        file,
        ..
    } = command
    {
        let draft = lines::Draft {
            text,
            seen: *seen,
            take_over: *take_over,
            anyway: *anyway,
            quote: *quote,
            reply: reply.as_ref(),
            article: article.as_ref(),
            file: *file,
        };
        return lines::post(facts, caller, &draft);
    }
    let row = facts.named()?;
    let mut plan = Plan::new(facts, facts.thread()?);
    match command {
        // For TakeNext the writer has chosen the conversation by the queue's rules.
        AgentCommand::TakeOver { .. } | AgentCommand::TakeNext {} => owners::take_over(&mut plan, facts, caller, row)?,
        AgentCommand::HandBack { .. } => owners::hand_back(&mut plan, facts, agent, row)?,
        AgentCommand::Close { seen, .. } => owners::end(&mut plan, facts, caller, row, *seen)?,
        AgentCommand::Assign { agent: to, .. } => owners::assign(&mut plan, facts, caller, row, *to)?,
        AgentCommand::Transfer { to, note, .. } => {
            owners::transfer(&mut plan, facts, caller, row, *to, note.as_deref())?;
        }
        AgentCommand::Snooze { until, .. } => owners::snooze(&mut plan, facts, agent, row, *until)?,
        AgentCommand::Wake { .. } => owners::wake(&mut plan, agent, row)?,
        AgentCommand::Note {
            text, agents, groups, ..
        } => plan_note(&mut plan, facts, agent, text, agents, groups)?,
        AgentCommand::Tag { add, remove, .. } => marking::tag(&mut plan, row, agent, add, remove)?,
        AgentCommand::SetSubject { subject, .. } => {
            if facts.open()?.intake.subject != *subject {
                plan.event(EventBody::SubjectChanged(SubjectChanged {
                    agent: Some(agent.clone()),
                    subject: subject.clone(),
                }));
            }
        }
        AgentCommand::SetPriority { priority, .. } => {
            marking::prioritise(&mut plan, facts, facts.open()?, agent, *priority);
        }
        AgentCommand::EditLine { line, text, .. } => {
            lines::edit(&mut plan, facts, lines::of_desk(*line), Some(agent), text)?;
        }
        AgentCommand::WithdrawLine { line, .. } => {
            lines::withdraw(&mut plan, facts, lines::of_desk(*line), Some(agent))?;
        }
        AgentCommand::BlankLine { line, .. } => lines::blank(&mut plan, facts, *line, agent)?,
        AgentCommand::ConvertToTicket { title, .. } => {
            tickets::convert(&mut plan, facts, agent, row, title.as_ref())?;
        }
        AgentCommand::MarkSeen { up_to, .. } => {
            let view = facts.thread()?.view;
            let up_to = (*up_to).min(view.customer_lines);
            if up_to > view.desk_mark && row.stage.is_owned_by(agent.id) {
                let side = Side::Desk;
                plan.event(EventBody::Seen(Seen { side, up_to }));
            }
        }
        _ => return Err(Refusal::Forbidden),
    }
    Ok(plan.done())
}

/// A note, and whom it mentions: agents, and the members of groups; never its author, and nobody of another desk.
fn plan_note(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    agent: &AgentRef,
    text: &str,
    agents: &[AgentId],
    groups: &[GroupId],
) -> Result<(), Refusal> {
    let staff = facts.staff()?;
    let mut mentions = Vec::new();
    for id in agents {
        mentions.push(staff.agent(*id).ok_or(Refusal::NotFound)?.agent.id);
    }
    for id in groups {
        mentions.extend(&staff.group(*id).ok_or(Refusal::NotFound)?.members);
    }
    mentions.retain(|it| *it != agent.id && staff.agent(*it).is_some_and(|member| member.enabled));
    plan.event(EventBody::Noted(Noted {
        agent: agent.clone(),
        text: MessageText::parse(text)?,
        mentions: minicom_protocol::words::as_set(mentions),
        handover: false,
    }));
    Ok(())
}
