//! What the server has of what was sent: read past it, and read as people read it.

use std::{
    collections::{HashMap, HashSet},
    fmt, fs,
    path::Path,
};

use anyhow::{Context, Result};
use minicom_protocol::ids::{FileId, TenantId};
use minicom_server::{
    store::{self, TenantKey, tenants},
    uploads::Place,
};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};

use super::UploadDesk;
use crate::wait::until;

/// What stands where after all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Held {
    /// Files that have a row.
    pub rows: u64,
    /// Files that can be read and are not, byte by byte, one that was sent.
    pub partial: u64,
    /// Rows without their file.
    pub lost: u64,
    /// Files that are there twice.
    pub doubled: u64,
    /// Files without a row, or under a temporary name, after the sweep.
    pub orphans: u64,
}

impl Held {
    /// Whether nothing is there in part, without its other half, or twice.
    pub fn is_whole(&self) -> bool {
        [self.partial, self.lost, self.doubled, self.orphans] == [0; 4]
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} files are there: {} in part, {} without their bytes, {} twice; {} left over after the sweep",
            self.rows, self.partial, self.lost, self.doubled, self.orphans
        )
    }
}

pub(super) fn digest(content: &[u8]) -> [u8; 32] {
    Sha256::digest(content).into()
}

struct Row {
    id: FileId,
    digest: [u8; 32],
    size: u64,
}

/// Kills the server, starts it again over what a crash may have left, and looks when it has swept.
pub(super) async fn after_sweep(desk: &mut UploadDesk) -> Result<Held> {
    let data = desk.data();
    let (tenant, _) = rows(&data)?;
    desk.server.kill().await?;
    let place = Place::new(&data);
    // A file without a row, as a crash leaves it: when it is gone the sweep has been there.
    let planted = place.path(tenant, &digest(b"planted"));
    fs::create_dir_all(planted.parent().context("a folder")?)?;
    fs::write(&planted, b"planted")?;
    desk.server.begin().await?;
    until("the sweep", || (!planted.exists()).then_some(())).await?;
    let (tenant, rows) = rows(&data)?;
    let sent: HashSet<([u8; 32], u64)> = desk.sent.iter().copied().collect();
    let mut held = Held {
        rows: rows.len() as u64,
        ..Held::default()
    };
    let mut seen: HashMap<[u8; 32], u64> = HashMap::new();
    for row in &rows {
        *seen.entry(row.digest).or_default() += 1;
        match read(desk, row.id).await? {
            None => held.lost += 1,
            Some(bytes) => {
                let read = (digest(&bytes), bytes.len() as u64);
                held.partial += u64::from(read != (row.digest, row.size) || !sent.contains(&read));
            }
        }
    }
    held.doubled = seen.values().map(|count| count - 1).sum();
    held.orphans = left_over(&place, tenant, &seen)?;
    Ok(held)
}

/// The rows of files that are not gone.
fn rows(data: &Path) -> Result<(TenantKey, Vec<Row>)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(data.join(store::open::DATABASE), flags)?;
    let tenant = tenants::all(&conn)?
        .into_iter()
        .find(|(_, id)| *id == TenantId::default_tenant())
        .context("there is no tenant")?
        .0;
    let mut found = conn.prepare("SELECT id, digest, size FROM files WHERE tenant = ?1 AND gone_at IS NULL")?;
    let rows = found.query_map([tenant.0], |row| {
        Ok(Row {
            id: FileId::from_bytes(row.get(0)?),
            digest: row.get(1)?,
            size: row.get::<_, i64>(2)?.unsigned_abs(),
        })
    })?;
    Ok((tenant, rows.collect::<Result<_, _>>()?))
}

/// A file as the agent who sent it reads it; [`None`] if the server does not give it.
async fn read(desk: &UploadDesk, id: FileId) -> Result<Option<Vec<u8>>> {
    let client = minicom_client::tls::http_client().no_proxy().build()?;
    let url = format!("http://{}/api/v1/chat/uploads/{id}", desk.server.address);
    let answer = client.get(url).bearer_auth(desk.agent.token.reveal()).send().await?;
    match answer.status().is_success() {
        true => Ok(Some(answer.bytes().await?.to_vec())),
        false => Ok(None),
    }
}

/// Files of the data folder that no row names.
fn left_over(place: &Place, tenant: TenantKey, known: &HashMap<[u8; 32], u64>) -> Result<u64> {
    let named: HashSet<_> = known.keys().map(|digest| place.path(tenant, digest)).collect();
    let mut left = 0;
    let mut folders = vec![place.root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => left += u64::from(!named.contains(&path)),
            }
        }
    }
    Ok(left)
}
