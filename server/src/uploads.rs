//! Files that people send each other. A file is whole and on the disk before its row is written, and its bytes are removed after its
//! row says that it is gone: so there is no row without a file, and what is left over of a crash is a file without a row, which is
//! swept. It refuses to know HTTP, lines, and what is in a file.

mod incoming;
mod kind;
mod place;
mod sweep;

use std::{path::Path, sync::Arc};

use minicom_protocol::{
    command::Sender,
    ids::{AgentId, ConversationId, CustomerId, FileId},
    refusal::Refusal,
};
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, RwLock, Semaphore};
use uuid::Uuid;

pub use self::{
    incoming::Incoming,
    kind::OCTETS,
    place::{FILES, Place, Stored, digest_of, private_folders},
};
use crate::{
    buckets::Buckets,
    clock,
    desk::{Desk, Once},
    files, limits,
    places::{self, Places},
    store::{
        TenantKey,
        files::{self as rows, FileRow},
    },
};

/// How much may be uploaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UploadBounds {
    /// The bytes of one file.
    pub bytes: u64,
    /// Files of one customer in an hour.
    pub per_customer_per_hour: u32,
}

impl Default for UploadBounds {
    fn default() -> Self {
        let per_hour = limits::UPLOADS_PER_CUSTOMER_PER_HOUR.default;
        Self {
            bytes: limits::UPLOAD_BYTES.default,
            per_customer_per_hour: u32::try_from(per_hour).unwrap_or(u32::MAX),
        }
    }
}

/// When somebody may come again for whom there was no place, in milliseconds: most uploads take less.
const BUSY_RETRY_AFTER_MS: u64 = 2_000;

/// Who uploads, and for which thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Uploader {
    /// Where.
    pub tenant: TenantKey,
    /// For whose thread.
    pub customer: CustomerId,
    /// By an agent, for this conversation; [`None`] for the customer's own.
    pub agent: Option<(AgentId, ConversationId)>,
}

impl Uploader {
    fn sender(&self) -> Sender {
        match self.agent {
            Some((agent, _)) => Sender::Agent(agent),
            None => Sender::Customer(self.customer),
        }
    }
}

/// What its sender says of a file.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Said {
    /// Its name; a path of the sender's is cut to its last part.
    pub name: String,
    /// Its media type.
    pub mime: String,
}

/// Why a file is not taken.
#[derive(Clone, PartialEq, Debug)]
pub enum NotStored {
    /// It has no bytes.
    Empty,
    /// For a reason that others have too.
    Refused(Refusal),
}

impl From<Refusal> for NotStored {
    fn from(refusal: Refusal) -> Self {
        NotStored::Refused(refusal)
    }
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Uploads {
    shared: Arc<Shared>,
}

/// An upload's place among its sender's, its tenant's and all of them, given back when it is dropped.
struct Slot {
    _of_sender: places::Place<(TenantKey, Sender)>,
    _of_tenant: places::Place<TenantKey>,
    _of_all: OwnedSemaphorePermit,
}

struct Shared {
    desk: Desk,
    place: Place,
    bounds: UploadBounds,
    slots: Arc<Semaphore>,
    /// Those of each tenant, and of each customer or agent.
    of_tenants: Places<TenantKey>,
    of_senders: Places<(TenantKey, Sender)>,
    rates: Buckets<(TenantKey, CustomerId)>,
    /// Held to read by who puts a file in its place until its row is written, and to write by who removes one: what is looked at
    /// as having no row has none on its way.
    placing: RwLock<()>,
}

impl Uploads {
    /// Over a data folder, whose lock the caller has.
    pub fn new(desk: Desk, data: &Path, bounds: UploadBounds) -> Uploads {
        let per_hour = bounds.per_customer_per_hour;
        Uploads {
            shared: Arc::new(Shared {
                desk,
                place: Place::new(data),
                bounds,
                slots: Arc::new(Semaphore::new(limits::UPLOADS_AT_ONCE_MAX)),
                of_tenants: Places::default(),
                of_senders: Places::default(),
                rates: Buckets::per_hour(per_hour, per_hour),
                placing: RwLock::new(()),
            }),
        }
    }

    /// Where the bytes are.
    pub fn place(&self) -> Place {
        self.shared.place.clone()
    }

    /// The most bytes of a file.
    pub fn bytes_max(&self) -> u64 {
        self.shared.bounds.bytes
    }

    /// Begins an upload. `size` is what its sender says that it will be, if it does.
    ///
    /// # Errors
    /// `rate_limited` for a customer with too many; `busy`; `too_large`, `quota_exceeded` and `storage_full`, as far as that is
    /// known before the first byte; what kept the store from answering.
    pub async fn begin(&self, by: &Uploader, size: Option<u64>) -> Result<Incoming, NotStored> {
        let bounds = self.shared.bounds;
        let expected = size.unwrap_or(0);
        if expected > bounds.bytes {
            return Err(Refusal::TooLarge { limit: bounds.bytes }.into());
        }
        let slot = self.slot(by).ok_or(Refusal::Busy {
            retry_after_ms: BUSY_RETRY_AFTER_MS,
        })?;
        let tenant = by.tenant;
        let left = self
            .shared
            .desk
            .read(move |conn| rows::bytes_left(conn, tenant))
            .await?;
        if left.is_some_and(|left| left < expected.max(1)) {
            let what = "file_bytes".to_owned();
            return Err(Refusal::QuotaExceeded { what }.into());
        }
        let free = files::free_bytes(self.shared.place.data()).map_err(|_| Refusal::Storage)?;
        // The desk itself must go on writing when the last upload has come.
        if free < expected.saturating_add(2 * limits::DISK_FREE_BYTES_MIN) {
            return Err(Refusal::StorageFull.into());
        }
        if by.agent.is_none() {
            self.shared.rates.take(&(by.tenant, by.customer))?;
        }
        Ok(Incoming::begin(&self.shared.place, bounds.bytes, slot).await?)
    }

    /// A place, if its sender, its tenant and the server have one.
    fn slot(&self, by: &Uploader) -> Option<Slot> {
        let shared = &self.shared;
        let sender = (by.tenant, by.sender());
        Some(Slot {
            _of_sender: shared.of_senders.take(sender, limits::UPLOADS_AT_ONCE_EACH_MAX)?,
            _of_tenant: shared
                .of_tenants
                .take(by.tenant, limits::UPLOADS_AT_ONCE_PER_TENANT_MAX)?,
            _of_all: shared.slots.clone().try_acquire_owned().ok()?,
        })
    }

    /// Ends an upload that came whole: its bytes are on the disk in their place, then its row is. Who goes meanwhile does not
    /// end it half-way. A repeat with the same key gets the first file.
    ///
    /// # Errors
    /// It is empty; `quota_exceeded`, `storage_full`, `conflict`, or what kept it from being written: then nothing is kept.
    pub async fn finish(
        &self,
        incoming: Incoming,
        by: Uploader,
        said: Said,
        key: Option<[u8; 32]>,
    ) -> Result<FileRow, NotStored> {
        if incoming.size() == 0 {
            return Err(NotStored::Empty);
        }
        let this = self.clone();
        let done = tokio::spawn(async move { this.keep(incoming, by, said, key).await });
        done.await.unwrap_or(Err(Refusal::Internal)).map_err(NotStored::from)
    }

    async fn keep(
        &self,
        incoming: Incoming,
        by: Uploader,
        said: Said,
        key: Option<[u8; 32]>,
    ) -> Result<FileRow, Refusal> {
        let mime = kind::of(incoming.beginning(), &said.mime);
        let whole = incoming.end().await?;
        let (digest, size) = (whole.digest(), whole.size());
        let row = FileRow {
            id: FileId(Uuid::new_v4()),
            digest,
            size,
            name: named(&said.name),
            mime: mime.to_owned(),
            customer: by.customer,
            conversation: by.agent.map(|(_, conversation)| conversation),
            agent: by.agent.map(|(agent, _)| agent),
            created_at: clock::now(),
            line: None,
        };
        let once = key.map(|key| once(key, &row));
        let placing = self.shared.placing.read().await;
        whole.put(&self.shared.place, by.tenant).await?;
        let new = row.clone();
        let written = self.shared.desk.write_once(by.tenant, by.sender(), once, move |scope| {
            rows::insert(scope.conn, by.tenant, &new).map(|()| Ok::<_, Refusal>(new.id))
        });
        let written = written.await;
        drop(placing);
        let id = match written {
            Ok(Ok(id)) if id == row.id => return Ok(row),
            Ok(Ok(id)) => {
                // The first one may have gone meanwhile, and with it its bytes.
                self.remove_if_nobodys(by.tenant, digest).await;
                id
            }
            Ok(Err(refusal)) | Err(refusal) => {
                self.remove_if_nobodys(by.tenant, digest).await;
                return Err(refusal);
            }
        };
        let found = self
            .shared
            .desk
            .read(move |conn| rows::load(conn, by.tenant, id))
            .await?;
        found.ok_or(Refusal::NotFound)
    }

    /// A file by its id, for whoever may have it: whoever asks looks at that.
    ///
    /// # Errors
    /// `not_found`, or what kept the store from answering.
    pub async fn row(&self, tenant: TenantKey, id: FileId) -> Result<FileRow, Refusal> {
        let found = self.shared.desk.read(move |conn| rows::load(conn, tenant, id)).await?;
        found.ok_or(Refusal::NotFound)
    }

    /// Opens a file's bytes. With `whole` they are compared with their digest first.
    ///
    /// # Errors
    /// They are not there any more, or are not what they were.
    pub async fn open(&self, tenant: TenantKey, row: &FileRow, whole: bool) -> Result<std::fs::File, Stored> {
        let (shared, digest, size) = (self.shared.clone(), row.digest, row.size);
        let opened = tokio::task::spawn_blocking(move || match whole {
            true => shared.place.open_whole(tenant, &digest, size),
            false => shared.place.open(tenant, &digest, size),
        });
        opened.await.unwrap_or(Err(Stored::Lost))
    }
}

/// What makes a repeat of an upload known: its key, and all that was sent.
fn once(key: [u8; 32], row: &FileRow) -> Once {
    let mut digest = Sha256::new();
    for part in [&row.digest[..], row.name.as_bytes(), row.customer.as_bytes()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.update(row.conversation.map_or([0; 16], |it| *it.as_bytes()));
    Once {
        key,
        digest: digest.finalize().into(),
    }
}

/// A file's name as it is kept: the last part of a path, at most [`limits::FILE_NAME_BYTES_MAX`] bytes, without NUL. Everything else
/// that is wrong with it is seen to where it is shown or written.
fn named(said: &str) -> String {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name: String = last.chars().filter(|c| *c != '\0').collect();
    while name.len() > limits::FILE_NAME_BYTES_MAX {
        name.pop();
    }
    match name.trim() {
        "" | "." | ".." => "file".to_owned(),
        _ => name,
    }
}
