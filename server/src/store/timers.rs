//! Everything that time will cause, as rows: written, moved and deleted in the transaction of their cause.

use minicom_protocol::ids::{ConversationId, Rev, Time};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, TenantKey, pos_from_sql, pos_to_sql, to_json};
use crate::order::{Fire, TimerKind};

/// A timer's row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timer {
    /// Whose.
    pub tenant: TenantKey,
    /// What fires.
    pub fire: Fire,
    /// When.
    pub due: Time,
}

/// Sets a timer.
pub fn set(conn: &Connection, timer: &Timer) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO timers (tenant, kind, conversation, set_by, due) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET due = ?5",
    )?
    .execute(params![
        timer.tenant.0,
        kind_name(timer.fire.kind),
        timer.fire.conversation.as_bytes(),
        pos_to_sql(timer.fire.set_by.0),
        timer.due.0
    ])?;
    Ok(())
}

/// Takes away the timer that an event set, or all of a kind.
pub fn clear(
    conn: &Connection,
    tenant: TenantKey,
    kind: TimerKind,
    conversation: ConversationId,
    set_by: Option<Rev>,
) -> Result<()> {
    conn.prepare_cached(
        "DELETE FROM timers WHERE tenant = ?1 AND kind = ?2 AND conversation = ?3 AND (?4 IS NULL OR set_by = ?4)",
    )?
    .execute(params![
        tenant.0,
        kind_name(kind),
        conversation.as_bytes(),
        set_by.map(|rev| pos_to_sql(rev.0))
    ])?;
    Ok(())
}

/// The timers that are due, in order, of tenants that are served, but for some.
pub fn due(conn: &Connection, now: Time, limit: i64, but: &[TenantKey]) -> Result<Vec<Timer>> {
    let mut statement = conn.prepare_cached(
        "SELECT tenant, kind, conversation, set_by, due FROM timers WHERE due <= ?1
         AND tenant NOT IN (SELECT key FROM tenants WHERE disabled_at IS NOT NULL)
         AND tenant NOT IN (SELECT value FROM json_each(?3))
         ORDER BY due, tenant, conversation, set_by LIMIT ?2",
    )?;
    let but: Vec<i64> = but.iter().map(|it| it.0).collect();
    let rows = statement.query_map(params![now.0, limit, to_json(&but)?], |row| {
        Ok(Timer {
            tenant: TenantKey(row.get(0)?),
            fire: Fire {
                kind: kind_from(&row.get::<_, String>(1)?)?,
                conversation: ConversationId::from_bytes(row.get(2)?),
                set_by: Rev(pos_from_sql(row.get(3)?)),
            },
            due: Time(row.get(4)?),
        })
    })?;
    rows.collect()
}

/// When the earliest timer of a tenant that is served is due.
pub fn earliest(conn: &Connection) -> Result<Option<Time>> {
    conn.prepare_cached(
        "SELECT due FROM timers WHERE tenant NOT IN (SELECT key FROM tenants WHERE disabled_at IS NOT NULL)
         ORDER BY due LIMIT 1",
    )?
    .query_row([], |row| row.get(0).map(Time))
    .optional()
}

/// A kind's name on disk, and in the ids of its firings.
pub fn kind_name(kind: TimerKind) -> &'static str {
    match kind {
        TimerKind::BotDeadline => "bot_deadline",
        TimerKind::Snooze => "snooze",
        TimerKind::WaitLimit => "wait_limit",
        TimerKind::OwnerSilent => "owner_silent",
        TimerKind::SilenceWarning => "silence_warning",
        TimerKind::SilenceClose => "silence_close",
    }
}

/// A kind's name, if it is one.
pub fn known_kind(name: &str) -> Result<&'static str> {
    kind_from(name).map(kind_name)
}

fn kind_from(name: &str) -> Result<TimerKind> {
    match name {
        "bot_deadline" => Ok(TimerKind::BotDeadline),
        "snooze" => Ok(TimerKind::Snooze),
        "wait_limit" => Ok(TimerKind::WaitLimit),
        "owner_silent" => Ok(TimerKind::OwnerSilent),
        "silence_warning" => Ok(TimerKind::SilenceWarning),
        "silence_close" => Ok(TimerKind::SilenceClose),
        other => Err(super::damaged(UnknownTimer(other.to_owned()))),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a timer of the unknown kind `{0}`")]
struct UnknownTimer(String);

#[cfg(test)]
#[path = "timers_tests.rs"]
mod tests;
