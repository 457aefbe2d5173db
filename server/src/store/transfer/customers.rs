//! Customers as lines of an export, and rows made of such lines: names, digests of secrets, what they agreed to.

use minicom_protocol::{
    ids::{CustomerId, Rev, Time},
    people::CustomerRef,
};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{hex, unhex};
use crate::store::{
    Result, TenantKey, damaged,
    devices::{self, DeviceRow},
    from_json, people, pos_from_sql, pos_to_sql,
};

/// A customer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CustomerLine {
    /// Who.
    #[serde(flatten)]
    pub customer: CustomerRef,
    /// SHA-256 of the secret of first use, in hex; empty where there is none: the tenant's site vouches, or the device was revoked.
    pub secret_digest: String,
    /// Further devices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceLine>,
    /// When the consent text was agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consented_at: Option<Time>,
    /// SHA-256 of that text, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consented_to: Option<String>,
    /// Since when the customer is kept out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_at: Option<Time>,
    /// Until when; absent: for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_until: Option<Time>,
    /// When it was first used.
    pub created_at: Time,
    /// What is known of the customer.
    pub profile: Value,
}

/// A further device of a customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeviceLine {
    /// SHA-256 of its secret, in hex.
    pub secret_digest: String,
    /// Since when it proves the name.
    pub created_at: Time,
}

/// Customers after an id, in order: all, or those in whose threads something happened after an event.
pub fn customers(
    conn: &Connection,
    tenant: TenantKey,
    after: Option<CustomerId>,
    since: Rev,
    limit: i64,
) -> Result<Vec<CustomerLine>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {LINE} FROM customers c
         WHERE c.tenant = ?1 AND c.id > ?2 AND (?3 = 0 OR EXISTS
             (SELECT 1 FROM events e WHERE e.tenant = ?1 AND e.thread = c.id AND e.rev > ?3))
         ORDER BY c.id LIMIT ?4"
    ))?;
    let after: &[u8] = after.as_ref().map_or(&[], |id| id.as_bytes());
    let rows = statement.query_map(params![tenant.0, after, pos_to_sql(since.0), limit], line)?;
    rows.collect()
}

/// Customers who were erased after an event, in that order, each with the position of the event that said so last. Some of them
/// were so before it: erased is erased.
pub fn erased_since(conn: &Connection, tenant: TenantKey, since: Rev, limit: i64) -> Result<Vec<(Rev, CustomerLine)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {LINE}, e.rev FROM events e
         JOIN customers c ON c.tenant = e.tenant AND c.id = unhex(e.subject ->> '$.customer', '-') AND c.erased_at IS NOT NULL
         WHERE e.tenant = ?1 AND e.rev > ?2 AND e.kind = 'customer_changed' AND NOT EXISTS
             (SELECT 1 FROM events l WHERE l.tenant = e.tenant AND l.subject = e.subject AND l.rev > e.rev
              AND l.kind = 'customer_changed')
         ORDER BY e.rev LIMIT ?3"
    ))?;
    let rows = statement.query_map(params![tenant.0, pos_to_sql(since.0), limit], |row| {
        Ok((Rev(pos_from_sql(row.get(11)?)), line(row)?))
    })?;
    rows.collect()
}

/// The columns of a line; `c` is the customer.
const LINE: &str = "c.id, c.realm, c.name, c.secret_digest, c.created_at, c.profile, c.consented_at, c.consented_to, c.blocked_at,
    c.blocked_until, (SELECT json_group_array(json_object('secret_digest', lower(hex(d.digest)), 'created_at', d.created_at))
                      FROM customer_devices d WHERE d.tenant = c.tenant AND d.customer = c.id)";

fn line(row: &Row<'_>) -> Result<CustomerLine> {
    Ok(CustomerLine {
        customer: people::customer_ref(CustomerId::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?)?,
        secret_digest: hex(&row.get::<_, Vec<u8>>(3)?),
        created_at: Time(row.get(4)?),
        profile: from_json(&row.get::<_, String>(5)?)?,
        consented_at: row.get::<_, Option<i64>>(6)?.map(Time),
        consented_to: row.get::<_, Option<Vec<u8>>>(7)?.map(|digest| hex(&digest)),
        blocked_at: row.get::<_, Option<i64>>(8)?.map(Time),
        blocked_until: row.get::<_, Option<i64>>(9)?.map(Time),
        devices: from_json(&row.get::<_, String>(10)?)?,
    })
}

/// Whether all digests of a customer can be some.
pub fn has_digests(it: &CustomerLine) -> bool {
    let own = it.secret_digest.is_empty() || unhex(&it.secret_digest).is_some();
    let mut more = it
        .devices
        .iter()
        .map(|device| &device.secret_digest)
        .chain(&it.consented_to);
    own && more.all(|digest| unhex(digest).is_some())
}

/// Writes a customer, if there is none of this id.
pub fn take_customer(conn: &Connection, tenant: TenantKey, it: &CustomerLine) -> Result<bool> {
    if people::customer_by_id(conn, tenant, it.customer.id)?.is_some() {
        return Ok(false);
    }
    if !has_digests(it) {
        return Err(damaged(NoDigest));
    }
    let new = people::Customer {
        customer: it.customer.clone(),
        secret_digest: unhex(&it.secret_digest),
    };
    people::insert_customer(conn, tenant, &new, it.created_at)?;
    conn.execute(
        "UPDATE customers SET profile = ?3, consented_at = ?4, consented_to = ?5, blocked_at = ?6, blocked_until = ?7
         WHERE tenant = ?1 AND id = ?2",
        params![
            tenant.0,
            it.customer.id.as_bytes(),
            it.profile.to_string(),
            it.consented_at.map(|at| at.0),
            it.consented_to.as_deref().and_then(unhex),
            it.blocked_at.map(|at| at.0),
            it.blocked_until.map(|at| at.0)
        ],
    )?;
    for device in &it.devices {
        let digest = unhex(&device.secret_digest).ok_or_else(|| damaged(NoDigest))?;
        let created_at = device.created_at;
        devices::add(conn, tenant, it.customer.id, &DeviceRow { digest, created_at })?;
    }
    Ok(true)
}

#[derive(Debug, thiserror::Error)]
#[error("a digest is not 64 letters of hex")]
struct NoDigest;
