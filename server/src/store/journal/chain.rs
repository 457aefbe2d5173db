//! The chains of digests, and the proof that no byte of the journal has changed.

use minicom_protocol::{
    event::Event,
    ids::{AgentId, CustomerId, Rev},
};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::{COLUMNS, read};
use crate::store::{Result, TenantKey, pos_from_sql};

/// The digest of a body, which stays when body and salt are erased.
pub(super) fn body_digest(salt: &[u8; 16], body: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(body).finalize().into()
}

/// The digest of an event: everything of its header in a fixed order, each field with its length.
pub(super) fn chain(
    previous: &[u8; 32],
    tenant: TenantKey,
    event: &Event,
    kind: &str,
    agent: Option<AgentId>,
    line: Option<(&str, u64)>,
    body: &[u8; 32],
) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(previous);
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(&tenant.0.to_be_bytes());
    field(&event.rev.0.to_be_bytes());
    field(&event.seq.map_or(0, |seq| seq.0).to_be_bytes());
    field(&event.mark.0.to_be_bytes());
    field(&event.time.0.to_be_bytes());
    field(kind.as_bytes());
    field(event.subject.customer().as_ref().map_or(&[][..], |id| id.as_bytes()));
    field(
        event
            .subject
            .conversation()
            .as_ref()
            .map_or(&[][..], |id| id.as_bytes()),
    );
    field(agent.as_ref().map_or(&[][..], |id| id.as_bytes()));
    field(line.map_or("", |(side, _)| side).as_bytes());
    field(&line.map_or(0, |(_, number)| number).to_be_bytes());
    field(event.command.as_ref().map_or(&[][..], |id| id.as_bytes()));
    field(body);
    hash.finalize().into()
}

/// Recomputes every chain of a tenant and names the first event whose digest is not what its row says.
pub fn verify(conn: &Connection, tenant: TenantKey) -> Result<Option<Rev>> {
    let mut heads: std::collections::HashMap<Option<CustomerId>, [u8; 32]> = std::collections::HashMap::new();
    let mut statement = conn.prepare(&format!(
        "SELECT {COLUMNS}, side, line, salt, digest, body_digest FROM events WHERE tenant = ?1 ORDER BY rev"
    ))?;
    let mut rows = statement.query([tenant.0])?;
    while let Some(row) = rows.next()? {
        let event = match read(row) {
            Ok(event) => event,
            Err(_) => return Ok(Some(Rev(pos_from_sql(row.get(0)?)))),
        };
        let agent = row.get::<_, Option<[u8; 16]>>(7)?.map(AgentId::from_bytes);
        let side: Option<String> = row.get(10)?;
        let line = side.as_deref().zip(row.get::<_, Option<i64>>(11)?.map(pos_from_sql));
        let stored: [u8; 32] = row.get(14)?;
        // An erased body is vouched for by its digest alone.
        if let (Some(salt), Some(body)) = (row.get::<_, Option<[u8; 16]>>(12)?, row.get::<_, Option<String>>(9)?)
            && body_digest(&salt, &body) != stored
        {
            return Ok(Some(event.rev));
        }
        let head = heads.entry(event.subject.customer()).or_insert([0; 32]);
        *head = chain(head, tenant, &event, &row.get::<_, String>(4)?, agent, line, &stored);
        if *head != row.get::<_, [u8; 32]>(13)? {
            return Ok(Some(event.rev));
        }
    }
    Ok(None)
}
