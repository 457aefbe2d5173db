//! A desk as lines of JSON: `docs/export.md` has the format. Read page by page, each in a read of its own, so that a desk of any
//! size holds up nobody; all of it up to the head of the journal at the beginning.

use minicom_protocol::ids::{Cursor, CustomerId, FileId, Rev, TenantId};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    clock,
    http::cursor_text,
    limits,
    store::{
        self, TenantKey,
        files::{self, FileRow},
        journal, settings,
        transfer::{self, DeskLine, Rows},
    },
    uploads::Place,
};

use super::file_lines::{self, FileLine};

/// The version of the format.
pub const FORMAT: u32 = 1;

/// Where an export stands.
#[derive(Clone, PartialEq, Eq, Debug)]
enum At {
    Head,
    /// Customers who were erased after this position.
    Erased(Rev),
    Customers(Option<CustomerId>),
    /// The next file behind this one.
    Files(Option<FileId>),
    /// The bytes of a file from here on.
    Bytes(Box<FileRow>, u64),
    Events(Rev),
    Rows(Rows, String),
    Articles(String),
    Timers,
    Done,
}

/// An export that is under way.
#[derive(Clone, Debug)]
pub struct Export {
    tenant: TenantKey,
    name: TenantId,
    since: Option<Cursor>,
    head: Cursor,
    at: At,
    place: Place,
    /// Events told so far.
    pub events: u64,
}

/// The journal does not hold the cursor that an export is to begin after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ForeignSince;

impl Export {
    /// Begins one.
    ///
    /// # Errors
    /// What SQLite said; or the journal does not hold `since`.
    pub fn begin(
        conn: &Connection,
        (tenant, name): (TenantKey, TenantId),
        since: Option<Cursor>,
        place: Place,
    ) -> store::Result<Result<Export, ForeignSince>> {
        let (head, _) = transfer::head(conn, tenant)?;
        if let Some(since) = since
            && transfer::mark_at(conn, tenant, Rev(since.at))? != Some(since.mark)
        {
            return Ok(Err(ForeignSince));
        }
        Ok(Ok(Export {
            tenant,
            name,
            since,
            head,
            at: At::Head,
            place,
            events: 0,
        }))
    }

    /// How many events it will tell.
    pub fn all(&self) -> u64 {
        self.head.at.saturating_sub(self.since.map_or(0, |it| it.at))
    }

    /// The next lines; `None` at the end.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn next(&mut self, conn: &Connection) -> store::Result<Option<Vec<Value>>> {
        let limit = limits::EXPORT_PAGE;
        let since = Rev(self.since.map_or(0, |it| it.at));
        match self.at.clone() {
            At::Head => {
                self.at = match since {
                    Rev(0) => At::Customers(None),
                    since => At::Erased(since),
                };
                self.head_lines(conn).map(Some)
            }
            At::Erased(after) => {
                // Before the others: the name of one who was erased may be somebody else's by now.
                let found = transfer::erased_since(conn, self.tenant, after, limit)?;
                self.at = found.last().map_or(At::Customers(None), |(rev, _)| At::Erased(*rev));
                Ok(Some(found.iter().map(|(_, it)| typed("customer", it)).collect()))
            }
            At::Customers(after) => {
                let found = transfer::customers(conn, self.tenant, after, since, limit)?;
                self.at = match found.last() {
                    Some(last) => At::Customers(Some(last.customer.id)),
                    None => At::Files(None),
                };
                Ok(Some(found.iter().map(|it| typed("customer", it)).collect()))
            }
            At::Files(after) => {
                let found = files::next_sent(conn, self.tenant, after, since)?;
                self.at = found.map_or(At::Events(since), |row| At::Bytes(Box::new(row), 0));
                Ok(Some(vec![]))
            }
            At::Bytes(row, at) => {
                // A piece at a time: a file of any size is never held.
                if let Some(piece) = file_lines::piece(&self.place, self.tenant, &row, at) {
                    let next = at + file_lines::bytes_in(&piece);
                    self.at = At::Bytes(row, next);
                    return Ok(Some(vec![typed("bytes", &piece)]));
                }
                let line = typed("file", &FileLine::of(&row));
                self.at = At::Files(Some(row.id));
                Ok(Some(vec![line]))
            }
            At::Events(after) => self.event_lines(conn, after).map(Some),
            At::Rows(of, after) => {
                let (name, next) = match of {
                    Rows::Conversations => ("conversation", At::Rows(Rows::Tickets, "0".to_owned())),
                    Rows::Tickets => ("ticket", At::Rows(Rows::Groups, String::new())),
                    Rows::Groups => ("group", At::Rows(Rows::Replies, String::new())),
                    Rows::Replies => ("reply", At::Articles(String::new())),
                };
                let found = transfer::rows(conn, self.tenant, of, &after, limit)?;
                self.at = found.last().map_or(next, |(key, _)| At::Rows(of, key.clone()));
                Ok(Some(
                    found
                        .iter()
                        .map(|(_, row)| typed(name, &json!({ name: row })))
                        .collect(),
                ))
            }
            At::Articles(after) => {
                let found = transfer::articles(conn, self.tenant, &after, limit)?;
                self.at = found.last().map_or(At::Timers, |(slug, _)| At::Articles(slug.clone()));
                Ok(Some(found.iter().map(|(_, line)| typed("article", line)).collect()))
            }
            At::Timers => {
                self.at = At::Done;
                let timers = transfer::timer_lines(conn, self.tenant)?;
                let mut lines: Vec<Value> = timers.iter().map(|it| typed("timer", it)).collect();
                let end = json!({ "tenant": self.name, "cursor": cursor_text(self.head), "events": self.events });
                lines.push(typed("end", &end));
                Ok(Some(lines))
            }
            At::Done => Ok(None),
        }
    }

    fn head_lines(&self, conn: &Connection) -> store::Result<Vec<Value>> {
        let (_, birth) = transfer::head(conn, self.tenant)?;
        let desk = DeskLine {
            format: FORMAT,
            tenant: self.name.as_str().to_owned(),
            desk: transfer::mark_text(birth),
            since: self.since.map(cursor_text),
            cursor: cursor_text(self.head),
            at: clock::now().0,
        };
        let now = json!({ "settings": settings::load(conn, self.tenant)? });
        let mut lines = vec![typed("desk", &desk)];
        lines.extend(transfer::agents(conn, self.tenant)?.iter().map(|it| typed("agent", it)));
        lines.push(typed("settings", &now));
        Ok(lines)
    }

    fn event_lines(&mut self, conn: &Connection, after: Rev) -> store::Result<Vec<Value>> {
        let mut found = journal::after(conn, self.tenant, after, limits::EXPORT_PAGE)?;
        found.retain(|event| event.rev.0 <= self.head.at);
        self.at = match found.last() {
            Some(last) => At::Events(last.rev),
            None => At::Rows(Rows::Conversations, String::new()),
        };
        self.events += found.len() as u64;
        let line = |event: &minicom_protocol::event::Event| {
            let cursor = cursor_text(Cursor {
                at: event.rev.0,
                mark: event.mark,
            });
            typed("event", &json!({ "cursor": cursor, "event": event }))
        };
        Ok(found.iter().map(line).collect())
    }
}

/// A line: what it is, then what it says.
fn typed(kind: &str, of: &impl serde::Serialize) -> Value {
    let mut line = serde_json::Map::from_iter([("type".to_owned(), Value::from(kind))]);
    if let Ok(Value::Object(fields)) = serde_json::to_value(of) {
        line.extend(fields);
    }
    Value::Object(line)
}
