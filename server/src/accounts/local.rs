//! The token in the data folder: whoever can read the file is on this computer and may sign in without a password. It is
//! new at each start, good only from loopback, and stands for the oldest admin who may sign in.

use std::{io, path::Path};

use minicom_protocol::{
    ids::{AgentId, TenantId, Time},
    people::{AgentRef, Role},
    refusal::Refusal,
};

use super::Accounts;
use crate::{
    auth::token::Token,
    files,
    store::people::{self, NewToken},
};

/// The file's name in the data folder.
pub const LOCAL_TOKEN: &str = "local-agent.token";

/// Why there is no local token.
#[derive(Debug, thiserror::Error)]
pub enum LocalTokenFailed {
    /// The desk did not store it.
    #[error("the local token could not be stored: {}", .0.message())]
    Refused(Refusal),
    /// The file could not be written.
    #[error("the file {LOCAL_TOKEN} could not be written: {0}")]
    File(#[from] io::Error),
}

impl From<Refusal> for LocalTokenFailed {
    fn from(refusal: Refusal) -> Self {
        LocalTokenFailed::Refused(refusal)
    }
}

impl Accounts {
    /// Makes a new local token and writes it to `<data>/local-agent.token`, 0600. All earlier ones are forgotten. From
    /// here on it is renewed by itself when its agent may not use it any more. Says whose it is; `None` if no admin may
    /// sign in, and then there is no file.
    ///
    /// # Errors
    /// It could not be stored, or the file not written.
    pub async fn issue_local_token(
        &self,
        tenant: &TenantId,
        data: &Path,
    ) -> Result<Option<AgentRef>, LocalTokenFailed> {
        let path = data.join(LOCAL_TOKEN);
        *self.local() = Some(path.clone());
        let token = Token::generate().map_err(|_| Refusal::Internal)?;
        let digest = *token.digest().as_bytes();
        let key = self.desk().tenant(tenant)?;
        let holder = self
            .desk()
            .write(key, move |scope| {
                people::forget_local_tokens(scope.conn, key)?;
                let holder = oldest_admin(&people::agents(scope.conn, key)?);
                if let Some(admin) = &holder {
                    let new = NewToken {
                        digest,
                        agent: admin.id,
                        label: "local",
                        local: true,
                        created_at: scope.now,
                        // It ends with this run of the server, however long that is: the next start forgets it.
                        expires_at: Time(i64::MAX),
                    };
                    people::save_token(scope.conn, key, &new)?;
                }
                Ok(holder)
            })
            .await?;
        let text = holder.as_ref().map(|_| format!("{}\n", token.reveal()));
        blocking(move || match text {
            Some(text) => files::write_private(&path, text.as_bytes()),
            None => files::remove_if_there(&path),
        })
        .await?;
        Ok(holder)
    }

    /// Makes a new local token if there is one and it is not that of the oldest admin who may sign in.
    pub(super) async fn renew_local(&self, tenant: &TenantId) -> Result<(), LocalTokenFailed> {
        let Some(path) = self.local().clone() else {
            return Ok(());
        };
        let key = self.desk().tenant(tenant)?;
        let good = self
            .desk()
            .read(move |conn| {
                let holder: Option<AgentId> = people::local_token_holder(conn, key)?;
                let oldest = oldest_admin(&people::agents(conn, key)?);
                Ok(holder == oldest.map(|admin| admin.id))
            })
            .await?;
        if good {
            return Ok(());
        }
        let data = path.parent().unwrap_or(Path::new("."));
        self.issue_local_token(tenant, data).await.map(drop)
    }
}

/// Accounts come oldest first.
fn oldest_admin(accounts: &[people::Agent]) -> Option<AgentRef> {
    let mut admins = accounts.iter().filter(|it| it.enabled && it.role == Role::Admin);
    admins.next().map(|it| it.agent.clone())
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
