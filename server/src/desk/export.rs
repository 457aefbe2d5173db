//! All that is kept of one customer, in pages: as agents have it, or as the customer may have it.

use minicom_protocol::{
    context::Profile,
    event::{Event, EventBody},
    ids::{CustomerId, Rev},
    refusal::Refusal,
};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::Desk;
use crate::{
    clock::rfc3339,
    limits,
    store::{self, TenantKey, conversations, customers, devices, journal, tickets},
};

/// Who gets an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportFor {
    /// Those who manage the desk: with notes, and what agents did.
    Agents,
    /// The customer: what a customer may see.
    Customer,
}

/// A page of an export: one thing each, with its kind in `export`, and where the next page begins, if there is one.
pub type ExportPage = (Vec<Value>, Option<u64>);

impl Desk {
    /// A page of what is kept of a customer, from its beginning or behind a position. It begins with the customer; then comes
    /// what happened, in order: conversations as they stand, lines, tickets with their comments, ratings.
    ///
    /// # Errors
    /// `not_found`, or what kept the store from answering.
    pub async fn export_customer(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        after: Option<u64>,
        reader: ExportFor,
    ) -> Result<ExportPage, Refusal> {
        self.read(move |conn| page(conn, tenant, customer, after, reader))
            .await?
            .ok_or(Refusal::NotFound)
    }
}

fn page(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    after: Option<u64>,
    reader: ExportFor,
) -> store::Result<Option<ExportPage>> {
    let Some(known) = customers::load(conn, tenant, customer)? else {
        return Ok(None);
    };
    let mut rows = vec![];
    if after.is_none() {
        let profile = Profile {
            blocked: known.profile.blocked.filter(|_| reader == ExportFor::Agents),
            ..known.profile
        };
        rows.push(json!({
            "export": "customer",
            "id": known.customer.id,
            "name": known.customer.name,
            "realm": known.customer.realm,
            "profile": profile,
            "first_seen": rfc3339(known.created_at),
            "consented_at": known.consented_at.map(rfc3339),
            "devices": devices::of(conn, tenant, customer)?.len(),
        }));
    }
    let limit = limits::EXPORT_ROWS_MAX as i64;
    let events = journal::of_thread(conn, tenant, customer, Rev(after.unwrap_or(0)), limit)?;
    let mut bytes = 0;
    let mut at = None;
    for event in &events {
        let row = row(conn, tenant, event, reader)?;
        bytes += row.as_ref().map_or(0, |row| row.to_string().len());
        // The first one of a page goes with it, however long.
        if bytes > limits::EXPORT_BYTES_MAX && at.is_some() {
            return Ok(Some((rows, at)));
        }
        at = Some(event.rev.0);
        rows.extend(row);
    }
    let more = events.len() == limits::EXPORT_ROWS_MAX;
    Ok(Some((rows, at.filter(|_| more))))
}

fn row(conn: &Connection, tenant: TenantKey, event: &Event, reader: ExportFor) -> store::Result<Option<Value>> {
    let theirs = reader == ExportFor::Customer;
    Ok(match &event.body {
        EventBody::Opened(it) => {
            let standing = match event.subject.conversation() {
                Some(id) => conversations::load(conn, tenant, id)?,
                None => None,
            };
            let mut row = json!({
                "export": "conversation",
                "id": event.subject.conversation(),
                "number": it.number,
                "opened_at": rfc3339(event.time),
                "subject": standing.as_ref().and_then(|it| it.intake.subject.clone()),
                "answers": it.answers,
                "rating": standing.as_ref().and_then(|it| it.rating),
            });
            if let (false, Some(standing)) = (theirs, standing) {
                row["conversation"] = json!(standing);
            }
            Some(row)
        }
        EventBody::Ticketed(it) => {
            let Some(ticket) = tickets::load(conn, tenant, it.ticket)? else {
                return Ok(None);
            };
            let mut row = json!({
                "export": "ticket",
                "number": ticket.number,
                "title": ticket.title,
                "status": ticket.status,
                "opened_at": rfc3339(ticket.opened_at),
            });
            if !theirs {
                row["ticket"] = json!(ticket);
                let comments = tickets::comments(conn, tenant, it.ticket, limits::TICKET_COMMENTS_MAX)?;
                row["comments"] = json!(comments);
            }
            Some(row)
        }
        EventBody::Rated(it) => Some(json!({
            "export": "rating",
            "conversation": event.subject.conversation(),
            "at": rfc3339(event.time),
            "score": it.score,
            "comment": it.comment,
        })),
        body => {
            let what = match body {
                EventBody::Posted(_) => "line",
                _ => "event",
            };
            match (theirs, event.for_customer()) {
                (false, _) => Some(json!({"export": what, "event": event})),
                (true, Some(event)) => Some(json!({"export": what, "event": event})),
                (true, None) => None,
            }
        }
    })
}
