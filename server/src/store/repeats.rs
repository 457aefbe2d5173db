//! Answers to what is no command of the desk and came with an `Idempotency-Key`: what makes its repeat harmless. No secret is
//! ever in one.

use minicom_protocol::{command::Sender, ids::Time};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, TenantKey, commands::sender_key};

/// An answer that was given before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repeat {
    /// SHA-256 of what was asked.
    pub digest: [u8; 32],
    /// The answer, as JSON.
    pub answer: String,
}

/// The answer to a key, if it came before.
pub fn find(conn: &Connection, tenant: TenantKey, sender: Sender, key: &[u8; 32]) -> Result<Option<Repeat>> {
    conn.prepare_cached("SELECT digest, answer FROM repeats WHERE tenant = ?1 AND sender = ?2 AND key = ?3")?
        .query_row(params![tenant.0, sender_key(sender), key], |row| {
            Ok(Repeat {
                digest: row.get(0)?,
                answer: row.get(1)?,
            })
        })
        .optional()
}

/// Keeps an answer, in the transaction of what it tells.
pub fn store(
    conn: &Connection,
    tenant: TenantKey,
    sender: Sender,
    key: &[u8; 32],
    repeat: &Repeat,
    now: Time,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO repeats (tenant, sender, key, digest, at, answer) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        tenant.0,
        sender_key(sender),
        key,
        repeat.digest,
        now.0,
        repeat.answer
    ])?;
    Ok(())
}
