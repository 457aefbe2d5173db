//! The rows of figures, kept behind the journal: what was counted is written in the transaction that moves the position, so that
//! every event is counted once, whatever stops the server. What is counted how is said by `figures`.

mod read;

use std::collections::HashMap;

use minicom_protocol::ids::{ConversationId, Rev};
use rusqlite::{Connection, OptionalExtension, params};

pub use self::read::{Standing, by_hour, facts_of, in_range, standing};
use super::{Result, TenantKey, damaged, followers, journal};
use crate::{
    figures::{Changes, Hour, Kept, Kind, Of, Tally, fold},
    limits::FIGURES_PIECE_EVENTS,
};

/// The name under which the position is stored.
pub const FOLLOWER: &str = "figures";

/// Rows of an hour.
const HOUR: i64 = 1;
/// Rows of a day of UTC.
const DAY: i64 = 24;

/// Counts the next events: some milliseconds of the writer's time. Where it has come, and whether there are more.
pub fn go_on(conn: &Connection, tenant: TenantKey) -> Result<(Rev, bool)> {
    go_on_by(conn, tenant, FIGURES_PIECE_EVENTS)
}

fn go_on_by(conn: &Connection, tenant: TenantKey, most: i64) -> Result<(Rev, bool)> {
    let from = followers::position(conn, tenant, FOLLOWER)?;
    let events = journal::after(conn, tenant, from, most)?;
    let Some(last) = events.last().map(|event| event.rev) else {
        return Ok((from, false));
    };
    let mut changes = Changes::default();
    let mut stories: HashMap<ConversationId, Option<Kept>> = HashMap::new();
    for event in &events {
        let Some(conversation) = event.subject.conversation() else {
            continue;
        };
        let kept = match stories.entry(conversation) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => entry.insert(story(conn, tenant, conversation)?),
        };
        fold(kept, event, &mut changes);
    }
    for (conversation, kept) in &stories {
        if let Some(kept) = kept {
            save_story(conn, tenant, *conversation, kept)?;
        }
    }
    save(conn, tenant, &changes)?;
    followers::advance(conn, tenant, FOLLOWER, last)?;
    Ok((last, events.len() as i64 == most))
}

fn story(conn: &Connection, tenant: TenantKey, conversation: ConversationId) -> Result<Option<Kept>> {
    let found: Option<(String, Vec<u8>, Vec<u8>)> = conn
        .prepare_cached("SELECT story, counts, times FROM figure_stories WHERE tenant = ?1 AND conversation = ?2")?
        .query_row(params![tenant.0, conversation.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    found
        .map(|(story, counts, times)| {
            let mut facts = Tally::default();
            facts.add_stored(&counts, &times).map_err(damaged)?;
            Kept::decode(&story, facts).map_err(damaged)
        })
        .transpose()
}

fn save_story(conn: &Connection, tenant: TenantKey, conversation: ConversationId, kept: &Kept) -> Result<()> {
    let (story, counts, times) = kept.encode().map_err(damaged)?;
    conn.prepare_cached(
        "INSERT INTO figure_stories (tenant, conversation, story, counts, times) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tenant, conversation) DO UPDATE SET story = ?3, counts = ?4, times = ?5",
    )?
    .execute(params![tenant.0, conversation.as_bytes(), story, counts, times])?;
    Ok(())
}

/// Adds what changed to the rows of its hours and days.
fn save(conn: &Connection, tenant: TenantKey, changes: &Changes) -> Result<()> {
    let mut rows: HashMap<(&Of, i64, i64), Tally> = HashMap::new();
    for ((of, Hour(hour)), tally) in changes.iter() {
        for (grain, at) in [(HOUR, *hour), (DAY, hour.div_euclid(DAY))] {
            rows.entry((of, grain, at)).or_default().merge(tally, 1);
        }
    }
    for ((of, grain, at), mut tally) in rows {
        let (kind, who) = (kind_name(of.kind()), who(of));
        let before: Option<(Vec<u8>, Vec<u8>)> = conn
            .prepare_cached(
                "SELECT counts, times FROM figures WHERE tenant = ?1 AND kind = ?2 AND grain = ?3 AND at = ?4 AND who = ?5",
            )?
            .query_row(params![tenant.0, kind, grain, at, who], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        if let Some((counts, times)) = &before {
            tally.add_stored(counts, times).map_err(damaged)?;
        }
        if tally.is_empty() {
            // All that was counted has moved to another tag.
            conn.prepare_cached(
                "DELETE FROM figures WHERE tenant = ?1 AND kind = ?2 AND grain = ?3 AND at = ?4 AND who = ?5",
            )?
            .execute(params![tenant.0, kind, grain, at, who])?;
            continue;
        }
        let (counts, times) = tally.encode();
        conn.prepare_cached(
            "INSERT INTO figures (tenant, kind, grain, at, who, counts, times) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (tenant, kind, grain, at, who) DO UPDATE SET counts = ?6, times = ?7",
        )?
        .execute(params![tenant.0, kind, grain, at, who, counts, times])?;
    }
    Ok(())
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Desk => "desk",
        Kind::Agent => "agent",
        Kind::Group => "group",
        Kind::Tag => "tag",
    }
}

/// As it stands in the key.
fn who(of: &Of) -> &[u8] {
    match of {
        Of::Desk => &[],
        Of::Agent(agent) => agent.as_bytes(),
        Of::Group(group) => group.as_bytes(),
        Of::Tag(tag) => tag.as_str().as_bytes(),
    }
}

/// From the key. `None` for what another version wrote.
fn of(kind: Kind, who: &[u8]) -> Option<Of> {
    use minicom_protocol::{
        ids::{AgentId, GroupId},
        words::Tag,
    };
    let id = || <[u8; 16]>::try_from(who).ok();
    match kind {
        Kind::Desk => Some(Of::Desk),
        Kind::Agent => Some(Of::Agent(AgentId::from_bytes(id()?))),
        Kind::Group => Some(Of::Group(GroupId::from_bytes(id()?))),
        Kind::Tag => Some(Of::Tag(Tag::parse(std::str::from_utf8(who).ok()?).ok()?)),
    }
}

#[cfg(test)]
#[path = "figures_tests.rs"]
mod tests;
