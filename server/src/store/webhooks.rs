//! Other programs that are told, and what each is still to be told: a row for every wanted event, written in the event's own
//! transaction, so that nothing that happened can be forgotten.

use minicom_protocol::{
    event::Event,
    ids::{Rev, TenantId, Time},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::{Result, TenantKey, damaged, from_json, pos_from_sql, pos_to_sql, to_json};

/// A program that is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Webhook {
    /// Its id, within its tenant.
    pub id: Uuid,
    /// Where it listens.
    pub url: String,
    /// The kinds of events that it wants; none: all.
    pub kinds: Vec<String>,
    /// The sealed secret.
    pub secret: Vec<u8>,
    /// Whether it is told.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Time,
    /// Since when every try has failed.
    pub failing_since: Option<Time>,
    /// Why the server disabled it, if it did.
    pub disabled_for: Option<String>,
    /// The sealed secret from before the newest rotation, and until when it signs too.
    pub old_secret: Option<(Vec<u8>, Time)>,
}

const WEBHOOK: &str = "w.id, w.url, w.kinds, w.secret, w.enabled, w.created_at, w.failing_since, w.disabled_for, w.old_secret, w.old_until";
/// How many columns [`WEBHOOK`] has.
const COLUMNS: usize = 10;

fn webhook(row: &Row<'_>) -> Result<Webhook> {
    Ok(Webhook {
        id: Uuid::from_bytes(row.get(0)?),
        url: row.get(1)?,
        kinds: from_json(&row.get::<_, String>(2)?)?,
        secret: row.get(3)?,
        enabled: row.get(4)?,
        created_at: Time(row.get(5)?),
        failing_since: row.get::<_, Option<i64>>(6)?.map(Time),
        disabled_for: row.get(7)?,
        old_secret: row
            .get::<_, Option<Vec<u8>>>(8)?
            .zip(row.get::<_, Option<i64>>(9)?.map(Time)),
    })
}

/// All of a tenant, oldest first.
pub fn list(conn: &Connection, tenant: TenantKey) -> Result<Vec<Webhook>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {WEBHOOK} FROM webhooks w WHERE w.tenant = ?1 ORDER BY w.created_at, w.id"
    ))?;
    statement.query_map([tenant.0], webhook)?.collect()
}

/// One of them.
pub fn find(conn: &Connection, tenant: TenantKey, id: Uuid) -> Result<Option<Webhook>> {
    conn.prepare_cached(&format!(
        "SELECT {WEBHOOK} FROM webhooks w WHERE w.tenant = ?1 AND w.id = ?2"
    ))?
    .query_row(params![tenant.0, id.as_bytes()], webhook)
    .optional()
}

/// Writes one, new or changed.
pub fn save(conn: &Connection, tenant: TenantKey, it: &Webhook) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO webhooks (tenant, id, url, kinds, secret, enabled, created_at, failing_since, disabled_for)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (tenant, id) DO UPDATE SET url = ?3, kinds = ?4, enabled = ?6, failing_since = ?8, disabled_for = ?9",
    )?
    .execute(params![
        tenant.0,
        it.id.as_bytes(),
        it.url,
        to_json(&it.kinds)?,
        it.secret,
        it.enabled,
        it.created_at.0,
        it.failing_since.map(|at| at.0),
        it.disabled_for
    ])?;
    Ok(())
}

/// Gives one a new secret, sealed. The one from before signs beside it until `until`; what was before that one signs no more.
pub fn rotate(conn: &Connection, tenant: TenantKey, id: Uuid, secret: &[u8], until: Time) -> Result<()> {
    conn.execute(
        "UPDATE webhooks SET old_secret = secret, old_until = ?4, secret = ?3 WHERE tenant = ?1 AND id = ?2",
        params![tenant.0, id.as_bytes(), secret, until.0],
    )?;
    Ok(())
}

/// What a tenant's webhooks are still to be told is tried from now on, as if it had happened now: the tenant was disabled, and the
/// time in which nobody was told anything counts for nothing.
pub fn resume(conn: &Connection, tenant: TenantKey, now: Time) -> Result<()> {
    conn.execute(
        "UPDATE deliveries SET due = ?2, first_at = ?2, attempts = 0 WHERE tenant = ?1 AND state = 'due'",
        params![tenant.0, now.0],
    )?;
    conn.execute("UPDATE webhooks SET failing_since = NULL WHERE tenant = ?1", [tenant.0])?;
    Ok(())
}

/// Forgets one, with all that it was told and was to be told.
pub fn delete(conn: &Connection, tenant: TenantKey, id: Uuid) -> Result<()> {
    conn.execute(
        "DELETE FROM deliveries WHERE tenant = ?1 AND webhook = ?2",
        params![tenant.0, id.as_bytes()],
    )?;
    conn.execute(
        "DELETE FROM webhooks WHERE tenant = ?1 AND id = ?2",
        params![tenant.0, id.as_bytes()],
    )?;
    Ok(())
}

/// Notes an event for every enabled webhook that wants it, in the transaction that appends it. Without webhooks this is one
/// look into an empty tree.
pub fn note(conn: &Connection, tenant: TenantKey, event: &Event) -> Result<()> {
    let mut statement = conn.prepare_cached("SELECT id, kinds FROM webhooks WHERE tenant = ?1 AND enabled = 1")?;
    let mut rows = statement.query([tenant.0])?;
    while let Some(row) = rows.next()? {
        let kinds: Vec<String> = from_json(&row.get::<_, String>(1)?)?;
        if kinds.is_empty() || kinds.iter().any(|kind| kind == event.body.kind()) {
            again(conn, tenant, Uuid::from_bytes(row.get(0)?), event.rev, event.time)?;
        }
    }
    Ok(())
}

/// Makes an event due for a webhook, whether or not it was before.
pub fn again(conn: &Connection, tenant: TenantKey, id: Uuid, rev: Rev, now: Time) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO deliveries (tenant, webhook, rev, state, attempts, due, first_at) VALUES (?1, ?2, ?3, 'due', 0, ?4, ?4)
         ON CONFLICT (tenant, webhook, rev) DO UPDATE SET state = 'due', attempts = 0, due = ?4, first_at = ?4, error = NULL",
    )?
    .execute(params![tenant.0, id.as_bytes(), pos_to_sql(rev.0), now.0])?;
    Ok(())
}

/// What a webhook was told, or is to be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// The event.
    pub rev: Rev,
    /// `due`, `done`, `failed`.
    pub state: String,
    /// Tries so far.
    pub attempts: u32,
    /// When it is tried next, if it is.
    pub due: Time,
    /// When it was due first.
    pub first_at: Time,
    /// The newest try.
    pub last_at: Option<Time>,
    /// What was answered to it.
    pub status: Option<u16>,
    /// Why there was no good answer.
    pub error: Option<String>,
}

const DELIVERY: &str = "rev, state, attempts, due, first_at, last_at, status, error";

fn delivery(row: &Row<'_>) -> Result<Delivery> {
    Ok(Delivery {
        rev: Rev(pos_from_sql(row.get(0)?)),
        state: row.get(1)?,
        attempts: row.get(2)?,
        due: Time(row.get(3)?),
        first_at: Time(row.get(4)?),
        last_at: row.get::<_, Option<i64>>(5)?.map(Time),
        status: row.get(6)?,
        error: row.get(7)?,
    })
}

/// Deliveries of events before one, newest first.
pub fn deliveries(
    conn: &Connection,
    tenant: TenantKey,
    id: Uuid,
    before: Option<Rev>,
    limit: usize,
) -> Result<Vec<Delivery>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {DELIVERY} FROM deliveries WHERE tenant = ?1 AND webhook = ?2 AND rev < ?3 ORDER BY rev DESC LIMIT ?4"
    ))?;
    let before = before.map_or(i64::MAX, |rev| pos_to_sql(rev.0));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    statement
        .query_map(params![tenant.0, id.as_bytes(), before, limit], delivery)?
        .collect()
}

/// One of them.
pub fn one_delivery(conn: &Connection, tenant: TenantKey, id: Uuid, rev: Rev) -> Result<Option<Delivery>> {
    conn.prepare_cached(&format!(
        "SELECT {DELIVERY} FROM deliveries WHERE tenant = ?1 AND webhook = ?2 AND rev = ?3"
    ))?
    .query_row(params![tenant.0, id.as_bytes(), pos_to_sql(rev.0)], delivery)
    .optional()
}

/// Every enabled webhook of the tenants that are served.
pub fn enabled(conn: &Connection) -> Result<Vec<(TenantKey, TenantId, Webhook)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {WEBHOOK}, w.tenant, t.id
         FROM webhooks w JOIN tenants t ON t.key = w.tenant WHERE w.enabled = 1 AND t.disabled_at IS NULL",
    ))?;
    let rows = statement.query_map([], |row| {
        let tenant = TenantId::parse(&row.get::<_, String>(COLUMNS + 1)?).map_err(damaged)?;
        Ok((TenantKey(row.get(COLUMNS)?), tenant, webhook(row)?))
    })?;
    rows.collect()
}

/// What a webhook is to be told now, what has waited longest first; and when there is more.
pub fn due(
    conn: &Connection,
    tenant: TenantKey,
    id: Uuid,
    now: Time,
    limit: usize,
) -> Result<(Vec<Delivery>, Option<Time>)> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {DELIVERY} FROM deliveries INDEXED BY deliveries_by_due
         WHERE tenant = ?1 AND webhook = ?2 AND state = 'due' AND due <= ?3 ORDER BY due, rev LIMIT ?4"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let due = statement.query_map(params![tenant.0, id.as_bytes(), now.0, limit], delivery)?;
    let due = due.collect::<Result<_>>()?;
    let later: Option<i64> = conn
        .prepare_cached(
            "SELECT min(due) FROM deliveries INDEXED BY deliveries_by_due
             WHERE tenant = ?1 AND webhook = ?2 AND state = 'due' AND due > ?3",
        )?
        .query_row(params![tenant.0, id.as_bytes(), now.0], |row| row.get(0))?;
    Ok((due, later.map(Time)))
}

/// Since when the event waits that has waited longest, of all enabled webhooks: for monitoring.
pub fn backlog(conn: &Connection) -> Result<Option<Time>> {
    let oldest: Option<i64> = conn
        .prepare_cached(
            "SELECT min(d.first_at) FROM webhooks w
             JOIN deliveries d ON d.tenant = w.tenant AND d.webhook = w.id AND d.state = 'due' WHERE w.enabled = 1",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(oldest.map(Time))
}

/// What became of a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tried {
    /// What was answered.
    pub status: Option<u16>,
    /// Why that was not good; `None`: it was.
    pub error: Option<&'static str>,
    /// When it is tried again, if it failed and is.
    pub next: Option<Time>,
}

/// Writes what became of a try, and forgets an old secret that signs no more. Since when the webhook fails, if it does.
pub fn settle(
    conn: &Connection,
    tenant: TenantKey,
    id: Uuid,
    rev: Rev,
    now: Time,
    tried: &Tried,
) -> Result<Option<Time>> {
    let state = match (tried.error, tried.next) {
        (None, _) => "done",
        (Some(_), Some(_)) => "due",
        (Some(_), None) => "failed",
    };
    conn.prepare_cached(
        "UPDATE deliveries SET state = ?4, attempts = attempts + 1, due = coalesce(?5, due), last_at = ?6, status = ?7, error = ?8
         WHERE tenant = ?1 AND webhook = ?2 AND rev = ?3",
    )?
    .execute(params![
        tenant.0,
        id.as_bytes(),
        pos_to_sql(rev.0),
        state,
        tried.next.map(|at| at.0),
        now.0,
        tried.status,
        tried.error
    ])?;
    let failing = tried.error.map(|_| now.0);
    conn.prepare_cached(
        "UPDATE webhooks SET failing_since = CASE WHEN ?3 IS NULL THEN NULL ELSE coalesce(failing_since, ?3) END,
             old_secret = CASE WHEN old_until > ?4 THEN old_secret END, old_until = CASE WHEN old_until > ?4 THEN old_until END
         WHERE tenant = ?1 AND id = ?2 RETURNING failing_since",
    )?
    .query_row(params![tenant.0, id.as_bytes(), failing, now.0], |row| {
        row.get::<_, Option<i64>>(0)
    })
    .optional()
    .map(|found| found.flatten().map(Time))
}

/// The server itself tells a webhook no more. Whether it was told until now.
pub fn disable(conn: &Connection, tenant: TenantKey, id: Uuid, why: &str) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE webhooks SET enabled = 0, disabled_for = ?3 WHERE tenant = ?1 AND id = ?2 AND enabled = 1",
        )?
        .execute(params![tenant.0, id.as_bytes(), why])?;
    Ok(changed > 0)
}

/// Forgets what is settled, but for the newest rows of each webhook.
pub fn forget(conn: &Connection, tenant: TenantKey, id: Uuid, keep: usize) -> Result<usize> {
    let keep = i64::try_from(keep).unwrap_or(i64::MAX);
    conn.prepare_cached(
        "DELETE FROM deliveries WHERE tenant = ?1 AND webhook = ?2 AND state <> 'due' AND rev <=
         (SELECT rev FROM deliveries WHERE tenant = ?1 AND webhook = ?2 ORDER BY rev DESC LIMIT 1 OFFSET ?3)",
    )?
    .execute(params![tenant.0, id.as_bytes(), keep])
}
