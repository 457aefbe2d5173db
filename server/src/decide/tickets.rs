//! Tickets: made of a conversation once, then changed and commented.

use minicom_protocol::{
    command::Assignee,
    event::{EventBody, TicketChanged, Ticketed},
    people::AgentRef,
    refusal::Refusal,
    summary::Summary,
    text::MessageText,
    ticket::{Ticket, TicketChange, TicketStatus},
    words::SubjectLine,
};

use super::{Decision, Facts, plan::Plan};

pub fn convert(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    agent: &AgentRef,
    row: &Summary,
    title: Option<&SubjectLine>,
) -> Result<(), Refusal> {
    if let Some(first) = row.ticket {
        plan.ticket(first);
        return Ok(());
    }
    let number = facts.more.fresh_ticket;
    let ticket = Ticket {
        number,
        title: title
            .cloned()
            .or_else(|| row.intake.subject.clone())
            .map_or_else(|| made_up(row), Ok)?,
        status: TicketStatus::Open,
        assignee: row.stage.owner().cloned(),
        conversation: row.conversation,
        customer: row.customer.clone(),
        opened_by: agent.clone(),
        opened_at: facts.now,
        updated_at: facts.now,
        comments: 0,
    };
    plan.ticket(number);
    plan.event(EventBody::Ticketed(Ticketed {
        agent: agent.clone(),
        ticket: number,
    }));
    plan.event(EventBody::TicketChanged(TicketChanged {
        ticket,
        by: agent.clone(),
        what: TicketChange::Opened,
    }));
    Ok(())
}

/// A title for a conversation without a subject. It is none of the customer's words: what stands in a line can be blanked out,
/// and a copy of it in a ticket and its history could not.
fn made_up(row: &Summary) -> Result<SubjectLine, Refusal> {
    let title = format!("Conversation {} with {}", row.number, row.customer.name);
    SubjectLine::parse(title).map_err(|why| Refusal::BadField {
        why: format!("title: {why}"),
    })
}

pub fn change(
    facts: &Facts<'_>,
    agent: &AgentRef,
    status: Option<TicketStatus>,
    assignee: Option<Assignee>,
    title: Option<&SubjectLine>,
) -> Result<Decision, Refusal> {
    let mut ticket = facts.more.ticket.clone().ok_or(Refusal::NotFound)?;
    let mut decision = Decision {
        ticket: Some(ticket.number),
        ..Decision::default()
    };
    let mut happens = |ticket: &mut Ticket, what| {
        ticket.updated_at = facts.now;
        decision.events.push(EventBody::TicketChanged(TicketChanged {
            ticket: ticket.clone(),
            by: agent.clone(),
            what,
        }));
    };
    let assigned = match assignee {
        None => ticket.assignee.clone(),
        Some(Assignee::Nobody) => None,
        Some(Assignee::Agent { agent }) => {
            let member = facts.staff()?.agent(agent).filter(|it| it.enabled);
            Some(member.ok_or(Refusal::NotFound)?.agent.clone())
        }
    };
    if assigned != ticket.assignee {
        ticket.assignee = assigned;
        happens(&mut ticket, TicketChange::Assigned);
    }
    if let Some(title) = title.filter(|it| **it != ticket.title) {
        ticket.title = title.clone();
        happens(&mut ticket, TicketChange::Titled);
    }
    if let Some(status) = status.filter(|it| *it != ticket.status) {
        ticket.status = status;
        happens(&mut ticket, TicketChange::Status);
    }
    Ok(decision)
}

pub fn comment(facts: &Facts<'_>, agent: &AgentRef, text: &str) -> Result<Decision, Refusal> {
    let mut ticket = facts.more.ticket.clone().ok_or(Refusal::NotFound)?;
    let text = MessageText::parse(text)?.as_str().to_owned();
    ticket.comments = ticket.comments.saturating_add(1);
    ticket.updated_at = facts.now;
    Ok(Decision {
        ticket: Some(ticket.number),
        events: vec![EventBody::TicketChanged(TicketChanged {
            ticket,
            by: agent.clone(),
            what: TicketChange::Commented { text },
        })],
        ..Decision::default()
    })
}
