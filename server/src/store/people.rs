//! Agents, and customers with the secret of first use.

use minicom_protocol::{
    ids::{AgentId, ConversationId, CustomerId, Time},
    people::{AgentRef, CustomerRef, Realm, Role},
    text::{CustomerName, DisplayName},
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Result, TenantKey, damaged};

/// An agent's account.
#[derive(Clone, PartialEq, Eq)]
pub struct Agent {
    /// Id and name.
    pub agent: AgentRef,
    /// Unique within the tenant; lower case.
    pub email: String,
    /// What it may do.
    pub role: Role,
    /// A PHC string, if a password is set.
    pub password_hash: Option<String>,
    /// Whether it may sign in.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Time,
}

const AGENT: &str = "id, email, name, role, password_hash, enabled, created_at";

/// An account as the columns of [`AGENT`] have one.
pub(super) fn agent(row: &Row<'_>) -> Result<Agent> {
    Ok(Agent {
        agent: AgentRef {
            id: AgentId::from_bytes(row.get(0)?),
            name: DisplayName::try_from(row.get::<_, String>(2)?).map_err(damaged)?,
        },
        email: row.get(1)?,
        role: role_from(&row.get::<_, String>(3)?),
        password_hash: row.get(4)?,
        enabled: row.get(5)?,
        created_at: Time(row.get(6)?),
    })
}

/// Writes an agent's account: all of a new one, address and password of one that is there. What colleagues see of it (name, role,
/// whether it may sign in) is changed by its events alone.
pub fn save_agent(conn: &Connection, tenant: TenantKey, it: &Agent) -> Result<()> {
    conn.execute(
        "INSERT INTO agents (tenant, id, email, name, role, password_hash, enabled, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (tenant, id) DO UPDATE SET email = ?3, password_hash = ?6",
        params![
            tenant.0,
            it.agent.id.as_bytes(),
            it.email,
            it.agent.name.as_str(),
            role_name(it.role),
            it.password_hash,
            it.enabled,
            it.created_at.0
        ],
    )?;
    Ok(())
}

/// An account by its e-mail address (lower case).
pub fn agent_by_email(conn: &Connection, tenant: TenantKey, email: &str) -> Result<Option<Agent>> {
    conn.prepare_cached(&format!("SELECT {AGENT} FROM agents WHERE tenant = ?1 AND email = ?2"))?
        .query_row(params![tenant.0, email], agent)
        .optional()
}

/// An account by its id; a deleted one is none.
pub fn agent_by_id(conn: &Connection, tenant: TenantKey, id: AgentId) -> Result<Option<Agent>> {
    conn.prepare_cached(&format!(
        "SELECT {AGENT} FROM agents WHERE tenant = ?1 AND id = ?2 AND deleted_at IS NULL"
    ))?
    .query_row(params![tenant.0, id.as_bytes()], agent)
    .optional()
}

/// Takes away from an account all that it signed in with, and its address. It can be nobody's again. Its name, which colleagues
/// see, is taken away by its event.
pub fn delete_agent(conn: &Connection, tenant: TenantKey, id: AgentId, now: Time) -> Result<()> {
    conn.execute(
        "DELETE FROM agent_tokens WHERE tenant = ?1 AND agent = ?2",
        params![tenant.0, id.as_bytes()],
    )?;
    // With a blank in it, it is no address.
    conn.execute(
        "UPDATE agents SET email = 'deleted ' || lower(hex(id)), password_hash = NULL, totp = NULL, totp_new = NULL,
                reset_digest = NULL, reset_expires_at = NULL, deleted_at = ?3
         WHERE tenant = ?1 AND id = ?2",
        params![tenant.0, id.as_bytes(), now.0],
    )?;
    Ok(())
}

/// All accounts but deleted ones, oldest first.
pub fn agents(conn: &Connection, tenant: TenantKey) -> Result<Vec<Agent>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {AGENT} FROM agents WHERE tenant = ?1 AND deleted_at IS NULL ORDER BY created_at, id"
    ))?;
    statement.query_map([tenant.0], agent)?.collect()
}

/// Revokes all of an agent's tokens: after a new password, and when the account is disabled.
pub fn revoke_tokens_of(conn: &Connection, tenant: TenantKey, agent: AgentId, now: Time) -> Result<()> {
    conn.execute(
        "UPDATE agent_tokens SET revoked_at = ?3 WHERE tenant = ?1 AND agent = ?2 AND revoked_at IS NULL",
        params![tenant.0, agent.as_bytes(), now.0],
    )?;
    Ok(())
}

/// A customer with the digest of the secret of first use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Customer {
    /// Id, name and realm.
    pub customer: CustomerRef,
    /// SHA-256 of the secret; [`None`] if none proves the name: the site vouches, or the device was revoked.
    pub secret_digest: Option<[u8; 32]>,
}

/// A customer by name.
pub fn customer_by_name(
    conn: &Connection,
    tenant: TenantKey,
    realm: Realm,
    name: &CustomerName,
) -> Result<Option<Customer>> {
    conn.prepare_cached("SELECT id, secret_digest FROM customers WHERE tenant = ?1 AND realm = ?2 AND name = ?3")?
        .query_row(params![tenant.0, realm_name(realm), name.as_str()], |row| {
            Ok(Customer {
                customer: CustomerRef {
                    id: CustomerId::from_bytes(row.get(0)?),
                    name: name.clone(),
                    realm,
                },
                secret_digest: row.get::<_, Vec<u8>>(1)?.try_into().ok(),
            })
        })
        .optional()
}

/// A customer by id.
pub fn customer_by_id(conn: &Connection, tenant: TenantKey, id: CustomerId) -> Result<Option<CustomerRef>> {
    conn.prepare_cached("SELECT realm, name FROM customers WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant.0, id.as_bytes()], |row| {
            customer_ref(id, row.get(0)?, row.get(1)?)
        })
        .optional()
}

/// The customer of a conversation.
pub fn customer_of(conn: &Connection, tenant: TenantKey, conversation: ConversationId) -> Result<Option<Customer>> {
    conn.prepare_cached(
        "SELECT c.id, c.realm, c.name, c.secret_digest FROM conversations v
         JOIN customers c ON c.tenant = v.tenant AND c.id = v.customer
         WHERE v.tenant = ?1 AND v.id = ?2",
    )?
    .query_row(params![tenant.0, conversation.as_bytes()], |row| {
        Ok(Customer {
            customer: customer_ref(CustomerId::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?)?,
            secret_digest: row.get::<_, Vec<u8>>(3)?.try_into().ok(),
        })
    })
    .optional()
}

/// Writes a new customer. A name that is taken is an error of SQLite's unique constraint.
pub fn insert_customer(conn: &Connection, tenant: TenantKey, it: &Customer, now: Time) -> Result<()> {
    conn.execute(
        "INSERT INTO customers (tenant, id, realm, name, secret_digest, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            tenant.0,
            it.customer.id.as_bytes(),
            realm_name(it.customer.realm),
            it.customer.name.as_str(),
            it.secret_digest.as_ref().map_or(&[] as &[u8], |digest| digest),
            now.0
        ],
    )?;
    Ok(())
}

/// A customer as the columns `realm` and `name` have one.
pub(super) fn customer_ref(id: CustomerId, realm: String, name: String) -> Result<CustomerRef> {
    let realm = match realm.as_str() {
        "signed" => Realm::Signed,
        "anonymous" => Realm::Anonymous,
        _ => Realm::Named,
    };
    let name = CustomerName::try_from(name).map_err(damaged)?;
    Ok(CustomerRef { id, name, realm })
}

/// A role's name on disk.
pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Admin => "admin",
    }
}

/// The role with this name on disk.
pub(super) fn role_from(name: &str) -> Role {
    if name == "admin" { Role::Admin } else { Role::Agent }
}

fn realm_name(realm: Realm) -> &'static str {
    match realm {
        Realm::Named => "named",
        Realm::Signed => "signed",
        Realm::Anonymous => "anonymous",
    }
}
