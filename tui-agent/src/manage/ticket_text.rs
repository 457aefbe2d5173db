//! A ticket as Markdown: what it is, its comments, and the transcript of the conversation that it was made of. Strangers' words
//! stand in blocks in which nothing is a mark.

use minicom_protocol::{
    event::Event,
    ids::Time,
    safe,
    stage::Stage,
    summary::Summary,
    ticket::{Ticket, TicketComment},
    transcript::Format,
};
use minicom_tui_kit::Zone;

/// A moment, as documents have it.
pub fn stamp(zone: &Zone, at: Time) -> String {
    zone.stamp(at.0)
}

/// What a ticket is, and its comments.
pub fn header(ticket: &Ticket, comments: &[TicketComment], zone: &Zone) -> String {
    let words = safe::markdown_words;
    let assignee = ticket
        .assignee
        .as_ref()
        .map_or("nobody".to_owned(), |it| words(it.name.as_str()));
    let mut out = format!(
        "# Ticket {}: {}\n\n- Status: {}\n- Assigned to: {assignee}\n- Customer: {}\n- Opened: {} by {}\n- Changed: {}\n",
        ticket.number,
        words(ticket.title.as_str()),
        ticket.status.word(),
        words(ticket.customer.name.as_str()),
        stamp(zone, ticket.opened_at),
        words(ticket.opened_by.name.as_str()),
        stamp(zone, ticket.updated_at),
    );
    if !comments.is_empty() {
        out.push_str("\n## Comments\n");
    }
    if (comments.len() as u64) < u64::from(ticket.comments) {
        let older = u64::from(ticket.comments) - comments.len() as u64;
        out.push_str(&format!("\n{older} older ones are not shown.\n"));
    }
    for comment in comments {
        let at = stamp(zone, comment.at);
        out.push_str(&Format::Markdown.said(&at, comment.by.name.as_str(), "", &comment.text));
    }
    out
}

/// A conversation as a document of its own, without what only agents saw.
pub fn chat(row: &Summary, events: &[Event], zone: &Zone) -> String {
    let mut facts = vec![("Opened", stamp(zone, row.opened_at))];
    if let Stage::Closed { at, .. } = &row.stage {
        facts.push(("Ended", stamp(zone, *at)));
    }
    if let Some(subject) = &row.intake.subject {
        facts.push(("Subject", subject.as_str().to_owned()));
    }
    let customer = row.customer.name.as_str();
    let mut out = Format::Markdown.head(&format!("Chat {} with {customer}", row.number), &facts);
    for event in events {
        out.push_str(&Format::Markdown.event(&stamp(zone, event.time), customer, &event.body, false));
    }
    out
}

/// The conversation, as everybody saw it; with `notes` also what only agents saw.
pub fn transcript(ticket: &Ticket, events: &[Event], notes: bool, zone: &Zone) -> String {
    let mut out = String::from("\n## Conversation\n");
    let customer = ticket.customer.name.as_str();
    for event in events
        .iter()
        .filter(|it| it.subject.conversation() == Some(ticket.conversation))
    {
        let at = stamp(zone, event.time);
        out.push_str(&Format::Markdown.event(&at, customer, &event.body, notes));
    }
    out
}

#[cfg(test)]
#[path = "ticket_text_tests.rs"]
mod tests;
