//! Whether a customer may come in and write: who is kept out, from which networks nobody comes in, and what was agreed to.

use std::net::IpAddr;

use ipnet::IpNet;
use minicom_protocol::{
    context::Block,
    ids::{CustomerId, Time},
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, TenantKey, damaged};

/// What is looked at before a customer may write.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Admission {
    /// Whether the customer is kept out now.
    pub blocked: bool,
    /// SHA-256 of the consent text that was agreed to.
    pub consented_to: Option<[u8; 32]>,
}

/// How a customer stands; as nobody's for one whom nobody knows.
pub fn of(conn: &Connection, tenant: TenantKey, customer: CustomerId, now: Time) -> Result<Admission> {
    let found = conn
        .prepare_cached(
            "SELECT blocked_at IS NOT NULL AND (blocked_until IS NULL OR blocked_until > ?3), consented_to
             FROM customers WHERE tenant = ?1 AND id = ?2",
        )?
        .query_row(params![tenant.0, customer.as_bytes(), now.0], |row| {
            Ok(Admission {
                blocked: row.get(0)?,
                consented_to: row.get(1)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Notes what a customer agreed to.
pub fn consent(conn: &Connection, tenant: TenantKey, customer: CustomerId, text: &[u8; 32], now: Time) -> Result<()> {
    conn.prepare_cached("UPDATE customers SET consented_at = ?3, consented_to = ?4 WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant.0, customer.as_bytes(), now.0, text])?;
    Ok(())
}

/// Notes whether a customer is kept out, as the newest event about the customer says.
pub(super) fn block(conn: &Connection, tenant: TenantKey, customer: CustomerId, block: Option<&Block>) -> Result<()> {
    conn.prepare_cached("UPDATE customers SET blocked_at = ?3, blocked_until = ?4 WHERE tenant = ?1 AND id = ?2")?
        .execute(params![
            tenant.0,
            customer.as_bytes(),
            block.map(|it| it.since.0),
            block.and_then(|it| it.until).map(|it| it.0)
        ])?;
    Ok(())
}

/// A network from which no customer comes in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockedNetwork {
    /// Which; of one address if its prefix is whole.
    pub network: IpNet,
    /// Why, in an agent's words.
    pub reason: String,
    /// Since when.
    pub created_at: Time,
    /// Until when; [`None`]: for good.
    pub expires_at: Option<Time>,
}

/// All networks that are kept out now, the newest first.
pub fn networks(conn: &Connection, tenant: TenantKey, now: Time) -> Result<Vec<BlockedNetwork>> {
    let mut statement = conn.prepare_cached(
        "SELECT network, reason, created_at, expires_at FROM blocked_networks
         WHERE tenant = ?1 AND (expires_at IS NULL OR expires_at > ?2) ORDER BY created_at DESC, network",
    )?;
    let rows = statement.query_map(params![tenant.0, now.0], |row| {
        Ok(BlockedNetwork {
            network: row.get::<_, String>(0)?.parse().map_err(damaged)?,
            reason: row.get(1)?,
            created_at: Time(row.get(2)?),
            expires_at: row.get::<_, Option<i64>>(3)?.map(Time),
        })
    })?;
    rows.collect()
}

/// Whether nobody comes in from this address now.
pub fn keeps_out(conn: &Connection, tenant: TenantKey, address: IpAddr, now: Time) -> Result<bool> {
    let address = address.to_canonical();
    let networks = networks(conn, tenant, now)?;
    Ok(networks.iter().any(|it| it.network.contains(&address)))
}

/// Keeps a network out, or for another time than until now. Those whose time is over are forgotten.
pub fn block_network(conn: &Connection, tenant: TenantKey, it: &BlockedNetwork) -> Result<()> {
    conn.prepare_cached("DELETE FROM blocked_networks WHERE tenant = ?1 AND expires_at <= ?2")?
        .execute(params![tenant.0, it.created_at.0])?;
    conn.prepare_cached(
        "INSERT INTO blocked_networks (tenant, network, reason, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tenant, network) DO UPDATE SET reason = ?3, created_at = ?4, expires_at = ?5",
    )?
    .execute(params![
        tenant.0,
        it.network.to_string(),
        it.reason,
        it.created_at.0,
        it.expires_at.map(|it| it.0)
    ])?;
    Ok(())
}

/// Lets a network in again. Whether it was kept out.
pub fn unblock_network(conn: &Connection, tenant: TenantKey, network: IpNet) -> Result<bool> {
    let changed = conn
        .prepare_cached("DELETE FROM blocked_networks WHERE tenant = ?1 AND network = ?2")?
        .execute(params![tenant.0, network.to_string()])?;
    Ok(changed > 0)
}
