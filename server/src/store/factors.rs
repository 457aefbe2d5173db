//! What an agent signs in with beside the password: the second factor, its recovery codes, an admin's one-time code, and the
//! addresses that are known. Secrets come sealed or as digests.

use minicom_protocol::ids::{AgentId, Time};
use rusqlite::{Connection, params};

use super::{Result, TenantKey};

/// What is stored of an agent.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Factors {
    /// The sealed secret of the second factor, if there is one.
    pub totp: Option<Vec<u8>>,
    /// One that is not confirmed yet.
    pub totp_new: Option<Vec<u8>>,
    /// The newest step whose code was taken.
    pub step: u64,
    /// The digest of an admin's code for a new password, and when it ends.
    pub reset: Option<([u8; 32], Time)>,
}

/// What is stored of an agent; nothing of one that is not there.
pub fn load(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<Factors> {
    let mut statement = conn.prepare_cached(
        "SELECT totp, totp_new, totp_step, reset_digest, reset_expires_at FROM agents WHERE tenant = ?1 AND id = ?2",
    )?;
    let mut rows = statement.query(params![tenant.0, agent.as_bytes()])?;
    let Some(row) = rows.next()? else {
        return Ok(Factors::default());
    };
    let digest: Option<[u8; 32]> = row.get(3)?;
    let ends: Option<i64> = row.get(4)?;
    Ok(Factors {
        totp: row.get(0)?,
        totp_new: row.get(1)?,
        step: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
        reset: digest.zip(ends.map(Time)),
    })
}

/// Agents who can sign in and have no second factor.
pub fn without(conn: &Connection, tenant: TenantKey) -> Result<Vec<AgentId>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM agents WHERE tenant = ?1 AND enabled = 1 AND totp IS NULL")?;
    let rows = statement.query_map([tenant.0], |row| {
        row.get(0).map(|id| AgentId(uuid::Uuid::from_bytes(id)))
    })?;
    rows.collect()
}

/// Keeps a secret that is to be confirmed, sealed, in place of an earlier one.
pub fn begin_totp(conn: &Connection, tenant: TenantKey, agent: AgentId, sealed: &[u8]) -> Result<()> {
    conn.execute(
        "UPDATE agents SET totp_new = ?3 WHERE tenant = ?1 AND id = ?2",
        params![tenant.0, agent.as_bytes(), sealed],
    )?;
    Ok(())
}

/// Makes the secret that was confirmed the agent's, with the step of the code that confirmed it and new recovery codes.
pub fn confirm_totp(
    conn: &Connection,
    tenant: TenantKey,
    agent: AgentId,
    step: u64,
    recovery: &[[u8; 32]],
) -> Result<()> {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    conn.execute(
        "UPDATE agents SET totp = totp_new, totp_new = NULL, totp_step = ?3 WHERE tenant = ?1 AND id = ?2",
        params![tenant.0, agent.as_bytes(), step],
    )?;
    forget_recovery(conn, tenant, agent)?;
    for digest in recovery {
        conn.execute(
            "INSERT INTO recovery_codes (tenant, agent, digest) VALUES (?1, ?2, ?3)",
            params![tenant.0, agent.as_bytes(), digest],
        )?;
    }
    Ok(())
}

/// Takes the second factor away. Whether there was one.
pub fn remove_totp(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<bool> {
    forget_recovery(conn, tenant, agent)?;
    // The step stays: should the same secret ever come back, its codes are not good twice.
    let changed = conn.execute(
        "UPDATE agents SET totp = NULL, totp_new = NULL WHERE tenant = ?1 AND id = ?2 AND totp IS NOT NULL",
        params![tenant.0, agent.as_bytes()],
    )?;
    Ok(changed > 0)
}

fn forget_recovery(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<()> {
    conn.execute(
        "DELETE FROM recovery_codes WHERE tenant = ?1 AND agent = ?2",
        params![tenant.0, agent.as_bytes()],
    )?;
    Ok(())
}

/// Takes the code of a step. Whether it was not taken before: a code is good once.
pub fn take_step(conn: &Connection, tenant: TenantKey, agent: AgentId, step: u64) -> Result<bool> {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let changed = conn.execute(
        "UPDATE agents SET totp_step = ?3 WHERE tenant = ?1 AND id = ?2 AND totp_step < ?3",
        params![tenant.0, agent.as_bytes(), step],
    )?;
    Ok(changed > 0)
}

/// Takes a recovery code. Whether there was such a one.
pub fn take_recovery(conn: &Connection, tenant: TenantKey, agent: AgentId, digest: &[u8; 32]) -> Result<bool> {
    let changed = conn.execute(
        "DELETE FROM recovery_codes WHERE tenant = ?1 AND agent = ?2 AND digest = ?3",
        params![tenant.0, agent.as_bytes(), digest],
    )?;
    Ok(changed > 0)
}

/// Recovery codes that are left.
pub fn recovery_left(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<u64> {
    let count: i64 = conn.query_row(
        "SELECT count(*) FROM recovery_codes WHERE tenant = ?1 AND agent = ?2",
        params![tenant.0, agent.as_bytes()],
        |row| row.get(0),
    )?;
    Ok(count.cast_unsigned())
}

/// Keeps the digest of an admin's code, in place of an earlier one; `None` forgets it.
pub fn set_reset(conn: &Connection, tenant: TenantKey, agent: AgentId, reset: Option<([u8; 32], Time)>) -> Result<()> {
    conn.execute(
        "UPDATE agents SET reset_digest = ?3, reset_expires_at = ?4 WHERE tenant = ?1 AND id = ?2",
        params![tenant.0, agent.as_bytes(), reset.map(|it| it.0), reset.map(|it| it.1.0)],
    )?;
    Ok(())
}

/// Forgets all that an account signs in with besides its password, and from where it did.
pub fn forget(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<()> {
    for table in ["recovery_codes", "known_addresses"] {
        conn.execute(
            &format!("DELETE FROM {table} WHERE tenant = ?1 AND agent = ?2"),
            params![tenant.0, agent.as_bytes()],
        )?;
    }
    Ok(())
}

/// Whether the agent has signed in from this network.
pub fn is_known_address(conn: &Connection, tenant: TenantKey, agent: AgentId, network: &str) -> Result<bool> {
    conn.prepare_cached("SELECT 1 FROM known_addresses WHERE tenant = ?1 AND agent = ?2 AND network = ?3")?
        .exists(params![tenant.0, agent.as_bytes(), network])
}

/// Remembers that the agent signed in from this network, and the newest `most` of them.
pub fn know_address(
    conn: &Connection,
    tenant: TenantKey,
    agent: AgentId,
    network: &str,
    now: Time,
    most: usize,
) -> Result<()> {
    conn.execute(
        "INSERT INTO known_addresses (tenant, agent, network, last_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, agent, network) DO UPDATE SET last_at = ?4",
        params![tenant.0, agent.as_bytes(), network, now.0],
    )?;
    conn.execute(
        "DELETE FROM known_addresses WHERE tenant = ?1 AND agent = ?2 AND network NOT IN (
             SELECT network FROM known_addresses WHERE tenant = ?1 AND agent = ?2 ORDER BY last_at DESC LIMIT ?3)",
        params![tenant.0, agent.as_bytes(), i64::try_from(most).unwrap_or(i64::MAX)],
    )?;
    Ok(())
}
