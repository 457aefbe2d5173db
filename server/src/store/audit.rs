//! Who did what: an append-only list for each tenant, in which each entry's digest continues that of the one before, so that
//! a change made behind the program's back is found.

use std::net::IpAddr;

use minicom_protocol::{
    ids::{AgentId, Time},
    people::AgentRef,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Result, TenantKey, from_json, to_json};

/// Who did it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Actor {
    /// An agent, signed in by a token.
    Agent {
        /// Who.
        agent: AgentRef,
        /// The machine token's id, if it was a program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
    },
    /// Whoever can read the server's data folder.
    Operator,
    /// A customer, about the own data.
    Customer {
        /// The customer's id.
        id: String,
    },
    /// The server by itself: retention, expiry.
    Server,
    /// Somebody who was not signed in: a login that failed.
    Nobody,
}

impl Actor {
    /// An agent who is signed in as a person.
    pub fn agent(agent: AgentRef) -> Actor {
        Actor::Agent { agent, token: None }
    }

    /// Which agent it was, if it was one.
    pub fn agent_id(&self) -> Option<AgentId> {
        match self {
            Actor::Agent { agent, .. } => Some(agent.id),
            _ => None,
        }
    }
}

/// Who does something, and from where: what an entry says of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// Where the connection comes from, if there is one.
    pub address: Option<IpAddr>,
}

impl By {
    /// Somebody at an address.
    pub fn at(actor: Actor, address: IpAddr) -> By {
        By {
            actor,
            address: Some(address.to_canonical()),
        }
    }

    /// The server by itself.
    pub fn server() -> By {
        By {
            actor: Actor::Server,
            address: None,
        }
    }
}

/// What is written down. Never a secret, a password, a token or the text of a line.
#[derive(Clone, PartialEq, Debug)]
pub struct NewEntry {
    /// Who did it.
    pub actor: Actor,
    /// What was done, as `agent.disabled`: a noun, a dot and a participle.
    pub action: &'static str,
    /// What it was done to: an id, an address, a name.
    pub object: String,
    /// More of it, an object.
    pub detail: Value,
    /// Where the actor's connection came from.
    pub address: Option<String>,
}

/// What was written down.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Its number, dense from 1.
    pub number: i64,
    /// When.
    pub at: Time,
    /// Who did it.
    pub actor: Actor,
    /// What was done.
    pub action: String,
    /// What it was done to.
    pub object: String,
    /// More of it.
    pub detail: Value,
    /// Where the actor's connection came from.
    pub address: Option<String>,
}

const ENTRY: &str = "number, at, actor, action, object, detail, address, digest";

/// Writes an entry, in the transaction of what it tells.
pub fn record(conn: &Connection, tenant: TenantKey, at: Time, new: &NewEntry) -> Result<i64> {
    let (last, digest): (i64, Vec<u8>) = conn
        .prepare_cached("SELECT audit, audit_digest FROM tenants WHERE key = ?1")?
        .query_row([tenant.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let stored = Stored {
        number: last + 1,
        at: at.0,
        actor: to_json(&new.actor)?,
        action: new.action.to_owned(),
        object: new.object.clone(),
        detail: new.detail.to_string(),
        address: new.address.clone(),
    };
    let digest = stored.digest(&digest);
    conn.prepare_cached(&format!(
        "INSERT INTO audit (tenant, {ENTRY}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    ))?
    .execute(params![
        tenant.0,
        stored.number,
        stored.at,
        stored.actor,
        stored.action,
        stored.object,
        stored.detail,
        stored.address,
        digest
    ])?;
    conn.prepare_cached("UPDATE tenants SET audit = ?2, audit_digest = ?3 WHERE key = ?1")?
        .execute(params![tenant.0, stored.number, digest])?;
    Ok(stored.number)
}

/// Which entries are wanted. What is `None` leaves all.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Those before this number.
    pub before: Option<i64>,
    /// Of this action; all of a noun if it is named alone, as `agent`.
    pub action: Option<String>,
    /// By this actor: an agent's id, `operator`, `server`, `nobody`, or a customer's id.
    pub actor: Option<String>,
    /// Not older.
    pub since: Option<Time>,
    /// Without what was done to tenants.
    pub hide_tenants: bool,
}

/// Entries that are wanted, newest first, `limit` at most.
pub fn page(conn: &Connection, tenant: TenantKey, wanted: &Filter, limit: usize) -> Result<Vec<Entry>> {
    // What stands in `actor` is JSON of ours: its members are looked at, never its text.
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {ENTRY} FROM audit WHERE tenant = ?1 AND number < ?2
         AND (?3 IS NULL OR action = ?3 OR (action >= ?3 || '.' AND action < ?3 || '/'))
         AND (?4 IS NULL OR ?4 IN (actor ->> '$.agent.id', actor ->> '$.by', actor ->> '$.id'))
         AND (?5 IS NULL OR at >= ?5) AND NOT (?6 AND action >= 'tenant.' AND action < 'tenant/')
         ORDER BY number DESC LIMIT ?7"
    ))?;
    let before = wanted.before.unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let since = wanted.since.map(|since| since.0);
    let rows = statement.query_map(
        params![
            tenant.0,
            before,
            wanted.action,
            wanted.actor,
            since,
            wanted.hide_tenants,
            limit
        ],
        stored,
    )?;
    rows.map(|row| row?.0.entry()).collect()
}

/// The number of the first entry that is not as it was written, or is missing; `None` if all are as they were.
pub fn verify(conn: &Connection, tenant: TenantKey) -> Result<Option<i64>> {
    let mut statement = conn.prepare(&format!("SELECT {ENTRY} FROM audit WHERE tenant = ?1 ORDER BY number"))?;
    let mut expected: Vec<u8> = vec![];
    let mut number = 0;
    for row in statement.query_map([tenant.0], stored)? {
        let (entry, digest) = row?;
        number += 1;
        if entry.number != number || entry.digest(&expected).as_slice() != digest {
            return Ok(Some(number));
        }
        expected = digest;
    }
    let head: Option<(i64, Vec<u8>)> = conn
        .query_row(
            "SELECT audit, audit_digest FROM tenants WHERE key = ?1",
            [tenant.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(match head {
        Some(head) if head == (number, expected) => None,
        _ => Some(number + 1),
    })
}

struct Stored {
    number: i64,
    at: i64,
    actor: String,
    action: String,
    object: String,
    detail: String,
    address: Option<String>,
}

impl Stored {
    fn digest(&self, before: &[u8]) -> [u8; 32] {
        let mut digest = Sha256::new().chain_update(before);
        digest.update(self.number.to_be_bytes());
        digest.update(self.at.to_be_bytes());
        let texts = [&self.actor, &self.action, &self.object, &self.detail];
        for text in texts.into_iter().chain(&self.address) {
            // With its length before it, no text can run into the next one.
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        digest.finalize().into()
    }

    fn entry(self) -> Result<Entry> {
        Ok(Entry {
            number: self.number,
            at: Time(self.at),
            actor: from_json(&self.actor)?,
            action: self.action,
            object: self.object,
            detail: from_json(&self.detail)?,
            address: self.address,
        })
    }
}

fn stored(row: &Row<'_>) -> Result<(Stored, Vec<u8>)> {
    let entry = Stored {
        number: row.get(0)?,
        at: row.get(1)?,
        actor: row.get(2)?,
        action: row.get(3)?,
        object: row.get(4)?,
        detail: row.get(5)?,
        address: row.get(6)?,
    };
    Ok((entry, row.get(7)?))
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
