//! Agents' tokens: rows without the token. A token ends when it is revoked, at its time, or when it was not used for long.

use minicom_protocol::ids::{AgentId, Time};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Result, TenantKey, people, people::Agent};
use crate::{
    auth::scope::{OnlyFor, Scope, TokenKind},
    limits,
};

/// A token's row, but for the token.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// By which it is named without being known.
    pub id: Uuid,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// Whose.
    pub agent: AgentId,
    /// What it is for, for lists.
    pub label: &'a str,
    /// A person's or a program's.
    pub kind: TokenKind,
    /// What it may do at most.
    pub scope: Scope,
    /// What alone it is good for, if it is not good for all.
    pub only_for: Option<OnlyFor>,
    /// Ends when it was not used for so many milliseconds.
    pub idle_ms: Option<i64>,
    /// When it was made.
    pub created_at: Time,
    /// When it ends.
    pub expires_at: Time,
    /// From where it was made.
    pub address: Option<String>,
    /// The program's token by which it was made, and with which it ends.
    pub made_by: Option<Uuid>,
}

impl<'a> NewToken<'a> {
    /// Of a person who signed in: good for all that the role may, and never ended by standing idle.
    pub fn login(agent: AgentId, digest: [u8; 32], label: &'a str, created_at: Time, expires_at: Time) -> NewToken<'a> {
        NewToken {
            id: Uuid::new_v4(),
            digest,
            agent,
            label,
            kind: TokenKind::Login,
            scope: Scope::Admin,
            only_for: None,
            idle_ms: None,
            created_at,
            expires_at,
            address: None,
            made_by: None,
        }
    }
}

/// Stores a token's digest.
pub fn save(conn: &Connection, tenant: TenantKey, token: &NewToken<'_>) -> Result<()> {
    conn.execute(
        "INSERT INTO agent_tokens (tenant, digest, agent, label, local, created_at, expires_at, id, kind, scope,
             only_for, idle_ms, last_used_at, last_address, made_by)
         VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?5, ?12, ?13)",
        params![
            tenant.0,
            token.digest,
            token.agent.as_bytes(),
            token.label,
            token.created_at.0,
            token.expires_at.0,
            token.id.as_bytes(),
            token.kind.name(),
            token.scope.name(),
            token.only_for.map(OnlyFor::name),
            token.idle_ms,
            token.address,
            token.made_by.as_ref().map(Uuid::as_bytes),
        ],
    )?;
    Ok(())
}

/// A token as it stands in lists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// By which it is named.
    pub id: Uuid,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// What it is for.
    pub label: String,
    /// A person's or a program's.
    pub kind: TokenKind,
    /// What it may do at most.
    pub scope: Scope,
    /// What alone it is good for, if it is not good for all.
    pub only_for: Option<OnlyFor>,
    /// When it was made.
    pub created_at: Time,
    /// When it ends.
    pub expires_at: Time,
    /// When it was last used, to a few minutes.
    pub last_used_at: Time,
    /// From where.
    pub last_address: Option<String>,
    /// When it ends if it is not used till then; `None` if it stays.
    pub idle_ends_at: Option<Time>,
}

const TOKEN: &str = "t.id, t.digest, t.label, t.kind, t.scope, t.only_for, t.created_at, t.expires_at,
    COALESCE(t.last_used_at, t.created_at), t.last_address, t.idle_ms";

/// What alone a token is good for as the tenant's settings are now: until there is a second factor, for setting one up.
const ONLY_FOR_NOW: &str = "CASE WHEN t.only_for IS NULL AND t.kind = 'login' AND a.totp IS NULL
    AND (SELECT settings ->> '$.require_totp' FROM tenants WHERE key = t.tenant) THEN 'totp_setup' ELSE t.only_for END";

/// What a token's row has before the columns of [`TOKEN`].
const AGENT_COLUMNS: usize = 7;

fn token(row: &Row<'_>, first: usize) -> Result<Token> {
    let text = |at: usize| row.get::<_, String>(first + at);
    let last_used_at = Time(row.get(first + 8)?);
    let idle: Option<i64> = row.get(first + 10)?;
    Ok(Token {
        id: Uuid::from_bytes(row.get(first)?),
        digest: row.get(first + 1)?,
        label: text(2)?,
        kind: TokenKind::of(&text(3)?),
        // What is not known may the least.
        scope: Scope::of(&text(4)?).unwrap_or(Scope::Read),
        only_for: row.get::<_, Option<String>>(first + 5)?.map(|name| OnlyFor::of(&name)),
        created_at: Time(row.get(first + 6)?),
        expires_at: Time(row.get(first + 7)?),
        last_used_at,
        last_address: row.get(first + 9)?,
        idle_ends_at: idle.map(|ms| last_used_at.plus_ms(ms)),
    })
}

/// A token's row is good: not revoked, not expired, and used not long ago. `?2` is the present time, `?3` what the last use
/// has to be newer than without its idle time: uses are written every few minutes only.
const GOOD: &str = "t.revoked_at IS NULL AND t.expires_at > ?2
    AND (t.idle_ms IS NULL OR COALESCE(t.last_used_at, t.created_at) + t.idle_ms * 1000 > ?3)";

fn used_since(now: Time) -> i64 {
    let slack = i64::try_from(limits::TOKEN_USE_WRITE_EVERY.as_micros()).unwrap_or(i64::MAX);
    now.0.saturating_sub(slack)
}

/// A good token with this digest, and its agent, who may sign in.
pub fn good(conn: &Connection, tenant: TenantKey, digest: &[u8; 32], now: Time) -> Result<Option<(Agent, Token)>> {
    // A tenant may have begun to ask for a second factor after the token was made.
    let token_now = TOKEN.replace("t.only_for", ONLY_FOR_NOW);
    conn.prepare_cached(&format!(
        "SELECT a.id, a.email, a.name, a.role, a.password_hash, a.enabled, a.created_at, {token_now}
         FROM agent_tokens t JOIN agents a ON a.tenant = t.tenant AND a.id = t.agent
         WHERE t.tenant = ?1 AND t.digest = ?4 AND {GOOD} AND a.enabled = 1"
    ))?
    .query_row(params![tenant.0, now.0, used_since(now), digest], |row| {
        Ok((people::agent(row)?, token(row, AGENT_COLUMNS)?))
    })
    .optional()
}

/// An agent's good tokens, the newest first.
pub fn of_agent(conn: &Connection, tenant: TenantKey, agent: AgentId, now: Time) -> Result<Vec<Token>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {TOKEN} FROM agent_tokens t WHERE t.tenant = ?1 AND t.agent = ?4 AND {GOOD}
         ORDER BY t.created_at DESC, t.id"
    ))?;
    let rows = statement.query_map(params![tenant.0, now.0, used_since(now), agent.as_bytes()], |row| {
        token(row, 0)
    })?;
    rows.collect()
}

/// Writes that a token was used.
pub fn touch(conn: &Connection, tenant: TenantKey, digest: &[u8; 32], now: Time, address: Option<&str>) -> Result<()> {
    conn.prepare_cached(
        "UPDATE agent_tokens SET last_used_at = ?3, last_address = COALESCE(?4, last_address)
         WHERE tenant = ?1 AND digest = ?2 AND revoked_at IS NULL AND COALESCE(last_used_at, 0) < ?3",
    )?
    .execute(params![tenant.0, digest, now.0, address])?;
    Ok(())
}

/// A token that was revoked just now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Revoked {
    /// Whose.
    pub agent: AgentId,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
}

/// Revokes a token, and those that were made by it, and by those. None if it was revoked before.
pub fn revoke(conn: &Connection, tenant: TenantKey, digest: &[u8; 32], now: Time) -> Result<Vec<Revoked>> {
    let mut statement = conn.prepare_cached(
        "WITH RECURSIVE ending (id) AS (
             SELECT id FROM agent_tokens WHERE tenant = ?1 AND digest = ?2 AND revoked_at IS NULL
             UNION SELECT t.id FROM agent_tokens t JOIN ending ON t.made_by = ending.id WHERE t.tenant = ?1
         )
         UPDATE agent_tokens SET revoked_at = ?3 WHERE tenant = ?1 AND revoked_at IS NULL AND id IN (SELECT id FROM ending)
         RETURNING agent, digest",
    )?;
    let revoked = statement.query_map(params![tenant.0, digest, now.0], |row| {
        Ok(Revoked {
            agent: AgentId::from_bytes(row.get(0)?),
            digest: row.get(1)?,
        })
    })?;
    revoked.collect()
}

/// Whose good token has this id; `None` if there is none.
pub fn by_id(conn: &Connection, tenant: TenantKey, id: Uuid, now: Time) -> Result<Option<(AgentId, Token)>> {
    conn.prepare_cached(&format!(
        "SELECT t.agent, {TOKEN} FROM agent_tokens t WHERE t.tenant = ?1 AND t.id = ?4 AND {GOOD}"
    ))?
    .query_row(params![tenant.0, now.0, used_since(now), id.as_bytes()], |row| {
        Ok((AgentId::from_bytes(row.get(0)?), token(row, 1)?))
    })
    .optional()
}

/// Forgets an agent's tokens that are good no more, so that years of logins leave no heap behind.
pub fn forget_ended(conn: &Connection, tenant: TenantKey, agent: AgentId, now: Time) -> Result<()> {
    conn.execute(
        &format!("DELETE FROM agent_tokens AS t WHERE t.tenant = ?1 AND t.agent = ?4 AND NOT ({GOOD})"),
        params![tenant.0, now.0, used_since(now), agent.as_bytes()],
    )?;
    Ok(())
}
