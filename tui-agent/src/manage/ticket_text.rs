//! A ticket as Markdown: what it is, its comments, and the transcript of the conversation that it was made of. Strangers' words
//! stand in blocks in which nothing is a mark.

use minicom_protocol::{
    event::{Author, Event, EventBody},
    ids::Time,
    line::LineState,
    ticket::{Ticket, TicketComment},
};
use minicom_tui_kit::Zone;

use super::safe;

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
        said(
            &mut out,
            &stamp(zone, comment.at),
            comment.by.name.as_str(),
            "",
            &comment.text,
        );
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
        match &event.body {
            EventBody::Posted(line) => {
                let who = match &line.author {
                    Author::Customer => customer,
                    Author::Bot => "bot",
                    Author::Agent { agent } => agent.name.as_str(),
                    Author::System => "desk",
                };
                let also = if line.state == LineState::Edited {
                    " (edited)"
                } else {
                    ""
                };
                match line.state.words() {
                    Some(gone) => said(&mut out, &at, who, also, gone),
                    None => said(&mut out, &at, who, also, &line.text()),
                }
            }
            EventBody::Noted(note) if notes => {
                said(
                    &mut out,
                    &at,
                    note.agent.name.as_str(),
                    " (note: only agents see this)",
                    note.text.as_str(),
                );
            }
            EventBody::Noted(_) => {}
            EventBody::Rated(rated) => {
                happened(&mut out, &at, &event.body);
                if let Some(comment) = &rated.comment {
                    out.push_str(&format!("\n{}", safe::markdown_block(comment.as_str())));
                }
            }
            other => happened(&mut out, &at, other),
        }
    }
    out
}

fn happened(out: &mut String, at: &str, body: &EventBody) {
    if let Some(words) = body.fallback() {
        out.push_str(&format!("\n{at} *{}*\n", safe::markdown_words(&words)));
    }
}

fn said(out: &mut String, at: &str, who: &str, also: &str, text: &str) {
    out.push_str(&format!(
        "\n{at} **{}**{also}\n\n{}",
        safe::markdown_words(who),
        safe::markdown_block(text)
    ));
}

#[cfg(test)]
#[path = "ticket_text_tests.rs"]
mod tests;
