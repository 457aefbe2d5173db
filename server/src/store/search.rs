//! The index of everything that can be found, kept beside the journal: what of an event is in it, how it comes in, and how it
//! leaves. It has words and no text, so whoever takes a text away must do so by [`Change`], while the text is still there.
//!
//! What is in it follows from the event as it stands now, by [`of_event`] and [`minicom_protocol::search::words`]. A release that
//! changes either takes the index away in a step of the schema (its tables, and the follower's row): it is made again by itself.

mod find;
mod parts;
mod syntax;

use minicom_protocol::{
    event::{Author, Event, EventBody, Subject},
    ids::{AgentId, CustomerId, Rev},
    search::words::for_index,
    ticket::TicketChange,
};
use rusqlite::{Connection, params};

pub use self::find::{Asked, find};
use self::parts::Part;
use super::{Result, TenantKey, followers, journal, pos_to_sql};
use crate::limits::{INDEX_PIECE_BYTES, INDEX_PIECE_EVENTS};

/// The name under which the index's position is stored.
pub const FOLLOWER: &str = "search";

/// Bits of a key that are the position. A journal of a million events a second would last for twelve days longer than it has
/// disks.
const REV_BITS: u32 = 40;
/// Beyond every journal, and still of the same tenant.
const REV_MAX: u64 = (1 << REV_BITS) - 1;
/// What the words begin with that are no words of a text. A private character: no text's word has one.
const NO_TEXT: char = '\u{E000}';

/// The key of an event in the index.
fn key(tenant: TenantKey, rev: Rev) -> i64 {
    tenant.0 << REV_BITS | pos_to_sql(rev.0)
}

/// The position that a key is of.
fn rev_of(key: i64) -> Rev {
    Rev(key.unsigned_abs() & REV_MAX)
}

/// Something that can be found: its text, who wrote it, and in whose thread it is.
pub struct Findable {
    /// What is looked into.
    pub text: String,
    /// Who wrote it.
    by: Writer,
    /// In whose thread.
    customer: CustomerId,
}

/// Who wrote something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Writer {
    /// The customer.
    Customer,
    /// The bot.
    Bot,
    /// An agent, to be seen by the customer.
    Agent(AgentId),
    /// An agent, for agents.
    Note(AgentId),
    /// What is known of a conversation or a customer, and not said in a line.
    About,
}

impl Writer {
    fn words(self) -> Vec<String> {
        let kind = |it: char| format!("{NO_TEXT}{it}");
        match self {
            Writer::Customer => vec![kind('c')],
            Writer::Bot => vec![kind('b')],
            Writer::Agent(agent) => vec![kind('a'), agent_word(agent)],
            Writer::Note(agent) => vec![kind('n'), agent_word(agent)],
            Writer::About => vec![kind('i')],
        }
    }
}

/// Words of all kinds: everything in the index has one of them.
fn kinds() -> impl Iterator<Item = String> {
    ['c', 'b', 'a', 'n', 'i'].into_iter().map(|it| format!("{NO_TEXT}{it}"))
}

/// The word of an agent. Half an id has 62 random bits of it: nobody else is found by that word.
fn agent_word(agent: AgentId) -> String {
    format!("{NO_TEXT}w{}", short(agent.as_bytes()))
}

/// The word of a thread.
fn thread_word(customer: CustomerId) -> String {
    format!("{NO_TEXT}t{}", short(customer.as_bytes()))
}

fn short(id: &[u8; 16]) -> String {
    id.iter().skip(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What of an event can be found, as it stands now. The match is exhaustive on purpose: a new kind must say.
pub fn of_event(event: &Event) -> Option<Findable> {
    let (text, by, customer) = match &event.body {
        EventBody::Posted(it) => {
            let by = match &it.author {
                Author::Customer => Writer::Customer,
                Author::Bot => Writer::Bot,
                Author::Agent { agent } => Writer::Agent(agent.id),
                // What the desk says by itself it says to everybody.
                Author::System => return None,
            };
            (it.text(), by, None)
        }
        EventBody::Noted(it) => (it.text.as_str().to_owned(), Writer::Note(it.agent.id), None),
        EventBody::Opened(it) => {
            let subject = it.intake.subject.as_ref().map_or("", |it| it.as_str());
            let text = format!("{}\n{subject}", it.customer.name.as_str());
            (text, Writer::About, Some(it.customer.id))
        }
        EventBody::SubjectChanged(it) => (it.subject.as_ref()?.as_str().to_owned(), Writer::About, None),
        EventBody::TagsChanged(it) => {
            let tags: Vec<&str> = it.tags.iter().map(|tag| tag.as_str()).collect();
            (tags.join(" "), Writer::About, None)
        }
        EventBody::Rated(it) => (it.comment.as_ref()?.as_str().to_owned(), Writer::Customer, None),
        EventBody::CustomerChanged(it) => {
            let names = [&it.profile.name, &it.profile.vouched.name].map(|it| it.as_ref().map_or("", |it| it.as_str()));
            let emails =
                [&it.profile.email, &it.profile.vouched.email].map(|it| it.as_ref().map_or("", |it| it.as_str()));
            (
                format!("{}\n{}", names.join("\n"), emails.join("\n")),
                Writer::About,
                Some(it.customer.id),
            )
        }
        EventBody::TicketChanged(it) => {
            let text = match &it.what {
                TicketChange::Opened | TicketChange::Titled => it.ticket.title.as_str().to_owned(),
                TicketChange::Commented { text } => text.clone(),
                TicketChange::Status | TicketChange::Assigned => return None,
            };
            (text, Writer::Note(it.by.id), Some(it.ticket.customer.id))
        }
        EventBody::LineChanged(_)
        | EventBody::TakenOver(_)
        | EventBody::HandedBack(_)
        | EventBody::HumanRequested(_)
        | EventBody::Seen(_)
        | EventBody::Closed(_)
        | EventBody::Transferred(_)
        | EventBody::Requeued(_)
        | EventBody::Snoozed(_)
        | EventBody::Woken(_)
        | EventBody::PriorityChanged(_)
        | EventBody::Ticketed(_)
        | EventBody::Erased(_)
        | EventBody::CustomersMerged(_)
        | EventBody::AgentChanged(_)
        | EventBody::MentionsRead(_)
        | EventBody::GroupChanged(_)
        | EventBody::GroupDeleted(_)
        | EventBody::SettingsChanged(_)
        | EventBody::ReplyChanged(_)
        | EventBody::ReplyDeleted(_)
        | EventBody::ArticleChanged(_)
        | EventBody::ArticleDeleted(_)
        | EventBody::Unknown(_) => return None,
    };
    let customer = customer.or(match event.subject {
        Subject::Customer { customer } => Some(customer),
        other => other.customer(),
    })?;
    (!text.trim().is_empty()).then_some(Findable { text, by, customer })
}

impl Findable {
    /// Its words, as they stand in the index.
    fn words(&self) -> String {
        let mut words = for_index(&self.text);
        for word in self.by.words().into_iter().chain([thread_word(self.customer)]) {
            words.push(' ');
            words.push_str(&word);
        }
        words
    }
}

/// An event that is about to be changed where it stands.
#[must_use = "what is in the index must be what stands in the journal"]
pub struct Change {
    tenant: TenantKey,
    rev: Rev,
    indexed: bool,
}

impl Change {
    /// Takes an event out of the index, if it is there. Its text must still stand as it did.
    pub fn begin(conn: &Connection, tenant: TenantKey, rev: Rev) -> Result<Change> {
        let (key, part) = (key(tenant, rev), Part::of(rev));
        let indexed = part.is_there(conn)?
            && conn
                .prepare_cached(&format!("SELECT 1 FROM {part} WHERE rowid = ?1"))?
                .exists([key])?;
        if indexed && let Some(found) = journal::at(conn, tenant, rev)?.as_ref().and_then(of_event) {
            let sql = format!("INSERT INTO {part} ({part}, rowid, words) VALUES ('delete', ?1, ?2)");
            conn.prepare_cached(&sql)?.execute(params![key, found.words()])?;
        }
        let change = Change { tenant, rev, indexed };
        Ok(change)
    }

    /// Puts the event into the index as it stands now, if it was there before. One that was not comes when the index does.
    pub fn end(self, conn: &Connection) -> Result<()> {
        if self.indexed
            && let Some(event) = journal::at(conn, self.tenant, self.rev)?
        {
            put(conn, self.tenant, &event)?;
        }
        Ok(())
    }
}

/// Takes the oldest events of a tenant out of the index, at most so many, before they are deleted.
pub fn forget_oldest(conn: &Connection, tenant: TenantKey, most: u32) -> Result<()> {
    let mut oldest = conn.prepare_cached("SELECT rev FROM events WHERE tenant = ?1 ORDER BY rev LIMIT ?2")?;
    let revs: Vec<i64> = oldest
        .query_map(params![tenant.0, most], |row| row.get(0))?
        .collect::<Result<_>>()?;
    for rev in revs {
        // It is deleted next: there is nothing to put back.
        let _gone = Change::begin(conn, tenant, Rev(super::pos_from_sql(rev)))?;
    }
    Ok(())
}

fn put(conn: &Connection, tenant: TenantKey, event: &Event) -> Result<usize> {
    let Some(found) = of_event(event) else { return Ok(0) };
    let words = found.words();
    let part = Part::of(event.rev);
    part.begin(conn)?;
    conn.prepare_cached(&format!("INSERT INTO {part} (rowid, words) VALUES (?1, ?2)"))?
        .execute(params![key(tenant, event.rev), words])?;
    Ok(words.len())
}

/// Puts the next events into the index: some milliseconds of the writer's time. Where it has come, and whether there are more.
pub fn go_on(conn: &Connection, tenant: TenantKey) -> Result<(Rev, bool)> {
    let from = followers::position(conn, tenant, FOLLOWER)?;
    let events = journal::after(conn, tenant, from, INDEX_PIECE_EVENTS)?;
    let (mut at, mut bytes, mut left) = (from, 0, events.len());
    for event in &events {
        bytes += put(conn, tenant, event)?;
        (at, left) = (event.rev, left - 1);
        if bytes >= INDEX_PIECE_BYTES {
            break;
        }
    }
    if at > from {
        followers::advance(conn, tenant, FOLLOWER, at)?;
    }
    Ok((at, left > 0 || events.len() as i64 == INDEX_PIECE_EVENTS))
}

/// How many things of a tenant are in the index. It counts them all: for tests and the proof that a removal is one.
pub fn count(conn: &Connection, tenant: TenantKey) -> Result<u64> {
    let (from, to) = (key(tenant, Rev(0)), key(TenantKey(tenant.0 + 1), Rev(0)));
    let mut all = 0;
    for part in parts::between(conn, Rev(0), Rev(REV_MAX))? {
        let sql = format!("SELECT count(*) FROM {part} WHERE rowid >= ?1 AND rowid < ?2");
        let found: i64 = conn.prepare_cached(&sql)?.query_row([from, to], |row| row.get(0))?;
        all += super::pos_from_sql(found);
    }
    Ok(all)
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
