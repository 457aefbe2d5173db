//! Conversations in lists that are filtered and sorted, one conversation with its customer's profile, and the lines of one
//! conversation, for those who come with a request.

use minicom_protocol::{
    context::{NoteRow, Profile},
    event::{Event, EventBody},
    ids::{AgentId, CommandId, ConversationId, Cursor, CustomerId, Mark, Rev, Seq},
    intake::Priority,
    refusal::Refusal,
    stage::Stage,
    summary::Summary,
    words::{Skill, Tag},
};
use rusqlite::Connection;

use super::{Desk, ForeignCursor, ListCursor, pages, queue::Rules};
use crate::{
    limits,
    store::{self, TenantKey, conversations, journal, profiles, tenants},
};

/// Rows that are read at once while a list is filtered.
const READ_AT_ONCE: i64 = 200;
/// Events before a command's last one among which its line is looked for: a command has a few.
const EVENTS_OF_COMMAND: usize = 16;

/// Where a conversation stands: the sources' words, and the stages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// With the bot or waiting.
    Pending,
    /// An agent has it, also put aside.
    Active,
    /// It has ended.
    Closed,
    /// The bot answers.
    Bot,
    /// It waits in the queue.
    Waiting,
    /// An agent has put it aside.
    Snoozed,
}

impl Status {
    fn fits(self, stage: &Stage) -> bool {
        match self {
            Status::Pending => stage.is_bot() || stage.is_waiting(),
            Status::Active => stage.owner().is_some(),
            Status::Closed => !stage.is_open(),
            Status::Bot => stage.is_bot(),
            Status::Waiting => stage.is_waiting(),
            Status::Snoozed => matches!(stage, Stage::Snoozed { .. }),
        }
    }
}

/// Whose conversations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwnedBy {
    /// An agent's.
    Agent(AgentId),
    /// Nobody's.
    Nobody,
}

/// Which conversations are listed. What is `None` does not matter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Where it stands.
    pub status: Option<Status>,
    /// How urgent it is, without ageing.
    pub priority: Option<Priority>,
    /// A skill that it needs.
    pub skill: Option<Skill>,
    /// A tag that it has.
    pub tag: Option<Tag>,
    /// Whose it is. A closed one is nobody's.
    pub owner: Option<OwnedBy>,
}

impl Filter {
    pub(super) fn fits(&self, row: &Summary) -> bool {
        self.status.is_none_or(|status| status.fits(&row.stage))
            && self.priority.is_none_or(|it| it == row.intake.priority)
            && self.skill.as_ref().is_none_or(|it| row.intake.skills.contains(it))
            && self.tag.as_ref().is_none_or(|it| row.tags.contains(it))
            && self.owner.is_none_or(|it| match it {
                OwnedBy::Agent(agent) => row.stage.is_owned_by(agent),
                OwnedBy::Nobody => row.stage.owner().is_none(),
            })
    }

    /// Whether an open one could fit.
    fn wants_open(&self) -> bool {
        self.status != Some(Status::Closed)
    }

    /// Whether a closed one could fit.
    fn wants_closed(&self) -> bool {
        matches!(self.status, None | Some(Status::Closed)) && !matches!(self.owner, Some(OwnedBy::Agent(_)))
    }
}

/// How open conversations are sorted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// As the queue has it: by urgency, with ageing; then who waits longest.
    Priority,
    /// Who waits longest first.
    Wait,
}

/// A position in a sorted list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SortPlace {
    /// 0 is the most urgent; always 0 in a list by wait.
    pub urgency: u8,
    /// The event by which it came into the queue, or to where it stands.
    pub since: Rev,
    /// Which conversation.
    pub conversation: ConversationId,
}

/// A conversation and what is said of its customer.
#[derive(Clone, PartialEq, Debug)]
pub struct Session {
    /// The conversation.
    pub row: Summary,
    /// The customer's profile.
    pub profile: Profile,
}

/// A page of conversations, and where the next one begins.
pub type SessionsPage = (Vec<Session>, Option<ListCursor>);

/// A page of one conversation's lines.
#[derive(Clone, PartialEq, Debug)]
pub struct LinesPage {
    /// The conversation.
    pub session: Session,
    /// What is to be shown, oldest first.
    pub lines: Vec<Event>,
    /// Where the page before ends; `None` at the beginning of the conversation.
    pub before: Option<Cursor>,
}

impl Desk {
    /// The mark that tells a tenant's lists from another's.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn birth_mark(&self, tenant: TenantKey) -> Result<Mark, Refusal> {
        let found = self.read(move |conn| tenants::birth_mark(conn, tenant)).await?;
        found.ok_or(Refusal::NotFound)
    }

    /// A page of the conversations that fit: open ones first, newest first. A page may be shorter than `limit` and not be
    /// the last: only so many rows are looked at for one.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn sessions(
        &self,
        tenant: TenantKey,
        filter: Filter,
        after: Option<ListCursor>,
        limit: usize,
    ) -> Result<Result<SessionsPage, ForeignCursor>, Refusal> {
        self.read(move |conn| {
            if let Some(place) = after
                && journal::mark_at(conn, tenant, Rev(place.at.at))? != Some(place.at.mark)
            {
                return Ok(Err(ForeignCursor));
            }
            let (rows, next) = fitting(conn, tenant, &filter, after, limit)?;
            Ok(Ok((with_profiles(conn, tenant, rows)?, next)))
        })
        .await
    }

    /// A page of the open conversations that fit, sorted, and where the next one begins.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn sessions_sorted(
        &self,
        tenant: TenantKey,
        filter: Filter,
        sort: Sort,
        after: Option<SortPlace>,
        limit: usize,
    ) -> Result<(Vec<Session>, Option<SortPlace>), Refusal> {
        self.read(move |conn| {
            let rules = Rules::read(conn, tenant)?;
            let queue = rules.queue();
            let place = |row: &Summary| SortPlace {
                urgency: match sort {
                    Sort::Priority => urgency(queue.effective_priority(row)),
                    Sort::Wait => 0,
                },
                since: row.queued_rev.unwrap_or(row.stage_rev),
                conversation: row.conversation,
            };
            let open = conversations::open(conn, tenant)?.into_iter();
            let mut rows: Vec<(SortPlace, Summary)> = open
                .filter(|row| filter.fits(row))
                .map(|row| (place(&row), row))
                .filter(|(place, _)| after.is_none_or(|after| *place > after))
                .collect();
            rows.sort_by_key(|(place, _)| *place);
            let more = rows.len() > limit;
            rows.truncate(limit);
            let next = rows.last().filter(|_| more).map(|(place, _)| *place);
            let rows = rows.into_iter().map(|(_, row)| row).collect();
            Ok((with_profiles(conn, tenant, rows)?, next))
        })
        .await
    }

    /// A conversation with its customer's profile.
    ///
    /// # Errors
    /// `not_found` for an unknown conversation and for one of another tenant.
    pub async fn session(&self, tenant: TenantKey, conversation: ConversationId) -> Result<Session, Refusal> {
        self.read(move |conn| one(conn, tenant, conversation))
            .await?
            .ok_or(Refusal::NotFound)
    }

    /// A page of a conversation's lines: what people, the bot and the desk wrote, and what is told in words.
    ///
    /// # Errors
    /// `not_found` for an unknown conversation and for one of another tenant; what kept the store from answering.
    pub async fn session_lines(
        &self,
        tenant: TenantKey,
        conversation: ConversationId,
        before: Option<Cursor>,
        limit: usize,
    ) -> Result<Result<LinesPage, ForeignCursor>, Refusal> {
        let found = self.read(move |conn| {
            let Some(session) = one(conn, tenant, conversation)? else {
                return Ok(None);
            };
            let customer = session.row.customer.id;
            if let Some(cursor) = before
                && journal::thread_mark_at(conn, tenant, customer, Seq(cursor.at))? != Some(cursor.mark)
            {
                return Ok(Some(Err(ForeignCursor)));
            }
            let (lines, before) = pages::session_lines_before(conn, tenant, &session.row, before, limit)?;
            Ok(Some(Ok(LinesPage { session, lines, before })))
        });
        found.await?.ok_or(Refusal::NotFound)
    }

    /// An event of a thread that the customer may see, by its position.
    ///
    /// # Errors
    /// `not_found` if the thread has none there.
    pub async fn event_at(&self, tenant: TenantKey, customer: CustomerId, at: Seq) -> Result<Event, Refusal> {
        let found = self.read(move |conn| {
            let (events, _) = journal::numbered_before(conn, tenant, customer, Some(at.next()), 1)?;
            Ok(events.into_iter().find(|event| event.seq == Some(at)))
        });
        found.await?.ok_or(Refusal::NotFound)
    }

    /// The line that a command wrote, whose last event stands at a position.
    ///
    /// # Errors
    /// `not_found` if it wrote none.
    pub async fn line_of(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        at: Seq,
        command: CommandId,
    ) -> Result<Event, Refusal> {
        let found = self.read(move |conn| {
            let (events, _) = journal::numbered_before(conn, tenant, customer, Some(at.next()), EVENTS_OF_COMMAND)?;
            let is_it = |event: &Event| event.command == Some(command) && matches!(event.body, EventBody::Posted(_));
            Ok(events.into_iter().find(is_it))
        });
        found.await?.ok_or(Refusal::NotFound)
    }

    /// A page of a conversation's notes, newest first, and whether there are older ones.
    ///
    /// # Errors
    /// `not_found` for an unknown conversation and for one of another tenant.
    pub async fn notes(
        &self,
        tenant: TenantKey,
        conversation: ConversationId,
        before: Option<Rev>,
        limit: usize,
    ) -> Result<(Vec<NoteRow>, bool), Refusal> {
        let found = self.read(move |conn| {
            let Some(row) = conversations::load(conn, tenant, conversation)? else {
                return Ok(None);
            };
            journal::notes_in(conn, tenant, row.customer.id, conversation, before, limit).map(Some)
        });
        found.await?.ok_or(Refusal::NotFound)
    }
}

fn urgency(priority: Priority) -> u8 {
    match priority {
        Priority::Urgent => 0,
        Priority::High => 1,
        Priority::Medium => 2,
        Priority::Low => 3,
    }
}

fn one(conn: &Connection, tenant: TenantKey, conversation: ConversationId) -> store::Result<Option<Session>> {
    let Some(row) = conversations::load(conn, tenant, conversation)? else {
        return Ok(None);
    };
    let profile = profiles::load(conn, tenant, row.customer.id)?;
    Ok(Some(Session { row, profile }))
}

pub(super) fn with_profiles(conn: &Connection, tenant: TenantKey, rows: Vec<Summary>) -> store::Result<Vec<Session>> {
    let all = rows.into_iter().map(|row| {
        let profile = profiles::load(conn, tenant, row.customer.id)?;
        Ok(Session { row, profile })
    });
    all.collect()
}

/// The rows that fit, in the list's order after a position, and where the next page begins.
fn fitting(
    conn: &Connection,
    tenant: TenantKey,
    filter: &Filter,
    after: Option<ListCursor>,
    limit: usize,
) -> store::Result<(Vec<Summary>, Option<ListCursor>)> {
    let mut found = Vec::new();
    let mut looked_at = 0;
    let mut last = None;
    let begins_closed = after.is_some_and(|place| place.closed);
    for closed in [false, true] {
        let wanted = if closed {
            filter.wants_closed()
        } else {
            filter.wants_open()
        };
        if !wanted || (begins_closed && !closed) {
            continue;
        }
        let mut before = after.filter(|place| place.closed == closed).map(|it| Rev(it.at.at));
        loop {
            let rows = match closed {
                false => conversations::open_before(conn, tenant, before, READ_AT_ONCE)?,
                true => conversations::closed(conn, tenant, before, READ_AT_ONCE)?,
            };
            let all = (rows.len() as i64) < READ_AT_ONCE;
            for row in rows {
                if found.len() == limit || looked_at == limits::SESSIONS_LOOKED_AT_MAX {
                    // There is one more row: the page ends before it.
                    let next = last.map(|(closed, rev)| ends_at(conn, tenant, closed, rev));
                    return Ok((found, next.transpose()?));
                }
                looked_at += 1;
                before = Some(row.rev);
                last = Some((closed, row.rev));
                if filter.fits(&row) {
                    found.push(row);
                }
            }
            if all {
                break;
            }
        }
    }
    Ok((found, None))
}

/// The position behind the row whose newest event this is.
fn ends_at(conn: &Connection, tenant: TenantKey, closed: bool, rev: Rev) -> store::Result<ListCursor> {
    // Every row's newest event is in the journal.
    let mark = journal::mark_at(conn, tenant, rev)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let at = Cursor { at: rev.0, mark };
    Ok(ListCursor { closed, at })
}
