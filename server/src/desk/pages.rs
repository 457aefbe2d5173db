//! Pages for those who come with a request instead of a connection: a thread's lines, and all conversations. A page begins
//! before a position and the mark there, so that a position of another thread or tenant is found out.

use minicom_protocol::{
    command::Outcome,
    event::{Event, EventBody},
    ids::{CommandId, ConversationId, Cursor, CustomerId, Rev, Seq},
    refusal::Refusal,
    summary::Summary,
};
use rusqlite::Connection;

use super::Desk;
use crate::{
    order::Caller,
    store::{self, TenantKey, commands, conversations, journal},
};

/// Reads from the journal for one page of lines. Between two lines stand few events that are none (an opening, marks), so
/// that this is never reached; it bounds the work if it were.
const READS_MAX: usize = 50;

/// The position that a page asked for is not in this thread or this tenant's journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ForeignCursor;

/// A page of a thread, and its newest conversation.
#[derive(Clone, PartialEq, Debug)]
pub struct HistoryPage {
    /// The newest conversation; `None` before the first line.
    pub newest: Option<Summary>,
    /// What is to be shown, oldest first.
    pub lines: Vec<Event>,
    /// Where the page before ends; `None` at the beginning of the thread.
    pub before: Option<Cursor>,
}

/// A position in the list of all conversations: in the open ones, or behind them in the closed ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListCursor {
    /// Whether it is in the closed ones.
    pub closed: bool,
    /// The newest event of the conversation that was listed last.
    pub at: Cursor,
}

/// A page of all conversations, and where the next one begins.
pub type ConversationsPage = (Vec<Summary>, Option<ListCursor>);

impl Desk {
    /// The conversation that a command of this caller and id was about, if it was done before.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn done_before(&self, caller: &Caller, id: CommandId) -> Result<Option<ConversationId>, Refusal> {
        Ok(match self.answer_before(caller, id).await? {
            Some(Outcome::Done(done)) => done.conversation,
            Some(Outcome::Refused { .. }) | None => None,
        })
    }

    /// Whether a command of this caller and id was answered before.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn was_answered(&self, caller: &Caller, id: CommandId) -> Result<bool, Refusal> {
        Ok(self.answer_before(caller, id).await?.is_some())
    }

    /// What a command of this caller and id came to, if it was answered before.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn answer_before(&self, caller: &Caller, id: CommandId) -> Result<Option<Outcome>, Refusal> {
        let (tenant, sender) = (self.tenant(&caller.tenant)?, caller.sender());
        let found = self.read(move |conn| commands::find(conn, tenant, sender, id)).await?;
        Ok(found.map(|answered| answered.outcome))
    }

    /// A page of a thread's lines: what people, the bot and the desk wrote, and what is told in words.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn history(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        before: Option<Cursor>,
        limit: usize,
    ) -> Result<Result<HistoryPage, ForeignCursor>, Refusal> {
        self.read(move |conn| {
            if let Some(cursor) = before
                && journal::thread_mark_at(conn, tenant, customer, Seq(cursor.at))? != Some(cursor.mark)
            {
                return Ok(Err(ForeignCursor));
            }
            let newest = conversations::newest(conn, tenant, customer)?;
            let (lines, before) = lines_before(conn, tenant, customer, None, before, limit)?;
            Ok(Ok(HistoryPage { newest, lines, before }))
        })
        .await
    }

    /// A page of all conversations: open ones first, newest first. A conversation that moves while somebody pages may be
    /// listed again or only further up.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn conversations(
        &self,
        tenant: TenantKey,
        after: Option<ListCursor>,
        limit: usize,
    ) -> Result<Result<ConversationsPage, ForeignCursor>, Refusal> {
        self.read(move |conn| {
            if let Some(place) = after
                && journal::mark_at(conn, tenant, Rev(place.at.at))? != Some(place.at.mark)
            {
                return Ok(Err(ForeignCursor));
            }
            let one_more = limit as i64 + 1;
            let rev = after.map(|place| Rev(place.at.at));
            let mut rows = match after {
                Some(place) if place.closed => conversations::closed(conn, tenant, rev, one_more)?,
                _ => {
                    let mut open = conversations::open_before(conn, tenant, rev, one_more)?;
                    let room = one_more - open.len() as i64;
                    open.append(&mut conversations::closed(conn, tenant, None, room)?);
                    open
                }
            };
            let more = rows.len() > limit;
            rows.truncate(limit);
            let next = match rows.last() {
                Some(last) if more => Some(list_cursor_of(conn, tenant, last)?),
                _ => None,
            };
            Ok(Ok((rows, next)))
        })
        .await
    }
}

fn list_cursor_of(conn: &Connection, tenant: TenantKey, last: &Summary) -> store::Result<ListCursor> {
    // Every row's newest event is in the journal.
    let mark = journal::mark_at(conn, tenant, last.rev)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let at = last.rev.0;
    Ok(ListCursor {
        closed: !last.stage.is_open(),
        at: Cursor { at, mark },
    })
}

/// The newest lines of a conversation before a position, oldest first, and where the page before ends.
pub(super) fn session_lines_before(
    conn: &Connection,
    tenant: TenantKey,
    row: &Summary,
    before: Option<Cursor>,
    limit: usize,
) -> store::Result<(Vec<Event>, Option<Cursor>)> {
    let (customer, of) = (row.customer.id, Some(row.conversation));
    if before.is_some() {
        return lines_before(conn, tenant, customer, of, before, limit);
    }
    // The thread may have gone on for years since: it is read from where this conversation ended.
    let end = journal::numbered_at(conn, tenant, customer, row.rev)?;
    lines_before(conn, tenant, customer, of, end, limit)
}

/// The newest lines of a thread, or of one conversation in it, before a position, oldest first, and where the page before
/// ends.
fn lines_before(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    of: Option<ConversationId>,
    before: Option<Cursor>,
    limit: usize,
) -> store::Result<(Vec<Event>, Option<Cursor>)> {
    let is_of = |event: &Event| of.is_none_or(|of| event.subject.conversation() == Some(of));
    let mut newest_first: Vec<Event> = Vec::new();
    let mut position = before.map(|cursor| Seq(cursor.at));
    let mut oldest_read = before;
    for _ in 0..READS_MAX {
        let (events, more) = journal::numbered_before(conn, tenant, customer, position, limit + 1)?;
        if let Some(oldest) = events.first() {
            oldest_read = cursor_of(oldest);
            position = oldest.seq;
        }
        let begins = |event: &Event| matches!(event.body, EventBody::Opened(_)) && of.is_some() && is_of(event);
        let begun = events.iter().any(begins);
        newest_first.extend(events.into_iter().rev().filter(|event| is_line(event) && is_of(event)));
        if newest_first.len() > limit {
            newest_first.truncate(limit);
            oldest_read = newest_first.last().and_then(cursor_of);
            break;
        }
        if !more || begun {
            oldest_read = None;
            break;
        }
    }
    newest_first.reverse();
    Ok((newest_first, oldest_read))
}

fn cursor_of(event: &Event) -> Option<Cursor> {
    let mark = event.mark;
    event.seq.map(|seq| Cursor { at: seq.0, mark })
}

fn is_line(event: &Event) -> bool {
    matches!(event.body, EventBody::Posted(_)) || event.body.fallback().is_some()
}
