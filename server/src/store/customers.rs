//! Customers in lists, for those who manage them.

use minicom_protocol::{
    context::Profile,
    ids::{CustomerId, Time},
    people::CustomerRef,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Result, TenantKey, from_json, people};

/// A customer with what is known.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomerRow {
    /// Who.
    pub customer: CustomerRef,
    /// What was said.
    pub profile: Profile,
    /// When the customer was first here.
    pub created_at: Time,
    /// When the consent text was last agreed to.
    pub consented_at: Option<Time>,
}

/// Which customers are wanted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Find {
    /// In the name, the name to be called by, or the address, in any case; empty: all.
    pub text: String,
    /// Behind this one in the list; from its beginning if absent.
    pub after: Option<CustomerId>,
    /// At most so many.
    pub limit: usize,
}

const CUSTOMER: &str = "id, realm, name, profile, created_at, consented_at";

/// Customers who were not erased, by their ids. A page.
pub fn find(conn: &Connection, tenant: TenantKey, find: &Find) -> Result<Vec<CustomerRow>> {
    // `instr` looks for the text as it is: nothing in it is a pattern.
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {CUSTOMER} FROM customers
         WHERE tenant = ?1 AND id > ?2 AND erased_at IS NULL AND (?3 = ''
            OR instr(lower(name), ?3) OR instr(lower(coalesce(profile ->> '$.name', '')), ?3)
            OR instr(lower(coalesce(profile ->> '$.email', '')), ?3)
            OR instr(lower(coalesce(profile ->> '$.vouched.name', '')), ?3)
            OR instr(lower(coalesce(profile ->> '$.vouched.email', '')), ?3))
         ORDER BY id LIMIT ?4"
    ))?;
    let after = find.after.map_or([0; 16], |id| *id.as_bytes());
    let text = find.text.to_lowercase();
    let rows = statement.query_map(params![tenant.0, after, text, find.limit as i64], row)?;
    rows.collect()
}

/// A customer by id, unless erased.
pub fn load(conn: &Connection, tenant: TenantKey, id: CustomerId) -> Result<Option<CustomerRow>> {
    conn.prepare_cached(&format!(
        "SELECT {CUSTOMER} FROM customers WHERE tenant = ?1 AND id = ?2 AND erased_at IS NULL"
    ))?
    .query_row(params![tenant.0, id.as_bytes()], row)
    .optional()
}

fn row(row: &Row<'_>) -> Result<CustomerRow> {
    let profile: String = row.get(3)?;
    Ok(CustomerRow {
        customer: people::customer_ref(CustomerId::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?)?,
        profile: from_json(&profile)?,
        created_at: Time(row.get(4)?),
        consented_at: row.get::<_, Option<i64>>(5)?.map(Time),
    })
}
