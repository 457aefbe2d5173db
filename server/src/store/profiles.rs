//! What is known of customers besides their conversations, and which of them are one person. Names, realms and secrets are
//! in `people`.

use minicom_protocol::{
    context::Profile,
    ids::{CustomerId, Time},
    people::CustomerRef,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, TenantKey, admission, from_json, people, to_json};

/// What a customer, or an agent for the customer, has said; empty for a customer whom nobody knows.
pub fn load(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<Profile> {
    let found: Option<String> = conn
        .prepare_cached("SELECT profile FROM customers WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant.0, customer.as_bytes()], |row| row.get(0))
        .optional()?;
    found.map_or(Ok(Profile::default()), |text| from_json(&text))
}

/// The other names of the same person, joined by an agent, oldest first; not the customer's own.
pub fn same_person(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<Vec<CustomerRef>> {
    let mut statement = conn.prepare_cached(
        "SELECT other.id, other.realm, other.name FROM customers this
         JOIN customers other ON other.tenant = this.tenant AND other.person = this.person AND other.id <> this.id
         WHERE this.tenant = ?1 AND this.id = ?2 ORDER BY other.created_at, other.id",
    )?;
    let rows = statement.query_map(params![tenant.0, customer.as_bytes()], |row| {
        people::customer_ref(CustomerId::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?)
    })?;
    rows.collect()
}

/// When the customer was first here: the account's age counts from it. [`None`] for a customer whom nobody knows.
pub fn first_seen(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<Option<Time>> {
    conn.prepare_cached("SELECT created_at FROM customers WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant.0, customer.as_bytes()], |row| row.get(0).map(Time))
        .optional()
}

/// Writes what is said of a customer.
pub(super) fn save(conn: &Connection, tenant: TenantKey, customer: CustomerId, profile: &Profile) -> Result<()> {
    conn.prepare_cached("UPDATE customers SET profile = ?3 WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant.0, customer.as_bytes(), to_json(profile)?])?;
    admission::block(conn, tenant, customer, profile.blocked.as_ref())
}

/// Makes two customers, and whoever was joined with either, one person.
pub(super) fn join(conn: &Connection, tenant: TenantKey, one: CustomerId, other: CustomerId) -> Result<()> {
    let person = |customer: CustomerId| -> Result<Option<[u8; 16]>> {
        conn.prepare_cached("SELECT person FROM customers WHERE tenant = ?1 AND id = ?2")?
            .query_row(params![tenant.0, customer.as_bytes()], |row| row.get(0))
    };
    let (ones, others) = (person(one)?, person(other)?);
    let joined = ones.or(others).unwrap_or(*one.as_bytes());
    conn.prepare_cached("UPDATE customers SET person = ?2 WHERE tenant = ?1 AND (id IN (?3, ?4) OR person = ?5)")?
        .execute(params![tenant.0, joined, one.as_bytes(), other.as_bytes(), others])?;
    Ok(())
}

#[cfg(test)]
#[path = "profiles_tests.rs"]
mod tests;
