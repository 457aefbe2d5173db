//! Each command's final answer, kept for ever: what makes a repeat harmless.

use minicom_protocol::{
    command::{Outcome, Sender},
    ids::{AgentId, CommandId, CustomerId},
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, TenantKey, from_json, to_json};

/// A command's stored answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Answered {
    /// SHA-256 of what was asked; [`None`] if what was said is erased since: a short text could be found by trying.
    pub digest: Option<[u8; 32]>,
    /// What became of it.
    pub outcome: Outcome,
}

impl Answered {
    /// Whether the same was asked, as far as can be known.
    pub fn is_to(&self, digest: &[u8; 32]) -> bool {
        self.digest.is_none_or(|asked| asked == *digest)
    }
}

/// The stored answer to a command.
pub fn find(conn: &Connection, tenant: TenantKey, sender: Sender, id: CommandId) -> Result<Option<Answered>> {
    let found: Option<(Vec<u8>, String)> = conn
        .prepare_cached("SELECT digest, answer FROM commands WHERE tenant = ?1 AND sender = ?2 AND id = ?3")?
        .query_row(params![tenant.0, sender_key(sender), id.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    found
        .map(|(digest, answer)| {
            Ok(Answered {
                digest: digest.try_into().ok(),
                outcome: from_json(&answer)?,
            })
        })
        .transpose()
}

/// Stores the answer to a command, in the command's own transaction.
pub fn store(
    conn: &Connection,
    tenant: TenantKey,
    sender: Sender,
    id: CommandId,
    digest: &[u8; 32],
    outcome: &Outcome,
) -> Result<()> {
    conn.prepare_cached("INSERT INTO commands (tenant, sender, id, digest, answer) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            tenant.0,
            sender_key(sender),
            id.as_bytes(),
            digest,
            to_json(outcome)?
        ])?;
    Ok(())
}

/// Forgets what a command asked. Its answer stands.
pub(super) fn forget_content(conn: &Connection, tenant: TenantKey, sender: Sender, id: CommandId) -> Result<()> {
    conn.prepare_cached("UPDATE commands SET digest = x'' WHERE tenant = ?1 AND sender = ?2 AND id = ?3")?
        .execute(params![tenant.0, sender_key(sender), id.as_bytes()])?;
    Ok(())
}

/// Forgets what a command asked of which only an event of a customer's thread is known: whoever can have sent it.
pub(super) fn forget_content_of(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    agent: Option<AgentId>,
    id: [u8; 16],
) -> Result<()> {
    let agent = agent.map(Sender::Agent);
    let senders = [Sender::Customer(customer), Sender::Bot, Sender::Server];
    for sender in senders.into_iter().chain(agent) {
        forget_content(conn, tenant, sender, CommandId::from_bytes(id))?;
    }
    Ok(())
}

/// A sender as the keys of answers have it.
pub(super) fn sender_key(sender: Sender) -> Vec<u8> {
    let (kind, id): (u8, &[u8]) = match &sender {
        Sender::Agent(agent) => (b'a', agent.as_bytes()),
        Sender::Customer(customer) => (b'c', customer.as_bytes()),
        Sender::Bot => (b'b', &[]),
        Sender::Server => (b's', &[]),
    };
    [&[kind], id].concat()
}
