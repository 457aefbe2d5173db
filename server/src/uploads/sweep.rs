//! What has to go: the bytes of files that are gone, files that were never sent, folders of tenants that are not there any more,
//! and what a crash left behind. It goes on where it was ended: what is to be done stands in rows, or is seen on the disk.

use std::{fs, io};

use minicom_protocol::{ids::Time, refusal::Refusal};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Uploads;
use crate::{
    clock, limits,
    store::{TenantKey, files as rows, tenants},
};

/// What a sweep removed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Swept {
    /// Files that were never sent.
    pub not_sent: usize,
    /// Files that are gone, with their bytes.
    pub gone: usize,
    /// Bytes without a row.
    pub orphans: usize,
    /// Folders of tenants that are not there any more.
    pub tenants: usize,
}

impl Uploads {
    /// Sweeps at once, when files are gone, and every [`limits::UPLOADS_SWEPT_EVERY`], until it is told to end.
    pub async fn keep_swept(self, end: CancellationToken) {
        match self.sweep_at_start().await {
            Ok(swept) if swept != Swept::default() => info!(?swept, "removed what was left of files"),
            Ok(_) => {}
            Err(error) => warn!(%error, "files could not be swept; the next start tries it again"),
        }
        loop {
            let wait = match self.sweep().await {
                Ok(_) => limits::UPLOADS_SWEPT_EVERY,
                Err(error) => {
                    warn!(%error, "files that are gone could not be removed; it is tried again");
                    limits::UPLOADS_SWEPT_AGAIN_AFTER
                }
            };
            tokio::select! {
                () = end.cancelled() => return,
                () = self.shared.desk.files_may_be_gone().notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Removes uploads that did not come whole because a server ended: before this one takes any, in a data folder that is its alone.
    ///
    /// # Errors
    /// What the disk said.
    pub fn discard_cut(&self) -> io::Result<usize> {
        self.shared.place.discard_temporary()
    }

    /// Removes bytes without a row, which a crash between the two left behind, and what is gone.
    ///
    /// # Errors
    /// What the disk or the store said; what was removed until then is removed.
    pub async fn sweep_at_start(&self) -> io::Result<Swept> {
        let mut swept = Swept::default();
        for tenant in self.shared.place.tenants()? {
            let (ours, others) = self.shared.place.contents(tenant)?;
            for path in others {
                // Nothing of ours has such a name: whatever it is, it is in the way of nobody.
                let _ = fs::remove_file(path);
            }
            for digest in ours {
                swept.orphans += usize::from(self.remove_if_nobodys(tenant, digest).await);
            }
        }
        let more = self.sweep().await?;
        Ok(Swept {
            not_sent: more.not_sent,
            gone: more.gone,
            tenants: more.tenants,
            ..swept
        })
    }

    /// Removes what is gone.
    ///
    /// # Errors
    /// What the disk or the store said; what was removed until then is removed.
    pub async fn sweep(&self) -> io::Result<Swept> {
        self.sweep_as_of(clock::now()).await
    }

    pub(super) async fn sweep_as_of(&self, now: Time) -> io::Result<Swept> {
        let desk = &self.shared.desk;
        let most = limits::FILES_REMOVED_AT_ONCE_MAX;
        let mut swept = Swept::default();
        let life = i64::try_from(limits::UPLOAD_NOT_SENT_FOR.as_micros()).unwrap_or(i64::MAX);
        let before = Time(now.0.saturating_sub(life));
        loop {
            let found = asked(desk.read(move |conn| rows::not_sent(conn, before, most)).await)?;
            let full = found.len() == most;
            for (tenant, id) in found {
                let gone = desk.write(tenant, move |scope| {
                    rows::gone_not_sent(scope.conn, tenant, id, scope.now)
                });
                swept.not_sent += usize::from(asked(gone.await)?);
            }
            if !full {
                break;
            }
        }
        loop {
            let found = asked(desk.read(move |conn| rows::to_remove(conn, most)).await)?;
            for (tenant, id, digest) in &found {
                let (tenant, id) = (*tenant, *id);
                self.remove(tenant, *digest).await?;
                asked(
                    desk.write(tenant, move |scope| rows::removed(scope.conn, tenant, id))
                        .await,
                )?;
                swept.gone += 1;
            }
            if found.len() < most {
                break;
            }
        }
        // First the folders: a tenant that is made meanwhile is among the rows, and not among these.
        let folders = self.shared.place.tenants()?;
        let there = asked(desk.read(tenants::all).await)?;
        for tenant in folders {
            if !there.iter().any(|(key, _)| *key == tenant) {
                fs::remove_dir_all(self.shared.place.of_tenant(tenant))?;
                fs::File::open(self.shared.place.root())?.sync_all()?;
                swept.tenants += 1;
            }
        }
        Ok(swept)
    }

    /// Removes bytes that no row names, and says whether it did.
    pub(super) async fn remove_if_nobodys(&self, tenant: TenantKey, digest: [u8; 32]) -> bool {
        let removed = self.remove(tenant, digest).await;
        if let Err(error) = &removed {
            warn!(%error, "a file without a row could not be removed; the next start tries it again");
        }
        removed.unwrap_or(false)
    }

    async fn remove(&self, tenant: TenantKey, digest: [u8; 32]) -> io::Result<bool> {
        let _alone = self.shared.placing.write().await;
        let kept = self
            .shared
            .desk
            .read(move |conn| rows::is_kept(conn, tenant, &digest))
            .await;
        if asked(kept)? {
            return Ok(false);
        }
        self.shared.place.remove(tenant, &digest)?;
        Ok(true)
    }
}

/// The store's refusal among the disk's errors.
fn asked<T>(answer: Result<T, Refusal>) -> io::Result<T> {
    answer.map_err(|refusal| io::Error::other(refusal.code()))
}

#[cfg(test)]
#[path = "sweep_tests.rs"]
mod tests;
