//! The secrets that prove a customer's name: that of the first use, and those of further devices, which come with a one-time
//! code. Only digests are here.

use minicom_protocol::ids::{CustomerId, Time};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, TenantKey};

/// A device's secret, as it is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeviceRow {
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// Since when it proves the name.
    pub created_at: Time,
}

/// All secrets that prove a customer's name, the oldest first. That of the first use is among them, if it was not revoked.
pub fn of(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<Vec<DeviceRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT secret_digest, created_at FROM customers WHERE tenant = ?1 AND id = ?2 AND length(secret_digest) = 32
         UNION ALL
         SELECT digest, created_at FROM customer_devices WHERE tenant = ?1 AND customer = ?2
         ORDER BY 2, 1",
    )?;
    let rows = statement.query_map(params![tenant.0, customer.as_bytes()], |row| {
        Ok(DeviceRow {
            digest: row.get(0)?,
            created_at: Time(row.get(1)?),
        })
    })?;
    rows.collect()
}

/// Lets one more secret prove the name.
pub fn add(conn: &Connection, tenant: TenantKey, customer: CustomerId, device: &DeviceRow) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO customer_devices (tenant, customer, digest, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        tenant.0,
        customer.as_bytes(),
        device.digest,
        device.created_at.0
    ])?;
    Ok(())
}

/// A secret proves nothing any more. No digest is an empty one.
pub fn revoke(conn: &Connection, tenant: TenantKey, customer: CustomerId, digest: &[u8; 32]) -> Result<()> {
    conn.prepare_cached("DELETE FROM customer_devices WHERE tenant = ?1 AND customer = ?2 AND digest = ?3")?
        .execute(params![tenant.0, customer.as_bytes(), digest])?;
    conn.prepare_cached(
        "UPDATE customers SET secret_digest = x'' WHERE tenant = ?1 AND id = ?2 AND secret_digest = ?3",
    )?
    .execute(params![tenant.0, customer.as_bytes(), digest])?;
    Ok(())
}

/// Stores the digest of a code, in place of an older one.
pub fn save_code(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    digest: &[u8; 32],
    expires_at: Time,
) -> Result<()> {
    forget_code(conn, tenant, customer)?;
    conn.prepare_cached(
        "INSERT INTO link_codes (tenant, digest, customer, expires_at, tries) VALUES (?1, ?2, ?3, ?4, 0)",
    )?
    .execute(params![tenant.0, digest, customer.as_bytes(), expires_at.0])?;
    Ok(())
}

/// The digest of the code that is good for a customer now.
pub fn code(conn: &Connection, tenant: TenantKey, customer: CustomerId, now: Time) -> Result<Option<[u8; 32]>> {
    conn.prepare_cached("SELECT digest FROM link_codes WHERE tenant = ?1 AND customer = ?2 AND expires_at > ?3")?
        .query_row(params![tenant.0, customer.as_bytes(), now.0], |row| row.get(0))
        .optional()
}

/// Counts a wrong try; after so many the code is good no more.
pub fn count_wrong_try(conn: &Connection, tenant: TenantKey, customer: CustomerId, most: u32) -> Result<()> {
    conn.prepare_cached("UPDATE link_codes SET tries = tries + 1 WHERE tenant = ?1 AND customer = ?2")?
        .execute(params![tenant.0, customer.as_bytes()])?;
    conn.prepare_cached("DELETE FROM link_codes WHERE tenant = ?1 AND customer = ?2 AND tries >= ?3")?
        .execute(params![tenant.0, customer.as_bytes(), most])?;
    Ok(())
}

/// A code was used, or is wanted no more.
pub fn forget_code(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<()> {
    conn.prepare_cached("DELETE FROM link_codes WHERE tenant = ?1 AND customer = ?2")?
        .execute(params![tenant.0, customer.as_bytes()])?;
    Ok(())
}
