//! The rows that are made of events: agents, groups, settings, profiles, the library, tickets, mentions. Each event writes what
//! it says in the transaction that appends it, so that no row can say what the journal does not. Conversations and threads have
//! folds of their own.

use minicom_protocol::{
    event::{Event, EventBody, Target},
    ticket::{TicketChange, TicketComment},
};
use rusqlite::Connection;

use super::{Result, TenantKey, library, mentions, profiles, settings, staff, tickets};

/// Writes what an event says.
pub fn project(conn: &Connection, tenant: TenantKey, event: &Event) -> Result<()> {
    match &event.body {
        EventBody::TakenOver(it) => staff::assigned(conn, tenant, it.agent.id, event.rev),
        EventBody::Transferred(it) => match &it.to {
            Target::Agent { agent } => staff::assigned(conn, tenant, agent.id, event.rev),
            Target::Group { .. } | Target::Queue => Ok(()),
        },
        EventBody::Noted(it) => mentions::add(conn, tenant, event.rev, &it.mentions),
        EventBody::MentionsRead(it) => mentions::mark_read(conn, tenant, it.agent, it.up_to),
        EventBody::AgentChanged(it) => staff::save_member(conn, tenant, &it.member),
        EventBody::GroupChanged(it) => staff::save_group(conn, tenant, &it.group),
        EventBody::GroupDeleted(it) => staff::delete_group(conn, tenant, it.group),
        EventBody::CustomerChanged(it) => profiles::save(conn, tenant, it.customer.id, &it.profile),
        EventBody::CustomersMerged(it) => profiles::join(conn, tenant, it.customer.id, it.also.id),
        EventBody::SettingsChanged(it) => settings::save(conn, tenant, &it.settings),
        EventBody::ReplyChanged(it) => library::save_reply(conn, tenant, &it.reply),
        EventBody::ReplyDeleted(it) => library::delete_reply(conn, tenant, it.reply),
        EventBody::ArticleChanged(it) => library::save_article(conn, tenant, &it.article),
        EventBody::ArticleDeleted(it) => library::delete_article(conn, tenant, &it.slug),
        EventBody::TicketChanged(it) => {
            tickets::save(conn, tenant, &it.ticket)?;
            let TicketChange::Commented { text } = &it.what else {
                return Ok(());
            };
            let comment = TicketComment {
                by: it.by.clone(),
                at: event.time,
                text: text.clone(),
            };
            tickets::comment(conn, tenant, it.ticket.number, event.rev, &comment)
        }
        EventBody::Opened(_)
        | EventBody::Posted(_)
        | EventBody::HandedBack(_)
        | EventBody::HumanRequested(_)
        | EventBody::Seen(_)
        | EventBody::Closed(_)
        | EventBody::Requeued(_)
        | EventBody::Snoozed(_)
        | EventBody::Woken(_)
        | EventBody::LineChanged(_)
        | EventBody::TagsChanged(_)
        | EventBody::SubjectChanged(_)
        | EventBody::PriorityChanged(_)
        | EventBody::Ticketed(_)
        | EventBody::Rated(_)
        | EventBody::Erased(_)
        | EventBody::Unknown(_) => Ok(()),
    }
}
