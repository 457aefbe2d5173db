//! Figures of a range of hours: whole days by the rows of days, what is left at both ends by those of hours.

use std::collections::BTreeMap;

use minicom_protocol::{
    ids::{ConversationId, GroupId, Rev},
    stage::StageIs,
};
use rusqlite::{Connection, params};

use super::{DAY, FOLLOWER, HOUR, kind_name, of, story, who};
use crate::{
    figures::{Hour, Kept, Kind, Of, Tally},
    store::{Result, TenantKey, damaged, followers, pos_from_sql, tenants},
};

/// What was counted from one hour up to, and not with, another: by whose it is. `only`: of one alone.
pub fn in_range(
    conn: &Connection,
    tenant: TenantKey,
    kind: Kind,
    only: Option<&Of>,
    (from, until): (Hour, Hour),
) -> Result<BTreeMap<Of, Tally>> {
    let (first, last) = (
        from.0.div_euclid(DAY) + i64::from(from.0.rem_euclid(DAY) > 0),
        until.0.div_euclid(DAY),
    );
    let parts = match first < last {
        true => vec![
            (HOUR, from.0, first * DAY),
            (DAY, first, last),
            (HOUR, last * DAY, until.0),
        ],
        false => vec![(HOUR, from.0, until.0)],
    };
    let mut statement = conn.prepare_cached(
        "SELECT who, counts, times FROM figures
         WHERE tenant = ?1 AND kind = ?2 AND grain = ?3 AND at >= ?4 AND at < ?5 AND (?6 IS NULL OR who = ?6)",
    )?;
    let mut all: BTreeMap<Of, Tally> = BTreeMap::new();
    for (grain, from, until) in parts {
        let mut rows = statement.query(params![tenant.0, kind_name(kind), grain, from, until, only.map(who)])?;
        while let Some(row) = rows.next()? {
            let bytes = |column: usize| row.get_ref(column)?.as_blob().map_err(damaged);
            if let Some(of) = of(kind, bytes(0)?) {
                let tally = all.entry(of).or_default();
                tally.add_stored(bytes(1)?, bytes(2)?).map_err(damaged)?;
            }
        }
    }
    Ok(all)
}

/// What was counted of the desk, hour by hour; hours in which nothing happened are left out. `times`: with the durations.
pub fn by_hour(
    conn: &Connection,
    tenant: TenantKey,
    (from, until): (Hour, Hour),
    times: bool,
) -> Result<Vec<(Hour, Tally)>> {
    let mut statement = conn.prepare_cached(
        "SELECT at, counts, times FROM figures
         WHERE tenant = ?1 AND kind = 'desk' AND grain = 1 AND at >= ?2 AND at < ?3 ORDER BY at",
    )?;
    let mut rows = statement.query(params![tenant.0, from.0, until.0])?;
    let mut all = vec![];
    while let Some(row) = rows.next()? {
        let bytes = |column: usize| row.get_ref(column)?.as_blob().map_err(damaged);
        let mut tally = Tally::default();
        let durations = if times { bytes(2)? } else { &[] };
        tally.add_stored(bytes(1)?, durations).map_err(damaged)?;
        all.push((Hour(row.get(0)?), tally));
    }
    Ok(all)
}

/// How many conversations stand where, and how far the figures are behind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Open conversations, by stage.
    pub open: Vec<(StageIs, u64)>,
    /// Events that are not counted yet.
    pub behind: u64,
}

/// See [`Standing`].
pub fn standing(conn: &Connection, tenant: TenantKey) -> Result<Standing> {
    let mut statement = conn.prepare_cached("SELECT count(*) FROM conversations WHERE tenant = ?1 AND stage = ?2")?;
    let open = [StageIs::Bot, StageIs::Waiting, StageIs::Active, StageIs::Snoozed].map(|stage| {
        let count = statement.query_row(params![tenant.0, stage.word()], |row| row.get(0));
        count.map(|count| (stage, pos_from_sql(count)))
    });
    let Rev(position) = followers::position(conn, tenant, FOLLOWER)?;
    let head = tenants::head(conn, tenant)?.cursor.at;
    Ok(Standing {
        open: open.into_iter().collect::<Result<_>>()?,
        behind: head.saturating_sub(position),
    })
}

/// What was counted of one conversation, and the group that it was last given to; nothing of one that is not counted yet.
pub fn facts_of(
    conn: &Connection,
    tenant: TenantKey,
    conversation: ConversationId,
) -> Result<(Tally, Option<GroupId>)> {
    Ok(story(conn, tenant, conversation)?
        .map(Kept::into_facts)
        .unwrap_or_default())
}
